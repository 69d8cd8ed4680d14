"""Words as the index holds them, and as a reader asks for them."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer
from django.conf import settings
from django.utils.translation import get_language_info

MOST_TERMS = 12
SHORTEST_PREFIX = 3  # "to" is itself, "row" begins "rowing" too
WORD = re.compile(r"\w+(?:['’]\w+)*")
_lock = threading.Lock()


class Term(NamedTuple):
    """A word somebody looks for: as she wrote it, and what it may begin like."""

    word: str
    forms: tuple


def words(text):
    """Return the words of a text as an index holds them: folded, and their stems."""
    found = []
    for match in WORD.finditer(one_line(text)):
        found += forms_of(fold(match[0]))
    return " ".join(found)


def terms(text):
    """Return what a question looks for: its first words, each once."""
    found = dict.fromkeys(fold(match[0]) for match in WORD.finditer(one_line(text)))
    return [Term(word, _shortest(forms_of(word))) for word in list(found)[:MOST_TERMS]]


def one_line(text):
    """Return a text on one line, its accents in one piece with their letters."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=50_000)
def fold(word):
    """Return a word without case, accents and apostrophes: Café’s becomes cafes."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if c.isalnum() or c == "_")


@lru_cache(maxsize=50_000)
def forms_of(word):
    stem = _stem(word)
    return (word,) if stem == word else (word, stem)


def _stem(word):
    if _stemmer() is None:
        return word
    with _lock:  # it keeps the word it is at
        return _stemmer().stemWord(word)


@lru_cache(maxsize=1)
def _stemmer():
    """Return the stemmer of the site's language, or None where there is none."""
    code = settings.LANGUAGE_CODE.partition("-")[0]
    name = get_language_info(code)["name"].lower()
    known = name in snowballstemmer.algorithms()
    return snowballstemmer.stemmer(name) if known else None


def _shortest(forms):
    """Return the forms that no other of them begins: a prefix finds both."""
    return tuple(
        form
        for form in forms
        if not any(form != other and form.startswith(other) for other in forms)
    )


@lru_cache(maxsize=50_000)
def fits(word, term):
    """Say whether a folded word of a page is what a term looks for."""
    return any(
        form.startswith(wanted) if len(wanted) >= SHORTEST_PREFIX else form == wanted
        for form in forms_of(word)
        for wanted in term.forms
    )
