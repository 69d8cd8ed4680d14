import errno
import tempfile
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError
from django.http import HttpResponse
from django.test import Client, SimpleTestCase, TestCase, override_settings
from django.urls import include, path

from config import broken, room, tick
from config.mail import FolderBackend
from tests.config.test_logs import LogTestCase
from tests.factories import make_picture
from tests.full_disk import fill_database, room_for

WORDS = 'Is it "safe" for my knee?'


def store(request):
    fill_database()
    return HttpResponse("stored")


def take(request):
    return HttpResponse(f"{len(request.FILES)} files")


def run_in_tick():
    fill_database()


urlpatterns = [
    path("store/", store),
    path("admin/store/", store),
    path("take/", take),
    path("", include("config.urls")),
]
handler500 = broken.server_error


class LackingTests(SimpleTestCase):
    def test_each_way_to_be_full_is_known(self):
        for error in [
            OSError(errno.ENOSPC, "No space left on device"),
            OSError(errno.EDQUOT, "Disk quota exceeded"),
            psycopg.errors.DiskFull(),
        ]:
            self.assertTrue(room.is_lacking(error), error)
        with self.assertRaises(DatabaseError) as caught:
            fill_database()
        self.assertTrue(room.is_lacking(caught.exception))

    def test_other_faults_are_not_taken_for_it(self):
        for error in [
            OSError(errno.ENOENT, "No such file or directory"),
            IntegrityError("UNIQUE constraint failed"),
            psycopg.errors.UniqueViolation(),
            None,
        ]:
            self.assertFalse(room.is_lacking(error), error)


@override_settings(ROOT_URLCONF=__name__)
class PageTests(LogTestCase, TestCase):
    def setUp(self):
        super().setUp()
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.client.cookies["csrftoken"] = token = "t" * 32
        self.sent = {"csrfmiddlewaretoken": token, "words": WORDS, "many": [1, 2]}

    def test_what_was_sent_comes_back_to_be_sent_once_more(self):
        response = self.client.post("/store/?guide=3", self.sent)

        self.assertContains(response, "There is no room left here", status_code=507)
        self.assertContains(response, 'action="/store/?guide=3"', status_code=507)
        for name, value in [
            ("csrfmiddlewaretoken", "t" * 32),
            ("words", WORDS.replace('"', "&quot;")),
            ("many", 1),
            ("many", 2),
        ]:
            self.assertContains(
                response,
                f'<input type="hidden" name="{name}" value="{value}">',
                status_code=507,
            )
        self.assertEqual(response["Cache-Control"], "private, no-store")

    def test_a_password_is_not_written_into_the_page(self):
        response = self.client.post("/store/", self.sent | {"password": "horse"})

        self.assertNotContains(response, "horse", status_code=507)
        self.assertContains(response, "Only a password is not kept", status_code=507)
        response = self.client.post("/store/", self.sent)
        self.assertNotContains(response, "password", status_code=507)

    def test_where_nothing_was_sent_nothing_is_offered(self):
        response = self.client.get("/store/")

        self.assertContains(response, "To the first page", status_code=507)
        self.assertNotContains(response, "<form", status_code=507)

    def test_staff_are_told_whom_to_tell(self):
        ours = self.client.get("/admin/store/")
        readers = self.client.get("/store/")

        self.assertContains(ours, "its log says which disk", status_code=507)
        self.assertNotContains(readers, "its log says which disk", status_code=507)

    def test_the_log_says_how_much_room_is_where(self):
        self.client.post("/store/", self.sent)

        self.assertIn("Insufficient Storage: /store/", self.log)
        self.assertIn("a disk is full; room left: temporary files in /", self.log)
        self.assertIn(f"media in {settings.MEDIA_ROOT} ", self.log)
        self.assertNotIn("safe", self.log)

    @override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000)
    def test_a_file_that_finds_no_room_takes_no_words_along(self):
        with tempfile.TemporaryDirectory() as folder:
            with room_for(100_000), override_settings(FILE_UPLOAD_TEMP_DIR=folder):
                film = SimpleUploadedFile("film.mp4", b"x" * 300_000)
                response = self.client.post("/take/", {"film": film} | self.sent)

            self.assertEqual(list(Path(folder).iterdir()), [])
        self.assertContains(response, "Only files cannot wait here", status_code=507)
        self.assertContains(response, WORDS.replace('"', "&quot;"), status_code=507)

    @override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000)
    def test_a_file_that_finds_room_arrives(self):
        film = SimpleUploadedFile("film.mp4", b"x" * 300_000)

        response = self.client.post("/take/", {"film": film} | self.sent)

        self.assertEqual(response.content, b"1 files")


class SecondFails(room.WholeFileStorage):
    """Has room for one file."""

    saved = 0

    def _save(self, name, content):
        self.saved += 1
        if self.saved > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super()._save(name, content)


class WholeTests(TestCase):
    def test_half_a_file_is_taken_away(self):
        with room_for(1000), self.assertRaises(OSError):
            default_storage.save("films/half.mp4", ContentFile(b"x" * 5000))

        self.assertFalse(default_storage.exists("films/half.mp4"))

    def test_a_file_that_another_saved_meanwhile_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            storage = room.WholeFileStorage(location=folder)
            storage.save("film.mp4", ContentFile(b"hers"))

            # The name was free when it was asked for.
            with room_for(1000), self.assertRaises(OSError):
                storage._save("film.mp4", ContentFile(b"x" * 5000))

            self.assertEqual([one.name for one in Path(folder).iterdir()], ["film.mp4"])
            self.assertEqual(storage.open("film.mp4").read(), b"hers")

    def test_half_of_the_widths_of_a_picture_are_taken_away(self):
        ours = {"default": {"BACKEND": f"{__name__}.SecondFails"}}
        with (
            tempfile.TemporaryDirectory() as folder,
            override_settings(MEDIA_ROOT=folder, STORAGES=settings.STORAGES | ours),
        ):
            with self.assertRaises(OSError):
                make_picture()

            self.assertEqual(list(Path(folder, "pictures").iterdir()), [])

    def test_half_a_mail_is_taken_away(self):
        with tempfile.TemporaryDirectory() as folder:
            with room_for(1000), self.assertRaises(OSError):
                FolderBackend(folder=folder).write(b"x" * 5000)

            self.assertEqual(list(Path(folder).iterdir()), [])


class TickTests(LogTestCase, SimpleTestCase):
    @override_settings(TICK=[f"{__name__}.run_in_tick"])
    def test_a_part_without_room_says_so(self):
        self.assertEqual(tick.turn(), [f"{__name__}.run_in_tick"])

        self.assertIn("OperationalError; a disk is full; room left: ", self.log)
