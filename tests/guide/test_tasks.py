from datetime import timedelta

from django.test import TestCase
from django.utils import timezone

from guide.models import PageVersion, page_version
from guide.tasks import show_what_came_due
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
