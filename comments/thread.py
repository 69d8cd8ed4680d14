"""A thread: its order for reading, and the pages it is cut into."""

from collections import defaultdict

ROOTS_PER_PAGE = 20
DEPTH = 3


def in_reading_order(rows):
    """Return the rows as they are read: an answer below what it answers, oldest first.

    Each gets its ``depth``, and where that is capped, ``to``: whom it answers. Below a
    comment that is not among the rows nothing is shown.
    """
    answers = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["created_at"], row["id"])):
        answers[row["parent_id"]].append(row)
    ordered = []
    waiting = [(root, 1, None) for root in reversed(answers[None])]
    while waiting:
        row, depth, parent = waiting.pop()
        row["depth"] = min(depth, DEPTH)
        row["to"] = parent["name"] if depth > DEPTH else ""
        ordered.append(row)
        below = answers.get(row["id"], ())
        waiting += [(answer, depth + 1, row) for answer in reversed(below)]
    return ordered


def page_of(roots_before):
    """Return the number of the page on which a thread stands."""
    return roots_before // ROOTS_PER_PAGE + 1


def number(page):
    """Return the number that an address asks for, 0 for what is none."""
    return int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 0


def query(page):
    """Return what a link to that page needs; the first is the guide itself."""
    return f"?page={page}" if page > 1 else ""
