"""A reader's plain text: kept as typed, rendered once into HTML."""

import re
import unicodedata
from html import unescape

from django.utils.html import escape, linebreaks, smart_urlquote
from django.utils.text import Truncator

# Controls, marks that turn the direction of what follows, halves of characters.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    r"|[\ud800-\udfff]"
)
# Letters by their kind, and all the same nothing is seen of them.
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
TAG = re.compile(r"<[^>]*>")
ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]", re.IGNORECASE)


def printable(text):
    """Return the text without what no screen shows and no database keeps."""
    return UNPRINTABLE.sub("", text)


def normalise(body):
    """Return the text in NFC, one kind of line break, without control characters."""
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    body = unicodedata.normalize("NFC", printable(body)).strip()
    return body if any(map(is_seen, body)) else ""


def is_seen(character):
    return unicodedata.category(character)[0] in "LNPS" and character not in BLANKS


def one_line(name):
    """Return the text normalised on one line."""
    return " ".join(normalise(name).split())


def links(body):
    """Return the web addresses in the text."""
    return ADDRESS.findall(body)


def to_html(body, *, links=False):
    """Return the text as safe paragraphs; addresses become links only where asked."""
    if not links:
        return linebreaks(escape(body))
    pieces, end = [], 0
    for match in ADDRESS.finditer(body):
        address = match[0]
        pieces += [
            escape(body[end : match.start()]),
            f'<a href="{escape(smart_urlquote(address))}" rel="nofollow ugc">'
            f"{escape(address)}</a>",
        ]
        end = match.end()
    return linebreaks("".join([*pieces, escape(body[end:])]))


def plain(body_html):
    """Return the words of what ``to_html`` made; all that looks like a tag is one."""
    return unescape(TAG.sub("", body_html.replace("<br>", "\n")))


def excerpt(body, words):
    """Return the first so many words."""
    return Truncator(body).words(words)
