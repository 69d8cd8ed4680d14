"""The author's rich text to safe HTML."""

import re
from html import unescape

import nh3

# What the editor offers; clean() allows its HTML and nothing else.
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"enableTarget": False},
    "HardBreak": True,
    "History": True,
}

_cleaner = nh3.Cleaner(
    tags={
        *("p", "br", "strong", "em", "h3", "h4"),
        *("ul", "ol", "li", "blockquote", "a"),
    },
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"https", "http", "mailto", "tel"},
    link_rel=None,
)
_foreign_address = re.compile(r'(<a href=")\s*(?:/|\\|%5c){2}[^"]*"', re.IGNORECASE)
_nothing_said = re.compile(r"(?:\s|&nbsp;|</?(?:p|br|h3|h4|ul|ol|li|blockquote)>)*")
_block = re.compile(r"</?(?:p|br|h3|h4|ul|ol|li|blockquote)\b[^>]*>")
_tag = re.compile(r"<[^>]*>")


def words(html):
    """Return the words of prose on one line."""
    return " ".join(unescape(_tag.sub("", _block.sub(" ", html))).split())


def raised(html):
    """Return prose whose headings stand a level higher: right below a page's title."""
    return re.sub(r"<(/?)h([34])>", lambda tag: f"<{tag[1]}h{int(tag[2]) - 1}>", html)


def clean(html):
    """Return the allowed part of some HTML, or "" where it says nothing.

    Headings above the third level become one of the third: the page has its own.
    A link to ``//host`` borrows the page's scheme and slips past nh3, so it goes.
    """
    html = re.sub(r"<(/?)h[12]\b", r"<\1h3", html, flags=re.IGNORECASE)
    html = _foreign_address.sub(r'\1#"', _cleaner.clean(html))
    return "" if _nothing_said.fullmatch(html) else html
