"""Search: the same words, the same matches and the same marks on every database.

Words are folded (case, accents) and stemmed here, in Python, when a guide is saved and
when a reader asks; SQLite's FTS5 and PostgreSQL's index only hold and find them.
"""

from guide.search.databases import forget_erased
from guide.search.finding import A_PAGE, find, pieces
from guide.search.folding import MOST_TERMS, terms, words
from guide.search.marking import SNIPPET, marked, snippet
from guide.search.slips import did_you_mean
from guide.search.writing import entries, index

__all__ = [
    "A_PAGE",
    "MOST_TERMS",
    "SNIPPET",
    "did_you_mean",
    "entries",
    "find",
    "forget_erased",
    "index",
    "marked",
    "pieces",
    "snippet",
    "terms",
    "words",
]
