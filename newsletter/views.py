import logging
import math
from functools import partial, wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from config import limits
from config.pagecache import shared
from guide import sharing
from guide.feeds import MOST
from newsletter import compose, feeds, tasks, waves
from newsletter.forms import SignUpForm
from newsletter.models import Issue, Settings, Subscriber

logger = logging.getLogger(__name__)

HOUR = 60 * 60
DAY = 24 * HOUR
PER_PLACE = 20
PER_ADDRESS = 6
PER_ADDRESS_A_DAY = 12  # nobody's mailbox is filled by way of our form
IN_ALL = 600


def of_one_reader(view):
    """Keep a page behind a secret address out of caches and search engines."""

    @wraps(view)
    def private(request, *args, **options):
        response = view(request, *args, **options)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        return response

    return private


def show(request, name, context=None, *, status=200):
    context = {"section": "letter"} | (context or {})
    return render(request, f"newsletter/{name}.html", context, status=status)


def see_other(*where):
    """Lead on from what was posted, so that to load the page again posts nothing."""
    response = redirect(*where)
    response.status_code = 303
    return response


# Joining


@csrf_exempt  # no token: the page is shared, and a sign-up carries no authority
@shared()
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request):
    """Offer the letter; on POST answer alike whatever is known of the address."""
    if request.method != "POST":
        return show(request, "subscribe", {"form": SignUpForm()})
    response = sign_up(request)
    add_never_cache_headers(response)
    return response


def sign_up(request):
    form = SignUpForm(request.POST)
    if is_foreign(request):
        why = _(
            "Your browser says that the address was sent from another site, so we "
            "kept nothing of it. If you want the letter, press the button here."
        )
        return show(request, "subscribe", {"form": form, "why": why}, status=403)
    if typed := request.POST.get("neither"):  # of two spellings: she goes on writing
        form = SignUpForm(initial={"email": typed})
        return show(request, "subscribe", {"form": form})
    if not form.is_valid():
        return show(request, "subscribe", {"form": form})
    if form.meant:
        context = {"form": form, "page": page_of(request)}
        return show(request, "did_you_mean", context)
    if wait := count(request, "sign-up", form.folded):
        return ask_to_wait(request, "subscribe", {"form": form}, wait)
    if form.is_by_a_machine:
        # Whoever answers for the site can count these; a person may be among them.
        logger.info("A sign-up filled in the hidden field and was not kept.")
    else:
        subscriber = Subscriber.objects.sign_up(
            form.cleaned_data["email"],
            consent_version=Settings.load().consent_version,
            consent_page=page_of(request, form.cleaned_data["page"]),
        )
        answer_soon(subscriber)
    return see_other("newsletter:check_mail")


def answer_soon(subscriber):
    """Have the mail made that is owed; should this get lost, the tick finds the row."""
    nudge = partial(tasks.answer_sign_up.enqueue, subscriber.pk)
    transaction.on_commit(nudge, robust=True)


def count(request, name, folded):
    """Count what would send a mail to an address; return the seconds to wait.

    What is too much of one place or one address fills nobody else's count.
    """
    place, of_one = limits.address(request), f"{name}-address"
    if wait := (
        limits.hit(name, place, limit=PER_PLACE, seconds=HOUR)
        or limits.hit(of_one, folded, limit=PER_ADDRESS, seconds=HOUR)
        or limits.hit(f"{of_one}-day", folded, limit=PER_ADDRESS_A_DAY, seconds=DAY)
    ):
        return wait
    if wait := limits.hit(f"{name}-all", "", limit=IN_ALL, seconds=HOUR):
        waves.note_flood()
    return wait


def ask_to_wait(request, name, context, seconds):
    minutes, hours = math.ceil(seconds / 60), round(seconds / HOUR)
    if hours < 2:
        when = ngettext("in about %s minute", "in about %s minutes", minutes) % minutes
    else:
        when = ngettext("in about %s hour", "in about %s hours", hours) % hours
    why = _(
        "That was a lot from one place or for one address, so nothing was sent yet. "
        "Please press the button again %s."
    )
    context = {"section": "letter", "why": why % when} | context
    return limits.too_many(request, seconds, f"newsletter/{name}.html", context)


def is_foreign(request):
    """Whether a browser says that the form stood on another site."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and host_of(origin) not in own_hosts(request)


def host_of(url):
    """Return the host a header names, or "" where it is no address at all."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def own_hosts(request):
    # A proxy may drop the port from the host, so the site's own address counts too.
    return {request.get_host(), urlsplit(settings.SITE_URL).netloc}


def page_of(request, asked_on=""):
    """Return the path of our page on which the form stood, without any secret.

    Where a slip was asked about in between, ``asked_on`` is what that page was told.
    """
    referer = request.headers.get("Referer", "")
    if host_of(referer) not in own_hosts(request):
        return ""
    home = reverse("newsletter:subscribe")
    path = urlsplit(referer).path
    if path == home and asked_on.startswith("/"):
        path = asked_on
    return home if path.startswith(home) else path[:200]


@shared()
@require_safe
def check_mail(request):
    return show(request, "check_mail")


@require_http_methods(["GET", "HEAD", "POST"])
@of_one_reader
def confirm(request, token):
    """Ask on GET, confirm on POST: mail scanners follow links, people press buttons."""
    try:
        subscriber = Subscriber.objects.for_confirmation(token)
        if request.method == "POST":
            subscriber.confirm()
    except Subscriber.DoesNotExist:  # or erased at this very moment
        context = {"form": SignUpForm()}
        return show(request, "link_expired", context, status=410)
    if request.method == "POST":
        if subscriber.is_welcome_owed:
            answer_soon(subscriber)
        if subscriber.suppressed_at:  # by hand: that page says so
            return redirect("newsletter:status", subscriber.token)
        return redirect("newsletter:confirmed")
    context = {"subscriber": subscriber, "write_to": Settings.load().write_to}
    return show(request, "confirm", context)


@shared()
@require_safe
def confirmed(request):
    latest = Issue.objects.sent().first()
    return show(request, "confirmed", {"latest": latest})


# Reading


@shared()
@require_safe
def issues(request):
    sent = Issue.objects.sent().only("subject", "slug", "preheader", "frozen_at")
    return show(request, "issues", {"issues": sent})


@shared()
@require_safe
def feed(request):
    """The newest letters for a feed reader."""
    sent = Issue.objects.sent()[:MOST]
    return feeds.of_issues(sent, request.site)


@shared()
@require_safe
def issue(request, slug):
    letter = get_object_or_404(Issue.objects.sent(), slug=slug)
    context = compose.blocks(letter)
    if lead := context["lead"]:
        context["share"] = sharing.of_guide(lead)
    return show(request, "issue", context)
