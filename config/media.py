"""Files people uploaded, with the ranges that a video player asks for.

In production nginx hands them out, with the same headers; see ``deploy/``.
"""

import mimetypes
import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.utils._os import safe_join
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

CHUNK = 64 * 1024
PRIVATE = "arrivals"  # what waits to be read in: lists of readers, too
# Python 3.12 and lean systems know no type for these.
KINDS = {".avif": "image/avif", ".vtt": "text/vtt", ".webp": "image/webp"}
HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "public, max-age=604800",
    # A picture or video may be shown by a page; opened on its own it may do nothing.
    # A film that is opened on its own asks for itself once more, as this origin.
    "Content-Security-Policy": (
        "sandbox allow-same-origin; default-src 'none'; media-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def serve(request, path):
    """Answer with a file under ``MEDIA_ROOT``: whole, or the one range asked for."""
    file = find(path)
    about = file.stat()
    validators = {
        "ETag": f'"{about.st_mtime_ns:x}-{about.st_size:x}"',
        "Last-Modified": http_date(about.st_mtime),
    }
    response = get_conditional_response(
        request, etag=validators["ETag"], last_modified=int(about.st_mtime)
    )
    if response is None:
        span = None
        if request.headers.get("If-Range", validators["ETag"]) in validators.values():
            span = asked_span(request, about.st_size)
        response = answer(file, about.st_size, span)
    for name, value in (HEADERS | validators).items():
        response.headers[name] = value
    return response


def find(path):
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
        private = safe_join(settings.MEDIA_ROOT, PRIVATE)
        if file.is_file() and not file.is_relative_to(private):
            return file
    except (SuspiciousFileOperation, ValueError, OSError):
        pass  # above the folder, a NUL in the name, a name too long
    raise Http404


def asked_span(request, size):
    """Return the first byte asked for and the one after the last, None for the whole.

    An empty span cannot be satisfied. What does not read as one range of bytes is
    ignored, and so is a range asked for with HEAD (RFC 9110, 14.2).
    """
    match = re.fullmatch(
        r"bytes\s*=\s*(\d{0,18})-(\d{0,18})",
        request.headers.get("Range", "").strip(),
        re.ASCII,
    )
    if request.method != "GET" or not match or not any(match.groups()):
        return None
    first, last = (int(digits) if digits else None for digits in match.groups())
    if first is None:
        return max(size - last, 0), size
    if last is None:
        return first, size
    if last < first:
        return None
    return first, min(last + 1, size)


def answer(file, size, span):
    kind, encoding = mimetypes.guess_type(file.name)
    kind = KINDS.get(file.suffix.lower(), kind)
    if encoding or kind is None:
        kind = "application/octet-stream"
    if span is None:
        response = FileResponse(file.open("rb"), content_type=kind)
        response.headers["Content-Length"] = str(size)
        return response
    first, end = span
    if first >= end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return StreamingHttpResponse(
        read(file, first, end),
        status=206,
        content_type=kind,
        headers={
            "Content-Length": str(end - first),
            "Content-Range": f"bytes {first}-{end - 1}/{size}",
        },
    )


def read(file, first, end):
    with file.open("rb") as stream:
        stream.seek(first)
        while first < end and (piece := stream.read(min(CHUNK, end - first))):
            first += len(piece)
            yield piece
