import os
import signal

from django.tasks import TaskResultStatus, task
from django.test import TestCase, override_settings
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from config.giving_way import give_way

QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
done = []


@task
def note(name):
    done.append(name)


@task
def fail():
    raise ValueError


@override_settings(TASKS=QUEUE)
class GiveWayTests(TestCase):
    def setUp(self):
        done.clear()

    def test_what_is_waited_for_goes_first_and_the_rest_waits(self):
        note.using(priority=-50).enqueue("letter")
        note.using(priority=0).enqueue("picture")
        note.using(priority=50).enqueue("confirmation")

        give_way(above=-50)

        self.assertEqual(done, ["confirmation", "picture"])
        left = DBTaskResult.objects.ready().get()
        self.assertEqual(left.args_kwargs["args"], ["letter"])
        self.assertEqual(DBTaskResult.objects.successful().count(), 2)

    def test_one_that_fails_stops_nobody(self):
        fail.using(priority=60).enqueue()
        note.using(priority=50).enqueue("confirmation")

        give_way(above=-50)

        self.assertEqual(done, ["confirmation"])
        failed = DBTaskResult.objects.failed().get()
        self.assertEqual(failed.status, TaskResultStatus.FAILED)
        self.assertEqual(len(failed.worker_ids), 1)

    def test_a_worker_that_was_told_to_end_begins_nothing_more(self):
        note.using(priority=50).enqueue("confirmation")
        worker = Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="w",
        )
        worker.running_task = True  # the long one
        before = signal.signal(signal.SIGTERM, worker.shutdown)
        self.addCleanup(signal.signal, signal.SIGTERM, before)

        os.kill(os.getpid(), signal.SIGTERM)
        give_way(above=-50)

        self.assertEqual(done, [])
        self.assertEqual(DBTaskResult.objects.ready().count(), 1)

    def test_where_nobody_waits_it_asks_once_and_locks_nothing(self):
        with self.assertNumQueries(1):
            give_way(above=-50)
