"""Guides, and the rows they share, as plain data and back.

``to_data`` reads a guide out, ``from_data`` writes one in, and ``fit`` checks what
comes from elsewhere.

Data are dict, list, str, int, bool and None; every key is always there, in one order.
``GUIDE`` and ``SHARED`` say which, as JSON Schema. Rows that guides share are named by
a key and stand once beside them; files are named by the hash of what is in them. What
stays on this site names them by ``Rows``, what leaves it by ``Keys``.
"""

from guide.serialize.checking import fit, placed
from guide.serialize.columns import file_to_data, row_to_data, write_columns
from guide.serialize.keys import (
    Keys,
    Rows,
    by_number,
    name_of,
    numbered,
    with_keys,
    without_lost,
)
from guide.serialize.linking import link
from guide.serialize.matching import known
from guide.serialize.reading import to_data
from guide.serialize.shapes import (
    DOSAGE,
    EXERCISE,
    GUIDE,
    LEFT_OUT,
    SHARED,
    STEP,
)
from guide.serialize.writing import from_data, write

__all__ = [
    "DOSAGE",
    "EXERCISE",
    "GUIDE",
    "LEFT_OUT",
    "SHARED",
    "STEP",
    "Keys",
    "Rows",
    "by_number",
    "file_to_data",
    "fit",
    "from_data",
    "known",
    "link",
    "name_of",
    "numbered",
    "placed",
    "row_to_data",
    "to_data",
    "with_keys",
    "without_lost",
    "write",
    "write_columns",
]
