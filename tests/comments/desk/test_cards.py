from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Status
from tests.comments.test_admin import LIST, DeskTestCase
from tests.factories import make_comment, make_guide


class CardTests(DeskTestCase):
    def test_reasons_and_text_stand_there_as_text_with_the_words_marked(self):
        self.waiting(
            body="<b>Heel</b>\n\nI had bleeding. Any bleeding <script>?",
            is_urgent=True,
            findings=[
                {"check": "red_flag", "words": ["bleeding", "<script>", ""]},
                {"check": "quick", "words": []},
            ],
        )

        response = self.client.get(LIST)

        self.assertContains(response, "within three seconds")
        self.assertContains(response, "<p>&lt;b&gt;Heel&lt;/b&gt;</p>")
        self.assertContains(response, "<mark>bleeding</mark>", 2)
        self.assertContains(response, "<mark>&lt;script&gt;</mark>?</p>")

    def test_what_the_reader_wrote_before_stands_there_counted(self):
        for days in range(2, 7):
            make_comment(
                self.guide,
                email="nell@example.org",
                body=f"Of {days} days",
                created_at=timezone.now() - timedelta(days=days),
            )
        make_comment(self.guide, body="Somebody else")
        self.waiting(1, email="nell@example.org", body="Now")

        response = self.client.get(LIST)

        self.assertContains(response, "5 other comments of this reader")
        for days, times in [(2, 1), (3, 1), (4, 1), (5, 0)]:
            self.assertContains(response, f"Of {days} days", times)
        self.assertNotContains(response, "Somebody else")

    def test_its_queries_do_not_grow(self):
        def count():
            with CaptureQueriesContext(connection) as queries:
                self.client.get(LIST)
            return len(queries)

        self.waiting(email="nell@example.org")
        before = count()
        for n in range(10):
            comment = make_comment(
                make_guide(), status=Status.PENDING, email=f"{n}@example.org"
            )
            make_comment(parent=comment, status=Status.PENDING)

        self.assertEqual(count(), before)
        self.assertLessEqual(before, 10)
