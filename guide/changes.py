"""What is changed of a guide that readers see: it waits, and goes out in one act.

A draft is written where it stands. A guide with a moment of publication, past or ahead,
is written in its working copy; ``publish`` takes over what stands there. Each state
that was saved is remembered as a version, so nothing that is replaced is lost.
"""

from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from guide import checklist, serialize
from guide.models import Exercise, Guide, Variation, Version

# How long what was saved and never published can be had back.
KEPT = timedelta(days=365)

# What is not written but done: it stays as it is, whatever is published or restored.
STATE = {
    "published_at": None,
    "retired_at": None,
    "instead": None,
    "retired_note": "",
}


class ChangedMeanwhileError(ValidationError):
    """Somebody saved the guide after what is to be published was looked at."""


def original(guide):
    """Return the guide that readers know, of a working copy too."""
    return guide.copy_of or guide


def working(guide):
    """Return what the author writes on: the copy where changes wait, else the guide."""
    copy = getattr(guide, "working_copy", None)
    return copy if copy and copy.waiting_since else guide


def waits(guide):
    """Say whether what is changed of a guide waits: readers see it, or changes wait."""
    return bool(guide.published_at) or working(guide) is not guide


def content(guide, keys=None):
    """Return all that is written of a guide, rows named by their ids."""
    return serialize.to_data(guide, keys or serialize.Rows()) | STATE


def counterpart(exercise, guide):
    """Return the same exercise in another state of its guide, or None."""
    return guide.exercises.filter(uid=exercise.uid).first()


# Saving


def saved(guide, *, by):
    """Note that a draft or a working copy was written; return the version."""
    if guide.copy_of_id:
        _note_waiting(guide)
    return _remember(guide, by=by)


def let_wait(guide, data, *, by):
    """Write the content that a published guide is to have into its working copy.

    Where changes wait there already, only what these data change of the guide is
    written. Returns the copy. Raises ``ValidationError`` where the data do not fit.
    """
    with transaction.atomic():
        # Two who begin at once would make two copies.
        guide = Guide.objects.to_write().get(pk=guide.pk)
        copy = copy_of(guide)
        if copy.waiting_since:  # from a form that was opened before that
            data = _merged(content(guide), data, content(copy))
        copy = _write(data | STATE, copy)
        saved(copy, by=by)
    return copy


def copy_of(guide):
    """Return the working copy to write changes of a published guide into.

    A new one is not saved yet. What readers see is remembered first.
    """
    _remember_as_read(guide)
    return getattr(guide, "working_copy", None) or Guide(copy_of=guide)


def _merged(base, mine, theirs):
    """Return their data with what mine change of the base, exercise by exercise."""
    merged = {
        name: theirs[name] if mine[name] == base[name] else mine[name] for name in mine
    }
    if mine["exercises"] != base["exercises"]:
        merged["exercises"] = _merged_exercises(*map(_by_uid, (base, mine, theirs)))
    return merged


def _merged_exercises(base, mine, theirs):
    """Return their exercises as mine changed them; each new one stands as in mine."""
    merged = {key: one for key, one in theirs.items() if key in mine or key not in base}
    order, before = list(merged), None
    for key, one in mine.items():
        if one != base.get(key):
            if key not in merged:
                order.insert(order.index(before) + 1 if before else 0, key)
            merged[key] = one
        before = key if key in merged else before
    return [merged[key] for key in order]


def _by_uid(data):
    return {one["uid"]: one for one in data["exercises"]}


def _note_waiting(copy):
    is_waiting = content(copy) != content(copy.copy_of)
    if is_waiting != bool(copy.waiting_since):
        copy.waiting_since = timezone.now() if is_waiting else None
        copy.save(update_fields=["waiting_since"])


def _remember(guide, *, by):
    """Return the newest version of a guide, made now if it holds something else."""
    own, keys = original(guide), serialize.Rows()
    data = content(guide, keys)
    last = own.versions.newest_first().first()
    if last and last.data == data:
        return last
    return own.versions.create(data=data, names=keys.names(), saved_by=by)


def _remember_as_read(guide):
    """Keep what readers see of a guide, where it was written past the admin."""
    if not guide.published_at:
        return
    keys = serialize.Rows()
    data = content(guide, keys)
    last = guide.versions.published().newest_first().first()
    if last is None or last.data != data:
        guide.versions.create(
            data=data, names=keys.names(), published_at=guide.published_at
        )


# Publishing, and the ways back


def newest(guide):
    """Return the version of what the author writes on, None where none was saved."""
    own = original(guide)
    last = own.versions.newest_first().first()
    return last if last and last.data == content(working(own)) else None


def missing(guide):
    """Return what keeps from being published what was saved of a guide.

    Of one that readers see already, only what its changes take away.
    """
    own = original(guide)
    points = checklist.blocking(working(own))
    if own.published_at:
        had = {point.what for point in checklist.blocking(own)}
        points = [point for point in points if point.what not in had]
    return points


def publish(version, *, at=None):
    """Show readers what a version holds; return the guide.

    One that they do not see yet they see from ``at`` on, else from the moment that is
    set, else from now.

    Raises ``ChangedMeanwhileError`` where it is not what was saved last, and
    ``ValidationError`` where it lacks what readers rely on, or cannot stand beside the
    other guides any more.
    """
    with transaction.atomic():
        guide = Guide.objects.to_write().get(pk=version.guide_id)
        if content(working(guide)) != version.data:
            raise ChangedMeanwhileError(
                _(
                    "Somebody saved this guide meanwhile. Look at it once more, "
                    "then publish it."
                )
            )
        if points := missing(guide):
            what = checklist.in_words(points)
            raise ValidationError(_("Still missing: %(what)s.") % {"what": what})
        _remember_as_read(guide)
        try:
            with transaction.atomic():
                _write(_in_state(version.data, guide), guide)
        except IntegrityError:  # somebody wrote another guide in this very moment
            raise ChangedMeanwhileError(
                _("Another guide was saved in the same moment. Publish it once more.")
            ) from None
        now = timezone.now()
        if not guide.is_published and not guide.retired_at:
            guide.published_at = at or guide.published_at or now
            guide.save()
        shows = max(guide.published_at, now)
        Version.objects.filter(pk=version.pk).update(published_at=shows)
        _nothing_waits(guide)
    return guide


def discard(guide):
    """Drop the changes that wait; they stay among the versions."""
    with transaction.atomic():
        guide = Guide.objects.to_write().get(pk=original(guide).pk)
        if copy := getattr(guide, "working_copy", None):
            # Unseen it would go on holding what it names: an audience is protected.
            with suppress(ValidationError):
                _write(content(guide), copy)
        _nothing_waits(guide)


def restore(version, *, by):
    """Write what a version holds where the author writes on.

    Returns that guide, and a sentence for each thing that is no longer there.
    """
    with transaction.atomic():
        guide = Guide.objects.to_write().get(pk=version.guide_id)
        target = working(guide)
        if guide.published_at and target is guide:
            target = let_wait(guide, content(guide), by=by)
        _remember(target, by=None)
        keys = serialize.Rows(version.names)
        data, missing = serialize.without_lost(version.data, keys)
        target = serialize.write(_in_state(data, target), into=target, keys=keys)
        missing += serialize.link(target, data, keys=keys)
        saved(target, by=by)
    return target, missing


def as_published(guide):
    """Return what the author writes on, to be read as if it were published; unsaved."""
    own = original(guide)
    work = Guide.with_copies.for_reading().get(pk=working(own).pk)
    work.published_at = own.published_at if own.is_published else timezone.now()
    work.retired_at = None
    return work


def led_here(guide):
    """Return what leads from other guides to exercises that changes take away.

    As pairs: the exercise there that leads here, and the exercise that goes.
    """
    own = original(guide)
    here = working(own).exercises.values("uid")
    gone = own.exercises.exclude(uid__in=here)
    if working(own) is own or not gone:
        return []
    return _leading(own, gone)


def leading_to(exercise):
    """Return the same pairs for one exercise, whether it goes or not."""
    own = original(exercise.guide)
    return _leading(own, own.exercises.filter(uid=exercise.uid))


def _leading(own, gone):
    others = Exercise.objects.exclude(guide__in=[own, working(own)])
    # Of a copy where nothing waits, what it held before says nothing.
    others = others.exclude(guide__copy_of__isnull=False, guide__waiting_since=None)
    others = others.select_related("guide__copy_of")
    links = Variation.objects.filter(to__in=gone, exercise__in=others)
    links = links.select_related("exercise__guide__copy_of", "to")
    pairs = [(link.exercise, link.to) for link in links]
    borrowing = others.filter(setup_from__in=gone).select_related("setup_from")
    pairs += [(one, one.setup_from) for one in borrowing]
    # One that stands in a working copy as well is told once.
    told = {(original(one.guide).pk, one.uid, to.uid): (one, to) for one, to in pairs}
    return list(told.values())


def set_ups_lost(guide):
    """Return the exercises whose set-up goes with the exercise it is borrowed from.

    As pairs: the exercise that waits, its own lines as they were, so that “but take the
    band off” begins it; and the name of the one that goes.
    """
    own = original(guide)
    waiting = working(own)
    if waiting is own:
        return []
    before, after = (_by_uid(content(one)) for one in (own, waiting))
    gone = {uid: one["name"] for uid, one in before.items() if uid not in after}
    lost = {}
    for uid, one in after.items():
        was = before.get(uid, one)
        borrowed = str(was["setup_from"])  # its id, where it stands in this guide
        is_as_it_was = not one["setup_from"] and one["setup"] == was["setup"]
        if is_as_it_was and borrowed in gone:
            lost[uid] = gone[borrowed]
    rows = waiting.exercises.filter(uid__in=lost)
    return [(row, lost[row.uid]) for row in rows]


def forget_old():
    """Delete the versions that were saved long ago and never published.

    The newest of a guide stays: it is what its author writes on. Part of the tick.
    """
    newer = Version.objects.filter(guide=OuterRef("guide"), pk__gt=OuterRef("pk"))
    old = Version.objects.filter(
        Exists(newer), published_at=None, saved_at__lt=timezone.now() - KEPT
    )
    return old.delete()[0]


def _write(data, guide):
    return serialize.from_data(data, into=guide, keys=serialize.Rows())


def _in_state(data, guide):
    """Return data with the state of the guide they are for."""
    now = serialize.to_data(guide, serialize.Rows())
    return data | {name: now[name] for name in STATE}


def _nothing_waits(guide):
    Guide.with_copies.filter(copy_of=guide).update(waiting_since=None)
