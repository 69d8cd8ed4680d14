"""A guide's page put together: five queries beside its own, however long it is."""

from collections import defaultdict
from itertools import groupby

from django.db.models import Prefetch, Q, Value
from django.utils.translation import gettext as _

from guide import ladder
from guide.models import (
    Audience,
    Guide,
    SafetyNotice,
    Section,
    Step,
    Variation,
    Verdict,
)


def page(guide, now):
    """Return what the template of a guide needs."""
    pieces = _pieces(guide, now)
    return {
        "guide": guide,
        "verdicts": _by_choice(pieces["verdict"]),
        "before": [s for s in pieces["section"] if s.place == Section.Place.BEFORE],
        "after": [s for s in pieces["section"] if s.place == Section.Place.AFTER],
        "notices": pieces["notice"],
        "related": pieces["related"],
        "exercises": _exercises(guide, now),
        "dosage": getattr(guide, "dosage", None),
        "promotion": guide.promotion
        if guide.promotion and guide.promotion.is_shown(now)
        else None,
    }


def _pieces(guide, now):
    """Return verdicts, sections, notices and related guides, each in its order.

    One union fetches these four short lists: a page may ask the database twelve times.
    """

    def select(what, rows, order, *columns):
        return rows.order_by().values_list(Value(what), order, "pk", *columns)

    verdicts = select(
        "verdict",
        guide.verdicts,
        "audience__position",
        *("audience__name", "note", "choice", Value("")),
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
        guide.related_links.filter(to__published_at__lte=now),
        "position",
        *(f"to__{name}" for name in ("title", "summary", "kind", "slug")),
    )
    pieces = defaultdict(list)
    for what, _order, pk, a, b, c, d in sorted(
        verdicts.union(sections, notices, related, all=True)
    ):
        if what == "verdict":
            piece = Verdict(audience=Audience(name=a), note=b, choice=c)
        elif what == "section":
            piece = Section(pk=pk, heading=a, prose=b, kind=c, place=d)
        elif what == "notice":
            piece = SafetyNotice(title=a, prose=b, level=c, emergency=d)
        else:
            piece = Guide(title=a, summary=b, kind=c, slug=d)
        pieces[what].append(piece)
    return pieces


def _by_choice(verdicts):
    """Return (choice, its verdicts), in the order of the choices."""
    choices = list(Verdict.Choice)
    verdicts = sorted(verdicts, key=lambda verdict: choices.index(verdict.choice))
    return [
        (Verdict.Choice(choice), list(group))
        for choice, group in groupby(verdicts, key=lambda verdict: verdict.choice)
    ]


def _exercises(guide, now):
    """Return the exercises, each with its steps, its ladder and what it sets up as."""
    exercises = list(
        guide.exercises.select_related(
            "setup_from__guide", "picture", "dosage"
        ).prefetch_related(
            "equipment", Prefetch("steps", Step.objects.select_related("picture"))
        )
    )
    if not exercises:
        return []
    others_shown = {
        side: Q(**{f"{side}__guide": guide})
        | Q(**{f"{side}__guide__published_at__lte": now})
        for side in ("exercise", "to")
    }
    variations = list(
        Variation.objects.filter(
            Q(exercise__guide=guide) | Q(to__guide=guide), *others_shown.values()
        ).select_related("exercise__guide", "to__guide")
    )
    anchors = set()
    for number, exercise in enumerate(exercises, 1):
        exercise.number = number
        if exercise.anchor in anchors:
            exercise.anchor = f"{exercise.anchor}-{number}"
        anchors.add(exercise.anchor)
    here = {exercise.pk: exercise for exercise in exercises}
    for variation in variations:
        variation.exercise = here.get(variation.exercise_id, variation.exercise)
        variation.to = here.get(variation.to_id, variation.to)
    for exercise in exercises:
        steps = exercise.steps.all()
        exercise.setup = [step for step in steps if step.phase == Step.Phase.SETUP]
        exercise.action = [step for step in steps if step.phase == Step.Phase.ACTION]
        exercise.as_for = _as_for(exercise, here, now)
        # "As for Exercise 1" and a first line "but stand on the band" are one line.
        exercise.setup_goes_on = bool(
            exercise.as_for
            and exercise.setup
            and exercise.setup[0].text.startswith(_("but "))
        )
        exercise.rungs = ladder.rungs(exercise, variations)
        exercise.similar = [
            variation.to
            for variation in variations
            if variation.exercise_id == exercise.pk
            and variation.kind == Variation.Kind.SIMILAR
        ]
    return exercises


def _as_for(exercise, here, now):
    """Return the exercise whose set-up this one shares, if readers can see it."""
    other = here.get(exercise.setup_from_id, exercise.setup_from)
    if other is None or other.pk in here:
        return other
    shown_at = other.guide.published_at
    return other if shown_at and shown_at <= now else None
