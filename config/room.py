"""A disk that is full: how it is known, what the log says, and no half of a file."""

import errno
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from copy import copy
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.db import connection

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL_IN_POSTGRESQL = "53100"


# What says so


def is_lacking(error):
    """Say whether an exception, or one behind it, tells that a disk is full."""
    return any(
        getattr(one, "errno", None) in FULL
        or getattr(one, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(one, "sqlstate", None) == FULL_IN_POSTGRESQL
        for one in behind(error)
    )


def behind(error):
    """Return an exception and those it came of, the first cause last."""
    chain = []
    while error is not None and error not in chain:
        chain.append(error)
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)
    return chain


def told(error):
    """Return the class of an exception for the log, and which disk is full."""
    name = type(error).__name__
    return f"{name}; {left()}" if is_lacking(error) else name


def left():
    """Return in words how much room is left where the site writes."""
    places = {"media": settings.MEDIA_ROOT}
    with suppress(OSError):  # none is to be had
        places = {"temporary files": tempfile.gettempdir(), **places}
    if connection.vendor == "sqlite":
        places["database"] = Path(settings.DATABASES["default"]["NAME"]).parent
    free = []
    for what, place in places.items():
        with suppress(OSError):
            size = shutil.disk_usage(place).free // 1000
            free.append(f"{what} in {place} {size:,} kB")
    return f"a disk is full; room left: {', '.join(free)}"


# Nothing by halves


class UploadHandler(TemporaryFileUploadHandler):
    """Reads on without the file for which there is no room: words come after it."""

    def new_file(self, *args, **options):
        try:
            super().new_file(*args, **options)
        except OSError as error:
            self.let_go(error)
            raise SkipFile from None

    def receive_data_chunk(self, raw_data, start):
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self.let_go(error)
            raise SkipFile from None

    def file_complete(self, file_size):
        try:
            return super().file_complete(file_size)
        except OSError as error:
            self.let_go(error)

    def let_go(self, error):
        self.request.lost_file = error
        if hasattr(self, "file"):
            with suppress(OSError):  # it would write what is left
                self.file.close()


class LostFileMiddleware:
    """Lets no view take a form for whole of which a file was lost on the way."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        # The check of the token, which stands before it, has read the form.
        if hasattr(request, "lost_file"):
            raise request.lost_file


class WholeFileStorage(FileSystemStorage):
    """Leaves no half of a file behind where there was no room for the rest."""

    def _save(self, name, content):
        mine = copy(self)  # others save at the same moment
        mine.chosen = name
        try:
            return super(WholeFileStorage, mine)._save(name, content)
        except OSError:
            self.delete(mine.chosen)
            raise

    def get_available_name(self, name, max_length=None):
        """Note it too: where another was quicker, the name it began with is theirs."""
        self.chosen = super().get_available_name(name, max_length)
        return self.chosen
