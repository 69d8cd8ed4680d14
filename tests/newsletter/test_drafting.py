from datetime import timedelta
from unittest import mock

from django.test import TestCase
from django.utils import timezone
from django.utils.timezone import datetime

from guide.models import PageVersion, SiteSettings
from newsletter import drafting
from newsletter.models import Issue, Settings
from tests.factories import make_block, make_guide, make_issue, make_staff

FIRST = datetime(2026, 12, 1, 0, 5, tzinfo=timezone.UTC)


class DraftingTestCase(TestCase):
    def at(self, moment):
        """Let it be that moment for the tick."""
        return mock.patch("django.utils.timezone.now", return_value=moment)

    def tick(self, moment=FIRST):
        with self.at(moment):
            return drafting.draft_when_due()


class MonthlyDraftTests(DraftingTestCase):
    @classmethod
    def setUpTestData(cls):
        SiteSettings.objects.update(zone="Europe/London")
        Settings.objects.update(draft_day=1)
        days = {"old": 40, "new": 3, "newest": 1}
        cls.guides = {
            name: make_guide(title=name, published_at=FIRST - timedelta(days=days))
            for name, days in days.items()
        }

    def named(self, issue):
        return [block.guide.title for block in issue.blocks.all()]

    def test_it_has_the_guides_that_are_new_and_says_its_month(self):
        issue = self.tick()

        self.assertEqual(issue.subject, "The letter of December 2026")
        self.assertEqual(issue.slug, "the-letter-of-december-2026")
        self.assertEqual(self.named(issue), ["newest", "new"])
        self.assertIsNone(issue.frozen_at)

    def test_there_is_one_a_month(self):
        self.tick().delete()

        self.assertIsNone(self.tick(FIRST + timedelta(minutes=1)))
        self.assertIsNone(self.tick(FIRST + timedelta(days=20)))
        make_guide(published_at=FIRST + timedelta(days=25))
        self.assertIsNotNone(self.tick(FIRST + timedelta(days=31)))

    def test_a_tick_later_in_the_month_only_reads(self):
        self.tick()

        with self.assertNumQueries(2):
            self.tick(FIRST + timedelta(minutes=1))

    def test_of_two_ticks_in_one_moment_one_makes_it(self):
        before = Settings.load()
        self.tick().delete()

        with mock.patch.object(Settings, "load", return_value=before):
            self.assertIsNone(self.tick())

    def test_a_month_whose_day_was_missed_has_it_later(self):
        self.tick(FIRST - timedelta(days=30)).delete()

        self.assertIsNotNone(self.tick(FIRST + timedelta(days=4)))

    def test_a_new_site_begins_on_the_day_itself(self):
        self.assertIsNone(self.tick(FIRST + timedelta(days=4)))
        self.assertIsNone(self.tick(FIRST + timedelta(days=5)))

    def test_there_is_none_where_nothing_is_new(self):
        last = FIRST - timedelta(hours=1)
        make_issue(frozen_at=last, finished_at=last)

        self.assertIsNone(self.tick())
        self.assertEqual(Issue.objects.count(), 1)

    def test_there_is_none_beside_another_draft(self):
        make_issue()

        self.assertIsNone(self.tick())

    def test_there_is_none_before_its_day_in_the_sites_zone(self):
        SiteSettings.objects.update(zone="America/New_York")
        self.assertIsNone(self.tick())

        self.assertIsNotNone(self.tick(FIRST + timedelta(hours=5)))

    def test_it_can_be_switched_off(self):
        Settings.objects.update(draft_day=None)

        self.assertIsNone(self.tick())

    def test_its_address_is_free(self):
        make_issue(slug="the-letter-of-december-2026", frozen_at=FIRST.replace(day=1))
        Issue.objects.update(frozen_at=FIRST - timedelta(days=30))

        self.assertEqual(self.tick().slug, "the-letter-of-december-2026-2")

    def test_a_tick_that_makes_none_makes_no_page_old(self):
        Settings.objects.update(drafted_at=None)
        make_issue()
        before = PageVersion.objects.get().number

        self.tick()

        self.assertEqual(PageVersion.objects.get().number, before)
        self.assertIsNotNone(Settings.load().drafted_at)

    def test_the_first_screen_of_the_admin_tells_of_it(self):
        self.tick()
        self.client.force_login(make_staff())

        page = self.client.get("/admin/")

        self.assertContains(
            page, "“The letter of December 2026” has 2 guides and no words of yours yet"
        )


class NewGuidesTests(DraftingTestCase):
    def test_they_come_behind_the_last_guide_else_the_first_text(self):
        for parts, order in [
            (["text", "guide", "text"], ["text", "guide", "NEW", "text"]),
            (["text", "text"], ["text", "NEW", "text"]),
            ([], ["NEW"]),
        ]:
            with self.subTest(parts):
                Issue.objects.all().delete()
                issue = make_issue(intro="")
                old = make_guide(published_at="2020-01-01T00:00Z")
                for part in parts:
                    if part == "guide":
                        make_block(issue, kind="guide", guide=old)
                    else:
                        make_block(issue, prose="<p>text</p>")
                new = make_guide()

                drafting.add_new_guides(issue)

                said = [
                    "NEW" if row.guide == new else "guide" if row.guide else "text"
                    for row in issue.blocks.all()
                ]
                self.assertEqual(said, order)
                self.assertEqual(drafting.add_new_guides(issue), 0)
                issue.delete()
                new.delete()

    def test_only_what_came_after_the_last_letter_is_new(self):
        last = timezone.now() - timedelta(days=2)
        make_guide(published_at=last - timedelta(days=1))
        make_guide(published_at=None)
        make_guide(published_at=timezone.now() + timedelta(days=1))
        make_issue(frozen_at=last, finished_at=last)
        new = make_guide(published_at=last + timedelta(days=1))

        self.assertEqual(list(drafting.new_guides()), [new])
