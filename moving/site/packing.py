"""Out: the site, or one guide with what it needs, into a zip."""

import hashlib
import json
import stat
import zipfile
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guide import pictures, serialize
from guide.models import Guide, OldSlug, SiteSettings
from guide.serialize import SHARED
from moving.site.archive import MOST_FILES, PIECE
from moving.site.files import path_of
from moving.site.shapes import FORMAT, VERSION


def export_site(stream):
    """Write the whole site into a file."""
    guides = Guide.objects.order_by("pk")
    content, files = _collected(guides, is_site=True)
    content["old-addresses.json"] = dict(
        OldSlug.objects.order_by("slug").values_list("slug", "guide__slug")
    )
    _pack(stream, content, files)


def export_guide(guide, stream):
    """Write one guide and what it needs into a file."""
    _pack(stream, *_collected([guide], is_site=False))


def _collected(guides, *, is_site):
    """Return the content by its path, and the files by theirs."""
    keys = serialize.Keys()
    content, files = {}, {}
    for guide in guides:
        data = serialize.to_data(guide, keys)
        content[f"guides/{guide.slug}.json"] = data
    slugs = [data["slug"] for data in content.values()]
    # Each kind names only those before it, so the last is asked first.
    for kind, shared in reversed(SHARED.items()):
        rows = shared.model.objects.order_by("pk")
        if is_site:
            keyed = {keys.of(shared.model, row.pk): row for row in rows}
        else:
            keyed = {
                key: rows.get(pk=keys.find(shared.model, key))
                for key in keys.asked[shared.model]
            }
        if keyed or is_site:
            content[f"{kind}.json"] = {
                key: _with_files(kind, keyed[key], keys, files)
                for key in sorted(keyed, key=serialize.by_number)
            }
    content["manifest.json"] = {
        "format": FORMAT,
        "version": VERSION,
        "holds": "site" if is_site else "guide",
        "site": SiteSettings.load().name,
        "guides": slugs,
    }
    return content, files


def _with_files(kind, row, keys, files):
    """Return a row as data, and note its files."""
    data = serialize.row_to_data(row, keys)
    for name in SHARED[kind].files:
        file = getattr(row, name)
        if file and data[name] is None:
            raise ValidationError(
                _(
                    "The file of “%(row)s” cannot be read: %(name)s. "
                    "Put it back, or delete what it belongs to."
                )
                % {"row": row, "name": file.name}
            )
        if data[name]:
            files[path_of(data[name])] = file
    return data


def _pack(stream, content, files):
    if len(content) + len(files) > MOST_FILES:
        raise ValidationError(
            _("It would hold more than %(most)s files.") % {"most": MOST_FILES}
        )
    with zipfile.ZipFile(stream, "w") as archive:
        for path in ["manifest.json", *sorted(set(content) - {"manifest.json"})]:
            text = json.dumps(content[path], ensure_ascii=False, indent=2) + "\n"
            archive.writestr(_info(path, zipfile.ZIP_DEFLATED), text)
        for path in sorted(files):
            _pack_file(archive, path, files[path])


def _pack_file(archive, path, file):
    digest = hashlib.sha256()
    info = _info(path, zipfile.ZIP_STORED)
    info.file_size = file.storage.size(file.name)  # so that it knows how it counts
    with file.storage.open(file.name) as source, archive.open(info, "w") as target:
        if path.endswith(".jpg"):
            source = BytesIO(pictures.bare(source.read()))
        while piece := source.read(PIECE):
            digest.update(piece)
            target.write(piece)
    if digest.hexdigest() not in path:
        raise ValidationError(
            _("%(name)s changed meanwhile. Try again.") % {"name": file.name}
        )


def _info(path, packing):
    """Return an entry that tells nothing of this machine and this moment."""
    info = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
    info.create_system, info.compress_type = 3, packing
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info
