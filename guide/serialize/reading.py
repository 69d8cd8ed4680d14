"""A guide, with all that hangs on it, as data."""

from collections import defaultdict

from guide import dosage
from guide.models import (
    BodyArea,
    Dosage,
    Equipment,
    Exercise,
    Guide,
    SafetyNotice,
    Step,
    Variation,
)
from guide.serialize.columns import columns_to_data
from guide.serialize.keys import Keys
from guide.serialize.shapes import DOSAGE, EXERCISE, GUIDE, SECTION, STEP, VERDICT


def to_data(guide, keys=None):
    """Return all that is written of a guide."""
    keys = keys or Keys()
    exercises = list(guide.exercises.order_by("position", "pk"))
    pieces = _pieces(exercises, keys)
    links = guide.related_links.order_by("position", "pk")
    hung = {
        "verdicts": [
            columns_to_data(verdict, VERDICT, keys)
            for verdict in guide.verdicts.order_by("pk")
        ],
        "notices": [
            keys.of(SafetyNotice, pk)
            for pk in guide.guidenotice_set.order_by("pk").values_list(
                "notice_id", flat=True
            )
        ],
        "dosage": _dosage_to_data(Dosage.objects.filter(guide=guide).first()),
        "sections": [
            columns_to_data(section, SECTION, keys)
            for section in guide.sections.order_by("position", "pk")
        ],
        "exercises": [
            _exercise_to_data(exercise, pieces, keys) for exercise in exercises
        ],
        "instead": keys.of(Guide, guide.instead_id),
        "related": [keys.of(Guide, pk) for pk in links.values_list("to_id", flat=True)],
    }
    return _ordered(GUIDE, columns_to_data(guide, GUIDE, keys) | hung)


def _pieces(exercises, keys):
    """Return what hangs on exercises, by their ids."""
    of = {"exercise__in": [exercise.pk for exercise in exercises]}
    pieces = defaultdict(list)
    for step in Step.objects.filter(**of).order_by("position", "pk"):
        pieces[step.exercise_id, step.phase].append(columns_to_data(step, STEP, keys))
    for dose in Dosage.objects.filter(**of):
        pieces[dose.exercise_id, "dosage"] = _dosage_to_data(dose)
    for link in Variation.objects.filter(**of).select_related("to").order_by("pk"):
        pieces[link.exercise_id, "variations"].append(
            {"kind": link.kind} | keys.of_exercise(link.to)
        )
    for name, model in [("equipment", Equipment), ("areas", BodyArea)]:
        field = Exercise._meta.get_field(name)
        links = field.remote_field.through.objects.filter(**of).order_by("pk")
        for pk, thing in links.values_list(
            "exercise_id", f"{field.m2m_reverse_field_name()}_id"
        ):
            pieces[pk, name].append(keys.of(model, thing))
    return pieces


def _exercise_to_data(exercise, pieces, keys):
    start, end = exercise.clip_start, exercise.clip_end
    hung = {
        name: pieces[exercise.pk, name]
        for name in ("equipment", "areas", "setup", "action", "variations")
    }
    hung["clip"] = None if start is None else [start, end]
    hung["dosage"] = pieces.get((exercise.pk, "dosage"))
    hung["setup_from"] = None
    if exercise.setup_from:
        hung["setup_from"] = keys.of_exercise(exercise.setup_from)
        if exercise.setup_from.guide_id == exercise.guide_id:
            hung["setup_from"] = hung["setup_from"]["exercise"]
    return _ordered(EXERCISE, columns_to_data(exercise, EXERCISE, keys) | hung)


def _dosage_to_data(dose):
    if dose is None:
        return None
    ranges = {}
    for what in dosage.RANGES:
        ends = [getattr(dose, f"{what}_min"), getattr(dose, f"{what}_max")]
        ranges[what] = None if ends == [None, None] else ends
    return _ordered(DOSAGE, columns_to_data(dose, DOSAGE, None) | ranges)


def _ordered(shape, values):
    return {name: values[name] for name in shape["properties"]}
