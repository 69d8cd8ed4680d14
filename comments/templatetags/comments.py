import re
from html import escape  # Django's own looks for lazy words, thrice as long

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

from comments import jsonld, shown, thread
from comments.models import Comment, Settings, Tray

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
)
# What differs from comment to comment of one kind.
OWN = "id", "parent_id", "name", "title", "to", "date", "body_html"
OVERDUE = 7  # days
MARK = re.compile("\ue000(\\w+)\ue000")


@register.inclusion_tag("comments/thread.html")
def comment_thread(guide, page=None):
    """Show a page of the questions below a guide, with the way to ask one."""
    roots = Comment.objects.roots().filter(guide=guide)
    pages = Paginator(roots, thread.ROOTS_PER_PAGE)
    number = page_number(page, pages.num_pages)
    start = (number - 1) * thread.ROOTS_PER_PAGE
    opening = roots.order_by("created_at", "pk").values("pk")
    opening = opening[start : start + thread.ROOTS_PER_PAGE]
    # Two halves, each with its own index, where one OR would read every comment; and
    # asked for their state, the roots would be looked for among all of that state.
    rows = Comment.objects.filter(pk__in=opening).order_by().values(*COLUMNS)
    below = Comment.objects.approved().filter(root__in=opening).order_by()
    rows = rows.union(below.values(*COLUMNS), all=True).order_by()
    context = {
        "guide": guide,
        "ask": f"{reverse('comments:new')}?guide={guide.pk}",
        "settings": Settings.load(),
    }
    asked = context | {"ask": context["ask"] if guide.comments_open else ""}
    rows = thread.in_reading_order(rows)
    return context | {
        "data": jsonld.thread(rows, guide, thread.query(number)),
        "comments": rendered(rows, asked),
        "number": number,
        "pages": page_links(pages, number),
    }


@register.inclusion_tag("comments/answered.html")
def answered(answer, settings):
    """Show a question with its answer, and where they stand."""
    question = answer.parent
    question.guide, question.roots_before = answer.guide, answer.roots_before
    page = question.get_absolute_url().partition("#")[0]
    rows = [
        {name: getattr(comment, name) for name in COLUMNS} | {"depth": depth, "to": ""}
        for depth, comment in enumerate([question, answer], 1)
    ]
    context = {"settings": settings, "page": page}
    return {"guide": answer.guide, "comments": rendered(rows, context)}


@register.inclusion_tag("comments/answered_question.html")
def answered_question():
    """Show what was answered last."""
    # A few, because what stands above one of them may be hidden.
    answers, _has_more = shown.answered(0, 3)
    if not answers:
        return {}
    answer = answers[0]
    question = answer.parent
    question.guide, question.roots_before = answer.guide, answer.roots_before
    url = question.get_absolute_url()
    return {"answer": answer, "url": url, "settings": Settings.load()}


@register.simple_tag
def waiting_comments():
    """Show how many questions wait, and for how long the oldest has."""
    waiting = Comment.objects.pending().aggregate(
        number=Count("pk"),
        urgent=Count("pk", filter=Q(tray=Tray.URGENT)),
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
        "button": _("Read and answer"),
        "is_overdue": days > OVERDUE or waiting["urgent"],
    }
    return get_template("admin/waiting_row.html").render(context)


def page_number(page, pages):
    """Return the page asked for; one that does not exist is a 404, like any address."""
    number = thread.number(str(page or 1))
    if not 0 < number <= pages:
        raise Http404
    return number


def page_links(pages, number):
    """Return each page's number and query; a gap where there are many."""
    if pages.num_pages == 1:
        return []
    numbers = pages.get_elided_page_range(number, on_each_side=2, on_ends=1)
    return [(n, thread.query(n)) if isinstance(n, int) else (None, "") for n in numbers]


def rendered(rows, context):
    """Return the comments as HTML, hundreds of them in a few milliseconds.

    Of each kind the template is rendered once, with marks where the words of a comment
    go; the marks are filled comment by comment. A loop in the template takes six times
    as long.
    """
    zone = timezone.get_current_timezone()
    patterns, dates, pieces = {}, {}, []
    for row in rows:
        kind = (
            row["depth"],
            *(bool(row[name]) for name in ("staff_id", "title", "to", "taken_back_at")),
        )
        if kind not in patterns:
            patterns[kind] = pattern(row, context)
        day = row["created_at"].astimezone(zone).date()
        if day not in dates:
            dates[day] = time_element(day)
        row["date"] = dates[day]
        for name in ("name", "title", "to"):
            row[name] = escape(row[name])
        pieces.append(patterns[kind] % row)
    return mark_safe("".join(pieces))  # body_html was escaped when it was saved


def pattern(row, context):
    marks = {name: row[name] and f"\ue000{name}\ue000" for name in OWN if name in row}
    marks["date"] = mark_safe("\ue000date\ue000")  # a mark of ours
    html = get_template("comments/comment.html").render(
        context | {"comment": row | marks}
    )
    return MARK.sub(r"%(\1)s", html.replace("%", "%%"))


def time_element(day):
    return format_html(
        '<time datetime="{}">{}</time>', f"{day:%Y-%m-%d}", date_format(day, "j F Y")
    )
