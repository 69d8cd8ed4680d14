"""In: what a zip holds, into the site; all of it or nothing."""

from collections import defaultdict
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from guide import changes, serialize
from guide.models import Guide, OldSlug, free_slug, one_act, taken_slugs
from guide.serialize import SHARED
from moving.site.files import files_written
from moving.site.opening import opened
from moving.site.plans import plans_for


class Report:
    """What became of the rows in a file: made, changed or left as they were."""

    def __init__(self):
        self.made, self.changed, self.same = (defaultdict(list) for _ in range(3))
        self.nowhere = []  # sentences on what leads to guides that are not here
        self.title = ""  # of a single guide, and the guide at its address
        self.guide = None

    def note(self, state, kind, name):
        """Note what became of a row: ``state`` is "made", "changed" or "same"."""
        getattr(self, state)[kind].append(name)

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
    content, archive = opened(stream)
    manifest = content["manifest.json"]
    report, keys = Report(), serialize.Keys()
    plans = plans_for(content, keys, is_site=True)
    with (
        files_written(archive, plans, is_dry_run),
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
            state = _state(before, data)
            report.note(state, "guides", data["title"])
            guides.append((guide, data, state))
        is_whole = manifest["holds"] == "site"
        _write_guides(guides, keys, report, is_strict=is_whole)
        _write_old_addresses(content["old-addresses.json"], keys, report)
    return report


def import_guide(stream, *, replaces=False, is_dry_run=False, by=None):
    """Take in one guide: as a draft of its own, or in the place of the one there is.

    Where readers see that one, what is taken in waits until it is published. What the
    site has already stays as it is; what the guide lacks is made. Raises
    ``ValidationError`` with sentences; then nothing was changed.
    """
    content, archive = opened(stream)
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
    before = None
    if into is None:
        _rename(data, free_slug(slug, taken_slugs()))
    else:
        before = serialize.to_data(work) | changes.STATE
    plans = plans_for(content, keys, is_site=False)
    with files_written(archive, plans, is_dry_run), _all_or_nothing(is_dry_run):
        for plan in plans:
            plan.write(keys, report)
        state = _state(before, data)
        if state == "changed" and changes.waits(into):
            into = changes.copy_of(into)
        report.note(state, "guides", data["title"])
        (guide,) = _write_guides([(into, data, state)], keys, report, is_strict=False)
        if state != "same":
            changes.saved(guide, by=by)
    if not is_dry_run:
        report.guide = guide
    return report


def _state(before, data):
    if before is None:
        return "made"
    return "same" if before == data else "changed"


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
            report.note("same", "old-addresses", slug)
            continue
        OldSlug.objects.update_or_create(slug=slug, defaults={"guide_id": guide})
        report.note("changed" if old else "made", "old-addresses", slug)


def _rename(data, slug):
    """Give a guide another address, also where it names itself."""
    for exercise in data["exercises"]:
        for variation in exercise["variations"]:
            if variation["guide"] == data["slug"]:
                variation["guide"] = slug
    data["slug"] = slug


@contextmanager
def _all_or_nothing(is_dry_run):
    with transaction.atomic():
        yield
        if is_dry_run:
            transaction.set_rollback(True)
