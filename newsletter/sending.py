"""The ledger at work: freeze, claim, send, mark.

A delivery is ``queued``; a sender claims some for a while, marks a few ``sending`` just
before they leave and ``sent`` just after. So after a crash at any moment it is known of
each row that it has not left (``queued``, ``claimed``), that it has (``sent``), or, of
twenty at most, that it may have: those are sent again, with the Message-ID of before.
"""

import logging
import re
import smtplib
import time
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

from django.core.mail import EmailMultiAlternatives, mailers
from django.db import connections, transaction
from django.db.models import Count, Exists, F, Func, OuterRef, QuerySet, Value
from django.db.models.sql import UpdateQuery
from django.utils import timezone
from django.utils.translation import gettext as _

from guide.models import SiteSettings
from newsletter import compose, mail
from newsletter.models import (
    TRY_FOR,
    Delivery,
    Issue,
    IssueGuide,
    Settings,
    Subscriber,
)

logger = logging.getLogger(__name__)

State = Delivery.State
TURN = 20  # seconds that a task works before it lets others go first
CLAIM = 100
GROUP = 20
LEASE = timedelta(minutes=5)
# One conversation with a silent server may last as long as its timeouts together.
SAFE = timedelta(minutes=3)
LOSSES = 3  # connections lost in a row before the sender rests until the next tick
AGAIN_AFTER = [
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=4),
    timedelta(days=1),
]
QUIET = timedelta(minutes=2)


class CannotSend(Exception):  # noqa: N818
    """Why an issue does not go out, in sentences for the author."""


class Lost(Exception):  # noqa: N818
    """The line is gone, or the server wants to be left alone.

    ``may_have_left`` says that it broke while a letter was being handed over.
    """

    def __init__(self, *, may_have_left):
        super().__init__()
        self.may_have_left = may_have_left


class Refused(Exception):  # noqa: N818
    """The server did not take one letter; ``is_final`` says whether to ask again."""

    def __init__(self, reason, *, is_final):
        super().__init__(reason)
        self.reason, self.is_final = reason, is_final


# Freezing


def what_is_missing(issue):
    """Return why an issue cannot go out, each a sentence that says what to do."""
    missing = []
    is_said = issue.intro or issue.closing
    if not is_said and not IssueGuide.objects.filter(issue=issue).exists():
        missing.append(_("The letter is empty: write a greeting or choose a guide."))
    hidden = issue.guides.exclude(published_at__lte=timezone.now())
    missing += [
        _("“%s” is not published yet: publish it, or take it out of the letter.")
        % guide
        for guide in hidden
    ]
    if not Settings.load().sender_address:
        missing.append(
            _("There is no sender: write one in the settings of the letter.")
        )
    if not SiteSettings.load().postal_address:
        missing.append(
            _("There is no postal address: write one in the settings of the site.")
        )
    if not Subscriber.objects.reachable().exists():
        missing.append(_("Nobody would get it: no reader of the letter is reachable."))
    return missing


def freeze(issue, *, by):
    """Fix an issue and its recipients, for good; return how many there are.

    Raises ``CannotSend`` where something is missing, and for the second of two presses.
    """
    now = timezone.now()
    with transaction.atomic():
        frozen = Issue.objects.drafts().filter(pk=issue.pk)
        if not frozen.update(frozen_at=now, sent_by=by, nudged_at=now):
            raise CannotSend(_("This letter is on its way already."))
        if missing := what_is_missing(issue):
            raise CannotSend(" ".join(missing))
        count = address(issue, now)
    issue.refresh_from_db()
    return count


class NewId(Func):
    """A random key, made where the rows are."""

    output_field = Delivery._meta.pk

    def as_sqlite(self, compiler, connection):
        return "lower(hex(randomblob(16)))", []

    def as_postgresql(self, compiler, connection):
        return "gen_random_uuid()", []


def address(issue, now):
    """Lay a delivery for each reachable reader, in one statement; return how many."""
    columns = {
        "id": NewId(),
        "issue_id": Value(issue.pk),
        "subscriber_id": F("pk"),
        "state": Value(State.QUEUED),
        "reason": Value(""),
        "attempts": Value(0),
        "not_before": Value(now),
        "changed_at": Value(now),
    }
    readers = Subscriber.objects.reachable().order_by("pk")
    sql, values = readers.values_list(*columns.values()).query.sql_with_params()
    table = connections[readers.db].ops.quote_name(Delivery._meta.db_table)
    with connections[readers.db].cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) {sql}", values)
        return cursor.rowcount


def progress(issue):
    """Return how many deliveries stand where, and why some will not arrive."""
    counts = dict.fromkeys(State, 0)
    reasons = []
    rows = issue.deliveries.values_list("state", "reason").annotate(n=Count("pk"))
    for state, reason, n in rows.order_by("-n", "reason"):
        counts[State(state)] += n
        if state in (State.FAILED, State.SKIPPED):
            reasons.append((State(state), reason, n))
    waiting = counts[State.QUEUED] + counts[State.CLAIMED] + counts[State.SENDING]
    return {
        "recipients": sum(counts.values()),
        "sent": counts[State.SENT],
        "waiting": waiting,
        "failed": counts[State.FAILED],
        "skipped": counts[State.SKIPPED],
        "reasons": reasons,
    }


# Working


def work(issue, *, seconds=TURN):
    """Send letters of an issue for a while; return whether more could leave now."""
    until = time.monotonic() + seconds
    if issue.frozen_at is None or issue.paused_at or issue.finished_at:
        return False
    me = uuid.uuid4()
    marks = Marks(me)
    letter = compose.Letter(issue)
    try:
        with Line(letter) as line:
            while batch := claim(issue, me, until):
                send_all(batch, marks, line, until)
    except Lost:
        return False  # the tick comes back in a minute
    finally:
        marks.write()
        release(Delivery.objects.filter(state=State.CLAIMED), me)
    if finish(issue):
        return False
    return due(issue).exists()


def due(issue):
    return issue.deliveries.queued().filter(not_before__lte=timezone.now())


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
    size = max(1, min(GROUP, int(len(batch) / gap) if gap else GROUP))
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
            except Lost as lost:
                if lost.may_have_left:
                    marks.again(recipient, _("the line to the mail server broke"))
                else:
                    marks.put_back(group[place : place + 1])
                if line.losses >= LOSSES:
                    marks.put_back(group[place + 1 :])
                    raise
            except Refused as refused:
                if refused.is_final:
                    marks.failed(recipient, refused.reason)
                else:
                    marks.again(recipient, refused.reason)
            else:
                marks.sent(recipient)


class Statement:
    """An UPDATE that Django writes once and the database runs for each group.

    Writing it costs Django several times what running it costs the database. ``rows``
    are those of stand-ins, which give way to the real keys and moments.
    """

    KEYS = [uuid.UUID(int=number) for number in range(1, GROUP + 1)]
    ME = uuid.UUID(int=GROUP + 1)
    NOW = datetime(2000, 1, 1, tzinfo=UTC)

    def __init__(self, rows, **values):
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(values)
        self.connection = connections[rows.db]
        self.sql, self.params = query.get_compiler(rows.db).as_sql()

    def run(self, keys, me, now):
        """Update up to ``GROUP`` rows; return how many there were."""
        adapt = self.connection.ops.adapt_datetimefield_value
        ids = Delivery._meta.pk
        stand_ins = [*self.KEYS, self.ME]
        real = [*keys, *keys[:1] * (GROUP - len(keys)), me]
        swap = {
            ids.get_db_prep_value(old, self.connection): ids.get_db_prep_value(
                new, self.connection
            )
            for old, new in zip(stand_ins, real, strict=True)
        }
        swap[adapt(self.NOW)] = adapt(now)
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, [swap.get(value, value) for value in self.params])
            return cursor.rowcount


class Marks:
    """What became of a group, written in one commit with the beginning of the next."""

    def __init__(self, me):
        self.me = me
        self.mine = Delivery.objects.filter(claimed_by=me)
        self.clear()
        group = Delivery.objects.filter(claimed_by=Statement.ME, pk__in=Statement.KEYS)
        # Row by row: a list of all who are reachable would be made for each group.
        reader = Subscriber.objects.reachable().filter(pk=OuterRef("subscriber_id"))
        self.to_sending = Statement(
            group.filter(
                Exists(reader), state=State.CLAIMED, claimed_until__gt=Statement.NOW
            ),
            state=State.SENDING,
            changed_at=Statement.NOW,
        )
        self.to_sent = Statement(
            group.filter(state=State.SENDING),
            state=State.SENT,
            reason="",
            claimed_by=None,
            claimed_until=None,
            changed_at=Statement.NOW,
        )

    def clear(self):
        self.done, self.refused, self.later, self.back = [], [], [], []

    def sent(self, recipient):
        self.done.append(recipient.delivery)

    def failed(self, recipient, reason):
        self.refused.append((recipient.delivery, reason))

    def again(self, recipient, reason):
        self.later.append((recipient.delivery, reason))

    def put_back(self, group):
        self.back += [recipient.delivery for recipient, _moment in group]

    def begin(self, group):
        """Mark those ``sending`` that are still ours and still want it; return them."""
        now = timezone.now()
        keys = [recipient.delivery for recipient, _moment in group]
        with transaction.atomic():
            self.write()
            if self.to_sending.run(keys, self.me, now) < len(keys):
                ours = self.mine.filter(
                    pk__in=keys, state=State.CLAIMED, claimed_until__gt=now
                )
                for row in ours.select_related("subscriber"):
                    end_row(row, State.SKIPPED, why_unreachable(row.subscriber))
                left = self.mine.filter(pk__in=keys, state=State.SENDING)
                kept = set(left.values_list("pk", flat=True))
                group = [pair for pair in group if pair[0].delivery in kept]
        return group

    def write(self):
        """Write down what happened so far."""
        now = timezone.now()
        with transaction.atomic(savepoint=False):
            if self.done:
                self.to_sent.run(self.done, self.me, now)
            if self.refused or self.later or self.back:
                self.write_trouble(now)
        self.clear()

    def write_trouble(self, now):
        sending = self.mine.filter(state=State.SENDING)
        free = {"claimed_by": None, "claimed_until": None, "changed_at": now}
        sending.filter(pk__in=self.back).update(state=State.QUEUED, **free)
        for key, reason in self.refused:
            sending.filter(pk=key).update(
                state=State.FAILED, reason=reason[:300], **free
            )
        reasons = dict(self.later)
        for row in sending.filter(pk__in=reasons):
            try_again(row, reasons[row.pk])


def try_again(row, reason):
    """Queue a delivery for its next try, or end it after the last."""
    if row.attempts >= len(AGAIN_AFTER):
        end_row(row, State.FAILED, reason)
        return
    row.not_before = timezone.now() + AGAIN_AFTER[row.attempts]
    row.attempts += 1
    end_row(row, State.QUEUED, reason)


def end_row(row, state, reason):
    row.state, row.reason = state, reason[:300]
    row.claimed_by = row.claimed_until = None
    row.save(
        update_fields=[
            "state",
            "reason",
            "attempts",
            "not_before",
            "claimed_by",
            "claimed_until",
            "changed_at",
        ]
    )


def why_unreachable(subscriber):
    if subscriber is None:
        return _("erased before it was sent")
    if not subscriber.is_active:
        return _("left before it was sent")
    if subscriber.suppressed_at:
        return _("letters to this address had stopped: %s") % subscriber.suppressed_for
    return _("paused at that time")


def release(rows, me):
    """Give back what one sender holds."""
    rows.filter(claimed_by=me).update(
        state=State.QUEUED,
        claimed_by=None,
        claimed_until=None,
        changed_at=timezone.now(),
    )


def sweep():
    """Queue again what a killed sender held; return how many there were."""
    now = timezone.now()
    return Delivery.objects.filter(claimed_until__lte=now).update(
        state=State.QUEUED, claimed_by=None, claimed_until=None, changed_at=now
    )


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
    with Line(compose.Letter(issue, note=note)) as line:
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
            Subscriber.objects.answered(subscriber, refusal=in_words(code, text))
            return True
    except ValueError:
        Subscriber.objects.answered(subscriber, refusal=_("this is no address"))
        return True
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("A sign-up is not answered yet: %s", type(error).__name__)
    else:
        Subscriber.objects.answered(subscriber)
        return True
    if subscriber.asked_at and subscriber.asked_at < timezone.now() - TRY_FOR:
        refusal = _("the mail server could not be reached for three days")
        Subscriber.objects.answered(subscriber, refusal=refusal)
    return False


# The line to the mail server


class Line:
    """An open mailer. An SMTP connection is held and gets finished bytes."""

    def __init__(self, letter):
        self.letter = letter
        self.losses = 0
        self.mailer = mailers["newsletter"]
        self.is_smtp = hasattr(self.mailer, "connection_class")
        if self.is_smtp:
            try:
                self.sender = self.mailer.prep_address(letter.sender)
            except ValueError:
                self.lose(None, may_have_left=False)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.hang_up()

    def send(self, recipient):
        """Hand over one letter; raises ``Lost`` or ``Refused``."""
        try:
            content = self.letter.fill(recipient)
        except ValueError:
            raise Refused(_("this is no address"), is_final=True) from None
        try:
            self.mailer.open()
        except (smtplib.SMTPException, OSError) as error:
            self.lose(error, may_have_left=False)
        try:
            if self.is_smtp:
                address = compose.ascii_address(recipient.email)
                self.mailer.connection.sendmail(self.sender, [address], content)
            else:
                self.mailer.send_messages([Finished(recipient.email, content)])
        except smtplib.SMTPRecipientsRefused as error:
            self.judge(*next(iter(error.recipients.values())))
        except smtplib.SMTPSenderRefused as error:
            # It says nothing of this reader: all letters have this sender.
            self.lose(error, may_have_left=False)
        except smtplib.SMTPDataError as error:
            self.judge(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self.lose(error, may_have_left=True)
        except ValueError:
            raise Refused(_("this is no address"), is_final=True) from None
        self.losses = 0

    def judge(self, code, text):
        if code == 421:
            self.lose(None, may_have_left=True)
        self.losses = 0
        raise Refused(in_words(code, text), is_final=code >= 500)

    def lose(self, error, *, may_have_left):
        self.losses += 1
        logger.warning("No line to the mail server: %s", type(error).__name__)
        self.hang_up()
        raise Lost(may_have_left=may_have_left) from None

    def hang_up(self):
        try:
            self.mailer.close()
        except (smtplib.SMTPException, OSError):
            self.mailer.connection = None


class Finished(EmailMultiAlternatives):
    """A letter that is bytes already, for mailers that want a message."""

    def __init__(self, email, content):
        self.content = content
        parsed = self.message()
        super().__init__(
            parsed["Subject"],
            parsed.get_body(("plain",)).get_content(),
            parsed["From"],
            [email],
            headers={"Message-ID": parsed["Message-ID"]},
        )
        self.attach_alternative(parsed.get_body(("html",)).get_content(), "text/html")

    def message(self, *, policy=policy.default):
        # Folding anew would break long addresses in headers.
        return message_from_bytes(
            self.content, policy=policy.clone(refold_source="none")
        )


_enhanced = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


def in_words(code, text):
    """Return what a server's reply means; of the reply itself only its numbers.

    The rest of it often repeats the address, which the ledger does not keep.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    found = _enhanced.search(text or "")
    status = found[0] if found else ""
    detail = status[2:]
    if detail in ("1.1", "1.2", "1.10", "4.4") and code >= 500:
        words = _("this address does not exist")
    elif detail == "2.2":
        words = _("the mailbox is full")
    elif detail.startswith("7."):
        words = _("the provider blocks our letters")
    elif detail in ("2.1", "1.6"):
        words = _("the mailbox is closed or has moved")
    elif code >= 500:
        words = _("the provider refused it")
    else:
        words = _("the provider asked us to wait")
    return f"{words} ({code} {status})" if status else f"{words} ({code})"
