import gzip
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.cache import cache
from django.http import HttpResponse
from django.test import TestCase, override_settings
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import pagecache
from guide.models import bump

drawn = []
words = ["The low row"]
moment = []
own = []


@require_safe
@pagecache.shared(query=("page", "sort"))
def page(request):
    drawn.append(request.get_full_path())
    for when in own:
        pagecache.changes_at(request, when)
    return HttpResponse(f"<p>{words[0]}, page {request.GET.get('page', 1)}</p>" * 50)


@pagecache.shared()
@require_safe
def cookie(request):
    response = HttpResponse("mine")
    response.set_cookie("who", "me")
    return response


@require_safe
@pagecache.shared()
def reads_the_session(request):
    return HttpResponse(request.session.get("name", "nobody"))


@require_safe
@pagecache.shared()
def bumped_meanwhile(request):
    drawn.append("meanwhile")
    bump()
    return HttpResponse("older than it looks")


@require_safe
@pagecache.shared()
def gone(request):
    return HttpResponse("gone", status=404)


def private(request):
    drawn.append("private")
    return HttpResponse("private")


def next_moment(now):
    return next((when for when in moment if when > now), None)


class NextRelease(StaticFilesStorage):
    manifest_hash = "another"


NEXT_RELEASE = f"{__name__}.NextRelease"
urlpatterns = [
    path("page/", page),
    path("cookie/", cookie),
    path("session/", reads_the_session),
    path("meanwhile/", bumped_meanwhile),
    path("gone/", gone),
    path("private/", private),
    path("", include("config.urls")),
]
GZIP = {"HTTP_ACCEPT_ENCODING": "gzip, br"}


NOBODY_THERE = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": "redis://127.0.0.1:1/0",
}


def kept():
    """How many pages the cache holds, in memory or in Redis."""
    store = cache._cache
    return len(store) if hasattr(store, "popitem") else store.get_client().dbsize()


@override_settings(ROOT_URLCONF=__name__, MOMENTS=[f"{__name__}.next_moment"])
class PageCacheTests(TestCase):
    def setUp(self):
        drawn.clear()
        moment.clear()
        words[:] = ["The low row"]

    def get(self, url="/page/", **extra):
        return self.client.get(url, **{**GZIP, **extra})

    def test_a_shared_page_is_drawn_once(self):
        first = self.get()
        second = self.get()

        self.assertEqual(len(drawn), 1)
        self.assertEqual(first.content, second.content)
        self.assertEqual(dict(first.items()), dict(second.items()))

    def test_a_stored_page_costs_one_query(self):
        self.get()

        with self.assertNumQueries(1):
            self.get()

    def test_a_stored_page_keeps_every_header(self):
        self.get()

        stored = self.get()

        for header in [
            "Content-Security-Policy",
            "Cross-Origin-Opener-Policy",
            "Permissions-Policy",
            "Referrer-Policy",
            "X-Content-Type-Options",
            "X-Frame-Options",
        ]:
            self.assertIn(header, stored)
        self.assertEqual(stored["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(stored["Vary"], "Accept-Encoding")
        self.assertEqual(stored["Content-Encoding"], "gzip")
        self.assertEqual(stored["Content-Length"], str(len(stored.content)))
        self.assertEqual(stored["Cache-Control"], "public, max-age=0, must-revalidate")
        self.assertFalse(stored.cookies)

    def test_the_rare_client_without_gzip_gets_it_unpacked(self):
        packed = self.get()

        for encoding in ["", "br", "gzip;q=0", "gzip; q=0.0, br"]:
            plain = self.get(HTTP_ACCEPT_ENCODING=encoding)

            self.assertNotIn("Content-Encoding", plain)
            self.assertEqual(plain.content, gzip.decompress(packed.content))
            self.assertEqual(plain["Content-Length"], str(len(plain.content)))
        self.assertIn("Content-Encoding", self.get(HTTP_ACCEPT_ENCODING="gzip;q=0.5"))

    def test_head_is_answered_from_the_same_page(self):
        stored = self.get()

        head = self.client.head("/page/", **GZIP)

        self.assertEqual(len(drawn), 1)
        self.assertEqual(head["ETag"], stored["ETag"])
        self.assertEqual(head["Content-Length"], stored["Content-Length"])

    def test_a_bump_shows_at_the_next_request(self):
        self.get()
        words[:] = ["The wide row"]
        bump()

        after = self.get(HTTP_ACCEPT_ENCODING="")

        self.assertContains(after, "The wide row")

    def test_what_changes_while_a_page_is_drawn_makes_it_old(self):
        self.get("/meanwhile/")
        self.get("/meanwhile/")

        self.assertEqual(len(drawn), 2)

    def test_an_unchanged_page_is_answered_304(self):
        etag = self.get()["ETag"]

        for known in [etag, etag.removeprefix("W/"), f'"other", {etag}', "*"]:
            same = self.get(HTTP_IF_NONE_MATCH=known)

            self.assertEqual(same.status_code, 304)
            self.assertEqual(same.content, b"")
            self.assertEqual(same["ETag"], etag)
        self.assertEqual(self.get(HTTP_IF_NONE_MATCH='W/"else"').status_code, 200)

    def test_a_copy_stays_good_through_a_bump_that_left_the_page_alone(self):
        etag = self.get()["ETag"]
        bump()

        self.assertEqual(self.get(HTTP_IF_NONE_MATCH=etag).status_code, 304)

    def test_declared_query_names_are_kept_apart_in_any_order(self):
        self.get("/page/?page=2&sort=new")
        self.get("/page/?sort=new&page=2")
        self.get("/page/?page=3&sort=new")
        self.get("/page/")

        self.assertEqual(len(drawn), 3)

    def test_a_query_nobody_declared_is_not_stored(self):
        for url in ["/page/?utm_source=x", "/page/?page=2&x=", "/page/?page=1&page=2"]:
            self.get(url)
            again = self.get(url)

            self.assertEqual(
                again["Cache-Control"], "private, max-age=0, must-revalidate"
            )
        self.assertEqual(len(drawn), 6)
        self.assertEqual(kept(), 0)

    def test_a_view_without_the_mark_is_left_alone(self):
        self.get("/private/")
        response = self.get("/private/")

        self.assertEqual(drawn, ["private"] * 2)
        self.assertNotIn("Cache-Control", response)

    def test_only_get_and_head_and_200_are_stored(self):
        self.assertEqual(self.client.post("/page/").status_code, 405)
        gone = self.get("/gone/")

        self.assertEqual(gone["Cache-Control"], "max-age=0, must-revalidate")
        self.assertEqual(kept(), 0)

    def test_a_foreign_host_gets_400_even_where_a_page_is_stored(self):
        self.get()

        self.assertEqual(self.get(HTTP_HOST="evil.example").status_code, 400)

    def test_a_session_passes_by_the_cache_and_is_kept_by_nobody(self):
        self.get()
        self.client.force_login(get_user_model().objects.create_user("ana"))
        words[:] = ["The wide row"]

        mine = self.get(HTTP_ACCEPT_ENCODING="")
        self.client.logout()

        self.assertContains(mine, "The wide row")
        self.assertEqual(mine["Cache-Control"], "private, no-store")
        self.assertContains(self.get(HTTP_ACCEPT_ENCODING=""), "The low row")

    def test_the_csrf_cookie_is_no_reason_to_pass_by(self):
        self.get()
        self.client.cookies["csrftoken"] = "x" * 32
        self.get()

        self.assertEqual(len(drawn), 1)

    @pytest.mark.breaks_sharing
    def test_a_page_that_sets_a_cookie_is_never_shared_and_logged_as_an_error(self):
        with self.assertLogs("config.pagecache", "ERROR") as log:
            response = self.get("/cookie/")

        self.assertIn("/cookie/ sets the cookie who", log.output[0])
        self.assertEqual(response["Cache-Control"], "private, no-store")
        self.assertEqual(kept(), 0)

    @pytest.mark.breaks_sharing
    def test_a_page_that_reads_the_session_is_never_shared(self):
        with self.assertLogs("config.pagecache", "ERROR") as log:
            response = self.get("/session/")

        self.assertIn("/session/ varies on cookie", log.output[0])
        self.assertEqual(response["Cache-Control"], "private, no-store")

    def test_such_a_page_fails_the_test_that_meets_it(self):
        with self.assertRaisesMessage(AssertionError, "sets the cookie"):
            self.get("/cookie/")

    def test_a_stored_page_is_not_served_after_its_moment(self):
        moment[:] = [timezone.now() + timedelta(hours=1)]
        etag = self.get()["ETag"]
        words[:] = ["Due now"]

        with mock.patch("time.time", return_value=moment[0].timestamp() + 1):
            after = self.get(HTTP_ACCEPT_ENCODING="", HTTP_IF_NONE_MATCH=etag)

        self.assertContains(after, "Due now")

    def test_a_page_may_name_a_moment_of_its_own(self):
        own[:] = [timezone.now() + timedelta(hours=sooner) for sooner in (-1, 2, 1)]
        self.addCleanup(own.clear)
        self.get()

        with mock.patch("time.time", return_value=own[1].timestamp() - 3601):
            self.get()
        self.assertEqual(len(drawn), 1)
        with mock.patch("time.time", return_value=own[2].timestamp() + 1):
            self.get()
        self.assertEqual(len(drawn), 2)

    def test_a_moment_that_has_passed_bounds_nothing(self):
        moment[:] = [timezone.now() - timedelta(hours=1)]
        self.get()
        self.get()

        self.assertEqual(len(drawn), 1)

    @override_settings(SHARED_CACHE=True)
    def test_a_cache_in_front_may_keep_it_a_minute(self):
        self.assertEqual(
            self.get()["Cache-Control"],
            "public, max-age=0, s-maxage=60, must-revalidate",
        )

    @override_settings(SECURE_SSL_REDIRECT=True)
    def test_plain_http_is_redirected_and_never_stored(self):
        self.get(secure=True)

        self.assertEqual(self.get().status_code, 301)
        self.assertEqual(self.get(secure=True).status_code, 200)

    @override_settings(DEBUG=True)
    def test_with_debug_on_a_changed_template_shows_at_once(self):
        self.get()
        self.get()

        self.assertEqual(len(drawn), 2)

    def test_what_is_not_shared_does_not_ask_for_the_version(self):
        with self.assertNumQueries(0):
            self.get("/livez")

    @override_settings(CACHES={"default": NOBODY_THERE, "limits": NOBODY_THERE})
    def test_without_its_cache_the_site_answers_and_says_so_in_the_log(self):
        with self.assertLogs("config.pagecache", "WARNING") as log:
            pages = [self.get(url).status_code for url in ["/page/", "/admin/login/"]]

        self.assertEqual(pages, [200, 200])
        self.assertIn("No page from the cache: ConnectionError", log.output[0])
        self.assertIn("No page into the cache: ConnectionError", log.output[1])

    @override_settings(CACHES={"default": NOBODY_THERE, "limits": NOBODY_THERE})
    def test_health_never_asks_the_cache(self):
        with self.assertNoLogs("config.pagecache"):
            for path in ["/livez", "/readyz"]:
                self.assertEqual(self.get(path).status_code, 200)

    def test_another_address_of_the_site_has_other_pages(self):
        self.get()
        with override_settings(SITE_URL="https://other.example"):
            self.get()

        self.assertEqual(len(drawn), 2)

    def test_releases_do_not_share_pages(self):
        self.get()
        self.addCleanup(pagecache.release.cache_clear)

        pagecache.release.cache_clear()
        with override_settings(
            STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": NEXT_RELEASE}}
        ):
            self.get()

        self.assertEqual(len(drawn), 2)
