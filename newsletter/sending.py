"""The ledger at work: claim, send, mark. It was frozen before, see freezing.py.

A delivery is ``queued``; a sender claims some for a while, marks a few ``sending`` just
before they leave and ``sent`` just after. So after a crash at any moment it is known of
each row that it has not left (``queued``, ``claimed``), that it has (``sent``), or, of
twenty at most, that it may have: those are sent again, with the Message-ID of before.
"""

import logging
import smtplib
import time
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import compose, ledger, mail, postbox
from newsletter.models import TRY_FOR, Delivery, Issue, Settings, Subscriber

logger = logging.getLogger(__name__)

State = Delivery.State
TURN = 20  # seconds that a task works before it lets others go first
CLAIM = 100
LEASE = timedelta(minutes=5)
# One conversation with a silent server may last as long as its timeouts together.
SAFE = timedelta(minutes=3)
LOSSES = 3  # lines lost in a row before the sender rests until the next tick
QUIET = timedelta(minutes=2)


def work(issue, *, seconds=TURN):
    """Send letters of an issue for a while; return whether more could leave now."""
    until = time.monotonic() + seconds
    if issue.frozen_at is None or issue.paused_at or issue.finished_at:
        return False
    me = uuid.uuid4()
    marks = ledger.Marks(me)
    letter = compose.Letter(issue)
    try:
        with postbox.Line(letter) as line:
            while batch := claim(issue, me, until):
                send_all(batch, marks, line, until)
    except postbox.Lost:
        return False  # the tick comes back in a minute
    finally:
        marks.write()
        ledger.release(me)
    if finish(issue):
        return False
    return due(issue).exists()


def due(issue):
    return issue.deliveries.queued().filter(not_before__lte=timezone.now())


def pause(issue):
    """Return the moment until which the pace holds an issue up, or None."""
    issue.refresh_from_db(fields=["paced_until"])
    moment = issue.paced_until
    return moment if moment and moment > timezone.now() else None


def finish(issue):
    """Stamp an issue of which nothing waits any more; return whether it is done."""
    if issue.deliveries.unfinished().exists():
        return False
    Issue.objects.filter(pk=issue.pk, finished_at=None).update(
        finished_at=timezone.now()
    )
    return True


def claim(issue, me, until):
    """Take some due deliveries; return pairs of a recipient and when it may leave.

    All senders of an issue share its pace, which stands in the row of the issue: the
    rate holds for them together and after a restart.
    """
    rate = max(1, Settings.load().rate)
    gap = 60 / rate
    left = until - time.monotonic()
    if left <= 0:
        return []
    with transaction.atomic():
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if row.paused_at:
            return []
        now = timezone.now()
        start = max(now, row.paced_until or now)
        wait = (start - now).total_seconds()
        if wait >= left:
            return []
        within = min(left - wait, LEASE.total_seconds() / 2)
        room = min(CLAIM, int(within / gap) + 1)
        keys = list(
            due(issue)
            .select_for_update(skip_locked=True)
            .order_by("not_before")
            .values_list("pk", flat=True)[:room]
        )
        Delivery.objects.filter(pk__in=keys, state=State.QUEUED).update(
            state=State.CLAIMED,
            claimed_by=me,
            claimed_until=now + LEASE,
            changed_at=now,
        )
        # A plain queryset: no reader sees the pace, so no page gets old by it.
        QuerySet(Issue).filter(pk=issue.pk).update(
            paced_until=start + timedelta(seconds=gap * len(keys))
        )
    rows = issue.deliveries.filter(state=State.CLAIMED, claimed_by=me).values_list(
        "pk", "subscriber__email", "subscriber__token", "subscriber__confirmed_at"
    )
    found = {row[0]: compose.Recipient(*row) for row in rows}
    begin = time.monotonic() + wait
    return [
        (found[key], begin + place * gap)
        for place, key in enumerate(keys)
        if key in found
    ]


def send_all(batch, marks, line, until):
    """Send what was claimed, in groups whose rows are marked together.

    What became of the last group is written by the caller, or with the next claim's.
    """
    # No more than what leaves in a second: a crash repeats a whole group.
    gap = batch[-1][1] - batch[0][1]
    size = max(1, min(ledger.GROUP, int(len(batch) / gap) if gap else ledger.GROUP))
    until = min(until, time.monotonic() + (LEASE - SAFE).total_seconds())
    for first in range(0, len(batch), size):
        if time.monotonic() >= until:
            break
        group = marks.begin(batch[first : first + size])
        for place, (recipient, moment) in enumerate(group):
            now = time.monotonic()
            if now >= until:
                marks.put_back(group[place:])
                break
            if (wait := min(moment, until) - now) > 0:
                time.sleep(wait)
            try:
                line.send(recipient)
            except postbox.Lost as lost:
                if lost.may_have_left:
                    marks.again(recipient, _("the line to the mail server broke"))
                else:
                    marks.put_back(group[place : place + 1])
                if line.losses >= LOSSES:
                    marks.put_back(group[place + 1 :])
                    raise
            except postbox.Refused as refused:
                if refused.is_final:
                    marks.failed(recipient, refused.reason)
                else:
                    marks.again(recipient, refused.reason)
            else:
                marks.sent(recipient)


def waiting_issues():
    """Return issues with letters that could leave and of which nobody takes care.

    One whose last delivery ended without a sender (its reader left) is finished here.
    """
    now = timezone.now()
    issues = []
    for issue in Issue.objects.sent().filter(finished_at=None, paused_at=None):
        if finish(issue) or (issue.nudged_at and issue.nudged_at > now - QUIET):
            continue
        under_way = issue.deliveries.filter(claimed_until__gt=now)
        if due(issue).exists() and not under_way.exists():
            issues.append(issue)
    return issues


def nudged(issue):
    """Note that a task for this issue is on its way."""
    QuerySet(Issue).filter(pk=issue.pk).update(nudged_at=timezone.now())


def send_test(issue, recipient, *, note):
    """Send one copy now; raises ``Lost`` or ``Refused``."""
    with postbox.Line(compose.Letter(issue, note=note)) as line:
        line.send(recipient)


# Sign-ups


def answer(subscriber):
    """Answer a sign-up by mail; False where the mail server cannot be reached.

    Then it stays owed and is tried again every few minutes, for three days.
    """
    if not Subscriber.objects.take_on(subscriber):
        return True
    try:
        mail.answer(subscriber).send(using="default")
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        if code >= 500:
            refusal = postbox.in_words(code, text)
            Subscriber.objects.answered(subscriber, refusal=refusal)
            return True
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if isinstance(error, ValueError) and not compose.is_address(subscriber.email):
            Subscriber.objects.answered(subscriber, refusal=_("this is no address"))
            return True
        logger.warning("A sign-up is not answered yet: %s", type(error).__name__)
    else:
        Subscriber.objects.answered(subscriber)
        return True
    if subscriber.asked_at and subscriber.asked_at < timezone.now() - TRY_FOR:
        refusal = _("the mail server could not be reached for three days")
        Subscriber.objects.answered(subscriber, refusal=refusal)
    return False
