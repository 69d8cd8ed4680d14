import time
import uuid
from datetime import timedelta
from itertools import pairwise

from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.template.loader import render_to_string
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guide.models import SiteSettings, page_version
from newsletter import (
    forms,
    freezing,
    headers,
    ledger,
    postbox,
    progress,
    sending,
    tasks,
)
from newsletter.models import Delivery, Issue, Settings
from tests.factories import make_issue, make_staff, make_subscriber
from tests.newsletter.sink import Sink
from tests.newsletter.test_sending import frozen, get_ready, states

HOUR = timedelta(hours=1)


def work(sink, issue):
    issue.refresh_from_db()
    with override_settings(MAILERS=sink.mailers):
        return sending.work(issue)


class ScheduleTests(TestCase):
    def setUp(self):
        get_ready()
        make_subscriber()
        self.author = make_staff(email="ana@example.org")

    def scheduled(self, *, ago=timedelta(0), **how):
        """Return a letter whose moment came so long ago."""
        issue = make_issue()
        issue.schedule(at=timezone.now() + HOUR, by=self.author, **how)
        Issue.objects.filter(pk=issue.pk).update(scheduled_at=timezone.now() - ago)
        return issue

    def test_it_goes_out_when_its_moment_has_come(self):
        issue = make_issue()
        issue.schedule(at=timezone.now() + HOUR, by=self.author)
        tasks.send_due()
        self.assertFalse(Issue.objects.sent().exists())

        Issue.objects.update(scheduled_at=timezone.now())
        tasks.send_due()

        issue.refresh_from_db()
        self.assertIsNotNone(issue.frozen_at)
        self.assertEqual(issue.sent_by, self.author)
        self.assertEqual(issue.deliveries.count(), 1)

    def test_it_leaves_with_the_tick_that_begins_it(self):
        self.scheduled()

        tasks.send_due()

        self.assertEqual(len(mail.outbox), 1)

    def test_it_is_made_for_who_is_on_the_list_then(self):
        issue = self.scheduled()
        late = make_subscriber()

        tasks.send_due()

        self.assertTrue(late.deliveries.filter(issue=issue).exists())

    def test_what_could_not_begin_in_time_stays_and_the_author_is_told(self):
        issue = self.scheduled(ago=2 * HOUR, not_after=timezone.now() + 2 * HOUR)
        Issue.objects.update(not_after=timezone.now() - HOUR)

        tasks.send_due()
        tasks.send_due()

        issue.refresh_from_db()
        self.assertIsNone(issue.frozen_at)
        self.assertIsNone(issue.scheduled_at)
        self.assertIn("not after", issue.trouble)
        [told] = mail.outbox
        self.assertEqual(told.to, ["ana@example.org"])
        self.assertIn("not after", told.body)
        self.assertIn(f"/admin/newsletter/issue/{issue.pk}/", told.body)

    def test_what_lacks_something_by_then_stays_and_says_what(self):
        issue = self.scheduled()
        SiteSettings.objects.update(postal_address="")

        tasks.send_due()

        issue.refresh_from_db()
        self.assertIsNone(issue.frozen_at)
        self.assertIn("no postal address", issue.trouble)
        self.assertEqual(len(mail.outbox), 1)

    def test_where_no_mail_leaves_the_author_is_told_later(self):
        self.scheduled()
        SiteSettings.objects.update(postal_address="")
        dead = {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }

        with (
            override_settings(MAILERS={"default": dead}),
            self.assertLogs("newsletter", "WARNING") as logs,
        ):
            tasks.send_due()
        tasks.send_due()

        self.assertEqual(len(mail.outbox), 1)
        self.assertNotIn("ana@", str(logs.output))

    def test_a_moment_that_has_passed_gets_a_sentence(self):
        issue = make_issue()
        with self.assertRaisesMessage(ValidationError, "has passed"):
            issue.schedule(at=timezone.now())
        with self.assertRaisesMessage(ValidationError, "after the one"):
            issue.schedule(at=timezone.now() + HOUR, not_after=timezone.now())

        self.assertIsNone(Issue.objects.get(pk=issue.pk).scheduled_at)

    def test_an_hour_that_is_not_or_comes_twice_gets_a_sentence(self):
        for day in ("2027-03-28", "2027-10-31"):
            with self.subTest(day), timezone.override("Europe/Berlin"):
                form = forms.ScheduleForm({"at_0": day, "at_1": "02:30"})

                self.assertIn("The clocks change", str(form.errors))

    def test_a_year_that_is_far_away_gets_a_sentence(self):
        typed = {"at_0": "2026-12-24", "at_1": "10:00", "not_after_1": "23:59"}
        for zone in ("America/New_York", "Asia/Tokyo"):
            for name in ("at", "not_after"):
                for year, words in [("9999", "a year ahead"), ("0001", "")]:
                    with self.subTest(zone, year=year, of=name):
                        form = typed | {f"{name}_0": f"{year}-12-31"}
                        with timezone.override(zone):
                            form = forms.ScheduleForm(form)

                        self.assertIn(words, str(form.errors))
                        if form.is_valid():
                            with self.assertRaises(ValidationError):
                                make_issue().schedule(**form.cleaned_data)

    def test_taken_back_it_does_not_go_out(self):
        issue = self.scheduled()

        self.assertTrue(issue.unschedule())
        tasks.send_due()

        self.assertFalse(Issue.objects.sent().exists())

    def test_scheduling_makes_no_page_old(self):
        issue = make_issue()
        before = page_version()

        issue.schedule(at=timezone.now() + HOUR)

        self.assertEqual(page_version(), before)


class VerbTests(TestCase):
    """Pause, resume, cancel and retry, with a sender at work."""

    def setUp(self):
        get_ready()
        for _number in range(30):
            make_subscriber()
        self.issue = frozen()

    def claim(self):
        me = uuid.uuid4()
        return me, sending.claim(self.issue, me, time.monotonic() + 20)

    def test_a_pause_gives_back_what_was_claimed_and_lets_finish_what_is_sent(self):
        me, batch = self.claim()
        marks = ledger.Marks(me)
        [(first, _moment), (second, _later)] = marks.begin(batch[:2])

        self.assertTrue(self.issue.pause())
        self.assertFalse(self.issue.pause())
        self.assertEqual(marks.begin(batch[2:12]), [])
        marks.sent(first)
        marks.put_back(second)
        marks.write()

        self.assertEqual(self.claim()[1], [])
        self.assertEqual(self.issue.deliveries.filter(state="sent").count(), 1)
        self.assertEqual(self.issue.deliveries.queued().count(), 29)

    def test_no_press_waits_for_rows_that_a_sender_marks_just_now(self):
        for press in (self.issue.pause, self.issue.cancel, ledger.sweep):
            with self.subTest(press), CaptureQueriesContext(connection) as queries:
                press()

                locks = [q for q in queries if "SKIP LOCKED" in q["sql"]]
                # SQLite has one writer at a time, which holds no single rows.
                can = connection.features.has_select_for_update_skip_locked
                self.assertEqual(len(locks), can)

    def test_resumed_it_reaches_everybody_once(self):
        self.issue.pause()
        self.assertFalse(sending.work(self.issue))

        self.issue.resume()
        tasks.send_due()

        self.assertEqual(len(mail.outbox), 30)
        self.assertEqual(set(states(self.issue).values()), {"sent"})

    def test_cancelled_it_reaches_nobody_else_and_says_why(self):
        me, batch = self.claim()
        marks = ledger.Marks(me)
        [(first, _moment), (second, _later)] = marks.begin(batch[:2])

        self.assertTrue(self.issue.cancel())
        self.assertIsNone(self.issue.finished_at)
        marks.sent(first)
        marks.again(second, "not now")
        marks.write()
        tasks.send_due()

        self.issue.refresh_from_db()
        self.assertIsNotNone(self.issue.finished_at)
        self.assertFalse(mail.outbox)
        skipped = self.issue.deliveries.filter(state="skipped")
        self.assertEqual(skipped.count(), 29)
        self.assertEqual(
            set(skipped.values_list("reason", flat=True)),
            {"the letter was cancelled before"},
        )
        self.assertFalse(self.issue.resume() or self.issue.pause())
        self.assertEqual(self.issue.retry(), 0)

    def test_what_was_cancelled_neither_pauses_nor_is_cancelled_again(self):
        me, batch = self.claim()
        [(one, _moment)] = (marks := ledger.Marks(me)).begin(batch[:1])
        self.issue.cancel()
        then = self.issue.cancelled_at

        # A sender hears of a block only now, and an old page still has the buttons.
        self.assertFalse(self.issue.pause(because="The mail server took no more."))
        self.assertFalse(self.issue.pause() or self.issue.cancel())
        marks.sent(one)
        marks.write()
        tasks.send_due()

        self.issue.refresh_from_db()
        self.assertIsNotNone(self.issue.finished_at)
        self.assertEqual((self.issue.cancelled_at, self.issue.trouble), (then, ""))
        self.assertFalse(mail.outbox)

    def test_what_failed_is_sent_once_more_with_its_id(self):
        sending.work(self.issue)
        chosen = list(self.issue.deliveries.values_list("pk", flat=True)[:3])
        Delivery.objects.filter(pk__in=chosen).update(
            state="failed", attempts=4, reason="the mailbox is full"
        )
        mail.outbox.clear()

        self.assertEqual(self.issue.retry(), 3)
        self.assertIsNone(self.issue.finished_at)
        tasks.send_due()

        ids = {message.message()["Message-ID"] for message in mail.outbox}
        self.assertEqual(ids, {f"<{key}@testserver>" for key in chosen})
        self.assertEqual(set(states(self.issue).values()), {"sent"})
        self.assertEqual(self.issue.retry(), 0)


class TroubleTests(TestCase):
    def setUp(self):
        get_ready()
        self.readers = [make_subscriber() for _number in range(45)]
        self.author = make_staff(email="ana@example.org")

    def frozen(self):
        issue = make_issue()
        freezing.freeze(issue, by=self.author)
        return issue

    def test_a_block_pauses_it_and_the_author_is_told(self):
        blocked = self.readers[5].email
        issue = self.frozen()
        with Sink(replies={blocked: ["550 5.7.1 blocked", "250 ok"]}) as sink:
            self.assertFalse(work(sink, issue))
            self.assertIsNotNone(issue.paused_at)
            self.assertIn("blocks our letters (550 5.7.1)", issue.trouble)
            self.assertFalse(issue.deliveries.filter(state="failed").exists())
            self.assertFalse(issue.deliveries.exclude(claimed_by=None).exists())
            tasks.send_due()
            issue.resume()
            work(sink, issue)

        self.assertEqual([told.to for told in mail.outbox], [["ana@example.org"]])
        self.assertCountEqual(sink.recipients, [r.email for r in self.readers])

    def test_after_a_look_at_it_one_block_is_one_readers(self):
        issue = self.frozen()
        issue.pause()
        issue.resume()

        with Sink(replies={self.readers[5].email: ["550 5.7.1 blocked"]}) as sink:
            work(sink, issue)

        self.assertEqual(issue.deliveries.filter(state="failed").count(), 1)
        self.assertIsNotNone(issue.finished_at)

    def test_a_refused_sender_pauses_it(self):
        issue = self.frozen()

        with Sink(sender_reply="550 5.1.8 who are you") as sink:
            work(sink, issue)

        self.assertIn("sender of the letter (550 5.1.8)", issue.trouble)
        self.assertEqual(issue.deliveries.queued().count(), 45)

    def test_a_sender_that_is_no_address_pauses_it(self):
        issue = self.frozen()
        Settings.objects.update(sender_address="no address, at all@")

        with Sink() as sink:
            work(sink, issue)

        self.assertIn("no address", issue.trouble)
        self.assertEqual(issue.deliveries.queued().count(), 45)

    def test_twenty_in_a_row_pause_it(self):
        refused = {r.email: ["550 5.1.1 no"] for r in self.readers[2:]}
        issue = self.frozen()

        with Sink(replies=refused) as sink:
            work(sink, issue)

        self.assertIn("20 letters in a row", issue.trouble)
        self.assertLess(issue.deliveries.filter(state="failed").count(), 40)
        self.assertTrue(issue.deliveries.queued().exists())

    def test_twenty_in_a_row_are_counted_over_several_turns(self):
        refused = {r.email: ["550 5.1.1 no"] for r in self.readers}
        issue = self.frozen()
        issue.deliveries.filter(subscriber__in=self.readers[12:]).update(
            not_before=timezone.now() + HOUR
        )

        with Sink(replies=refused) as sink:
            work(sink, issue)
            self.assertEqual(issue.trouble, "")
            issue.deliveries.queued().update(not_before=timezone.now())
            work(sink, issue)

        self.assertIn("20 letters in a row", issue.trouble)

    def test_twenty_that_are_no_addresses_pause_it_too(self):
        for reader in self.readers:
            reader.email = f"a\nb{reader.pk}@example.org"
            reader.save()
        issue = self.frozen()

        with Sink() as sink:
            work(sink, issue)

        self.assertIn("the last: this is no address", issue.trouble)
        self.assertTrue(issue.deliveries.queued().exists())
        self.assertFalse(sink.mails)

    def test_one_in_fifty_stops_nothing(self):
        refused = {r.email: ["550 5.1.1 no"] for r in self.readers[::5]}
        issue = self.frozen()

        with Sink(replies=refused) as sink:
            work(sink, issue)

        self.assertEqual(issue.deliveries.filter(state="failed").count(), 9)
        self.assertIsNotNone(issue.finished_at)
        told = progress.of(issue)
        self.assertEqual(
            told["reasons"]["failed"], [("this address does not exist (550 5.1.1)", 9)]
        )

    def test_a_lost_line_halves_the_pace_and_quiet_doubles_it(self):
        issue = self.frozen()
        with Sink(drops={self.readers[3].email}) as sink, self.assertLogs("newsletter"):
            work(sink, issue)
        issue.refresh_from_db()
        lost = issue.slowed_at

        sending.slow_down(issue)  # of the same trouble
        issue.refresh_from_db()

        self.assertEqual(issue.slowed_at, lost)
        for later, slowness in [(0, 1), (4, 1), (5, 0), (60, 0)]:
            now = lost + timedelta(minutes=later)
            self.assertEqual(sending.slowness_of(issue, now), slowness)
        for _loss in range(9):
            Issue.objects.update(slowed_at=timezone.now() - timedelta(seconds=11))
            sending.slow_down(issue)
        issue.refresh_from_db()
        self.assertEqual(issue.slowness, sending.SLOWEST)

    def test_a_slowed_letter_leaves_at_half_the_pace(self):
        Settings.objects.update(rate=60)
        issue = self.frozen()
        Issue.objects.update(slowness=1, slowed_at=timezone.now())

        batch = sending.claim(issue, uuid.uuid4(), time.monotonic() + 9)

        gaps = [b[1] - a[1] for a, b in pairwise(batch)]
        self.assertTrue(all(abs(gap - 2) < 0.01 for gap in gaps), gaps)

    def test_several_lines_share_the_work(self):
        Settings.objects.update(connections=4)
        issue = self.frozen()

        with Sink(pause=0.02) as sink:
            work(sink, issue)

        self.assertTrue(1 < sink.connections <= 4, sink.connections)
        self.assertCountEqual(sink.recipients, [r.email for r in self.readers])
        self.assertIsNotNone(issue.finished_at)

    def test_several_lines_keep_one_rate(self):
        Settings.objects.update(connections=4, rate=600)  # one in 100 ms
        issue = self.frozen()

        begin = time.monotonic()
        with Sink() as sink, override_settings(MAILERS=sink.mailers):
            sending.work(issue, seconds=1.5)

        took = time.monotonic() - begin
        self.assertLessEqual(len(sink.mails), took / 0.1 + 1)

    def test_never_more_than_twenty_are_in_hand_whatever_the_lines(self):
        Settings.objects.update(connections=10)
        issue = self.frozen()
        most = []

        def count():
            most.append(issue.deliveries.filter(state="sending").count())

        give = postbox.Lines.give

        class Counted(postbox.Lines):
            def give(self, *job):
                count()
                give(self, *job)

        with Sink() as sink, override_settings(MAILERS=sink.mailers):
            turn = sending.Turn(issue, seconds=20)
            turn.lines = Counted(turn.letter, count=10, until=turn.until)
            turn.run()

        self.assertEqual(len(sink.mails), 45)
        self.assertTrue(0 < max(most) <= 20, most)

    def test_each_copy_comes_back_to_an_address_of_its_own(self):
        Settings.objects.update(bounce_address="bounce@example.org")
        issue = self.frozen()

        with Sink() as sink:
            work(sink, issue)

        self.assertEqual(len(sink.senders), 45)
        found = {headers.delivery_of(one) for one in sink.senders}
        self.assertEqual(found, set(issue.deliveries.values_list("pk", flat=True)))


class ProgressTests(TestCase):
    def test_time_left_in_words(self):
        for seconds, words in [
            (10, "less than a minute"),
            (60, "about 1 minute"),
            (600, "about 10 minutes"),
            (7200, "about 2 hours"),
        ]:
            self.assertEqual(progress.in_words(seconds), words)

    def test_it_tells_the_rate_and_the_time_left_and_who_left_since(self):
        get_ready()
        for _number in range(6):
            make_subscriber()
        make_subscriber(is_confirmed=False)
        issue = frozen()
        Issue.objects.update(frozen_at=timezone.now() - HOUR)
        issue.refresh_from_db()
        sent = list(issue.deliveries.queued()[:2])
        for delivery in sent:
            delivery.state = "sent"
            delivery.save()
        sent[0].subscriber.leave()

        told = progress.of(issue)

        self.assertEqual((told["recipients"], told["waiting"]), (6, 4))
        self.assertEqual((told["rate"], told["left"]), (2, "about 2 minutes"))
        self.assertEqual((told["excluded"], told["left_since"]), (1, 1))

    def test_a_mail_server_that_is_away_is_told_on_the_page_of_the_letter(self):
        get_ready()
        make_subscriber()
        issue = frozen()
        self.assertFalse(progress.of(issue)["is_held_up"])

        sending.slow_down(issue)
        issue.refresh_from_db()

        self.assertTrue(progress.of(issue)["is_held_up"])
        page = render_to_string(
            "admin/newsletter/issue/progress.html",
            {"issue": issue, **progress.of(issue)},
        )
        self.assertIn("The mail server does not answer, or asks for rest.", page)
        issue.pause()
        self.assertFalse(progress.of(issue)["is_held_up"])

    def test_a_letter_that_stands_still_says_so_and_asks_for_the_worker(self):
        get_ready()
        make_subscriber()
        make_subscriber()
        issue = frozen()
        self.assertFalse(progress.of(issue)["is_still"])

        Issue.objects.update(frozen_at=timezone.now() - HOUR)
        issue.refresh_from_db()
        issue.deliveries.update(not_before=timezone.now() - HOUR)
        self.assertTrue(progress.of(issue)["is_still"])

        delivery = issue.deliveries.queued().first()
        delivery.state = "sent"
        delivery.save()
        self.assertFalse(progress.of(issue)["is_still"])
        issue.deliveries.update(changed_at=timezone.now() - HOUR)
        self.assertTrue(progress.of(issue)["is_still"])
        issue.pause()
        issue.refresh_from_db()
        self.assertFalse(progress.of(issue)["is_still"])
