"""The whole site, or one guide of it, as a zip: out, and in again.

The zip holds data as JSON, in the shapes of ``site.schema.json``, and each file under
the hash of what is in it. The same rows make the same bytes.
"""

import hashlib
import json
import stat
import tempfile
import zipfile
from collections import defaultdict
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from io import BytesIO
from secrets import token_hex

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from guide import changes, pictures, serialize
from guide.models import (
    Guide,
    OldSlug,
    Picture,
    SafetyNotice,
    SiteSettings,
    Video,
    one_act,
    taken_slugs,
)
from guide.serialize import SHARED
from guide.serialize import shapes as known
from guide.serialize.shapes import SLUG, TEXT, listed, mapped, row
from moving.archive import MOST_FILES, PIECE, TEXTS, Archive, missing, not_ours

FORMAT, VERSION = "upright", 1
MANIFEST = row(
    {
        "format": {"type": "string", "pattern": f"^{FORMAT}$"},
        "version": {"type": "integer", "minimum": VERSION, "maximum": VERSION},
        "holds": {"type": "string", "pattern": "^(site|guide)$"},
        "site": TEXT,
        "guides": listed(SLUG) | {"maxItems": MOST_FILES},
    }
)
OLD_ADDRESSES = mapped(SLUG, SLUG["pattern"])


def shapes():
    """Return the shape of each JSON in the zip by its path; that of guides by ""."""
    return {
        "manifest.json": MANIFEST,
        **{
            f"{kind}.json": mapped(shared.shape, shared.pattern)
            for kind, shared in SHARED.items()
        },
        "old-addresses.json": OLD_ADDRESSES,
        "": known.GUIDE,
    }


def schema():
    """Return ``site.schema.json``: all JSON of a zip, by its path, as JSON Schema."""
    named = {
        id(getattr(known, name)): name.lower()
        for name in ("GUIDE", "EXERCISE", "STEP", "DOSAGE", "VARIATION", "FILE")
    }

    def pointed(shape, *, is_named=False):
        """Say by its name what has one."""
        if id(shape) in named and not is_named:
            return {"$ref": f"#/$defs/{named[id(shape)]}"}
        if isinstance(shape, dict):
            return {key: pointed(value) for key, value in shape.items()}
        return [*map(pointed, shape)] if isinstance(shape, list) else shape

    paths = shapes()
    guide = paths.pop("")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What export_site writes, its JSON files by their paths",
        "type": "object",
        "properties": pointed(paths),
        "patternProperties": {"^guides/[A-Za-z0-9_-]+\\.json$": pointed(guide)},
        "required": ["manifest.json"],
        "additionalProperties": False,
        "$defs": {
            name: pointed(getattr(known, name.upper()), is_named=True)
            for name in named.values()
        },
    }
    return json.dumps(whole, indent=2) + "\n"


# Out


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
        keyed = (
            {keys.of(shared.model, row.pk): row for row in rows}
            if is_site
            else {
                key: rows.get(pk=keys.find(shared.model, key))
                for key in keys.asked[shared.model]
            }
        )
        if keyed or is_site:
            content[f"{kind}.json"] = {
                key: _with_files(kind, keyed[key], keys, files)
                for key in sorted(keyed, key=_by_number)
            }
    content["manifest.json"] = {
        "format": FORMAT,
        "version": VERSION,
        "holds": "site" if is_site else "guide",
        "site": SiteSettings.load().name,
        "guides": slugs,
    }
    return content, files


def _by_number(key):
    return serialize.name_of(key), serialize.number_of(key)


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
            files[_path(data[name])] = file
    return data


def _path(file):
    return f"media/{file['sha256']}.{file['kind']}"


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


# In


class Report:
    """What became of the rows in a file: made, changed or left as they were."""

    def __init__(self):
        self.made, self.changed, self.same = (defaultdict(list) for _ in range(3))
        self.nowhere = []  # sentences on what leads to guides that are not here
        self.title = ""  # of a single guide, and the guide at its address
        self.guide = None

    @property
    def lines(self):
        """Return (kind in words, names made, changed, left), in the order written."""
        kinds = {kind: shared.model for kind, shared in SHARED.items()}
        words = {kind: model._meta.verbose_name_plural for kind, model in kinds.items()}
        words |= {"guides": Guide._meta.verbose_name_plural}
        words |= {"old-addresses": _("old addresses")}
        rows = [
            (words[kind], self.made[kind], self.changed[kind], self.same[kind])
            for kind in ["guides", *kinds, "old-addresses"]
        ]
        return [line for line in rows if any(line[1:])]


def import_site(stream, *, is_dry_run=False):
    """Make the site as a file says: rows are made and changed, none is deleted.

    All of it or nothing. Raises ``ValidationError`` with sentences.
    """
    content, archive = _opened(stream)
    manifest = content["manifest.json"]
    report, keys = Report(), serialize.Keys()
    plans = _plans(content, keys, is_site=True)
    with (
        _files_written(archive, plans, is_dry_run),
        _all_or_nothing(is_dry_run),
        one_act(Guide.objects.all()),
    ):
        for plan in plans:
            plan.write(keys, report)
        guides = []
        for slug in manifest["guides"]:
            data = content[f"guides/{slug}.json"]
            guide = Guide.objects.filter(slug=slug).first()
            before = guide and serialize.to_data(guide, keys)
            data = serialize.known(data, guide)
            state = "made" if guide is None else "changed"
            if before == data:
                state = "same"
            getattr(report, state)["guides"].append(data["title"])
            guides.append((guide, data, state))
        is_whole = manifest["holds"] == "site"
        _write_guides(guides, keys, report, is_strict=is_whole)
        _write_old_addresses(content["old-addresses.json"], keys, report)
    return report


def import_guide(stream, *, replaces=False, is_dry_run=False, by=None):
    """Take in one guide: as a draft of its own, or in the place of the one there is.

    Where readers see that one, what is taken in waits until it is published. What the
    site has already stays as it is; what the guide lacks is made.
    """
    content, archive = _opened(stream)
    manifest = content["manifest.json"]
    if manifest["holds"] != "guide" or len(manifest["guides"]) != 1:
        raise ValidationError(
            _(
                "This file holds a whole site. It is read in on the server, "
                "with the command import_site."
            )
        )
    (slug,) = manifest["guides"]
    data = content[f"guides/{slug}.json"]
    report, keys = Report(), serialize.Keys()
    report.guide, report.title = Guide.objects.filter(slug=slug).first(), data["title"]
    into = report.guide if replaces else None
    data |= changes.STATE
    work = into and changes.working(into)
    data = serialize.known(data, work)
    if into is None:
        _rename(data, _free_slug(slug))
    else:
        before = serialize.to_data(work) | changes.STATE
    plans = _plans(content, keys, is_site=False)
    with _files_written(archive, plans, is_dry_run), _all_or_nothing(is_dry_run):
        for plan in plans:
            plan.write(keys, report)
        state = "made" if into is None else "same" if before == data else "changed"
        if state == "changed" and changes.waits(into):
            into = changes.copy_of(into)
        getattr(report, state)["guides"].append(data["title"])
        (guide,) = _write_guides([(into, data, state)], keys, report, is_strict=False)
        if state != "same":
            changes.saved(guide, by=by)
    if not is_dry_run:
        report.guide = guide
    return report


def _write_guides(guides, keys, report, *, is_strict):
    """Write guides, then what leads from one to another; return them."""
    written = []
    for guide, data, state in guides:
        with serialize.placed(f"guides/{data['slug']}.json"):
            if state != "same":
                guide = serialize.write(data, into=guide, keys=keys)
        keys.bind(Guide, data["slug"], guide.pk)
        written.append(guide)
    for guide, (_before, data, state) in zip(written, guides, strict=True):
        if state != "same":
            with serialize.placed(f"guides/{data['slug']}.json"):
                nowhere = serialize.link(guide, data, keys=keys)
                if nowhere and is_strict:
                    raise ValidationError(nowhere)
                report.nowhere += nowhere
    return written


def _write_old_addresses(old_addresses, keys, report):
    for slug, now in old_addresses.items():
        guide = keys.find(Guide, now)
        if guide is None:
            raise ValidationError(
                _("old-addresses.json: there is no guide at “%(slug)s”.")
                % {"slug": now}
            )
        old = OldSlug.objects.filter(slug=slug).first()
        if Guide.objects.filter(slug=slug).exists() or (old and old.guide_id == guide):
            report.same["old-addresses"].append(slug)
            continue
        OldSlug.objects.update_or_create(slug=slug, defaults={"guide_id": guide})
        (report.changed if old else report.made)["old-addresses"].append(slug)


def _rename(data, slug):
    """Give a guide another address, also where it names itself."""
    for exercise in data["exercises"]:
        for variation in exercise["variations"]:
            if variation["guide"] == data["slug"]:
                variation["guide"] = slug
    data["slug"] = slug


def _free_slug(slug):
    free, number, taken = slug, 1, taken_slugs()
    while free in taken:
        number += 1
        free = f"{slug[:110]}-{number}"
    return free


# Rows that guides share


def _plans(content, keys, *, is_site):
    return [
        Plan(kind, key, values, keys, is_site=is_site)
        for kind in SHARED
        for key, values in sorted(
            content[f"{kind}.json"].items(), key=lambda item: _by_number(item[0])
        )
    ]


class Plan:
    """A row in the file, the row it is here, and what will be done."""

    def __init__(self, kind, key, values, keys, *, is_site):
        self.kind, self.key, self.values = kind, key, values
        self.shared = SHARED[kind]
        self.files = {}  # what the row takes of files that were brought
        self.row = self._row(keys, is_site=is_site)
        here = serialize.row_to_data(self.row, keys) if self.row else {}
        brought = [name for name in self.shared.files if values[name]]
        is_lost = any(self.row and here[name] is None for name in brought)
        if self.row is None:
            self.state = "made"
        elif here == values or not (is_site or is_lost):
            self.state = "same"
        else:
            self.state = "changed"
        self.brings = []
        if self.state != "same":
            self.brings = [name for name in brought if here.get(name) != values[name]]
        if kind == "pictures" and here and here["file"] not in (None, values["file"]):
            raise ValidationError(
                _(
                    "The picture “%(row)s” is on this site with another content. "
                    "Delete it in the admin and read the file in again."
                )
                % {"row": self.row}
            )

    def _row(self, keys, *, is_site):
        """Return the row of this site.

        A notice or a video of one guide is the same only if it says the same: a reader
        must not be told of other signs to stop.
        """
        model, key = self.shared.model, self.key
        if not is_site and model in {SafetyNotice, Video}:
            rows = model.objects.filter(title=serialize.name_of(key)).order_by("pk")
            return next(
                (
                    row
                    for row in rows
                    if serialize.row_to_data(row, keys) == self.values
                ),
                None,
            )
        return model.objects.filter(pk=keys.find(model, key)).first()

    def write(self, keys, report):
        model, row = self.shared.model, self.row
        if self.state != "same":
            row = row or model()
            for name in self.shared.files:
                before = getattr(row, name).name
                now = self.files.get(name, before if self.values[name] else "")
                if before and before != now:
                    transaction.on_commit(partial(_remove, before), robust=True)
                self.files[name] = now
            for name, value in self.files.items():
                setattr(row, name, value)
            if self.shared.key in {"name", "title", "slug"}:
                setattr(row, self.shared.key, serialize.name_of(self.key))
            place = f"{self.kind}.json, “{self.key}”"
            serialize.write_columns(
                row, self.shared.shape, self.values, keys=keys, place=place
            )
        keys.bind(model, self.key, row.pk)
        getattr(report, self.state)[self.kind].append(str(row))


@contextmanager
def _all_or_nothing(is_dry_run):
    with transaction.atomic():
        yield
        if is_dry_run:
            transaction.set_rollback(True)


# Files


@contextmanager
def _files_written(archive, plans, is_dry_run):
    """Check the files that the plans bring, write them; take them away on failure."""
    written = []
    try:
        for plan in plans:
            if plan.brings:
                with serialize.placed(f"{plan.kind}.json, “{plan.key}”"):
                    bring = _bring_picture if plan.kind == "pictures" else _bring_video
                    bring(archive, plan, written, is_dry_run)
        yield
    except BaseException as failure:
        for name in written:
            _remove(name)
        if isinstance(failure, OSError):
            raise ValidationError(
                _("A file could not be written (%(why)s). Nothing was changed.")
                % {"why": failure.strerror or type(failure).__name__}
            ) from None
        raise


def _bring_picture(archive, plan, written, is_dry_run):
    content = archive.read(_path(plan.values["file"]))
    if not pictures.is_kept(content):
        raise ValidationError(
            _(
                "It is no picture as this site keeps them. Upload it in the admin "
                "instead."
            )
        )
    picture = Picture(file=File(BytesIO(content), name="original.jpg"))
    picture.folder = plan.key
    pictures.validate(picture.file)
    folder = f"pictures/{plan.key}"
    plan.files = {"file": f"{folder}/original.jpg"}
    if is_dry_run:
        return
    # Where the database is new and the files are not, they are taken as they are.
    found = pictures.found(folder, content)
    if found is None:
        _remove(folder)  # what no row speaks of
        written.append(folder)
        found = pictures.keep(picture.file)
    widths, (width, height) = found
    plan.files |= {"widths": widths, "width": width, "height": height, "webp_at": None}


def _bring_video(archive, plan, written, is_dry_run):
    """Check a video with its files as an upload, and store them under new names."""
    own = ("provider", "provider_id", "duration", "is_silent", "transcript")
    video = Video(
        title=serialize.name_of(plan.key), **{name: plan.values[name] for name in own}
    )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        for name in plan.shared.files:
            if name in plan.brings:
                path = _path(plan.values[name])
                file = opened.enter_context(archive.copied(path, folder).open("rb"))
                kind = plan.values[name]["kind"]
                setattr(video, name, File(file, name=f"{token_hex(8)}.{kind}"))
            elif plan.row and plan.values[name]:
                setattr(video, name, getattr(plan.row, name).name)
        video.full_clean(exclude=["poster"])
        for name in plan.brings:
            file = getattr(video, name)
            target = file.field.generate_filename(video, file.name)
            if not is_dry_run:
                written.append(target)
                file.save(file.name, file.file, save=False)
            plan.files[name] = target


def _remove(name):
    """Delete a file, or a folder with what is in it, as far as it is there."""
    with suppress(OSError):
        for file in default_storage.listdir(name)[1]:
            default_storage.delete(f"{name}/{file}")
    with suppress(OSError):
        default_storage.delete(name)


# The zip, of which nothing is believed


def _opened(stream):
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
    content, known = {}, shapes()
    for path in archive.entries:
        if path.endswith(".json"):
            with serialize.placed(path):
                content[path] = serialize.fit(
                    archive.json(path), known.get(path) or known[""]
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
        _path(values[name])
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
