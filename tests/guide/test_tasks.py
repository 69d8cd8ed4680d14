import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.tasks import TaskResultStatus
from django.test import TestCase, override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from PIL import Image

from config.tick import prune
from guide.models import PageVersion, Picture, page_version
from guide.tasks import show_what_came_due, write_owed_webp
from tests.factories import make_guide

MINUTE = timedelta(minutes=1)


class ShowWhatCameDueTests(TestCase):
    def setUp(self):
        self.now = timezone.now()
        PageVersion.objects.update(seen_at=self.now - MINUTE)

    def turn(self):
        """Let the tick come; return whether it made the pages old."""
        before = page_version()
        show_what_came_due()
        return page_version() > before

    def test_a_moment_that_passed_makes_the_pages_old_once(self):
        make_guide(published_at=self.now - MINUTE / 2)

        self.assertTrue(self.turn())
        self.assertFalse(self.turn())

    def test_what_lies_ahead_or_was_seen_changes_nothing(self):
        make_guide(published_at=self.now + MINUTE)
        make_guide(published_at=self.now - 2 * MINUTE)

        self.assertFalse(self.turn())

    def test_a_long_sleep_is_made_up_for(self):
        PageVersion.objects.update(seen_at=self.now - timedelta(days=3))
        make_guide(published_at=self.now - timedelta(days=2))

        self.assertTrue(self.turn())

    def test_the_first_turn_of_all_trusts_no_page(self):
        PageVersion.objects.update(seen_at=None)

        self.assertTrue(self.turn())
        self.assertFalse(self.turn())

    def test_it_makes_the_row_where_there_is_none(self):
        PageVersion.objects.all().delete()

        show_what_came_due()

        self.assertGreaterEqual(PageVersion.objects.get().seen_at, self.now)


@override_settings(
    TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
)
class OwedWebpTests(TestCase):
    def made(self, **values):
        buffer = io.BytesIO()
        Image.new("RGB", (500, 300)).save(buffer, "JPEG")
        file = SimpleUploadedFile("a.jpg", buffer.getvalue())
        return Picture.objects.create(file=file, alt="A room.", **values)

    def queued(self):
        return [its.args_kwargs["args"][0] for its in DBTaskResult.objects.ready()]

    def work(self):
        """Do what is queued, as a worker does; return the states it ended in."""
        for its in DBTaskResult.objects.ready():
            try:
                its.task.call(*its.args_kwargs["args"])
                its.status = TaskResultStatus.SUCCESSFUL
            except OSError:
                its.status = TaskResultStatus.FAILED
            its.finished_at = timezone.now()
            its.save()
        return {its.args_kwargs["args"][0]: its.status for its in finished()}

    def test_what_is_owed_is_queued_once_and_then_written(self):
        picture = self.made()

        write_owed_webp()
        write_owed_webp()

        self.assertEqual(self.queued(), [picture.pk])
        before = page_version()
        self.work()
        picture.refresh_from_db()
        self.assertIsNotNone(picture.webp_at)
        self.assertGreater(page_version(), before)
        write_owed_webp()
        self.assertEqual(self.queued(), [])

    def test_a_few_at_a_time(self):
        for _ in range(12):
            self.made()

        write_owed_webp()

        self.assertEqual(len(self.queued()), 10)

    def test_a_broken_or_missing_file_stops_no_other_and_rests_a_week(self):
        broken, missing, whole = self.made(), self.made(), self.made()
        with broken.file.storage.open(broken.file.name, "wb") as file:
            file.write(b"\xff\xd8\xff no picture")
        missing.file.storage.delete(missing.file.name)

        write_owed_webp()

        self.assertEqual(
            self.work(),
            {broken.pk: "FAILED", missing.pk: "FAILED", whole.pk: "SUCCESSFUL"},
        )
        write_owed_webp()
        self.assertEqual(self.queued(), [])
        finished().update(finished_at=timezone.now() - timedelta(days=8))
        prune()
        write_owed_webp()
        self.assertCountEqual(self.queued(), [broken.pk, missing.pk])

    def test_a_picture_that_is_gone_is_no_fault(self):
        picture = self.made()
        write_owed_webp()
        pk = picture.pk
        picture.delete()

        self.assertEqual(self.work(), {pk: "SUCCESSFUL"})

    def test_a_new_file_is_owed_again(self):
        picture = self.made()
        write_owed_webp()
        self.work()

        picture.file = SimpleUploadedFile("b.jpg", picture.file.read())
        picture.save()
        write_owed_webp()

        self.assertEqual(self.queued(), [picture.pk])


def finished():
    return DBTaskResult.objects.finished()
