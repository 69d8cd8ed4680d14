"""One rendered page serves every reader: the outermost middleware keeps it.

A reading view says so with ``@shared()``. What it then answers must be the same for
everybody: no cookie, no token, no ``request.user``, no host of the request.
"""

import gzip
import hashlib
import logging
import re
import time
from functools import cache as once
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

KEPT_FOR = 86_400
# Whether the process is well must not hang on the cache.
NEVER_KEPT = frozenset({"/livez", "/readyz"})
# A page of 500 comments: 3 ms and 51 KB; level 6 takes 8 ms and saves 5 in 100.
GZIP_LEVEL = 4
# "gzip", but not "gzip;q=0".
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


def shared(query=()):
    """Let all readers share what this view answers; ``query`` names what it reads."""

    def decorator(view):
        # A mark, not a wrapper: ``functools.wraps`` hands it on to other decorators.
        view.shared_query = frozenset(query)
        return view

    return decorator


def changes_at(request, moment):
    """Note that the page which is being rendered changes by itself at that moment."""
    request.moments = [*getattr(request, "moments", ()), moment]


class PageCacheMiddleware:
    """Answers a shared page from the cache while its version is the database's.

    A page is found by path, query and release, and served only while the page version
    it was stored under is still the current one. The version is not part of the key:
    so only a page that is there asks the database for it, and ``/livez``, static files
    and forms never do; and a page has one place in the cache, not one a version.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.page_version = import_string(settings.PAGE_VERSION)
        self.moments = [import_string(path) for path in settings.MOMENTS]

    def __call__(self, request):
        request.get_host()  # a foreign host gets its 400 here, never a stored page
        if (
            request.method not in ("GET", "HEAD")
            or request.path in NEVER_KEPT
            or (settings.SECURE_SSL_REDIRECT and not request.is_secure())
        ):
            return self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.answer_signed_in(request)

        key = key_of(request)
        page = stored(key) if key and not settings.DEBUG else None
        if page and page.is_fresh() and page.version == self.page_version():
            return page.answer(request)
        return self.render(request, key)

    def process_view(self, request, view, args, kwargs):
        """Take version and time before anything of the page is read.

        What changes while the page is rendered then makes it old, never wrong. This is
        the first ``process_view`` of all, so the other middlewares read after it too.
        """
        query = getattr(view, "shared_query", None)
        if query is not None and request.method in ("GET", "HEAD"):
            since = timezone.now()
            request.rendering = (query, self.page_version(), since)

    def answer_signed_in(self, request):
        response = self.get_response(request)
        if hasattr(request, "rendering") or not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    def render(self, request, key):
        response = self.get_response(request)
        if not hasattr(request, "rendering") or response.streaming:
            return response
        if response.status_code != 200:
            # Without this word a browser may keep a 301 or a 404 for good.
            response.setdefault("Cache-Control", "max-age=0, must-revalidate")
            return response
        if fault := what_is_personal(response):
            logger.error("%s %s; it is not shared.", request.path, fault)
            response["Cache-Control"] = "private, no-store"
            return response

        query, version, since = request.rendering
        is_kept = bool(key) and query.issuperset(request.GET)
        page = Page.of(response, version, is_kept, self.next_moment(request, since))
        if is_kept and page.is_fresh():
            store(key, page)
        return page.answer(request)

    def next_moment(self, request, since):
        moments = [moment(since) for moment in self.moments]
        moments += getattr(request, "moments", [])
        return min((when for when in moments if when and when > since), default=None)


class Page(NamedTuple):
    """A finished response, packed, with what decides whether it may be served."""

    version: int
    valid_until: float | None
    etag: str
    headers: dict
    body: bytes

    @classmethod
    def of(cls, response, version, is_kept, valid_until):
        # The tag is made from the content, not from the key: a page whose moment passed
        # before the tick came has a new content under the same key and version. And a
        # reader's copy stays good through every bump that did not touch this page.
        digest = hashlib.blake2b(response.content, digest_size=12).hexdigest()
        headers = {
            name: value
            for name, value in response.items()
            if name not in ("Content-Length", "ETag", "Last-Modified")
        }
        headers |= {
            "ETag": f'W/"{digest}"',
            "Vary": "Accept-Encoding",
            "Cache-Control": cache_control(is_kept=is_kept),
        }
        return cls(
            version=version,
            valid_until=valid_until and valid_until.timestamp(),
            etag=f'"{digest}"',
            headers=headers,
            body=gzip.compress(response.content, compresslevel=GZIP_LEVEL, mtime=0),
        )

    def is_fresh(self):
        return self.valid_until is None or time.time() < self.valid_until

    def answer(self, request):
        known = request.META.get("HTTP_IF_NONE_MATCH", "")
        if self.etag in known or known.strip() == "*":
            response = HttpResponseNotModified()
            for name in ("ETag", "Vary", "Cache-Control"):
                response.headers[name] = self.headers[name]
            return response

        takes_gzip = TAKES_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        body = self.body if takes_gzip else gzip.decompress(self.body)
        response = HttpResponse(body, headers=self.headers)
        if takes_gzip:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(body))
        return response


def stored(key):
    """Return the page kept under the key; None also where the cache is gone."""
    try:
        return cache.get(key)
    except Exception as error:  # each cache has classes of its own
        logger.warning("No page from the cache: %s", type(error).__name__)
        return None


def store(key, page):
    try:
        cache.set(key, page, KEPT_FOR)
    except Exception as error:
        logger.warning("No page into the cache: %s", type(error).__name__)


def key_of(request):
    """Return where the page is kept; None where a query name comes twice."""
    query = ""
    if request.META.get("QUERY_STRING"):
        if any(len(values) != 1 for _, values in request.GET.lists()):
            return None
        query = urlencode(sorted(request.GET.items()))
    # The address of the site stands in the pages: another one, other pages.
    place = f"{release()} {settings.SITE_URL} {request.path}?{query}".encode()
    return f"page:{hashlib.blake2b(place, digest_size=16).hexdigest()}"


@once
def release():
    """Return a name for this release of the site: its static files, code and templates.

    Machines that share a cache agree on it, and while a new release is rolled out the
    old and the new one each keep their own pages.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(getattr(staticfiles_storage, "manifest_hash", "").encode())
    ours = [app.path for app in apps.get_app_configs()] + settings.TEMPLATES[0]["DIRS"]
    for folder in sorted(map(Path, ours)):
        if folder.parent == settings.BASE_DIR:
            for file in sorted(folder.rglob("*")):
                if file.is_file() and file.suffix != ".pyc":
                    digest.update(file.read_bytes())
    return digest.hexdigest()


def cache_control(*, is_kept):
    if not is_kept:
        return "private, max-age=0, must-revalidate"
    if settings.SHARED_CACHE:
        return "public, max-age=0, s-maxage=60, must-revalidate"
    return "public, max-age=0, must-revalidate"


def what_is_personal(response):
    """Return why a response is not for everybody, in words; empty where it is."""
    if response.cookies:
        return f"sets the cookie {', '.join(response.cookies)}"
    varies = response.get("Vary", "").lower().replace(" ", "").split(",")
    if others := {name for name in varies if name not in ("", "accept-encoding")}:
        return f"varies on {', '.join(sorted(others))}"
    return ""
