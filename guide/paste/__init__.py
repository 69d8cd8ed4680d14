"""A pasted article to the data of a guide, with what is doubtful: a pure function.

``read`` never raises and saves nothing. Each line of the source ends up in the data, as
a value that was read from it, or set aside; where it went stands beside it.
"""

from guide.paste.ending import Ending
from guide.paste.source import lines_of


def read(source, *, hints=None, rows=None):
    """Return what a source says as the data of a guide, its doubts and its lines.

    ``hints`` are values of the guide that the caller knows better: a title, a date.
    ``rows`` are those there are, so that names in the text are found: ``audiences``,
    ``equipment``, ``areas``, ``topics`` as {slug: name}, ``authors`` and ``promotions``
    as names, ``videos`` as {title: (provider, id)}, ``slugs`` that are taken. Where
    promotions or videos are None, none is made of the text.
    """
    return Ending(lines_of(source), hints or {}, rows or {}).result()
