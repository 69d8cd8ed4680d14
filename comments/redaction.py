"""Striking words out of what a reader wrote, for good."""

import re

from django.utils.translation import gettext as _


def strike(body, phrases):
    """Return the text with each of the phrases replaced, wherever it stands.

    A phrase is found whatever its capitals and line breaks, and as whole words: who
    strikes out "Al" keeps "also". All are looked for in the text as it was, for one may
    begin within another.
    """
    pieces, end = [], 0
    for start, stop in sorted(
        match.span() for phrase in phrases for match in pattern(phrase).finditer(body)
    ):
        if start >= end:
            pieces += [body[end:start], _("[removed]")]
        end = max(end, stop)
    return "".join([*pieces, body[end:]])


def missing(body, phrases):
    """Return those of the phrases that do not stand in the text."""
    return [phrase for phrase in phrases if not pattern(phrase).search(body)]


def still_true(findings, comment):
    """Return the findings without words that stand in it no more, nor in its name."""
    said = f"{comment.name}\n{comment.body}"
    kept = []
    for finding in findings:
        words = finding.get("words", [])
        left = [word for word in words if not missing(said, [word])]
        if left or not words:
            kept.append(finding | {"words": left})
    return kept


def pattern(phrase):
    words = r"\s+".join(map(re.escape, phrase.split()))
    # No word and no number begins or ends in the middle; "0148255501x" holds a number.
    start, end = kind(phrase[0]), kind(phrase[-1])
    return re.compile(
        (f"(?<!{start})" if start else "") + words + (f"(?!{end})" if end else ""),
        re.IGNORECASE,
    )


def kind(character):
    """Return the pattern of what belongs to the same word as this, or ""."""
    if character.isdecimal():
        return r"\d"
    return r"[^\W\d_]" if character.isalpha() else ""


def sentences(body):
    """Return the sentences of a text, to be ticked."""
    found = re.split(r"(?<=[.!?…])\s+|\n+", body)
    return list(dict.fromkeys(filter(None, map(str.strip, found))))
