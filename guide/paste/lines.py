"""A line of a pasted source, and what becomes of its words on the way to HTML."""

import html
import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from guide import video

BOLD, GUESSED = 7, 8  # levels of headings that are none in the markup


@dataclass
class Line:
    """One paragraph, item or heading of the source, and where it went."""

    text: str
    html: str = ""
    kind: str = "text"  # heading, item, film, picture, caption
    level: int = 0
    marker: str = ""  # what a list put before it: "•", "3"
    is_nested: bool = False
    is_soft: bool = False  # goes on in the paragraph of the line before
    gap: bool = False
    links: list = field(default_factory=list)
    is_around: bool = False  # stands in what surrounds an article
    number: int = 0
    place: str = ""
    fate: str = ""  # kept, read (its words became a value) or aside

    @property
    def is_numbered(self):
        return self.kind == "item" and self.marker.isdecimal()


UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]{1,500}|//www\.[^\s<>\"']{1,500}")


def escape(text):
    """Escape as the cleaned prose has it: quotes stay as they are."""
    return html.escape(text, quote=False).replace("\u00a0", "&nbsp;")


def unescape(inline):
    """Return the words of a run of prose that holds no tags."""
    for name, sign in [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")]:
        inline = inline.replace(name, sign)
    return inline


def link_to(address, inline):
    return f'<a href="{html.escape(address)}">{inline}</a>'


def spaced(text):
    return " ".join(text.split())


def joined(cells):
    cells = [cell for cell in cells if cell]
    return (": " if len(cells) == 2 else " · ").join(cells)


def as_film(line):
    """Take a line that is only the address of a video for the video."""
    found = _ADDRESS.fullmatch(line.text.strip())
    if found and film_at(found[0]):
        line.kind, line.links = "film", [found[0]]
    return line


def film_at(address):
    """Return (provider, id) of a video's address, or None."""
    address = with_scheme(address).rstrip(".,;")
    if not (provider := video.provider_of(address)):
        return None
    try:
        return provider, video.parse_id(provider, address)
    except ValidationError:
        return None


def with_scheme(address):
    return f"https:{address}" if address.startswith("//") else address
