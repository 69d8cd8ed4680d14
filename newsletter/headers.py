"""What a mail tells mail servers and programs: whose it is, and how to leave."""

import re
import struct
import uuid
from base64 import b32decode, b32encode
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from config import mail
from guide.models import SiteSettings

# Bytes: together they waste no letter of the base.
WHAT, SEAL = 16, 9
OF_LETTER, OF_ANSWER = "newsletter.return_path", "newsletter.return_path.answer"
LEAVE = "leave"  # the subject of a mail by which somebody leaves begins so


def of_list(leave_url, *more_ways):
    """Yield the headers by which a mail program knows a letter and offers to leave."""
    name = re.sub(r"[^A-Za-z0-9 -]", "", SiteSettings.load().name)
    yield "List-Id", f"{name} <letter.{host()}>".strip()
    yield "List-Archive", f"<{mail.absolute(reverse('newsletter:issues'))}>"
    ways = [leave_url, *more_ways]
    yield "List-Unsubscribe", ", ".join(f"<{way}>" for way in ways)
    if settings.IS_HTTPS:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def leave_by_mail(token, bounces_to):
    """Yield the mailto by which a reader leaves, where a mailbox is read for it.

    Her token stands in the subject: servers write local parts in lower case at times.
    """
    if settings.BOUNCE_MAILBOX and bounces_to:
        yield f"mailto:{quote(bounces_to, safe='@')}?subject={LEAVE}%20{token}"


def message_id(delivery):
    """Return the Message-ID of a delivery: a repeat has the one of the first copy."""
    return f"<{delivery}@{host()}>"


def delivery_named(message_id):
    """Return the id that a Message-ID of ours names, or None; anybody can write one."""
    try:
        return uuid.UUID(message_id.strip().lstrip("<").partition("@")[0])
    except ValueError:
        return None


def id_of(what):
    """Return the Message-ID of a mail that is no letter: for the same, the same."""
    sealed = salted_hmac("newsletter.message_id", what, algorithm="sha256").hexdigest()
    return f"<{sealed[:32]}@{host()}>"


def host():
    return urlsplit(settings.SITE_URL).hostname


# The way back


def return_path(delivery, bounces_to):
    """Return the envelope's sender of one copy: who it comes back from is in it."""
    return _sealed(delivery.bytes, bounces_to, salt=OF_LETTER)


def delivery_of(address):
    """Return the id of the delivery whose return path this is, or None."""
    what = _unsealed(address, salt=OF_LETTER)
    return what and uuid.UUID(bytes=what)


def return_path_of_answer(reader, moment, bounces_to):
    """Return the same of a mail that answers a sign-up: whose, and when it left."""
    what = struct.pack(">QQ", reader, round(moment.timestamp() * 1_000_000))
    return _sealed(what, bounces_to, salt=OF_ANSWER)


def answer_of(address):
    """Return the reader's id and the moment of the mail that has this return path."""
    if what := _unsealed(address, salt=OF_ANSWER):
        reader, moment = struct.unpack(">QQ", what)
        return reader, datetime.fromtimestamp(moment / 1_000_000, UTC)
    return None


def _sealed(what, bounces_to, *, salt):
    name, _at, domain = bounces_to.rpartition("@")
    sealed = what + _seal(what, settings.SECRET_KEY, salt)
    token = b32encode(sealed).decode("ascii").lower()
    return f"{name}+{token}@{domain}"


def _unsealed(address, *, salt):
    """Return what a return path of ours holds, or None.

    Nobody makes one up: it carries a seal of ours, also of a key that was replaced.
    """
    token = address.rpartition("@")[0].rpartition("+")[2]
    try:
        sealed = b32decode(token.upper())
    except ValueError:
        return None
    what, seal = sealed[:WHAT], sealed[WHAT:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_ours = any(constant_time_compare(seal, _seal(what, key, salt)) for key in keys)
    return what if is_ours and len(what) == WHAT else None


def _seal(what, key, salt):
    return salted_hmac(salt, what, secret=key, algorithm="sha256").digest()[:SEAL]
