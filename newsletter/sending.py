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
from collections import deque
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import bounces, compose, ledger, mail, postbox
from newsletter.models import (
    TRY_FOR,
    Delivery,
    Errand,
    Issue,
    Settings,
    Subscriber,
)

logger = logging.getLogger(__name__)

State = Delivery.State
TURN = 20  # seconds that a task works before it lets others go first
CLAIM = 100
LEASE = timedelta(minutes=5)
# One conversation with a silent server may last as long as its timeouts together.
SAFE = timedelta(minutes=3)
AHEAD = 1  # a letter is handed over no more seconds before it may leave
FAILURES = 20  # in a row, before an issue pauses by itself
QUIET = timedelta(minutes=2)
# Each lost line halves the pace, down to a 32nd; each five minutes double it again.
SLOWEST = 5
RECOVERS_AFTER = timedelta(minutes=5)
ONE_LOSS = timedelta(seconds=10)  # what breaks within is the same trouble


def work(issue, *, seconds=TURN, when_it_goes=None):
    """Send letters of an issue for a while; return whether more could leave now.

    ``when_it_goes`` is called once, as soon as the mail server has taken one.
    """
    if not issue.is_under_way or issue.paused_at:
        return False
    turn = Turn(issue, seconds=min(seconds, (LEASE - SAFE).total_seconds()))
    turn.when_it_goes = when_it_goes
    turn.run()
    if turn.trouble:
        issue.pause(because=turn.trouble)
    if issue.finish() or turn.trouble or turn.lines.is_away:
        return False  # the tick comes back in some minutes where the server is away
    return due(issue).exists()


def due(issue):
    return issue.deliveries.queued().filter(not_before__lte=timezone.now())


def is_much(issue):
    """Whether more could leave now than one sender claims at once, by its pace too."""
    soon = timezone.now() + timedelta(seconds=AHEAD)
    is_free = (pause(issue) or soon) <= soon
    return is_free and due(issue).order_by("not_before")[CLAIM:].exists()


def pause(issue):
    """Return the moment until which the pace holds an issue up, or None."""
    issue.refresh_from_db(fields=["paced_until"])
    moment = issue.paced_until
    return moment if moment and moment > timezone.now() else None


class Turn:
    """One sender at an issue for a while: it claims, gives to the lines, and marks.

    At most twenty letters are in hand, and when half of them is through that is written
    down together with the beginning of as many others: in one commit, while the lines
    are busy with the other half.
    """

    when_it_goes = None

    def __init__(self, issue, *, seconds):
        self.issue = issue
        self.until = time.monotonic() + seconds
        self.me = uuid.uuid4()
        self.marks = ledger.Marks(self.me)
        self.letter = compose.Letter(issue)
        self.waiting = deque()
        self.is_last = False
        self.trouble = ""
        self.failed_in_row = issue.failed_in_row
        count = min(max(1, Settings.load().connections), 10)
        self.lines = postbox.Lines(self.letter, count=count, until=self.until)

    def run(self):
        try:
            with self.lines:
                try:
                    while self.has_more():
                        self.go_on()
                finally:
                    self.lines.is_closed = True
                    self.hear(down_to=0)
        finally:
            self.marks.write()
            ledger.release(self.me)
            self.remember()

    def has_more(self):
        """Whether a letter waits here or in a line; claims where none does."""
        if not (self.waiting or self.is_last or self.lines.is_closed):
            self.waiting.extend(claim(self.issue, self.me, self.until))
            self.is_last = not self.waiting
        return (self.waiting and not self.lines.is_closed) or self.lines.in_hand

    def go_on(self):
        if ready := self.take():
            for recipient, moment in self.marks.begin(ready):
                self.give(recipient, moment)
            self.hear(down_to=self.lines.in_hand // 2)
        elif self.lines.in_hand:
            self.hear(down_to=0)
            self.marks.write()
        else:
            moment = min(self.waiting[0][1] - AHEAD, self.until)
            time.sleep(max(0, moment - time.monotonic()))
            self.is_last = self.is_last or time.monotonic() >= self.until
            if self.is_last:
                self.waiting.clear()

    def take(self):
        """Return what may leave within a second, as far as there is room in hand."""
        soon = min(time.monotonic() + AHEAD, self.until)
        ready = []
        while (
            self.waiting
            and not self.lines.is_closed
            and self.lines.in_hand + len(ready) < ledger.GROUP
            and self.waiting[0][1] <= soon
        ):
            ready.append(self.waiting.popleft())
        return ready

    def give(self, recipient, moment):
        try:
            content = self.letter.fill(recipient)
        except ValueError:
            words = _("this is no address")
            self.note(recipient, postbox.Refused(words, is_final=True))
        else:
            self.lines.give(recipient, content, moment)

    def hear(self, *, down_to):
        while self.lines.in_hand > down_to:
            self.note(*self.lines.hear())

    def note(self, recipient, outcome):
        match outcome:
            case None:
                self.failed_in_row = 0
                self.marks.sent(recipient)
                self.it_goes()
            case postbox.NotTried():
                self.marks.put_back(recipient)
            case postbox.Lost():
                self.slow_down()
                if outcome.may_have_left:
                    words = _("the line to the mail server broke")
                    self.marks.again(recipient, words)
                else:
                    self.marks.put_back(recipient)
            case postbox.Refused():
                self.note_refusal(recipient, outcome)
            case _:
                raise outcome

    def it_goes(self):
        tell, self.when_it_goes = self.when_it_goes, None
        if tell:
            tell()

    def note_refusal(self, recipient, refused):
        if not refused.is_final:
            self.marks.again(recipient, refused.reason)
            return
        if self.stops_all(refused):
            self.marks.put_back(recipient)
            self.stop(_("The mail server took no more letters: %s.") % refused.reason)
            return
        self.marks.failed(recipient, refused.reason, refused.verdict)
        self.failed_in_row += 1
        if self.failed_in_row >= FAILURES:
            words = _("%(number)s letters in a row were sent back, the last: %(why)s.")
            self.stop(words % {"number": self.failed_in_row, "why": refused.reason})

    def stops_all(self, refused):
        """Whether it is said of us. After a look at it the author may go on all the
        same: then a policy is that of one reader's provider.
        """
        is_hers = refused.is_policy and self.issue.resumed_at is None
        return is_hers or isinstance(refused, postbox.Blocked)

    def stop(self, words):
        self.trouble = self.trouble or words
        self.lines.is_closed = True

    def slow_down(self):
        """Send slower for a while, and give back what was claimed at the old pace."""
        self.waiting.clear()
        ledger.release(self.me)
        slow_down(self.issue)

    def remember(self):
        """Note for the next turn how many were sent back in a row."""
        if self.failed_in_row != self.issue.failed_in_row:
            self.issue.row.mark(failed_in_row=self.failed_in_row)


def slow_down(issue):
    now = timezone.now()
    with transaction.atomic():
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if row.slowed_at is None or row.slowed_at < now - ONE_LOSS:
            slowness = min(SLOWEST, slowness_of(row, now) + 1)
            issue.row.mark(slowness=slowness, slowed_at=now)


def slowness_of(row, now):
    """Return how many times the pace is halved now."""
    if row.slowed_at is None:
        return 0
    return max(0, row.slowness - (now - row.slowed_at) // RECOVERS_AFTER)


def claim(issue, me, until):
    """Take some due deliveries; return pairs of a recipient and when it may leave.

    All senders of an issue share its pace, which stands in the row of the issue: the
    rate holds for them together and after a restart.
    """
    left = until - time.monotonic()
    if left <= 0:
        return []
    with transaction.atomic():
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if row.paused_at or row.cancelled_at:
            return []
        now = timezone.now()
        gap = 60 / max(1, Settings.load().rate) * 2 ** slowness_of(row, now)
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
        issue.row.mark(paced_until=start + timedelta(seconds=gap * len(keys)))
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


def waiting_issues():
    """Return issues with letters that could leave and of which nobody takes care.

    One whose last delivery ended without a sender (its reader left) is finished here.
    """
    now = timezone.now()
    issues = []
    for issue in Issue.objects.under_way().filter(paused_at=None):
        if issue.finish() or (issue.nudged_at and issue.nudged_at > now - QUIET):
            continue
        if issue.paced_until and issue.paced_until > now:
            continue  # the task that comes then is queued, else the next tick sees it
        under_way = issue.deliveries.filter(claimed_until__gt=now)
        if due(issue).exists() and not under_way.exists():
            issues.append(issue)
    return issues


def nudged(issue):
    """Note that a task for this issue is on its way."""
    issue.row.mark(nudged_at=timezone.now())


def send_test(issue, recipient, *, note):
    """Send one copy now; raises ``Lost`` or ``Refused``."""
    with postbox.Line(compose.Letter(issue, note=note)) as line:
        line.send(recipient)


# Mails that one reader waits for


def answer(subscriber):
    """Answer a sign-up by mail; False where the mail server cannot be reached.

    Then it stays owed and is tried again every few minutes, for three days.
    """
    if not Subscriber.objects.take_on(subscriber):
        return True
    subscriber.refresh_from_db()  # others were answered first: she may have left since
    if subscriber.kind_of_answer is None:
        Subscriber.objects.owed_no_more(subscriber)
        return True
    is_reached, refusal = hand_over(
        mail.answer(subscriber), to=subscriber.email, since=subscriber.owed_since
    )
    if refusal is not None:
        Subscriber.objects.answered(subscriber, refusal=refusal)
    return is_reached


def run(errand):
    """Send what a reader asked for on a page of hers, as ``answer`` does."""
    if not Errand.objects.take_on(errand):
        return True
    is_reached, refusal = hand_over(
        mail.errand(errand), to=errand.to, since=errand.asked_at
    )
    if refusal is not None:
        Errand.objects.done(errand, refusal=refusal)
    return is_reached


def hand_over(message, *, to, since):
    """Return whether the server was there, and why the mail never leaves: "" if it did.

    None for why means that it is tried again.
    """
    try:
        message.send(using="default")
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        if code >= 500:
            return True, bounces.in_words(code, text)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if isinstance(error, ValueError) and not compose.is_address(to):
            return True, _("this is no address")
        logger.warning("A mail has not left yet: %s", type(error).__name__)
    else:
        return True, ""
    if since and since < timezone.now() - TRY_FOR:
        return False, _("the mail server could not be reached for three days")
    return False, None
