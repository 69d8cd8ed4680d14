import re
from datetime import UTC, datetime, timedelta

from django.core import mail
from django.test import TestCase, override_settings
from django.utils import timezone

from comments import mail as mail_to
from comments import tasks
from comments.models import Comment, Notice, Settings, Status
from guide.models import SiteSettings, page_version
from tests.factories import make_comment, make_guide, make_staff

DEAD = override_settings(
    MAILERS={
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1},
        }
    }
)


class TellingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        SiteSettings.objects.update(contact_email="ana@example.org")
        Settings.load()
        Settings.objects.update(digest_hour=0)
        cls.ana = make_staff(email="Ana@example.org", name="Ana Reyes")
        cls.guide = make_guide(title="Two rows & a band")

    def ask(self, guide=None, **values):
        return make_comment(
            guide or self.guide,
            **{"status": Status.PENDING, "name": "Tom", "body": "My knee hurts"}
            | values,
        )

    def pass_time(self):
        """Let so much of it pass that what could not leave is due again."""
        Notice.objects.update(due_at=timezone.now())

    def words(self):
        (sent,) = mail.outbox
        return sent.body + sent.alternatives[0].content


class ReportUrgentTests(TellingTests):
    def ask(self, **values):
        return super().ask(**{"is_urgent": True} | values)

    def test_it_is_told_at_once_and_once(self):
        self.ask()
        self.ask(guide=make_guide(title="Heels up"))

        tasks.report_urgent()
        tasks.report_urgent()

        (sent,) = mail.outbox
        self.assertEqual(sent.to, ["ana@example.org"])
        self.assertEqual(sent.subject, "Please look soon: 2 questions may be urgent")
        self.assertIn("Two rows & a band", sent.body)
        self.assertIn("Heels up", sent.alternatives[0].content)

    def test_what_is_not_urgent_or_decided_waits_for_the_daily_mail(self):
        self.ask(is_urgent=False)
        self.ask().approve()
        self.ask(is_urgent=False, set_aside_at=timezone.now())

        tasks.report_urgent()

        self.assertEqual(mail.outbox, [])

    def test_what_was_set_aside_for_her_is_told_as_well(self):
        self.ask().set_aside(note="Yours, I think.")

        tasks.report_urgent()
        tasks.report_urgent()

        self.assertIn("/comments/desk/", self.words())

    def test_one_that_comes_while_another_waits_is_told_at_once(self):
        self.ask()
        tasks.report_urgent()
        second = self.ask()
        tasks.report_urgent()

        first, then = mail.outbox
        self.assertEqual(then.subject, "Please look soon: 1 question may be urgent")
        self.assertNotEqual(first.body, then.body)
        second.refresh_from_db()
        self.assertTrue(second.reported_at)

    def test_a_flood_is_told_together(self):
        asked = []
        for _n in range(6):
            asked.append(self.ask())
            tasks.report_urgent()
        self.assertEqual(len(mail.outbox), 3)

        Comment.objects.filter(pk=asked[0].pk).update(
            reported_at=timezone.now() - timedelta(minutes=16)
        )
        tasks.report_urgent()
        self.assertEqual(len(mail.outbox), 4)
        self.assertIn("3 questions", mail.outbox[-1].subject)

    def test_once_she_was_at_the_desk_the_next_is_told_at_once(self):
        for _n in range(3):
            comment = self.ask()
            tasks.report_urgent()
        comment.reject()
        self.ask()

        tasks.report_urgent()

        self.assertEqual(len(mail.outbox), 4)

    def test_what_she_decided_while_no_server_took_it_is_not_told(self):
        comment = self.ask()
        with DEAD, self.assertLogs("comments"):
            tasks.report_urgent()
        comment.reject()
        self.pass_time()

        tasks.report_urgent()

        self.assertEqual(mail.outbox, [])
        self.assertFalse(Notice.objects.exists())

    def test_an_address_that_was_wrong_is_not_what_it_goes_to_in_the_end(self):
        self.ask()
        with DEAD, self.assertLogs("comments"):
            tasks.report_urgent()
        SiteSettings.objects.update(contact_email="ana@example.com")
        self.pass_time()

        tasks.report_urgent()
        tasks.report_urgent()

        (sent,) = mail.outbox
        self.assertEqual(sent.to, ["ana@example.com"])

    def test_a_dead_mail_server_leaves_it_owed_and_one_line_without_words(self):
        self.ask(email="tom@example.org")

        with DEAD, self.assertLogs("comments") as logs:
            tasks.report_urgent()
            tasks.report_urgent()

        self.assertEqual(
            logs.output,
            ["ERROR:comments.tasks:Desk not written to: ConnectionRefusedError"],
        )
        self.pass_time()
        tasks.report_urgent()
        tasks.report_urgent()
        self.assertEqual(len(mail.outbox), 1)

    def test_after_three_days_it_is_tried_no_more(self):
        self.ask()
        with DEAD, self.assertLogs("comments") as logs:
            tasks.report_urgent()
            self.pass_time()
            Notice.objects.update(owed_at=timezone.now() - timedelta(days=3, hours=1))
            tasks.report_urgent()

        self.assertIn("is given up: urgent", logs.output[-1])
        self.assertFalse(Notice.objects.exists())


class SendDigestTests(TellingTests):
    def test_what_waits_is_told_once_a_day(self):
        self.ask(is_urgent=True)
        self.ask()
        self.ask(parent=make_comment(self.guide))
        self.ask(spam_score=1)
        self.ask(set_aside_at=timezone.now())
        before = page_version()

        tasks.send_digest()
        tasks.send_digest()

        (sent,) = mail.outbox
        self.assertEqual(sent.subject, "5 questions wait")
        self.assertIn(
            "1 may be urgent. 1 to answer. 1 reply to read. 1 set aside. "
            "1 looks like spam.",
            sent.body,
        )
        self.assertIn("2 more wait.", sent.body)
        self.assertIn("http://testserver/admin/comments/comment/", sent.body)
        self.assertEqual(page_version(), before)

    def test_of_those_it_names_it_marks_what_may_be_urgent(self):
        self.ask(is_urgent=True)
        self.ask()

        tasks.send_digest()

        (sent,) = mail.outbox
        (html, _kind) = sent.alternatives[0]
        self.assertEqual(sent.body.count("May be urgent"), 1)
        self.assertEqual(html.count("May be urgent"), 1)

    def test_where_nothing_waits_none_is_sent_and_tomorrow_is_another_day(self):
        make_comment(self.guide)
        tasks.send_digest()
        self.assertEqual(mail.outbox, [])
        yesterday = timezone.now().date() - timedelta(days=1)
        Settings.objects.update(digest_sent_on=yesterday)
        self.ask()

        tasks.send_digest()

        self.assertEqual(len(mail.outbox), 1)

    def test_it_waits_for_its_hour_by_the_clock_of_the_site(self):
        self.ask()
        SiteSettings.objects.update(zone="Pacific/Kiritimati")  # fourteen hours ahead
        hour = (datetime.now(UTC) + timedelta(hours=14)).hour
        if hour < 23:
            Settings.objects.update(digest_hour=hour + 1)
            tasks.send_digest()
            self.assertEqual(mail.outbox, [])
        Settings.objects.update(digest_hour=hour)

        tasks.send_digest()

        self.assertEqual(len(mail.outbox), 1)

    def test_no_word_of_a_readers_leaves_the_site_unless_she_wants_it(self):
        self.ask(email="tom@example.org")
        tasks.send_digest()
        for word in ("Tom", "knee", "tom@example.org"):
            self.assertNotIn(word, mail.outbox[0].message().as_string())
        mail.outbox.clear()
        Settings.objects.update(has_excerpts=True, digest_sent_on=None)
        self.ask(name="<b>Tim</b>", body="Is <img src=x> safe?")

        tasks.send_digest()

        self.assertIn("My knee hurts", self.words())
        html = mail.outbox[0].alternatives[0].content
        self.assertIn("&lt;img src=x&gt;", html)
        self.assertNotIn("<img src=x>", html)
        self.assertNotIn("tom@example.org", self.words())

    def test_links_are_for_her_whose_address_it_is(self):
        self.ask()

        tasks.send_digest()

        links = re.findall(r"http://testserver/comments/desk/\S+", mail.outbox[0].body)
        self.assertEqual(len(links), 3)

    def test_an_address_that_is_nobodys_gets_no_links_but_that_of_the_desk(self):
        SiteSettings.objects.update(contact_email="hello@example.org")
        self.ask()

        tasks.send_digest()

        self.assertEqual(mail.outbox[0].to, ["hello@example.org"])
        self.assertNotIn("/comments/desk/", self.words())
        self.assertIn("http://testserver/admin/comments/comment/", self.words())

    def test_without_a_contact_address_those_who_moderate_get_links_of_their_own(self):
        SiteSettings.objects.update(contact_email="")
        make_staff(is_active=False)
        make_staff(email="")
        make_staff(is_superuser=False)
        self.ask()

        tasks.send_digest()

        self.assertEqual(mail.outbox[0].to, [self.ana.email])
        self.assertIn("/comments/desk/", mail.outbox[0].body)

    def test_one_that_may_be_urgent_has_its_row_where_it_was_set_aside_too(self):
        for number in range(mail_to.LISTED):
            self.ask(guide=make_guide(title=f"Guide {number}"))
        self.ask(guide=make_guide(title="Heels up"), is_urgent=True).set_aside()

        tasks.send_digest()

        (sent,) = mail.outbox
        self.assertIn("1 may be urgent. 10 to answer.\n", sent.body)
        self.assertLess(sent.body.index("Heels up"), sent.body.index("Guide 0"))

    def test_a_dead_mail_server_leaves_the_day_owed(self):
        self.ask()
        with DEAD, self.assertLogs("comments"):
            tasks.send_digest()

        self.ask()
        self.pass_time()
        tasks.send_digest()
        tasks.send_digest()

        (sent,) = mail.outbox
        self.assertEqual(sent.subject, "2 questions wait")

    def test_what_no_server_took_yesterday_is_not_told_beside_what_waits_today(self):
        self.ask()
        with DEAD, self.assertLogs("comments"):
            tasks.send_digest()
        yesterday = timezone.now().date() - timedelta(days=1)
        Settings.objects.update(digest_sent_on=yesterday)
        self.pass_time()

        tasks.send_digest()

        self.assertEqual(len(mail.outbox), 1)
