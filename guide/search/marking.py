"""The words found, marked in what a reader sees of a page."""

from django.utils.html import escape
from django.utils.safestring import mark_safe

from guide.search.folding import WORD, fits, fold

SNIPPET = 220  # characters


def marked(text, looked_for):
    """Return a text as HTML with the words found in <mark>."""
    parts, at = [], 0
    for match in WORD.finditer(text):
        if any(fits(fold(match[0]), term) for term in looked_for):
            parts += [
                escape(text[at : match.start()]),
                f"<mark>{escape(match[0])}</mark>",
            ]
            at = match.end()
    parts.append(escape(text[at:]))
    return mark_safe("".join(parts))  # each part was escaped


def snippet(text, looked_for):
    """Return the stretch of a text that holds most of the words found, marked."""
    start = _densest(text, looked_for)
    end = start + SNIPPET
    if end < len(text):
        gap = text.rfind(" ", start + SNIPPET // 2, end)
        end = gap if gap > 0 else end
    before, after = "… " * (start > 0), " …" * (end < len(text))
    return mark_safe(f"{before}{marked(text[start:end], looked_for)}{after}")


def _densest(text, looked_for):
    """Return where the stretch with the most different words found begins."""
    found = [
        (match.start(), n)
        for match in WORD.finditer(text)
        for n, term in enumerate(looked_for)
        if fits(fold(match[0]), term)
    ]
    if not found:
        return 0
    room = SNIPPET * 2 // 3
    _count, first = max(
        (len({n for place, n in found if at <= place < at + room}), -at)
        for at, _n in found[:100]
    )
    first = -first
    start = max(0, first - SNIPPET // 3)
    return start and (text.find(" ", start, first) + 1 or first)
