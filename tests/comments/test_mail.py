from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.core import mail
from django.core.mail.backends import locmem
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, models
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from comments import tasks
from comments.models import Comment, EmailAddress, Notice, Settings, Status
from guide.models import SiteSettings
from tests.factories import make_comment, make_guide, make_staff

LOCAL = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
DEAD_SERVER = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "127.0.0.1", "port": 1},
    }
}


A_MOMENT = timedelta(seconds=1)


class Refusing(BaseEmailBackend):
    """A mail server that refuses whoever it is given with this code."""

    code = 550

    def send_messages(self, messages):
        (message,) = messages
        refused = dict.fromkeys(message.to, (self.code, b"no"))
        raise SMTPRecipientsRefused(refused)


class Busy(Refusing):
    code = 450


def sent_by(backend):
    path = f"{backend.__module__}.{backend.__qualname__}"
    return override_settings(MAILERS={"default": {"BACKEND": path}})


def pass_five_minutes():
    """Let what could not leave be due again."""
    Notice.objects.update(due_at=timezone.now())


class MailReceiptsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(title="After a prolapse")

    def ask(self, **values):
        return make_comment(
            self.guide,
            **{
                "status": Status.PENDING,
                "name": "Tom <b>",
                "body": "My knee hurts",
                "email": "tom@example.org",
                "receipt_due_at": timezone.now(),
            }
            | values,
        )

    def test_what_comes_while_they_are_taken_is_owed_still(self):
        self.ask()
        late = []

        def meanwhile(execute, sql, *rest):
            if sql.startswith("UPDATE") and '"receipt_due_at" =' in sql and not late:
                late.append(self.ask(receipt_due_at=timezone.now() - A_MOMENT))
            return execute(sql, *rest)

        with connection.execute_wrapper(meanwhile):
            tasks.mail_receipts()

        (comment,) = late
        comment.refresh_from_db()
        self.assertIsNotNone(comment.receipt_due_at)

    def test_who_takes_it_back_and_asks_anew_brings_no_second_mail(self):
        for _turn in range(3):
            comment = self.ask()
            tasks.mail_receipts()
            comment.take_back()
            tasks.forget_addresses()

        self.assertEqual(len(mail.outbox), 1)
        (address,) = EmailAddress.objects.all()
        self.assertNotIn("tom", address.email)

        EmailAddress.objects.update(written_at=timezone.now() - timedelta(hours=25))
        self.ask()
        tasks.mail_receipts()
        self.assertEqual(len(mail.outbox), 2)
        Comment.objects.all().forget()
        EmailAddress.objects.update(written_at=timezone.now() - timedelta(hours=25))
        tasks.forget_addresses()
        self.assertFalse(EmailAddress.objects.exists())

    def test_who_stopped_what_somebody_else_asked_hears_no_more(self):
        comment = self.ask()
        tasks.mail_receipts()
        EmailAddress.objects.get().stop()
        comment.take_back()
        EmailAddress.objects.update(written_at=timezone.now() - timedelta(days=9))
        tasks.forget_addresses()

        self.ask()
        tasks.mail_receipts()

        self.assertEqual(len(mail.outbox), 1)

    def test_the_way_back_goes_to_the_address(self):
        comment = self.ask()

        tasks.mail_receipts()

        (sent,) = mail.outbox
        self.assertEqual(sent.to, ["tom@example.org"])
        for part in (sent.body, sent.alternatives[0].content):
            self.assertIn(f"http://testserver/comments/{comment.secret}/", part)
            self.assertIn("http://testserver/comments/confirm/", part)
            self.assertIn("http://testserver/comments/mails/", part)
        self.assertEqual(sent.extra_headers["Auto-Submitted"], "auto-generated")

    def test_nothing_a_visitor_typed_and_no_guide_stands_in_it(self):
        self.ask()

        tasks.mail_receipts()

        for word in ("Tom", "knee", "prolapse"):
            self.assertNotIn(word, mail.outbox[0].message().as_string())

    def test_it_is_mailed_once(self):
        self.ask()

        tasks.mail_receipts()
        tasks.mail_receipts()

        self.assertEqual(len(mail.outbox), 1)

    def test_an_address_that_nobody_confirmed_gets_one_mail_a_day(self):
        first = self.ask()
        tasks.mail_receipts()
        later = [self.ask(), self.ask()]
        tasks.mail_receipts()
        self.assertEqual(len(mail.outbox), 1)

        EmailAddress.objects.update(written_at=timezone.now() - timedelta(hours=25))
        Comment.objects.filter(receipt_due_at__isnull=False).mark(
            receipt_due_at=timezone.now()
        )
        tasks.mail_receipts()

        self.assertEqual(len(mail.outbox), 2)
        self.assertNotIn(first.secret, mail.outbox[1].body)
        for comment in later:
            self.assertIn(comment.secret, mail.outbox[1].body)

    def test_what_comes_in_between_waits_for_the_day_to_end(self):
        self.ask()
        tasks.mail_receipts()
        second = self.ask()

        tasks.mail_receipts()

        second.refresh_from_db()
        self.assertEqual(
            second.receipt_due_at,
            EmailAddress.objects.get().written_at + timedelta(days=1),
        )

    def test_what_was_owed_for_days_does_not_leave_at_once(self):
        """The server was away for longer than an unconfirmed address rests."""
        with override_settings(MAILERS=DEAD_SERVER), self.assertLogs("comments.tasks"):
            first = self.ask()
            tasks.mail_receipts()
            long_ago = timezone.now() - timedelta(hours=25)
            Notice.objects.update(owed_at=long_ago)
            EmailAddress.objects.update(written_at=long_ago)
            second = self.ask()
            tasks.mail_receipts()
        pass_five_minutes()

        tasks.mail_receipts()
        tasks.mail_receipts()

        (sent,) = mail.outbox
        (late,) = Comment.objects.filter(receipt_due_at__isnull=False)
        self.assertIn(late, [first, second])
        self.assertNotIn(late.secret, sent.body)
        self.assertFalse(Notice.objects.exists())

    def test_one_that_could_not_leave_today_is_tried_again_today(self):
        with override_settings(MAILERS=DEAD_SERVER), self.assertLogs("comments.tasks"):
            self.ask()
            tasks.mail_receipts()
        pass_five_minutes()

        tasks.mail_receipts()

        self.assertEqual(len(mail.outbox), 1)

    def test_a_confirmed_one_gets_each_without_a_link_to_confirm(self):
        for _ in range(2):
            self.ask()
            tasks.mail_receipts()
            EmailAddress.objects.get().confirm()

        self.assertEqual(len(mail.outbox), 2)
        self.assertNotIn("/comments/confirm/", mail.outbox[1].body)

    def test_a_stopped_one_gets_none(self):
        EmailAddress.objects.create(email="tom@example.org").stop()
        comment = self.ask()

        tasks.mail_receipts()

        comment.refresh_from_db()
        self.assertEqual((mail.outbox, comment.receipt_due_at), ([], None))

    def test_what_was_set_apart_or_filled_in_by_a_machine_mails_nobody(self):
        self.ask(status=Status.SPAM)
        self.ask(email="a@example.org", findings=[{"check": "trap", "words": []}])

        tasks.mail_receipts()

        self.assertEqual(mail.outbox, [])

    def test_no_address_no_mail(self):
        make_comment(self.guide, status=Status.PENDING)

        with self.assertNumQueries(2):
            tasks.mail_receipts()

        self.assertFalse(EmailAddress.objects.exists())

    @override_settings(MAILERS=DEAD_SERVER)
    def test_a_dead_mail_server_leaves_them_owed_and_one_line_without_words(self):
        self.ask()
        self.ask(email="nell@example.org")

        with self.assertLogs("comments") as logs:
            tasks.mail_receipts()

        self.assertEqual(
            logs.output,
            ["ERROR:comments.tasks:Reader not written to: ConnectionRefusedError"],
        )
        pass_five_minutes()
        with override_settings(MAILERS=LOCAL):
            tasks.mail_receipts()
            tasks.mail_receipts()
        self.assertEqual(len(mail.outbox), 2)


class AnnounceTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Dr Ana Reyes")
        cls.guide = make_guide(title="Two rows & a band")
        cls.address = EmailAddress.objects.create(
            email="tom@example.org", confirmed_at=timezone.now()
        )

    def ask(self, **values):
        return make_comment(
            self.guide,
            **{"status": Status.PENDING, "name": "Tom", "body": "My knee hurts"}
            | {"email": "tom@example.org"}
            | values,
        )

    def pass_time(self, **by):
        by = timedelta(**by or {"seconds": 61})
        Comment.objects.approved().mark(approved_at=models.F("approved_at") - by)

    def announce(self):
        self.pass_time()
        tasks.announce()

    def test_an_answer_is_told_once_and_to_who_asked(self):
        asked = self.ask()
        asked.answer(author=self.ana, body="Slowly.")

        self.announce()
        self.announce()

        (sent,) = mail.outbox
        self.assertEqual(sent.to, ["tom@example.org"])
        self.assertIn("You have an answer", sent.subject)
        self.assertIn("Two rows & a band", sent.body)
        for part in (sent.body, sent.alternatives[0].content):
            self.assertIn(f"http://testserver/comments/{asked.secret}/", part)
            self.assertIn(f"/comments/mails/{self.address.token}/", part)
        self.assertEqual(
            sent.extra_headers["List-Unsubscribe"],
            f"<http://testserver/comments/mails/{self.address.token}/>",
        )
        self.assertNotIn("List-Unsubscribe-Post", sent.extra_headers)

    def test_neither_question_nor_answer_is_in_it(self):
        self.ask().answer(author=self.ana, body="Slowly does it.")

        self.announce()

        for word in ("Tom", "knee", "Slowly"):
            self.assertNotIn(word, mail.outbox[0].message().as_string())

    def test_published_first_and_answered_later_are_two_pieces_of_news(self):
        asked = self.ask()
        asked.approve()
        self.announce()
        asked.answer(author=self.ana, body="Slowly.")
        self.announce()

        subjects = [sent.subject for sent in mail.outbox]
        self.assertIn("is published", subjects[0])
        self.assertIn("an answer", subjects[1])
        self.assertEqual(len(subjects), 2)

    def test_no_sooner_than_a_minute_so_that_undo_needs_no_recall(self):
        asked = self.ask()
        asked.approve()
        tasks.announce()
        self.pass_time(seconds=58)
        tasks.announce()
        asked.restore()
        self.announce()

        self.assertEqual(mail.outbox, [])

        asked.approve()
        self.announce()

        self.assertEqual(len(mail.outbox), 1)

    def test_only_a_confirmed_address_is_written_to(self):
        self.ask(email="nell@example.org").approve()
        EmailAddress.objects.create(email="eve@example.org")
        self.ask(email="eve@example.org").approve()
        self.ask(email="").approve()
        self.address.stop()
        self.ask().approve()

        self.announce()

        self.assertEqual(mail.outbox, [])
        self.assertFalse(Comment.objects.unannounced().exists())

    def test_what_does_not_show_is_no_news_yet(self):
        above = make_comment(self.guide)
        reply = self.ask(parent=above, status=Status.APPROVED)
        above.reject()
        self.announce()
        self.assertEqual(mail.outbox, [])

        above.approve()
        self.announce()

        reply.refresh_from_db()
        self.assertEqual(len(mail.outbox), 1)
        self.assertIsNotNone(reply.announced_at)

    def test_the_authors_answer_to_her_own_tells_nobody(self):
        answer = self.ask().answer(author=self.ana, body="Slowly.")
        answer.answer(author=self.ana, body="Or quickly.")

        self.announce()

        self.assertEqual(len(mail.outbox), 1)

    def test_what_was_taken_back_tells_nobody(self):
        asked = self.ask()
        asked.answer(author=self.ana, body="Slowly.")
        asked.take_back()

        self.announce()

        self.assertEqual(mail.outbox, [])

    def test_news_of_weeks_ago_is_none(self):
        self.ask().approve()
        self.pass_time(days=15)

        tasks.announce()

        self.assertEqual(mail.outbox, [])

    @override_settings(MAILERS=DEAD_SERVER)
    def test_a_dead_mail_server_leaves_it_owed_and_the_next_tick_sends_it(self):
        for _ in range(2):
            self.ask().approve()

        with self.assertLogs("comments") as logs:
            self.announce()

        self.assertEqual(
            logs.output,
            ["ERROR:comments.tasks:Reader not written to: ConnectionRefusedError"],
        )
        pass_five_minutes()
        with override_settings(MAILERS=LOCAL):
            self.announce()
            self.announce()
        self.assertEqual(len(mail.outbox), 2)

    def test_an_address_that_is_refused_does_not_hold_up_the_others(self):
        for _ in range(2):
            self.ask().approve()
        with sent_by(Refusing), self.assertLogs("comments") as logs:
            self.announce()

        self.assertEqual(len(logs.output), 2)
        self.assertNotIn("tom", str(logs.output))
        self.announce()
        self.assertEqual(mail.outbox, [])

    def test_what_was_refused_for_good_stands_on_her_own_page_and_on_the_desk(self):
        comment = self.ask()
        comment.answer(author=make_staff(name="Ana"), body="Out as you pull.")
        receipt = reverse("comments:receipt", args=[comment.secret])
        desk = reverse("admin:comments_comment_change", args=[comment.pk])
        self.client.force_login(make_staff())
        with sent_by(Refusing), self.assertLogs("comments"):
            self.announce()

        page = self.client.get(receipt)
        self.assertContains(page, "A mail to you was refused")
        self.assertContains(page, "t…@example.org would not take")
        self.assertContains(page, "Give the right one when you ask again")
        self.assertContains(page, "Out as you pull.")
        self.assertNotContains(page, "It comes by mail as well")
        self.assertContains(self.client.get(desk), "refused our last mail")
        later = self.ask(status=Status.PENDING)
        page = self.client.get(reverse("comments:receipt", args=[later.secret]))
        self.assertNotContains(page, "was refused")

        later.approve()
        self.announce()

        self.assertEqual(len(mail.outbox), 1)
        self.assertNotContains(self.client.get(receipt), "was refused")
        self.assertNotContains(self.client.get(desk), "refused our last mail")

    def test_one_refused_for_now_for_three_days_is_said_too(self):
        comment = self.ask()
        comment.approve()
        with sent_by(Busy), self.assertLogs("comments"):
            self.announce()
            Notice.objects.update(owed_at=timezone.now() - timedelta(days=4))
            pass_five_minutes()
            self.announce()

        self.assertFalse(Notice.objects.exists())
        page = self.client.get(reverse("comments:receipt", args=[comment.secret]))
        self.assertContains(page, "A mail to you was refused")

    def test_one_that_is_refused_for_now_is_tried_again(self):
        self.ask().approve()
        with sent_by(Busy), self.assertLogs("comments"):
            self.announce()

        pass_five_minutes()
        self.announce()

        self.assertEqual(len(mail.outbox), 1)

    def test_a_mistake_of_ours_leaves_it_owed_too(self):
        self.ask().approve()
        self.pass_time()
        with (
            override_settings(MAILERS={"default": {"BACKEND": "no.such.Backend"}}),
            self.assertRaises(Exception),  # noqa: B017
        ):
            tasks.announce()

        pass_five_minutes()
        tasks.announce()

        self.assertEqual(len(mail.outbox), 1)

    def test_of_a_thousand_published_by_hand_the_queries_are_few_each(self):
        for _ in range(3):
            self.ask(email="").approve()
        self.pass_time()

        # One for the list and one for what is owed; each is stamped.
        with self.assertNumQueries(2 + 3):
            tasks.announce()

    def test_an_answer_taken_off_before_a_server_took_the_mail_is_news_again(self):
        asked = self.ask()
        answer = asked.answer(author=self.ana, body="Slowly.")
        with sent_by(Busy), self.assertLogs("comments"):
            self.announce()
        answer.remove()
        pass_five_minutes()
        self.announce()
        self.assertEqual(mail.outbox, [])

        answer.approve()
        self.announce()

        (sent,) = mail.outbox
        self.assertIn("You have an answer", sent.subject)


class Slow(locmem.EmailBackend):
    """A mail server so slow that meanwhile the next turn of the tick has begun."""

    meanwhile = None

    def send_messages(self, messages):
        if meanwhile := Slow.meanwhile:
            Slow.meanwhile = None
            meanwhile()
            Slow.meanwhile = meanwhile
        return super().send_messages(messages)


@sent_by(Slow)
class TwoTicksTests(TestCase):
    def at_once(self, task):
        Slow.meanwhile = task
        self.addCleanup(setattr, Slow, "meanwhile", None)
        task()

    def test_they_tell_each_piece_of_news_once(self):
        guide = make_guide()
        for number in range(4):
            email = f"reader{number}@example.org"
            EmailAddress.objects.create(email=email, confirmed_at=timezone.now())
            make_comment(guide, email=email)
        Comment.objects.mark(approved_at=timezone.now() - timedelta(minutes=2))

        self.at_once(tasks.announce)

        to = sorted(sent.to[0] for sent in mail.outbox)
        self.assertEqual(to, [f"reader{number}@example.org" for number in range(4)])

    def test_they_mail_each_receipt_once(self):
        for number in range(4):
            make_comment(
                status=Status.PENDING,
                email=f"reader{number}@example.org",
                receipt_due_at=timezone.now(),
            )

        self.at_once(tasks.mail_receipts)

        to = sorted(sent.to[0] for sent in mail.outbox)
        self.assertEqual(to, [f"reader{number}@example.org" for number in range(4)])

    def test_they_tell_the_desk_once(self):
        SiteSettings.objects.update(contact_email="ana@example.org")
        Settings.load()
        Settings.objects.update(digest_hour=0)
        make_comment(status=Status.PENDING, is_urgent=True)

        for task in (tasks.report_urgent, tasks.send_digest):
            mail.outbox.clear()
            self.at_once(task)
            self.assertEqual(len(mail.outbox), 1)


class IndexTests(TestCase):
    def test_what_is_owed_is_found_by_index_among_a_million(self):
        due = Comment.objects.filter(receipt_due_at__lte=timezone.now())
        for index, rows in [
            ("comments_receipt_due", due.order_by("receipt_due_at")),
            ("comments_by_address", due.filter(email="tom@example.org")),
            ("comments_unannounced", Comment.objects.unannounced()),
            ("comments_by_address", EmailAddress.objects.unused(Comment.objects)),
        ]:
            with self.subTest(index):
                if connection.vendor == "sqlite":
                    self.assertIn(index, rows.explain())
                else:
                    with connection.cursor() as cursor:
                        cursor.execute("SET LOCAL enable_seqscan = off")
                    self.assertNotIn("Seq Scan on comments_comment", rows.explain())
