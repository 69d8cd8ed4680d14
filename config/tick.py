"""What is due by the passing of time: one turn a minute, each part on its own."""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.tasks import TaskResultStatus
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from config import room

logger = logging.getLogger(__name__)

LOST_AFTER = timedelta(minutes=10)  # a task of ours works 20 seconds at most
TRIES = 4  # the first and three more
FORGET_AFTER = timedelta(days=7)
LONGEST_TURN = 20  # seconds of one part; the others wait for it


def turn():
    """Call each function of ``settings.TICK``; return the names of those that failed.

    A failure is logged by its class alone: its text may hold somebody's address.
    """
    failed = []
    for path in settings.TICK:
        try:
            import_string(path)()
        except Exception as error:
            logger.error("%s failed: %s", path, room.told(error))
            failed.append(path)
    return failed


def in_time(rows):
    """Yield rows until a part's turn has lasted long enough; the next one goes on."""
    ends = time.monotonic() + LONGEST_TURN
    for row in rows:
        if time.monotonic() > ends:
            return
        yield row


def rescue_lost_tasks():
    """Run again what a killed worker left running, and what failed, a few times.

    Each claim adds a worker to ``worker_ids``: their number is that of the tries.
    """
    now = timezone.now()
    lost = DBTaskResult.objects.running().filter(started_at__lt=now - LOST_AFTER)
    for task in lost:
        if len(task.worker_ids) < TRIES:
            _run_again(task, after=now)
        else:
            _still(task).update(status=TaskResultStatus.FAILED, finished_at=now)
    # Whatever failed longer ago has had its tries.
    failed = DBTaskResult.objects.failed().filter(finished_at__gt=now - LOST_AFTER)
    for task in failed:
        if len(task.worker_ids) < TRIES:
            _run_again(task, after=now + timedelta(minutes=len(task.worker_ids)))


def prune():
    """Forget finished tasks after a week, and sessions that have expired."""
    old = timezone.now() - FORGET_AFTER
    DBTaskResult.objects.finished().filter(finished_at__lt=old).delete()
    SessionStore.clear_expired()


def _run_again(task, *, after):
    _still(task).update(
        status=TaskResultStatus.READY,
        run_after=after,
        started_at=None,
        finished_at=None,
    )


def _still(task):
    # Its worker may be slow and not dead, and write its result at this very moment.
    return DBTaskResult.objects.filter(
        pk=task.pk, status=task.status, started_at=task.started_at
    )
