"""The line to the mail server, and what its replies mean."""

import logging
import queue
import re
import smtplib
import threading
import time
from contextlib import suppress
from email import message_from_bytes, policy

from django.core.mail import EmailMultiAlternatives, mailers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from newsletter import bounces, compose

logger = logging.getLogger(__name__)


class Lost(Exception):  # noqa: N818
    """The line is gone, or the server wants to be left alone.

    ``may_have_left`` says that it broke while a letter was being handed over.
    """

    def __init__(self, *, may_have_left):
        super().__init__()
        self.may_have_left = may_have_left


class Refused(Exception):  # noqa: N818
    """The server did not take one letter; ``is_final`` says whether to ask again.

    ``is_policy`` says that it was for who sends or what is sent, ``verdict`` what a
    server's reply says of the address.
    """

    def __init__(self, reason, *, is_final, is_policy=False, verdict=None):
        super().__init__(reason)
        self.reason, self.is_final, self.is_policy = reason, is_final, is_policy
        self.verdict = verdict


class Blocked(Refused):
    """The server takes no letter from us, whoever it is for."""

    def __init__(self, reason):
        super().__init__(reason, is_final=True, is_policy=True)


class Line:
    """An open mailer. An SMTP connection is held and gets finished bytes."""

    def __init__(self, letter):
        self.letter = letter
        self.mailer = mailers["newsletter"]
        self.is_smtp = hasattr(self.mailer, "connection_class")

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
        self.send_copy(recipient, content)

    def send_copy(self, recipient, content):
        self.open()
        try:
            if self.is_smtp:
                sender = self.letter.return_path(recipient) or self.sender
                address = compose.ascii_address(recipient.email)
                hand_over(self.mailer.connection, sender, address, content)
            else:
                self.mailer.send_messages([Finished(recipient.email, content)])
        except smtplib.SMTPRecipientsRefused as error:
            self.judge(*next(iter(error.recipients.values())))
        except smtplib.SMTPSenderRefused as error:
            # It says nothing of this reader: all letters have this sender.
            self.judge_us(error)
        except smtplib.SMTPDataError as error:
            self.judge(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self.lose(error, may_have_left=True)
        except ValueError:
            raise Refused(_("this is no address"), is_final=True) from None

    @cached_property
    def sender(self):
        try:
            return self.mailer.prep_address(self.letter.sender)
        except ValueError:
            raise Blocked(_("the sender of the letter is no address")) from None

    def open(self):
        try:
            self.mailer.open()
        except smtplib.SMTPAuthenticationError as error:
            self.judge_us(error)
        except (smtplib.SMTPException, OSError) as error:
            self.lose(error, may_have_left=False)

    def judge(self, code, text):
        if code == 421:
            self.lose(None, may_have_left=True)
        is_final = code >= 500
        raise Refused(
            bounces.in_words(code, text),
            is_final=is_final,
            is_policy=is_final and bounces.status_of(text)[2:].startswith("7."),
            verdict=bounces.of_reply(code, text),
        )

    def judge_us(self, error):
        if error.smtp_code < 500:
            self.lose(error, may_have_left=False)
        self.hang_up()
        if isinstance(error, smtplib.SMTPAuthenticationError):
            words = _("it does not accept the name and password of the site (%s)")
        else:
            words = _("it does not accept the sender of the letter (%s)")
        numbers = f"{error.smtp_code} {bounces.status_of(error.smtp_error)}".strip()
        raise Blocked(words % numbers) from None

    def lose(self, error, *, may_have_left):
        logger.warning("No line to the mail server: %s", type(error).__name__)
        self.hang_up()
        raise Lost(may_have_left=may_have_left) from None

    def hang_up(self):
        try:
            self.mailer.close()
        except (smtplib.SMTPException, OSError):
            self.mailer.connection = None


# What can stand between the angle brackets of a command: no space, no line break.
PATH = re.compile(r"[!-;=?-~]+")


def hand_over(line, sender, address, content):
    """Do what ``sendmail`` of an ``smtplib.SMTP`` does, in two turns instead of four.

    Where the server takes commands in a row (RFC 2920) the envelope is one. Raises what
    ``sendmail`` raises, and ``ValueError`` for what is no address.
    """
    if not (PATH.fullmatch(sender) and PATH.fullmatch(address)):
        raise ValueError("No address.")
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("pipelining"):
        line.sendmail(sender, [address], content)
        return
    size = f" SIZE={len(content)}" if line.has_extn("size") else ""
    try:
        line.send(f"MAIL FROM:<{sender}>{size}\r\nRCPT TO:<{address}>\r\nDATA\r\n")
        await_content(line, sender, address)
        # A letter's lines end as they must, and the first one is a header of ours.
        line.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        (end,) = replies(line, 1)
        if end[0] != 250:
            raise smtplib.SMTPDataError(*end)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        with suppress(smtplib.SMTPServerDisconnected):
            line.rset()
        raise


def await_content(line, sender, address):
    """Hear what the server says of an envelope; raises where it refuses a part."""
    mail, rcpt, data = replies(line, 3)
    is_taken = mail[0] == 250 and rcpt[0] in (250, 251)
    if data[0] == 354 and not is_taken:
        line.send(".\r\n")  # it waits for a mail to nobody
        replies(line, 1)
    if mail[0] != 250:
        raise smtplib.SMTPSenderRefused(*mail, sender)
    if not is_taken:
        raise smtplib.SMTPRecipientsRefused({address: rcpt})
    if data[0] != 354:
        raise smtplib.SMTPDataError(*data)


def replies(line, number):
    """Return so many replies; a server that says 421 hangs up and says no more."""
    said = []
    while len(said) < number:
        said.append(line.getreply())
        if said[-1][0] == 421:
            line.close()
            break
    return said + said[-1:] * (number - len(said))


class NotTried(Exception):  # noqa: N818
    """The lines were closed before this letter's turn came."""


class Lines:
    """Several lines that share what they are given; each tells what became of it.

    They only talk to the mail server: the ledger is kept by who uses them.
    """

    LOSSES = 3  # in a row, before nothing more is tried

    def __init__(self, letter, *, count, until):
        self.until = until
        self.given, self.told = queue.SimpleQueue(), queue.SimpleQueue()
        self.in_hand = self.losses = 0
        self.is_closed = self.has_answered = False
        self.most_losses = self.LOSSES + count - 1
        self.lines = [Line(letter) for _number in range(count)]
        # One alone needs no thread: handing over costs as much as talking does.
        self.threads = [
            threading.Thread(target=self.serve, args=[line], daemon=True)
            for line in self.lines
            if count > 1
        ]

    @property
    def is_away(self):
        """Whether the mail server is: it was, of late, or said nothing at all."""
        return self.losses >= (self.most_losses if self.has_answered else 1)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.is_closed = True
        for _thread in self.threads:
            self.given.put(None)
        for thread in self.threads:
            thread.join()
        for line in self.lines:
            line.hang_up()

    def give(self, recipient, content, moment):
        """Let a letter leave at that moment, by ``time.monotonic()``."""
        self.in_hand += 1
        self.given.put((recipient, content, moment))

    def hear(self):
        """Wait for what became of one; return it with ``None`` for what was accepted.

        Else it is ``NotTried``, ``Lost``, ``Refused`` or what should never have been.
        """
        self.in_hand -= 1
        if not self.threads:
            return self.attempt(self.lines[0], *self.given.get())
        return self.told.get()

    def serve(self, line):
        while job := self.given.get():
            self.told.put(self.attempt(line, *job))

    def attempt(self, line, recipient, content, moment):
        try:
            self.take_turn(line, recipient, content, moment)
        except Exception as error:
            return recipient, error
        return recipient, None

    def take_turn(self, line, recipient, content, moment):
        if (wait := min(moment, self.until) - time.monotonic()) > 0:
            time.sleep(wait)
        if self.is_closed or time.monotonic() >= self.until:
            raise NotTried
        try:
            line.send_copy(recipient, content)
        except Lost:
            self.losses += 1
            self.is_closed = self.is_closed or self.losses >= self.most_losses
            raise
        except Refused:
            self.note_answer()
            raise
        self.note_answer()

    def note_answer(self):
        self.losses, self.has_answered = 0, True


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
