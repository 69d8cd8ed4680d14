"""The line to the mail server, and what its replies mean."""

import logging
import re
import smtplib
from email import message_from_bytes, policy

from django.core.mail import EmailMultiAlternatives, mailers
from django.utils.translation import gettext as _

from newsletter import compose

logger = logging.getLogger(__name__)


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
