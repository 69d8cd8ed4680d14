"""The author's rich text to safe HTML."""

import re
from html import unescape
from itertools import pairwise

import nh3
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guide.bullets import BULLET

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

MOST = 300_000  # characters that a form takes
DEEPEST = 50  # tags within each other
MANY = 2_000  # tags: as many may well stand within each other, at no cost one feels

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
_paragraphs = re.compile(r"(?:<p>(?:(?!</p>).)*+</p>\s*+){2,}", re.DOTALL)
_paragraph = re.compile(r"<p>\s*+((?:(?!</p>).)*+)</p>\s*+", re.DOTALL)
_apart = re.compile(
    r"(</(?:p|h3|h4|ul|ol|blockquote)>)(?=<(?:p|h3|h4|ul|ol|blockquote)\b)"
)
_items = re.compile(r"(</li>|<[uo]l\b[^<>]*>)(?=<li>|</[uo]l>)")
_top = re.compile(r"<(/?)(?:p|h[1-4]|ul|ol|blockquote)\b[^<>]*>")
_no_text = re.compile(r"<(?=[a-z/!?])(?!/?(?:strong|em|b|i|a|br)\b)", re.IGNORECASE)
_gap = re.compile(
    r"(</?(?:p|h3|h4|ul|ol|li|blockquote)\b[^<>]*>)\s++"
    r"(?=</?(?:p|h3|h4|ul|ol|li|blockquote)\b)"
)
_tag = re.compile(r"<[^>]*>")
_start_or_end = re.compile(r"<(/?)([a-z][^\s/<>]*)", re.IGNORECASE)
# These end where the next of them begins, or at once.
_never_deep = {*("p", "li", "dd", "dt"), *("br", "hr", "img", "embed", "meta")}


def words(html):
    """Return the words of prose on one line."""
    return " ".join(lines(html).split())


def lines(html):
    """Return the words of prose, each paragraph or item on a line."""
    return unescape(_tag.sub("", _block.sub("\n", html)))


def spread(html):
    """Return prose with each block on lines of its own: so a plain box shows it."""
    return _items.sub("\\1\n", _apart.sub("\\1\n\n", html))


def typed(html):
    """Return what comes back from a plain box: not spread, and without loose words.

    Who adds a line between the blocks means a paragraph.
    """
    html = html.replace("\r\n", "\n")  # as a form sends it, and nobody stores it
    parts, depth, end = [], 0, 0
    for tag in _top.finditer(html):
        if not depth:
            parts.append(_loose(html[end : tag.start()]))
            end = tag.start()
        depth = max(0, depth + (-1 if tag[1] else 1))
        if not depth:
            parts.append(html[end : tag.end()])
            end = tag.end()
    rest = html[end:]
    parts.append(_loose(rest) if parts and not depth else rest)
    return _gap.sub(r"\1", "".join(parts))


def _loose(words):
    is_text = not (_nothing_said.fullmatch(words) or _no_text.search(words))
    return _as_typed(words) if is_text else words


def raised(html):
    """Return prose whose headings stand a level higher: right below a page's title."""
    return re.sub(r"<(/?)h([34])>", lambda tag: f"<{tag[1]}h{int(tag[2]) - 1}>", html)


def clean(html):
    """Return the allowed part of some HTML, or "" where it says nothing.

    Headings above the third level become one of the third: the page has its own.
    A link to ``//host`` borrows the page's scheme and slips past nh3, so it goes.
    """
    if "\n" in html and not _block.search(html):
        html = _as_typed(html)
    html = _flat(html) if html.count("<") > MANY else html
    html = re.sub(r"<(/?)h[12]\b", r"<\1h3", html, flags=re.IGNORECASE)
    html = _foreign_address.sub(r'\1#"', _cleaner.clean(html))
    return "" if _nothing_said.fullmatch(html) else _paragraphs.sub(_listed, html)


def validate(html):
    """Raise ``ValidationError`` where it is longer than anybody writes."""
    if len(html) > MOST:
        raise ValidationError(
            _("300,000 characters fit here. Divide the text, or paste less of it.")
        )


def _as_typed(text):
    """Return what was typed without the editor as it stood there: lines, paragraphs."""
    text = text.replace("\r\n", "\n").strip()
    return "".join(
        "<p>{}</p>".format(paragraph.strip("\n").replace("\n", "<br>"))
        for paragraph in re.split(r"\n\s*\n", text)
    )


def _listed(paragraphs):
    """Make lists of the paragraphs that begin with a dot, a dash or a number.

    They came from a word processor. Two must stand together, with numbers that count
    on: a single paragraph that begins with a dash or a number means what it says.
    """
    items = [_item(found) for found in _paragraph.finditer(paragraphs[0])]
    breaks = [n for n, (a, b) in enumerate(pairwise(items), 1) if not _goes_on(a, b)]
    edges = pairwise([0, *breaks, len(items)])
    return "".join(_list_of(items[first:last]) for first, last in edges)


def _item(paragraph):
    """Return a paragraph as (as it was, its words, its number), 0 for a dot.

    The number is None where it is no item.
    """
    inner = paragraph[1].replace("&nbsp;", "\N{NO-BREAK SPACE}")
    mark = BULLET.match(inner)
    words = mark and inner[mark.end() :].replace("\N{NO-BREAK SPACE}", "&nbsp;")
    if not words or mark["letter"]:
        return paragraph[0], "", None
    return paragraph[0], words, int(mark["number"] or 0)


def _goes_on(one, other):
    (_before, _words, a), (_before, _words, b) = one, other
    return a is not None and b is not None and b == (a and a + 1)


def _list_of(items):
    (before, _words, first), *more = items
    if not more:
        return before
    rows = "".join(f"<li><p>{words}</p></li>" for _before, words, _number in items)
    if not first:
        return f"<ul>{rows}</ul>"
    start = "" if first == 1 else f' start="{first}"'
    return f"<ol{start}>{rows}</ol>"


def _flat(html):
    """Return HTML without the tags that stand deeper than any reader could follow.

    nh3 takes the square of the depth: minutes for what a hand can paste. Whatever may
    stay open is taken to be open, and a tag too deep becomes one that holds nothing
    and that ``clean`` drops.
    """
    open_ = []

    def kept(tag):
        name = tag[2].lower()
        if name in _never_deep:
            return tag[0]
        if tag[1]:
            if open_ and open_[-1] == name:
                open_.pop()
            return tag[0]
        if len(open_) == DEEPEST:
            return "<img"
        open_.append(name)
        return tag[0]

    return _start_or_end.sub(kept, html)
