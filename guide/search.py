"""Search: the same words, the same matches and the same marks on every database.

Words are folded (case, accents) and stemmed here, in Python, when a guide is saved and
when a reader asks; SQLite's FTS5 and PostgreSQL's index only hold and find them.
"""

import difflib
import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.html import escape
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language_info

from guide import prose, reading
from guide.models import SearchEntry, SearchWord

MOST_TERMS = 12
A_PAGE = 20
PIECES = 3  # shown of each guide
SNIPPET = 220  # characters
LONG = 8  # letters: of a shorter word more must agree to be taken for a slip
CLOSE, CLOSE_IF_SHORT = 0.75, 0.8
SHORTEST_SLIP = 4  # letters of a word that may be mistyped
MOST_SLIPS = 4  # words; a question with more of them speaks of something else
MOST_COUNTED = 1000  # guides that hold a word; more make it no likelier
MOST_KNOWN = 10_000  # words that begin like those and are about as long
MOST_WORDS = 300_000  # characters
SHORTEST_PREFIX = 3  # "to" is itself, "row" begins "rowing" too

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_lock = threading.Lock()


class Term(NamedTuple):
    """A word somebody looks for: as she wrote it, and what it may begin like."""

    word: str
    forms: tuple


class Piece(NamedTuple):
    kind: str
    label: str
    address: str
    title: str
    snippet: str


# Words


def words(text):
    """Return the words of a text as an index holds them: folded, and their stems."""
    found = []
    for match in _WORD.finditer(_line(text)):
        found += _forms(fold(match[0]))
    return " ".join(found)


def terms(text):
    """Return what a question looks for: its first words, each once."""
    found = dict.fromkeys(fold(match[0]) for match in _WORD.finditer(_line(text)))
    return [Term(word, _shortest(_forms(word))) for word in list(found)[:MOST_TERMS]]


@lru_cache(maxsize=50_000)
def fold(word):
    """Return a word without case, accents and apostrophes: Café’s becomes cafes."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if c.isalnum() or c == "_")


@lru_cache(maxsize=50_000)
def _forms(word):
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
def _fits(word, term):
    """Say whether a folded word of a page is what a term looks for."""
    return any(
        form.startswith(wanted) if len(wanted) >= SHORTEST_PREFIX else form == wanted
        for form in _forms(word)
        for wanted in term.forms
    )


# Writing


def index(guide):
    """Write the entries of a guide anew, from all that stands on its page."""
    pieces = [
        entry for path in settings.SEARCHED for entry in import_string(path)(guide)
    ]
    whole = SearchEntry(
        kind=SearchEntry.Kind.GUIDE,
        title=guide.title,
        text=_line(f"{guide.question} {guide.summary} {prose.words(guide.intro)}"),
    )
    everything = list(_about(guide))
    for entry in [whole, *pieces]:
        entry.guide = guide
        entry.title, entry.text = _line(entry.title)[:200], _line(entry.text)
        entry.title_words = words(entry.title)
        entry.text_words = words(entry.text)[:MOST_WORDS]
        everything += [entry.title, entry.text]
    # PostgreSQL holds a megabyte of one text's words at most.
    whole.text_words = words(" ".join(everything))[:MOST_WORDS]
    guide.entries.all().delete()
    SearchEntry.objects.bulk_create([whole, *pieces])
    if guide.is_published:
        own = [*_about(guide)]
        for entry in [whole, *pieces]:
            if entry.kind != SearchEntry.Kind.QUESTION:
                own += [entry.title, entry.text]
        _remember(" ".join(own))


def _about(guide):
    """Yield the words by which a guide is found though no piece of it says them."""
    if guide.topic:
        yield guide.topic.title
    for verdict in guide.verdicts.select_related("audience"):
        yield f"{verdict.audience} {verdict.note}"


def entries(guide):
    """Return the entries of a guide's own words: exercises, sections, transcript."""
    Kind = SearchEntry.Kind  # noqa: N806
    found = [
        SearchEntry(
            kind=Kind.SECTION,
            address=f"#part-{part.pk}",
            title=part.heading,
            text=prose.words(part.prose),
        )
        for part in guide.sections.all()
    ]
    exercises = guide.exercises.prefetch_related("steps", "equipment", "areas")
    for exercise in reading.numbered(exercises):
        parts = [exercise.lead, exercise.caution, exercise.breathing]
        for step in sorted(exercise.steps.all(), key=lambda s: s.phase == "action"):
            parts += [step.text, step.footnote]
        for thing in exercise.equipment.all():
            parts += [thing.name, thing.substitute]
        parts += [area.name for area in exercise.areas.all()]
        found.append(
            SearchEntry(
                kind=Kind.EXERCISE,
                address=f"#{exercise.anchor}",
                title=exercise.name,
                text=" ".join(map(_sentence, filter(None, [exercise.label, *parts]))),
            )
        )
    if guide.video and guide.video.transcript:
        found.append(
            SearchEntry(
                kind=Kind.TRANSCRIPT,
                address="#video",
                title=guide.video.title,
                text=prose.words(guide.video.transcript),
            )
        )
    return found


def _sentence(text):
    """Return a text that begins and ends as a sentence: "but stand" of a set-up too."""
    text = capfirst(text)
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def _line(text):
    """Return a text on one line, its accents in one piece with their letters."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _remember(text):
    """Keep the author's words for “did you mean”; what readers wrote may be erased."""
    shown = {}
    for match in _WORD.finditer(text):
        word = fold(match[0])
        if 4 <= len(word) <= 60 and not word.isdigit():
            shown.setdefault(word, match[0].lower()[:60])
    SearchWord.objects.bulk_create(
        [
            SearchWord(word=word, length=len(word), shown=as_written)
            for word, as_written in shown.items()
        ],
        ignore_conflicts=True,
    )


# Reading


def find(text, guides, *, page=1):
    """Return (keys of the guides found on that page, the best first; how many in all).

    ``guides`` is the queryset to look among. Each word must stand somewhere in a guide;
    words in its title count most.
    """
    looked_for = terms(text)
    if not looked_for:
        return [], 0
    among, parameters = _among(guides)
    found = _best(
        among,
        parameters,
        _query(looked_for, all_of=True),
        limit=A_PAGE,
        offset=(page - 1) * A_PAGE,
    )
    return [guide for _pk, guide, _count in found], found[0][2] if found else 0


def _among(guides):
    """Return the condition, with its values, that an entry decides on one of these."""
    keys, values = guides.order_by().values("pk").query.sql_with_params()
    return f"e.kind = 'guide' AND e.guide_id IN ({keys})", values


def pieces(text, guides):
    """Return by guide the pieces of its page that say most of what is looked for."""
    looked_for = terms(text)
    if not guides:
        return {}
    found = {}
    for entry in _best_of_each(guides, _query(looked_for, all_of=False)):
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


def marked(text, looked_for):
    """Return a text as HTML with the words found in <mark>."""
    parts, at = [], 0
    for match in _WORD.finditer(text):
        if any(_fits(fold(match[0]), term) for term in looked_for):
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
        end = (
            text.rfind(" ", start + SNIPPET // 2, end)
            if " " in text[start:end]
            else end
        )
    before, after = "… " * (start > 0), " …" * (end < len(text))
    return mark_safe(f"{before}{marked(text[start:end], looked_for)}{after}")


def _densest(text, looked_for):
    """Return where the stretch with the most different words found begins."""
    found = [
        (match.start(), n)
        for match in _WORD.finditer(text)
        for n, term in enumerate(looked_for)
        if _fits(fold(match[0]), term)
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


def did_you_mean(text, guides):
    """Return the question with unknown words replaced by the site's nearest, or "".

    ``guides`` is the queryset to look among: what a word of the question, in any of its
    forms, leads to there is not unknown, and what is returned leads to one of them.
    """
    found = list(_WORD.finditer(text))[:MOST_TERMS]
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
    meant = _line("".join([*parts, text[at:]]))
    return meant if find(meant, guides)[1] else ""


def _standing(words, guides):
    """Return those of the words that stand in some guide, in any of their forms."""
    asked = {word: _query(terms(word), all_of=True) for word in words}
    return set(_found_by(asked, guides, most=1))


def _found_by(asked, guides, *, most):
    """Return by word how many guides its question finds, counted to ``most``."""
    if not asked:
        return {}
    among, parameters = _among(guides)
    matches = MATCHES[connection.vendor].format(where=among)
    words, parts, values = list(asked), [], []
    for number, word in enumerate(words):
        parts.append(
            f"SELECT {number}, COUNT(*) "  # noqa: S608
            f"FROM (SELECT 1 FROM ({matches}) found LIMIT {most}) few"
        )
        values += [asked[word], *parameters]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {words[number]: count for number, count in cursor.fetchall() if count}


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
    is_sqlite = connection.vendor == "sqlite"
    # The word itself: what it begins like is looked for where it is searched.
    asked = {
        other: _exactly(other, is_sqlite=is_sqlite)
        for others in close.values()
        for other in others
    }
    in_guides = _found_by(asked, guides, most=MOST_COUNTED)
    near = {}
    for word, others in close.items():
        order = {
            other: (_changes(word, other), -in_guides[other])
            for other in others
            if other in in_guides
        }
        if order:
            near[word] = known[min(order, key=order.get)]
    return near


def _changes(word, other):
    """Return how many slips make one word of the other.

    A letter too many, too few or wrong is one, and so are two neighbours swapped.
    """
    last_but_one, last, row = [], [], list(range(len(other) + 1))
    for i, a in enumerate(word):
        last_but_one, last, row = last, row, [i + 1]
        for j, b in enumerate(other):
            least = min(last[j] + (a != b), last[j + 1] + 1, row[j] + 1)
            if i and j and a == other[j - 1] and b == word[i - 1]:
                least = min(least, last_but_one[j - 1] + 1)
            row.append(least)
    return row[-1]


def _is_slip(word, other):
    """Say whether a word may be the other, mistyped: “bladder” is not “blades”."""
    likeness = difflib.SequenceMatcher(None, other, word).ratio()
    is_swapped = sorted(word) == sorted(other)
    return len(word) >= LONG or is_swapped or likeness >= CLOSE_IF_SHORT


# What differs between the databases


def _query(looked_for, *, all_of):
    """Return the question as the database's own index takes it, each word quoted."""
    is_sqlite = connection.vendor == "sqlite"
    either = " OR " if is_sqlite else " | "
    both = " AND " if is_sqlite else " & "
    parts = []
    for term in looked_for:
        forms = [_quoted(form, is_sqlite=is_sqlite) for form in term.forms]
        parts.append(f"({either.join(forms)})")
    return (both if all_of else either).join(parts)


def _quoted(word, *, is_sqlite):
    # A folded word holds letters and digits only: there is nothing to escape.
    prefix = len(word) >= SHORTEST_PREFIX
    exactly = _exactly(word, is_sqlite=is_sqlite)
    return exactly + ("*" if is_sqlite else ":*") * prefix


def _exactly(word, *, is_sqlite):
    return f'"{word}"' if is_sqlite else f"'{word}'"


MATCHES = {
    # The limit keeps bm25 apart from the window around it, where it may not stand.
    "sqlite": """
        SELECT e.id, e.guide_id, bm25(guide_searchindex, 10.0, 1.0) AS score
        FROM guide_searchindex JOIN guide_searchentry e
            ON e.id = guide_searchindex.rowid
        WHERE guide_searchindex MATCH %s AND {where} LIMIT -1""",
    "postgresql": """
        SELECT e.id, e.guide_id, -ts_rank(e.vector, wanted) AS score
        FROM guide_searchentry e, to_tsquery('simple', %s) wanted
        WHERE e.vector @@ wanted AND {where}""",
}


def _best(where, parameters, query, *, limit, offset=0):
    """Return (entry, guide, how many there are in all), the best first."""
    matches = MATCHES[connection.vendor].format(where=where)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, guide_id, COUNT(*) OVER () FROM ({matches}) found "  # noqa: S608
            "ORDER BY score, id DESC LIMIT %s OFFSET %s",
            [query, *parameters, limit, offset],
        )
        return cursor.fetchall()


def _best_of_each(guides, query):
    """Return the first few pieces of each of these guides, the best first."""
    marks = ", ".join(["%s"] * len(guides))
    where = f"e.kind <> 'guide' AND e.guide_id IN ({marks})"
    matches = MATCHES[connection.vendor].format(where=where)
    return SearchEntry.objects.raw(
        "SELECT e.id, e.guide_id, e.kind, e.address, e.title, e.text "  # noqa: S608
        "FROM (SELECT id, score, ROW_NUMBER() OVER "
        f"(PARTITION BY guide_id ORDER BY score, id DESC) AS place FROM ({matches}) m) "
        "best JOIN guide_searchentry e ON e.id = best.id "
        "WHERE best.place <= %s ORDER BY best.score, e.id DESC",
        [query, *guides, PIECES],
    )


def forget_erased():
    """Take the words that no guide and no question holds any more from the database.

    SQLite's index keeps them until it is merged into one piece; where it is in one,
    nothing was written since. PostgreSQL clears its own. Part of the tick.
    """
    if connection.vendor != "sqlite":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(DISTINCT segid) > 1 FROM guide_searchindex_idx")
        if cursor.fetchone()[0]:
            cursor.execute(
                "INSERT INTO guide_searchindex(guide_searchindex) VALUES ('optimize')"
            )
            cursor.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.guide_searchterm "
                "USING fts5vocab(main, guide_searchindex, row)"
            )
            cursor.execute(
                "DELETE FROM guide_searchword "
                "WHERE word NOT IN (SELECT term FROM temp.guide_searchterm)"
            )
