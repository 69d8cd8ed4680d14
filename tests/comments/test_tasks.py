from datetime import timedelta

from django.core import mail
from django.test import TestCase, override_settings
from django.utils import timezone

from comments import tasks
from comments.models import Comment, Settings, Status
from guide.models import SiteSettings, page_version
from tests.factories import make_comment, make_guide, make_staff


class ReportNewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        settings = SiteSettings.load()
        settings.contact_email = "ana@example.org"
        settings.save()
        cls.guide = make_guide(title="Two rows & a band")

    def ask(self, guide=None, **values):
        return make_comment(
            guide or self.guide,
            status=Status.PENDING,
            name="Tom",
            body="My knee hurts",
            **values,
        )

    def test_new_questions_are_told_in_one_mail(self):
        self.ask()
        self.ask(guide=make_guide(title="Heels up"))

        tasks.report_new()

        (sent,) = mail.outbox
        self.assertEqual(sent.to, ["ana@example.org"])
        self.assertEqual(sent.subject, "2 new questions wait")
        self.assertIn("Two rows & a band", sent.body)
        self.assertIn("http://testserver/admin/comments/comment/", sent.body)
        self.assertIn("Heels up", sent.alternatives[0].content)

    def test_no_word_of_a_readers_leaves_the_site(self):
        self.ask(email="tom@example.org")

        tasks.report_new()

        for word in ("Tom", "knee", "tom@example.org"):
            self.assertNotIn(word, mail.outbox[0].message().as_string())

    def test_each_is_told_once(self):
        self.ask()

        tasks.report_new()
        tasks.report_new()

        self.assertEqual(len(mail.outbox), 1)

    def test_a_flood_is_told_together(self):
        first = self.ask()
        tasks.report_new()
        self.ask()
        tasks.report_new()
        self.assertEqual(len(mail.outbox), 1)

        Comment.objects.filter(pk=first.pk).update(
            reported_at=timezone.now() - timedelta(minutes=16)
        )
        tasks.report_new()
        self.assertEqual(len(mail.outbox), 2)

    def test_after_an_evening_at_the_desk_the_next_is_told_at_once(self):
        first = self.ask()
        tasks.report_new()
        first.reject()
        self.ask()

        tasks.report_new()

        self.assertEqual(len(mail.outbox), 2)

    def test_what_is_decided_already_is_not_told(self):
        self.ask().approve()
        make_comment(self.guide)

        tasks.report_new()

        self.assertEqual(mail.outbox, [])

    def test_without_a_contact_address_those_who_moderate_are_told(self):
        SiteSettings.objects.update(contact_email="")
        pam = make_staff()
        make_staff(is_active=False)
        make_staff(email="")
        make_staff(is_superuser=False)
        self.ask()

        tasks.report_new()

        self.assertEqual(mail.outbox[0].to, [pam.email])

    def test_with_nobody_to_tell_it_stays_owed(self):
        SiteSettings.objects.update(contact_email="")
        comment = self.ask()

        tasks.report_new()

        comment.refresh_from_db()
        self.assertIsNone(comment.reported_at)

    @override_settings(
        MAILERS={
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": 1},
            }
        }
    )
    def test_a_dead_mail_server_leaves_it_owed_and_one_line_without_words(self):
        comment = self.ask(email="tom@example.org")

        with self.assertLogs("comments") as logs:
            tasks.report_new()

        comment.refresh_from_db()
        self.assertIsNone(comment.reported_at)
        self.assertEqual(
            logs.output,
            ["ERROR:comments.tasks:New questions not reported: ConnectionRefusedError"],
        )


class ForgetSendersTests(TestCase):
    def test_after_a_day_nobody_can_say_what_came_from_one_place(self):
        old, new = make_comment(sender="abc123"), make_comment(sender="abc123")
        yesterday = timezone.now() - timedelta(days=1, minutes=1)
        Comment.objects.filter(pk=old.pk).update(created_at=yesterday)
        Settings.load()
        Settings.objects.update(day_key_at=yesterday)
        before = Settings.load().sender("192.0.2.1")
        version = page_version()

        tasks.forget_senders()

        self.assertEqual(
            [Comment.objects.get(pk=row.pk).sender for row in (old, new)],
            ["", "abc123"],
        )
        settings = Settings.load()
        self.assertNotEqual(settings.sender("192.0.2.1"), before)
        self.assertGreater(settings.day_key_at, yesterday)
        self.assertEqual(page_version(), version)

    def test_within_the_day_the_key_stays(self):
        before = Settings.load().day_key

        tasks.forget_senders()

        self.assertEqual(Settings.load().day_key, before)
