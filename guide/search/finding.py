"""The guides that a reader's words find, and what of their pages says so."""

from typing import NamedTuple

from guide.search.databases import best, best_of_each, question
from guide.search.folding import terms
from guide.search.marking import marked, snippet

A_PAGE = 20


class Piece(NamedTuple):
    kind: str
    label: str
    address: str
    title: str
    snippet: str


def find(text, guides, *, page=1):
    """Return (ids of the guides found on that page, the best first; how many in all).

    ``guides`` is the queryset to look among. Each word must stand somewhere in a guide;
    words in its title count most.
    """
    looked_for = terms(text)
    if not looked_for:
        return [], 0
    asked = question(looked_for, all_of=True)
    found = best(guides, asked, limit=A_PAGE, offset=(page - 1) * A_PAGE)
    return [guide for _pk, guide, _count in found], found[0][2] if found else 0


def pieces(text, guides):
    """Return by guide the pieces of its page that say most of what is looked for."""
    looked_for = terms(text)
    if not guides:
        return {}
    found = {}
    for entry in best_of_each(guides, question(looked_for, all_of=False)):
        found.setdefault(entry.guide_id, []).append(
            Piece(
                entry.kind,
                entry.get_kind_display(),
                entry.address,
                marked(entry.title, looked_for),
                snippet(entry.text, looked_for),
            )
        )
    return found
