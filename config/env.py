"""Typed values from the environment, and from ``.env`` where it is silent.

What is not in order raises ``ImproperlyConfigured``, with what to write in its place.
"""

import os
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.encoding import punycode

_REQUIRED = object()


def load(path):
    """Read ``NAME=value`` lines of a file; what the real environment says wins."""
    path = Path(path)
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, is_assignment, value = line.strip().partition("=")
        if is_assignment and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def text(name, default=_REQUIRED, *, why=""):
    """Return the value of a variable; an empty one counts as not set.

    Raises ``ImproperlyConfigured``, with the reason, where there is no default.
    """
    value = os.environ.get(name, "") or default
    if value is _REQUIRED:
        raise ImproperlyConfigured(
            f"{name} is not set. {why} See .env.example.".replace("  ", " ")
        )
    return value


def flag(name, default=False):
    """Return a yes or no: ``on``, ``true``, ``yes`` and ``1`` are yes."""
    value = str(text(name, "on" if default else "off")).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write on or off.")


def number(name, default):
    """Return a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; write a whole number."
        ) from None


def words(name, default=""):
    """Return a list from a value with commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def address(name, default):
    """Return the address of a site as browsers and mails write it: in plain letters."""
    url = urlsplit(text(name, default).rstrip("/"))
    return url._replace(netloc=punycode(url.netloc)).geturl()


def sender(name, default):
    """Return name and address of who writes: ``a@b`` or ``Name <a@b>``."""
    value = text(name, default)
    called, address = parseaddr(value)
    if not all(address.partition("@")):
        raise ImproperlyConfigured(
            f"{name} is {value!r}; write an address, or Name <address>."
        )
    return called, address


def database(name, default):
    """Return one entry of ``DATABASES`` from ``sqlite:///file`` or ``postgres://…``."""
    url = urlsplit(text(name, default))
    if url.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            # sqlite:////var/lib/upright/db.sqlite3 is absolute, three slashes are not.
            "NAME": unquote(url.path[1:]),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "PRAGMA secure_delete=ON;"
                ),
            },
        }
    if url.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path[1:]),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": url.port or "",
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(url.query)),
        }
    raise ImproperlyConfigured(
        f"{name} begins with {url.scheme!r}; write sqlite:///… or postgres://…"
    )


def cache(name, prefix, entries):
    """Return one entry of ``CACHES``: Redis where an address is given, else memory."""
    address = text(name, "")
    if address:
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": address,
            "KEY_PREFIX": prefix,
            # A server that hangs costs a second, not the page.
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    return {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": prefix,
        "OPTIONS": {"MAX_ENTRIES": entries},
    }


def mailer(name, default):
    """Return one entry of ``MAILERS`` from ``smtp://…``, ``smtps://…`` or a folder."""
    value = text(name, default)
    url = urlsplit(value)
    if url.scheme in {"smtp", "smtps"}:
        return {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": url.hostname or "localhost",
                "port": url.port or (465 if url.scheme == "smtps" else 25),
                "username": unquote(url.username or ""),
                "password": unquote(url.password or ""),
                "use_ssl": url.scheme == "smtps",
                "use_tls": dict(parse_qsl(url.query)).get("tls") == "on",
                "timeout": 30,
            },
        }
    if url.scheme:
        raise ImproperlyConfigured(
            f"{name} begins with {url.scheme!r}; write smtp://…, smtps://… or a folder."
        )
    return {"BACKEND": "config.mail.FolderBackend", "OPTIONS": {"folder": value}}


def mailbox(name):
    """Return where a mailbox is read, from ``imaps://user:password@host/folder``.

    None where there is none. The value is never repeated: it holds a password.
    """
    value = text(name, "")
    if not value:
        return None
    try:
        url = urlsplit(value)
        port = url.port
    except ValueError:
        url = port = None
    if not url or url.scheme != "imaps" or not url.hostname or not url.username:
        raise ImproperlyConfigured(
            f"{name} is not in order; write imaps://user:password@host/folder, with "
            "%40 for an @ in the name and the like."
        )
    return {
        "host": url.hostname,
        "port": port or 993,
        "username": unquote(url.username),
        "password": unquote(url.password or ""),
        "folder": unquote(url.path.strip("/")) or "INBOX",
    }


def webhook(name, providers):
    """Return the provider that may tell of letters and what it shows, or two blanks.

    ``user:password`` stands in NAME_SECRET, without which nobody would be believed.
    """
    provider = text(name, "").lower()
    if not provider:
        return "", ""
    if provider not in providers:
        raise ImproperlyConfigured(
            f"{name} is {provider!r}; write one of {', '.join(providers)}."
        )
    secret = text(f"{name}_SECRET", why="It is how a provider shows who it is.")
    if not all(secret.partition(":")):
        raise ImproperlyConfigured(
            f"{name}_SECRET is not in order; write user:password."
        )
    if find_spec("anymail") is None:
        raise ImproperlyConfigured(
            f"{name} needs django-anymail, which bin/bootstrap installs."
        )
    return provider, secret
