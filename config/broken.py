"""What people see where a page broke, what came is broken, or a disk is full."""

import sys

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import (
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
    QueryDict,
)
from django.http.multipartparser import MultiPartParserError
from django.template import loader

from config import room, signin

NO_ROOM = 507


def bad_request(request, exception):
    """Say so without a look at what came: Django's own view fails of it once more."""
    return HttpResponseBadRequest(loader.render_to_string("400.html"))


def server_error(request):
    """Say so with nothing that could break again: no database, no context."""
    if room.is_lacking(sys.exception()):
        return no_room(request)
    return HttpResponseServerError(loader.render_to_string("500.html"))


def no_room(request):
    """Say that nothing could be kept, and give back what was sent, to send it again."""
    sent = readable(request)
    token = sent.get("csrfmiddlewaretoken")
    context = {
        "kept": [
            *([("csrfmiddlewaretoken", token)] if token else []),
            *signin.pairs(sent),
        ],
        "address": request.get_full_path(),
        "had_files": hasattr(request, "lost_file") or (sent and bool(request.FILES)),
        "had_password": any("password" in name.lower() for name in sent),
        "is_for_staff": request.path.startswith("/admin/"),
    }
    response = HttpResponse(loader.render_to_string("507.html", context))
    response.status_code = NO_ROOM
    response.headers["Cache-Control"] = "private, no-store"
    return response


def readable(request):
    """Return the fields that came, none where they are broken too."""
    try:
        return request.POST
    except (BadRequest, SuspiciousOperation, MultiPartParserError, OSError):
        return QueryDict()
