"""HTML as lines.

Parsers that build a tree, and the standard library's, take minutes for a megabyte that
is nested or broken on purpose. This one reads tag by tag, once, and builds nothing.
"""

import html
import re
from itertools import groupby

from guide.bullets import BULLET
from guide.paste.lines import (
    BOLD,
    UNSEEN,
    Line,
    as_film,
    escape,
    joined,
    link_to,
    spaced,
)

_NAME = r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,30}+)(?P<rest>(?=[\s/>])"
_TAG = re.compile(_NAME + r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""")
_BROKEN_TAG = re.compile(_NAME + r"[^<>]*+)>")
_ATTRIBUTE = re.compile(
    r"""([\w-]++)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'<>]++)))?"""
)
_SKIPPED = {"script", "style", "svg", "noscript", "template", "object", "math"}
_SKIPPED_END = {
    name: re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE) for name in _SKIPPED
}
_BLOCKS = {
    *("p", "div", "section", "article", "main", "header", "body", "html", "address"),
    *("blockquote", "figure", "figcaption", "details", "summary", "pre", "hr", "dl"),
    *("dt", "dd", "ul", "ol", "li", "table", "tbody", "thead", "tfoot", "caption"),
    *("nav", "footer", "aside", "form", "fieldset", "head", "title", "center"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "th", "button", "select"),
    *("option", "label", "textarea", "video", "iframe"),
}
# Elements that stay open until their end: what is in them is asked about.
_KEPT_OPEN = {
    *("div", "section", "article", "main", "header", "nav", "footer", "aside"),
    *("form", "ul", "ol", "table", "figure", "blockquote", "head", "button"),
    *("select", "title"),
}
_AROUND = {"nav", "footer", "form", "button", "select", "head", "title"}
_AROUND_CLASS = re.compile(
    r"(?:^|\s)(?:sharedaddy|social-share\S*|share-buttons?|addtoany\S*|breadcrumbs?|"
    r"sidebar|site-footer|site-nav\S*|nav-links|nav-menu|post-navigation|"
    r"comments-area|comment-respond|comment-list|jp-relatedposts|related-posts|"
    r"newsletter\S*|mc4wp-form\S*|screen-reader-text|comments|respond|colophon)"
    r"(?:\s|$)"
)
_IS_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_CELL = "\x1f"
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}+;?")


def read(source):
    return _Markup(source).lines


class _Markup:
    """Reads HTML tag by tag; each block of it becomes a line."""

    def __init__(self, source):
        self.source = source
        self.lines = []
        self.open, self.count, self.around = [], {}, 0
        self.lists = []
        self.runs = []  # (text, is_bold, is_italic, address)
        self.bold = self.italic = self.raised = 0
        self.spans, self.address = [], ""
        self.level, self.item = 0, None
        self.is_soft = self.gap = False
        self.is_row = False
        # The older editor of blogs writes paragraphs as empty lines.
        self.breaks_at_newlines = not re.search(r"<(?:p|div)[\s>]", source, re.I)
        self.never = set()  # ends that no longer come
        self.read()
        self.flush()

    def read(self):
        source, at, end = self.source, 0, len(self.source)
        while at < end:
            start = source.find("<", at)
            if start < 0:
                start = end
            if start > at:
                self.words(source[at:start])
            if start == end:
                break
            at = self.tag(start)

    def tag(self, start):
        """Read what begins at a "<"; return where it ends."""
        source = self.source
        if source.startswith("<!--", start):
            return self.after("-->", start)
        if source.startswith(("<!", "<?"), start):
            return self.after(">", start)
        match = _TAG.match(source, start) or _BROKEN_TAG.match(source, start)
        if not match:
            self.words("<")
            return start + 1
        name = match["name"].lower()
        if name in _SKIPPED and not match["end"]:
            return self.past(name, match.end())
        if match["end"]:
            self.close(name)
        else:
            self.start(name, match["rest"])
        return match.end()

    def after(self, what, start):
        """Return where a comment ends; one that never ends is but a bracket."""
        found = -1 if what in self.never else self.source.find(what, start)
        if found < 0:
            self.never.add(what)
            self.words("<")
            return start + 1
        return found + len(what)

    def past(self, name, start):
        """Return where an element ends whose inside is not for people."""
        found = None
        if name not in self.never:
            found = _SKIPPED_END[name].search(self.source, start)
        if not found:
            self.never.add(name)
            return start
        return found.end()

    def start(self, name, rest):
        if name == "br":
            self.line_break()
        elif name in {"strong", "b"}:
            self.bold += 1
        elif name in {"em", "i"}:
            self.italic += 1
        elif name == "span":
            self.spans.append(bool(_IS_BOLD.search(rest)))
            self.bold += self.spans[-1]
        elif name == "sup":
            self.raised += 1
        elif name == "a":
            self.address = _allowed(_attributes(rest).get("href", ""))
        elif name == "img":
            self.picture(_attributes(rest))
        if name in _BLOCKS:
            self.block(name, rest)

    def block(self, name, rest):
        self.end_of_block(name)
        attributes = _attributes(rest) if name in _KEPT_OPEN or name == "iframe" else {}
        if name == "iframe" and (address := attributes.get("src")):
            self.add(Line(html.unescape(address), kind="film", links=[address]))
        if name in _KEPT_OPEN:
            is_around = name in _AROUND or bool(
                _AROUND_CLASS.search(
                    f"{attributes.get('class', '')} {attributes.get('id', '')}"
                )
                or attributes.get("role") == "navigation"
            )
            self.open.append((name, is_around))
            self.count[name] = self.count.get(name, 0) + 1
            self.around += is_around
        if name in {"ul", "ol"}:
            self.lists.append([name, 0])
        elif name == "li":
            kind = self.lists[-1] if self.lists else ["ul", 0]
            kind[1] += 1
            marker = str(kind[1]) if kind[0] == "ol" else "•"
            self.item = (marker, len(self.lists) > 1)
        elif name[0] == "h" and name[1:].isdecimal():
            self.level = int(name[1])
        elif name == "tr":
            self.is_row = True

    def close(self, name):
        if name in {"strong", "b"}:
            self.bold = max(0, self.bold - 1)
        elif name in {"em", "i"}:
            self.italic = max(0, self.italic - 1)
        elif name == "span" and self.spans:
            self.bold = max(0, self.bold - self.spans.pop())
        elif name == "sup":
            self.raised = max(0, self.raised - 1)
        elif name == "a":
            self.address = ""
        elif name == "p" and self.breaks_at_newlines:
            self.flush()
        if name not in _BLOCKS:
            return
        self.end_of_block(name)
        if name in {"tr", "table"}:
            self.is_row = False
            self.flush()
        if name == "li":
            self.item = None
        if name in _KEPT_OPEN and self.count.get(name):
            while self.open:
                last, is_around = self.open.pop()
                self.count[last] -= 1
                self.around -= is_around
                if last in {"ul", "ol"} and self.lists:
                    self.lists.pop()
                if last == name:
                    break

    def end_of_block(self, name):
        """Begin a new line; within the row of a table only a new cell."""
        if self.is_row and name not in {"tr", "table"}:
            cell = _CELL if name in {"td", "th"} else " "
            self.runs.append((cell, False, False, ""))
            return
        self.flush()
        self.level = 0
        self.bold = self.italic = self.raised = 0
        self.spans = []

    def line_break(self):
        if self.is_row:
            self.runs.append((" ", False, False, ""))
        elif self.flush():
            self.is_soft = True

    def words(self, text):
        text = html.unescape(_LONG_NUMBER.sub("", text))
        text = UNSEEN.sub("", text)  # what stood there as &#0;
        if self.raised and len(text.strip()) <= 3:
            text = text.translate(_SUPERSCRIPT)
        if "\n" not in text or self.is_row or self.item or self.level:
            self.runs.append((text, self.bold > 0, self.italic > 0, self.address))
            return
        for n, paragraph in enumerate(re.split(r"\n[ \t]*\n\s*", text)):
            if n:
                self.flush()
                self.gap = True
            parts = paragraph.split("\n") if self.breaks_at_newlines else [paragraph]
            for m, part in enumerate(parts):
                if m:
                    self.line_break()
                self.runs.append((part, self.bold > 0, self.italic > 0, self.address))

    def picture(self, attributes):
        alt = spaced(html.unescape(attributes.get("alt", "")))
        source = attributes.get("src", "")
        name = source.rpartition("/")[2][:80] if not source.startswith("data:") else ""
        runs, self.runs = self.runs, []
        self.add(Line(alt or name or "–", kind="picture"))
        self.runs = runs

    def flush(self):
        """Make a line of what was read since the last; say whether there was any."""
        runs, self.runs = self.runs, []
        text = "".join(run[0] for run in runs)
        if not text.strip():
            return False
        if _CELL in text:
            text = joined([spaced(cell) for cell in text.split(_CELL)])
            if not text:
                return False
            self.add(Line(text, escape(text)))
            return True
        line = Line("")
        match = None if self.item or self.level else _word_bullet(text)
        if match and text[match.end() :].strip():
            self.item = (match["number"] or match["letter"] or "•", False)
            runs = _without(runs, match.end())
        if self.level:
            line.kind, line.level = "heading", self.level
        elif self.item:
            line.kind, (line.marker, line.is_nested) = "item", self.item
            self.item = None
        elif self.count.get("figure"):
            line.kind = "caption"
        elif _is_all_bold(runs):
            line.kind, line.level = "heading", BOLD
        line.text = spaced("".join(run[0] for run in runs))
        line.html, line.links = _html_of(runs)
        line.is_soft, self.is_soft = self.is_soft and line.kind == "text", False
        self.add(as_film(line) if line.kind in {"text", "caption"} else line)
        return True

    def add(self, line):
        line.is_around = self.around > 0
        line.gap, self.gap = self.gap or not line.is_soft, False
        self.lines.append(line)


def _attributes(rest):
    return {
        name.lower(): UNSEEN.sub("", html.unescape(_LONG_NUMBER.sub("", a or b or c)))
        for name, a, b, c in _ATTRIBUTE.findall(rest)
    }


def _allowed(address):
    """Return an address that prose may link to, or ""."""
    address = address.strip()
    plain = re.compile(r"(?:https?://|mailto:|tel:|/(?![/\\])|#)[^\s<>\"\\]*+", re.I)
    return address if len(address) <= 2000 and plain.fullmatch(address) else ""


def _word_bullet(text):
    """Return the dot or number that a word processor wrote as text."""
    match = BULLET.match(text[:40].lstrip(" \n")) if text[:1].strip() else None
    return match if match and "*" not in match[0] else None


def _without(runs, length):
    """Return the runs without so many first characters."""
    rest = []
    for text, *how in runs:
        rest.append((text[length:], *how))
        length = max(0, length - len(text))
    return rest


def _is_all_bold(runs):
    said = [run for run in runs if run[0].strip(" \n\t:")]
    length = sum(len(run[0]) for run in said)
    return 0 < length <= 120 and all(run[1] for run in said)


def _html_of(runs):
    """Return the runs as HTML, and the addresses they link to."""
    parts, links = [], []
    for (is_bold, is_italic, address), group in groupby(runs, key=lambda run: run[1:]):
        inline = escape(re.sub(r"\s+", " ", "".join(run[0] for run in group)))
        if not inline.strip():
            parts.append(inline)
            continue
        if is_italic:
            inline = f"<em>{inline}</em>"
        if is_bold:
            inline = f"<strong>{inline}</strong>"
        if address:
            links.append(address)
            inline = link_to(address, inline)
        parts.append(inline)
    return re.sub(r" {2,}", " ", "".join(parts)).strip(), links
