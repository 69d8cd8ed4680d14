import html
import itertools
import os
import sqlite3
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.tasks import task
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from config import tick
from moving import lists, tasks
from moving.forms import ListForm
from moving.models import ReaderList
from newsletter.models import Subscriber
from newsletter.tasks import FIRST
from tests.factories import make_staff, make_subscriber

LIST = (
    "email,confirmed\nanna@example.org,2020-01-01\nben@example.org,\nno address,yes\n"
)


QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@task(priority=FIRST)
def look(list_id):
    return ReaderList.objects.get(pk=list_id).step


class Killed(BaseException):
    pass


def fails_at(batch, error):
    """Have the database fail where that batch of new readers is written, from 1."""
    written = itertools.count(1)

    def execute(execute, sql, params, many, context):
        is_one = 'INTO "newsletter_subscriber"' in sql
        if is_one and next(written) == batch:
            raise error
        return execute(sql, params, many, context)

    return connection.execute_wrapper(execute)


class ReadersTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(username="ana")
        cls.readers = reverse("admin:newsletter_subscriber_changelist")

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        self.client.force_login(self.ana)

    def member_of(self, group):
        """Return a person with the rights that the migrations gave to a group."""
        user = make_staff(is_superuser=False)
        user.groups.add(Group.objects.get(name=group))
        return user

    def assert_says(self, response, *sentences, status=200):
        self.assertEqual(response.status_code, status)
        page = html.unescape(response.content.decode())
        for sentence in sentences:
            self.assertIn(sentence, page)


class InTests(ReadersTestCase):
    url = "/admin/files/readers/in/"

    def send(self, content=LIST, *, name="list.csv"):
        content = content if isinstance(content, bytes) else content.encode()
        file = SimpleUploadedFile(name, content)
        return self.client.post(self.url, {"file": file}, follow=True)

    def send_large(self, end=""):
        """Bring a file that is left to the worker, who has not come yet."""
        note = "x" * 1000
        rows = "".join(f"r{n}@example.org,yes,{note}\n" for n in range(1000))
        with override_settings(TASKS=QUEUE):
            return self.send(f"email,confirmed,note\n{rows}{end}")

    def press(self, response, button="take", **values):
        """Press a button on the page of a list, with what stands in its form."""
        form = response.context.get("form") or []
        shown = {field.name: field.value() for field in form}
        sent = {
            name: value
            for name, value in (shown | values).items()
            if value is not None and value is not False
        }
        return self.client.post(
            response.request["PATH_INFO"], sent | {button: "1"}, follow=True
        )

    def waiting(self):
        folder = Path(settings.MEDIA_ROOT) / "arrivals"
        return list(folder.iterdir()) if folder.is_dir() else []

    def test_the_list_of_readers_leads_here(self):
        self.assertContains(self.client.get(self.readers), f'href="{self.url}"')

    def test_it_is_said_first_and_taken_in_with_the_button(self):
        response = self.send()

        self.assert_says(
            response,
            "3 rows in the file.",
            "<td>1</td><td>new: the letter goes to them</td><td></td>",
            "<td>had not confirmed: not taken in</td><td>3</td>",
            "email = “email”",
            "<td>anna@example.org</td>",
        )
        self.assertFalse(Subscriber.objects.exists())
        self.assertEqual(len(self.waiting()), 1)

        response = self.press(response)

        self.assert_says(response, "All of it is in place.", "<td>1</td><td>new")
        anna = Subscriber.objects.get()
        self.assertEqual(anna.consent_page, "import: list.csv")
        self.assertEqual(self.waiting(), [])
        act = LogEntry.objects.get()
        self.assertEqual(act.user, self.ana)
        self.assertIn("1 new", act.change_message)
        self.assertNotIn("@", act.change_message + act.object_repr)

    def test_looking_changes_nothing(self):
        page = self.send().request["PATH_INFO"]
        before = ReaderList.objects.values().get()

        self.client.get(page)

        self.assertEqual(ReaderList.objects.values().get(), before)

    def test_who_knows_the_columns_says_them(self):
        response = self.send("Wer;Ja am\nanna@example.org;3/4/2020\nEva;\n")
        self.assert_says(response, "Which column holds the addresses?")
        self.assertNotContains(response, "Take them in")

        response = self.press(response, "count", email="0", confirmed="1")
        self.assert_says(response, "<td>a moment that cannot be read")
        response = self.press(response, "count", dates="day-first")
        self.assert_says(response, "email = “Wer”, confirmed = “Ja am”")
        self.assertFalse(Subscriber.objects.exists())
        self.assert_says(self.press(response), "All of it is in place.")

        self.assertEqual(Subscriber.objects.get().confirmed_at.month, 4)

    def test_without_the_column_of_the_addresses_nothing_is_counted(self):
        response = self.send("Wer;Ja am\nEva;1.1.2020\n")

        self.assert_says(
            self.press(response, "count"),
            "Say which column holds the addresses.",
            status=422,
        )

    def test_what_was_not_shown_is_not_taken_in(self):
        response = self.send()

        response = self.press(response, all_are="subscribed")

        self.assert_says(
            response, "It is read in another way now.", "<td>2</td><td>new"
        )
        self.assertFalse(Subscriber.objects.exists())
        self.assert_says(self.press(response), "All of it is in place.")
        self.assertEqual(Subscriber.objects.reachable().count(), 2)

    def test_a_column_that_was_guessed_wrongly_is_left_out(self):
        response = self.send("email,date,status\nanna@example.org,soon,active\n")
        self.assert_says(response, "a moment that cannot be read")

        response = self.press(self.press(response, "count", joined=""))

        self.assert_says(response, "All of it is in place.", "<td>1</td><td>new")

    def test_a_list_that_says_nothing_of_consent_says_what_to_choose(self):
        response = self.send("anna@example.org\nben@example.org\n")

        self.assert_says(response, "Nothing in the file says who had confirmed")
        response = self.press(response, "count", all_are="subscribed")
        self.assertNotContains(response, "Nothing in the file says who had confirmed")
        self.assert_says(self.press(response), "<td>2</td><td>new")

    def test_those_who_had_not_confirmed_are_asked_where_it_is_wanted(self):
        response = self.press(self.press(self.send(), "count", asks="on"))

        self.assert_says(response, "<td>1</td><td>had not confirmed: they are asked")

    def test_it_may_be_left(self):
        response = self.press(self.send(), "leave")

        self.assert_says(response, "Nothing more was taken in.")
        self.assertFalse(Subscriber.objects.exists() or ReaderList.objects.exists())
        self.assertEqual(self.waiting(), [])

    def test_a_file_that_is_gone_is_asked_for_again(self):
        response = self.send()
        self.waiting()[0].unlink()

        page = self.press(response)

        self.assert_says(page, "The file is gone meanwhile. Choose it once more.")
        page = self.client.get(f"{self.url}999/", follow=True)
        self.assert_says(page, "The file is gone meanwhile. Choose it once more.")

    def test_what_cannot_be_read_is_said_at_the_field(self):
        long = "".join(f"r{n}@example.org,yes\n" for n in range(50))
        for content, sentence in [
            ("", "There is nothing in this file."),
            (f'email,x\n{long}"a', "Line 52: a quotation mark is opened there"),
            ('email\n"a', "Line 2: a quotation mark is opened there"),
            (b"PK\3\4rest", "This is an Excel file or a zip."),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is no table"),
        ]:
            with self.subTest(sentence):
                self.assert_says(self.send(content), sentence, status=422)
        self.assertEqual(self.waiting(), [])
        self.assertFalse(ReaderList.objects.exists())

    def test_a_file_with_an_odd_name(self):
        response = self.send(name=f"\N{BELL} list\x07{'x' * 300}.csv")

        self.assert_says(self.press(response), "All of it is in place.")

    def test_a_file_beyond_the_limit_says_who_can_help(self):
        file = SimpleUploadedFile("list.csv", b"email\n")
        file.size = ListForm.MOST_BYTES + 1

        form = ListForm({}, {"file": file})

        self.assertIn("import_subscribers", str(form.errors))

    def test_no_room_for_the_file(self):
        with mock.patch("django.core.files.storage.default_storage.save") as save:
            save.side_effect = OSError(28, "No space left on device")

            self.assert_says(self.send(), "There is no room for the file", status=422)

        self.assertFalse(ReaderList.objects.exists())

    def test_the_tick_forgets_what_nobody_came_back_for(self):
        self.send()
        [old] = self.waiting()
        os.utime(old, (0, time.time() - 25 * 60 * 60))
        ReaderList.objects.update(moved_at=timezone.now() - timedelta(hours=25))
        self.assertIn("moving.arrivals.forget_old", settings.TICK)

        self.assertEqual(tick.turn(), [])

        self.assertEqual(self.waiting(), [])
        self.assertFalse(ReaderList.objects.exists())

    def test_authors_may_and_assistants_may_not(self):
        page = self.send().request["PATH_INFO"]
        for group, status in [("Authors", 200), ("Assistants", 403)]:
            self.client.force_login(self.member_of(group))
            with self.subTest(group):
                self.assertEqual(self.client.get(self.url).status_code, status)
                self.assertEqual(self.client.get(page).status_code, status)
                self.assertEqual(self.send().status_code, status)
        self.client.post(page, {"take": "1"})
        self.assertFalse(Subscriber.objects.exists())

    # Large ones, which the worker works off

    def work(self):
        tasks.work_off.func(ReaderList.objects.get().pk)

    def test_who_waits_for_a_mail_does_not_wait_for_a_list(self):
        self.send_large()
        its = ReaderList.objects.get()

        with (
            override_settings(TASKS=QUEUE),
            mock.patch("moving.lists.TOLD_EVERY", 0),
        ):
            look.enqueue(its.pk)
            tasks.work_off.func(its.pk)

        seen = DBTaskResult.objects.successful().get().return_value
        self.assertEqual(seen, ReaderList.Step.COUNTING)
        its.refresh_from_db()
        self.assertEqual(its.step, ReaderList.Step.COUNTED)

    def test_a_small_list_works_off_nothing_else_while_its_page_is_waited_for(self):
        with (
            override_settings(TASKS=QUEUE),
            mock.patch("moving.lists.TOLD_EVERY", 0),
        ):
            look.enqueue(0)
            self.send()

        self.assertTrue(DBTaskResult.objects.ready().exists())

    def test_a_large_file_is_worked_off_by_the_worker(self):
        response = self.send_large()
        page = response.request["PATH_INFO"]
        self.assert_says(response, "The list is looked through.", "How it stands now")
        self.assert_says(self.client.get(self.url), "is looked through", page)

        self.work()
        response = self.client.get(page)
        self.assert_says(response, "1,000 rows in the file.")
        self.assertFalse(Subscriber.objects.exists())
        with override_settings(TASKS=QUEUE):
            response = self.press(response)
        self.assert_says(response, "The list is being taken in.")
        self.assertFalse(Subscriber.objects.exists())
        self.work()

        self.assert_says(self.client.get(page), "All of it is in place.")
        self.assertEqual(Subscriber.objects.count(), 1000)
        self.assertEqual(LogEntry.objects.get().user, self.ana)
        self.assertEqual(self.waiting(), [])

    def test_a_second_press_begins_nothing_anew(self):
        response = self.send_large()
        page = response.request["PATH_INFO"]
        before = ReaderList.objects.values().get()

        for button in ("take", "count", "leave"):
            self.client.post(page, {button: "1"})

        self.assertEqual(ReaderList.objects.values().get(), before)

    def test_a_large_file_that_is_damaged_says_so_on_its_page(self):
        page = self.send_large('"a').request["PATH_INFO"]

        self.work()

        response = self.client.get(page)
        self.assert_says(response, "Line 1002: a quotation mark is opened there")
        self.assertNotContains(response, "Take them in")
        self.press(response, "leave")
        self.assertEqual(self.waiting(), [])

    def test_one_that_stands_still_says_so_and_the_tick_goes_on_with_it(self):
        page = self.send_large().request["PATH_INFO"]
        ReaderList.objects.update(moved_at=timezone.now() - timedelta(minutes=5))
        self.assert_says(self.client.get(page), "Nothing has moved for some minutes.")
        self.assertIn("moving.tasks.go_on", settings.TICK)
        DBTaskResult.objects.all().delete()  # whoever had it is no more

        self.assertEqual(tick.turn(), [])  # here a task is done at once

        self.assert_says(self.client.get(page), "1,000 rows in the file.")


class WorkTests(ReadersTestCase):
    """What becomes of a list while a worker is at it."""

    def setUp(self):
        super().setUp()
        rows = "".join(f"r{n}@example.org,yes\n" for n in range(1200))
        file = SimpleUploadedFile(
            "list.csv", f"email,confirmed\n{rows}x,yes\n".encode()
        )
        self.client.post("/admin/files/readers/in/", {"file": file})
        self.list = ReaderList.objects.get()
        self.list.take()

    def kill(self):
        """Work, and be killed in the middle of the second batch."""
        with fails_at(2, Killed()), self.assertRaises(Killed):
            tasks.work_off.func(self.list.pk)

    def counts(self):
        self.list.refresh_from_db()
        return self.list.report["counts"]

    def test_a_killed_worker_goes_on_where_it_was_and_counts_nobody_twice(self):
        self.kill()
        self.assertEqual(self.counts(), {"bad_address": 1, "new": 500})
        self.assertEqual(self.list.done, 500)

        tasks.work_off.func(self.list.pk)

        self.assertEqual(self.counts(), {"bad_address": 1, "new": 1200})
        self.assertEqual(self.list.step, ReaderList.Step.TAKEN)
        self.assertEqual(Subscriber.objects.count(), 1200)
        self.assertEqual(LogEntry.objects.count(), 1)

    def test_of_two_at_once_one_stops(self):
        slow = ReaderList.objects.get()
        self.kill()

        lists.work(slow)  # it began as the other did, and is still at the first batch

        self.assertEqual(self.counts(), {"bad_address": 1, "new": 500})
        self.assertEqual(Subscriber.objects.count(), 500)
        self.assertEqual(self.list.trouble, "")

    def test_what_is_left_while_it_is_counted_is_left(self):
        ReaderList.objects.update(step=ReaderList.Step.COUNTING)
        its = ReaderList.objects.get()
        ReaderList.objects.all().delete()

        lists.work(its)

        self.assertFalse(Subscriber.objects.exists())

    def test_a_database_that_stops_says_how_far_it_came_and_a_press_goes_on(self):
        with fails_at(2, DatabaseError("disk full")):
            tasks.work_off.func(self.list.pk)

        page = reverse("moving:readers_list", args=[self.list.pk])
        self.assert_says(
            self.client.get(page),
            "The database stopped after 500 of 1200 addresses.",
            "<td>500</td><td>new",
        )
        response = self.client.post(page, {"take": "1"}, follow=True)
        self.assert_says(response, "All of it is in place.", "<td>1,200</td><td>new")

    def test_no_room_to_sort_the_file(self):
        with mock.patch("sqlite3.connect", side_effect=sqlite3.OperationalError):
            tasks.work_off.func(self.list.pk)

        self.list.refresh_from_db()
        self.assertIn("There is no room on this machine", self.list.trouble)

    def test_two_lists_of_the_same_readers_take_each_in_once(self):
        file = SimpleUploadedFile("other.csv", b"email,confirmed\nr7@example.org,yes\n")
        self.client.post("/admin/files/readers/in/", {"file": file})
        other = ReaderList.objects.exclude(pk=self.list.pk).get()
        other.take()

        lists.work(other)
        tasks.work_off.func(self.list.pk)

        self.assertEqual(Subscriber.objects.count(), 1200)
        self.assertEqual(self.counts(), {"bad_address": 1, "known": 1, "new": 1199})


class OutTests(ReadersTestCase):
    url = "/admin/files/readers/out/"

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        make_subscriber(email="=anna@example.org")
        make_subscriber(is_confirmed=False)

    def test_the_list_of_readers_leads_here_and_looking_writes_nothing(self):
        self.assertContains(self.client.get(self.readers), f'href="{self.url}"')

        self.assertContains(self.client.get(self.url), "The file holds 1 address:")
        self.assertFalse(LogEntry.objects.exists())

    def test_the_button_saves_the_list_and_that_is_written_down(self):
        response = self.client.post(self.url)

        self.assertRegex(
            response["Content-Disposition"],
            r'attachment; filename="readers-\d{4}-\d\d-\d\d.csv"',
        )
        self.assertIn("no-store", response["Cache-Control"])
        content = b"".join(response.streaming_content)
        self.assertIn(b'"\'=anna@example.org"', content)
        act = LogEntry.objects.get()
        self.assertEqual(act.user, self.ana)
        self.assertIn("as a file: 1 reader.", act.change_message)
        self.assertNotIn("@", act.change_message + act.object_repr)
        self.assertContains(self.client.get(self.url), "as a file: 1 reader.")

    def test_authors_may_and_assistants_may_not(self):
        for group, status in [("Authors", 200), ("Assistants", 403)]:
            self.client.force_login(self.member_of(group))
            with self.subTest(group):
                self.assertEqual(self.client.get(self.url).status_code, status)
                self.assertEqual(self.client.post(self.url).status_code, status)

    def test_who_may_see_readers_only_sees_no_button(self):
        reader = make_staff(is_superuser=False)
        reader.user_permissions.add(
            *Group.objects.get(name="Authors").permissions.filter(
                codename="view_subscriber"
            )
        )
        self.client.force_login(reader)

        page = self.client.get(self.readers)

        self.assertEqual(page.status_code, 200)
        self.assertNotContains(page, "/admin/files/readers/")
        self.assertEqual(self.client.post(self.url).status_code, 403)
