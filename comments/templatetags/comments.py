import re
from html import escape  # Django's own looks for lazy words, thrice as long
from operator import itemgetter

from django import template
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import Http404
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments import entries, jsonld, shown, thread, usual
from comments.models import Comment, Settings, Status
from config import pagecache

register = template.Library()

COLUMNS = (
    "id",
    "parent_id",
    "created_at",
    "name",
    "title",
    "staff_id",
    "body_html",
    "taken_back_at",
    "pinned_at",
)
# What differs from comment to comment of one kind.
OWN = "id", "parent_id", "name", "title", "to", "date", "body_html"
# What makes comments differ in kind, besides their depth.
what_differs = itemgetter("staff_id", "title", "to", "taken_back_at", "pinned_at")
OVERDUE = 7  # days
MARK = re.compile("\ue000(\\w+)\ue000")


@register.inclusion_tag("comments/thread.html", takes_context=True)
def comment_thread(context, guide, page=None, order=None):
    """Show a page of the questions below a guide, with the way to ask one."""
    if order and order != thread.NEWEST:
        raise Http404
    roots = Comment.objects.roots().filter(guide=guide)
    are = roots.aggregate(all=Count("pk"), pinned=Count("pinned_at"))
    pages = Paginator(range(are["all"] - are["pinned"]), thread.ROOTS_PER_PAGE)
    number = page_number(page, pages.num_pages)
    settings = Settings.load_for(guide)
    if "request" in context:
        for moment in settings.moments(guide):
            pagecache.changes_at(context["request"], moment)
    is_open = settings.takes_questions(guide)
    about = {
        "settings": settings,
        "ask": f"{reverse('comments:new')}?guide={guide.pk}" if is_open else "",
    }
    pinned = roots.pinned() if number == 1 and are["pinned"] else None
    rows = rows_of(roots.filter(pinned_at=None), number, order, pinned)
    rows = thread.in_reading_order(rows, order)
    return about | {
        "guide": guide,
        "last_day": settings.last_day(guide),
        "data": jsonld.thread(rows, guide, thread.query(number, order)),
        "comments": rendered(rows, about),
        "number": number,
        "pages": page_links(pages, number, order),
        "orders": orders(guide, order) if has_many(rows) else [],
    }


def rows_of(roots, number, order, pinned=None):
    """Return the comments of a page, and those of the threads pinned to it; one query.

    Of each kind of thread two halves, each with its own index, where one OR would read
    every comment; and asked for their state, the roots would be looked for among all
    of that state.
    """
    start = (number - 1) * thread.ROOTS_PER_PAGE
    by = ["-created_at", "-pk"] if order == thread.NEWEST else ["created_at", "pk"]
    opening = [roots.order_by(*by)[start:][: thread.ROOTS_PER_PAGE]]
    if pinned is not None:
        opening.append(pinned.order_by())
    halves = []
    for some in opening:
        pks = some.values("pk")
        halves.append(Comment.objects.filter(pk__in=pks))
        halves.append(Comment.objects.approved().filter(root__in=pks))
    first, *others = (half.order_by().values(*COLUMNS) for half in halves)
    return first.union(*others, all=True).order_by()


def has_many(rows):
    """Whether more than one thread is among the rows."""
    return sum(row["parent_id"] is None for row in rows) > 1


def orders(guide, order):
    """Return the words of each order, and the address of its first page or ""."""
    url = guide.get_absolute_url()
    oldest, newest = (
        f"{url}#questions",
        f"{url}{thread.query(1, thread.NEWEST)}#questions",
    )
    is_newest = order == thread.NEWEST
    return [
        (_("Oldest first"), oldest if is_newest else ""),
        (_("Newest first"), "" if is_newest else newest),
    ]


@register.inclusion_tag("comments/answered.html")
def answered(answer, settings):
    """Show a question with its answer, and where they stand."""
    rows = [
        {name: getattr(comment, name) for name in COLUMNS}
        | {"depth": depth, "to": "", "pinned_at": None}
        for depth, comment in enumerate([answer.parent, answer], 1)
    ]
    return {"guide": answer.guide, "comments": rendered(rows, {"settings": settings})}


@register.inclusion_tag("comments/answered_question.html")
def answered_question():
    """Show what was answered last."""
    # A few, because what stands above one of them may be hidden.
    answers, _has_more = shown.answered(0, 3)
    if not answers:
        return {}
    return {"answer": answers[0], "settings": Settings.load()}


@register.inclusion_tag("admin/comments/comment/of_thread.html", takes_context=True)
def of_thread(context, comment):
    """Show at the desk what is done with a thread besides answering."""
    user, root = context["request"].user, comment.root or comment
    return {
        "comment": comment,
        "root": root,
        "may_keep_threads": entries.may_keep_threads(user),
        "may_pin": root.status == Status.APPROVED,
        "may_enter": entries.may_enter(user, comment),
    }


@register.simple_tag
def usual_time(settings):
    """Say when an answer may be looked for."""
    return usual.in_words(settings)


@register.simple_tag
def waiting_comments(*, may_answer=True):
    """Show how many questions wait, and for how long the oldest has."""
    waiting = Comment.objects.pending().aggregate(
        number=Count("pk"),
        # One that was set aside stays urgent.
        urgent=Count("pk", filter=Q(is_urgent=True)),
        oldest=Min("created_at"),
    )
    if not waiting["number"]:
        return ""
    days = (timezone.now() - waiting["oldest"]).days
    oldest = ngettext(
        "The oldest has waited %(days)d day.",
        "The oldest has waited %(days)d days.",
        days,
    )
    text = oldest % {"days": days} if days else _("All within the last day.")
    if waiting["urgent"]:
        urgent = ngettext(
            "%(number)d may be urgent.", "%(number)d may be urgent.", waiting["urgent"]
        )
        text = f"{urgent % {'number': waiting['urgent']}} {text}"
    context = {
        "number": waiting["number"],
        "title": ngettext("Question to read", "Questions to read", waiting["number"]),
        "text": text,
        "url": reverse("admin:comments_comment_changelist"),
        "button": _("Read and answer") if may_answer else _("Read them"),
        "is_overdue": days > OVERDUE or waiting["urgent"],
    }
    return get_template("admin/waiting_row.html").render(context)


def page_number(page, pages):
    """Return the page asked for; one that does not exist is a 404, like any address."""
    number = thread.number(str(page or 1))
    if not 0 < number <= pages:
        raise Http404
    return number


def page_links(pages, number, order):
    """Return each page's number and query; a gap where there are many."""
    if pages.num_pages == 1:
        return []
    numbers = pages.get_elided_page_range(number, on_each_side=2, on_ends=1)
    return [
        (n, thread.query(n, order)) if isinstance(n, int) else (None, "")
        for n in numbers
    ]


def rendered(rows, context):
    """Return the comments as HTML, hundreds of them in a few milliseconds.

    Of each kind the template is rendered once, with marks where the words of a comment
    go; the marks are filled comment by comment. A loop in the template takes six times
    as long.
    """
    zone = timezone.get_current_timezone()
    patterns, dates, pieces = {}, {}, []
    for row in rows:
        kind = (row["depth"], *map(bool, what_differs(row)))
        if kind not in patterns:
            patterns[kind] = pattern(row, context)
        day = row["created_at"].astimezone(zone).date()
        if day not in dates:
            dates[day] = time_element(day)
        row["date"] = dates[day]
        for name in ("name", "title", "to"):
            if row[name]:
                row[name] = escape(row[name])
        pieces.append(patterns[kind] % row)
    return mark_safe("".join(pieces))  # body_html was escaped when it was saved


def pattern(row, context):
    marks = {name: row[name] and f"\ue000{name}\ue000" for name in OWN if name in row}
    marks["date"] = mark_safe("\ue000date\ue000")  # a mark of ours
    place = reverse("comments:place", args=[0]).partition("0")[0]
    html = get_template("comments/comment.html").render(
        context | {"comment": row | marks, "place": place}
    )
    return MARK.sub(r"%(\1)s", html.replace("%", "%%"))


def time_element(day):
    return format_html(
        '<time datetime="{}">{}</time>', f"{day:%Y-%m-%d}", date_format(day, "j F Y")
    )
