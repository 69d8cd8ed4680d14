import re
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpResponseServerError
from django.shortcuts import get_object_or_404, redirect, render
from django.template import loader
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import pagecache
from guide import filters, reading
from guide import search as searching
from guide.forms import FilterForm, SearchForm
from guide.models import BodyArea, Guide, OldSlug, Page, Topic

GUIDES_A_PAGE = 24


@require_safe
@pagecache.shared()
def home(request):
    guides = Guide.objects.published()
    return render(
        request,
        "guide/home.html",
        {
            "newest": guides.in_reading_order().with_facts()[:5],
            "count": guides.count(),
            "areas": BodyArea.objects.in_use(),
            "truths": filters.truths(),
        },
    )


@require_safe
@pagecache.shared(query=(*filters.NAMES, "page"))
def index(request):
    """All guides, narrowed by links; a filter we do not know is no page of ours."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise Http404
    chosen = {name: request.GET.get(name) for name in filters.NAMES}
    guides = form.narrow(Guide.objects.published().in_reading_order().with_facts())
    if audience := form.cleaned_data["audience"]:
        guides = guides.with_verdict_for(audience)
    groups = filters.groups(chosen)
    return render(
        request,
        "guide/index.html",
        {
            "section": "guides",
            "page": _with_reasons(_page(guides, request.GET.get("page", "1")), chosen),
            "groups": groups,
            "chosen": filters.query(chosen),
            "chosen_words": filters.words(groups),
            "topics": Topic.objects.in_use(),
        },
    )


def _with_reasons(page, chosen):
    """Tell each guide why it stands on a list that was narrowed."""
    for guide in page:
        guide.reasons = [
            ": ".join(filter(None, [verdict.get_choice_display(), verdict.note]))
            for verdict in getattr(guide, "verdict_for", [])
        ]
        exercises = guide.exercises.all()
        if chosen["position"] and not any(x.is_seated for x in exercises):
            guide.reasons.append(_("An exercise has a seated version"))
    return page


def _page(guides, number):
    """Return that page of them; beyond the last there is none."""
    try:
        return Paginator(guides, GUIDES_A_PAGE).page(_number(number))
    except InvalidPage:
        raise Http404 from None


@require_safe
@pagecache.shared()
def topic(request, slug):
    topic = get_object_or_404(Topic, slug=slug)
    return render(
        request,
        "guide/topic.html",
        {
            "section": "guides",
            "topic": topic,
            "guides": topic.guides.published().in_reading_order().with_facts(),
            "topics": Topic.objects.in_use().exclude(pk=topic.pk),
        },
    )


@require_safe
@pagecache.shared(query=("page",))
def detail(request, slug):
    """One guide; before its moment only for those who may change it."""
    guide = Guide.objects.for_reading().filter(slug=slug).first()
    if guide is None:
        return redirect(_moved(slug), permanent=True)
    if not guide.is_published and not _may_preview(request):
        raise Http404
    context = reading.page(guide, timezone.now())
    context["page"] = _number(request.GET.get("page", "1"))
    context["section"] = "guides"
    return render(request, "guide/detail.html", context)


def _moved(slug):
    old = OldSlug.objects.select_related("guide").filter(slug=slug).first()
    if old is None or not old.guide.is_published:
        raise Http404
    return old.guide


def _may_preview(request):
    # Without the session cookie nobody is asked who she is: the answer is for all.
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.has_perm(
        "guide.change_guide"
    )


def _number(page):
    """Return the number of a page: one has one spelling, and so one cached page."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", page):
        raise Http404
    return int(page)


@require_safe
@never_cache
def search(request):
    """Look through guides, steps, transcripts and answered questions."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    number = _number(request.GET.get("page", "1"))
    guides = Guide.objects.published()
    found, count = searching.find(text, guides, page=number)
    if number > 1 and not found:
        raise Http404
    rows = guides.with_facts().in_bulk(found)
    pieces = searching.pieces(text, found)
    looked_for = searching.terms(text)
    results = [
        {
            "guide": rows[pk],
            "title": searching.marked(rows[pk].title, looked_for),
            "summary": searching.marked(rows[pk].summary, looked_for),
            "pieces": pieces.get(pk, []),
        }
        for pk in found
        if pk in rows
    ]
    meant = searching.did_you_mean(text) if text and not count else ""
    if meant and not searching.find(meant, guides)[1]:
        meant = ""
    return render(
        request,
        "guide/search.html",
        {
            "section": "search",
            "form": form,
            "text": text,
            "results": results,
            "count": count,
            "number": number,
            "pages": -(-count // searching.A_PAGE),
            "query": urlencode({"q": text}),
            "meant": meant,
            "meant_query": urlencode({"q": meant}),
            "areas": [] if count else BodyArea.objects.in_use(),
        },
    )


@require_safe
@pagecache.shared()
def about(request):
    author = request.site.author
    return render(
        request,
        "guide/about.html",
        {
            "section": "about",
            "author": author,
            "guides": Guide.objects.published()
            .filter(author=author)
            .in_reading_order()
            .with_facts()[:4]
            if author
            else [],
        },
    )


@require_safe
@pagecache.shared()
def page(request, slug):
    """A plain page. Its address comes last of all, so it can hide no other."""
    page = get_object_or_404(Page, slug=slug)
    others = Page.objects.exclude(pk=page.pk).order_by("title")
    return render(request, "guide/page.html", {"page": page, "others": others})


@require_safe
@pagecache.shared()
def robots(request):
    return render(request, "guide/robots.txt", content_type="text/plain; charset=utf-8")


@require_safe
@pagecache.shared()
def sitemap(request):
    return render(
        request,
        "guide/sitemap.xml",
        {
            "guides": Guide.objects.published().in_reading_order(),
            "topics": Topic.objects.in_use(),
            "pages": Page.objects.all(),
        },
        content_type="application/xml; charset=utf-8",
    )


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """Say so with nothing that could break again: no database, no context."""
    return HttpResponseServerError(loader.render_to_string("500.html"))
