"""Which keys the data have, as the part of JSON Schema that ``fit`` knows.

A new column of a guide, or of a row that guides share, is named here.
"""

from django.db import models

from guide import dosage
from guide.models import (
    Audience,
    Author,
    BodyArea,
    Dosage,
    Equipment,
    Exercise,
    Guide,
    Page,
    Picture,
    Promotion,
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


def columns(shape, model):
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
        self.columns = columns(self.shape, model)
        self.files = [
            field.name for field in self.columns if isinstance(field, models.FileField)
        ]


BY_SLUG = {"key": "slug", "pattern": SLUG["pattern"]}
# In the order in which they can be written: each names only what stands above it.
SHARED = {
    "pictures": Shared(
        Picture, "file alt is_decorative", key="file", pattern="^[0-9a-f]{16}$"
    ),
    "authors": Shared(Author, "title credentials registration photo bio", key="name"),
    "topics": Shared(Topic, "title intro position is_series", **BY_SLUG),
    "audiences": Shared(Audience, "name position", **BY_SLUG),
    "equipment": Shared(Equipment, "name substitute is_household", **BY_SLUG),
    "areas": Shared(BodyArea, "name place", **BY_SLUG),
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
    "pages": Shared(Page, "title prose", **BY_SLUG),
    "settings": Shared(
        SiteSettings,
        "name headline tagline author zone contact_email postal_address disclaimer",
        pattern="^site$",
    ),
}
