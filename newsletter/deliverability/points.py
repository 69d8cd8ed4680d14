from typing import NamedTuple


class Point(NamedTuple):
    """One thing that was looked at. ``tone``: yes, stop, or "" for what may be so."""

    name: str
    tone: str
    what: str
    todo: str = ""
