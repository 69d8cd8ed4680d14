import html
import os
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from django.urls import reverse

from config import tick
from newsletter.models import Subscriber
from tests.factories import make_staff, make_subscriber

LIST = (
    "email,confirmed\nanna@example.org,2020-01-01\nben@example.org,\nno address,yes\n"
)


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

    def send(self, content=LIST, **values):
        file = SimpleUploadedFile("list.csv", content.encode())
        return self.client.post(self.url, {"file": file} | values)

    def press(self, response, **values):
        """Press a button below what was said of a list."""
        form = response.context["form"]
        hidden = {name: form[name].value() for name in form.fields}
        return self.client.post(self.url, hidden | values, follow=True)

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
        )
        self.assertFalse(Subscriber.objects.exists())
        self.assertEqual(len(self.waiting()), 1)

        response = self.press(response)

        self.assert_says(response, "All of it is in place. 1 new")
        anna = Subscriber.objects.get()
        self.assertEqual(anna.consent_page, "import: list.csv")
        self.assertEqual(self.waiting(), [])
        act = LogEntry.objects.get()
        self.assertEqual(act.user, self.ana)
        self.assertIn("1 new", act.change_message)
        self.assertNotIn("@", act.change_message + act.object_repr)

    def test_it_is_taken_in_as_it_was_looked_at(self):
        response = self.send(LIST.replace("2020-01-01", "3/4/2020"), dates="day-first")
        response = self.press(response)

        self.assertEqual(Subscriber.objects.get().confirmed_at.month, 4)

        response = self.press(self.send(asks="on"))

        self.assert_says(response, "1 had not confirmed: they are asked by mail")

    def test_a_file_too_large_for_memory_is_read_from_the_disk(self):
        note = "x" * 1000
        rows = "".join(f"r{n}@example.org,yes,{note}\n" for n in range(2700))

        response = self.press(self.send(f"email,confirmed,note\n{rows}"))

        self.assert_says(response, "All of it is in place. 2700 new")

    def test_it_may_be_left(self):
        response = self.press(self.send(), leave="1")

        self.assert_says(response, "Nothing was taken in.")
        self.assertFalse(Subscriber.objects.exists())
        self.assertEqual(self.waiting(), [])

    def test_a_file_that_is_gone_is_asked_for_again(self):
        response = self.send()
        self.waiting()[0].unlink()

        self.assert_says(
            self.press(response), "The file is gone meanwhile.", status=422
        )
        again = self.client.post(self.url, {"arrival": "../../db", "name": "x"})
        self.assert_says(again, "The file is gone meanwhile.", status=422)

    def test_what_cannot_be_read_is_said_at_the_field(self):
        for content, sentence in [
            ("", "There is nothing in this file."),
            ("name\nAnna\n", "No column is called “email”. The file has: “name”."),
            ('email\n"a', "Line 2: a quotation mark is opened there"),
            ("x" * 10_000_001, "is too large for this page"),
        ]:
            with self.subTest(sentence):
                self.assert_says(self.send(content), sentence, status=422)
        self.assertEqual(self.waiting(), [])

    def test_the_tick_forgets_what_nobody_came_back_for(self):
        self.send()
        [old] = self.waiting()
        os.utime(old, (0, time.time() - 25 * 60 * 60))
        self.assertIn("moving.arrivals.forget_old", settings.TICK)

        self.assertEqual(tick.turn(), [])

        self.assertEqual(self.waiting(), [])

    def test_authors_may_and_assistants_may_not(self):
        for group, status in [("Authors", 200), ("Assistants", 403)]:
            self.client.force_login(self.member_of(group))
            with self.subTest(group):
                self.assertEqual(self.client.get(self.url).status_code, status)
                self.assertEqual(self.send().status_code, status)


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
