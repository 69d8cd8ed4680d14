from datetime import timedelta
from io import StringIO

from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.tasks import TaskResultStatus
from django.test import TestCase, override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from config import tick

turns = []


def first():
    turns.append("first")


def broken():
    raise ValueError("reader@example.org is no good")


def last():
    turns.append("last")


PATHS = [f"{__name__}.{name}" for name in ["first", "broken", "last"]]


class TurnTests(TestCase):
    def setUp(self):
        turns.clear()

    @override_settings(TICK=PATHS)
    def test_one_that_fails_does_not_keep_the_others(self):
        with self.assertLogs("config.tick", "ERROR") as log:
            failed = tick.turn()

        self.assertEqual(turns, ["first", "last"])
        self.assertEqual(failed, [PATHS[1]])
        self.assertIn("ValueError", log.output[0])
        self.assertNotIn("reader@example.org", log.output[0])

    @override_settings(TICK=PATHS[:1] + PATHS[2:])
    def test_by_hand(self):
        call_command("tick", stdout=StringIO())

        self.assertEqual(turns, ["first", "last"])

    @override_settings(TICK=[*PATHS[:1], "nowhere.at_all"])
    def test_by_hand_it_says_what_failed(self):
        with (
            self.assertLogs("config.tick", "ERROR"),
            self.assertRaisesMessage(CommandError, "nowhere.at_all"),
        ):
            call_command("tick")


class LostTaskTests(TestCase):
    def make(self, status, *, tries=1, minutes=11, **values):
        then = timezone.now() - timedelta(minutes=minutes)
        return DBTaskResult.objects.create(
            **{
                "status": status,
                "args_kwargs": {"args": [], "kwargs": {}},
                "task_path": "somewhere.task",
                "backend_name": "default",
                "run_after": then,
                "started_at": then,
                "worker_ids": [f"worker{n}" for n in range(tries)],
            }
            | values
        )

    def rescued(self, task):
        tick.rescue_lost_tasks()
        task.refresh_from_db()
        return task.status

    def test_what_a_killed_worker_left_runs_again(self):
        task = self.make(TaskResultStatus.RUNNING)

        self.assertEqual(self.rescued(task), TaskResultStatus.READY)
        self.assertTrue(DBTaskResult.objects.ready().filter(pk=task.pk).exists())

    def test_what_is_still_running_is_left_alone(self):
        task = self.make(TaskResultStatus.RUNNING, minutes=9)

        self.assertEqual(self.rescued(task), TaskResultStatus.RUNNING)

    def test_a_task_that_kills_its_workers_is_given_up(self):
        task = self.make(TaskResultStatus.RUNNING, tries=4)

        self.assertEqual(self.rescued(task), TaskResultStatus.FAILED)

    def test_what_failed_is_tried_three_times_more_each_time_later(self):
        for tries in [1, 2, 3]:
            task = self.make(
                TaskResultStatus.FAILED, tries=tries, finished_at=timezone.now()
            )

            self.assertEqual(self.rescued(task), TaskResultStatus.READY)
            wait = task.run_after - timezone.now()
            self.assertAlmostEqual(wait.total_seconds(), tries * 60, delta=5)

        task = self.make(TaskResultStatus.FAILED, tries=4, finished_at=timezone.now())
        self.assertEqual(self.rescued(task), TaskResultStatus.FAILED)

    def test_prune_forgets_old_results_and_expired_sessions(self):
        old, new = (timezone.now() - timedelta(days=days) for days in (8, 6))
        self.make(TaskResultStatus.SUCCESSFUL, finished_at=old)
        self.make(TaskResultStatus.FAILED, finished_at=old)
        kept = self.make(TaskResultStatus.SUCCESSFUL, finished_at=new)
        waiting = self.make(TaskResultStatus.READY)
        Session.objects.create(session_key="a", session_data="", expire_date=old)
        Session.objects.create(
            session_key="b",
            session_data="",
            expire_date=timezone.now() + timedelta(days=1),
        )

        tick.prune()

        self.assertEqual(set(DBTaskResult.objects.all()), {kept, waiting})
        self.assertEqual(Session.objects.get().session_key, "b")
