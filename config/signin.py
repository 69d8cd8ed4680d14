from django.contrib import admin, auth
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config import limits

QUARTER = 15 * 60
FAILURES_PER_ADDRESS = 10
FAILURES_PER_NAME = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def login(request):
    """The admin's own sign-in, with a bound on failures per address and per name."""
    if request.method != "POST":
        return admin.site.login(request)
    tries = Tries(request, request.POST.get("username", ""))
    if tries.wait:
        return limits.too_many(request, tries.wait)
    response = admin.site.login(request)
    if response.status_code == 302:
        tries.take_back()
    return response


class Tries:
    """One try to sign in, counted against the bounds.

    It is counted before the password is looked at, so that many at once cannot slip
    past the bound; one that succeeds is taken back.
    """

    def __init__(self, request, name):
        name = get_user_model().normalize_username(name)
        self.counts = [
            ("sign-in-address", limits.address(request), FAILURES_PER_ADDRESS),
            ("sign-in-name", name.strip().casefold(), FAILURES_PER_NAME),
        ]
        self.wait = max(
            limits.hit(what, key, limit=limit, seconds=QUARTER)
            for what, key, limit in self.counts
        )

    def take_back(self):
        for what, key, _limit in self.counts:
            limits.take_back(what, key)


# A form of the admin that is sent after one was signed out

PREFIX = "signin"  # of its fields, for a form of the admin may ask for a name too


class KeepTypedMiddleware:
    """Asks who sends a form of the admin without a session to sign in along with it.

    Django leads to the sign-in instead, and all that was typed is gone. Here it comes
    back within the form for name and password, and once they are right the same request
    goes on to its view. It stands behind the check of the token, which therefore holds
    for this form as for any.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not is_form_of_admin(request) or admin.site.has_permission(request):
            return None
        name = request.POST.get(f"{PREFIX}-username")
        if name is None:
            return keep(request, sign_in_form(request))
        tries = Tries(request, name)
        if tries.wait:
            return keep(request, sign_in_form(request), wait=tries.wait)
        form = sign_in_form(request, request.POST)
        if not form.is_valid():
            return keep(request, form)
        tries.take_back()
        auth.login(request, form.get_user())
        request.POST = without_sign_in(request.POST)
        return None


def is_form_of_admin(request):
    """Say whether a request sends a form of the admin, but those to come and go."""
    return (
        request.method == "POST"
        and request.path.startswith(reverse("admin:index"))
        and request.resolver_match.func is not login
        and request.resolver_match.view_name != "admin:logout"
    )


def sign_in_form(request, data=None):
    return AdminAuthenticationForm(request, data, prefix=PREFIX)


def send_again(request):
    """Return what was sent with a token of before the sign-in, to be sent once more."""
    is_in = admin.site.has_permission(request)
    return keep(request, None if is_in else sign_in_form(request))


def keep(request, form, wait=0):
    """Return the page that holds all that was sent, and asks to sign in if need be."""
    minutes = -(-wait // 60)
    context = admin.site.each_context(request) | {
        "title": _("Sign in, and go on") if form else _("Send it once more"),
        "form": form,
        "kept": pairs(request.POST),
        "files": [file.name for file in request.FILES.values()],
        "too_many": wait
        and ngettext(
            "Too many tries. Wait %(n)d minute, then try again here.",
            "Too many tries. Wait %(n)d minutes, then try again here.",
            minutes,
        )
        % {"n": minutes},
    }
    response = render(
        request, "admin/signed_out.html", context, status=429 if wait else 403
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    add_never_cache_headers(response)
    return response


def pairs(sent):
    """Return what was sent as (name, value), fit to be sent once more."""
    kept = without_sign_in(sent)
    return [(name, value) for name, values in kept.lists() for value in values]


def without_sign_in(sent):
    """Return what was sent but for the name, and for passwords of any kind."""
    kept = sent.copy()
    for name in sent:
        is_ours = name.startswith(f"{PREFIX}-")
        if is_ours or name == "csrfmiddlewaretoken" or "password" in name.lower():
            del kept[name]
    return kept
