"""What one row of a list of readers says, whichever software wrote it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guide.models import site_zone
from newsletter import addresses
from newsletter.models import FROM_A_FILE, fold


class Status(models.TextChoices):
    SUBSCRIBED = "subscribed"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"


# As lists say it in English, German and Dutch.
WORDS = {
    Status.SUBSCRIBED: [
        *("subscribed", "confirmed", "active", "inactive", "paused", "stopped"),
        *("angemeldet", "bestätigt", "abonniert", "aktiv"),
        *("aangemeld", "bevestigd", "geabonneerd", "ingeschreven", "actief"),
    ],
    Status.UNCONFIRMED: [
        *("unconfirmed", "not confirmed", "pending", "waiting"),
        *("non subscribed", "nonsubscribed"),
        *("unbestätigt", "nicht bestätigt", "ausstehend"),
        *("onbevestigd", "niet bevestigd", "in afwachting"),
    ],
    Status.UNSUBSCRIBED: [
        *("unsubscribed", "left", "opted out", "complained", "spam"),
        *("abgemeldet", "ausgetragen", "afgemeld", "uitgeschreven"),
    ],
    Status.BOUNCED: ["bounced", "cleaned", "bounce", "unzustellbar", "onbestelbaar"],
}
STATUSES = {word: status for status, words in WORDS.items() for word in words}

# The columns of our own file, in their order.
OURS = [
    *("email", "status", "joined", "confirmed", "left", "paused until"),
    *("stopped", "stopped until", "stopped because", "stopped by hand"),
    *("page", "promise"),
]
# By the names of ours, those that need no telling which column is which.
COLUMNS = {
    "email": [
        *("email", "e mail", "mail", "email address", "e mail address"),
        *("email adresse", "e mail adresse", "mailadresse", "mail adresse"),
        *("emailadres", "e mailadres", "email adres", "e mail adres", "mailadres"),
    ],
    "status": ["status", "global status", "abostatus", "toestand"],
    "list_status": ["list status"],
    "joined": [
        *("joined", "optin time", "subscription time", "created at", "joined at"),
        *("subscribed at", "signed up", "angemeldet am", "anmeldedatum", "anmeldung"),
        *("eingetragen am", "aangemeld op", "aanmelddatum", "ingeschreven op"),
        *("inschrijfdatum", "date", "datum"),
    ],
    "confirmed": [
        *("confirmed", "confirm time", "confirmation time", "confirmed at"),
        *("bestätigt", "bestätigt am", "bevestigd", "bevestigd op"),
    ],
    "left": [
        *("left", "unsub time", "unsubscribed at", "left at", "email disabled"),
        *("abgemeldet", "abgemeldet am", "ausgetragen am"),
        *("afgemeld", "afgemeld op", "uitgeschreven", "uitgeschreven op"),
    ],
    "paused": ["paused until"],
    "stopped": ["stopped", "clean time"],
    "ends": ["stopped until"],
    "because": ["stopped because"],
    "by_hand": ["stopped by hand"],
    "page": ["page", "source"],
    "promise": ["promise", "consent version"],
}
AHEAD = {"paused", "ends"}  # moments until which something lasts
YES = {"yes", "true", "y", "1", "x", "ja", "wahr", "waar", "oui", "si", "sí"}
NO = {
    *("", "no", "false", "n", "0", "-", "nein", "falsch", "nee", "onwaar", "non"),
    "0000-00-00 00:00:00",
}
WITH_DAY_FIRST, WITH_MONTH_FIRST = "day-first", "month-first"
DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?\s+(.+))?")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Source(NamedTuple):
    """How the files of a former provider differ from others."""

    name: str = ""
    signs: tuple = ()  # columns that no other's files have together
    escape: str | None = None  # before a quotation mark inside of a cell
    is_in_utc: bool = False
    by_file: tuple = ()  # (how its name begins, a column of it, what all rows are)
    status: Status | None = None  # of all rows
    statuses: dict = {}  # its own words for them


SOURCES = {
    "mailchimp": Source(
        "Mailchimp",
        signs=("optin time", "euid"),
        is_in_utc=True,
        # Without either of the columns it is the file of those who get the letter.
        by_file=(
            ("unsubscribed", "UNSUB_TIME", Status.UNSUBSCRIBED),
            ("cleaned", "CLEAN_TIME", Status.BOUNCED),
            ("nonsubscribed", None, Status.UNCONFIRMED),
            ("subscribed", None, Status.SUBSCRIBED),
        ),
    ),
    "mailpoet": Source("MailPoet", signs=("global status", "list status"), escape="\\"),
    # Its columns name who pays; the letter goes to all for whom it is not disabled.
    "substack": Source(
        "Substack",
        signs=("active subscription", "email disabled"),
        is_in_utc=True,
        status=Status.SUBSCRIBED,
    ),
    "newsletter": Source(
        "The Newsletter Plugin",
        signs=("surname", "status", "token"),
        statuses={
            "c": Status.SUBSCRIBED,
            "s": Status.UNCONFIRMED,
            "u": Status.UNSUBSCRIBED,
            "p": Status.UNSUBSCRIBED,
            "b": Status.BOUNCED,
        },
    ),
}


@dataclass
class Reading:
    """How a file is to be read, and what its name was."""

    name: str
    source: str = ""
    # field: name or place of its column, None where the file has none
    columns: dict = field(default_factory=dict)
    status: str = ""  # of all rows
    zone: tzinfo | None = None  # of moments that do not say theirs
    dates: str = ""  # of 3/4/2025
    asks: bool = False  # those who had not confirmed

    def __post_init__(self):
        self.page = f"{FROM_A_FILE}{printable(self.name)}"[:200]
        self.is_ours = False

    def look_at(self, table):
        """Find out whose file it is, where nobody said so, and how to read it."""
        names = set(map(_plain, table.header))
        for source, its in SOURCES.items():
            if not self.source and names.issuperset(its.signs):
                self.source = source
        self.of = SOURCES.get(self.source, Source())
        self.zone = self.zone or (UTC if self.of.is_in_utc else site_zone())
        self.is_ours = table.header == OURS
        table.read_with(escape=self.of.escape)


class Outcome(models.TextChoices):
    """What becomes of a row, in the order of the report."""

    NEW = "new", gettext_lazy("new: the letter goes to them")
    CONFIRMED = (
        "confirmed",
        gettext_lazy(
            "waited here for the button, had confirmed there: it goes to them"
        ),
    )
    ASKED = "asked", gettext_lazy("had not confirmed: they are asked by mail")
    LEFT = "left", gettext_lazy("had left there: noted, no letter goes to them")
    STOPPED = "stopped", gettext_lazy("bounced there: noted, no letter goes to them")
    KNOWN = "known", gettext_lazy("here already: nothing changes")
    JOINED_SINCE = (
        "joined_since",
        gettext_lazy("had left or bounced there, confirmed here since: they stay"),
    )
    STAYS_LEFT = "stays_left", gettext_lazy("left here: they stay away")
    STAYS_STOPPED = (
        "stays_stopped",
        gettext_lazy("letters to them stopped here: that stays so"),
    )
    ERASED = (
        "erased",
        gettext_lazy("had all that was known of them erased: not taken in"),
    )
    WAITING = "waiting", gettext_lazy("had not confirmed: not taken in")
    TWICE = "twice", gettext_lazy("twice in the file: the strictest row counts")
    NO_ADDRESS = "no_address", gettext_lazy("no address: not taken in")
    BAD_ADDRESS = (
        "bad_address",
        gettext_lazy("an address that cannot be right: not taken in"),
    )
    BAD_MOMENT = (
        "bad_moment",
        gettext_lazy("a moment that cannot be read, or lies ahead: not taken in"),
    )
    BAD_STATUS = (
        "bad_status",
        gettext_lazy("a status that is not known: not taken in"),
    )
    BAD_ROW = "bad_row", gettext_lazy("more cells than columns: not taken in")


class RowError(Exception):
    """A row that is not taken in, with the reason."""

    def __init__(self, outcome):
        self.outcome = outcome


class Found(NamedTuple):
    """One row of the file, understood; moments as text that sorts."""

    key: str
    line: int
    email: str
    joined: str | None
    confirmed: str | None
    left: str | None
    paused: str | None
    stopped: str | None
    ends: str | None
    is_confirmed: bool
    is_left: bool
    is_stopped: bool
    is_by_hand: bool
    because: str
    page: str
    promise: str


class Rows:
    """The rows of a table, each as what it says of a reader."""

    def __init__(self, table, reading):
        self.table, self.reading = table, reading
        self.places = places(table, reading)
        if "email" not in self.places:
            raise ValidationError(
                _(
                    "No column is called “email”. The file has: %s. Give that name to "
                    "the one that holds the addresses."
                )
                % _listed(table.header)
            )
        self.status = self._status_of_all()
        self.statuses = STATUSES | reading.of.statuses
        self.latest = timezone.now() + timedelta(days=1)

    def _status_of_all(self):
        if self.reading.status:
            return Status(self.reading.status)
        if self.reading.of.status:
            return self.reading.of.status
        if not self.reading.of.by_file or "status" in self.places:
            return None
        header = set(map(_plain, self.table.header))
        for begins, _column, status in self.reading.of.by_file:
            if self.reading.name.lower().startswith(begins):
                return status
        for _begins, column, status in self.reading.of.by_file:
            if column and _plain(column) in header:
                return status
        return Status.SUBSCRIBED if "confirmed" in self.places else None

    def understood(self, line, cells):
        """Return what a row says; raise ``RowError`` where one cannot rely on it."""
        if any(cells[len(self.table.header) :]):
            raise RowError(Outcome.BAD_ROW)
        values = {
            name: cells[place].strip() if place < len(cells) else ""
            for name, place in self.places.items()
        }
        email = _address(values["email"])
        statuses = {
            self.status,
            *map(self._status, map(values.get, ("status", "list_status"))),
        }
        said = {
            name: self._moment(values.get(name, ""), may_lie_ahead=name in AHEAD)
            for name in ("joined", "confirmed", "left", "paused", "stopped", "ends")
        }
        is_said = {name: is_so for name, (is_so, _at) in said.items()}
        at = {name: moment for name, (_is_so, moment) in said.items()}
        is_left = is_said["left"] or Status.UNSUBSCRIBED in statuses
        is_stopped = is_said["stopped"] or Status.BOUNCED in statuses
        is_by_hand = is_stopped and values.get("by_hand", "").lower() in YES
        is_waiting = Status.UNCONFIRMED in statuses
        return Found(
            key=fold(email),
            line=line,
            email=email,
            **at,
            # Who left or bounced had been on the list; whom the author stopped by hand
            # may have asked for it alone.
            is_confirmed=is_left
            or (is_stopped and not (is_by_hand and is_waiting))
            or (
                not is_waiting
                and (is_said["confirmed"] or Status.SUBSCRIBED in statuses)
            ),
            is_left=is_left,
            is_stopped=is_stopped,
            is_by_hand=is_by_hand,
            because=values.get("because", "")[:200],
            page=values.get("page", "")[:200],
            promise=values.get("promise", "")[:20],
        )

    def _status(self, text):
        if not text:
            return None
        try:
            return self.statuses[_plain(text)]
        except KeyError:
            raise RowError(Outcome.BAD_STATUS) from None

    def _moment(self, text, *, may_lie_ahead):
        """Return whether a cell says that something happened, and when if it does."""
        if text.lower() in NO:
            return False, None
        if text.lower() in YES:
            return True, None
        try:
            moment = self._read(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self.reading.zone)
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise RowError(Outcome.BAD_MOMENT) from None
        if moment > self.latest and not may_lie_ahead:
            raise RowError(Outcome.BAD_MOMENT)
        return True, moment.isoformat(timespec="microseconds")

    def _read(self, text):
        found = DATE.fullmatch(text)
        if not found:
            return datetime.fromisoformat(text.removesuffix(" UTC"))
        first, mark, second, year, hours = found.groups()
        dates = WITH_DAY_FIRST if mark == "." else self.reading.dates
        if not dates:
            raise ValueError  # the third of April, or the fourth of March
        day, month = (first, second) if dates == WITH_DAY_FIRST else (second, first)
        moment = datetime(int(year), int(month), int(day))
        if not hours:
            return moment
        for pattern in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p"):
            try:
                clock = datetime.strptime(hours, pattern)
            except ValueError:
                continue
            return moment.replace(
                hour=clock.hour, minute=clock.minute, second=clock.second
            )
        raise ValueError


def printable(name):
    return "".join(c if c.isprintable() else "?" for c in name)


def places(table, reading):
    """Return which column holds what: as it was said, else by its name."""
    known = {}
    for place, name in reversed([*enumerate(map(_plain, table.header))]):
        known[name] = place
    found = {}
    for name, guesses in COLUMNS.items():
        if name in reading.columns:
            place = _asked(reading.columns[name], known, table.header)
        else:
            place = next((known[guess] for guess in guesses if guess in known), None)
        if place is None and name == "email" and name not in reading.columns:
            place = _of_addresses(table)
        if place is not None:
            found[name] = place
    return found


def _asked(column, known, header):
    if column is None or column in range(len(header)):
        return column
    if _plain(str(column)) not in known:
        raise ValidationError(
            _("There is no column “%(asked)s”. The file has: %(header)s.")
            % {"asked": column, "header": _listed(header)}
        )
    return known[_plain(column)]


def _of_addresses(table):
    """Return the first column whose first cells are addresses, or None."""
    for place in range(len(table.header)):
        cells = [cells[place].strip() for cells in table.first if place < len(cells)]
        if any(cells) and all(map(ADDRESS.fullmatch, filter(None, cells))):
            return place
    return None


def _plain(name):
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


def _listed(header):
    return ", ".join(f"“{name}”" for name in header[:20])


def _address(text):
    if not text:
        raise RowError(Outcome.NO_ADDRESS)
    try:
        return addresses.read(text)
    except ValidationError:
        raise RowError(Outcome.BAD_ADDRESS) from None
