"""A zip is opened: nothing of it is believed before it is in order."""

import hashlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guide import serialize
from guide.serialize import SHARED
from moving.site.archive import TEXTS, Archive, missing, not_ours
from moving.site.files import path_of
from moving.site.shapes import FORMAT, VERSION, by_path


def opened(stream):
    """Return what a zip says, and the zip; raise unless all of it is in order."""
    archive = Archive(stream)
    manifest = archive.json("manifest.json")
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise not_ours()
    if manifest.get("version") != VERSION:
        raise ValidationError(
            _(
                "The file is of version %(theirs)s; this site reads version %(ours)s. "
                "Bring the older of the two sites up to date and try again."
            )
            % {"theirs": str(manifest.get("version"))[:20], "ours": VERSION}
        )
    content, shapes = {}, by_path()
    for path in archive.entries:
        if path.endswith(".json"):
            with serialize.placed(path):
                content[path] = serialize.fit(
                    archive.json(path), shapes.get(path) or shapes[""]
                )
    manifest = content["manifest.json"]
    for text in TEXTS:
        if f"{text}.json" not in content:
            if manifest["holds"] == "site":
                raise missing(f"{text}.json")
            content[f"{text}.json"] = {}
    _check_guides(content, manifest)
    _check_files(content, archive)
    return content, archive


def _check_guides(content, manifest):
    slugs = manifest["guides"]
    found = {path for path in content if path.startswith("guides/")}
    wanted = {f"guides/{slug}.json" for slug in slugs}
    for path in sorted(wanted - found):
        raise missing(path)
    for path in sorted(found - wanted) or slugs[len(wanted) :]:
        raise ValidationError(
            _("manifest.json: “%(path)s” must stand among its guides, once.")
            % {"path": path}
        )
    for path in sorted(found):
        slug = content[path]["slug"]
        if path != f"guides/{slug}.json":
            raise ValidationError(
                _("%(path)s: its address is “%(slug)s”; the two must agree.")
                % {"path": path, "slug": slug}
            )


def _check_files(content, archive):
    """Raise unless each file that is spoken of is there, unchanged, and no other."""
    wanted = {
        path_of(values[name])
        for kind, shared in SHARED.items()
        for values in content[f"{kind}.json"].values()
        for name in shared.files
        if values[name]
    }
    found = {path for path in archive.entries if path.startswith("media/")}
    for path in sorted(wanted - found):
        raise missing(path)
    for path in sorted(found - wanted):
        raise ValidationError(
            _("Nothing in the file speaks of %(path)s. Nothing was changed.")
            % {"path": path}
        )
    for path in sorted(found):
        digest = hashlib.sha256()
        for piece in archive.pieces(path):
            digest.update(piece)
        if digest.hexdigest() not in path:
            raise ValidationError(
                _(
                    "%(path)s is not what it was when the file was made: its content "
                    "has changed. Nothing was changed here."
                )
                % {"path": path}
            )
