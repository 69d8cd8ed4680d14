"""Data to a guide, with all that hangs on it."""

from django.core.exceptions import ValidationError
from django.db import transaction

from guide import dosage
from guide.models import (
    Audience,
    BodyArea,
    Dosage,
    Equipment,
    Exercise,
    Guide,
    GuideNotice,
    SafetyNotice,
    Section,
    Step,
    Verdict,
)
from guide.serialize import matching
from guide.serialize.checking import fit, placed
from guide.serialize.columns import columns_to_data, save_checked, write_columns
from guide.serialize.keys import Keys
from guide.serialize.linking import drop_variations, link
from guide.serialize.reading import to_data
from guide.serialize.shapes import DOSAGE, EXERCISE, GUIDE, SECTION, STEP, VERDICT


def from_data(data, *, into=None, keys=None):
    """Write a guide as the data say, in one transaction, and return it.

    It becomes the guide ``into``, else the one at its address, else a new one. The rows
    of exercises, sections and steps that stay keep their ids. What does not fit raises
    ``ValidationError`` with a sentence that names the place; then nothing is written.
    """
    data = fit(data, GUIDE)
    into = into or Guide.objects.filter(slug=data["slug"]).first()
    if keys is None:
        keys, data = Keys(), matching.known(data, into)
    if into and into.pk and to_data(into, keys) == data:
        return into
    with transaction.atomic():
        guide = write(data, into=into, keys=keys)
        if missing := link(guide, data, keys=keys):
            raise ValidationError(missing)
    return guide


def write(data, *, into=None, keys):
    """Write a guide without what leads to other guides: that is for ``link``.

    So guides that name each other can be written one after the other.
    """
    guide = into or Guide()
    write_columns(guide, GUIDE, data, keys=keys)
    if not guide.copy_of_id:
        keys.bind(Guide, keys.of_guide(guide, data), guide.pk)
    _write_verdicts(guide, data["verdicts"], keys)
    _write_notices(guide, data["notices"], keys)
    _write_dosage(data["dosage"], place="dosage", guide=guide)
    _write_sections(guide, data["sections"], keys)
    drop_variations(guide, data, keys)
    _write_exercises(guide, data["exercises"], keys)
    return guide


def _write_verdicts(guide, verdicts, keys):
    rows = guide.verdicts.order_by("pk")
    wanted = [keys.find(Audience, verdict["audience"]) for verdict in verdicts]
    kept = matching.kept(rows, wanted, lambda row: row.audience_id)
    for number, (row, values) in enumerate(zip(kept, verdicts, strict=True), 1):
        if row is None or columns_to_data(row, VERDICT, keys) != values:
            row = row or Verdict(guide=guide)
            place = f"verdicts {number}"
            write_columns(row, VERDICT, values, keys=keys, place=place)


def _write_notices(guide, notices, keys):
    rows = guide.guidenotice_set.order_by("pk")
    wanted = [keys.find(SafetyNotice, key) for key in notices]
    kept = matching.kept(rows, wanted, lambda row: row.notice_id)
    for number, (row, key) in enumerate(zip(kept, notices, strict=True), 1):
        if row is None:
            with placed(f"notices {number}"):
                notice_id = keys.get(SafetyNotice, key)
                save_checked(GuideNotice(guide=guide, notice_id=notice_id))


def _write_sections(guide, sections, keys):
    rows = guide.sections.order_by("position", "pk")
    for position, section, values in matching.paired(rows, sections, "heading"):
        section = section or Section(guide=guide)
        section.position = position
        place = f"sections {position}"
        write_columns(section, SECTION, values, keys=keys, place=place)


def _write_exercises(guide, exercises, keys):
    rows = {exercise.uid: exercise for exercise in guide.exercises.all()}
    for position, values in enumerate(exercises, 1):
        exercise = rows.pop(values["uid"], None) or Exercise(guide=guide)
        exercise.guide, exercise.position = guide, position
        _write_exercise(exercise, values, keys, f"exercises {position}")
    for gone in rows.values():
        gone.delete()


def _write_exercise(exercise, values, keys, place):
    exercise.setup_from = None
    values = values | {"uid": values["uid"] or exercise.uid}
    exercise.clip_start, exercise.clip_end = values["clip"] or (None, None)
    write_columns(exercise, EXERCISE, values, keys=keys, place=place)
    for name, model in [("equipment", Equipment), ("areas", BodyArea)]:
        with placed(f"{place}, {name}"):
            things = [keys.get(model, key) for key in values[name]]
        getattr(exercise, name).clear()
        for thing in things:
            getattr(exercise, name).add(thing)
    for phase in Step.Phase.values:
        before = exercise.steps.filter(phase=phase).order_by("position", "pk")
        for position, step, line in matching.paired(before, values[phase], "text"):
            step = step or Step(exercise=exercise, phase=phase)
            step.position = position
            at = f"{place}, {phase} {position}"
            write_columns(step, STEP, line, keys=keys, place=at)
    _write_dosage(values["dosage"], place=f"{place}, dosage", exercise=exercise)


def _write_dosage(values, *, place, **owner):
    dose = Dosage.objects.filter(**owner).first()
    if values is None:
        if dose:
            dose.delete()
        return
    dose = dose or Dosage(**owner)
    for what in dosage.RANGES:
        ends = values[what] or [None, None]
        setattr(dose, f"{what}_min", ends[0])
        setattr(dose, f"{what}_max", ends[1])
    write_columns(dose, DOSAGE, values, keys=None, place=place)
