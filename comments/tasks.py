import logging
import time
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import mail
from comments.models import Comment, EmailAddress, Settings, Tray
from guide.models import site_zone

logger = logging.getLogger(__name__)

QUIET = timedelta(minutes=15)
MOST_AT_ONCE = 500
KEPT_FOR = timedelta(days=30)
BATCHES = 20  # a turn
ADDRESSES = 1000  # a turn
LONGEST_TURN = 20  # seconds; the other parts of the tick wait for it


def report_urgent():
    """Tell the desk at once of questions with red flags in them; the tick calls this.

    What follows within a quarter of an hour is told together: a flood of questions does
    not become one of mails. A mail that cannot be sent leaves them owed. They are taken
    before it is sent: two ticks at once tell her once.
    """
    owed = Comment.objects.filter(tray=Tray.URGENT, reported_at=None)
    if not owed.exists() or was_told_lately():
        return
    to = mail.desk()
    if not to:
        return
    with transaction.atomic():
        owed = owed.select_for_update(of=["self"]).select_related("guide", "parent")
        new = list(owed.with_state().order_by("created_at")[:MOST_AT_ONCE])
        taken = Comment.objects.filter(pk__in=[comment.pk for comment in new])
        taken.mark_reported(timezone.now())
    if new and not deliver(mail.urgent(new, to=one) for one in to):
        taken.mark_reported(None)


def forget_refused():
    """Erase what was rejected, or put among the spam, 30 days ago. Part of the tick.

    No page shows it, so none becomes old. What readers wrote below it is theirs: of
    what has answers the place is kept, without its words.
    """
    refused = Comment.objects.refused(before=timezone.now() - KEPT_FOR)
    has_answers = Exists(Comment.objects.filter(parent=OuterRef("pk")).order_by())
    for _batch in range(BATCHES):
        alone = refused.filter(~has_answers).order_by("status", "-created_at")
        pks = list(alone.values_list("pk", flat=True)[:MOST_AT_ONCE])
        if not pks:
            break
        refused.filter(pk__in=pks).forget()
    for comment in refused.filter(has_answers).order_by("pk")[:MOST_AT_ONCE]:
        comment.erase(words=_("[Erased.]"), door="tick")


def was_told_lately():
    """Return whether urgent ones that still wait were reported a moment ago."""
    lately = timezone.now() - QUIET
    return Comment.objects.filter(tray=Tray.URGENT, reported_at__gt=lately).exists()


def send_digest():
    """Tell the desk once a day what waits, and nothing where nothing does.

    The day is taken before the mail is sent, and given back where it cannot be sent.
    """
    settings = Settings.load()
    now = timezone.localtime(timezone=site_zone())
    if now.hour < settings.digest_hour or settings.digest_sent_on == now.date():
        return
    to = mail.desk()
    if not to:
        return
    rows = Settings.objects.filter(digest_sent_on=settings.digest_sent_on)
    # Not by the manager: no page shows this.
    if not QuerySet.update(rows, digest_sent_on=now.date()):
        return
    counts = Comment.objects.count_trays()
    if counts and not deliver(mail.digest(first(), counts, to=one) for one in to):
        rows = Settings.objects.filter(digest_sent_on=now.date())
        QuerySet.update(rows, digest_sent_on=settings.digest_sent_on)


def first():
    """Return what waits, in the order in which one would read it."""
    return [
        comment
        for tray in (Tray.URGENT, Tray.ANSWER, Tray.WAITING)
        for comment in Comment.objects.in_tray(tray)
        .select_related("guide", "parent")
        .with_state()[: mail.LISTED]
    ]


def deliver(mails):
    """Send each of the mails; return whether any went out."""
    sent = 0
    for message in mails:
        try:
            sent += message.send()
        except OSError as error:
            # The words of the error may hold an address.
            logger.error("The desk was not told: %s", type(error).__name__)
    return sent > 0


def mail_receipts():
    """Mail readers the way back to what they sent; the tick calls this."""
    due = Comment.objects.filter(receipt_due_at__lte=timezone.now())
    due = due.order_by("receipt_due_at").values_list("email", flat=True)
    for email in in_time(dict.fromkeys(due[:MOST_AT_ONCE])):
        address, comments = Comment.objects.take_receipts(email)
        taken = Comment.objects.filter(pk__in=[comment.pk for comment in comments])

        def owe(address=address, taken=taken):
            EmailAddress.objects.filter(pk=address.pk).update(written_at=None)
            taken.mark(receipt_due_at=timezone.now())

        if comments and not leaves(mail.receipts(comments, address=address), owe):
            return


def announce():
    """Tell readers what became of what they wrote; the tick calls this.

    Each is taken before its mail is sent: two ticks at once tell it once. Where nobody
    is to be told it is dealt with as well.
    """
    new = Comment.objects.unannounced().order_by("approved_at", "pk")
    for pk in in_time(new.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        taken = Comment.objects.filter(pk=pk, announced_at=None).approved()
        if not taken.mark(announced_at=timezone.now()):
            continue
        comment = Comment.objects.select_related("parent", "guide").get(pk=pk)

        def owe(pk=pk):
            Comment.objects.filter(pk=pk).mark(announced_at=None)

        letter = news_of(comment)
        if letter and not leaves(letter, owe):
            return


def news_of(comment):
    """Return the mail that a comment just published is worth, or None."""
    asked = comment.parent if comment.staff_id else comment
    if not asked or not asked.email or not comment.is_shown():
        return None
    if not comment.staff_id and asked.answers.answers().exists():
        return None  # the answer's own mail says that
    address = EmailAddress.objects.reachable().filter(email=asked.email).first()
    if address is None:
        return None
    return mail.news(asked, is_answered=bool(comment.staff_id), address=address)


def forget_addresses():
    """Erase the addresses that no comment bears any more; the tick calls this.

    A turn looks at so many, and the next one goes on behind them: where a comment is
    erased alone its address goes at once, and this is for those that went with a guide.
    """
    seen = Settings.load().addresses_seen
    rest = EmailAddress.objects.filter(pk__gt=seen).order_by("pk")
    turn = list(rest.values_list("pk", flat=True)[:ADDRESSES])
    last = turn[-1] if len(turn) == ADDRESSES else 0  # from the first one again
    if turn:
        rows = EmailAddress.objects.filter(pk__gt=seen, pk__lte=turn[-1])
        rows.forget_unused(Comment.objects)
    if last != seen:
        # Not by the manager: no page shows this.
        QuerySet.update(Settings.objects.all(), addresses_seen=last)


def leaves(letter, owe):
    """Send a mail; where it cannot leave, owe it. Return whether to go on sending."""
    try:
        letter.send()
    except SMTPRecipientsRefused as error:
        # Its own address is at fault: others need not wait, and it is tried no more
        # where the refusal is final.
        codes = [code for code, words in error.recipients.values()]
        logger.error("Reader's address refused: %s", max(codes))
        if max(codes) < 500:
            owe()
    except OSError as error:
        # The words of the error may hold an address.
        logger.error("Reader not written to: %s", type(error).__name__)
        owe()
        return False
    except Exception:
        owe()
        raise
    return True


def in_time(rows):
    """Yield rows until a turn has lasted long enough; the next one goes on."""
    ends = time.monotonic() + LONGEST_TURN
    for row in rows:
        if time.monotonic() > ends:
            return
        yield row
