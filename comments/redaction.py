"""Striking words out of what a reader wrote, for good."""

import re

from django.utils.translation import gettext as _


def strike(body, phrases):
    """Return the text with each of the phrases replaced, wherever it stands.

    A phrase is found whatever its capitals and line breaks, and as whole words: who
    strikes out "Al" keeps "also".
    """
    for phrase in sorted(phrases, key=len, reverse=True):
        body = pattern(phrase).sub(mark(), body)
    return body


def missing(body, phrases):
    """Return those of the phrases that do not stand in the text."""
    return [phrase for phrase in phrases if not pattern(phrase).search(body)]


def still_true(findings, body):
    """Return the findings without words that do not stand in the text any more."""
    kept = []
    for finding in findings:
        words = finding.get("words", [])
        left = [word for word in words if not missing(body, [word])]
        if left or not words:
            kept.append(finding | {"words": left})
    return kept


def pattern(phrase):
    words = r"\s+".join(map(re.escape, phrase.split()))
    start = r"\b" if re.match(r"\w", phrase) else ""
    end = r"\b" if re.search(r"\w$", phrase) else ""
    return re.compile(start + words + end, re.IGNORECASE)


def mark():
    return _("[removed]")


def sentences(body):
    """Return the sentences of a text, to be ticked."""
    found = re.split(r"(?<=[.!?…])\s+|\n+", body)
    return list(dict.fromkeys(filter(None, map(str.strip, found))))
