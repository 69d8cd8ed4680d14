"""Readers of the letter as a table: in, from wherever they were, and out.

A file is read whole before any of it is taken in, into a table on disk where each
address stands once. Then it goes batch by batch, each whole in itself, so a run that
was stopped goes on when it is started again, and a second one changes nothing.
"""

import logging
import sqlite3
from collections import defaultdict
from contextlib import closing, nullcontext
from datetime import datetime, timedelta
from itertools import batched, islice

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config import room
from moving import tables
from moving.rows import OURS, Found, Outcome, RowError, Rows
from newsletter.models import (
    FROM_A_FILE,
    Answer,
    ErasedAddress,
    Event,
    Settings,
    Subscriber,
)

logger = logging.getLogger(__name__)

BATCH = 500
ASKED_A_MINUTE = 30  # confirmation mails that are owed to those who had not confirmed
SHOWN_LINES = 5
BOUNCED_THERE = gettext_lazy("bounced at the former provider")


class Report:
    """How many rows became what, and in which lines the first of them stand."""

    def __init__(self):
        self.counts, self.first = defaultdict(int), defaultdict(list)
        self.rows = 0
        self.notes = []

    def add(self, outcome, line):
        self.counts[outcome] += 1
        if len(self.first[outcome]) < SHOWN_LINES:
            self.first[outcome].append(line)

    def as_data(self):
        return {
            "rows": self.rows,
            "counts": {outcome.value: n for outcome, n in self.counts.items()},
            "first": {outcome.value: lines for outcome, lines in self.first.items()},
            "notes": self.notes,
        }

    @classmethod
    def of(cls, data):
        """Return the report that was kept as data; one without rows from nothing."""
        report = cls()
        report.rows, report.notes = data.get("rows", 0), data.get("notes", [])
        for outcome in Outcome:
            if number := data.get("counts", {}).get(outcome):
                report.counts[outcome] = number
                report.first[outcome] = data["first"].get(outcome, [])
        return report

    @property
    def says_nothing_of_consent(self):
        """Whether no row of the file says of anybody that she had confirmed."""
        told = {outcome for outcome, number in self.counts.items() if number}
        return Outcome.WAITING in told and told <= {*Refused.not_taken, Outcome.TWICE}

    @property
    def in_short(self):
        return "; ".join(f"{number} {words}" for number, words, _lines in self.lines)

    @property
    def lines(self):
        """Return (how many, what became of them, the first lines), worth telling."""
        return [
            (self.counts[outcome], outcome.label, self._where(outcome))
            for outcome in Outcome
            if self.counts[outcome]
        ]

    def _where(self, outcome):
        if outcome in {Outcome.NEW, Outcome.KNOWN}:
            return ""
        lines = ", ".join(map(str, self.first[outcome]))
        more = "…" if self.counts[outcome] > SHOWN_LINES else ""
        return f"{lines} {more}".strip()


# In


class Onlooker:
    """Who looks on while a list is taken in: hears how far it is, and may keep that."""

    done, report = 0, None  # of a run that this one goes on from: what it kept last

    def tell(self, share, words):
        """Hear how much of the file is read, or settled."""

    def refuse(self, line, why, cells):
        """Get a row that is not taken in; first of all the header of the file."""

    def keep(self, done, report):
        """Keep how many addresses are taken in, in the transaction that takes them."""


def take_in(stream, reading, *, is_dry_run, onlooker=None):
    """Take the readers in a file in; return a report of what became of each row.

    Raises ``ValidationError`` where the file cannot be read so, or a database stopped;
    what was taken in before stays.
    """
    onlooker = onlooker or Onlooker()
    report = Report()
    table = tables.Table(stream)
    reading.look_at(table)
    rows = Rows(table, reading)
    report.notes = _notes(table, reading, rows)
    refused = Refused(report, rows, onlooker)
    try:
        # A file that has no name and is gone when it is closed.
        with closing(sqlite3.connect("")) as staged:
            staged.execute(STAGED)
            _stage(staged, rows, refused, onlooker)
            refused.report = onlooker.report or report
            _settle(staged, reading, refused, onlooker, is_dry_run)
    except sqlite3.Error as error:
        logger.error("A list was not sorted: %s", room.told(error))
        raise ValidationError(
            _(
                "There is no room on this machine to sort the file. Make some, then "
                "try again."
            )
        ) from None
    return refused.report


def _notes(table, reading, rows):
    notes = []
    if table.encoding == tables.FALLBACK:
        notes.append(
            _(
                "The file is not UTF-8. It is read as Windows-1252; letters other than "
                "a to z may come out wrong."
            )
        )
    if reading.of.name:
        notes.append(_("It is read as a list from %s.") % reading.of.name)
    told = ", ".join(f"{name} = “{table.header[n]}”" for name, n in rows.places.items())
    notes.append(_("Columns: %s.") % told)
    notes.append(
        _("Moments that do not say their time zone are taken for those of %s.")
        % reading.zone
    )
    if rows.status:
        notes.append(_("All rows are taken for %s.") % rows.status.value)
    return notes


class Refused:
    """Counts rows, and hands on those that were not taken in."""

    not_taken = {
        *(Outcome.ERASED, Outcome.WAITING, Outcome.NO_ADDRESS, Outcome.BAD_ADDRESS),
        *(Outcome.BAD_MOMENT, Outcome.BAD_STATUS, Outcome.BAD_ROW),
    }

    def __init__(self, report, rows, onlooker):
        self.report, self.onlooker = report, onlooker
        self.width, self.place = len(rows.table.header), rows.places["email"]
        onlooker.refuse(_("line"), _("why"), rows.table.header)

    def row(self, outcome, line, cells):
        self.report.add(outcome, line)
        if outcome in self.not_taken:
            self.onlooker.refuse(line, outcome.label, cells)

    def address(self, outcome, line, email):
        """Count a row of which only the address is at hand."""
        cells = [""] * self.width
        cells[self.place] = email
        self.row(outcome, line, cells)


# The file in order: each address once, the strictest of what is said of it

STAGED = """
    CREATE TABLE staged (
        key TEXT UNIQUE, line, email, joined, confirmed, left_at, paused, stopped, ends,
        is_confirmed, is_left, is_stopped, is_by_hand, because, page, promise
    )
"""
IS_STAGED = "SELECT 1 FROM staged WHERE key = ?"
STAGE = """
    INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
        is_confirmed = max(is_confirmed, excluded.is_confirmed),
        is_left = max(is_left, excluded.is_left),
        is_stopped = max(is_stopped, excluded.is_stopped),
        is_by_hand = max(is_by_hand, excluded.is_by_hand),
        joined = coalesce(min(joined, excluded.joined), joined, excluded.joined),
        confirmed =
            coalesce(min(confirmed, excluded.confirmed), confirmed, excluded.confirmed),
        left_at = coalesce(max(left_at, excluded.left_at), left_at, excluded.left_at),
        paused = coalesce(max(paused, excluded.paused), paused, excluded.paused),
        stopped = coalesce(max(stopped, excluded.stopped), stopped, excluded.stopped),
        ends = CASE
            WHEN is_stopped AND ends IS NULL THEN NULL
            WHEN excluded.is_stopped AND excluded.ends IS NULL THEN NULL
            ELSE coalesce(max(ends, excluded.ends), ends, excluded.ends) END,
        because = coalesce(nullif(because, ''), excluded.because),
        page = coalesce(nullif(page, ''), excluded.page),
        promise = coalesce(nullif(promise, ''), excluded.promise)
"""


def _stage(staged, rows, refused, onlooker):
    """Read the whole file before any of it is taken in."""
    stream = rows.table.stream
    stream.seek(0, 2)
    size = stream.tell()
    for group in batched(rows.table.rows(), BATCH):
        onlooker.tell(stream.tell() / size, _("Reading"))
        for line, cells in group:
            refused.report.rows += 1
            try:
                found = rows.understood(line, cells)
            except RowError as error:
                refused.row(error.outcome, line, cells)
                continue
            if staged.execute(IS_STAGED, [found.key]).fetchone():
                refused.report.add(Outcome.TWICE, line)
            staged.execute(STAGE, found)


def _settle(staged, reading, refused, onlooker, is_dry_run):
    """Compare each address with what is known here, and take it in."""
    done = onlooker.done
    [total] = staged.execute("SELECT count(*) FROM staged").fetchone()
    asking = Asking()
    cursor = staged.execute(
        "SELECT * FROM staged ORDER BY line LIMIT -1 OFFSET ?", [done]
    )
    while True:
        group = [Found(*row) for row in islice(cursor, BATCH)]
        if not group:
            return
        onlooker.tell(done / total, _("Looking") if is_dry_run else _("Taking in"))
        try:
            with nullcontext() if is_dry_run else transaction.atomic():
                Batch(group, reading, asking, is_dry_run).settle(refused)
                if not is_dry_run:
                    onlooker.keep(done + len(group), refused.report)
            done += len(group)
        except DatabaseError as error:
            logger.error("A list was not taken in whole: %s", room.told(error))
            raise ValidationError(
                _(
                    "The database stopped after %(done)s of %(total)s addresses. What "
                    "was taken in stays; start it once more, and it goes on."
                )
                % {"done": done, "total": total}
            ) from None


class Asking:
    """When the next of those who had not confirmed is asked: not all at once."""

    def __init__(self):
        last = Subscriber.objects.aggregate(last=models.Max("mail_due_at"))["last"]
        self.next = max(last or timezone.now(), timezone.now())

    def moment(self):
        self.next += timedelta(minutes=1) / ASKED_A_MINUTE
        return self.next


class Batch:
    """Some of the addresses in a file, beside what is known of them here."""

    def __init__(self, group, reading, asking, is_dry_run):
        self.group, self.reading, self.asking = group, reading, asking
        self.is_dry_run, self.now = is_dry_run, timezone.now()
        if not is_dry_run:
            # One batch after the other: else of two lists at once neither would see
            # whom the other brings, and a leaving could be lost.
            Settings.objects.select_for_update().first()
        keys = [found.key for found in group]
        here = Subscriber.objects.filter(email_key__in=keys)
        if not is_dry_run:
            here = here.order_by("pk").select_for_update()
        self.here = {subscriber.email_key: subscriber for subscriber in here}
        self.erased = ErasedAddress.objects.known_among(keys)
        self.new = []

    def settle(self, refused):
        for found in self.group:
            refused.address(self.outcome(found), found.line, found.email)
        if not self.is_dry_run:
            # Who signs up at this very moment is first.
            Subscriber.objects.bulk_create(self.new, ignore_conflicts=True)

    def outcome(self, found):
        subscriber = self.here.get(found.key)
        if subscriber is None:
            return self.of_a_stranger(found)
        if found.is_left or found.is_stopped:
            return self.of_one_who_went(found, subscriber)
        if subscriber.unsubscribed_at:
            return Outcome.STAYS_LEFT
        if subscriber.suppressed_at:
            return Outcome.STAYS_STOPPED
        if found.is_confirmed and subscriber.confirmed_at is None:
            if not self.is_dry_run:
                self.confirm(found, subscriber)
            return Outcome.CONFIRMED
        return Outcome.KNOWN

    def of_a_stranger(self, found):
        if found.key in self.erased:
            return Outcome.ERASED
        is_waiting = not (found.is_confirmed or found.is_stopped)
        if is_waiting and not self.reading.asks:
            return Outcome.WAITING
        self.new.append(self.made(found))
        if is_waiting:
            return Outcome.ASKED
        if found.is_left:
            return Outcome.LEFT
        return Outcome.STOPPED if found.is_stopped else Outcome.NEW

    def made(self, found):
        subscriber = Subscriber(email=found.email, email_key=found.key)
        self.note_consent(found, subscriber)
        if not (found.is_confirmed or found.is_stopped):
            due = self.asking.moment()
            # As one who asks now: who does not confirm is forgotten after two weeks.
            subscriber.created_at = subscriber.asked_at = subscriber.mail_due_at = due
            return subscriber
        confirmed = _at(found.confirmed) or _at(found.joined)
        left = (_at(found.left) or self.now) if found.is_left else None
        stopped = (_at(found.stopped) or self.now) if found.is_stopped else None
        # A row that nobody confirmed would be forgotten, and what it forbids with it;
        # not what the author forbade.
        if found.is_confirmed:
            subscriber.confirmed_at = confirmed or left or stopped or self.now
        subscriber.created_at = _at(found.joined) or subscriber.confirmed_at or stopped
        subscriber.unsubscribed_at = left
        subscriber.paused_until = _at(found.paused)
        if stopped:
            subscriber.suppressed_at = stopped
            subscriber.suppressed_for = self.why(found)
            subscriber.suppressed_until = _at(found.ends)
            subscriber.is_suppressed_by_hand = bool(found.is_by_hand)
        return subscriber

    def note_consent(self, found, subscriber):
        # It stays known that it is the file's word, whatever page that names. One of
        # ours without a page means that none was told.
        page = found.page or ("" if self.reading.is_ours else self.reading.page)
        page = page.removeprefix(FROM_A_FILE)
        subscriber.consent_page = f"{FROM_A_FILE}{page}"[:200]
        subscriber.consent_version = found.promise

    def why(self, found):
        return found.because or str(BOUNCED_THERE)

    def confirm(self, found, subscriber):
        """Take a confirmation over: whoever gave it is not asked for it again."""
        self.note_consent(found, subscriber)
        subscriber.confirmed_at = _at(found.confirmed) or _at(found.joined) or self.now
        subscriber.mail_due_at = None
        subscriber.save()

    def of_one_who_went(self, found, subscriber):
        """Note a leaving or a bounce, unless she confirmed here after it."""
        leaves = found.is_left and not subscriber.unsubscribed_at
        stops = found.is_stopped and not subscriber.suppressed_at
        if not (leaves or stops):
            return Outcome.KNOWN
        leaves = leaves and not _has_joined_since(subscriber, _at(found.left))
        stops = stops and not _has_joined_since(subscriber, _at(found.stopped))
        if not (leaves or stops):
            return Outcome.JOINED_SINCE
        if not self.is_dry_run:
            if leaves:
                subscriber.unsubscribed_at = _at(found.left) or self.now
            if subscriber.confirmed_at is None and found.is_confirmed:
                # Else it would be forgotten with those who never press the button.
                subscriber.confirmed_at = subscriber.unsubscribed_at or self.now
            subscriber.save(update_fields=["confirmed_at", "unsubscribed_at"])
            if leaves:
                subscriber.leave()  # what waits for her is not sent
            if stops:
                Subscriber.objects.filter(pk=subscriber.pk).suppress(
                    reason=self.why(found),
                    by_hand=bool(found.is_by_hand),
                    until=_at(found.ends),
                )
        return Outcome.LEFT if leaves else Outcome.STOPPED


def _has_joined_since(subscriber, moment):
    """Whether she confirmed here by herself, and not before that moment."""
    confirmed = subscriber.confirmed_at
    if confirmed is None:
        return False
    if subscriber.came_by_a_file and not _has_pressed(subscriber):
        return False  # it is the file's own word, and not even always its date
    return moment is None or confirmed > moment


def _has_pressed(subscriber):
    """Whether one who came by a file confirmed here: by a mail, or once more."""
    confirmed = subscriber.confirmed_at
    asked = subscriber.answers.filter(
        kind__in=[Answer.Kind.CONFIRM, Answer.Kind.LIFTED], made_at__lte=confirmed
    )
    before = subscriber.events.filter(kind=Event.Kind.CONFIRMED, at__lt=confirmed)
    return asked.exists() or before.exists()


def _at(text):
    return datetime.fromisoformat(text) if text else None


# Out


def readers():
    """Return whom a list holds: all who ever confirmed, or were stopped by hand.

    Also those who left; in an order that is the same wherever it was taken in.
    """
    kept = models.Q(confirmed_at__isnull=False) | models.Q(is_suppressed_by_hand=True)
    return Subscriber.objects.filter(kept).order_by("created_at", "email_key")


def write_out(stream):
    """Write the readers into a file that ``take_in`` reads; return how many."""
    writer = tables.Writer(stream)
    writer.write(OURS)
    number = 0
    for subscriber in readers().iterator(chunk_size=2000):
        writer.write(_cells(subscriber))
        number += 1
    writer.close()
    return number


def _cells(subscriber):
    moments = [
        subscriber.created_at,
        subscriber.confirmed_at,
        subscriber.unsubscribed_at,
        subscriber.paused_until,
        subscriber.suppressed_at,
        subscriber.suppressed_until,
    ]
    return [
        subscriber.email,
        _in_a_word(subscriber),
        *(moment.isoformat() if moment else "" for moment in moments),
        subscriber.suppressed_for,
        "yes" if subscriber.is_suppressed_by_hand else "",
        # The file says so of each: it tells the page alone.
        subscriber.consent_page.removeprefix(FROM_A_FILE),
        subscriber.consent_version,
    ]


def _in_a_word(subscriber):
    if subscriber.unsubscribed_at:
        return "unsubscribed"
    if subscriber.suppressed_at:
        return "stopped" if subscriber.confirmed_at else "unconfirmed"
    return "paused" if subscriber.is_paused else "subscribed"
