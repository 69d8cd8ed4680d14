"""What the list of guides can be narrowed by, and what each choice would leave."""

from collections import defaultdict
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Value
from django.utils.text import capfirst

from guide.forms import FilterForm
from guide.models import Audience, BodyArea, Equipment, Exercise, Guide, Topic, Verdict

NAMES = tuple(FilterForm.base_fields)


class Option(NamedTuple):
    value: str
    words: str
    count: int
    is_on: bool = False


class Choice(NamedTuple):
    """One select of the form, without the first option, which narrows nothing."""

    name: str
    label: str
    options: list

    @property
    def words(self):
        return next((option.words for option in self.options if option.is_on), "")


class Around(NamedTuple):
    """What stands around the list, all of it counted by one query."""

    choices: list
    topics: list
    audiences: list
    count: int


def around(form):
    """Return the choices, the topics, and those to whom guides say more than a yes.

    Takes a valid form. The count of an option is what it would leave beside the other
    choices.
    """
    rows = defaultdict(list)
    for name, place, value, words, count in sorted(_rows(form)):
        rows[name].append((place, value, words, count))
    choices = [
        Choice(name, FilterForm.base_fields[name].label, options)
        for name in NAMES
        if (options := _options(form, name, rows[name]))
    ]
    return Around(
        choices,
        [_topic(slug, title, count) for _place, slug, title, count in rows["topic"]],
        [Audience(slug=slug, name=name) for _place, slug, name, _n in rows["limits"]],
        rows["count"][0][-1],
    )


def _topic(slug, title, count):
    topic = Topic(slug=slug, title=title)
    topic.count = count
    return topic


def _options(form, name, rows):
    """Return what finds something, and what is chosen though it finds nothing."""
    known = dict(FilterForm.CHOICES.get(name, ()))
    chosen = form.cleaned_data.get(name) or ""
    value_chosen = getattr(chosen, "slug", chosen)
    if value_chosen and value_chosen not in [value for _p, value, *_rest in rows]:
        rows = [*rows, (0, value_chosen, str(chosen), 0)]
    return [
        Option(
            value,
            capfirst(str(known.get(value, words))),
            count,
            is_on=value == value_chosen,
        )
        for _place, value, words, count in rows
        if count or value == value_chosen
    ]


def _rows(form):
    """Return (name, place, value, words, count) of everything there is to choose."""
    guides = Guide.objects.published()

    def beside(name):
        return form.narrow(guides, but=name)

    def rows(name, select, value, words=Value(""), *, guides="pk", place=Value(0)):  # noqa: B008
        return (
            select.order_by()
            .values_list(Value(name), place, value, words)
            .annotate(number=Count(guides, distinct=True))
        )

    def marked(name, value, select, place):
        return rows(name, select, Value(value), place=Value(place))

    areas = BodyArea.objects.filter(exercises__guide__in=beside("area"))
    audiences = Audience.objects.to_choose_by().filter(
        verdicts__guide__in=beside("audience"),
        verdicts__choice__in=Verdict.Choice.suitable(),
    )
    exercises = Exercise.objects.filter(guide__in=beside("position")).exclude(
        start_position__in=["", "seated", "ball"]
    )
    equipment = Equipment.objects.filter(
        exercises__guide__in=beside("equipment"), is_household=False
    )
    return rows("area", areas, "slug", "name", guides="exercises__guide").union(
        marked("count", "", form.narrow(guides), 0),
        rows(
            *("audience", audiences, "slug", "name"),
            guides="verdicts__guide",
            place="position",
        ),
        marked("position", "seated", beside("position").seated(), -1),
        rows(
            *("position", exercises, "start_position"),
            guides="guide",
        ),
        marked("equipment", "none", beside("equipment").without_equipment(), -1),
        rows("equipment", equipment, "slug", "name", guides="exercises__guide"),
        *(
            marked("minutes", value, beside("minutes").within(int(value)), int(value))
            for value, _words in FilterForm.CHOICES["minutes"]
        ),
        rows("level", beside("level").exclude(level=""), "level"),
        rows(
            *("topic", Topic.objects.filter(guides__in=guides), "slug", "title"),
            guides="guides",
            place="position",
        ),
        rows(
            *("limits", Audience.objects.with_limits(), "slug", "name"),
            place="position",
        ),
        all=True,
    )


def words(choices):
    """Return what is chosen in words: Prolapse, 5 minutes at most."""
    return ", ".join(choice.words for choice in choices if choice.words)


def truths():
    """Return (query, words) of what the first page offers as true of a reader."""
    form = FilterForm({})
    form.full_clean()
    picked = {"position": {"seated"}, "equipment": {"none"}}
    return [
        (query({choice.name: option.value}), option.words)
        for choice in around(form).choices
        if choice.name in {"position", "audience", "equipment", "minutes"}
        for option in choice.options
        if option.value in picked.get(choice.name, {option.value})
    ]


def query(chosen):
    """Return the query of an address, its names always in the same order."""
    pairs = [(name, chosen[name]) for name in (*NAMES, "page") if chosen.get(name)]
    return urlencode(pairs)
