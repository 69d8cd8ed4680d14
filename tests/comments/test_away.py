"""While she is away, and after the questions of a guide have closed."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comments.models import Closing, Comment, Settings, Status
from guide.models import SiteSettings
from tests.comments.test_asking import form_of
from tests.factories import make_comment, make_guide, make_staff

# Summer in London: the day there begins an hour before that of the clock in UTC.
NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)


class Clock(TestCase):
    @classmethod
    def setUpTestData(cls):
        SiteSettings.load()
        cls.guide = make_guide(published_at=datetime(2026, 7, 1, 9, tzinfo=UTC))
        cls.page = cls.guide.get_absolute_url()
        cls.form = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def setUp(self):
        self.set_clock(NOON)

    def set_clock(self, now):
        for name, value in [
            ("django.utils.timezone.now", now),
            ("config.pagecache.time.time", now.timestamp()),
        ]:
            patch = mock.patch(name, return_value=value)
            patch.start()
            self.addCleanup(patch.stop)

    def set(self, **values):
        Settings.load()
        Settings.objects.update(**values)

    def get(self, url):
        return self.client.get(url, headers={"accept-encoding": ""})


class AwayTests(Clock):
    def test_the_day_she_is_back_stands_where_one_asks(self):
        self.set(away_until=date(2026, 7, 20), away_note="Walking in the <Alps>.")
        waiting = make_comment(self.guide, status=Status.PENDING)

        for url in (self.page, self.form, f"/comments/{waiting.secret}/"):
            with self.subTest(url):
                self.assertContains(
                    self.get(url),
                    "<strong>Back on 20 July.</strong> Walking in the &lt;Alps&gt;.",
                )

    def test_one_may_ask_meanwhile(self):
        self.set(away_until=date(2026, 7, 20))

        response = self.client.post(self.form, form_of(self.guide))

        self.assertEqual(response.status_code, 303)
        self.assertContains(self.client.get(response.url), "from 20 July on")

    def test_it_goes_by_itself_in_the_night_before(self):
        self.set(away_until=date(2026, 7, 20))
        self.assertContains(self.get(self.page), "Back on 20 July.")

        self.set_clock(datetime(2026, 7, 19, 22, 59, 59, tzinfo=UTC))
        self.assertContains(self.get(self.page), "Back on 20 July.")
        self.set_clock(datetime(2026, 7, 19, 23, 0, 1, tzinfo=UTC))

        self.assertNotContains(self.get(self.page), "Back on")

    def test_a_day_that_has_passed_keeps_no_page_from_being_stored(self):
        self.set(away_until=date(2026, 7, 1), close_after_days=2)
        self.get(self.page)

        with self.assertNumQueries(1):
            self.get(self.page)

    def test_a_slip_of_the_year_is_refused(self):
        with self.assertRaisesMessage(ValidationError, "within a year from now"):
            Settings(away_until=date(3026, 3, 3)).full_clean()
        Settings(away_until=date(2020, 3, 3)).clean()


class ClosingTests(Clock):
    def test_the_last_day_stands_on_the_page_and_at_the_form(self):
        self.set(close_after_days=9)

        for url in (self.page, self.form):
            with self.subTest(url):
                self.assertContains(
                    self.get(url), "You can ask here until 10 July 2026."
                )

    def test_it_closes_at_the_end_of_that_day_by_itself(self):
        self.set(close_after_days=9)
        self.get(self.page)

        self.set_clock(datetime(2026, 7, 10, 22, 59, 59, tzinfo=UTC))
        self.assertContains(self.get(self.page), "Ask a question")
        self.set_clock(datetime(2026, 7, 10, 23, 0, 1, tzinfo=UTC))

        page = self.get(self.page)
        self.assertContains(page, "New questions are closed below this guide.")
        self.assertNotContains(page, "comments/new")
        form = self.get(self.form)
        self.assertContains(form, "New questions are closed")
        self.assertNotContains(form, "<textarea")

    def test_what_is_sent_in_the_second_it_closes_is_not_lost(self):
        self.set(close_after_days=9)
        asked = make_comment(self.guide)
        form = form_of(self.guide)
        self.set_clock(datetime(2026, 7, 10, 23, tzinfo=UTC))

        for url in (self.form, f"{self.form}&to={asked.pk}"):
            response = self.client.post(url, form)

            self.assertContains(response, "Nothing was sent", status_code=403)
            self.assertContains(response, "Do I breathe out", status_code=403)
        self.assertEqual(Comment.objects.count(), 1)

    def test_the_receipt_says_that_it_came_in_time(self):
        waiting = make_comment(self.guide, status=Status.PENDING)
        url = f"/comments/{waiting.secret}/"
        self.assertNotContains(self.get(url), "closed")

        self.set(close_after_days=2)

        self.assertContains(self.get(url), "Yours came in time.")

    def test_one_guide_alone_is_closed_by_hand(self):
        self.guide.comments_open = False
        self.guide.save()
        other = make_guide()

        self.assertContains(self.get(self.page), "New questions are closed")
        self.assertContains(self.get(other.get_absolute_url()), "Ask a question")

    def test_one_guide_has_days_of_its_own(self):
        self.set(close_after_days=2)
        other, ever = (
            make_guide(published_at=self.guide.published_at) for _ in range(2)
        )
        Closing.objects.create(guide=other, days=20)
        Closing.objects.create(guide=ever, days=None)

        self.assertContains(self.get(self.page), "New questions are closed")
        page = self.get(other.get_absolute_url())
        self.assertContains(page, "You can ask here until 21 July 2026.")
        page = self.get(ever.get_absolute_url())
        self.assertContains(page, "Ask a question")
        self.assertNotContains(page, "until")

    def test_her_settings_name_such_guides(self):
        self.client.force_login(make_staff())
        url = "/admin/comments/settings/1/change/"
        form = self.client.get(url).context["adminform"].form
        values = {name: form[name].value() or "" for name in form.fields}

        response = self.client.post(
            url,
            values
            | {
                "closings-TOTAL_FORMS": 1,
                "closings-INITIAL_FORMS": 0,
                "closings-0-guide": self.guide.pk,
                "closings-0-days": 2,
            },
        )

        self.assertEqual(response.status_code, 302)
        self.client.logout()
        self.assertContains(self.get(self.page), "New questions are closed")

    def test_another_consent_is_another_version(self):
        self.client.force_login(make_staff())
        url = "/admin/comments/settings/1/change/"
        form = self.client.get(url).context["adminform"].form
        values = {name: form[name].value() or "" for name in form.fields}
        values |= {"closings-TOTAL_FORMS": 0, "closings-INITIAL_FORMS": 0}

        refused = self.client.post(url, values | {"consent": "Another one."})
        self.assertContains(refused, "The consent says something else now")
        self.assertContains(refused, "Another one.")
        for said in [
            {"usual_time": "on Tuesdays"},
            {"consent": "Another one.", "consent_version": "2"},
            {"consent": "Another one.", "consent_version": "3"},
        ]:
            response = self.client.post(url, values | said)
            self.assertEqual(response.status_code, 302)

    def test_without_a_number_of_days_nothing_closes(self):
        self.set_clock(NOON + timedelta(days=5000))

        page = self.get(self.page)

        self.assertContains(page, "Ask a question")
        self.assertNotContains(page, "until")

    def test_both_cost_the_page_no_query(self):
        costs = []
        for values in ({}, {"close_after_days": 9, "away_until": date(2026, 7, 20)}):
            Settings.objects.update(consent_version="1", **values)
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                self.get(self.page)
            costs.append(len(queries))

        self.assertEqual(*costs)
