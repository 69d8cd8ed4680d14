"""Guides, and the rows they share, as plain data and back.

Data are dict, list, str, int, bool and None; every key is always there, in one order.
``GUIDE`` and ``SHARED`` say which, as JSON Schema. Rows that guides share are named by
a key and stand once beside them; files are named by the hash of what is in them. What
stays on this site names them by ``Rows``, what leaves it by ``Keys``.
"""

import hashlib
import math
import re
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guide import dosage, pictures, prose
from guide.models import (
    Audience,
    Author,
    BodyArea,
    Dosage,
    Equipment,
    Exercise,
    Guide,
    GuideNotice,
    Page,
    Picture,
    Promotion,
    RelatedGuide,
    SafetyNotice,
    Section,
    SiteSettings,
    Step,
    Topic,
    Variation,
    Verdict,
    Video,
)
from guide.models.fields import ProseField

MOST_ITEMS = 1000  # of a list in the data
# What is in no data, and why.
LEFT_OUT = {
    "guide.Author.user": "accounts stay on their site",
    "guide.Guide.copy_of": "what waits to be published is not the guide yet",
    "guide.Guide.created_at": "when its row was written on this site",
    "guide.Guide.indexed_at": "found again by the search of its site",
    "guide.Guide.updated_at": "when its row was written on this site",
    "guide.Guide.waiting_since": "what waits to be published is not the guide yet",
    "guide.Page.updated_at": "when its row was written on this site",
    "guide.PageVersion": "counts what this site has shown",
    "guide.Picture.height": "measured again",
    "guide.Picture.webp_at": "written again",
    "guide.Picture.width": "measured again",
    "guide.Picture.widths": "written again",
    "guide.SearchEntry": "written by the search of its site",
    "guide.SearchWord": "written by the search of its site",
    "guide.Version": "the history stays on its site",
}

# Shapes: the part of JSON Schema that fit() knows


def row(keys):
    return {
        "type": "object",
        "properties": keys,
        "required": [*keys],
        "additionalProperties": False,
    }


def listed(shape):
    return {"type": "array", "items": shape}


def mapped(shape, pattern="^.+$"):
    return {
        "type": "object",
        "propertyNames": {"pattern": pattern},
        "additionalProperties": shape,
    }


def maybe(*shapes):
    return {"anyOf": [*shapes, {"type": "null"}]}


TEXT = {"type": "string"}
SLUG = {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}
PROSE = {"type": "string", "contentMediaType": "text/html"}
YES_NO = {"type": "boolean"}
WHOLE = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
SMALL = {"type": "integer", "minimum": 0, "maximum": 2**15 - 1}
DAY = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
FILE = row(
    {
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "kind": {"type": "string", "pattern": "^(jpg|mp4|webm|vtt)$"},
    }
)
KINDS = [  # the first that fits: small numbers are numbers, moments are dates
    (ProseField, PROSE),
    (models.SlugField, SLUG),
    (models.BooleanField, YES_NO),
    (models.PositiveSmallIntegerField, SMALL),
    (models.PositiveIntegerField, WHOLE),
    (models.DateTimeField, MOMENT),
    (models.DateField, DAY),
    (models.FileField, FILE),
    (models.Field, TEXT),
]


def _row_of(model, names, **others):
    """Return the shape of a row: of these columns, and of what hangs on it."""
    return row(
        {
            name: others[name]
            if name in others
            else _shape_of(model._meta.get_field(name))
            for name in names.split()
        }
    )


def _shape_of(field):
    shape = next(shape for kind, shape in KINDS if isinstance(field, kind))
    is_file = isinstance(field, models.FileField)
    return maybe(shape) if field.null or (is_file and field.blank) else shape


def _columns(shape, model):
    """Return the fields of a model that stand in a shape under their own name.

    Not those that lead to an exercise or another guide: ``link`` writes them.
    """
    fields = {field.name: field for field in model._meta.concrete_fields}
    names = [name for name in shape["properties"] if name in fields]
    return [
        fields[name]
        for name in names
        if fields[name].related_model not in (Exercise, Guide)
    ]


RANGE = maybe(listed(maybe(SMALL)) | {"minItems": 2, "maxItems": 2})
CLIP = maybe(
    {"type": "array", "prefixItems": [WHOLE, maybe(WHOLE)], "items": False}
    | {"minItems": 2, "maxItems": 2}
)
STEP = _row_of(Step, "text footnote picture at")
VERDICT = _row_of(Verdict, "audience choice note")
SECTION = _row_of(Section, "place kind heading prose")
DOSAGE = _row_of(
    Dosage,
    f"{' '.join(dosage.RANGES)} tempo alternate_days each_side effort note",
    **dict.fromkeys(dosage.RANGES, RANGE),
)
ELSEWHERE = row({"guide": SLUG, "exercise": TEXT})
VARIATION = _row_of(Variation, "kind guide exercise", guide=SLUG, exercise=TEXT)
EXERCISE = _row_of(
    Exercise,
    "uid name label lead start_position setup_from breathing caution equipment areas "
    "figure_start figure_finish picture clip setup action dosage variations",
    uid=maybe({"type": "string", "pattern": "^[A-Za-z0-9]{1,12}$"}),
    setup_from=maybe(TEXT, ELSEWHERE),
    equipment=listed(SLUG),
    areas=listed(SLUG),
    clip=CLIP,
    setup=listed(STEP),
    action=listed(STEP),
    dosage=maybe(DOSAGE),
    variations=listed(VARIATION),
)
GUIDE = _row_of(
    Guide,
    "kind title slug question summary suitability level minutes topic place author "
    "intro figure picture video promotion verdicts notices dosage sections exercises "
    "related reviewed_on review_due_on published_at retired_at instead retired_note "
    "comments_open",
    verdicts=listed(VERDICT),
    notices=listed(TEXT),
    dosage=maybe(DOSAGE),
    sections=listed(SECTION),
    exercises=listed(EXERCISE),
    related=listed(SLUG),
    instead=maybe(SLUG),
)


class Shared:
    """A kind of row that guides share, under keys made of one of its columns."""

    def __init__(self, model, names, *, key=None, pattern="^.+$"):
        self.model, self.key, self.pattern = model, key, pattern
        self.shape = _row_of(model, names)
        self.columns = _columns(self.shape, model)
        self.files = [
            field.name for field in self.columns if isinstance(field, models.FileField)
        ]


# In the order in which they can be written: each names only what stands above it.
SHARED = {
    "pictures": Shared(
        Picture, "file alt is_decorative", key="file", pattern="^[0-9a-f]{16}$"
    ),
    "authors": Shared(Author, "title credentials registration photo bio", key="name"),
    "topics": Shared(
        Topic, "title intro position is_series", key="slug", pattern=SLUG["pattern"]
    ),
    "audiences": Shared(Audience, "name position", key="slug", pattern=SLUG["pattern"]),
    "equipment": Shared(
        Equipment, "name substitute is_household", key="slug", pattern=SLUG["pattern"]
    ),
    "areas": Shared(BodyArea, "name place", key="slug", pattern=SLUG["pattern"]),
    "notices": Shared(SafetyNotice, "level prose emergency", key="title"),
    "promotions": Shared(
        Promotion,
        "kind cover bullets link link_text starts_at ends_at",
        key="title",
    ),
    "videos": Shared(
        Video,
        "provider file provider_id duration poster captions is_silent transcript",
        key="title",
    ),
    "pages": Shared(Page, "title prose", key="slug", pattern=SLUG["pattern"]),
    "settings": Shared(
        SiteSettings,
        "name headline tagline author zone contact_email postal_address disclaimer",
        pattern="^site$",
    ),
}
KEYED = {shared.model: shared.key for shared in SHARED.values()} | {Guide: "slug"}

# Keys


def numbered(names):
    """Return a key for each name: from the second of a name on it bears a number."""
    seen = Counter()
    for name in names:
        seen[name] += 1
        is_plain = seen[name] == 1 and name_of(name) == name
        yield name if is_plain else f"{name} #{seen[name]}"


def name_of(key):
    return re.sub(r" #\d+\Z", "", key)


def number_of(key):
    return int(key.rpartition(" #")[2]) if name_of(key) != key else 1


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
        rows = list(_in_order(guide).values_list("pk", "name"))
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
        return {uid: pk for pk, uid in _in_order(guide).values_list("pk", "uid")}

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


def _in_order(guide):
    return Exercise.objects.filter(guide=guide).order_by("position", "pk")


# Rows to data


def to_data(guide, keys=None):
    """Return all that is written of a guide."""
    keys = keys or Keys()
    exercises = list(guide.exercises.order_by("position", "pk"))
    pieces = _pieces(exercises, keys)
    links = guide.related_links.order_by("position", "pk")
    hung = {
        "verdicts": [
            _columns_to_data(verdict, VERDICT, keys)
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
            _columns_to_data(section, SECTION, keys)
            for section in guide.sections.order_by("position", "pk")
        ],
        "exercises": [
            _exercise_to_data(exercise, pieces, keys) for exercise in exercises
        ],
        "instead": keys.of(Guide, guide.instead_id),
        "related": [keys.of(Guide, pk) for pk in links.values_list("to_id", flat=True)],
    }
    return _ordered(GUIDE, _columns_to_data(guide, GUIDE, keys) | hung)


def _pieces(exercises, keys):
    """Return what hangs on exercises, by their ids."""
    of = {"exercise__in": [exercise.pk for exercise in exercises]}
    pieces = defaultdict(list)
    for step in Step.objects.filter(**of).order_by("position", "pk"):
        pieces[step.exercise_id, step.phase].append(_columns_to_data(step, STEP, keys))
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
    return _ordered(EXERCISE, _columns_to_data(exercise, EXERCISE, keys) | hung)


def _dosage_to_data(dose):
    if dose is None:
        return None
    ranges = {}
    for what in dosage.RANGES:
        ends = [getattr(dose, f"{what}_min"), getattr(dose, f"{what}_max")]
        ranges[what] = None if ends == [None, None] else ends
    return _ordered(DOSAGE, _columns_to_data(dose, DOSAGE, None) | ranges)


def row_to_data(row, keys):
    """Return a row that guides share; a file that is lost is None."""
    shared = next(one for one in SHARED.values() if one.model is type(row))
    return _columns_to_data(row, shared.shape, keys)


def _columns_to_data(row, shape, keys):
    return {
        field.name: _value(row, field, keys) for field in _columns(shape, type(row))
    }


def _ordered(shape, values):
    return {name: values[name] for name in shape["properties"]}


def _value(row, field, keys):
    value = field.value_from_object(row)
    if isinstance(field, models.FileField):
        return file_to_data(value, is_picture=isinstance(row, Picture))
    if field.remote_field:
        return keys.of(field.related_model, value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def file_to_data(file, *, is_picture=False):
    """Return what tells a file, or None where there is none, or none we can read."""
    if not file:
        return None
    try:
        with file.storage.open(file.name) as stream:
            if is_picture:
                digest = hashlib.sha256(pictures.bare(stream.read()))
            else:
                digest = hashlib.file_digest(stream, "sha256")
    except (OSError, ValueError):
        return None
    kind = PurePosixPath(file.name).suffix.lower().removeprefix(".")
    return {"sha256": digest.hexdigest(), "kind": kind}


# Data to rows


def from_data(data, *, into=None, keys=None):
    """Write a guide as the data say, in one transaction, and return it.

    It becomes the guide ``into``, else the one at its address, else a new one. The rows
    of exercises, sections and steps that stay keep their ids. What does not fit raises
    ``ValidationError`` with a sentence that names the place; then nothing is written.
    """
    data = fit(data, GUIDE)
    into = into or Guide.objects.filter(slug=data["slug"]).first()
    if keys is None:
        keys, data = Keys(), known(data, into)
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
    for position, section, values in _paired(
        guide.sections.order_by("position", "pk"), data["sections"], "heading", _ROUGHLY
    ):
        section = section or Section(guide=guide)
        section.position = position
        place = f"sections {position}"
        write_columns(section, SECTION, values, keys=keys, place=place)
    _drop_variations(guide, data, keys)
    exercises = {exercise.uid: exercise for exercise in guide.exercises.all()}
    for position, values in enumerate(data["exercises"], 1):
        exercise = exercises.pop(values["uid"], None) or Exercise(guide=guide)
        exercise.guide, exercise.position = guide, position
        _write_exercise(exercise, values, keys, f"exercises {position}")
    for gone in exercises.values():
        gone.delete()
    return guide


def _write_verdicts(guide, verdicts, keys):
    rows = guide.verdicts.order_by("pk")
    wanted = [keys.find(Audience, verdict["audience"]) for verdict in verdicts]
    kept = _kept(rows, wanted, lambda row: row.audience_id)
    for number, (row, values) in enumerate(zip(kept, verdicts, strict=True), 1):
        if row is None or _columns_to_data(row, VERDICT, keys) != values:
            row = row or Verdict(guide=guide)
            place = f"verdicts {number}"
            write_columns(row, VERDICT, values, keys=keys, place=place)


def _write_notices(guide, notices, keys):
    rows = guide.guidenotice_set.order_by("pk")
    wanted = [keys.find(SafetyNotice, key) for key in notices]
    kept = _kept(rows, wanted, lambda row: row.notice_id)
    for number, (row, key) in enumerate(zip(kept, notices, strict=True), 1):
        if row is None:
            with placed(f"notices {number}"):
                notice_id = _found(SafetyNotice, key, keys)
                _save_checked(GuideNotice(guide=guide, notice_id=notice_id))


def _drop_variations(guide, data, keys):
    """Delete those that the data do not name: what comes may lead the other way."""
    named = {values["uid"]: values["variations"] for values in data["exercises"]}
    for row in _variations(guide):
        way = {"kind": row.kind} | keys.of_exercise(row.to)
        if way not in named.get(row.exercise.uid, []):
            row.delete()


def _variations(guide):
    rows = Variation.objects.filter(exercise__guide=guide).order_by("pk")
    return rows.select_related("exercise", "to")


def _kept(rows, wanted, key_of):
    """Return for each of the keys wanted its row, or None; delete the rows left over.

    A form that is open names rows by their ids, so those that stay keep them. The data
    list such rows by id: what does not come after the last one kept is made anew.
    """
    rows, kept, last = list(rows), [], 0
    by_key = {key_of(row): row for row in rows}
    for key in wanted:
        row = by_key.get(key)
        last = row.pk if row and row.pk > last else math.inf
        kept.append(row if last < math.inf else None)
    for row in rows:
        if row not in kept:
            row.delete()
    return kept


def _write_exercise(exercise, values, keys, place):
    exercise.setup_from = None
    values = values | {"uid": values["uid"] or exercise.uid}
    exercise.clip_start, exercise.clip_end = values["clip"] or (None, None)
    write_columns(exercise, EXERCISE, values, keys=keys, place=place)
    for name, model in [("equipment", Equipment), ("areas", BodyArea)]:
        with placed(f"{place}, {name}"):
            things = [_found(model, key, keys) for key in values[name]]
        getattr(exercise, name).clear()
        for thing in things:
            getattr(exercise, name).add(thing)
    for phase in Step.Phase.values:
        before = exercise.steps.filter(phase=phase).order_by("position", "pk")
        for position, step, line in _paired(before, values[phase], "text", _ROUGHLY):
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


def known(data, guide):
    """Return data from elsewhere with the ids of the exercises that a guide has.

    One is known by its id, else by its name. The id of an exercise of another guide is
    left out: both would pass for one.
    """
    own = (guide.copy_of_id or guide.pk or 0) if guide else 0
    rows = _in_order(guide.pk if guide else 0)
    pairs, _left = _pairs(rows, data["exercises"], "name", _SURELY)
    others = Exercise.objects.exclude(Q(guide=own) | Q(guide__copy_of=own))
    uids = [values["uid"] for values in data["exercises"]]
    taken = set(others.filter(uid__in=uids).values_list("uid", flat=True))

    def uid(number, values):
        if number in pairs:
            return pairs[number].uid
        return None if values["uid"] in taken else values["uid"]

    exercises = [
        values | {"uid": uid(number, values)}
        for number, values in enumerate(data["exercises"])
    ]
    return data | {"exercises": exercises}


# What must agree for a row to be taken for the item, the surest first. What leads to an
# exercise from elsewhere must never come to lead to another one.
_SURELY = [{"uid"}, {"name", "place"}, {"name"}]
_ROUGHLY = [{"name", "place"}, {"name"}, {"place"}]


def _paired(rows, items, name, ways):
    """Yield (position, the row it was or None, item); delete the rows that are left."""
    pairs, left = _pairs(rows, items, name, ways)
    for gone in left:
        gone.delete()
    for number, item in enumerate(items):
        yield number + 1, pairs.get(number), item


def _pairs(rows, items, name, ways):
    """Return the rows by the numbers of the items they are taken for, and the rest."""
    rows = list(rows)
    left, pairs = dict(enumerate(rows)), {}
    for way in ways:
        for number, item in enumerate(items):
            fitting = (
                place
                for place, row in left.items()
                if ("place" not in way or place == number)
                and ("name" not in way or getattr(row, name) == item[name])
                and ("uid" not in way or row.uid == item["uid"])
            )
            if number not in pairs and (place := next(fitting, None)) is not None:
                pairs[number] = left.pop(place)
    return pairs, left.values()


def link(guide, data, *, keys):
    """Write what leads to other guides; return a sentence for each that is not here."""
    missing, new = [], []
    here, variations = keys.exercises(guide.pk), list(_variations(guide))
    exercises = Exercise.objects.in_bulk(here.values())
    for number, (pk, values) in enumerate(
        zip(here.values(), data["exercises"], strict=True), 1
    ):
        place = f"exercises {number}"
        exercise, setup_from = exercises[pk], values["setup_from"]
        if setup_from is not None:
            if isinstance(setup_from, str):
                own = keys.of_guide(guide, data)
                setup_from = {"guide": own, "exercise": setup_from}
            at = f"{place}, setup_from"
            if to := _linked(setup_from, guide, data, keys, at, missing):
                with placed(place):
                    exercise.setup_from_id = to
                    _save_checked(exercise)
        ways = {}
        for n, variation in enumerate(values["variations"], 1):
            at = f"{place}, variations {n}"
            if to := _linked(variation, guide, data, keys, at, missing):
                ways[at] = variation["kind"], to
        rows = [row for row in variations if row.exercise_id == pk]
        kept = _kept(rows, ways.values(), lambda row: (row.kind, row.to_id))
        new += [
            (at, Variation(exercise=exercise, kind=kind, to_id=to))
            for (at, (kind, to)), row in zip(ways.items(), kept, strict=True)
            if row is None
        ]
    # Once all that go are gone: what comes may lead the other way.
    for at, row in new:
        with placed(at):
            _save_checked(row)
    instead = data["instead"] and keys.find(Guide, data["instead"])
    if data["instead"] and instead is None:
        missing.append(_no_guide("instead", data["instead"], keys))
    if instead != guide.instead_id:
        guide.instead_id = instead
        with placed("instead"):
            guide.full_clean()
        guide.save()
    _write_related(guide, data["related"], keys, missing)
    return missing


def _write_related(guide, related, keys, missing):
    rows = {row.to_id: row for row in guide.related_links.all()}
    for position, key in enumerate(related, 1):
        at = f"related {position}"
        to = keys.find(Guide, key)
        if to is None:
            missing.append(_no_guide(at, key, keys))
            continue
        row = rows.pop(to, None) or RelatedGuide(guide=guide, to_id=to)
        if row.pk is None or row.position != position:
            row.position = position
            with placed(at):
                _save_checked(row)
    for row in rows.values():
        row.delete()


def _linked(named, guide, data, keys, place, missing):
    """Return the id of an exercise by its guide and its key there, or None."""
    is_here = named["guide"] == keys.of_guide(guide, data)
    other = guide.pk if is_here else keys.find(Guide, named["guide"])
    if other is None:
        missing.append(_no_guide(place, named["guide"], keys))
        return None
    to = keys.exercises(other).get(named["exercise"])
    if to is None:
        missing.append(
            _("%(place)s: “%(guide)s” has no exercise “%(name)s”.")
            % {
                "place": place,
                "guide": keys.name(Guide, named["guide"]),
                "name": keys.name(Exercise, named["exercise"]),
            }
        )
    return to


def _no_guide(place, key, keys):
    return _("%(place)s: there is no guide “%(guide)s”.") % {
        "place": place,
        "guide": keys.name(Guide, key),
    }


def write_columns(row, shape, values, *, keys, place=""):
    """Set the columns of a row from data, check the row and save it.

    Its files are not touched: who brings them has set them.
    """
    with placed(place):
        for field in _columns(shape, type(row)):
            if not isinstance(field, models.FileField):
                value = _parsed(field, values[field.name], keys)
                setattr(row, field.attname, value)
        _save_checked(row)


def _save_checked(row):
    row.full_clean()
    row.save()


def _parsed(field, value, keys):
    if value is None:
        return None
    if field.remote_field:
        try:
            return _found(field.related_model, value, keys)
        except ValidationError as error:
            raise ValidationError({field.name: error}) from None
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    if isinstance(field, models.DateField):
        return date.fromisoformat(value)
    return value


def _found(model, key, keys):
    pk = keys.find(model, key)
    if pk is None:
        raise ValidationError(
            _("There is no %(kind)s “%(key)s”."),
            params={"kind": model._meta.verbose_name, "key": key},
        )
    return pk


@contextmanager
def placed(place):
    """Put the place before each sentence that is raised."""
    try:
        yield
    except ValidationError as error:
        faults = {NON_FIELD_ERRORS: error.messages}
        if hasattr(error, "error_dict"):
            faults = error.message_dict
        raise ValidationError(
            [
                ": ".join(filter(None, [_within(place, name), message]))
                for name, messages in faults.items()
                for message in messages
            ]
        ) from None


def _within(place, name):
    names = [place, "" if name == NON_FIELD_ERRORS else name]
    return ", ".join(filter(None, names))


# Data of unknown origin

TYPES = {
    "null": type(None),
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}
WORDS = {
    "null": gettext_lazy("null"),
    "string": gettext_lazy("a text"),
    "integer": gettext_lazy("a whole number"),
    "boolean": gettext_lazy("true or false"),
    "array": gettext_lazy("a list"),
    "object": gettext_lazy("a group of named values"),
}


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
        named = [field for field in _columns(shape, model) if field.remote_field]
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


def fit(data, shape, place=""):
    """Return data in a shape as ``to_data`` would write them.

    Keys are put in order, prose is cleaned, moments are told in UTC. Where the data do
    not fit it raises ``ValidationError`` with a sentence that names the place.
    """
    shapes = shape.get("anyOf", [shape])
    for one in shapes:
        if type(data) is TYPES[one["type"]]:
            return _FITS.get(one["type"], _fit_other)(data, one, place)
    wanted = _(" or ").join(str(WORDS[one["type"]]) for one in shapes)
    raise _misfit(place, _("here belongs %(what)s.") % {"what": wanted})


def _fit_object(data, shape, place):
    if "properties" not in shape:
        names = {"type": "string"} | shape["propertyNames"]
        return {
            fit(name, names, place): fit(
                value, shape["additionalProperties"], _within(place, f"“{name}”")
            )
            for name, value in data.items()
        }
    shapes = shape["properties"]
    for name in shapes:
        if name not in data:
            raise _misfit(place, _("“%(name)s” is missing.") % {"name": name})
    for name in data:
        if name not in shapes:
            raise _misfit(place, _("“%(name)s” is not known.") % {"name": name[:40]})
    return {
        name: fit(data[name], shapes[name], _within(place, name)) for name in shapes
    }


def _fit_array(data, shape, place):
    least, most = shape.get("minItems", 0), shape.get("maxItems", MOST_ITEMS)
    if not least <= len(data) <= most:
        raise _misfit(
            place,
            _("there are %(count)s entries; %(least)s to %(most)s belong here.")
            % {"count": len(data), "least": least, "most": most},
        )
    shapes = shape.get("prefixItems") or [shape["items"]] * len(data)
    return [
        fit(item, one, f"{place} {number}")
        for number, (item, one) in enumerate(zip(data, shapes, strict=True), 1)
    ]


def _fit_integer(data, shape, place):
    if not shape["minimum"] <= data <= shape["maximum"]:
        raise _misfit(
            place,
            _("the number must lie between %(least)s and %(most)s.")
            % {"least": shape["minimum"], "most": shape["maximum"]},
        )
    return data


def _fit_string(data, shape, place):
    if re.search("[\0\ud800-\udfff]", data):
        raise _misfit(place, _("it holds a character that is none."))
    if "pattern" in shape and not re.fullmatch(shape["pattern"], data):
        raise _misfit(place, _("“%(text)s” cannot stand here.") % {"text": data[:80]})
    if "contentMediaType" in shape:
        return prose.clean(data)
    if "format" not in shape:
        return data
    try:
        if shape["format"] == "date":
            return date.fromisoformat(data).isoformat()
        moment = datetime.fromisoformat(data)
        if moment.tzinfo:
            return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        pass
    raise _misfit(
        place,
        _("“%(text)s” is no date, or has no time zone. Write 2026-10-01 for a day, ")
        % {"text": data[:40]}
        + _("2026-10-01T09:00:00+00:00 for a moment."),
    )


def _fit_other(data, shape, place):
    return data


_FITS = {
    "object": _fit_object,
    "array": _fit_array,
    "integer": _fit_integer,
    "string": _fit_string,
}


def _misfit(place, sentence):
    return ValidationError(f"{place}: {sentence}" if place else sentence)
