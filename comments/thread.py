"""A thread: its order for reading, and the pages it is cut into."""

from collections import defaultdict
from urllib.parse import urlencode

ROOTS_PER_PAGE = 20
DEPTH = 3


NEWEST = "newest"  # the order that an address may ask for; else the oldest stand first


def in_reading_order(rows, order=None):
    """Return the rows as they are read: an answer below what it answers, oldest first.

    What is pinned stands before all. Where the newest are asked for, the newest thread
    comes first; what is said in each is still read from its beginning. Each row gets
    its ``depth``, and where that is capped, ``to``: whom it answers. Below a comment
    that is not among the rows nothing is shown.
    """
    answers = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["created_at"], row["id"])):
        answers[row["parent_id"]].append(row)
    roots = answers[None]
    if order == NEWEST:
        roots.reverse()
    roots.sort(key=lambda row: row.get("pinned_at") is None)
    ordered = []
    waiting = [(root, 1, None) for root in reversed(roots)]
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


def query(page, order=None):
    """Return what a link to that page needs; the first is the guide itself."""
    values = {"order": order} if order else {}
    if page > 1:
        values["page"] = page
    return f"?{urlencode(values)}" if values else ""
