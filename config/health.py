from functools import cache as once

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def livez(request):
    """Say that this process answers; asks nothing of the database."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """Say whether the database can be reached and every migration is applied."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error:
        applied = ()
    is_ready = needed().issubset(applied)
    return HttpResponse(
        "ready\n" if is_ready else "not ready\n",
        content_type="text/plain",
        status=200 if is_ready else 503,
    )


@once
def needed():
    """Return the migrations this release brings; reading them takes a while."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
