"""What templates ask of the guides, and what the admin's first page shows of them."""

import re

from django import template
from django.template import loader
from django.template.defaultfilters import date
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guide import figures, jsonld, prose
from guide.models import Guide
from guide.models.guides import REVIEWS_AHEAD

register = template.Library()


@register.filter
def says(name):
    """Return what a drawing says; a choice's own way asks for the words of all."""
    return figures.FIGURES.get(name, "")


@register.filter
def raised(html):
    return mark_safe(prose.raised(html))  # cleaned when it was saved


@register.simple_tag
def data(graph):
    """Write for machines what the page says."""
    return jsonld.script(*graph)


@register.inclusion_tag("guide/picture.html")
def picture(picture, sizes="100vw", *, is_first=False, is_named=False):
    """Draw a picture in the width that fits.

    The first of a page is asked for at once, all others as they come near. One that
    stands beside its name needs no words of its own.
    """
    return {
        "picture": picture,
        "sizes": sizes,
        "alt": "" if is_named or picture.is_decorative else picture.alt,
        "is_first": is_first,
    }


@register.simple_tag
def exercise_url(exercise, guide):
    """Return where an exercise is, seen from the page of a guide."""
    anchor = f"#{exercise.anchor}"
    return anchor if exercise.guide_id == guide.pk else exercise.get_absolute_url()


@register.simple_tag(takes_context=True)
def setup_link(context, exercise):
    """Return the link in "As for Exercise 1"."""
    other = exercise.as_for
    words = other.name
    if other.guide_id == exercise.guide_id:
        words = other.label or _("Exercise %(n)s") % {"n": other.number}
    return format_html(
        '<a href="{}">{}</a>', exercise_url(other, context["guide"]), words
    )


@register.inclusion_tag("guide/plate.html")
def plate_of_the_body(areas):
    """Draw the body with a leader to each part that has guides, and their links."""
    places = list(figures.PLACES)
    by_place = {area.place: area for area in areas if area.place in figures.PLACES}
    rows = [
        (n % 5 + 1, by_place[place])
        for n, place in enumerate(places)
        if place in by_place
    ]
    half = [row for row in rows if places.index(row[1].place) < 5]
    return {
        "drawing": _without_leaders(places, by_place),
        "sides": [("left", half), ("right", rows[len(half) :])],
        "others": [area for area in areas if area.place not in figures.PLACES],
    }


def _without_leaders(places, by_place):
    """Return the drawing of the body without the lines that would lead nowhere."""
    numbers = iter(range(len(places)))

    def leader(match):
        n = next(numbers, None)
        return match[0] if n is None or places[n] in by_place else ""

    svg = figures.drawing("figures", "body")
    pair = r'<path class="e"[^>]*/><circle class="r"[^>]*/>'
    return mark_safe(re.sub(pair, leader, svg))  # our own file


@register.simple_tag
def waiting_guides():
    """Draw what waits of the guides: reviews, the overdue first; drafts; what comes."""
    rows = [*_reviews(), _drafts(), _changed(), _scheduled()]
    return mark_safe("".join(rows))  # each row is a template of ours


def _reviews():
    today = timezone.localdate()
    guides = list(Guide.objects.review_due(before=today + REVIEWS_AHEAD))
    overdue = [guide for guide in guides if guide.review_due_on <= today]
    due = guides[len(overdue) :]
    yield _row(
        overdue,
        ngettext("Guide overdue for review", "Guides overdue for review", len(overdue)),
        [_since(guide, guide.review_due_on) for guide in overdue],
        _("Review"),
        "review",
        is_overdue=True,
    )
    yield _row(
        due,
        ngettext("Guide due for review", "Guides due for review", len(due)),
        [_in_days(guide, (guide.review_due_on - today).days) for guide in due],
        _("Review"),
        "review",
    )


def _drafts():
    guides = Guide.objects.drafts().order_by("-updated_at")
    return _row(
        guides,
        ngettext("Draft to finish", "Drafts to finish", len(guides)),
        [_since(guide, timezone.localtime(guide.updated_at)) for guide in guides],
        _("Write on"),
        "draft",
    )


def _changed():
    guides = Guide.objects.with_changes().select_related("working_copy")
    guides = guides.order_by("working_copy__waiting_since")
    moments = [timezone.localtime(one.working_copy.waiting_since) for one in guides]
    return _row(
        guides,
        ngettext(
            "Guide with changes to publish",
            "Guides with changes to publish",
            len(guides),
        ),
        list(map(_since, guides, moments)),
        _("Look at it"),
        "waiting",
    )


def _scheduled():
    guides = Guide.objects.scheduled().order_by("published_at")
    return _row(
        guides,
        ngettext("Guide appears by itself", "Guides appear by themselves", len(guides)),
        [_on(guide, timezone.localtime(guide.published_at)) for guide in guides],
        _("Look at it"),
        "scheduled",
    )


def _since(guide, day):
    return _("“%(title)s” since %(day)s") % {
        "title": guide.title,
        "day": date(day, "j F"),
    }


def _in_days(guide, days):
    return ngettext(
        "“%(title)s” in %(days)s day", "“%(title)s” in %(days)s days", days
    ) % {"title": guide.title, "days": days}


def _on(guide, moment):
    return _("“%(title)s” on %(day)s at %(time)s") % {
        "title": guide.title,
        "day": date(moment, "j F"),
        "time": date(moment, "H:i"),
    }


def _row(guides, title, sentences, button, state, *, is_overdue=False):
    """Draw a row; with one guide its button opens it, with more their list."""
    if not guides:
        return ""
    if len(guides) == 1:
        url = reverse("admin:guide_guide_change", args=[guides[0].pk])
    else:
        url = reverse("admin:guide_guide_changelist", query={"state": state})
    return loader.render_to_string(
        "admin/waiting_row.html",
        {
            "number": len(guides),
            "title": title,
            "text": "; ".join(sentences[:3]) + ("; …" if sentences[3:] else "."),
            "url": url,
            "button": button,
            "is_overdue": is_overdue,
        },
    )


@register.simple_tag(takes_context=True)
def waiting_settings(context):
    """Draw what a site still has to say of itself before its first reader comes."""
    site = context["site"]
    missing = [
        words
        for is_said, words in [
            (site.author_id, _("who writes this site")),
            (site.contact_email, _("where you hear of questions")),
            (
                site.postal_address,
                _("the postal address, without which no letter goes out"),
            ),
        ]
        if not is_said
    ]
    if not missing:
        return ""
    return loader.render_to_string(
        "admin/waiting_row.html",
        {
            "number": len(missing),
            "title": ngettext(
                "Setting to fill in", "Settings to fill in", len(missing)
            ),
            "text": capfirst("; ".join(missing)) + ".",
            "url": reverse("admin:guide_sitesettings_changelist"),
            "button": _("Fill in"),
        },
    )
