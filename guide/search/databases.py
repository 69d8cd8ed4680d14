"""What differs between the databases, and the SQL that asks them."""

from django.db import connection, transaction

from guide.models import SearchEntry
from guide.search.folding import SHORTEST_PREFIX

PIECES = 3  # shown of each guide
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


def best(guides, asked, *, limit, offset):
    """Return (entry, guide, how many there are in all), the best first."""
    matches, values = _matches_among(guides)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, guide_id, COUNT(*) OVER () FROM ({matches}) found "  # noqa: S608
            "ORDER BY score, id DESC LIMIT %s OFFSET %s",
            [asked, *values, limit, offset],
        )
        return cursor.fetchall()


def best_of_each(guides, asked):
    """Return the first few pieces of each of these guides, the best first."""
    marks = ", ".join(["%s"] * len(guides))
    matches = _matches(f"e.kind <> 'guide' AND e.guide_id IN ({marks})")
    return SearchEntry.objects.raw(
        "SELECT e.id, e.guide_id, e.kind, e.address, e.title, e.text "  # noqa: S608
        "FROM (SELECT id, score, ROW_NUMBER() OVER "
        f"(PARTITION BY guide_id ORDER BY score, id DESC) AS place FROM ({matches}) m) "
        "best JOIN guide_searchentry e ON e.id = best.id "
        "WHERE best.place <= %s ORDER BY best.score, e.id DESC",
        [asked, *guides, PIECES],
    )


def found_by(questions, guides, *, most):
    """Return by word how many guides its question finds, counted to ``most``."""
    if not questions:
        return {}
    matches, values = _matches_among(guides)
    words, parts, parameters = list(questions), [], []
    for number, word in enumerate(words):
        parts.append(
            f"SELECT {number}, COUNT(*) "  # noqa: S608
            f"FROM (SELECT 1 FROM ({matches}) found LIMIT {most}) few"
        )
        parameters += [questions[word], *values]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return {words[number]: count for number, count in cursor.fetchall() if count}


def _matches_among(guides):
    """Return the SQL of what is found among guides of a queryset, and its values."""
    ids, values = guides.order_by().values("pk").query.sql_with_params()
    return _matches(f"e.kind = 'guide' AND e.guide_id IN ({ids})"), values


def _matches(where):
    return MATCHES[connection.vendor].format(where=where)


def question(looked_for, *, all_of):
    """Return the question as the database's own index takes it, each word quoted."""
    either, both = (" OR ", " AND ") if _is_sqlite() else (" | ", " & ")
    parts = [f"({either.join(map(_quoted, term.forms))})" for term in looked_for]
    return (both if all_of else either).join(parts)


def _quoted(word):
    """Return the question for a word and, where it is long enough, what it begins."""
    prefix = "*" if _is_sqlite() else ":*"
    return exactly(word) + prefix * (len(word) >= SHORTEST_PREFIX)


def exactly(word):
    # A folded word holds letters and digits only: there is nothing to escape.
    return f'"{word}"' if _is_sqlite() else f"'{word}'"


def _is_sqlite():
    return connection.vendor == "sqlite"


def forget_erased():
    """Take the words that no guide and no question holds any more from the database.

    SQLite's index keeps them until it is merged into one piece; where it is in one,
    nothing was written since. PostgreSQL clears its own. Part of the tick.
    """
    if not _is_sqlite():
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
