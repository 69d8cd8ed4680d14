"""A guide's page put together: five queries beside its own, however long it is."""

from collections import defaultdict
from itertools import groupby

from django.db.models import (
    FETCH_RAISE,
    Count,
    OuterRef,
    Q,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext as _

from guide import dosage, ladder
from guide.models import (
    Audience,
    BodyArea,
    Equipment,
    Exercise,
    Guide,
    SafetyNotice,
    Section,
    Step,
    Variation,
    Verdict,
    seen_by_readers,
)

# What a line that leads to another guide says of it.
_LINE = ("title", "summary", "kind", "slug")
RELATED = 3  # so many at least stand on a page, where there are


def page(guide, now):
    """Return what the template of a guide needs."""
    pieces = _pieces(guide, now)
    levels = list(SafetyNotice.Level)
    notices = sorted(
        pieces["notice"], key=lambda notice: levels.index(notice.level), reverse=True
    )
    return {
        "guide": guide,
        "verdicts": _by_choice(pieces["verdict"]),
        "before": [s for s in pieces["section"] if s.place == Section.Place.BEFORE],
        "after": [s for s in pieces["section"] if s.place == Section.Place.AFTER],
        "cautions": [notice for notice in notices if notice.is_mild],
        "notices": [notice for notice in notices if not notice.is_mild],
        "series": _series(guide, pieces["part"]),
        "related": [
            *pieces["related"],
            *pieces["alike"][: max(0, RELATED - len(pieces["related"]))],
        ],
        "exercises": _exercises(guide, pieces, now),
        "dosage": getattr(guide, "dosage", None),
        "promotion": guide.promotion
        if guide.promotion and guide.promotion.is_shown(now)
        else None,
    }


def _pieces(guide, now):
    """Return the short lists of a guide, each in its order.

    One union fetches these short lists: a page may ask the database twelve times.
    """

    def select(what, rows, order, *columns):
        return rows.order_by().values_list(Value(what), order, "pk", *columns)

    verdicts = select(
        "verdict",
        guide.verdicts,
        "audience__position",
        *("audience__name", "note", "choice", "audience__slug"),
    )
    sections = select(
        "section", guide.sections, "position", "heading", "prose", "kind", "place"
    )
    notices = select(
        "notice",
        guide.guidenotice_set,
        "pk",
        *(f"notice__{name}" for name in ("title", "prose", "level", "emergency")),
    )
    things = select(
        "thing",
        Exercise.equipment.through.objects.filter(exercise__guide=guide),
        "exercise_id",
        *(f"equipment__{name}" for name in ("name", "substitute", "slug")),
        Value(""),
    )
    areas = select(
        "area",
        Exercise.areas.through.objects.filter(exercise__guide=guide),
        "exercise_id",
        *(f"bodyarea__{name}" for name in ("name", "slug")),
        *(Value(""), Value("")),
    )
    related = select(
        "related",
        guide.related_links.filter(seen_by_readers("to__", now)),
        "position",
        *(f"to__{name}" for name in _LINE),
    )
    parts = select(
        "part", Guide.objects.published(now).parts_of(guide.topic), "place", *_LINE
    )
    alike = select("alike", _alike(guide, now), "rank", *_LINE)
    pieces = defaultdict(list)
    rows = verdicts.union(
        sections, notices, things, areas, related, parts, alike, all=True
    )
    for what, order, pk, a, b, c, d in sorted(rows):
        if what == "verdict":
            piece = Verdict(audience=Audience(name=a, slug=d), note=b, choice=c)
        elif what == "section":
            piece = Section(pk=pk, heading=a, prose=b, kind=c, place=d)
        elif what == "notice":
            piece = SafetyNotice(title=a, prose=b, level=c, emergency=d)
        elif what == "thing":
            piece = (order, Equipment(name=a, substitute=b, slug=c))
        elif what == "area":
            piece = (order, BodyArea(name=a, slug=b))
        else:
            piece = Guide(pk=pk, title=a, summary=b, kind=c, slug=d)
        pieces[what].append(piece)
    return pieces


def _series(guide, parts):
    """Return which part of a series a guide is, and its neighbours there, or None."""
    here = next((n for n, part in enumerate(parts) if part.pk == guide.pk), None)
    if here is None or len(parts) < 2:
        return None
    before, after = parts[:here], parts[here + 1 :]
    return {
        "part": here + 1,
        "of": len(parts),
        "before": before[-1] if before else None,
        "after": after[0] if after else None,
    }


def with_parts(topic, guides):
    """Return the guides of a topic; of a series the parts first, each numbered."""
    guides = list(guides)
    if not topic.is_series:
        return guides
    parts = [guide for guide in guides if guide.place is not None]
    parts.sort(key=lambda guide: (guide.place, guide.pk))
    for number, guide in enumerate(parts, 1):
        guide.part, guide.parts = number, len(parts)
    return [*parts, *(guide for guide in guides if guide.place is None)]


def _alike(guide, now):
    """Return those most alike of the others, each with its ``rank``.

    They share body areas or, less telling, audiences whom both suit. An article has no
    areas: it goes with the guides of its topic.
    """
    others = Guide.objects.published(now).exclude(pk=guide.pk)
    others = others.exclude(related_from__guide=guide)
    if guide.place is not None:  # the series itself leads on
        others = others.exclude(pk__in=others.parts_of(guide.topic))
    order = ["-published_at", "-pk"]
    if guide.kind == Guide.Kind.ARTICLE:
        others = others.filter(topic=guide.topic_id or 0)
    else:
        others = _sharing(guide, others)
        order = ["-areas", "-audiences", *order]
    ranked = others.annotate(rank=Window(RowNumber(), order_by=order))
    return ranked.filter(rank__lte=RELATED)


def _sharing(guide, others):
    suitable = Verdict.Choice.suitable()
    areas = BodyArea.objects.filter(exercises__guide=guide)
    audiences = Audience.objects.to_choose_by().filter(
        verdicts__guide=guide, verdicts__choice__in=suitable
    )
    verdicts = Verdict.objects.filter(choice__in=suitable, audience__in=audiences)
    return others.annotate(
        areas=_number_of(Exercise.objects.filter(areas__in=areas), "areas"),
        audiences=_number_of(verdicts, "audience"),
    ).exclude(areas=0, audiences=0)


def _number_of(rows, name):
    """Return how many different ones of that name the rows of a guide have."""
    numbers = rows.filter(guide=OuterRef("pk")).order_by().values("guide")
    numbers = numbers.annotate(number=Count(name, distinct=True)).values("number")
    return Coalesce(Subquery(numbers), 0)


def _by_choice(verdicts):
    """Return (choice, its verdicts), in the order of the choices."""
    choices = list(Verdict.Choice)
    verdicts = sorted(verdicts, key=lambda verdict: choices.index(verdict.choice))
    return [
        (Verdict.Choice(choice), list(group))
        for choice, group in groupby(verdicts, key=lambda verdict: verdict.choice)
    ]


def _exercises(guide, pieces, now):
    """Return the exercises, each with its steps, its ladder and what it sets up as."""
    exercises = list(
        guide.exercises.fetch_mode(FETCH_RAISE).select_related(
            "setup_from__guide", "picture", "dosage"
        )
    )
    if not exercises:
        return []
    variations = _variations(exercises, now)
    here = {exercise.pk: exercise for exercise in exercises}
    for variation in variations:
        variation.exercise = here.get(variation.exercise_id, variation.exercise)
        variation.to = here.get(variation.to_id, variation.to)
    steps = _steps(exercises)
    for exercise in numbered(exercises):
        exercise.setup = steps[exercise.pk, Step.Phase.SETUP]
        exercise.action = steps[exercise.pk, Step.Phase.ACTION]
        for step in exercise.setup + exercise.action:
            step.clip = guide.video and guide.video.clip(step.at, None)
        exercise.things = [thing for pk, thing in pieces["thing"] if pk == exercise.pk]
        exercise.dose = _dose(exercise, guide)
        exercise.in_areas = [area for pk, area in pieces["area"] if pk == exercise.pk]
        exercise.timer = _timer(exercise, guide)
        exercise.rungs = ladder.rungs(exercise, variations)
        exercise.similar = [
            variation.to
            for variation in variations
            if variation.exercise_id == exercise.pk
            and variation.kind == Variation.Kind.SIMILAR
        ]
        exercise.clip = guide.video and guide.video.clip(
            exercise.clip_start, exercise.clip_end
        )
    for exercise in exercises:
        exercise.as_for = _as_for(exercise, here, now)
        exercise.setup_before = _setup_before(exercise, here, steps, now)
        # "As for Exercise 1" and a first line "but stand on the band" are one line.
        exercise.setup_goes_on = bool(
            exercise.as_for
            and exercise.setup
            and exercise.setup[0].text.startswith(_("but "))
        )
    return exercises


def numbered(exercises):
    """Return the exercises of a page with their numbers, no two anchors alike."""
    anchors = set()
    for number, exercise in enumerate(exercises, 1):
        exercise.number = number
        if exercise.anchor in anchors:
            exercise.anchor = f"{exercise.anchor}-{number}"
        anchors.add(exercise.anchor)
    return exercises


def _dose(exercise, guide):
    """Return how many of an exercise: its own dosage, else that of its guide."""
    for owner in (exercise, guide):
        own = getattr(owner, "dosage", None)
        if own and own.says_something:
            return own
    return None


def _timer(exercise, guide):
    """Return the counts of its own dosage, or the guide's where that counts nothing."""
    for owner in (exercise, guide):
        own = getattr(owner, "dosage", None)
        if own and any(map(own.range, ("repetitions", "sets", "hold"))):
            return dosage.timer(own)
    return {}


def _steps(exercises):
    """Return the steps by exercise and phase, also of those that lend their set-up."""
    ids = {exercise.pk for exercise in exercises}
    ids |= {exercise.setup_from_id for exercise in exercises} - {None}
    steps = defaultdict(list)
    for step in (
        Step.objects.filter(exercise__in=ids)
        .select_related("picture")
        .order_by("position", "pk")
        .fetch_mode(FETCH_RAISE)
    ):
        steps[step.exercise_id, step.phase].append(step)
    return steps


def _setup_before(exercise, here, steps, now):
    """Return the set-up steps that "as for Exercise 1" stands for, in order.

    One that lends may have borrowed itself; a circle ends where it closes.
    """
    before, seen = [], {exercise.pk}
    other = _as_for(exercise, here, now)
    while other is not None and other.pk not in seen:
        seen.add(other.pk)
        before = steps[other.pk, Step.Phase.SETUP] + before
        other = _as_for(other, here, now) if other.pk in here else None
    return before


def _variations(exercises, now):
    """Return those of the exercises, and those one step further, that readers see."""
    ids = [exercise.pk for exercise in exercises]
    near = Q(exercise__in=ids) | Q(to__in=ids)
    for side in ("exercise", "to"):
        near |= Q(**{f"{side}__variations__to__in": ids})
        near |= Q(**{f"{side}__variation_of__exercise__in": ids})
    found = Variation.objects.filter(near).distinct()
    # Two exercises and two guides a row: only the columns that a rung needs.
    needed = ["kind"]
    for side in ("exercise", "to"):
        needed += [f"{side}__{name}" for name in ("name", "position", "start_position")]
        needed += [
            f"{side}__guide__{name}" for name in ("slug", "published_at", "retired_at")
        ]
    return [
        variation
        for variation in found.select_related("exercise__guide", "to__guide")
        .only(*needed)
        .fetch_mode(FETCH_RAISE)
        if all(
            other.pk in ids or other.guide.is_shown(now)
            for other in (variation.exercise, variation.to)
        )
    ]


def _as_for(exercise, here, now):
    """Return the exercise whose set-up this one shares, if readers can see it."""
    other = here.get(exercise.setup_from_id, exercise.setup_from)
    if other is None or other.pk in here:
        return other
    return other if other.guide.is_shown(now) else None
