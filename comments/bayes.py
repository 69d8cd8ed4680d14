"""A filter that learns from what the author decides; it orders and folds, nothing else.

It keeps no word: each is one of so many numbers, and all that is kept is how often a
number came in spam and elsewhere. Many words share one, so that none can be read back.
"""

from array import array
from math import exp, log
from typing import NamedTuple
from zlib import crc32

SIZE = 2**15
USED_AFTER = 100  # decisions
LIKELY = 0.9  # from here on a comment lies folded among what looks like spam
TELLING = 30  # numbers that speak most clearly; the others are padding
STRENGTH = 1.0  # of the doubt about a number that was met rarely
MOST = 65_535  # what a count holds
SHORTEST, LONGEST = 3, 40
SHOWN = 5


class Verdict(NamedTuple):
    score: float | None
    words: tuple = ()


def numbers(text):
    """Return the numbers of the words of a text, each with the first that has it."""
    found = {}
    for token in text.tokens:
        if SHORTEST <= len(token.word) <= LONGEST:
            found.setdefault(crc32(token.word.encode()) % SIZE, token)
    return found


def counts(stored=b""):
    return array("H", stored or bytes(2 * SIZE))


def judge(text, *, spam, other, spam_total, other_total):
    """Return how likely a text is spam, and what in it speaks most for that."""
    if spam_total + other_total < USED_AFTER or not spam_total or not other_total:
        return Verdict(None)
    leanings = []
    for number, token in numbers(text).items():
        often = spam[number] + other[number]
        if often:
            here, there = spam[number] / spam_total, other[number] / other_total
            chance = here / (here + there)
            chance = (STRENGTH * 0.5 + often * chance) / (STRENGTH + often)
            leanings.append((log(chance / (1 - chance)), token))
    leanings.sort(key=lambda leaning: -abs(leaning[0]))
    leanings = leanings[:TELLING]
    total = max(-30, min(30, sum(leaning for leaning, _token in leanings)))
    telling = [token for leaning, token in leanings if leaning > 1][:SHOWN]
    words = tuple(text.folded.as_typed(t.start, t.end) for t in telling)
    return Verdict(1 / (1 + exp(-total)), words)
