"""Addresses as people type them: to what a mail can go to, or to a sentence."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

# What comes along when an address is copied, and nobody can see.
_unseen = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LONGEST_LOCAL = 64


def seen(typed):
    """Return what was typed without what nobody can see in it."""
    return _unseen.sub("", typed).strip()


def read(typed):
    """Return the address in the spelling in which it is kept.

    Raises ``ValidationError`` with a sentence. Nobody is asked whether it exists: the
    mail will tell.
    """
    try:
        return validate_email(
            seen(typed), check_deliverability=False, strict=True, allow_smtputf8=False
        ).normalized
    except EmailNotValidError:
        raise ValidationError(_what_is_wrong(seen(typed))) from None


def _what_is_wrong(typed):
    local, at, _domain = typed.rpartition("@")
    if not at:
        return _("There is no “@” in it. An address looks like anna@example.org.")
    if "@" in local and re.search(r"[,;\s]", typed):
        return _("Write one address only, as in anna@example.org.")
    if '"' in local:
        return _("Leave the quotation marks out, as in anna@example.org.")
    if not local.isascii():
        return _(
            "Before the “@” we can only use the letters a to z, figures and signs. "
            "Have you another address?"
        )
    if len(local) > LONGEST_LOCAL:
        return _("Before the “@” stand 64 characters at most. Is it one address only?")
    return _(
        "Something in this address is not right. Look for a space, a missing dot or "
        "one too many, as in anna@example.org."
    )


def without_detours(email):
    """Return an address without what makes many of one: dots, +tag, case."""
    local, _at, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"
