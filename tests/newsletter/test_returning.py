from datetime import timedelta

from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from newsletter import (
    bounces,
    collecting,
    fates,
    freezing,
    headers,
    ledger,
    returning,
    sending,
    tasks,
    timeline,
)
from newsletter.models import Bounce, Delivery, Settings, Subscriber
from tests.factories import make_issue, make_staff, make_subscriber
from tests.newsletter.returned import (
    BOUNCES_TO,
    complaint,
    letter_of,
    path_of,
    plain,
    report,
)
from tests.newsletter.sink import Sink
from tests.newsletter.test_sending import get_ready

State = Delivery.State


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def make_sent(reader, *, days=1):
    """Return a delivery that was accepted so many days ago."""
    issue = make_issue(frozen_at=days_ago(days), finished_at=days_ago(days))
    delivery = Delivery.objects.create(issue=issue, subscriber=reader, state=State.SENT)
    Delivery.objects.filter(pk=delivery.pk).update(changed_at=days_ago(days))
    return Delivery.objects.get(pk=delivery.pk)


class Returned(TestCase):
    def setUp(self):
        self.reader = make_subscriber(confirmed_at=days_ago(400))
        self.delivery = make_sent(self.reader)
        self.to = path_of(self.delivery)

    def take(self, content):
        bounce = collecting.take(content)
        self.reader.refresh_from_db()
        self.delivery.refresh_from_db()
        return bounce


class TakeTests(Returned):
    def test_a_dead_address_is_suppressed_at_once_and_can_read_why(self):
        bounce = self.take(report(self.to, status="5.1.1"))

        self.assertEqual(bounce.delivery, self.delivery)
        self.assertEqual(bounce.subscriber, self.reader)
        self.assertIsNotNone(self.reader.suppressed_at)
        self.assertIsNone(self.reader.suppressed_until)
        self.assertEqual(self.reader.stopped_because, "this address does not exist")
        self.assertEqual(self.delivery.state, State.FAILED)

    def test_read_twice_it_is_one_row_and_nothing_happens_again(self):
        self.take(report(self.to))
        self.reader.confirm()

        self.take(report(self.to))

        bounce = Bounce.objects.get()
        self.assertEqual(bounce.times, 2)
        self.assertIsNone(self.reader.suppressed_at)

    def test_what_comes_of_a_letter_from_before_she_confirmed_stops_nothing(self):
        Subscriber.objects.update(confirmed_at=timezone.now())

        for content in (report(self.to), complaint(self.to, letter_of(self.delivery))):
            self.take(content)

        self.assertTrue(Subscriber.objects.reachable().filter(pk=self.reader.pk))
        self.assertEqual(Bounce.objects.filter(subscriber=self.reader).count(), 2)

    def test_policy_servers_and_delays_never_suppress(self):
        for status in ("5.7.1", "5.7.515", "5.3.0", "5.3.4", "4.2.2", "4.1.1", "4.7.1"):
            for action in ("failed", "delayed"):
                with self.subTest(status, action=action):
                    self.take(report(self.to, status=status, action=action))

                    self.assertIsNone(self.reader.suppressed_at)

    def test_what_is_late_or_automatic_leaves_the_letter_as_it_was(self):
        for content in (
            report(self.to, status="4.4.1", action="delayed"),
            report(self.to, status="2.0.0", action="delivered"),
            plain(self.to, "Away.", Auto_Submitted="auto-replied"),
            plain(self.to, "Hello, thank you."),
        ):
            self.take(content)

            self.assertEqual(self.delivery.state, State.SENT)
        self.assertEqual(Bounce.objects.count(), 4)

    def test_without_a_seal_it_is_listed_and_nothing_else(self):
        for to in (BOUNCES_TO, self.to.replace("+", "+a"), f"bounce+{'a' * 40}@x"):
            bounce = self.take(report(to))

            self.assertIsNone(bounce.delivery)
            self.assertIn("Undelivered Mail", bounce.excerpt)
        self.assertEqual(Bounce.objects.unmatched().count(), 3)
        self.assertIsNone(self.reader.suppressed_at)
        self.assertEqual(self.delivery.state, State.SENT)

    def test_of_what_names_a_letter_no_words_are_kept(self):
        self.assertEqual(self.take(report(self.to)).excerpt, "")

    def test_a_nul_in_a_mail_is_no_error(self):
        bounce = self.take(b"Subject: \0\n\n\0\0")

        self.assertEqual(bounce.kind, "unknown")

    def test_a_letter_of_the_erased_is_theirs_still(self):
        self.reader.delete()
        bounce = collecting.take(report(self.to))

        self.assertEqual(bounce.delivery, self.delivery)
        self.assertIsNone(bounce.subscriber)
        self.assertFalse(Bounce.objects.unmatched().exists())

    def test_what_the_author_set_by_hand_stays(self):
        row = Subscriber.objects.filter(pk=self.reader.pk)
        row.suppress(reason="asked by telephone", by_hand=True)

        self.take(report(self.to))

        self.assertEqual(self.reader.suppressed_for, "asked by telephone")
        self.assertTrue(self.reader.is_suppressed_by_hand)

    def test_words_are_forgotten_after_a_month_and_the_row_stays(self):
        old, new = self.take(report(BOUNCES_TO)), self.take(plain(BOUNCES_TO, "?"))
        Bounce.objects.filter(pk=old.pk).update(received_at=days_ago(31))

        tasks.sweep()

        old.refresh_from_db()
        new.refresh_from_db()
        self.assertEqual(old.excerpt, "")
        self.assertNotEqual(new.excerpt, "")


class FullTests(Returned):
    def full(self, delivery):
        self.take(report(path_of(delivery), status="5.2.2"))

    def test_three_letters_in_a_row_from_a_full_mailbox_stop_them_for_a_while(self):
        deliveries = [make_sent(self.reader, days=days) for days in (62, 31)]
        for delivery in deliveries:
            self.full(delivery)
            self.assertIsNone(self.reader.suppressed_at)

        self.full(self.delivery)

        self.assertEqual(
            self.reader.suppressed_for,
            "the mailbox was full for 3 letters in a row",
        )
        left = self.reader.suppressed_until - timezone.now()
        self.assertAlmostEqual(left / timedelta(days=1), 90, places=1)

    def test_one_that_arrived_between_begins_the_count_anew(self):
        make_sent(self.reader, days=20)
        for days in (62, 31):
            self.full(make_sent(self.reader, days=days))

        self.full(self.delivery)

        self.assertIsNone(self.reader.suppressed_at)

    def test_one_letter_that_comes_back_three_times_counts_once(self):
        for words in "abc":
            self.take(report(self.to, status="5.2.2", words=words))

        self.assertEqual(Bounce.objects.count(), 3)
        self.assertIsNone(self.reader.suppressed_at)

    def test_what_was_before_she_confirmed_does_not_count(self):
        for days in (62, 31):
            self.full(make_sent(self.reader, days=days))
        Subscriber.objects.update(confirmed_at=days_ago(10))

        self.full(self.delivery)

        self.assertIsNone(self.reader.suppressed_at)

    def test_after_ninety_days_letters_go_again_and_the_count_begins_anew(self):
        for days in (62, 31):
            self.full(make_sent(self.reader, days=days))
        self.full(self.delivery)
        Subscriber.objects.update(
            suppressed_at=days_ago(90), suppressed_until=days_ago(0)
        )
        Delivery.objects.update(changed_at=days_ago(91))

        tasks.sweep()
        self.full(make_sent(self.reader, days=0))

        self.assertIsNone(self.reader.suppressed_at)
        self.assertTrue(Subscriber.objects.reachable().filter(pk=self.reader.pk))

    def test_what_has_no_end_does_not_end(self):
        Subscriber.objects.all().suppress(reason="dead")
        Subscriber.objects.all().suppress(reason="asked", by_hand=True)

        tasks.sweep()

        self.reader.refresh_from_db()
        self.assertIsNotNone(self.reader.suppressed_at)

    def test_set_by_hand_meanwhile_it_has_no_end_any_more(self):
        row = Subscriber.objects.filter(pk=self.reader.pk)
        row.suppress(reason="full", until=days_ago(1))
        row.suppress(reason="asked", by_hand=True)

        tasks.sweep()

        self.reader.refresh_from_db()
        self.assertIsNotNone(self.reader.suppressed_at)


class ErasingTests(Returned):
    """Where rows are locked one by one; a database that has one writer needs none."""

    def locks_before(self, statement, queries):
        sql = [query["sql"] for query in queries.captured_queries]
        first = next(n for n, text in enumerate(sql) if text.startswith(statement))
        return [
            table
            for text in sql[:first]
            for table in ("newsletter_delivery", "newsletter_subscriber")
            if "FOR UPDATE" in text and f'FROM "{table}"' in text
        ]

    def both(self):
        is_needed = connection.features.has_select_for_update
        return ["newsletter_delivery", "newsletter_subscriber"] if is_needed else []

    def test_nobody_is_erased_while_a_bounce_is_written_down(self):
        with CaptureQueriesContext(connection) as queries:
            self.take(report(self.to))

        locks = self.locks_before('INSERT INTO "newsletter_bounce"', queries)
        self.assertEqual(locks, self.both())

    def test_nothing_is_written_down_while_she_is_erased(self):
        with CaptureQueriesContext(connection) as queries:
            self.reader.erase()

        locks = self.locks_before('INSERT INTO "newsletter_erasedaddress"', queries)
        self.assertEqual(locks, self.both())


class FullAgainTests(Returned):
    def test_what_was_full_before_the_author_let_letters_through_is_forgotten(self):
        row = Subscriber.objects.filter(pk=self.reader.pk)
        row.update(confirmed_at=days_ago(300))
        for days in (60, 50, 40):
            issue = make_issue(frozen_at=days_ago(days))
            delivery = self.reader.deliveries.create(issue=issue, state="failed")
            Delivery.objects.filter(pk=delivery.pk).update(changed_at=days_ago(days))
            delivery.bounces.create(
                kind="full", door="smtp", subscriber=self.reader, fingerprint=issue.slug
            )
        Delivery.objects.filter(pk=self.delivery.pk).delete()
        self.assertTrue(returning.is_full_again(row.get()))

        row.update(lifted_at=days_ago(30))

        self.assertFalse(returning.is_full_again(row.get()))


class LeavingTests(Returned):
    def test_a_complaint_with_the_seal_leaves_the_list(self):
        self.take(complaint(self.to, "Subject: x\n"))

        self.assertIsNotNone(self.reader.unsubscribed_at)

    def test_a_complaint_with_the_readers_own_token_leaves_the_list(self):
        letter = letter_of(self.delivery).partition("\n")[2]  # without the way back

        bounce = self.take(complaint("fbl@upright.example", letter))

        self.assertEqual(bounce.delivery, self.delivery)
        self.assertIsNotNone(self.reader.unsubscribed_at)

    def test_a_complaint_that_names_a_letter_without_a_token_is_listed(self):
        letter = f"Message-ID: <{self.delivery.pk}@testserver>\n"

        bounce = self.take(complaint("fbl@upright.example", letter))

        self.assertIsNone(bounce.subscriber)
        self.assertIsNone(self.reader.unsubscribed_at)

    def test_a_complaint_ends_what_waits(self):
        waiting = Delivery.objects.create(issue=make_issue(), subscriber=self.reader)

        self.take(complaint(self.to, "Subject: x\n"))

        waiting.refresh_from_db()
        self.assertEqual(waiting.state, State.SKIPPED)

    def test_a_mail_with_her_token_leaves_the_list(self):
        self.take(plain(BOUNCES_TO, "", Subject=f"leave {self.reader.token}"))

        self.assertIsNotNone(self.reader.unsubscribed_at)
        self.assertEqual(Bounce.objects.get().subscriber, self.reader)

    def test_a_mail_with_another_token_leaves_nothing_and_is_listed(self):
        for subject in ("leave", f"leave {'x' * 43}", f"leave {self.reader.pk}"):
            self.take(plain(BOUNCES_TO, "", Subject=subject))

        self.assertIsNone(self.reader.unsubscribed_at)
        self.assertEqual(Bounce.objects.unmatched().count(), 3)


class SendingTests(Returned):
    """Replies at sending; what the senders do with the line is in test_sending.py."""

    def refused(self, code, text):
        delivery = make_sent(self.reader, days=0)
        me = "6a5de3a3-84cd-4b8a-9a28-1c3a3fa8c3c8"
        Delivery.objects.filter(pk=delivery.pk).update(
            state=State.SENDING, claimed_by=me, claimed_until=days_ago(-1)
        )
        marks = ledger.Marks(me)
        verdict = bounces.of_reply(code, text)
        marks.refused.append((delivery.pk, verdict.reason, verdict))
        marks.write()
        self.reader.refresh_from_db()
        return Delivery.objects.get(pk=delivery.pk)

    def test_a_dead_address_is_suppressed(self):
        delivery = self.refused(550, b"5.1.1 unknown")

        self.assertEqual(delivery.state, State.FAILED)
        self.assertIsNone(delivery.returned_at)
        self.assertEqual(
            self.reader.suppressed_for, "this address does not exist (550 5.1.1)"
        )
        self.assertEqual(delivery.bounces.get().door, "smtp")

    def test_so_it_is_where_a_server_says_it(self):
        get_ready()
        issue = make_issue()
        freezing.freeze(issue, by=None)
        replies = {self.reader.email: ["550 5.1.1 <she@example.org> no such user"]}

        with Sink(replies=replies) as sink, override_settings(MAILERS=sink.mailers):
            sending.work(issue)

        self.reader.refresh_from_db()
        self.assertEqual(self.reader.stopped_because, "this address does not exist")
        bounce = Bounce.objects.get()
        self.assertEqual(bounce.delivery.issue, issue)
        self.assertEqual((bounce.kind, bounce.status), ("dead", "5.1.1"))

    def test_the_third_full_mailbox_in_a_row_stops_letters_for_a_while(self):
        for number in range(3):
            self.assertIsNone(self.reader.suppressed_at, number)
            self.refused(552, b"5.2.2 full")

        self.assertIsNotNone(self.reader.suppressed_until)

    def test_a_block_stops_nothing(self):
        for _number in range(4):
            self.refused(550, b"5.7.1 no")

        self.assertIsNone(self.reader.suppressed_at)


@override_settings(
    BOUNCE_MAILBOX={"host": "imap.example"}, DEFAULT_FROM_EMAIL="hello@upright.example"
)
class SignUpTests(TestCase):
    """What comes back of the mail with the button."""

    def setUp(self):
        Settings.objects.update(bounce_address=BOUNCES_TO)

    def ask(self, email="moira@example.org", **how):
        """Sign up; return the row, and where a mail server would return the mail to."""
        with Sink(**how) as sink, override_settings(MAILERS=sink.mailers):
            reader = Subscriber.objects.sign_up(email)
            tasks.answer_sign_up.func(reader.pk)
        reader.refresh_from_db()
        self.sent = sink
        return reader, sink.mails[-1][1] and max(sink.senders, key=len)

    def test_its_sender_is_the_site_and_its_way_back_sealed(self):
        reader, path = self.ask()

        [(_to, content)] = self.sent.mails
        self.assertIn(b"\r\nFrom: Upright <hello@upright.example>\r\n", content)
        self.assertTrue(path.startswith("bounce+"))
        self.assertEqual(headers.answer_of(path)[0], reader.pk)

    def test_a_server_that_knows_one_sender_alone_takes_it_all_the_same(self):
        with override_settings(DEFAULT_FROM_EMAIL="hello@other.example"):
            reader, _path = self.ask(strangers=["upright.example"])

        [(_to, content)] = self.sent.mails
        self.assertIn(b"\r\nFrom: Upright <hello@other.example>\r\n", content)
        self.assertIn("hello@other.example", self.sent.senders)
        self.assertEqual(reader.mail_refusal, "")
        self.assertIsNone(reader.mail_due_at)

    def test_without_a_mailbox_that_is_read_it_comes_back_to_the_sender(self):
        with override_settings(BOUNCE_MAILBOX=None):
            _reader, path = self.ask()
        self.assertEqual(path, "hello@upright.example")
        Settings.objects.update(bounce_address="")
        _reader, path = self.ask("otto@example.org")
        self.assertEqual(path, "hello@upright.example")

    def test_sent_back_it_ends_the_sign_up_and_stops_nothing(self):
        reader, path = self.ask()

        bounce = collecting.take(report(path, status="5.1.1"))

        reader.refresh_from_db()
        self.assertEqual(bounce.subscriber, reader)
        self.assertIsNone(reader.suppressed_at)
        self.assertEqual(reader.mail_refusal, "this address does not exist (5.1.1)")
        told = {moment.what: moment.more for moment in timeline.of(reader)}
        self.assertEqual(
            told["The sign-up ended: its mail was sent back"],
            "this address does not exist (5.1.1)",
        )
        collecting.take(report(path, status="5.1.1", words="As we said."))
        self.assertEqual(reader.events.count(), 1)
        self.client.force_login(make_staff())
        page = self.client.get(reverse("admin:newsletter_subscriber_changelist"))
        self.assertContains(page, "the mail with the button was sent back")
        self.assertNotContains(self.client.get(reverse("admin:index")), "in vain")

    def test_whoever_asks_again_gets_another_and_the_old_one_says_nothing_of_it(self):
        _reader, path = self.ask()
        Subscriber.objects.update(mailed_at=days_ago(1), asked_at=days_ago(1))
        reader, _path = self.ask()
        self.assertEqual(len(self.sent.mails), 1)

        collecting.take(report(path, status="5.1.1"))

        reader.refresh_from_db()
        self.assertEqual(reader.mail_refusal, "")
        reader.confirm()
        self.assertTrue(Subscriber.objects.reachable().exists())

    def test_what_is_late_or_automatic_ends_nothing(self):
        reader, path = self.ask()

        for content in (
            report(path, status="4.4.1", action="delayed"),
            plain(path, "Away.", Auto_Submitted="auto-replied"),
        ):
            collecting.take(content)

        reader.refresh_from_db()
        self.assertEqual(reader.mail_refusal, "")
        self.assertFalse(reader.events.exists())

    def test_of_who_is_on_the_list_by_now_it_stops_letters_unless_it_is_older(self):
        reader, path = self.ask()
        reader.confirm()

        collecting.take(report(path, status="5.1.1"))
        self.assertTrue(Subscriber.objects.reachable().exists())
        Subscriber.objects.update(confirmed_at=days_ago(9), mailed_at=None)
        _reader, path = self.ask()  # the mail that says that the letter goes there
        collecting.take(report(path, status="5.1.1", words="Once more."))

        self.assertFalse(Subscriber.objects.reachable().exists())

    def test_of_who_was_erased_it_is_listed(self):
        reader, path = self.ask()
        reader.erase()

        bounce = collecting.take(report(path, status="5.1.1"))

        self.assertIsNone(bounce.subscriber)
        self.assertEqual(list(Bounce.objects.unmatched()), [bounce])


class ToldTests(Returned):
    def test_the_reader_reads_that_it_was_taken_and_sent_back(self):
        self.take(report(self.to, status="5.2.2"))

        [fate] = fates.of(self.reader, self.reader.confirmed_at)

        self.assertEqual(fate.what, "Sent back: the mailbox is full.")
        self.assertIn(
            "Your mail provider took it first, and sent it back on", fate.more
        )

    def test_the_author_reads_it_in_the_history(self):
        self.take(report(self.to, status="5.2.2"))
        self.take(complaint(self.to, "Subject: x\n"))

        told = " ".join(
            f"{moment.what} {moment.more}" for moment in timeline.of(self.reader)
        )

        subject = self.delivery.issue.subject
        self.assertIn(
            f"Letter “{subject}” was sent back the mailbox is full (5.2.2)", told
        )
        self.assertIn(f"About the letter “{subject}” a reader called the letter", told)
        self.assertIn("Accepted by the mail server, and sent back later", told)

    def test_one_word_says_it_to_the_author_and_to_the_reader(self):
        self.take(report(self.to, status="5.0.0"))
        Delivery.objects.update(returned_at=None)  # as a reply at sending leaves it
        self.client.force_login(make_staff())
        issue = self.delivery.issue_id

        for page in [
            reverse("admin:newsletter_issue_change", args=[issue]),
            reverse("admin:newsletter_delivery_changelist"),
            reverse("admin:newsletter_subscriber_change", args=[self.reader.pk]),
            reverse("admin:newsletter_bounce_changelist"),
            reverse("newsletter:status", args=[self.reader.token]),
            reverse("admin:index"),
        ]:
            with self.subTest(page):
                told = self.client.get(page).content.decode().lower()

                self.assertIn("sent back", told)
                self.assertNotIn("refused", told.replace("=refused", ""))

    def test_sent_once_more_it_did_not_come_back_yet(self):
        self.take(report(self.to, status="5.2.2"))

        self.delivery.issue.retry()

        self.delivery.refresh_from_db()
        self.assertEqual(self.delivery.state, State.QUEUED)
        self.assertIsNone(self.delivery.returned_at)

    def test_one_thing_is_told_from_another(self):
        self.assertNotEqual(returning.fingerprint(b"a"), returning.fingerprint(b"b"))


class AdminTests(Returned):
    LIST = reverse_lazy("admin:newsletter_bounce_changelist")

    def setUp(self):
        super().setUp()
        self.client.force_login(make_staff())
        self.known = self.take(report(self.to, status="5.2.2"))
        self.unknown = self.take(report(BOUNCES_TO))

    def test_the_list_says_what_came_back_why_and_whose_it_was(self):
        page = self.client.get(self.LIST)

        self.assertContains(page, "the mailbox is full (5.2.2)")
        self.assertContains(page, self.reader.email)
        self.assertContains(page, "nobody that is known")

    def test_what_is_nobodys_is_found_by_a_filter(self):
        page = self.client.get(self.LIST, {"whose": "nobody"})

        self.assertContains(page, "this address does not exist (5.1.1)")
        self.assertNotContains(page, self.reader.email)

    def test_what_is_nobodys_shows_how_it_begins(self):
        for bounce, shows in ((self.known, False), (self.unknown, True)):
            url = reverse("admin:newsletter_bounce_change", args=[bounce.pk])
            page = self.client.get(url)

            self.assertNotContains(page, "None")
            self.assertIs("Undelivered Mail" in page.content.decode(), shows)

    def test_a_letters_page_leads_to_what_came_back_of_it(self):
        issue = self.delivery.issue
        url = reverse("admin:newsletter_issue_change", args=[issue.pk])
        page = self.client.get(url)
        link = f"{self.LIST}?letter={issue.pk}"

        self.assertContains(page, f'href="{link}"')
        self.assertContains(self.client.get(link), self.reader.email)
        self.assertNotContains(self.client.get(link), "nobody that is known")

    def test_a_letter_that_no_database_knows_narrows_nothing(self):
        page = self.client.get(f"{self.LIST}?letter={'9' * 30}")

        self.assertContains(page, self.reader.email)

    def test_the_list_takes_as_many_queries_however_long_it_is(self):
        with CaptureQueriesContext(connection) as few:
            self.client.get(self.LIST)
        for number in range(5):
            self.take(report(path_of(make_sent(make_subscriber())), words=str(number)))

        with self.assertNumQueries(len(few)):
            self.client.get(self.LIST)

    def test_what_is_known_of_a_full_mailbox_says_until_when(self):
        until = timezone.now() + timedelta(days=90)
        row = Subscriber.objects.filter(pk=self.reader.pk)
        row.suppress(reason="the mailbox was full", until=until)
        url = reverse("admin:newsletter_subscriber_change", args=[self.reader.pk])

        self.assertContains(self.client.get(url), "they go again from")
