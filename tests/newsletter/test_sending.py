import time
import uuid
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import pairwise

from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from guide.models import SiteSettings, page_version
from newsletter import bounces, compose, freezing, ledger, postbox, sending, tasks
from newsletter.models import Delivery, Issue, Settings, Subscriber
from tests.factories import make_guide, make_issue, make_staff, make_subscriber
from tests.newsletter.sink import Sink

State = Delivery.State


def get_ready():
    """Write what every letter needs: a sender and a postal address."""
    SiteSettings.objects.update(postal_address="4 Mill Lane")
    Settings.objects.update(sender_address="letter@example.org", rate=60_000)


def frozen(**values):
    issue = make_issue(**values)
    freezing.freeze(issue, by=None)
    return issue


def states(issue):
    rows = issue.deliveries.values_list("subscriber__email", "state")
    return {email and email.partition("@")[0]: state for email, state in rows}


class FreezeTests(TestCase):
    def setUp(self):
        get_ready()

    def test_everybody_reachable_and_nobody_else_is_on_it(self):
        reachable = [make_subscriber() for _number in range(3)]
        make_subscriber(is_confirmed=False, email="new@example.org")
        make_subscriber(unsubscribed_at=timezone.now())
        make_subscriber(
            suppressed_at=timezone.now(),
            suppressed_for="full",
            email="full@example.org",
        )
        make_subscriber(
            paused_until=timezone.now() + timedelta(days=1), email="away@example.org"
        )
        yesterday = timezone.now() - timedelta(days=1)
        reachable.append(make_subscriber(paused_until=yesterday))
        issue, author = make_issue(), make_staff()

        count = freezing.freeze(issue, by=author)

        self.assertEqual(count, 4)
        self.assertCountEqual(
            Subscriber.objects.filter(deliveries__in=issue.deliveries.addressed()),
            reachable,
        )
        self.assertCountEqual(Subscriber.objects.reachable(), reachable)
        left_out = issue.deliveries.filter(is_excluded=True, state="skipped")
        self.assertEqual(
            dict(left_out.values_list("subscriber__email", "reason")),
            {
                "new@example.org": "not confirmed by then",
                "full@example.org": "letters to this address had stopped: full",
                "away@example.org": "paused at that time",
            },
        )
        self.assertEqual(issue.sent_by, author)
        self.assertIsNotNone(issue.frozen_at)
        self.assertEqual(issue.deliveries.queued().count(), 4)

    def test_of_two_presses_one_counts(self):
        make_subscriber()
        issue = make_issue()
        freezing.freeze(Issue.objects.get(pk=issue.pk), by=None)
        then = Issue.objects.get(pk=issue.pk).frozen_at

        with self.assertRaisesMessage(freezing.CannotSend, "on its way already"):
            freezing.freeze(issue, by=None)

        self.assertEqual(issue.deliveries.count(), 1)
        self.assertEqual(Issue.objects.get(pk=issue.pk).frozen_at, then)

    def test_what_is_missing_is_said_and_nothing_is_frozen(self):
        Settings.objects.update(sender_address="")
        SiteSettings.objects.update(postal_address="")
        issue = make_issue(intro="")

        with self.assertRaises(freezing.CannotSend) as raised:
            freezing.freeze(issue, by=None)

        for words in (
            *("The letter is empty", "no sender", "no postal address"),
            "Nobody would get it",
        ):
            self.assertIn(words, str(raised.exception))
        self.assertIsNone(Issue.objects.get(pk=issue.pk).frozen_at)

    def test_many_take_few_queries(self):
        Subscriber.objects.bulk_create(
            Subscriber(
                email=f"a{n}@example.org",
                email_key=f"a{n}@example.org",
                confirmed_at=timezone.now(),
            )
            for n in range(4100)
        )
        issue = make_issue()

        with CaptureQueriesContext(connection) as queries:
            freezing.freeze(issue, by=None)

        self.assertLess(len(queries), 20)
        self.assertEqual(Delivery.objects.count(), 4100)


class WorkTests(TestCase):
    def setUp(self):
        get_ready()

    def work(self, issue, **how):
        issue.refresh_from_db()
        return sending.work(issue, **how)

    def test_everybody_gets_a_copy_of_their_own(self):
        readers = [make_subscriber() for _number in range(12)]
        issue = frozen(guides=[make_guide()])

        more = self.work(issue)

        self.assertFalse(more)
        self.assertEqual(
            [message.to for message in mail.outbox], [[r.email] for r in readers]
        )
        for reader, message in zip(readers, mail.outbox, strict=True):
            delivery = reader.deliveries.get()
            self.assertEqual(message.sent_using, "newsletter")
            self.assertIn(f"/unsubscribe/{reader.token}/", message.body)
            self.assertEqual(
                message.message()["Message-ID"], f"<{delivery.pk}@testserver>"
            )
        issue.refresh_from_db()
        self.assertIsNotNone(issue.finished_at)
        self.assertEqual(set(states(issue).values()), {"sent"})

    def test_working_again_sends_nothing(self):
        make_subscriber()
        issue = frozen()
        self.work(issue)

        self.work(issue)

        self.assertEqual(len(mail.outbox), 1)

    def test_a_draft_and_a_paused_letter_stay(self):
        make_subscriber()
        self.assertFalse(self.work(make_issue()))
        issue = frozen()
        Issue.objects.update(paused_at=timezone.now())

        self.assertFalse(self.work(issue))

        self.assertFalse(mail.outbox)

    def test_who_left_a_minute_ago_is_skipped(self):
        make_subscriber(email="here@example.org")
        for name in ("left", "stopped", "paused"):
            make_subscriber(email=f"{name}@example.org")
        erased = make_subscriber()
        issue = frozen()
        erased.delete()
        Subscriber.objects.filter(email__startswith="left").update(
            unsubscribed_at=timezone.now()
        )
        Subscriber.objects.filter(email__startswith="stopped").update(
            suppressed_at=timezone.now(), suppressed_for="full"
        )
        Subscriber.objects.filter(email__startswith="paused").update(
            paused_until=timezone.now() + timedelta(days=1)
        )

        self.work(issue)

        self.assertEqual(
            [message.to for message in mail.outbox], [["here@example.org"]]
        )
        reasons = dict(issue.deliveries.values_list("subscriber__email", "reason"))
        self.assertEqual(reasons["left@example.org"], "left before it was sent")
        self.assertIn("had stopped: full", reasons["stopped@example.org"])
        self.assertEqual(reasons["paused@example.org"], "paused at that time")
        self.assertEqual(reasons[None], "erased before it was sent")
        issue.refresh_from_db()
        self.assertIsNotNone(issue.finished_at)

    def test_an_address_that_is_none_ends_without_stopping_the_others(self):
        Subscriber.objects.bulk_create(
            Subscriber(email=email, email_key=email, confirmed_at=timezone.now())
            for email in ("a\nb@example.org", "ü@example.org", "good@example.org")
        )
        issue = frozen()

        self.work(issue)

        self.assertEqual(
            [message.to for message in mail.outbox], [["good@example.org"]]
        )
        self.assertEqual(issue.deliveries.filter(state="failed").count(), 2)

    def test_it_stops_when_its_time_is_over_and_holds_nothing(self):
        for _number in range(30):
            make_subscriber()
        Settings.objects.update(rate=600)  # ten a second
        issue = frozen()

        more = self.work(issue, seconds=1)

        self.assertTrue(more)
        sent = issue.deliveries.filter(state="sent").count()
        self.assertTrue(1 <= sent <= 11, sent)
        self.assertEqual(issue.deliveries.queued().count(), 30 - sent)
        self.assertFalse(issue.deliveries.exclude(claimed_by=None).exists())

    def test_the_rate_is_kept(self):
        for _number in range(8):
            make_subscriber()
        Settings.objects.update(rate=1200)  # one in 50 ms
        issue = frozen()

        begin = time.monotonic()
        self.work(issue)

        self.assertGreaterEqual(time.monotonic() - begin, 7 * 0.05)
        self.assertEqual(len(mail.outbox), 8)

    def test_the_rate_survives_a_restart(self):
        for _number in range(4):
            make_subscriber()
        Settings.objects.update(rate=60)  # one a second
        issue = frozen()
        self.work(issue, seconds=0.5)

        self.work(issue, seconds=0.2)

        self.assertEqual(len(mail.outbox), 1)

    def test_a_rate_that_was_changed_holds_from_the_next_claim_on(self):
        for _number in range(150):
            make_subscriber()
        Settings.objects.update(rate=6000)  # a hundred a second
        issue = frozen()
        ends = time.monotonic() + 3600
        sending.claim(issue, uuid.uuid4(), ends)

        for rate, gap in [(60, 1), (600, 0.1)]:
            Settings.objects.update(rate=rate)
            batch = sending.claim(issue, uuid.uuid4(), time.monotonic() + 20)

            gaps = [after[1] - before[1] for before, after in pairwise(batch)]
            self.assertTrue(all(abs(g - gap) < 0.001 for g in gaps), gaps)
            self.assertLessEqual(len(batch), 20 / gap + 1)
            Issue.objects.update(paced_until=None)

    def test_a_claim_is_no_more_than_the_rate_sends_in_half_a_lease(self):
        for _number in range(9):
            make_subscriber()
        Settings.objects.update(rate=2)
        issue = frozen()

        batch = sending.claim(issue, uuid.uuid4(), time.monotonic() + 3600)

        self.assertEqual(len(batch), 6)  # 150 seconds, one each 30

    def test_sending_makes_no_page_old(self):
        for _number in range(3):
            make_subscriber()
        Settings.objects.update(rate=6000)
        issue = frozen()
        issue.refresh_from_db()
        before = page_version()

        sending.claim(issue, uuid.uuid4(), time.monotonic() + 20)
        sending.nudged(issue)

        self.assertEqual(page_version(), before)

    def test_it_marks_ten_at_once(self):
        for _number in range(100):
            make_subscriber()
        issue = frozen()

        with CaptureQueriesContext(connection) as queries:
            self.work(issue)

        self.assertLess(len(queries), 80)
        marks = [q for q in queries if "SET \"state\" = 'sent'" in q["sql"]]
        self.assertLessEqual(len(marks), 11)


class ReplyTests(TestCase):
    """What a mail server says, and what becomes of the letter."""

    server = {}  # what it is like

    def setUp(self):
        get_ready()

    def send(self, sink, issue):
        issue.refresh_from_db()
        with override_settings(MAILERS=sink.mailers):
            return sending.work(issue)

    def test_a_real_server_gets_the_bytes_on_one_connection(self):
        readers = [make_subscriber() for _number in range(25)]
        make_subscriber(email="anna@bücher.example")
        issue = frozen(intro="<p>.</p><p>Größe</p>")

        with Sink(**self.server) as sink:
            self.send(sink, issue)

        self.assertCountEqual(
            sink.recipients,
            [r.email for r in readers] + ["anna@xn--bcher-kva.example"],
        )
        self.assertEqual(sink.connections, 1)
        self.assertEqual(sink.senders, {"letter@example.org"})
        message = message_from_bytes(sink.mails[0][1], policy=policy.default)
        self.assertIn("Größe", message.get_body(("plain",)).get_content())

    def test_a_senders_name_of_two_lines_becomes_one(self):
        make_subscriber()
        Settings.objects.update(sender_name="Ana\r\nBcc: b@example.org")
        issue = frozen()

        with Sink(**self.server) as sink:
            self.send(sink, issue)

        message = message_from_bytes(sink.mails[0][1], policy=policy.default)
        [sender] = message["From"].addresses
        self.assertEqual(sender.display_name, "Ana Bcc: b@example.org")
        self.assertIsNone(message["Bcc"])

    def test_a_senders_name_may_hold_any_letter(self):
        make_subscriber()
        Settings.objects.update(
            sender_name="Ana Müller, Physio", sender_address="brief@bücher.example"
        )
        issue = frozen()

        with Sink(**self.server) as sink:
            self.send(sink, issue)

        self.assertEqual(sink.senders, {"brief@xn--bcher-kva.example"})
        message = message_from_bytes(sink.mails[0][1], policy=policy.default)
        [sender] = message["From"].addresses
        self.assertEqual(sender.display_name, "Ana Müller, Physio")
        self.assertEqual(sender.addr_spec, "brief@xn--bcher-kva.example")

    def test_not_now_is_tried_again_later_and_in_the_end_given_up(self):
        reader = make_subscriber()
        issue = frozen()
        waits = []

        with Sink(
            **self.server, replies={reader.email: ["452 4.2.2 mailbox full"]}
        ) as sink:
            for _turn in range(5):
                self.send(sink, issue)
                delivery = issue.deliveries.get()
                waits.append((delivery.state, delivery.not_before - timezone.now()))
                issue.deliveries.update(not_before=timezone.now())

        expected = [timedelta(minutes=5), timedelta(minutes=30)]
        expected += [timedelta(hours=4), timedelta(days=1)]
        for (state, wait), least in zip(waits, expected, strict=False):
            self.assertEqual(state, "queued")
            self.assertLess(abs(wait - least), timedelta(seconds=30))
        self.assertEqual(delivery.state, "failed")
        self.assertEqual(delivery.reason, "the mailbox is full (452 4.2.2)")
        issue.refresh_from_db()
        self.assertIsNotNone(issue.finished_at)

    def test_a_greylisted_reader_has_it_in_the_end(self):
        reader = make_subscriber()
        issue = frozen()

        with Sink(
            **self.server, replies={reader.email: ["450 4.7.1 later", "250 ok"]}
        ) as sink:
            self.send(sink, issue)
            self.assertFalse(sink.mails)
            issue.deliveries.update(not_before=timezone.now())
            self.send(sink, issue)

        self.assertEqual(sink.recipients, [reader.email])
        self.assertEqual(set(states(issue).values()), {"sent"})
        self.assertEqual(issue.deliveries.get().reason, "")

    def test_never_ends_that_one_and_keeps_no_address(self):
        bad, good = make_subscriber(), make_subscriber()
        issue = frozen()
        reply = f"550 5.1.1 <{bad.email}>: no such user"

        with Sink(**self.server, replies={bad.email: [reply]}) as sink:
            self.send(sink, issue)

        self.assertEqual(sink.recipients, [good.email])
        failed = issue.deliveries.get(state="failed")
        self.assertEqual(failed.reason, "this address does not exist (550 5.1.1)")

    def test_a_line_cut_in_the_middle_is_taken_up_again(self):
        readers = [make_subscriber() for _number in range(10)]
        issue = frozen()
        cut = {readers[2].email, readers[7].email}

        with Sink(**self.server, drops=cut) as sink, self.assertLogs("newsletter"):
            self.send(sink, issue)
            self.assertEqual(len(sink.mails), 8)
            self.assertEqual(issue.deliveries.queued().count(), 2)
            issue.deliveries.queued().update(not_before=timezone.now())
            self.send(sink, issue)

        self.assertCountEqual(sink.recipients, [r.email for r in readers])
        self.assertEqual(set(states(issue).values()), {"sent"})

    def test_a_server_that_is_down_costs_no_try(self):
        for _number in range(12):
            make_subscriber()
        issue = frozen()
        issue.refresh_from_db()
        dead = {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }

        with (
            override_settings(MAILERS={"newsletter": dead}),
            self.assertLogs("newsletter"),
        ):
            more = sending.work(issue)

        self.assertFalse(more)
        rows = issue.deliveries.values_list("state", "attempts", "claimed_by")
        self.assertEqual(set(rows), {("queued", 0, None)})

    def test_a_refused_sender_is_nobodys_fault(self):
        for _number in range(5):
            make_subscriber()
        issue = frozen()

        with Sink(**self.server, sender_reply="550 5.7.1 who are you") as sink:
            self.send(sink, issue)

        rows = issue.deliveries.values_list("state", "attempts")
        self.assertEqual(set(rows), {("queued", 0)})

    def test_a_server_that_wants_rest_gets_it(self):
        readers = [make_subscriber() for _number in range(5)]
        issue = frozen()
        answers = {reader.email: ["421 4.3.2 closing"] for reader in readers}

        with (
            Sink(**self.server, replies=answers) as sink,
            self.assertLogs("newsletter"),
        ):
            more = self.send(sink, issue)

        self.assertFalse(more)
        self.assertEqual(sink.connections, 3)
        self.assertEqual(issue.deliveries.queued().count(), 5)

    def test_one_that_drops_a_letter_gets_the_rest_at_its_pace(self):
        Settings.objects.update(rate=600)  # one in 100 ms, five in this turn
        readers = [make_subscriber() for _number in range(9)]
        issue = frozen()
        for place, reader in enumerate(readers):
            moment = timezone.now() - timedelta(minutes=9 - place)
            reader.deliveries.update(not_before=moment)

        with (
            Sink(**self.server, drops={readers[1].email}) as sink,
            override_settings(MAILERS=sink.mailers),
            self.assertLogs("newsletter"),
        ):
            issue.refresh_from_db()
            more = sending.work(issue, seconds=0.5)

        self.assertTrue(more)

    def test_one_is_away_that_says_nothing_or_breaks_off_three_times(self):
        reader = make_subscriber()
        row = compose.Recipient(uuid.uuid4(), reader.email, "token", timezone.now())
        never = {reader.email: ["550 5.1.1 no"]}

        with (
            Sink(**self.server) as sink,
            override_settings(MAILERS=sink.mailers),
            self.assertLogs("newsletter"),
        ):
            letter = compose.Letter(frozen())
            with postbox.Lines(letter, count=1, until=time.monotonic() + 60) as lines:
                is_away = []
                for how in ["drop", "ok", "drop", "no", "drop", "drop", "drop"]:
                    sink.drops = {reader.email} if how == "drop" else set()
                    sink.replies = never if how == "no" else {}
                    lines.give(row, letter.fill(row), 0)
                    lines.hear()
                    is_away.append(lines.is_away)

        self.assertEqual(is_away, [True, *[False] * 5, True])

    def test_a_reply_in_words(self):
        for code, text, words in [
            (550, b"5.1.1 <a@b.de> unknown", "this address does not exist (550 5.1.1)"),
            (552, b"5.2.2 over quota", "the mailbox is full (552 5.2.2)"),
            (550, b"5.7.1 spam", "the provider blocks our letters (550 5.7.1)"),
            (554, b"no", "the provider gives no clear reason (554)"),
            (450, b"4.1.1 wait", "the provider asked us to wait (450 4.1.1)"),
            (450, b"4.7.1 greylisted", "the provider asked us to wait (450 4.7.1)"),
            (451, b"\xff\xfe", "the provider asked us to wait (451)"),
            (550, "5.1.10 x", "this address does not exist (550 5.1.10)"),
            (550, b"", "the provider gives no clear reason (550)"),
        ]:
            with self.subTest(text):
                self.assertEqual(bounces.in_words(code, text), words)

    def test_what_is_refused_spoils_nothing_for_the_next(self):
        readers = [make_subscriber() for _number in range(4)]
        issue = frozen()
        never = {readers[0].email: ["550 5.1.1 no"], readers[2].email: ["452 4.2.2 no"]}

        with Sink(**self.server, replies=never) as sink:
            self.send(sink, issue)

        self.assertCountEqual(sink.recipients, [readers[1].email, readers[3].email])
        self.assertEqual(sink.connections, 1)
        self.assertEqual(set(sink.to_nobody), {b""} if sink.is_hasty else set())

    def test_a_line_that_begins_with_a_full_stop_arrives_as_it_is(self):
        reader = make_subscriber()
        letter = compose.Letter(frozen())
        recipient = compose.Recipient(
            uuid.uuid4(), reader.email, reader.token, reader.confirmed_at
        )
        content = b"To: a\r\n\r\n.\r\n..two\r\nend.\r\n"

        with (
            Sink(**self.server) as sink,
            override_settings(MAILERS=sink.mailers),
            postbox.Line(letter) as line,
        ):
            line.send_copy(recipient, content)

        self.assertEqual(sink.mails, [(reader.email, content)])

    def test_an_address_that_breaks_a_line_is_none(self):
        letter = compose.Letter(make_issue())

        with (
            Sink(**self.server) as sink,
            override_settings(MAILERS=sink.mailers),
            postbox.Line(letter) as line,
        ):
            for email in ("a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", ""):
                recipient = compose.Recipient(uuid.uuid4(), email, "", timezone.now())
                with self.assertRaises(postbox.Refused):
                    line.send_copy(recipient, b"To: a\r\n\r\nb\r\n")

        self.assertEqual(sink.mails, [])


class OldServerTests(ReplyTests):
    """One command at a time."""

    server = {"is_old": True}


class HastyServerTests(ReplyTests):
    """It asks for the letter although it refused whom it is for."""

    server = {"is_hasty": True}


class LedgerTests(TestCase):
    """Claims of several senders, and of senders that died."""

    def setUp(self):
        get_ready()
        self.readers = [make_subscriber() for _number in range(30)]
        self.issue = frozen()
        self.issue.refresh_from_db()

    def claim(self):
        me = uuid.uuid4()
        return me, sending.claim(self.issue, me, time.monotonic() + 20)

    def test_two_claims_never_share_a_row(self):
        _one, first = self.claim()
        _other, second = self.claim()

        self.assertEqual(len(first), 30)
        self.assertEqual(second, [])

    def test_what_a_dead_sender_had_claimed_is_swept_up(self):
        me, batch = self.claim()
        ledger.Marks(me).begin(batch[:10])
        self.assertEqual(self.issue.deliveries.filter(state="sending").count(), 10)
        self.assertEqual(ledger.sweep(), 0)

        Delivery.objects.update(claimed_until=timezone.now())

        self.assertEqual(ledger.sweep(), 30)
        self.assertEqual(self.issue.deliveries.queued().count(), 30)

    def test_a_sender_whose_claim_ran_out_marks_nothing(self):
        me, batch = self.claim()
        Delivery.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))

        group = ledger.Marks(me).begin(batch[:10])

        self.assertEqual(group, [])
        self.assertFalse(self.issue.deliveries.filter(state="sending").exists())

    def test_rows_that_are_ended_one_by_one_are_locked_before(self):
        me, batch = self.claim()
        marks = ledger.Marks(me)
        [(one, _moment)] = marks.begin(batch[:1])
        marks.again(one, "not now")
        Subscriber.objects.filter(deliveries=batch[1][0].delivery).update(
            unsubscribed_at=timezone.now()
        )

        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(marks.begin(batch[1:2]), [])

        locks = [q for q in queries if "FOR UPDATE" in q["sql"]]
        # SQLite has one writer at a time: its lock is taken with the transaction.
        self.assertEqual(len(locks), 2 * connection.features.has_select_for_update)

    def test_a_sender_that_wakes_up_late_does_not_write_over_another(self):
        me, batch = self.claim()
        late = ledger.Marks(me)
        late.begin(batch[:1])
        Delivery.objects.update(claimed_until=timezone.now())
        ledger.sweep()
        other, again = self.claim()
        ledger.Marks(other).begin([pair for pair in again if pair[0] == batch[0][0]])

        late.sent(batch[0][0])
        late.write()

        row = Delivery.objects.get(pk=batch[0][0].delivery)
        self.assertEqual((row.state, row.claimed_by), ("sending", other))

    def test_what_was_sent_is_remembered_where_writing_it_failed(self):
        me, batch = self.claim()
        marks = ledger.Marks(me)
        [(recipient, _moment)] = marks.begin(batch[:1])
        marks.sent(recipient)
        right = marks.to_sending.sql
        marks.to_sending.sql = "UPDATE nothing SET that = works"

        with self.assertRaises(DatabaseError), transaction.atomic():
            marks.begin(batch[1:2])
        marks.to_sending.sql = right
        marks.write()

        row = Delivery.objects.get(pk=recipient.delivery)
        self.assertEqual(row.state, "sent")

    def test_a_repeat_has_the_message_id_of_the_first_copy(self):
        me, batch = self.claim()
        group = ledger.Marks(me).begin(batch[:10])
        with postbox.Line(compose.Letter(self.issue)) as line:
            for recipient, _moment in group:
                line.send(recipient)  # and dies before it marks them
        Delivery.objects.update(claimed_until=timezone.now())

        ledger.sweep()
        sending.work(self.issue)

        ids = [message.message()["Message-ID"] for message in mail.outbox]
        self.assertEqual(len(ids), 40)
        self.assertEqual(len(set(ids)), 30)

    def test_no_more_than_twenty_rows_may_have_left(self):
        self.assertLessEqual(ledger.GROUP, 20)

    def test_the_queries_of_a_million_rows_use_an_index(self):
        now = timezone.now()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # where it can, it does
                cursor.execute("SET LOCAL enable_seqscan = off")
        for rows in (
            sending.due(self.issue).order_by("not_before").values("pk")[:100],
            Delivery.objects.filter(claimed_until__lte=now).values("pk"),
            Subscriber.objects.owed_a_mail(),
            Subscriber.objects.unconfirmed(older_than=timedelta(days=14)),
            Subscriber.objects.reachable().filter(pk__gt=5).order_by("pk")[:2000],
            self.issue.deliveries.unfinished(),
            # The admin's lists, and how a letter goes.
            self.issue.deliveries.order_by("-changed_at", "-pk")[:100],
            self.issue.deliveries.filter(state="failed"),
            Subscriber.objects.order_by("-created_at", "-pk")[:100],
        ):
            plan = rows.explain()
            with self.subTest(str(rows.query)):
                self.assertNotRegex(
                    plan, r"SCAN newsletter_\w+\b(?! USING)|Seq Scan on newsletter"
                )


class TaskTests(TestCase):
    def setUp(self):
        get_ready()

    def test_one_task_sends_a_letter(self):
        for _number in range(5):
            make_subscriber()
        issue = frozen()

        tasks.send_issue.enqueue(issue.pk)

        self.assertEqual(len(mail.outbox), 5)

    @override_settings(
        TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    )
    def test_a_confirmation_goes_before_every_letter(self):
        tasks.send_issue.enqueue(1)
        tasks.answer_sign_up.enqueue(1)
        tasks.answer_owed.enqueue()

        in_turn = [result.task_name for result in DBTaskResult.objects.ready()]
        self.assertEqual(in_turn, ["answer_sign_up", "answer_owed", "send_issue"])

    @override_settings(
        TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    )
    def test_a_slow_letter_queues_up_for_when_the_next_may_leave(self):
        Settings.objects.update(rate=1)
        make_subscriber()
        make_subscriber()
        issue = frozen()

        tasks.send_issue.call(issue.pk)

        self.assertEqual(len(mail.outbox), 1)
        issue.refresh_from_db()
        [task] = DBTaskResult.objects.all()
        self.assertEqual(task.run_after, issue.paced_until)
        self.assertFalse(DBTaskResult.objects.ready())

    @override_settings(
        TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    )
    def test_while_the_pace_holds_a_letter_up_no_tick_adds_another_task(self):
        Settings.objects.update(rate=1)
        make_subscriber()
        make_subscriber()
        issue = frozen()
        Issue.objects.update(slowness=3, slowed_at=timezone.now())  # one in 8 minutes
        tasks.send_issue.call(issue.pk)

        Issue.objects.update(nudged_at=timezone.now() - timedelta(minutes=3))
        tasks.send_due()
        self.assertEqual(DBTaskResult.objects.count(), 1)

        Issue.objects.update(paced_until=timezone.now())  # and the task got lost
        tasks.send_due()
        self.assertEqual(DBTaskResult.objects.count(), 2)

    @override_settings(
        TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    )
    def test_a_long_letter_leaves_one_task_for_a_worker_that_is_free(self):
        Settings.objects.update(rate=100_000_000)
        for _number in range(sending.CLAIM + 1):
            make_subscriber()
        issue = frozen()

        for _worker in range(2):
            tasks.ask_for_help(issue)
            self.assertEqual(DBTaskResult.objects.ready().count(), 1)
        Issue.objects.update(paced_until=timezone.now() + timedelta(seconds=9))
        DBTaskResult.objects.all().delete()
        tasks.ask_for_help(issue)

        self.assertFalse(DBTaskResult.objects.exists())

    @override_settings(
        TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    )
    def test_where_no_letter_leaves_nobody_is_asked_to_help(self):
        for _number in range(2 * sending.CLAIM):
            make_subscriber()
        issue = frozen()
        dead = {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }

        with (
            override_settings(MAILERS={"newsletter": dead}),
            self.assertLogs("newsletter"),
        ):
            tasks.send_issue.call(issue.pk)
        issue.pause()
        tasks.send_issue.call(issue.pk)

        self.assertFalse(DBTaskResult.objects.exists())

    def test_where_tasks_cannot_wait_the_tick_comes_back(self):
        Settings.objects.update(rate=1)
        make_subscriber()
        make_subscriber()
        issue = frozen()

        tasks.send_issue.enqueue(issue.pk)

        self.assertEqual(len(mail.outbox), 1)
        self.assertEqual(issue.deliveries.queued().count(), 1)

    @override_settings(
        TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    )
    def test_ticks_without_a_worker_pile_nothing_up(self):
        make_subscriber(is_confirmed=False, mail_due_at=timezone.now())

        tasks.send_due()
        tasks.send_due()

        self.assertEqual(DBTaskResult.objects.count(), 1)

    def test_the_tick_takes_care_of_a_letter_nobody_works_at(self):
        make_subscriber()
        frozen()

        tasks.send_due()
        self.assertFalse(mail.outbox)  # its own task may still come
        Issue.objects.update(nudged_at=timezone.now() - timedelta(minutes=3))
        tasks.send_due()

        self.assertEqual(len(mail.outbox), 1)

    def test_the_tick_leaves_a_letter_alone_that_is_being_sent(self):
        make_subscriber()
        make_subscriber()
        issue = frozen()
        Issue.objects.update(nudged_at=None)
        Delivery.objects.filter(pk=issue.deliveries.first().pk).update(
            state="claimed", claimed_until=timezone.now() + timedelta(minutes=1)
        )

        tasks.send_due()

        self.assertFalse(mail.outbox)

    def test_the_tick_finishes_a_letter_whose_last_reader_left(self):
        subscriber = make_subscriber()
        issue = frozen()
        subscriber.leave()

        tasks.send_due()

        issue.refresh_from_db()
        self.assertIsNotNone(issue.finished_at)

    def test_the_tick_answers_sign_ups_that_are_owed_an_answer(self):
        owed = make_subscriber(
            is_confirmed=False, asked_at=timezone.now(), mail_due_at=timezone.now()
        )
        make_subscriber(
            is_confirmed=False,
            mail_due_at=timezone.now() + timedelta(minutes=2),
        )

        tasks.send_due()

        self.assertEqual([message.to for message in mail.outbox], [[owed.email]])

    def test_a_refused_address_is_not_tried_for_ever(self):
        subscriber = make_subscriber(
            is_confirmed=False, asked_at=timezone.now(), mail_due_at=timezone.now()
        )

        with (
            Sink(replies={subscriber.email: ["550 5.1.1 no"]}) as sink,
            override_settings(MAILERS=sink.mailers),
        ):
            tasks.send_due()

        subscriber.refresh_from_db()
        self.assertIsNone(subscriber.mail_due_at)
        self.assertIn("does not exist", subscriber.mail_refusal)

    def test_an_address_that_is_none_is_not_tried_again(self):
        for email in ("a\nb@example.org", "ü@example.org"):
            with self.subTest(email):
                subscriber = make_subscriber(
                    email=email, is_confirmed=False, mail_due_at=timezone.now()
                )

                with Sink() as sink, override_settings(MAILERS=sink.mailers):
                    self.assertTrue(sending.answer(subscriber))

                subscriber.refresh_from_db()
                self.assertIsNone(subscriber.mail_due_at)
                self.assertIn("no address", subscriber.mail_refusal)

    def test_a_sender_that_is_no_address_loses_no_sign_up(self):
        subscriber = make_subscriber(
            email="anna@bücher.example",
            is_confirmed=False,
            asked_at=timezone.now(),
            mail_due_at=timezone.now(),
        )

        with (
            Sink() as sink,
            override_settings(
                MAILERS=sink.mailers, DEFAULT_FROM_EMAIL="no address, at all@"
            ),
            self.assertLogs("newsletter", "WARNING"),
        ):
            self.assertFalse(sending.answer(subscriber))

        subscriber.refresh_from_db()
        self.assertIsNotNone(subscriber.mail_due_at)
        self.assertEqual(subscriber.mail_refusal, "")

    def test_a_server_that_is_down_for_days_ends_the_trying(self):
        subscriber = make_subscriber(
            is_confirmed=False,
            asked_at=timezone.now() - timedelta(days=4),
            mail_due_at=timezone.now(),
        )
        dead = {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }

        with (
            override_settings(MAILERS={"default": dead}),
            self.assertLogs("newsletter"),
        ):
            tasks.send_due()

        subscriber.refresh_from_db()
        self.assertIsNone(subscriber.mail_due_at)
        self.assertIn("three days", subscriber.mail_refusal)

    def test_the_tick_forgets_who_never_confirmed(self):
        old = timezone.now() - timedelta(days=15)
        make_subscriber(is_confirmed=False, created_at=old)
        kept = make_subscriber(created_at=old)

        tasks.sweep()

        self.assertEqual(list(Subscriber.objects.all()), [kept])
