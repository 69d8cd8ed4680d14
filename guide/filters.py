"""The links above the list of guides: each adds one filter, or takes it away again."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guide.forms import FilterForm
from guide.models import Audience, BodyArea, Guide, Verdict

NAMES = tuple(FilterForm.base_fields)
CHOICES = {
    "position": FilterForm.SITTING,
    "equipment": FilterForm.NOTHING,
    "minutes": FilterForm.MINUTES,
}


class Link(NamedTuple):
    words: str
    query: str
    is_on: bool = False
    count: int | None = None


def groups(chosen):
    """Return (heading, links) of what a reader can choose beside her choices."""
    fitting = Q(exercises__guide__in=_beside(chosen, "area").values("pk"))
    in_use = BodyArea.objects.in_use().order_by().values("pk")
    areas = (
        BodyArea.objects.filter(pk__in=in_use)
        .annotate(count=Count("exercises__guide", fitting, distinct=True))
        .order_by("name")
    )
    areas = [(area.slug, area.name, area.count) for area in areas]
    return [
        (_("Where it needs help"), _links(chosen, "area", areas)),
        (_("What is true of you"), truths(chosen)),
    ]


def truths(chosen=None):
    """Return the links that say what is true of the reader."""
    chosen = chosen or {}
    suiting = Q(
        verdicts__guide__in=_beside(chosen, "audience").values("pk"),
        verdicts__choice__in=Verdict.Choice.suitable(),
    )
    audiences = [
        (audience.slug, capfirst(audience.name), audience.count)
        for audience in Audience.objects.in_use().annotate(
            count=Count("verdicts", suiting)
        )
    ]
    others = _others(chosen)
    return [
        *_links(chosen, "position", others["position"]),
        *_links(chosen, "audience", audiences),
        *_links(chosen, "equipment", others["equipment"]),
        *_links(chosen, "minutes", others["minutes"]),
    ]


def _others(chosen):
    """Return the choices that no table holds, all counted by one query."""
    counts = Guide.objects.published().aggregate(
        **{
            f"{name}_{value}": Count(
                "pk", Q(pk__in=_beside(chosen, name, value).values("pk"))
            )
            for name, choices in CHOICES.items()
            for value, _words in choices
        }
    )
    return {
        name: [(value, words, counts[f"{name}_{value}"]) for value, words in choices]
        for name, choices in CHOICES.items()
    }


def _beside(chosen, name, value=None):
    """Return the guides that fit what is chosen, with another value for one name."""
    form = FilterForm(chosen | {name: value})
    form.full_clean()
    return form.narrow(Guide.objects.published())


def words(groups):
    """Return what is chosen in words: Prolapse, 5 minutes at most."""
    return ", ".join(
        link.words for _heading, links in groups for link in links if link.is_on
    )


def _links(chosen, name, options):
    """Return a link for each that finds something, or is chosen."""
    return [
        Link(
            str(words),
            query(chosen | {name: None if chosen.get(name) == value else value}),
            chosen.get(name) == value,
            count,
        )
        for value, words, count in options
        if count or chosen.get(name) == value
    ]


def query(chosen):
    """Return the query of an address, its names always in the same order."""
    pairs = [(name, chosen[name]) for name in (*NAMES, "page") if chosen.get(name)]
    return urlencode(pairs)
