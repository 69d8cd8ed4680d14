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
    """Return what the template of a guide needs.

    A working copy is read as the guide that it becomes, and from then on passes for it.
    """
    exercises = _exercises(guide)
    pieces = _pieces(guide, exercises, now)
    if exercises:
        _fill_in(exercises, guide, pieces, now)
    if guide.copy_of_id:
        guide.pk = guide.copy_of_id
        for exercise in exercises:
            exercise.guide = guide
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
        "related": _filled_up(pieces["related"], pieces["alike"]),
        "exercises": exercises,
        "dosage": getattr(guide, "dosage", None),
        "promotion": guide.promotion
        if guide.promotion and guide.promotion.is_shown(now)
        else None,
    }


def _pieces(guide, exercises, now):
    """Return the short lists of a guide and its exercises, each in its order.

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
    related = select(
        "related",
        guide.related_links.filter(seen_by_readers("to__", now)),
        "position",
        *(f"to__{name}" for name in _LINE),
    )
    others = Guide.objects.published(now).exclude(pk=_own(guide))
    alike = select("alike", _alike(guide, others), "rank", *_LINE)
    lists = [sections, notices, related, alike]
    if guide.place is not None:
        parts = others.parts_of(guide.topic)
        lists.append(select("part", parts, "place", *_LINE))
    if exercises:
        lists += _needs(exercises, select)
    pieces = defaultdict(list)
    for what, *values in sorted(verdicts.union(*lists, all=True)):
        pieces[what].append(_piece(what, *values))
    return pieces


def _piece(what, order, pk, a, b, c, d):
    """Return a row of the union as what it is a row of."""
    match what:
        case "verdict":
            return Verdict(audience=Audience(name=a, slug=d), note=b, choice=c)
        case "section":
            return Section(pk=pk, heading=a, prose=b, kind=c, place=d)
        case "notice":
            return SafetyNotice(title=a, prose=b, level=c, emergency=d)
        case "thing":
            return order, Equipment(name=a, substitute=b, slug=c)
        case "area":
            return order, BodyArea(name=a, slug=b)
    return Guide(pk=pk, title=a, summary=b, kind=c, slug=d, place=order)


def _needs(exercises, select):
    """Return the lists of what the exercises need, and of the areas they are for."""
    equipment = Exercise.equipment.through.objects.filter(exercise__in=exercises)
    areas = Exercise.areas.through.objects.filter(exercise__in=exercises)
    return [
        select(
            "thing",
            equipment,
            "exercise_id",
            *(f"equipment__{name}" for name in ("name", "substitute", "slug")),
            Value(""),
        ),
        select(
            "area",
            areas,
            "exercise_id",
            *(f"bodyarea__{name}" for name in ("name", "slug")),
            *(Value(""), Value("")),
        ),
    ]


def _own(guide):
    """Return the id of the guide that readers know, of its working copy too."""
    return guide.copy_of_id or guide.pk


def _series(guide, others):
    """Return which part of a series a guide is, and its neighbours there, or None."""
    if not others:
        return None
    here = (guide.place, _own(guide))
    before = [other for other in others if (other.place, other.pk) < here]
    after = others[len(before) :]
    return {
        "part": len(before) + 1,
        "of": len(others) + 1,
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


def _filled_up(related, alike):
    """Return the guides that the author chose, filled up with those most alike."""
    chosen = {guide.pk for guide in related}
    others = [guide for guide in alike if guide.pk not in chosen]
    return related + others[: max(0, RELATED - len(related))]


def _alike(guide, others):
    """Return those most alike of the others, each with its ``rank``.

    They share body areas or, less telling, audiences whom both suit. An article has no
    areas: it goes with the guides of its topic. There are enough of them, even if all
    that are related too come first.
    """
    if guide.place is not None:  # the series itself leads on
        others = others.exclude(pk__in=others.parts_of(guide.topic))
    order = ["-published_at", "-pk"]
    if guide.kind == Guide.Kind.ARTICLE:
        others = others.filter(topic=guide.topic_id or 0)
    else:
        others = _sharing(guide, others)
        order = ["-areas", "-audiences", *order]
    ranked = others.annotate(rank=Window(RowNumber(), order_by=order))
    return ranked.filter(rank__lt=2 * RELATED)


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


def _exercises(guide):
    return list(
        guide.exercises.fetch_mode(FETCH_RAISE).select_related(
            "setup_from__guide", "picture", "dosage"
        )
    )


def _fill_in(exercises, guide, pieces, now):
    """Give each exercise its steps, its ladder and what it sets up as."""
    here = {exercise.pk: exercise for exercise in exercises}
    variations = _variations(guide, here | _known_as(guide, exercises), now)
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


def numbered(exercises):
    """Return the exercises of a page with their numbers, no two anchors alike."""
    anchors = set()
    for number, exercise in enumerate(exercises, 1):
        exercise.number = number
        if exercise.anchor in anchors:
            exercise.anchor = f"{exercise.anchor}-{number}"
        anchors.add(exercise.anchor)
    return exercises


def _dosages(exercise, guide):
    """Return the dosages there are: an exercise's own goes before its guide's."""
    own = (getattr(owner, "dosage", None) for owner in (exercise, guide))
    return filter(None, own)


def _dose(exercise, guide):
    """Return how many of an exercise: the first dosage that says anything."""
    dosages = _dosages(exercise, guide)
    return next((own for own in dosages if own.says_something), None)


def _timer(exercise, guide):
    """Return the counts of the first dosage that counts anything."""
    for own in _dosages(exercise, guide):
        if any(map(own.range, ("repetitions", "sets", "hold"))):
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


def _known_as(guide, exercises):
    """Return the exercises of a working copy by the ids that other guides know."""
    if not guide.copy_of_id:
        return {}
    by_uid = {exercise.uid: exercise for exercise in exercises}
    known = Exercise.objects.filter(guide=guide.copy_of_id, uid__in=by_uid)
    return {pk: by_uid[uid] for pk, uid in known.values_list("pk", "uid")}


def _variations(guide, here, now):
    """Return those of the exercises here, and those one step further, that show.

    Those here stand for the rows of the database that they are known as.
    """
    near = Q(exercise__in=here) | Q(to__in=here)
    for side in ("exercise", "to"):
        near |= Q(**{f"{side}__variations__to__in": here})
        near |= Q(**{f"{side}__variation_of__exercise__in": here})
    # Between exercises of a guide that is written anew its working copy has the say.
    old = Q(exercise__guide=guide.copy_of_id or 0)
    found = Variation.objects.filter(near).exclude(old).distinct()
    # Two exercises and two guides a row: only the columns that a rung needs.
    needed = ["kind"]
    for side in ("exercise", "to"):
        needed += [f"{side}__{name}" for name in ("name", "position", "start_position")]
        needed += [
            f"{side}__guide__{name}" for name in ("slug", "published_at", "retired_at")
        ]
    found = found.select_related("exercise__guide", "to__guide").only(*needed)
    variations = []
    for variation in found.fetch_mode(FETCH_RAISE):
        for side in ("exercise", "to"):
            other = getattr(variation, side)
            setattr(variation, side, here.get(other.pk, other))
        ends = (variation.exercise, variation.to)
        if all(_stands(end, guide, now) for end in ends):
            variations.append(variation)
    return variations


def _stands(exercise, guide, now):
    """Say whether an exercise is on the page of a guide, or on one that readers see."""
    if exercise.guide_id == guide.pk:
        return True
    return exercise.guide_id != guide.copy_of_id and exercise.guide.is_shown(now)


def _as_for(exercise, here, now):
    """Return the exercise whose set-up this one shares, if readers can see it."""
    other = here.get(exercise.setup_from_id, exercise.setup_from)
    if other is None or other.pk in here:
        return other
    return other if other.guide.is_shown(now) else None
