"""What the list of guides can be narrowed by, and what each choice would leave."""

from collections import defaultdict
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q
from django.utils.text import capfirst

from guide.forms import FilterForm
from guide.models import Audience, Guide, Topic, Verdict

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


class UnknownError(ValueError):
    """A filter of something that readers see nowhere."""


def around(form):
    """Return the choices, the topics, and those to whom guides say more than a yes.

    Takes a valid form. The count of an option is what it would leave beside the other
    choices. Raises ``UnknownError`` where the form narrows by what no page speaks of.
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
    chosen = form.cleaned_data[name]
    known = dict(FilterForm.CHOICES.get(name, ()))
    if chosen and chosen not in [value for _place, value, *_rest in rows]:
        if chosen not in known:
            raise UnknownError
        rows = [*rows, (0, chosen, "", 0)]
    return [
        Option(
            value,
            capfirst(str(known.get(value, words))),
            count,
            is_on=value == chosen,
        )
        for _place, value, words, count in rows
        if count or value == chosen
    ]


# What all the counts look at: the guides that readers see, each read once, with whether
# it fits each filter chosen. The ORM would read them again for each count.
GUIDES = "WITH seen AS MATERIALIZED ({guides})"
COUNTS = """
SELECT 'count', 0, '', '', COUNT(CASE WHEN {every} THEN 1 END) FROM seen
UNION ALL
SELECT 'area', 0, a.slug, a.name, COUNT(DISTINCT CASE WHEN {area} THEN seen.id END)
    FROM seen JOIN guide_exercise e ON e.guide_id = seen.id
    JOIN guide_exercise_areas ea ON ea.exercise_id = e.id
    JOIN guide_bodyarea a ON a.id = ea.bodyarea_id GROUP BY a.slug, a.name
UNION ALL
SELECT 'audience', a.position, a.slug, a.name, COUNT(CASE WHEN {audience} THEN 1 END)
    FROM seen JOIN guide_verdict v ON v.guide_id = seen.id
    JOIN ({audiences}) a ON a.id = v.audience_id
    WHERE v.choice IN ({suitable}) GROUP BY a.position, a.slug, a.name
UNION ALL
SELECT 'position', -1, 'seated', '', COUNT(CASE WHEN {position} THEN 1 END)
    FROM seen WHERE is_seated
UNION ALL
SELECT 'position', 0, e.start_position, '',
    COUNT(DISTINCT CASE WHEN {position} THEN seen.id END)
    FROM seen JOIN guide_exercise e ON e.guide_id = seen.id
    WHERE e.start_position NOT IN ('', 'seated', 'ball') GROUP BY e.start_position
UNION ALL
SELECT 'equipment', -1, 'none', '', COUNT(CASE WHEN {equipment} THEN 1 END)
    FROM seen WHERE needs_nothing
UNION ALL
SELECT 'equipment', 0, t.slug, t.name,
    COUNT(DISTINCT CASE WHEN {equipment} AND (NOT t.is_household OR t.slug = %s)
        THEN seen.id END)
    FROM seen JOIN guide_exercise e ON e.guide_id = seen.id
    JOIN guide_exercise_equipment et ON et.exercise_id = e.id
    JOIN guide_equipment t ON t.id = et.equipment_id GROUP BY t.slug, t.name
UNION ALL
SELECT 'level', 0, level, '', COUNT(CASE WHEN {level} THEN 1 END)
    FROM seen WHERE level <> '' GROUP BY level
UNION ALL
SELECT 'topic', t.position, t.slug, t.title, COUNT(*)
    FROM seen JOIN guide_topic t ON t.id = seen.topic_id
    GROUP BY t.position, t.slug, t.title
UNION ALL
SELECT 'limits', position, slug, name, 1 FROM ({limits}) limits
"""
WITHIN = """UNION ALL
SELECT 'minutes', {0}, '{0}', '', COUNT(CASE WHEN {{minutes}} THEN 1 END)
    FROM seen WHERE minutes <= {0}
"""
COUNTS += "".join(
    WITHIN.format(value) for value, _words in FilterForm.CHOICES["minutes"]
)


def _rows(form):
    """Return (name, place, value, words, count) of everything there is to choose."""
    chosen, everything = form.chosen, Guide.objects.all()
    guides, parameters = _sql(
        Guide.objects.published().annotate(
            is_seated=Q(pk__in=everything.seated()),
            needs_nothing=Q(pk__in=everything.without_equipment()),
            **{
                f"fits_{name}": Q(pk__in=form.narrow_by(name, everything))
                for name in chosen
            },
        ),
        *("id", "topic_id", "minutes", "level", "is_seated", "needs_nothing"),
        *(f"fits_{name}" for name in chosen),
    )
    audiences, of_audiences = _sql(
        Audience.objects.to_choose_by(), "id", "position", "slug", "name"
    )
    limits, of_limits = _sql(Audience.objects.with_limits(), "position", "slug", "name")
    suitable = Verdict.Choice.suitable()
    beside = {
        name: " AND ".join(f"fits_{other}" for other in chosen if other != name)
        or "TRUE"
        for name in ("every", *NAMES)
    }
    sql = (GUIDES + COUNTS).format(
        guides=guides,
        audiences=audiences,
        suitable=", ".join(["%s"] * len(suitable)),
        limits=limits,
        **beside,
    )
    equipment = form.cleaned_data["equipment"]
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [*parameters, *of_audiences, *suitable, equipment, *of_limits]
        )
        return cursor.fetchall()


def _sql(rows, *columns):
    return rows.order_by().values(*columns).query.sql_with_params()


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
