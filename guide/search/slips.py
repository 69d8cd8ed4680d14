"""Did you mean: words that stand nowhere, and the site's words nearest to them."""

import difflib

from django.db import models

from config import slips
from guide.models import SearchWord
from guide.search.databases import exactly, found_by, question
from guide.search.finding import find
from guide.search.folding import MOST_TERMS, WORD, fold, one_line, terms

LONG = 8  # letters: of a shorter word more must agree to be taken for a slip
CLOSE, CLOSE_IF_SHORT = 0.75, 0.8
SHORTEST_SLIP = 4  # letters of a word that may be mistyped
MOST_SLIPS = 4  # words; a question with more of them speaks of something else
MOST_COUNTED = 1000  # guides that hold a word; more make it no likelier
MOST_KNOWN = 10_000  # words that begin like those and are about as long


def did_you_mean(text, guides):
    """Return the question with unknown words replaced by the site's nearest, or "".

    ``guides`` is the queryset to look among: what a word of the question, in any of its
    forms, leads to there is not unknown, and what is returned leads to one of them.
    """
    found = list(WORD.finditer(text))[:MOST_TERMS]
    words = {word for match in found if len(word := fold(match[0])) >= SHORTEST_SLIP}
    unknown = words - _standing(words, guides)
    if not 0 < len(unknown) <= MOST_SLIPS:
        return ""
    near = _nearest(unknown, guides)
    if near.keys() != unknown:
        return ""
    at, parts = 0, []
    for match in found:
        if word := near.get(fold(match[0])):
            parts += [text[at : match.start()], word]
            at = match.end()
    meant = one_line("".join([*parts, text[at:]]))
    return meant if find(meant, guides)[1] else ""


def _standing(words, guides):
    """Return those of the words that stand in some guide, in any of their forms."""
    questions = {word: question(terms(word), all_of=True) for word in words}
    return set(found_by(questions, guides, most=1))


def _nearest(unknown, guides):
    """Return by word the one that it may be, mistyped, as the author wrote that.

    Of several the one with the fewest letters changed, then the one in more guides.
    Looks at words of about the same length only, so that it stays quick.
    """
    about = models.Q()
    for word in unknown:
        about |= models.Q(
            length__range=(len(word) - 2, len(word) + 2), word__startswith=word[0]
        )
    known = dict(
        SearchWord.objects.filter(about).values_list("word", "shown")[:MOST_KNOWN]
    )
    close = {
        word: [
            other
            for other in difflib.get_close_matches(word, known, n=5, cutoff=CLOSE)
            if _is_slip(word, other)
        ]
        for word in unknown
    }
    # The word itself: what it begins like is looked for where it is searched.
    questions = {other: exactly(other) for others in close.values() for other in others}
    in_guides = found_by(questions, guides, most=MOST_COUNTED)
    near = {}
    for word, others in close.items():
        order = {
            other: (slips.between(word, other), -in_guides[other])
            for other in others
            if other in in_guides
        }
        if order:
            near[word] = known[min(order, key=order.get)]
    return near


def _is_slip(word, other):
    """Say whether a word may be the other, mistyped: “bladder” is not “blades”."""
    likeness = difflib.SequenceMatcher(None, other, word).ratio()
    is_swapped = sorted(word) == sorted(other)
    return len(word) >= LONG or is_swapped or likeness >= CLOSE_IF_SHORT
