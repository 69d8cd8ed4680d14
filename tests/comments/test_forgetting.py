from datetime import timedelta
from unittest import mock

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import tasks
from comments.models import Comment, EmailAddress, Settings, Status
from guide.models import page_version
from tests.factories import make_comment, make_guide


class ForgetRefusedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()

    def refused(self, *, days, status=Status.SPAM, **values):
        """Return what was decided so many days ago, a day after it came."""
        comment = make_comment(self.guide, status=status, **values)
        now = timezone.now()
        Comment.objects.filter(pk=comment.pk).update(
            decided_at=now - timedelta(days=days),
            created_at=now - timedelta(days=days + 1),
        )
        return comment

    def test_rejected_and_spam_go_a_month_after_the_decision(self):
        for status in (Status.SPAM, Status.REJECTED):
            self.refused(days=31, status=status).decisions.create(
                was="pending", to=status, door="admin"
            )
            self.refused(days=29, status=status, name="Younger")
        before = page_version()

        tasks.forget_refused()

        self.assertEqual(
            set(Comment.objects.values_list("name", flat=True)), {"Younger"}
        )
        self.assertEqual(page_version(), before)  # no page showed them

    def test_whatever_else_there_is_stays(self):
        old = {"created_at": timezone.now() - timedelta(days=900)}
        for status in (Status.APPROVED, Status.REMOVED):
            self.refused(days=800, status=status)
        make_comment(self.guide, status=Status.PENDING, **old)
        lately = make_comment(self.guide, **old)
        lately.spam()

        tasks.forget_refused()

        self.assertEqual(Comment.objects.count(), 4)

    def test_what_others_wrote_below_stays_and_the_words_go(self):
        refused = self.refused(
            days=31,
            status=Status.REJECTED,
            name="Tom",
            email="tom@example.org",
            body="My knee",
        )
        reply = make_comment(parent=refused, body="Mine too.")
        make_comment(self.guide)

        tasks.forget_refused()
        tasks.forget_refused()

        row = Comment.objects.filter(pk=refused.pk).values().get()
        for word in ("Tom", "tom@example.org", "knee", refused.secret):
            self.assertNotIn(word, str(row))
        reply.refresh_from_db()
        self.assertEqual((reply.status, reply.body), (Status.APPROVED, "Mine too."))
        self.assertFalse(Comment.objects.get(pk=reply.pk).is_shown())
        self.assertNotContains(
            self.client.get(self.guide.get_absolute_url()), "[Erased.]"
        )

    def test_a_thread_of_nothing_but_spam_goes_whole(self):
        root = self.refused(days=40)
        reply = self.refused(days=40, parent=root)
        self.refused(days=40, parent=reply)

        tasks.forget_refused()

        self.assertFalse(Comment.objects.exists())

    def test_a_flood_goes_in_batches(self):
        with mock.patch.object(tasks, "MOST_AT_ONCE", 2):
            for _ in range(5):
                self.refused(days=31)

            tasks.forget_refused()

        self.assertFalse(Comment.objects.exists())

    def test_it_looks_by_index_and_where_nothing_is_due_twice(self):
        make_comment(self.guide)
        with self.assertNumQueries(2):
            tasks.forget_refused()
        rows = Comment.objects.refused(before=timezone.now())
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.order_by("status", "-created_at")[:500].explain()
        self.assertNotIn("SCAN", plan)
        self.assertNotIn("Seq Scan", plan)


class ForgetAddressesTests(TestCase):
    def test_a_turn_looks_at_some_and_the_next_goes_on_behind_them(self):
        EmailAddress.objects.bulk_create(
            EmailAddress(email=f"{number}@example.org")
            for number in range(tasks.ADDRESSES + 2)
        )
        left = []
        for _turn in range(2):
            tasks.forget_addresses()
            left.append(EmailAddress.objects.count())

        self.assertEqual(left, [2, 0])
        EmailAddress.objects.create(email="late@example.org")
        tasks.forget_addresses()
        self.assertFalse(EmailAddress.objects.exists())

    def test_a_turn_that_finds_nothing_writes_nothing(self):
        make_comment(email="tom@example.org")
        EmailAddress.objects.create(email="tom@example.org")
        Settings.load()

        with CaptureQueriesContext(connection) as queries:
            tasks.forget_addresses()

        written = [q for q in queries if q["sql"].startswith("UPDATE")]
        self.assertEqual(written, [])

    def test_an_address_goes_with_the_last_comment_that_bears_it(self):
        kept = make_comment(email="tom@example.org")
        gone = make_comment(email="nell@example.org")
        for comment in (kept, gone):
            EmailAddress.objects.create(email=comment.email)
        Comment.objects.filter(pk=gone.pk).delete()

        tasks.forget_addresses()

        self.assertEqual(EmailAddress.objects.get().email, "tom@example.org")
