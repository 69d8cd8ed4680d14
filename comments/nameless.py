"""A text without what tells who somebody is, by a simple rule: a person reads it after.

It leaves out too much rather than too little: what it took is easily written again.
"""

import re

from comments import text
from comments.checks import people
from comments.folding import Folded

GAP = "[…]"
LONGEST_QUESTION = 300

NAME = r"[A-ZÀ-ÖØ-Þ][\w’'-]+"
NAMES = rf"{NAME}(?:\s+{NAME})*"
NOT_PLACES = (
    "January February March April May June July August September October November "
    "December Monday Tuesday Wednesday Thursday Friday Saturday Sunday "
    "Christmas Easter Exercise Exercises"
)
STREET = re.compile(
    rf"\d+\w?,?\s+{NAMES}\s+(?:Street|St|Road|Rd|Lane|Avenue|Close|Drive|Square)\b"
)
AFTER = [
    re.compile(rf"\b((?:{words})[,.]?\s+)({NAMES})")
    for words in [
        "Dr|Doctor|Mr|Mrs|Ms|Miss|Prof|Professor|Nurse|Sister",
        "[Mm]y name is|[Cc]alled|[Nn]amed",
        # Whoever is somebody's, and then a name.
        "husband|wife|partner|son|daughter|mother|father|mum|dad|sister|brother|friend|"
        "doctor|GP|physio|physiotherapist|midwife|surgeon|consultant|nurse",
        "[Ii]n|[Ff]rom|[Nn]ear|[Aa]t",
    ]
]
SENTENCE = re.compile(r"[^.!?]*[.!?]+\s*")


def nameless(words, *, name, keeps_links=False):
    """Return the text with a gap for each name, place and way to reach somebody."""
    ways = list(people.contacts(Folded(words)))
    for way in ways if keeps_links else [*text.links(words), *ways]:
        words = words.replace(way, GAP)
    words = STREET.sub(GAP, words)
    for pattern in AFTER:
        words = pattern.sub(without_name, words)
    for one in parts(name):
        words = re.sub(rf"\b{re.escape(one)}\b(?:[’']s\b)?", GAP, words)
    return re.sub(rf"{re.escape(GAP)}(?:\s+{re.escape(GAP)})+", GAP, words)


def parts(name):
    """Return the words of a name by which somebody may be called."""
    return [one for one in re.findall(NAME, name) if len(one) > 2]


def without_name(match):
    first = match[2].split()[0]
    return match[0] if first in NOT_PLACES.split() else f"{match[1]}{GAP}"


def short(question):
    """Return a question on one line, as long as a heading may be: what it asks."""
    words = " ".join(question.split())
    if len(words) <= LONGEST_QUESTION:
        return words
    asks = "".join(s for s in SENTENCE.findall(words) if "?" in s).strip()
    if 0 < len(asks) <= LONGEST_QUESTION:
        return asks
    return f"{(asks or words)[: LONGEST_QUESTION - 1].rpartition(' ')[0]}…"
