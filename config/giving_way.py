"""A long task does first, between two of its steps, what somebody waits for.

A worker does one task after the other, so without this a confirmation would wait until
a list of readers is through.
"""

import signal

from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction


def give_way(*, above):
    """Do the tasks that wait now and have a higher priority than that."""
    waiting = DBTaskResult.objects.ready().filter(priority__gt=above)
    if not waiting.exists():  # this takes no lock, as claiming does on SQLite
        return
    worker = Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
    )
    while not is_ending() and (task := claimed(waiting, worker)):
        worker.run_task(task)


def is_ending():
    """Say whether the worker that does the long task was told to end after it.

    What it began now would be killed with it, half done.
    """
    worker = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return not getattr(worker, "running", True)


def claimed(waiting, worker):
    with exclusive_transaction(waiting.db):
        task = waiting.all().get_locked()
        if task is not None:
            task.claim(worker.worker_id)
    return task
