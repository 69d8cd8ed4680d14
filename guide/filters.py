"""The links above the list of guides: each adds one filter, or takes it away again."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guide.forms import FilterForm
from guide.models import Audience, BodyArea

NAMES = tuple(FilterForm.base_fields)


class Link(NamedTuple):
    words: str
    query: str
    is_on: bool = False
    count: int | None = None


def groups(chosen):
    """Return (heading, links) of what a reader can choose beside her choices."""
    areas = [(area.slug, area.name, area.count) for area in BodyArea.objects.in_use()]
    return [
        (_("Where it needs help"), _links(chosen, "area", areas)),
        (_("What is true of you"), truths(chosen)),
    ]


def truths(chosen=None):
    """Return the links that say what is true of the reader."""
    audiences = [(a.slug, capfirst(a.name), None) for a in Audience.objects.in_use()]
    sitting, nothing, minutes = (
        [(value, words, None) for value, words in choices]
        for choices in (FilterForm.SITTING, FilterForm.NOTHING, FilterForm.MINUTES)
    )
    return [
        *_links(chosen or {}, "position", sitting),
        *_links(chosen or {}, "audience", audiences),
        *_links(chosen or {}, "equipment", nothing),
        *_links(chosen or {}, "minutes", minutes),
    ]


def _links(chosen, name, options):
    return [
        Link(
            str(words),
            query(chosen | {name: None if chosen.get(name) == value else value}),
            chosen.get(name) == value,
            count,
        )
        for value, words, count in options
    ]


def query(chosen):
    """Return the query of an address, its names always in the same order."""
    pairs = [(name, chosen[name]) for name in (*NAMES, "page") if chosen.get(name)]
    return urlencode(pairs)
