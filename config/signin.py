from django.contrib import admin
from django.contrib.auth import get_user_model
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config import limits

QUARTER = 15 * 60
FAILURES_PER_ADDRESS = 10
FAILURES_PER_NAME = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def login(request):
    """The admin's own sign-in, with a bound on failures per address and per name.

    A try is counted before the password is looked at, so that many at once cannot slip
    past the bound; one that succeeds is taken back.
    """
    if request.method != "POST":
        return admin.site.login(request)
    name = get_user_model().normalize_username(request.POST.get("username", ""))
    tries = [
        ("sign-in-address", limits.address(request), FAILURES_PER_ADDRESS),
        ("sign-in-name", name.strip().casefold(), FAILURES_PER_NAME),
    ]
    wait = max(
        limits.hit(what, key, limit=limit, seconds=QUARTER)
        for what, key, limit in tries
    )
    if wait:
        return limits.too_many(request, wait)
    response = admin.site.login(request)
    if response.status_code == 302:
        for what, key, _ in tries:
            limits.take_back(what, key)
    return response
