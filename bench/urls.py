import os
from functools import cache
from pathlib import Path

from django.http import HttpResponse
from django.urls import include, path


@cache
def body():
    return Path(os.environ["BENCH_BODY"]).read_bytes()


def bare(request):
    """Answer the bytes of the cached page, from behind the same middleware."""
    return HttpResponse(
        body(), headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    )


urlpatterns = [path("bench/bare/", bare), path("", include("config.urls"))]
handler400 = "config.broken.bad_request"
handler404 = "guide.views.not_found"
handler500 = "config.broken.server_error"
