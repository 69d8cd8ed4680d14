import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from comments import mail
from comments.models import Comment, Settings, Tray
from guide.models import site_zone

logger = logging.getLogger(__name__)

QUIET = timedelta(minutes=15)
MOST_AT_ONCE = 500


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
