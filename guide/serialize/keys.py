"""The keys that stand in the data for rows that guides share, and for exercises."""

import re
from collections import Counter, defaultdict
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from guide.models import (
    BodyArea,
    Equipment,
    Exercise,
    Guide,
    Picture,
    SafetyNotice,
    Step,
    Verdict,
)
from guide.serialize.shapes import EXERCISE, GUIDE, SHARED, STEP, VERDICT, columns

KEYED = {shared.model: shared.key for shared in SHARED.values()} | {Guide: "slug"}


def numbered(names):
    """Return a key for each name: from the second of a name on it bears a number."""
    seen = Counter()
    for name in names:
        seen[name] += 1
        is_plain = seen[name] == 1 and name_of(name) == name
        yield name if is_plain else f"{name} #{seen[name]}"


def name_of(key):
    return re.sub(r" #\d+\Z", "", key)


def by_number(key):
    """Return a key so that those of one name sort by their numbers."""
    name = name_of(key)
    return name, int(key.rpartition(" #")[2]) if name != key else 1


class Keys:
    """The keys of the rows there are, and the rows behind keys."""

    def __init__(self):
        self._rows = defaultdict(dict)  # of each model, rows by keys
        self._keys = defaultdict(dict)  # and keys by rows
        self._exercises = {}
        self.asked = defaultdict(set)  # the keys that were given out

    def of(self, model, pk):
        """Return the key of a row."""
        if pk is None:
            return None
        if pk not in self._keys[model]:
            self._load(model)
        key = self._keys[model][pk]
        self.asked[model].add(key)
        return key

    def find(self, model, key):
        """Return the id of the row behind a key, or None."""
        if not self._rows[model]:
            self._load(model)
        return self._rows[model].get(key)

    def get(self, model, key):
        """Return the id of the row behind a key; raise where there is none."""
        pk = self.find(model, key)
        if pk is None:
            raise ValidationError(
                _("There is no %(kind)s “%(key)s”."),
                params={"kind": model._meta.verbose_name, "key": key},
            )
        return pk

    def bind(self, model, key, pk):
        """Let a key stand for that row from now on."""
        self.find(model, key)
        self._rows[model][key] = pk

    def _load(self, model):
        column = KEYED[model]
        if column is None:
            rows = [(row.pk, "site") for row in model.objects.all()]
        else:
            rows = list(model.objects.order_by("pk").values_list("pk", column))
        keys = [name for _pk, name in rows]
        if model is Picture:
            keys = [PurePosixPath(name).parent.name for name in keys]
        elif column in {"name", "title"}:
            keys = numbered(keys)
        for (pk, _name), key in zip(rows, keys, strict=True):
            self._keys[model][pk] = key
            self._rows[model].setdefault(key, pk)
        if model is Guide:  # a working copy has its address, but is not found there
            copies = Guide.with_copies.exclude(copy_of=None)
            self._keys[Guide].update(copies.values_list("pk", "slug"))

    def of_guide(self, guide, data):
        """Return the key by which its own data name a guide that is written."""
        return data["slug"]

    def of_exercise(self, exercise):
        """Return the guide of an exercise, and its key there."""
        guide = exercise.guide_id
        if guide not in self._exercises:
            self._exercises[guide] = self.exercises(guide)
        here = self._exercises[guide]
        return {
            "guide": self.of(Guide, guide),
            "exercise": next(key for key, pk in here.items() if pk == exercise.pk),
        }

    def exercises(self, guide):
        """Return the ids of the exercises of a guide by their keys there."""
        rows = list(exercises_of(guide).values_list("pk", "name"))
        keys = numbered(name for _pk, name in rows)
        return {key: pk for (pk, _name), key in zip(rows, keys, strict=True)}

    def name(self, model, key):
        """Return the words in which to speak of a key."""
        return key


class Rows(Keys):
    """The ids of the rows as their keys: another row is never taken for one of these.

    A working copy has the key of its guide, and their exercises have the same.
    """

    def __init__(self, names=None):
        super().__init__()
        self._names = names or {}  # of rows that may be gone, by kind and key

    def of_guide(self, guide, data):
        return str(guide.copy_of_id or guide.pk)

    def of_exercise(self, exercise):
        self.asked[Exercise].add(exercise.uid)
        return {
            "guide": self.of(Guide, exercise.guide_id),
            "exercise": exercise.uid,
        }

    def exercises(self, guide):
        return {uid: pk for pk, uid in exercises_of(guide).values_list("pk", "uid")}

    def name(self, model, key):
        known = self._names.get(model._meta.model_name, {})
        return known.get(key) or _called(model, {key}).get(key, key)

    def names(self):
        """Return what the rows that were asked for are called, by kind and key."""
        return {
            model._meta.model_name: _called(model, asked)
            for model, asked in self.asked.items()
        }

    def _load(self, model):
        if model is Guide:
            for pk, own in Guide.with_copies.values_list("pk", "copy_of"):
                self._keys[Guide][pk] = str(own or pk)
                self._rows[Guide].setdefault(str(own or pk), own or pk)
            return
        for pk in model.objects.values_list("pk", flat=True):
            self._keys[model][pk] = str(pk)
            self._rows[model][str(pk)] = pk


def _called(model, keys):
    """Return what rows are called, by those of the keys of ``Rows`` that are there."""
    if model is not Exercise:
        rows = model.objects.filter(pk__in=keys).order_by("pk")
        return {str(row.pk): str(row) for row in rows}
    # What readers know comes last, and so before what waits in a copy.
    rows = Exercise.objects.filter(uid__in=keys)
    rows = rows.order_by(F("guide__copy_of").asc(nulls_last=True), "pk")
    return {row.uid: row.name for row in rows}


def exercises_of(guide):
    return Exercise.objects.filter(guide=guide).order_by("position", "pk")


# Keys in data


def without_lost(data, keys):
    """Return data of a guide without what names a shared row that is no longer there.

    With them comes a sentence for each such name.
    """
    lost = []

    def found(model, key):
        if model in (Exercise, Guide) or keys.find(model, key) is not None:
            return key  # what leads to other guides is for ``link``
        kind, name = model._meta.verbose_name, keys.name(model, key)
        sentence = _("There is no %(kind)s “%(name)s” any more.")
        sentence %= {"kind": kind, "name": name}
        if sentence not in lost:
            lost.append(sentence)
        return None

    return with_keys(data, found), lost


def with_keys(data, found):
    """Return data of a guide with what ``found(model, key)`` returns for each key.

    Where that is None, nothing is named.
    """

    def row(values, shape, model):
        named = [field for field in columns(shape, model) if field.remote_field]
        return values | {
            field.name: one(field.related_model, values[field.name]) for field in named
        }

    def one(model, key):
        return None if key is None else found(model, key)

    def several(model, keys):
        return [new for key in keys if (new := found(model, key)) is not None]

    def link(named):
        if not isinstance(named, dict):
            return one(Exercise, named)
        return named | {
            "guide": found(Guide, named["guide"]),
            "exercise": found(Exercise, named["exercise"]),
        }

    def exercise(values):
        return row(values, EXERCISE, Exercise) | {
            "setup_from": link(values["setup_from"]),
            "equipment": several(Equipment, values["equipment"]),
            "areas": several(BodyArea, values["areas"]),
            "variations": [link(named) for named in values["variations"]],
            **{
                phase: [row(step, STEP, Step) for step in values[phase]]
                for phase in Step.Phase.values
            },
        }

    verdicts = [row(verdict, VERDICT, Verdict) for verdict in data["verdicts"]]
    return row(data, GUIDE, Guide) | {
        "verdicts": [verdict for verdict in verdicts if verdict["audience"]],
        "notices": several(SafetyNotice, data["notices"]),
        "exercises": [exercise(values) for values in data["exercises"]],
        "instead": one(Guide, data["instead"]),
        "related": several(Guide, data["related"]),
    }
