"""What is changed of a guide that readers see: it waits, and goes out in one act.

A draft is written where it stands. A guide with a moment of publication, past or ahead,
is written in its working copy; ``publish`` takes over what stands there. Each state
that was saved is remembered as a version, so nothing that is replaced is lost.
"""

from contextlib import contextmanager, suppress

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guide import checklist, serialize
from guide.models import Guide, Version

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


def content(guide):
    """Return all that is written of a guide."""
    return serialize.to_data(guide) | STATE


def counterpart(exercise, guide):
    """Return the exercise of another state of its guide that has its name, or None."""
    key = serialize.Keys().of_exercise(exercise)["exercise"]
    pk = serialize.exercises_of(guide.pk).get(key)
    return guide.exercises.filter(pk=pk).first()


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
        copy = serialize.from_data(data | STATE, into=copy)
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
        merged["exercises"] = _merged_exercises(*map(_by_key, (base, mine, theirs)))
    return merged


def _merged_exercises(base, mine, theirs):
    """Return their exercises as mine changed them; each new one stands as in mine."""
    merged = {key: one for key, one in theirs.items() if key in mine or key not in base}
    order, before = list(merged), None
    for key, one in mine.items():
        if one != base.get(key):
            if key not in base and theirs.get(key, one) != one:
                key = (key, "mine")  # two are new under one name: both stay
            if key not in merged:
                order.insert(order.index(before) + 1 if before else 0, key)
            merged[key] = one
        before = key if key in merged else before
    return [merged[key] for key in order]


def _by_key(data):
    exercises = data["exercises"]
    keys = serialize.numbered(one["name"] for one in exercises)
    return dict(zip(keys, exercises, strict=True))


def _note_waiting(copy):
    is_waiting = content(copy) != content(copy.copy_of)
    if is_waiting != bool(copy.waiting_since):
        copy.waiting_since = timezone.now() if is_waiting else None
        copy.save(update_fields=["waiting_since"])


def _remember(guide, *, by):
    """Return the newest version of a guide, made now if it holds something else."""
    own, data = original(guide), content(guide)
    last = own.versions.newest_first().first()
    if last and last.data == data:
        return last
    return Version.objects.create(guide=own, data=data, saved_by=by)


def _remember_as_read(guide):
    """Keep what readers see of a guide, where it was written past the admin."""
    last = guide.versions.published().newest_first().first()
    data = content(guide)
    if guide.published_at and not (last and last.data == data):
        Version.objects.create(guide=guide, data=data, published_at=guide.published_at)


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
        _take_over(version.data, guide)
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
                serialize.from_data(content(guide), into=copy)
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
        data, missing = serialize.without_lost(version.data)
        keys = serialize.Keys()
        target = serialize.write(_in_state(data, target), into=target, keys=keys)
        missing += serialize.link(target, data, keys=keys)
        saved(target, by=by)
    return target, missing


@contextmanager
def shown(version):
    """Let the guide be what a version holds, and published, until the block ends.

    Yields it for reading. All happens in a transaction that is rolled back, so that
    what is seen is what publishing would write, and nothing is written.
    """
    with transaction.atomic():
        guide = Guide.objects.get(pk=version.guide_id)
        _take_over(version.data, guide)
        if not guide.is_published:
            rows = Guide.objects.filter(pk=guide.pk)
            now = timezone.now()
            models.QuerySet.update(rows, published_at=now, retired_at=None)
        yield Guide.objects.for_reading().get(pk=guide.pk)
        transaction.set_rollback(True)


def _take_over(data, guide):
    serialize.from_data(_in_state(data, guide), into=guide)


def _in_state(data, guide):
    """Return data with the state of the guide they are for."""
    now = serialize.to_data(guide)
    return data | {name: now[name] for name in STATE}


def _nothing_waits(guide):
    Guide.with_copies.filter(copy_of=guide).update(waiting_since=None)
