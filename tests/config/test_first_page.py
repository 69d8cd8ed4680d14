import re
import tempfile
from datetime import UTC, datetime, timedelta
from unittest import mock

from django.conf import settings
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, Status
from guide.models import Author, Guide, SiteSettings
from tests.factories import make_comment, make_guide, make_issue, make_staff

URL = reverse("admin:index")


class FirstPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.author = make_staff(username="ana", first_name="Ana")
        cls.guide = make_guide(title="Two rows")
        SiteSettings.objects.update(
            author=Author.objects.create(name="Ana"),
            contact_email="ana@example.org",
            postal_address="4 Mill Lane",
        )

    def setUp(self):
        self.client.force_login(self.author)

    def test_it_greets_by_first_name_and_time_of_day_in_the_sites_zone(self):
        SiteSettings.objects.update(zone="Asia/Tokyo")  # nine hours ahead
        for hour, words in [(0, "morning"), (5, "afternoon"), (10, "evening")]:
            now = datetime(2026, 11, 22, hour, 30, tzinfo=UTC)
            with (
                self.subTest(words),
                mock.patch("django.utils.timezone.now", return_value=now),
            ):
                page = self.client.get(URL)

                self.assertContains(page, f"Good {words}, Ana.")

    def test_one_without_a_first_name_is_greeted_all_the_same(self):
        self.client.force_login(make_staff(username="sam"))

        self.assertContains(self.client.get(URL), ", sam. Nothing waits.")

    def test_what_a_new_site_has_not_said_of_itself_waits(self):
        SiteSettings.objects.update(author=None, postal_address="")

        page = self.client.get(URL)

        self.assertContains(page, "Settings to fill in")
        self.assertContains(
            page,
            "Who writes this site; the postal address, without which",
        )

    def test_where_nothing_waits_it_says_so(self):
        page = self.client.get(URL)

        self.assertContains(page, "Ana. Nothing waits.")
        self.assertNotContains(page, '<li class="wait')
        self.assertNotContains(page, "Nothing else waits")

    def test_it_says_what_waits_questions_first(self):
        make_comment(self.guide, status=Status.PENDING)
        make_issue(subject="December")

        page = self.client.get(URL)

        self.assertContains(page, "Ana. This is what waits.")
        self.assertContains(page, "Nothing else waits.")
        html = page.content.decode()
        self.assertLess(html.index("Question to read"), html.index("December"))

    def test_what_waited_too_long_stands_out(self):
        comment = make_comment(self.guide, status=Status.PENDING)
        self.assertNotContains(self.client.get(URL), "wait--overdue")

        Comment.objects.filter(pk=comment.pk).update(
            created_at=timezone.now() - timedelta(days=9)
        )

        page = self.client.get(URL)
        self.assertContains(page, "wait--overdue")
        self.assertContains(page, "The oldest has waited 9 days.")

    def test_lists_are_named_in_the_authors_words_with_how_much_is_in_them(self):
        make_guide()

        page = self.client.get(URL)

        self.assertContains(page, "Guides <span>2</span>")
        # A million comments are not counted: the desk says what waits.
        self.assertContains(page, "Questions and answers</a>")
        self.assertContains(page, reverse("admin:guide_guide_add"))
        self.assertContains(page, reverse("admin:newsletter_issue_add"))
        self.assertContains(page, reverse("admin:guide_sitesettings_changelist"))

    def test_mails_are_offered_only_where_no_server_takes_them(self):
        words = "Mails the site has sent"
        self.assertNotContains(self.client.get(URL), words)
        with tempfile.TemporaryDirectory() as folder:
            mailer = {
                "BACKEND": "config.mail.FolderBackend",
                "OPTIONS": {"folder": folder},
            }
            with override_settings(MAILERS=settings.MAILERS | {"default": mailer}):
                self.assertContains(self.client.get(URL), words)

    def test_it_costs_the_same_however_much_waits(self):
        make_comment(self.guide, status=Status.PENDING)
        with CaptureQueriesContext(connection) as few:
            self.client.get(URL)
        for _ in range(30):
            make_comment(self.guide, status=Status.PENDING)
            make_guide()

        with CaptureQueriesContext(connection) as many:
            self.client.get(URL)

        self.assertEqual(len(few), len(many))
        self.assertLessEqual(len(few), 30)


class AdminFrameTests(TestCase):
    def test_every_page_carries_the_sites_name_and_no_host(self):
        SiteSettings.objects.update(name="Back in Balance")
        self.assertContains(self.client.get(reverse("admin:login")), "Back in Balance")
        self.client.force_login(make_staff())

        for url in [URL, reverse("admin:guide_guide_changelist")]:
            page = self.client.get(url)

            self.assertContains(page, "<span>Back in Balance</span>")
            self.assertContains(page, "· Back in Balance</title>")

    def test_logging_out_is_a_button_in_a_form(self):
        self.client.force_login(make_staff())

        page = self.client.get(URL)

        self.assertContains(
            page, f'<form method="post" action="{reverse("admin:logout")}"'
        )
        self.assertEqual(self.client.get(reverse("admin:logout")).status_code, 405)

    def test_only_the_editors_own_map_runs_inline_and_only_in_the_admin(self):
        self.client.force_login(make_staff())

        page = self.client.get(reverse("admin:guide_guide_add"))

        policy = page["Content-Security-Policy"]
        self.assertIn("script-src 'self' 'nonce-", policy)
        self.assertNotIn("unsafe", policy)
        html = page.content.decode()
        inline = re.findall(r"<script(?![^>]* src=)([^>]*)>", html)
        self.assertEqual(len(inline), 1)
        self.assertIn('type="importmap"', inline[0])
        self.assertNotIn("nonce", self.client.get("/")["Content-Security-Policy"])
        self.assertNotIn("<style", html)
        self.assertNotIn(' style="', html)

    def test_a_list_and_a_form_are_titled_by_what_they_hold(self):
        self.client.force_login(make_staff())
        guide = Guide.objects.get(pk=make_guide(title="Two rows").pk)

        self.assertContains(
            self.client.get(reverse("admin:guide_guide_changelist")), "<h1>Guides</h1>"
        )
        self.assertContains(
            self.client.get(reverse("admin:guide_guide_change", args=[guide.pk])),
            "<h1>Two rows</h1>",
        )
