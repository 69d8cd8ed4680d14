from datetime import timedelta

from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from comments import usual
from comments.models import Comment, Settings, Status
from tests.factories import make_comment, make_guide, make_staff


class WithinTests(SimpleTestCase):
    def test_in_plain_words(self):
        for hours, words in [
            (0, "within a day"),
            (24, "within a day"),
            (25, "within two days"),
            (48, "within two days"),
            (6 * 24, "within six days"),
            (6 * 24 + 1, "within a week"),
            (7 * 24, "within a week"),
            (8 * 24, "within 2 weeks"),
            (40 * 24, "within 6 weeks"),
        ]:
            with self.subTest(hours):
                self.assertEqual(usual.within(timedelta(hours=hours)), words)


class InWordsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.ana = make_staff(name="Ana")
        cls.settings = Settings.load()
        cls.settings.usual_time = "on Tuesday evening"

    def answered(self, *, after, ago=1, **values):
        """A question that was answered so many days after it was asked."""
        now = timezone.now()
        asked = make_comment(self.guide, **values)
        answer = asked.answer(author=self.ana, body="Yes.")
        Comment.objects.filter(pk=asked.pk).update(
            created_at=now - timedelta(days=after + ago)
        )
        Comment.objects.filter(pk=answer.pk).update(
            created_at=now - timedelta(days=ago)
        )
        return asked

    def test_while_answers_are_few_it_is_what_the_author_says(self):
        for _ in range(4):
            self.answered(after=2)

        self.assertEqual(usual.in_words(self.settings), "on Tuesday evening")

    def test_it_is_the_middle_of_the_last_ones(self):
        for after in (1, 1, 2, 30, 2):
            self.answered(after=after)

        self.assertEqual(usual.in_words(self.settings), "within two days")

    def test_only_the_last_twenty_count(self):
        for _ in range(20):
            self.answered(after=1)
        for _ in range(21):
            self.answered(after=30, ago=60)

        self.assertEqual(usual.in_words(self.settings), "within a day")

    def test_a_second_answer_to_the_same_question_makes_it_no_longer(self):
        for _ in range(5):
            asked = self.answered(after=2, ago=20)
            asked.answer(author=self.ana, body="And again.")

        self.assertEqual(usual.in_words(self.settings), "within two days")

    def test_what_waits_and_what_readers_reply_tell_nothing(self):
        for _ in range(5):
            self.answered(after=2)
        old = timezone.now() - timedelta(days=300)
        make_comment(parent=make_comment(self.guide, created_at=old))
        make_comment(self.guide, status=Status.PENDING, created_at=old)

        self.assertEqual(usual.in_words(self.settings), "within two days")

    def test_while_she_is_away_it_begins_when_she_is_back(self):
        self.settings.away_until = timezone.localdate() + timedelta(days=300)
        day = self.settings.away_until

        with self.assertNumQueries(0):
            words = usual.in_words(self.settings)

        self.assertEqual(words, f"from {day.day} {day:%B} on")

    def test_it_is_one_query_by_index(self):
        with self.assertNumQueries(1):
            usual.in_words(self.settings)
        rows = Comment.objects.answers().order_by("-created_at")[: usual.LAST]
        if connection.vendor == "sqlite":
            self.assertIn("comments_by_status", rows.explain())
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
            # Of a table that is nearly empty, any index is as good.
            self.assertNotIn("Seq Scan on comments_comment", rows.explain())

    def test_the_receipt_says_it(self):
        for _ in range(5):
            self.answered(after=2)
        waiting = make_comment(self.guide, status=Status.PENDING)

        response = self.client.get(f"/comments/{waiting.secret}/")

        self.assertContains(response, "<dd>within two days</dd>")
