"""What came back and what it means: from a mail, or a server's reply, to a verdict.

A mail is believed by what nobody can make up: the seal in the address it came to (see
``headers.return_path``), or for leaving the reader's own token. It is judged by the
enhanced status code alone (RFC 3463): words differ by language and provider.
"""

import logging
import re
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import NamedTuple

from django.utils.translation import gettext as _

from newsletter import headers
from newsletter.models import Bounce

logger = logging.getLogger(__name__)

Kind = Bounce.Kind
DEAD = ("1.1", "1.2", "1.10", "4.4")
MOVED = ("2.1", "1.6")
COMPLAINTS = ("abuse", "fraud", "opt-out")
LARGEST = 256 * 1024  # bytes of a mail that are looked at
TRIED = 20  # addresses of which a seal is looked at
TEXT = 20_000  # characters of plain words in which a code is looked for


class Verdict(NamedTuple):
    """What came back, why in plain words, and of whom.

    ``delivery`` is believed, and ``token``, which is a reader's own, and ``answer``: to
    whom a mail that answered her sign-up went, and when. ``named`` is the letter a mail
    says it is about: believed where it went to the owner of the token.
    """

    kind: str
    status: str = ""
    reason: str = ""
    delivery: object = None
    answer: object = None
    token: str = ""
    named: object = None


# A reply of a mail server


def of_reply(code, text):
    """Return the verdict on a reply at sending."""
    status, is_final = status_of(text), code >= 500
    words = in_words(code, text)
    return Verdict(kind_of(status, is_final=is_final), status, words)


def in_words(code, text):
    """Return what a server's reply means; of the reply itself only its numbers.

    The rest of it often repeats the address, which the ledger does not keep.
    """
    status = status_of(text)
    return numbered(words_of(status, is_final=code >= 500), f"{code} {status}")


def numbered(words, numbers):
    return f"{words} ({numbers.strip()})" if numbers.strip() else words


_enhanced = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")


def status_of(text):
    """Return the enhanced status code of a reply, or ""."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    found = _enhanced.search(text or "")
    return found[0] if found else ""


def kind_of(status, *, is_final):
    """Judge by the code: what is not sure to be the reader's address is not held so."""
    detail = status[2:]
    if status.startswith("2"):
        return Kind.AUTO
    if not is_final:
        return Kind.LATER
    if status.startswith("4"):
        return Kind.GAVE_UP
    if detail in DEAD:
        return Kind.DEAD
    if detail == "2.2":
        return Kind.FULL
    return Kind.BLOCKED if detail.startswith("7.") else Kind.REFUSED


def words_of(status, *, is_final):
    detail = status[2:]
    if detail in DEAD and is_final:
        return _("this address does not exist")
    if detail == "2.2":
        return _("the mailbox is full")
    if detail.startswith("7.") and is_final:  # until then it is greylisting, mostly
        return _("the provider blocks our letters")
    if detail in MOVED:
        return _("the mailbox is closed or has moved")
    if is_final:
        return _("the provider gives no clear reason")
    return _("the provider asked us to wait")


# A mail


def read(content):
    """Return the verdict on a mail that came to the address for returned letters."""
    try:
        mail = message_from_bytes(content)
        parts = list(_parts(mail))
        verdict = (
            _complaint(parts, content)
            or _report(parts)
            or _leaving(mail)
            or _by_daemon(mail, parts)
            or _automatic(mail)
            or Verdict(Kind.UNKNOWN, reason=_("no report of a letter"))
        )
    except Exception as error:  # mails are made to break readers; the next one waits
        logger.warning("A returned mail could not be read: %s", type(error).__name__)
        verdict = Verdict(Kind.UNKNOWN, reason=_("a mail that could not be read"))
    if verdict.kind == Kind.LEAVE:
        return verdict  # whoever has the token, and nobody else
    return verdict._replace(
        delivery=_sealed(content, headers.delivery_of),
        answer=_sealed(content, headers.answer_of),
    )


def _parts(mail):
    """Yield a mail's own parts, not those of the letter that came back in it."""
    yield mail
    inside = mail.get_payload()
    if mail.get_content_maintype() == "multipart" and isinstance(inside, list):
        for part in inside:
            yield from _parts(part)


def _complaint(parts, content):
    """Judge a report of abuse (RFC 5965); of other kinds none is of a reader."""
    for part in _of_type(parts, "message/feedback-report"):
        kinds = [block.get("feedback-type", "") for block in _blocks(part)]
        if next(filter(None, kinds), "").lower() not in COMPLAINTS:
            return Verdict(Kind.AUTO, reason=_("a report, and no complaint"))
        return Verdict(
            Kind.COMPLAINT,
            reason=_("a reader called the letter spam"),
            token=_first(rb"/unsubscribe/([\w-]{43})/", content),
            named=headers.delivery_named(
                _first(rb"(?i)^message-id:\s*<([\da-f-]{36})@", content)
            ),
        )
    return None


def _report(parts):
    """Judge a report on delivery (RFC 3464, in the letters of RFC 6533 too)."""
    for part in _of_type(
        parts, "message/delivery-status", "message/global-delivery-status"
    ):
        blocks = [block for block in _blocks(part) if "action" in block]
        blocks.sort(key=lambda block: _order(_action(block)))
        if blocks:
            return _of_block(blocks[0])
    return None


def _of_block(block):
    action = _action(block)
    diagnosis = block.get("diagnostic-code", "")
    status = _status(block.get("status", ""), diagnosis)
    reply = re.search(r"(?<![\d.])([45]\d\d)(?![\d.])", diagnosis)
    numbers = f"{reply[1] if reply else ''} {status}"
    if action == "failed":
        kind = kind_of(status, is_final=True)
        words = words_of(status, is_final=True)
        if kind == Kind.GAVE_UP and status[2:] != "2.2":
            words = _("the provider did not take it for days")
        kind = Kind.REFUSED if kind == Kind.AUTO else kind
        return Verdict(kind, status, numbered(words, numbers))
    if action == "delayed":
        words = numbered(_("it is late and still tried"), numbers)
        return Verdict(Kind.LATER, status, words)
    return Verdict(Kind.AUTO, status, _("it says that the letter arrived"))


def _status(told, diagnosis):
    """Return the code that says least against the address, of the two in a report."""
    codes = [code for code in (status_of(told), status_of(diagnosis)) if code]
    for says in (
        lambda code: code[2:].startswith("7."),
        lambda code: code.startswith("4"),
        lambda code: not code.endswith(".0.0"),
    ):
        if fitting := [code for code in codes if says(code)]:
            return fitting[0]
    return codes[0] if codes else ""


def _action(block):
    return block["action"].split()[0].lower() if block["action"].split() else ""


def _order(action):
    known = ["failed", "delayed"]
    return known.index(action) if action in known else len(known)


def _leaving(mail):
    """Judge a mail by which somebody leaves: its subject is what our letters offer."""
    subject = _words(mail.get("Subject", ""))
    found = re.fullmatch(rf"\s*{headers.LEAVE}\s+([\w-]{{43}})\s*", subject, re.ASCII)
    return found and Verdict(
        Kind.LEAVE, reason=_("left by mail from the mail program"), token=found[1]
    )


def _by_daemon(mail, parts):
    """Judge a returned mail in a form of its own, as old servers write them."""
    name = _words(mail.get("From", "")).lower()
    if not (
        re.search(r"mailer-daemon|postmaster|mail delivery", name)
        or mail.get("X-Failed-Recipients")
        or mail.get_content_subtype() == "report"
    ):
        return None
    text = next(map(_text, _of_type(parts, "text/plain", "text/html")), "")
    status = status_of(text)
    if not status or status.startswith("2"):
        words = _("a returned mail that does not say why")
        return Verdict(Kind.UNKNOWN, reason=words)
    is_final = status.startswith("5")
    words = words_of(status, is_final=is_final)
    return Verdict(kind_of(status, is_final=is_final), status, numbered(words, status))


def _automatic(mail):
    """Judge what a program answered by itself (RFC 3834, and what came before it)."""
    says = _words(mail.get("Auto-Submitted", "no")).strip().lower()
    old = " ".join(_words(mail.get(name, "")) for name in ("Precedence", "X-Autoreply"))
    if not says.startswith("no") or re.search(r"auto|bulk|junk|yes", old.lower()):
        return Verdict(Kind.AUTO, reason=_("an automatic reply, as of someone away"))
    return None


def _of_type(parts, *kinds):
    return [part for part in parts if part.get_content_type() in kinds]


def _blocks(part):
    """Return the blocks of fields of a report, each by its names in lower case."""
    text = part.as_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    text = re.sub(r"\n[ \t]+", " ", text)
    return [
        {
            name.strip().lower(): value.strip()
            for name, colon, value in (
                line.partition(":") for line in block.splitlines()
            )
            if colon
        }
        for block in re.split(r"\n{2,}", text)
    ]


def _text(part):
    content = part.get_payload(decode=True) or b""
    return content[:TEXT].decode("utf-8", "replace")


def _words(header):
    """Return a header as text, whatever somebody wrote into it."""
    try:
        return str(make_header(decode_header(header)))
    except (LookupError, ValueError, MessageError):  # a charset that nobody has
        return str(header)


def _sealed(content, what_of):
    """Return of what a sealed address stands anywhere in a mail, or None.

    Headers that name the envelope differ by server; a seal holds wherever it stands.
    """
    found = re.findall(rb"\+[a-zA-Z2-7]{40}@", content)
    for address in dict.fromkeys(found[:TRIED]):
        if what := what_of(address.decode("ascii")):
            return what
    return None


def _first(pattern, content):
    found = re.search(pattern, content, re.MULTILINE)
    return found[1].decode("ascii", "replace") if found else ""
