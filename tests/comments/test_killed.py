"""Whoever sends may die between any two steps: nothing is lost by it."""

from contextlib import suppress
from datetime import timedelta

from django.core import mail
from django.core.mail.backends import locmem
from django.db import connection, transaction
from django.test import TestCase, override_settings
from django.utils import timezone

from comments import tasks
from comments.models import Comment, EmailAddress, Notice, Settings, Status
from guide.models import SiteSettings
from tests.factories import make_comment, make_guide, make_staff

MORE_THAN_IT_TAKES = 30  # queries


class Killed(BaseException):
    """Nothing of ours catches it, so that no line of ours runs after it."""


class Deadly(locmem.EmailBackend):
    """Kills its sender before its mail leaves or just after it, once."""

    kills = None

    def send_messages(self, messages):
        kills, Deadly.kills = Deadly.kills, None
        if kills == "before":
            raise Killed
        sent = super().send_messages(messages)
        if kills == "after":
            raise Killed
        return sent


class KillingQuery:
    """Kills whoever begins with the query of this number."""

    def __init__(self, number):
        self.left = number

    def __call__(self, execute, *query):
        self.left -= 1
        if self.left == -1:  # what was begun is rolled back
            raise Killed
        return execute(*query)


@override_settings(MAILERS={"default": {"BACKEND": f"{__name__}.Deadly"}})
class KilledTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        SiteSettings.objects.update(contact_email="ana@example.org")
        Settings.load()
        Settings.objects.update(digest_hour=0)
        cls.ana = make_staff(email="ana@example.org", name="Ana Reyes")
        cls.guide = make_guide()
        EmailAddress.objects.create(email="tom@example.org")

    def setUp(self):
        self.addCleanup(setattr, Deadly, "kills", None)

    def ask(self, **values):
        return make_comment(self.guide, **{"status": Status.PENDING} | values)

    def owe_urgent(self):
        self.ask(is_urgent=True)

    def owe_receipt(self):
        EmailAddress.objects.update(confirmed_at=None)
        self.ask(email="tom@example.org", receipt_due_at=timezone.now())

    def owe_news(self):
        EmailAddress.objects.update(confirmed_at=timezone.now())
        self.ask(email="tom@example.org").answer(author=self.ana, body="Slowly.")
        Comment.objects.approved().mark(
            approved_at=timezone.now() - timedelta(minutes=2)
        )

    def each(self):
        yield tasks.report_urgent, self.owe_urgent
        yield tasks.send_digest, self.ask
        yield tasks.mail_receipts, self.owe_receipt
        yield tasks.announce, self.owe_news

    def in_the_end(self, task):
        """Return what was sent when the tick has had its turns, five minutes later."""
        task()
        Notice.objects.update(due_at=timezone.now())
        task()
        Notice.objects.update(due_at=timezone.now())
        task()
        sent, mail.outbox[:] = [*mail.outbox], []
        self.assertFalse(Notice.objects.exists())
        return [one.message()["Message-ID"] for one in sent]

    def test_before_the_mail_leaves_it_leaves_later(self):
        for task, owe in self.each():
            with self.subTest(task.__name__):
                owe()
                Deadly.kills = "before"
                self.assertRaises(Killed, task)

                self.assertEqual(len(self.in_the_end(task)), 1)

    def test_just_after_it_left_it_is_the_same_mail_that_leaves_again(self):
        for task, owe in self.each():
            with self.subTest(task.__name__):
                owe()
                Deadly.kills = "after"
                self.assertRaises(Killed, task)

                first, again = self.in_the_end(task)
                self.assertEqual(first, again)

    def test_between_any_two_queries_nothing_is_lost(self):
        for task, owe in self.each():
            for number in range(MORE_THAN_IT_TAKES):
                with self.subTest(task.__name__, query=number), transaction.atomic():
                    owe()
                    killing = connection.execute_wrapper(KillingQuery(number))
                    with suppress(Killed), killing:
                        task()

                    ids = self.in_the_end(task)
                    self.assertEqual(len(set(ids)), 1)
                    self.assertLessEqual(len(ids), 2)
                    transaction.set_rollback(True)

    def test_while_another_sends_it_nobody_else_does(self):
        for task, owe in self.each():
            with self.subTest(task.__name__):
                owe()
                Deadly.kills = "before"
                self.assertRaises(Killed, task)

                task()

                self.assertEqual(mail.outbox, [])
                self.in_the_end(task)
