"""The mailbox in which letters come back, read over IMAP a few mails at a time.

Each mail is written down and committed before it is marked in the mailbox: whoever is
killed between reads it once more, and what is read twice is one row.
"""

import imaplib
import logging
import ssl
import time
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import bounces, returning
from newsletter.models import Bounce, Settings

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
TURN = 20  # seconds that a task works before it lets others go first
MOST = 200  # mails in a turn
TIMEOUT = 15  # seconds that the server may be silent
EXCERPT = 2000
# Looking at a mail in a mail program sets the first: the second is the mark.
READ = r"(\Seen \Answered)"
UNREAD = ("UNANSWERED", "UNDELETED")


class Trouble(Exception):  # noqa: N818
    """Why the mailbox cannot be read, in words for the author."""


def is_due():
    """Whether the mailbox is to be read now; says so to one of two who ask at once."""
    if not settings.BOUNCE_MAILBOX:
        return False
    Settings.load()
    now = timezone.now()
    never_or_before = Q(mailbox_tried_at=None) | Q(mailbox_tried_at__lte=now - EVERY)
    due = Settings.objects.filter(never_or_before)
    return bool(due.mark(mailbox_tried_at=now))


def work(*, seconds=TURN):
    """Read what came back; return whether there is more. A failure is kept in words."""
    if not settings.BOUNCE_MAILBOX:
        return False
    try:
        is_more = _read(time.monotonic() + seconds)
    except Trouble as trouble:
        was_up = Settings.objects.filter(mailbox_down_since=None)
        was_up.mark(mailbox_down_since=timezone.now())
        Settings.objects.mark(mailbox_trouble=str(trouble)[:200])
        logger.warning("The mailbox for returned letters could not be read.")
        return False
    was_down = Settings.objects.exclude(mailbox_down_since=None)
    was_down.mark(mailbox_down_since=None, mailbox_trouble="")
    return is_more


def _read(until):
    with Mailbox(**settings.BOUNCE_MAILBOX) as mailbox:
        waiting = mailbox.unread()
        for number, uid in enumerate(waiting):
            if number == MOST or time.monotonic() > until:
                return True
            content = mailbox.fetch(uid)
            if content is not None:  # else somebody took it away meanwhile
                take(content)
                mailbox.mark_read(uid)
    return False


def take(content):
    """Write down one mail and act on it."""
    return returning.take(
        bounces.read(content),
        door=Bounce.Door.MAILBOX,
        fingerprint=returning.fingerprint(content),
        excerpt=content[:EXCERPT].decode("utf-8", "replace"),
    )


class Mailbox:
    """A folder of an IMAP server; whatever fails is a ``Trouble``."""

    def __init__(self, *, host, port, username, password, folder):
        self.place = host, port
        self.who = username, password
        self.folder = folder

    def __enter__(self):
        self.server = self.ask(
            imaplib.IMAP4_SSL,
            *self.place,
            ssl_context=ssl.create_default_context(),
            timeout=TIMEOUT,
        )
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error):
        self.close()

    def open(self):
        words = _("it does not accept the name and password of the site")
        self.ask(self.server.login, *self.who, refused=words)
        words = _("it has no folder “%s”") % self.folder
        name = self.folder.replace("\\", r"\\").replace('"', r"\"")
        answer, _count = self.ask(self.server.select, f'"{name}"', refused=words)
        if answer != "OK":
            raise Trouble(words)

    def unread(self):
        return self.say("SEARCH", *UNREAD)[0].split()

    def fetch(self, uid):
        """Return the first part of a mail, or None where it is gone."""
        # Looked at with PEEK: fetching it is no reading.
        found = self.say("FETCH", uid, f"(BODY.PEEK[]<0.{bounces.LARGEST}>)")
        return next((item[1] for item in found if isinstance(item, tuple)), None)

    def mark_read(self, uid):
        self.say("STORE", uid, "+FLAGS.SILENT", READ)

    def say(self, command, *words):
        answer, found = self.ask(self.server.uid, command, *words)
        if answer != "OK":
            raise Trouble(_("it does not do what it is asked to"))
        return found

    def ask(self, what, *words, refused=None, **options):
        """Ask the server; of its own words nothing is repeated."""
        try:
            return what(*words, **options)
        except ssl.SSLCertVerificationError:
            raise Trouble(_("its certificate is not in order")) from None
        except imaplib.IMAP4.readonly:
            words = _("it does not let the site mark what it has read")
            raise Trouble(words) from None
        except (OSError, imaplib.IMAP4.abort):
            raise Trouble(_("it does not answer")) from None
        except (imaplib.IMAP4.error, ValueError):
            why = refused or _("it does not do what it is asked to")
            raise Trouble(why) from None

    def close(self):
        with suppress(OSError, imaplib.IMAP4.error):
            self.server.logout()
