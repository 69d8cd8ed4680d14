import re
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.paginator import InvalidPage, Paginator
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from config import pagecache
from guide import changes, feeds, filters, jsonld, reading, sharing, sitemaps
from guide import search as searching
from guide.forms import FilterForm, SearchForm
from guide.models import Audience, BodyArea, Guide, Page, Topic

GUIDES_A_PAGE = 24
PREVIEW_LASTS = timedelta(days=7)
PREVIEW_SALT = "guide.preview.of_guide"
# The admin shows it in a frame; else it may do what any page may.
PREVIEW_POLICY = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}


@require_safe
@pagecache.shared()
def home(request):
    guides = Guide.objects.published()
    return render(
        request,
        "guide/home.html",
        {
            "newest": guides.in_reading_order().with_facts().with_verdicts()[:5],
            "count": guides.count(),
            "areas": BodyArea.objects.in_use(),
            "truths": filters.truths(),
            "graph": jsonld.home(request.site),
        },
    )


@require_safe
@pagecache.shared(query=(*filters.NAMES, "page"))
def index(request):
    """All guides, narrowed by a form; a filter we do not know is no page of ours."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise Http404
    chosen = {name: request.GET.get(name) for name in filters.NAMES}
    try:
        around = filters.around(form)
    except filters.UnknownError:
        raise Http404 from None
    guides = form.narrow(Guide.objects.published().in_reading_order())
    page = _page(
        guides.with_facts().with_verdicts(),
        request.GET.get("page", "1"),
        count=around.count,
    )
    # What a filter leaves stands in the whole list too: that one is the one to find.
    number = 1 if filters.query(chosen) else page.number
    return render(
        request,
        "guide/index.html",
        {
            "section": "guides",
            "canonical": sharing.canonical(request.path, number),
            "graph": [jsonld.breadcrumbs()],
            "page": _with_reasons(page, form.cleaned_data),
            "choices": around.choices,
            "audiences": around.audiences,
            "chosen": filters.query(chosen),
            "chosen_words": filters.words(around.choices),
            "topics": around.topics,
        },
    )


def _with_reasons(page, chosen):
    """Tell each guide why it stands on a list that was narrowed."""
    for guide in page:
        guide.reasons = [
            ": ".join(filter(None, [verdict.get_choice_display(), verdict.note]))
            for verdict in guide.told
            if verdict.audience.slug == chosen["audience"]
        ]
        # She who ticked the same reads it once.
        guide.told = [
            verdict
            for verdict in guide.told
            if verdict.audience.slug != chosen["audience"]
        ]
        exercises = guide.exercises.all()
        if chosen["position"] == "seated" and not any(x.is_seated for x in exercises):
            guide.reasons.append(_("An exercise has a seated version"))
    return page


def _page(guides, number, *, count):
    """Return that page of them; beyond the last there is none."""
    pages = Paginator(guides, GUIDES_A_PAGE)
    pages.count = count  # known already
    try:
        return pages.page(_number(number))
    except InvalidPage:
        raise Http404 from None


@require_safe
@pagecache.shared()
def topic(request, slug):
    topic = get_object_or_404(Topic, slug=slug)
    guides = topic.guides.published().in_reading_order().with_facts().with_verdicts()
    return render(
        request,
        "guide/topic.html",
        {
            "section": "guides",
            "graph": [jsonld.breadcrumbs(topic)],
            "topic": topic,
            "guides": reading.with_parts(topic, guides),
            "audiences": Audience.objects.with_limits(),
            "topics": Topic.objects.in_use().exclude(pk=topic.pk),
        },
    )


@require_safe
@pagecache.shared(query=("page", "order"))
def detail(request, slug):
    """One guide; before its moment only for those who may change it."""
    guide = _find(request, slug)
    if guide is None:
        return redirect(_moved(slug), permanent=True)
    if guide.retired_at:
        return retired(request, guide)
    context = reading.page(guide, timezone.now())
    context["page"] = _number(request.GET.get("page", "1"))
    context["section"] = "guides"
    context["order"] = request.GET.get("order")
    # What another order shows stands in the first one too: that is the one to find.
    number = 1 if context["order"] else context["page"]
    context["canonical"] = sharing.canonical(request.path, number)
    context["share"] = sharing.of_guide(guide)
    context["graph"] = guide.is_published and jsonld.guide(context, request.site)
    return render(request, "guide/detail.html", context)


@require_safe
@pagecache.shared(query=("type",))
def handout(request, slug):
    """One guide on paper, and in larger type; any other type is no page of ours."""
    if request.GET.get("type", "large") != "large":
        raise Http404
    guide = _find(request, slug)
    if guide is None:
        return redirect("guide:handout", _moved(slug).slug, permanent=True)
    if guide.retired_at:
        return retired(request, guide)
    context = reading.page(guide, timezone.now()) | _on_paper(guide)
    context |= {
        "section": "guides",
        "canonical": sharing.canonical(guide.get_absolute_url()),
        "share": sharing.of_guide(guide),
        "is_large": "type" in request.GET,
    }
    return render(request, "guide/handout.html", context)


def _on_paper(guide):
    """Return what stands on the sheet of a guide and not on its page."""
    address = settings.SITE_URL + reverse("guide:short", args=[guide.pk])
    return {
        "address": address,
        "typed": address.partition("://")[2],
        "weeks": range(1, 5),
        "days": WEEKDAYS_ABBR.values(),
    }


@require_safe
@pagecache.shared()
def short(request, pk):
    """Lead from the address on paper to the guide, whatever its slug is by then."""
    guide = get_object_or_404(Guide.objects.once_published(), pk=pk)
    return retired(request, guide) if guide.retired_at else redirect(guide)


def retired(request, guide):
    """Say that a guide is no longer here, and what to read instead."""
    shown = Guide.objects.published().with_facts()
    instead = shown.filter(pk=guide.instead_id).first()
    others = shown.filter(topic=guide.topic_id or 0).in_reading_order()[:3]
    return render(
        request,
        "guide/retired.html",
        {
            "section": "guides",
            "guide": guide,
            "instead": instead,
            "others": [] if instead else others,
            "form": SearchForm({}),
        },
        status=410,
    )


def preview_address(guide, way="phone"):
    """Return the path under which a guide is seen as readers will see it.

    Whoever knows it sees it, for ``PREVIEW_LASTS`` from now.
    """
    token = signing.dumps(changes.original(guide).pk, salt=PREVIEW_SALT)
    if way == "print":
        return reverse("guide:preview_on_paper", args=[token])
    query = {"as": "dark"} if way == "dark" else None
    return reverse("guide:preview", args=[token], query=query)


@require_safe
@never_cache
@xframe_options_sameorigin
@csp_override(PREVIEW_POLICY)
def preview(request, token, is_on_paper=False):
    """A guide as it was saved last, for whoever was given its address; on paper too."""
    try:
        age = PREVIEW_LASTS.total_seconds()
        pk = signing.loads(token, salt=PREVIEW_SALT, max_age=age)
        own = Guide.objects.get(pk=pk)
    except (signing.BadSignature, Guide.DoesNotExist):
        return render(request, "guide/preview_over.html", status=410)
    guide = changes.as_published(own)
    context = reading.page(guide, timezone.now())
    context |= {
        "section": "guides",
        "is_preview": True,
        "is_seen": own.is_published and not guide.copy_of_id,
        "is_dark": request.GET.get("as") == "dark",
    }
    if is_on_paper:
        context |= _on_paper(guide)
        response = render(request, "guide/handout.html", context)
    else:
        context["page"] = 1
        response = render(request, "guide/detail.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _find(request, slug):
    """Return the guide at an address, None where there is none (any more)."""
    try:
        guide = Guide.objects.for_reading().get(slug=slug)
    except Guide.DoesNotExist:
        return None
    is_ahead = not (guide.is_published or guide.retired_at)
    if is_ahead and not _may_preview(request):
        raise Http404
    return guide


def _moved(slug):
    guide = Guide.objects.once_at(slug)
    if guide is None:
        raise Http404
    return guide


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
    rows = guides.with_facts().with_verdicts().in_bulk(found)
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
    meant = searching.did_you_mean(text, guides) if text and not count else ""
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
    photo = author and author.photo
    return render(
        request,
        "guide/about.html",
        {
            "section": "about",
            "author": author,
            "share": sharing.of_picture(photo) if photo else sharing.of_site(),
            "graph": jsonld.about(request.site),
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
    context = {
        "entries": sitemaps.guides(),
        "topics": Topic.objects.in_use(),
        "pages": Page.objects.all(),
    }
    xml = loader.render_to_string("guide/sitemap.xml", context, request)
    kind = "application/xml; charset=utf-8"
    return HttpResponse(feeds.fit(xml), content_type=kind)


@require_safe
@pagecache.shared()
def feed(request):
    """The newest guides for a feed reader."""
    guides = Guide.objects.published().in_reading_order().with_pictures()
    newest = guides.select_related("author", "topic")[: feeds.MOST]
    return feeds.of_guides(newest, request.site)


def bad_request(request, exception):
    """Say so without a look at what came: Django's own view fails of it once more."""
    return HttpResponseBadRequest(loader.render_to_string("400.html"))


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """Say so with nothing that could break again: no database, no context."""
    return HttpResponseServerError(loader.render_to_string("500.html"))
