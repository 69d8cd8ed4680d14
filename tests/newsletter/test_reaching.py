from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import connection
from django.template import Context, Template
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from newsletter import reaching, tasks, timeline, waiting
from newsletter.models import Answer, Subscriber
from tests.factories import make_comment, make_staff, make_subscriber


def ago(**how):
    return timezone.now() - timedelta(**how)


def stopped(**values):
    return make_subscriber(
        **{
            "confirmed_at": ago(days=90),
            "suppressed_at": ago(days=60),
            "suppressed_for": "the mailbox is full (552 5.2.2)",
        }
        | values
    )


def url(name, subscriber):
    return reverse(f"admin:newsletter_subscriber_{name}", args=[subscriber.pk])


def make_many(number=3000):
    """Make so many readers that PostgreSQL weighs which index is the best."""
    Subscriber.objects.bulk_create(
        Subscriber(
            email=f"reader{n}@example.org",
            email_key=f"reader{n}@example.org",
            created_at=ago(days=n),
            confirmed_at=ago(days=n),
        )
        for n in range(number)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE newsletter_subscriber")


class NumbersTests(TestCase):
    def test_who_joined_left_waits_and_lacks_letters(self):
        make_subscriber()
        make_subscriber(confirmed_at=ago(days=90))
        make_subscriber(unsubscribed_at=timezone.now(), confirmed_at=ago(days=90))
        make_subscriber(is_confirmed=False)
        stopped()
        stopped(asked_at=ago(days=1))
        stopped(asked_at=ago(days=70))

        shown = {str(words): number for words, number, _state in reaching.numbers()}

        self.assertEqual(
            shown,
            {
                "Get the letter": 2,
                "Joined this month": 1,
                "Left this month": 1,
                "Wait for the button": 1,
                "Letters stopped": 3,
                "Asked again in vain": 1,
            },
        )

    def test_the_list_shows_them_and_leads_to_who_they_are(self):
        make_subscriber()
        asked = stopped(asked_at=ago(days=1))
        self.client.force_login(make_staff())

        page = self.client.get(reverse("admin:newsletter_subscriber_changelist"))
        self.assertContains(page, '<a href="?state=asked">Asked again in vain</a>')
        page = self.client.get(
            reverse("admin:newsletter_subscriber_changelist"), {"state": "asked"}
        )
        self.assertEqual(list(page.context["cl"].result_list), [asked])

    def test_the_first_screen_warns_of_who_asked_in_vain(self):
        self.assertEqual(waiting.rows(), [])
        stopped(asked_at=ago(days=1))

        [row] = waiting.rows()

        self.assertTrue(row["is_overdue"])
        self.assertEqual(row["number"], "1")
        self.assertIn("by hand", row["text"])  # that mail has no such button

    def test_no_number_reads_every_reader(self):
        queries = [
            Subscriber.objects.suppressed(),
            Subscriber.objects.asked_in_vain(),
            Subscriber.objects.filter(unsubscribed_at__gte=ago(days=9)),
            Subscriber.objects.active().filter(confirmed_at__gte=ago(days=9)),
        ]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
            for rows in queries:
                plan = rows.order_by().explain()
                self.assertIn("newsletter_", plan)
                self.assertNotIn("SCAN newsletter_subscriber\n", plan + "\n")

    def test_who_gets_the_letter_is_counted_without_a_look_at_the_rows(self):
        index = {
            "sqlite": "USING COVERING INDEX newsletter_reachable",
            "postgresql": "Index Only Scan using newsletter_reachable",
        }
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
            for rows in [
                Subscriber.objects.reachable(),
                Subscriber.objects.active().filter(confirmed_at__gte=ago(days=9)),
            ]:
                with CaptureQueriesContext(connection) as asked:
                    rows.count()
                how = "QUERY PLAN" if connection.vendor == "sqlite" else ""
                cursor.execute(f"EXPLAIN {how} {asked[0]['sql']}")
                self.assertIn(index[connection.vendor], str(cursor.fetchall()))

    def test_its_list_goes_by_the_newest_and_sorts_nobody_else(self):
        make_many()

        rows = Subscriber.objects.reachable().order_by("-created_at", "-pk")[:100]

        self.assertIn("newsletter_newest_first", rows.explain())


class LiftingTests(TestCase):
    def setUp(self):
        self.client.force_login(make_staff())

    def test_one_press_lets_letters_through_and_mails_a_button(self):
        reader = stopped(asked_at=ago(days=1), mailed_at=ago(days=1))

        page = self.client.get(url("change", reader))
        self.assertContains(page, "Lift it and send the mail to confirm")
        self.assertContains(page, "Letters stopped at")
        self.assertContains(page, date_format(localtime(ago(days=60)), "j M Y"))
        self.assertNotContains(page, "Suppressed")  # one word for one thing
        with self.captureOnCommitCallbacks(execute=True):
            page = self.client.post(url("lift", reader), follow=True)

        self.assertContains(page, "Letters go there again.")
        self.assertEqual(list(Subscriber.objects.reachable()), [reader])
        [letter] = mail.outbox
        self.assertEqual(letter.to, [reader.email])
        self.assertIn("start again", letter.subject)
        self.assertIn("/newsletter/confirm/", letter.body)
        reader.refresh_from_db()
        self.assertEqual(reader.answers.get().kind, Answer.Kind.LIFTED)
        self.assertEqual(reader.kind_of_answer, Answer.Kind.ALREADY)
        self.assertContains(page, "Let through again")

        asked = reverse("newsletter:confirm", args=[reader.confirmation_token()])
        page = self.client.get(asked)
        self.assertContains(page, "One press, and we know that mails reach you")
        self.assertContains(page, "<button", count=1)
        self.client.post(asked)
        self.assertContains(self.client.get(asked), "You are on the list already")
        reader.refresh_from_db()
        self.assertIsNone(reader.lifted_at)
        self.assertGreater(reader.confirmed_at, ago(minutes=5))

    def test_what_was_stopped_by_hand_is_lifted_by_hand(self):
        reader = stopped(is_suppressed_by_hand=True)

        self.client.post(url("lift", reader))

        self.assertEqual(list(Subscriber.objects.reachable()), [reader])

    def test_a_second_press_changes_nothing_and_sends_nothing(self):
        reader = make_subscriber()

        with self.captureOnCommitCallbacks(execute=True):
            page = self.client.post(url("lift", reader), follow=True)

        self.assertContains(page, "Nothing was changed")
        self.assertEqual(mail.outbox, [])

    def test_a_letter_that_comes_back_later_stops_them_again(self):
        reader = stopped()
        reader.let_through()
        row = Subscriber.objects.filter(pk=reader.pk)

        row.suppress(reason="full", written_at=ago(days=1))
        self.assertTrue(row.reachable().exists())
        row.suppress(reason="full", written_at=timezone.now())

        reader.refresh_from_db()
        self.assertFalse(row.reachable().exists())
        self.assertIsNone(reader.lifted_at)

    def test_who_may_only_look_can_do_neither(self):
        reader = stopped()
        self.client.force_login(make_staff(is_superuser=False, username="sam"))

        for name in ["lift", "stop"]:
            answer = self.client.post(url(name, reader), {"reason": "x"})
            self.assertEqual(answer.status_code, 403)
        self.assertFalse(Subscriber.objects.reachable().exists())

    def test_a_reader_who_is_gone(self):
        reader = make_subscriber()
        Subscriber.objects.all().delete()

        for name in ["lift", "stop"]:
            self.assertEqual(self.client.post(url(name, reader)).status_code, 404)


class StoppingTests(TestCase):
    def setUp(self):
        self.client.force_login(make_staff())
        self.reader = make_subscriber()

    def test_by_hand_and_for_a_reason(self):
        page = self.client.get(url("stop", self.reader))
        self.assertContains(page, "Stop letters")
        page = self.client.post(url("stop", self.reader), {"reason": " "})
        self.assertContains(page, "Write in a few words why letters stop.")
        self.assertTrue(Subscriber.objects.reachable().exists())

        page = self.client.post(
            url("stop", self.reader), {"reason": "asked\nby phone"}, follow=True
        )

        self.assertContains(page, "You stopped letters to this reader: asked by phone")
        self.reader.refresh_from_db()
        self.assertTrue(self.reader.is_suppressed_by_hand)
        self.reader.confirm()
        self.assertFalse(Subscriber.objects.reachable().exists())

    def test_what_had_stopped_by_itself_stays_stopped_for_her_reason(self):
        reader = stopped()

        self.client.post(url("stop", reader), {"reason": "asked by phone"})

        reader.refresh_from_db()
        self.assertEqual(reader.suppressed_for, "asked by phone")
        self.assertTrue(reader.is_suppressed_by_hand)

    def test_get_and_head_change_nothing(self):
        for method in [self.client.get, self.client.head]:
            method(url("stop", self.reader))
            method(url("lift", self.reader))

        self.assertTrue(Subscriber.objects.reachable().exists())


class StaysTests(TestCase):
    def test_who_left_is_let_through_without_a_mail(self):
        subscriber = stopped(unsubscribed_at=ago(days=1))
        self.client.force_login(make_staff())

        page = self.client.post(url("lift", subscriber), follow=True)

        tasks.answer_owed.func()
        self.assertEqual(mail.outbox, [])
        self.assertContains(page, "This reader has left, so no mail was sent.")

    def test_what_was_stopped_by_hand_is_not_forgotten_unconfirmed(self):
        subscriber = make_subscriber(is_confirmed=False, created_at=ago(days=30))
        rows = Subscriber.objects.filter(pk=subscriber.pk)
        rows.suppress(reason="never wanted it", by_hand=True)

        tasks.sweep()

        self.assertTrue(rows.exists())

    def test_the_history_keeps_why_letters_had_stopped_before_it_was_by_hand(self):
        subscriber = stopped(lifted_at=None)
        rows = Subscriber.objects.filter(pk=subscriber.pk)

        rows.suppress(reason="asked by phone", by_hand=True)

        told = [moment.more for moment in timeline.of(rows.get())]
        self.assertIn("the mailbox is full (552 5.2.2)", told)
        self.assertIn("asked by phone", told)

    def test_few_among_very_many_are_found_by_an_index(self):
        make_many()

        for rows, index in [
            (Subscriber.objects.asked_in_vain(), "newsletter_asked_in_vain"),
            (Subscriber.objects.paused(), "newsletter_paused"),
        ]:
            plan = rows.order_by("-created_at", "-pk").explain()

            self.assertIn(index, plan)


class RecordTests(TestCase):
    def test_the_record_of_what_the_author_did_names_no_address(self):
        subscriber = make_subscriber(email="anna@example.org")
        self.client.force_login(make_staff())

        self.client.post(url("stop", subscriber), {"reason": "asked by phone"})
        self.client.post(url("lift", subscriber))

        noted = LogEntry.objects.values_list("object_repr", flat=True)
        self.assertEqual(list(noted), [f"reader {subscriber.pk}"] * 2)


class HintTests(TestCase):
    def test_a_question_of_a_reader_whose_letters_stopped_says_so(self):
        stopped(email="Anna@example.org")
        make_comment(email="anna@example.org", status="pending")
        make_comment(email="otto@example.org", status="pending")
        self.client.force_login(make_staff())

        page = self.client.get(reverse("admin:comments_comment_changelist"))

        self.assertContains(page, "the mailbox is full (552 5.2.2)", count=1)

    def test_why_the_author_stopped_them_is_not_told_and_stops_no_answer(self):
        stopped(
            email="anna@example.org",
            suppressed_for="asked by phone",
            is_suppressed_by_hand=True,
        )
        make_comment(email="anna@example.org", status="pending")
        self.client.force_login(make_staff())

        page = self.client.get(reverse("admin:comments_comment_changelist"))

        self.assertContains(page, "stopped by hand")
        self.assertContains(page, "goes out all the same")
        self.assertNotContains(page, "asked by phone")

    def test_one_query_for_all_and_none_for_nobody(self):
        stopped(email="anna@example.org")
        tag = Template(
            "{% load newsletter %}{% stopped_among emails as found %}"
            "{% for email in emails %}{{ found|of_address:email }} {% endfor %}"
        )

        with self.assertNumQueries(1):
            shown = tag.render(Context({"emails": ["ANNA@example.org", "", "b@c.de"]}))
        self.assertEqual(shown.split(), ["anna@example.org", "None", "None"])
        with self.assertNumQueries(0):
            tag.render(Context({"emails": [""]}))
