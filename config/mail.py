import os
import re
import secrets
import smtplib
import tempfile
from email import policy
from email.header import Header
from email.headerregistry import (
    HeaderRegistry,
    UniqueAddressHeader,
    UnstructuredHeader,
)
from email.utils import formataddr, make_msgid
from functools import cache as once
from pathlib import Path
from urllib.parse import urlsplit

import css_inline
from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template import Context, TemplateDoesNotExist, loader
from django.utils import timezone
from django.utils.module_loading import import_string


def message(folder, context, *, to, headers=None):
    """Return the message whose words lie in ``folder``; the caller sends it.

    The folder holds ``subject.txt``, ``body.txt`` and, where wanted, ``body.html``.
    """
    site = apps.get_model(settings.SITE_SETTINGS).load()
    context = {"site": site, "site_url": settings.SITE_URL, **context}
    context["subject"] = " ".join(words(f"{folder}/subject.txt", context).split())
    sender = settings.MAIL_FROM_NAME or site.name
    mail = Message(
        context["subject"],
        words(f"{folder}/body.txt", context),
        formataddr((sender, settings.DEFAULT_FROM_EMAIL)),
        [to] if isinstance(to, str) else to,
        # Nobody wrote it: no out-of-office answers it. Its id is of our own domain.
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
            **(headers or {}),
        },
    )
    if html := page(f"{folder}/body.html", context):
        mail.attach_alternative(html, "text/html")
    return mail


class Message(EmailMultiAlternatives):
    """A mail whose links in headers stay as they are, however long they get.

    It may come back to another address than its sender's.
    """

    def come_back_to(self, address):
        self.extra_headers["From"], self.from_email = self.from_email, address

    def send(self, *args, **options):
        try:
            return super().send(*args, **options)
        except smtplib.SMTPSenderRefused:
            # Some servers let mails come back to whom they know alone.
            if "From" not in self.extra_headers:
                raise
            self.from_email = self.extra_headers.pop("From")
            return super().send(*args, **options)

    def message(self, *, policy=policy.default):
        return super().message(policy=policy.clone(header_factory=header_factory))


class Whole(UnstructuredHeader):
    """Written in one line: folded, a long link would be encoded and lead nowhere."""

    def fold(self, *, policy):
        return f"{self.name}: {self}{policy.linesep}"


class Named(UniqueAddressHeader):
    """A sender whose name is encoded as a whole, where it is not plain.

    Word by word, a comma in "Ana Reyes, Köln" would begin another address.
    """

    def fold(self, *, policy):
        if str(self).isascii() or len(self.addresses) != 1:
            return super().fold(policy=policy)
        (sender,) = self.addresses
        # Its lines get two longer than it is told, and 76 is the most (RFC 2047).
        name = Header(sender.display_name, "utf-8", 74, self.name)
        lines = [name.encode(linesep=policy.linesep), f" <{sender.addr_spec}>", ""]
        return f"{self.name}: {policy.linesep.join(lines)}"


header_factory = HeaderRegistry()
header_factory.map_to_type("List-Unsubscribe", Whole)
header_factory.map_to_type("From", Named)


def words(template, context):
    """Render a text: nothing is escaped, and gaps left by tags are closed."""
    with timezone.override(import_string(settings.SITE_ZONE)()):
        text = loader.get_template(template).template.render(
            Context(context, autoescape=False)
        )
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def page(template, context):
    """Render the HTML with its styles moved into the elements; "" if there is none."""
    try:
        template = loader.get_template(template)
    except TemplateDoesNotExist:
        return ""
    with timezone.override(import_string(settings.SITE_ZONE)()):
        html = template.template.render(Context(context))
    return inliner().inline(html)


@once
def inliner():
    # At-rules stay in the head: they hold the dark colours and the phone's widths.
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def absolute(path):
    """Return the address of a page of ours as a mail must write it."""
    return f"{settings.SITE_URL}{path}"


class FolderBackend(BaseEmailBackend):
    """Writes each message to a folder, where config/mailbox.py shows it to staff."""

    def __init__(self, *, folder, **options):
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages):
        for mail in email_messages:
            self.write(mail.message().as_bytes())
        return len(email_messages)

    def write(self, content):
        """Write one finished message; it is there whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        written, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
        try:
            with open(written, "wb") as file:  # readable by the owner alone
                file.write(content)
        except OSError:
            os.unlink(name)
            raise
        moment = timezone.now().strftime("%Y%m%d-%H%M%S-%f")
        final = self.folder / f"{moment}-{secrets.token_hex(4)}.eml"
        os.replace(name, final)
        return final
