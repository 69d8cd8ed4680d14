"""Who is told of what waits or came, and what is forgotten, as time passes."""

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import mail
from comments.models import Comment, EmailAddress, Notice, Settings, Tray
from config.tick import in_time
from guide.models import site_zone

logger = logging.getLogger(__name__)

Kind = Notice.Kind
ALONE = 3  # mails of urgent questions within ALONE_IN; the rest are told together
ALONE_IN = timedelta(minutes=15)
MOST_AT_ONCE = 500
KEPT_FOR = timedelta(days=30)
BATCHES = 20  # a turn
ADDRESSES = 1000  # a turn
TO_READ = [Tray.URGENT, Tray.ANSWER, Tray.WAITING]


def report_urgent():
    """Tell the desk at once of questions with red flags in them. Part of the tick.

    Three times within a quarter of an hour; what comes then is told together when it
    is over, or when she has decided of those she was told: a flood of questions does
    not become one of mails. They are stamped with what is owed for them: two ticks at
    once tell her once.
    """
    new = Comment.objects.urgent().filter(reported_at=None)
    if new.exists() and told_lately() < ALONE and (to := mail.desk()):
        with transaction.atomic():
            new = new.select_for_update(of=["self"]).order_by("created_at", "pk")
            comments = list(new[:MOST_AT_ONCE])
            Comment.objects.those(comments).mark(reported_at=timezone.now())
            if comments:
                owe_desk(Kind.URGENT, to, comments=comments)
    send_owed(Kind.URGENT)


def told_lately():
    """Return how often she was told of late of urgent ones that still wait."""
    since = timezone.now() - ALONE_IN
    told = Comment.objects.urgent().filter(reported_at__gt=since).order_by()
    return told.values("reported_at").distinct().count()


def send_digest():
    """Tell the desk once a day what waits, if anything does. Part of the tick."""
    settings = Settings.load()
    now = timezone.localtime(timezone=site_zone())
    is_due = now.hour >= settings.digest_hour and settings.digest_sent_on != now.date()
    if is_due and (to := mail.desk()):
        rows = Settings.objects.filter(digest_sent_on=settings.digest_sent_on)
        with transaction.atomic():
            taken = rows.mark(digest_sent_on=now.date())
            if taken and Comment.objects.count_trays():
                # What was not sent before says the same, and says it too late.
                Notice.objects.filter(kind=Kind.DIGEST).delete()
                owe_desk(Kind.DIGEST, to)
    send_owed(Kind.DIGEST)


def mail_receipts():
    """Mail readers the way back to what they sent. Part of the tick."""
    due = Comment.objects.filter(receipt_due_at__lte=timezone.now())
    due = due.order_by("receipt_due_at").values_list("email", flat=True)
    for email in in_time(dict.fromkeys(due[:MOST_AT_ONCE])):
        Comment.objects.take_receipts(email)
    send_owed(Kind.RECEIPTS)


def announce():
    """Tell readers what became of what they wrote. Part of the tick.

    Each is stamped with what is owed for it: two ticks at once tell it once. Where
    nobody is to be told it is dealt with as well.
    """
    new = Comment.objects.unannounced().select_related("parent", "guide")
    for comment in in_time(new.order_by("approved_at", "pk")[:MOST_AT_ONCE]):
        its = comment.row.approved().filter(announced_at=None)
        if who_hears_of(comment) is None:
            its.mark(announced_at=timezone.now())
            continue
        with transaction.atomic():
            if its.mark(announced_at=timezone.now()):
                Notice.objects.owe(Kind.NEWS, comments=[comment])
    send_owed(Kind.NEWS)


def owe_desk(kind, to, comments=()):
    for address, _user in to:
        Notice.objects.owe(kind, to=address, comments=comments)


# What is owed, whoever owed it and however often the sender died


def send_owed(kind):
    """Send the mails of a kind that are due; stop where there is no server.

    One that cannot leave is tried again every few minutes, for three days.
    """
    for notice in in_time(Notice.objects.due(kind)[:MOST_AT_ONCE]):
        if Notice.objects.take_on(notice) and not leaves(notice):
            return


def leaves(notice):
    """Send a mail, and then note that it has left; return whether to go on sending."""
    try:
        if message := message_of(notice):
            # What a sender who died may have sent already is the same mail.
            message.extra_headers["Message-ID"] = notice.message_id
            message.send()
    except SMTPRecipientsRefused as error:
        # Its own address is at fault: others need not wait.
        code = max(code for code, words in error.recipients.values())
        logger.error("%s refused: %s", who(notice), code)
        if notice.to or (code < 500 and not notice.is_overdue):
            give_up_old(notice)
        else:
            note_refused(notice, message)  # the author may mend her own mailbox
    except OSError as error:
        # The words of the error may hold an address.
        logger.error("%s not written to: %s", who(notice), type(error).__name__)
        give_up_old(notice)
        return False
    except Exception:
        give_up_old(notice)
        raise
    else:
        note_left(notice, message)
    return True


def note_left(notice, message):
    """Owe it no more; an address that nobody confirmed rests from here on."""
    with transaction.atomic():
        notice.delete()
        if message and not notice.to:
            written_to = EmailAddress.objects.filter(email__in=message.to)
            written_to.exclude(refused_at=None).update(refused_at=None)
            if notice.kind == Kind.RECEIPTS:
                written_to.update(written_at=timezone.now())


def note_refused(notice, message):
    """Owe it no more; the reader's own page and the desk say why it did not come."""
    with transaction.atomic():
        notice.delete()
        written_to = EmailAddress.objects.filter(email__in=message.to)
        written_to.update(refused_at=timezone.now())


def who(notice):
    return "Desk" if notice.to else "Reader"


def give_up_old(notice):
    """Owe no more what was tried for three days."""
    if notice.is_overdue:
        logger.error("A mail was tried for three days and is given up: %s", notice.kind)
        notice.delete()


def message_of(notice):
    """Return the mail as it is true now, or None where it has nothing to tell.

    What cannot be told this way any more is as if it had not been tried: whom it
    concerns may change.
    """
    match notice.kind:
        case Kind.URGENT | Kind.DIGEST:
            return message_to_desk(notice)
        case Kind.RECEIPTS:
            return receipts_of(notice)
        case Kind.NEWS:
            return news_of(notice)


def message_to_desk(notice):
    to = [one for one in mail.desk() if one[0] == notice.to]
    if notice.kind == Kind.DIGEST:
        counts = counts_to_read()
        return mail.digest(first_to_read(), counts, to=to[0]) if to and counts else None
    waiting = Comment.objects.urgent().filter(pk__in=notice.comment_ids)
    if not to:
        waiting.mark(reported_at=None)  # another address reads new questions now
        return None
    rows = waiting.select_related("guide", "parent").with_state()
    comments = list(rows.order_by("created_at", "pk"))
    return mail.urgent(comments, to=to[0]) if comments else None


def counts_to_read():
    """Return how many wait in each tray; what is urgent is so wherever it lies."""
    counts = Comment.objects.count_trays()
    if aside := urgent_aside().count():
        counts[Tray.URGENT] = counts.get(Tray.URGENT, 0) + aside
        counts[Tray.ASIDE] -= aside
    return counts


def first_to_read():
    """Return what waits, in the order in which one would read it."""
    trays = [Comment.objects.in_tray(tray) for tray in TO_READ]
    return [
        comment
        for comments in [trays[0], urgent_aside(), *trays[1:]]
        for comment in comments.select_related("guide", "parent").with_state()[
            : mail.LISTED
        ]
    ]


def urgent_aside():
    return Comment.objects.in_tray(Tray.ASIDE).filter(is_urgent=True)


def receipts_of(notice):
    rows = Comment.objects.filter(pk__in=notice.comment_ids).order_by("pk")
    comments = [comment for comment in rows if comment.email]
    comments = [comment for comment in comments if comment.has_a_receipt()]
    if not comments:
        return None
    address = EmailAddress.objects.filter(email=comments[0].email).first()
    if address is None or address.stopped_at:
        return None
    if (later := address.rests_until()) and address.written_at > notice.owed_at:
        # Mails of several days left at once, when the server came back.
        rows.mark(receipt_due_at=later)
        return None
    return mail.receipts(comments, address=address)


def news_of(notice):
    rows = Comment.objects.filter(pk__in=notice.comment_ids)
    comment = rows.select_related("parent", "guide").first()
    if comment is None:
        return None
    heard = who_hears_of(comment)
    if heard is None:
        rows.mark(announced_at=None)  # it may be published again
        return None
    asked, address = heard
    return mail.news(asked, is_answered=bool(comment.staff_id), address=address)


def who_hears_of(comment):
    """Return the question and the address to which a comment just published is news."""
    asked = comment.parent if comment.staff_id else comment
    if not asked or not asked.email or not comment.is_shown():
        return None
    if not comment.staff_id and asked.published_answers().exists():
        return None  # the answer's own mail says that
    address = EmailAddress.objects.reachable().filter(email=asked.email).first()
    return address and (asked, address)


# What is forgotten


def forget_addresses():
    """Erase the addresses that no comment bears any more. Part of the tick.

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
        Settings.objects.mark(addresses_seen=last)


def forget_refused():
    """Erase what was rejected, or put among the spam, 30 days ago. Part of the tick.

    No page shows it, so none becomes old. What readers wrote below it is theirs: of
    what has replies the place is kept, without its words.
    """
    refused = Comment.objects.refused(before=timezone.now() - KEPT_FOR)
    has_replies = Exists(Comment.objects.filter(parent=OuterRef("pk")).order_by())
    for _batch in range(BATCHES):
        alone = refused.filter(~has_replies).order_by("status", "-created_at")
        pks = list(alone.values_list("pk", flat=True)[:MOST_AT_ONCE])
        if not pks:
            break
        refused.filter(pk__in=pks).forget()
    for comment in refused.filter(has_replies).order_by("pk")[:MOST_AT_ONCE]:
        comment.erase(words=_("[Erased.]"), door="tick")
