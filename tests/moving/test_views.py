import html
import io
import os
import tempfile
import time
import zipfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from django.urls import reverse

from guide import changes
from guide.models import Guide, Picture, Topic, Video
from moving import site
from tests.factories import make_full_guide, make_guide, make_picture, make_staff
from tests.full_disk import room_for


class FileTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Ana Reyes", username="ana")
        cls.guide = make_full_guide(title="Two rows")
        stream = io.BytesIO()
        site.export_guide(cls.guide, stream)
        cls.file = stream.getvalue()

    def setUp(self):
        self.client.force_login(self.ana)
        self.url = reverse("moving:read_in")

    def send(self, content=None):
        file = SimpleUploadedFile(
            "guide.zip", self.file if content is None else content
        )
        return self.client.post(self.url, {"file": file})

    def take(self, response, **values):
        """Press the button below what was said of a file."""
        arrival = response.context["form"].initial["arrival"]
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(
                self.url, {"arrival": arrival} | values, follow=True
            )

    def waiting(self):
        folder = Path(settings.MEDIA_ROOT) / "arrivals"
        return list(folder.iterdir()) if folder.is_dir() else []

    def assert_says(self, response, *sentences, status=200):
        self.assertEqual(response.status_code, status)
        page = html.unescape(response.content.decode())
        for sentence in sentences:
            self.assertIn(sentence, page)


class DownloadTests(FileTestCase):
    def test_the_guide_comes_as_a_zip_of_its_name(self):
        url = reverse("moving:download", args=[self.guide.pk])
        page = self.client.get(
            reverse("admin:guide_guide_change", args=[self.guide.pk])
        )
        self.assertContains(page, f'href="{url}"')

        response = self.client.get(url)

        self.assertEqual(
            response["Content-Disposition"],
            f'attachment; filename="{self.guide.slug}.zip"',
        )
        content = b"".join(response.streaming_content)
        self.assertEqual(content, self.file)
        self.assertIsNone(zipfile.ZipFile(io.BytesIO(content)).testzip())

    def test_a_lost_file_is_said_where_the_guide_is_written(self):
        picture = make_picture(alt="A lost room.")
        picture.file.storage.delete(picture.file.name)
        Guide.objects.filter(pk=self.guide.pk).update(picture=picture)

        response = self.client.get(
            reverse("moving:download", args=[self.guide.pk]), follow=True
        )

        self.assert_says(response, "The file of “A lost room.” cannot be read")

    def test_no_guide_is_no_page(self):
        url = reverse("moving:download", args=[10**6])

        self.assertEqual(self.client.get(url).status_code, 404)

    def test_who_may_not_see_guides_gets_no_file(self):
        self.client.force_login(make_staff(is_superuser=False))
        url = reverse("moving:download", args=[self.guide.pk])

        self.assertEqual(self.client.get(url).status_code, 403)


class ReadInTests(FileTestCase):
    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        # Another site, which has something of its own.
        Guide.objects.all().delete()
        Picture.objects.all().delete()
        Topic.objects.update(title="As here")

    def test_the_list_of_guides_leads_here(self):
        page = self.client.get(reverse("admin:guide_guide_changelist"))

        self.assertContains(page, f'href="{self.url}"')
        self.assertContains(self.client.get(self.url), "Look what is in it")

    def test_it_is_said_first_and_taken_in_with_the_button(self):
        response = self.send()

        self.assert_says(
            response,
            "<h1>Two rows</h1>",
            "It will be a draft: no reader sees it.",
            "New on this site",
            "Room ",
            "Here already; it stays as it is",
            "As here",
            "What it leaves behind",
            "exercises 2, variations 1: there is no guide “",
        )
        self.assertFalse(Guide.objects.exists() or Picture.objects.exists())

        response = self.take(response)

        guide = Guide.objects.get()
        self.assertRedirects(
            response, reverse("admin:guide_guide_change", args=[guide.pk])
        )
        self.assert_says(response, "“Two rows” has arrived as a draft.")
        self.assertIsNone(guide.published_at)
        self.assertEqual(guide.topic.title, "As here")
        self.assertEqual(guide.exercises.count(), 2)
        self.assertEqual(self.waiting(), [])

    @override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000)
    def test_a_large_file_is_read_from_the_disk(self):
        response = self.take(self.send())

        self.assert_says(response, "“Two rows” has arrived as a draft.")

    def test_a_full_disk_is_a_sentence(self):
        stream = io.BytesIO()
        site.export_guide(make_guide(), stream)
        for content, sentence in [
            (self.file, "A file could not be written"),
            (stream.getvalue(), "There is no room for the file on this machine."),
        ]:
            with room_for(500):
                response = self.send(content)

            self.assert_says(response, sentence, status=422)
            self.assertEqual(self.waiting(), [])

    def test_left_alone_it_leaves_nothing(self):
        response = self.take(self.send(), leave="1")

        self.assert_says(response, "Nothing was taken in.")
        self.assertFalse(Guide.objects.exists())
        self.assertEqual(self.waiting(), [])

    def test_beside_the_guide_that_is_there_or_in_its_place(self):
        there = make_guide(slug=self.guide.slug, title="As here")
        response = self.send()
        self.assert_says(
            response,
            "There is a guide at its address already: “As here”",
            "what takes its place waits until you publish it",
        )

        self.take(response, place="beside")
        there.refresh_from_db()
        self.assertEqual(there.title, "As here")
        self.assertTrue(Guide.objects.drafts().filter(title="Two rows").exists())

        response = self.take(self.send(), place="instead")
        self.assert_says(response, "Readers see it once you publish it.")
        there.refresh_from_db()
        self.assertEqual(there.title, "As here")
        self.assertEqual(changes.working(there).title, "Two rows")

    def test_what_is_no_file_of_ours_is_refused_where_it_was_chosen(self):
        for content, sentence in [
            (b"hello", "This is no zip that can be read."),
            (b"", "There is nothing in this file."),
            (self.whole_site(), "This file holds a whole site."),
            (self.file[:-30], "This is no zip that can be read."),
        ]:
            with self.subTest(sentence):
                response = self.send(content)

                self.assert_says(response, sentence, 'type="file"', status=422)
        self.assert_says(self.client.post(self.url), "Choose a file.", status=422)
        self.assertEqual(self.waiting(), [])
        self.assertFalse(Guide.objects.exists())

    def whole_site(self):
        Video.objects.all().delete()
        stream = io.BytesIO()
        site.export_site(stream)
        return stream.getvalue()

    def test_a_file_that_nobody_came_back_for_goes(self):
        self.send()
        (old,) = self.waiting()
        long_ago = time.time() - 2 * 24 * 60 * 60
        os.utime(old, (long_ago, long_ago))

        self.send()

        self.assertEqual(len(self.waiting()), 1)
        self.assertFalse(old.exists())

    def test_an_arrival_that_is_none_asks_for_the_file_again(self):
        for arrival in ["", "x", "0" * 32, "../../etc/passwd", "0" * 31 + "/", "\0"]:
            with self.subTest(arrival):
                response = self.client.post(self.url, {"arrival": arrival})

                self.assert_says(
                    response, "The file is gone meanwhile.", 'type="file"', status=422
                )

    def test_what_changed_between_is_said_and_nothing_is_taken_in(self):
        response = self.send()
        (file,) = self.waiting()
        file.write_bytes(self.file[:-30])

        response = self.take(response)

        self.assert_says(response, "This is no zip that can be read.", status=422)
        self.assertFalse(Guide.objects.exists())


class RightsTests(FileTestCase):
    def sign_in_with(self, *names):
        rights = Permission.objects.filter(
            codename__in=names, content_type__app_label="guide"
        )
        self.client.force_login(make_staff(is_superuser=False, permissions=rights))

    def test_who_may_not_add_guides_reads_none_in(self):
        self.sign_in_with("view_guide", "change_guide")

        self.assertEqual(self.client.get(self.url).status_code, 403)
        self.assertEqual(self.send().status_code, 403)

    def test_who_may_not_change_guides_puts_none_in_the_place_of_another(self):
        self.sign_in_with("view_guide", "add_guide")
        response = self.send()
        self.assertNotContains(response, "In its place")

        response = self.take(response, place="instead")

        self.assertEqual(response.status_code, 403)

    def test_who_may_not_make_pictures_brings_none(self):
        Guide.objects.all().delete()
        Picture.objects.all().delete()
        self.sign_in_with("view_guide", "add_guide", "change_guide")

        response = self.send()

        self.assert_says(
            response, "It brings pictures and videos, which you may not make."
        )
        self.assertNotContains(response, "Take it in")
        self.assertEqual(self.take(response).status_code, 403)
        self.assertFalse(Guide.objects.exists() or Picture.objects.exists())
