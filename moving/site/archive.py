"""A zip from outside: looked at before anything of it is believed."""

import json
import re
import stat
import zipfile
import zlib
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guide import pictures
from guide.serialize import SHARED

MOST_FILES = 8000
MOST_TEXT = 64 * 1024 * 1024  # of all JSON together
MOST_BYTES = {
    "json": 4 * 1024 * 1024,
    "jpg": pictures.MAX_BYTES,
    "vtt": 1024 * 1024,
    "mp4": 4 * 1024**3,
    "webm": 4 * 1024**3,
}
MOST_PACKED = 3  # times smaller than it is: films and pictures cannot be packed
PIECE = 1024 * 1024
TEXTS = ["manifest", *SHARED, "old-addresses"]
NAME = re.compile(
    rf"(?:{'|'.join(TEXTS)})\.json|guides/[A-Za-z0-9_-]{{1,120}}\.json"
    r"|media/[0-9a-f]{64}\.(?:jpg|mp4|webm|vtt)"
)
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class Archive:
    """A zip that was looked at before anything is taken out of it.

    What is not in order raises ``ValidationError``, with a sentence.
    """

    def __init__(self, stream):
        try:
            _count(stream)
            self.zip = zipfile.ZipFile(stream)
        except BROKEN:
            raise ValidationError(
                _("This is no zip that can be read. Choose the file once more.")
            ) from None
        self.entries = {}
        for info in self.zip.infolist():
            if info.orig_filename not in {"guides/", "media/"}:
                self._add(info)
        texts = (i for name, i in self.entries.items() if name.endswith(".json"))
        if sum(info.file_size for info in texts) > MOST_TEXT:
            raise _too_large("*.json")
        if "manifest.json" not in self.entries:
            raise not_ours()

    def _add(self, info):
        name = info.orig_filename
        shown = name[:80].encode("unicode_escape").decode()
        if name != info.filename or re.search(r"\A[/\\]|\A\w:|\\|\.\.|\0", name):
            raise ValidationError(
                _("“%(name)s” would lie outside of the file. Nothing was changed.")
                % {"name": shown}
            )
        if not NAME.fullmatch(name):
            raise ValidationError(
                _("“%(name)s” does not belong into such a file. Nothing was changed.")
                % {"name": shown}
            )
        if name in self.entries:
            raise ValidationError(
                _("“%(name)s” is in the file twice. Nothing was changed.")
                % {"name": shown}
            )
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in {0, stat.S_IFREG} or info.flag_bits & 1:
            raise ValidationError(
                _("“%(name)s” is a link or locked by a password. Nothing was changed.")
                % {"name": shown}
            )
        ending = name.rpartition(".")[2]
        is_bomb = ending != "json" and info.file_size > (
            MOST_PACKED * info.compress_size + PIECE
        )
        if info.file_size > MOST_BYTES[ending] or is_bomb:
            raise _too_large(shown)
        self.entries[name] = info

    def pieces(self, path):
        """Yield the content of an entry, never more than it had said."""
        try:
            with self.zip.open(self.entries[path]) as source:
                while piece := source.read(PIECE):
                    yield piece
        except BROKEN:
            raise ValidationError(
                _("%(path)s is damaged. Fetch the file once more.") % {"path": path}
            ) from None

    def read(self, path):
        return b"".join(self.pieces(path))

    def copied(self, path, folder):
        """Write an entry into a folder; return where it is."""
        copy = Path(folder) / path.rpartition("/")[2]
        with copy.open("wb") as target:
            for piece in self.pieces(path):
                target.write(piece)
        return copy

    def json(self, path):
        try:
            return json.loads(
                self.read(path).decode(),
                object_pairs_hook=_once_each,
                parse_constant=_no_number,
            )
        except (ValueError, RecursionError) as error:
            raise ValidationError(
                _("%(path)s is no JSON that can be read (%(why)s).")
                % {"path": path, "why": str(error)[:100]}
            ) from None


def _count(stream):
    """Raise unless the directory of a zip is small: each entry bears a mark."""
    entries, end = 0, b""
    stream.seek(0)
    while piece := stream.read(PIECE):
        entries += (end + piece).count(b"PK\1\2")
        end = piece[-3:]
        if entries > MOST_FILES:
            raise ValidationError(
                _("There are more than %(most)s files in it. Nothing was changed.")
                % {"most": MOST_FILES}
            )


def _once_each(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(_("a name stands there twice"))
    return found


def _no_number(name):
    raise ValueError(_("%(name)s is no number") % {"name": name})


def _too_large(name):
    return ValidationError(
        _("“%(name)s” says it is larger than can be. Nothing was changed.")
        % {"name": name}
    )


def missing(path):
    return ValidationError(
        _("%(path)s is missing in the file. Nothing was changed.") % {"path": path}
    )


def not_ours():
    return ValidationError(
        _(
            "There is no manifest.json of ours in it. Choose a file that was made by "
            "“Download as a file” or by export_site."
        )
    )
