"""What lies where: the tabs of the desk, and what lies under each."""

from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comments.models import Comment, Status, Tray

PER_PAGE = 20
MOST_PAGES = 500  # further back one searches


class Tab(NamedTuple):
    name: str
    words: str
    hint: str


# What waits, and behind it what was decided; spam is both.
TABS = [
    Tab(Tray.URGENT, _("Urgent"), _("Words of your red flags stand in these.")),
    Tab(
        Tray.ANSWER,
        _("To answer"),
        _("Questions that nobody else can see yet."),
    ),
    Tab(
        Tray.WAITING,
        _("Waiting"),
        _("Replies to what stands on a page; few need an answer."),
    ),
    Tab(
        Status.SPAM,
        _("Spam"),
        _("First what looks like it and waits, then what you called so."),
    ),
    Tab(Tray.ASIDE, _("Set aside"), _("They wait, but not in your way.")),
    Tab(Status.APPROVED, _("Published"), ""),
    Tab(Status.REJECTED, _("Rejected"), ""),
    Tab(Status.REMOVED, _("Taken off"), ""),
]
NAMES = {str(tab.name) for tab in TABS}


def numbered(counts, *, here):
    """Return each tab with how many wait there, and whether one is there."""
    counts = counts | {Status.SPAM: counts.get(Tray.LIKELY, 0)}
    return [(tab, counts.get(tab.name, 0), tab.name == here) for tab in TABS]


def first(counts):
    """Return the tab where the first work lies."""
    for tray in (Tray.URGENT, Tray.ANSWER, Tray.WAITING):
        if counts.get(tray):
            return tray
    return Tray.ANSWER


def hint(name):
    """Return what is said above what lies under a tab."""
    return next(tab.hint for tab in TABS if tab.name == name)


def lying(tab, page, query=""):
    """Return a page of what lies under a tab, and whether more follow."""
    start = (page - 1) * PER_PAGE
    comments = Comment.objects.select_related("guide", "parent", "staff").with_state()
    if query:
        found = comments.filter(Q(name__icontains=query) | Q(body__icontains=query))
        return cut(found.order_by("-pk"), start)
    if tab in Tray.values:
        return cut(comments.in_tray(tab), start)
    decided = comments.filter(status=tab, staff=None).order_by("-created_at", "-pk")
    found, has_more = cut(decided, start)
    if tab == Status.SPAM and page == 1:
        found = [*comments.in_tray(Tray.LIKELY)[:PER_PAGE], *found]
    return found, has_more


def cut(comments, start):
    found = list(comments[start : start + PER_PAGE + 1])
    return found[:PER_PAGE], len(found) > PER_PAGE
