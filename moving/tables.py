"""A table from outside as text, and one for outside: commas, quotes, encodings."""

import codecs
import csv
import io
import re
from collections import deque
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PIECE = 1024 * 1024
LONGEST = 256 * 1024  # characters of one line
DELIMITERS = ",;\t|"
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
FALLBACK = "cp1252"
SHOWN_ROWS = 3
# What Excel writes above a table to tell itself what stands between its cells.
SEPARATOR = re.compile(r'"?sep=([,;\t|])"?\s*', re.I)
KINDS = {
    b"PK\3\4": gettext_lazy(
        "This is an Excel file or a zip. Save it as CSV, or unpack it first."
    ),
    b"\xd0\xcf\x11\xe0": gettext_lazy("This is an Excel file. Save it there as CSV."),
    b"%PDF": gettext_lazy("This is a PDF. A table must come as CSV."),
}
# What a spreadsheet takes for a formula; OWASP, "CSV Injection". Behind our own mark,
# too: so each cell has exactly one way there and back.
FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


class Table:
    """The rows of a file, below a line that names their columns, or without one.

    None is held in memory but the ``first``, once it is known what stands before a
    quotation mark inside of a cell.
    """

    def __init__(self, stream):
        self.stream, self.escape, self.first = stream, None, []
        self.encoding = _encoding(stream)
        self.delimiter, self.leading = ",", 0
        with _Lines(stream, self.encoding) as lines:
            first = next((line for line in lines if line.strip()), "")
            if said := SEPARATOR.fullmatch(first):
                self.leading, self.delimiter = 1, said[1]
            else:
                self.delimiter = max(DELIMITERS, key=first.count)
        _line, cells = next(self._records(), (0, []))
        if not first or not cells:
            raise ValidationError(_("There is nothing in this file. Choose another."))
        # Where an address stands at the top, nobody named the columns.
        self.is_named = not any("@" in cell for cell in cells)
        self.header = [
            (self.is_named and cell.strip()) or _("Column %s") % number
            for number, cell in enumerate(cells, 1)
        ]

    def read_with(self, *, escape):
        self.escape = escape
        self.first = [cells for _line, cells in islice(self.rows(), SHOWN_ROWS)]

    def rows(self):
        """Yield (number of its line, cells) of each row that is not empty."""
        return islice(self._records(), int(self.is_named), None)

    def _records(self):
        with _Lines(self.stream, self.encoding) as lines:
            deque(islice(lines, self.leading), 0)
            reader = csv.reader(
                lines,
                delimiter=self.delimiter,
                escapechar=self.escape,
                doublequote=True,
                strict=True,
            )
            while True:
                line = self.leading + reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise _in_words(error, line) from None
                if any(cells):
                    yield line, [restored(cell) for cell in cells]


class _Lines:
    """The lines of a stream as text; refuses what is none."""

    def __init__(self, stream, encoding):
        stream.seek(0)
        errors = "replace" if encoding == FALLBACK else "strict"
        self.text = io.TextIOWrapper(stream, encoding, errors=errors, newline="")

    def __enter__(self):
        return self._lines()

    def __exit__(self, *error):
        self.text.detach()  # else the stream would be closed along with it

    def _lines(self):
        number = 0
        while True:
            number += 1
            try:
                line = self.text.readline(LONGEST + 1)
            except UnicodeError:
                raise ValidationError(
                    _("Line %s or one soon after is damaged: fetch the file once more.")
                    % number
                ) from None
            if not line:
                return
            if "\0" in line:
                raise _no_text(number)
            if len(line) > LONGEST:
                raise ValidationError(
                    _("Line %s is too long for a row of a table. Is this a CSV file?")
                    % number
                )
            yield line


def _encoding(stream):
    stream.seek(0)
    head = stream.read(4096)
    for beginning, sentence in KINDS.items():
        if head.startswith(beginning):
            raise ValidationError(sentence)
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            return encoding
    # Latin letters of UTF-16 without its mark: every second byte is zero.
    for zeros, encoding in [(head[1::2], "utf-16-le"), (head[::2], "utf-16-be")]:
        if len(zeros) > 1 and zeros.count(0) > 0.9 * len(zeros):
            return encoding
    if 0 in head:
        raise _no_text(1 + head[: head.index(0)].count(b"\n"))
    return "utf-8" if _is_utf8(stream) else FALLBACK


def _is_utf8(stream):
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while piece := stream.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _no_text(line):
    return ValidationError(
        _(
            "Line %s holds what no text holds: this is no table, or a damaged one. "
            "Save it as CSV once more."
        )
        % line
    )


def _in_words(error, line):
    words = str(error)
    if "unexpected end" in words or "field larger" in words:
        why = _("Line %s: a quotation mark is opened there and never closed.")
    elif "expected after" in words:
        why = _("Line %s: something stands behind a closing quotation mark.")
    else:
        why = _("Line %s cannot be read as a row of a table.")
    return ValidationError(
        why % line + " " + _("Mend it in a text editor, or fetch the file once more.")
    )


class Writer:
    """Writes rows that no spreadsheet takes for formulas, in UTF-8 with its mark."""

    def __init__(self, stream):
        self.text = io.TextIOWrapper(
            stream, "utf-8-sig", newline="", write_through=True
        )
        self.writer = csv.writer(self.text, quoting=csv.QUOTE_ALL)

    def write(self, cells):
        self.writer.writerow([defused(str(cell)) for cell in cells])

    def close(self):
        """Let go of the stream, which stays open."""
        self.text.detach()


def defused(cell):
    return f"'{cell}" if FORMULA.match(cell) else cell


def restored(cell):
    """Return a cell as it was before it was defused, by us or by another."""
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell) else cell
