"""Plain text and Markdown as lines."""

import re

from guide.bullets import BULLET
from guide.paste.lines import BOLD, Line, as_film, escape, joined, link_to, spaced

_HEADING = re.compile(r"(#{1,6})\s+(\S.{0,300}?)\s*#*")
_ALL_BOLD = re.compile(r"(?:\*\*|__)([^*_]{1,120})(?:\*\*|__):?")
_RULE = re.compile(r"[-=_*~–—]{3,}")
_TABLE_RULE = re.compile(r"\|[-:| ]{0,200}\|?")
_ENDS = re.compile(r"[.!?:;…”\"')\]*†‡]\Z")
_INLINE = re.compile(
    r"\*\*(?P<bold>[^*\s][^*]{0,500})\*\*|"
    r"(?<![*\w])\*(?P<em>[^*\s]|[^*\s][^*]{0,500}[^*\s])\*(?![*\w])|"
    r"\[(?P<words>[^\[\]]{1,300})\]\((?P<link>(?:https?://|/|mailto:)[^\s()]{1,500})\)|"
    r"(?P<address>https?://[^\s<>\"'()\[\]]{1,500})"
)


def read(source):
    lines, gap = [], True
    for raw in source.split("\n"):
        stripped = raw.strip()
        if not stripped:
            gap = True
            continue
        if _RULE.fullmatch(stripped) or _TABLE_RULE.fullmatch(stripped):
            last = lines[-1] if lines else None
            if last and not gap and last.kind == "text" and len(last.text) <= 120:
                last.kind, last.level = "heading", 1 if stripped[0] == "=" else 2
            gap = True
            continue
        if _goes_on(stripped, lines, gap):
            last = lines[-1]
            words = f" {stripped}"
            text, inline, links = _inline(words)
            last.text += f" {text.strip()}"
            last.html += f" {inline.strip()}"
            last.links += links
            continue
        lines.append(_text_line(stripped, raw, gap))
        gap = False
    return lines


def _goes_on(words, lines, gap):
    """Say whether a line is the rest of the one before, broken to fit a width."""
    if gap or not lines or not words[0].islower():
        return False
    last = lines[-1]
    return (
        last.kind in {"text", "item"}
        and 50 <= len(last.text) <= 5000
        and not _ENDS.search(last.text)
        and not BULLET.match(words)
    )


def _text_line(words, raw, gap):
    if len(words) <= 310 and (match := _HEADING.fullmatch(words)):
        text, inline, links = _inline(match[2])
        level = len(match[1])
        return Line(text, inline, "heading", level, gap=gap, links=links)
    if match := _ALL_BOLD.fullmatch(words):
        text = match[1].strip()
        return Line(text, escape(text), "heading", BOLD, gap=gap)
    if words.startswith("|") and words.endswith("|") and len(words) < 5000:
        cells = [cell.strip() for cell in words.strip("|").split("|")]
        cells = [cell for cell in cells if not re.fullmatch(r":?-*:?", cell)]
        words = joined(cells)
    marker = ""
    # "**Set up:** stand" begins with bold words, not with a dot.
    match = None if words.startswith("**") else BULLET.match(words)
    if match and words[match.end() :].strip():
        marker = match["number"] or match["letter"] or match[0].strip()
        words = words[match.end() :].strip()
    text, inline, links = _inline(words)
    line = Line(text, inline, "item" if marker else "text", marker=marker, gap=gap)
    line.links = links
    line.is_nested = bool(marker) and raw.startswith(("  ", "\t"))
    return as_film(line)


def _inline(words):
    """Return the words, the same as HTML, and the addresses they link to."""
    text, inline, links, at = [], [], [], 0
    for match in _INLINE.finditer(words):
        before = words[at : match.start()]
        text.append(before)
        inline.append(escape(before))
        at = match.end()
        if match["bold"]:
            text.append(match["bold"])
            inline.append(f"<strong>{escape(match['bold'])}</strong>")
        elif match["em"]:
            text.append(match["em"])
            inline.append(f"<em>{escape(match['em'])}</em>")
        else:
            address = match["link"] or match["address"]
            shown = match["words"] or match["address"]
            links.append(address)
            text.append(shown)
            inline.append(link_to(address, escape(shown)))
    text.append(words[at:])
    inline.append(escape(words[at:]))
    return spaced("".join(text)), spaced("".join(inline)), links
