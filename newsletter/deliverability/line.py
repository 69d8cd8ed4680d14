"""The line to a mail server: whether mails reach it unread."""

import smtplib
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from newsletter.deliverability.asking import SECONDS
from newsletter.deliverability.points import Point


class Server(NamedTuple):
    """A mail server of ours, as the settings write it."""

    variable: str
    host: str = ""
    port: int = 0
    use_ssl: bool = False
    use_tls: bool = False

    @property
    def is_here(self):
        return self.host in ("localhost", "127.0.0.1", "::1")


def servers():
    names = {"default": "MAIL_URL", "newsletter": "NEWSLETTER_MAIL_URL"}
    found = {}
    for alias, mailer in settings.MAILERS.items():
        options = mailer.get("OPTIONS", {})
        fields = {name: options[name] for name in Server._fields if name in options}
        server = Server(names.get(alias, alias), **fields)
        found.setdefault(server[1:], server)
    return list(found.values())


def hosts(servers):
    """Return the machines that speak to the world for us, as far as it is known."""
    here = urlsplit(settings.SITE_URL).hostname
    names = [here if one.is_here else one.host for one in servers if one.host]
    return list(dict.fromkeys(names))


def of_the_line(server):
    """Return whether mails reach a server unread; opens a line and sends nothing."""
    name = f"TLS {server.host}" if server.host else server.variable
    if not server.host:
        return Point(
            name,
            "stop",
            _("What goes by %s is kept in a folder here; nobody gets it.")
            % server.variable,
            _("Write your mail provider's server into %s.") % server.variable,
        )
    try:
        return _greet(server, name)
    except ssl.SSLCertVerificationError:
        return Point(
            name,
            "stop",
            _("Its certificate is not for this name, or has run out."),
            _("Write the name your provider gives into %s.") % server.variable,
        )
    except (OSError, smtplib.SMTPException):
        return Point(
            name,
            "stop",
            _("It does not answer at port %s.") % server.port,
            _("Is name and port in %s right? Some hosts block port 25: try 587.")
            % server.variable,
        )


def _greet(server, name):
    context = ssl.create_default_context()
    options = {"timeout": SECONDS}
    kind = smtplib.SMTP
    if server.use_ssl:
        kind, options["context"] = smtplib.SMTP_SSL, context
    with kind(server.host, server.port, **options) as line:
        line.ehlo()
        if not server.use_ssl and line.has_extn("starttls"):
            if not (server.use_tls or server.is_here):
                return Point(
                    name,
                    "stop",
                    _("It offers an encrypted line, and we do not take it."),
                    _("Write “?tls=on” at the end of %s.") % server.variable,
                )
            if server.use_tls:
                line.starttls(context=context)
        if isinstance(line.sock, ssl.SSLSocket):
            return Point(
                name, "yes", _("The line is encrypted (%s).") % (line.sock.version())
            )
    if server.is_here:
        return Point(name, "yes", _("It is this machine: the line leaves it nowhere."))
    return Point(
        name,
        "stop",
        _("It offers no encrypted line."),
        _("Use port 465 (smtps://) or 587, or ask your provider."),
    )
