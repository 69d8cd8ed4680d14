from datetime import timedelta
from unittest.mock import patch

from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import tick
from guide.models import page_version
from newsletter import sending, tasks
from newsletter.models import (
    Bounce,
    Delivery,
    ErasedAddress,
    Issue,
    Settings,
    Subscriber,
    fold,
)
from tests.factories import make_issue, make_subscriber


def ago(**how):
    return timezone.now() - timedelta(**how)


class WhoGetsLettersTests(TestCase):
    def test_only_who_confirmed_and_did_not_leave_is_active(self):
        here = make_subscriber()
        make_subscriber(is_confirmed=False)
        make_subscriber(unsubscribed_at=timezone.now())

        self.assertEqual(list(Subscriber.objects.active()), [here])

    def test_stopped_and_paused_addresses_are_not_reachable(self):
        here = make_subscriber()
        back = make_subscriber(paused_until=ago(days=1))
        make_subscriber(paused_until=timezone.now() + timedelta(days=1))
        make_subscriber(suppressed_at=timezone.now(), suppressed_for="full")

        self.assertCountEqual(Subscriber.objects.reachable(), [here, back])

    def test_whether_one_is_active_is_known_at_once(self):
        subscriber = make_subscriber(is_confirmed=False)

        subscriber.confirm()
        self.assertTrue(subscriber.is_active)
        subscriber.leave()
        self.assertFalse(subscriber.is_active)

    def test_one_address_is_one_reader_however_it_is_spelt(self):
        make_subscriber(email="anna@example.org")

        with self.assertRaises(IntegrityError), transaction.atomic():
            make_subscriber(email="Anna@Example.ORG")

    def test_letters_stop_for_a_reason(self):
        subscriber = make_subscriber(suppressed_at=timezone.now(), suppressed_for="x")
        subscriber.suppressed_for = ""

        with self.assertRaisesMessage(
            ValidationError, "Say why letters to this address stopped."
        ):
            subscriber.validate_constraints()


class SignUpTests(TestCase):
    def test_a_new_address_is_owed_a_mail(self):
        subscriber = Subscriber.objects.sign_up(
            "anna@example.org", consent_version="2", consent_page="/guides/x/"
        )

        self.assertEqual(list(Subscriber.objects.owed_a_mail()), [subscriber])
        self.assertEqual(subscriber.consent_version, "2")
        self.assertEqual(subscriber.consent_page, "/guides/x/")
        self.assertIsNone(subscriber.confirmed_at)

    def test_one_mail_answers_all_that_is_asked_within_ten_minutes(self):
        subscriber = make_subscriber(is_confirmed=False, mailed_at=ago(minutes=9))

        Subscriber.objects.sign_up(subscriber.email.upper())

        self.assertFalse(Subscriber.objects.owed_a_mail().exists())

    def test_what_happened_since_that_mail_is_answered_at_once(self):
        for then in ("confirmed_at", "unsubscribed_at"):
            with self.subTest(then):
                subscriber = make_subscriber(
                    mailed_at=ago(minutes=9), **{then: ago(minutes=8)}
                )

                Subscriber.objects.sign_up(subscriber.email)

                self.assertIn(subscriber, Subscriber.objects.owed_a_mail())

    def test_letters_that_stopped_since_that_mail_are_answered_at_once(self):
        subscriber = make_subscriber(mailed_at=ago(minutes=9))
        Subscriber.objects.suppress(reason="the mailbox is full (552 5.2.2)")

        Subscriber.objects.sign_up(subscriber.email)

        self.assertEqual(list(Subscriber.objects.owed_a_mail()), [subscriber])

    def test_later_it_is_answered_once_more(self):
        subscriber = make_subscriber(is_confirmed=False, mailed_at=ago(minutes=11))

        Subscriber.objects.sign_up(subscriber.email)

        self.assertEqual(list(Subscriber.objects.owed_a_mail()), [subscriber])

    def test_asking_again_does_not_change_when_the_waiting_mail_is_tried(self):
        later = timezone.now() + timedelta(minutes=4)
        subscriber = make_subscriber(is_confirmed=False, mail_due_at=later)

        Subscriber.objects.sign_up(subscriber.email)

        subscriber.refresh_from_db()
        self.assertEqual(subscriber.mail_due_at, later)

    def test_the_consent_of_a_reader_stays_as_given(self):
        subscriber = make_subscriber(consent_version="1", consent_page="/")

        Subscriber.objects.sign_up(
            subscriber.email, consent_version="2", consent_page="/about/"
        )

        subscriber.refresh_from_db()
        self.assertEqual(subscriber.consent_version, "1")
        self.assertEqual(subscriber.consent_page, "/")

    def test_two_workers_do_not_both_answer(self):
        subscriber = make_subscriber(mail_due_at=timezone.now())

        self.assertTrue(Subscriber.objects.take_on(subscriber))
        self.assertFalse(Subscriber.objects.take_on(subscriber))

    def test_who_never_confirmed_is_forgotten_in_time(self):
        old = make_subscriber(is_confirmed=False, created_at=ago(days=15))
        make_subscriber(created_at=ago(days=15))
        make_subscriber(
            is_confirmed=False, created_at=ago(days=15), asked_at=ago(days=1)
        )

        stale = Subscriber.objects.unconfirmed(older_than=timedelta(days=14))

        self.assertEqual(list(stale), [old])

    def test_very_many_of_them_go_in_batches_within_a_turn(self):
        for _number in range(5):
            make_subscriber(is_confirmed=False, created_at=ago(days=15))
        stays = make_subscriber(is_confirmed=False, created_at=ago(days=1))

        with patch.object(tick, "LONGEST_TURN", -1):
            tasks.forget_unconfirmed()
        self.assertEqual(Subscriber.objects.count(), 6)
        with (
            patch.object(tasks, "FORGOTTEN_AT_ONCE", 2),
            CaptureQueriesContext(connection) as asked,
        ):
            tasks.sweep()

        self.assertEqual(list(Subscriber.objects.all()), [stays])
        gone = [
            query["sql"].count(",") + 1
            for query in asked
            if query["sql"].startswith('DELETE FROM "newsletter_subscriber"')
        ]
        self.assertEqual(gone, [2, 2, 1])

    def test_the_oldest_of_very_many_are_found_by_an_index(self):
        stale = Subscriber.objects.unconfirmed(older_than=timedelta(days=14))
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
            plan = stale.order_by("created_at")[:500].explain()

        self.assertIn("newsletter_unconfirmed", plan)
        self.assertNotIn("B-TREE", plan)


class ConfirmationLinkTests(TestCase):
    def test_it_names_its_reader(self):
        subscriber = make_subscriber(is_confirmed=False)

        found = Subscriber.objects.for_confirmation(subscriber.confirmation_token())

        self.assertEqual(found, subscriber)

    def test_it_does_not_confirm_another_address_of_the_same_reader(self):
        subscriber = make_subscriber(is_confirmed=False)
        token = subscriber.confirmation_token()
        subscriber.email = "other@example.org"
        subscriber.save()

        with self.assertRaises(Subscriber.DoesNotExist):
            Subscriber.objects.for_confirmation(token)

    def test_whatever_is_no_link_of_ours_names_nobody(self):
        subscriber = make_subscriber(is_confirmed=False)
        token = subscriber.confirmation_token()
        other = make_subscriber(is_confirmed=False)
        for wrong in [
            *("", ".", "x", "..", "\0", "1.\0.x", "9" * 40 + ".a.b", "é.a.b"),
            token[:-1],
            token + "x",
            token.replace(f"{subscriber.pk}.", f"{other.pk}.", 1),
        ]:
            with self.subTest(wrong), self.assertRaises(Subscriber.DoesNotExist):
                Subscriber.objects.for_confirmation(wrong)


class ComingAndGoingTests(TestCase):
    def test_confirming_lifts_what_stopped_letters_and_an_earlier_leaving(self):
        subscriber = make_subscriber(
            unsubscribed_at=ago(days=9),
            suppressed_at=ago(days=8),
            suppressed_for="the mailbox was full",
        )

        subscriber.confirm()

        self.assertEqual(list(Subscriber.objects.reachable()), [subscriber])

    def test_confirming_does_not_lift_what_the_author_set_by_hand(self):
        subscriber = make_subscriber(is_confirmed=False)
        row = Subscriber.objects.filter(pk=subscriber.pk)
        row.suppress(reason="the mailbox was full")
        row.suppress(reason="asked by phone", by_hand=True)

        subscriber.confirm()

        self.assertTrue(subscriber.is_active)
        self.assertFalse(Subscriber.objects.reachable().exists())
        self.assertEqual(row.lift(), 1)
        self.assertTrue(Subscriber.objects.reachable().exists())

    def test_a_letter_from_before_the_confirming_stops_nothing(self):
        subscriber = make_subscriber(confirmed_at=ago(days=2))
        row = Subscriber.objects.filter(pk=subscriber.pk)

        self.assertEqual(row.suppress(reason="full", written_at=ago(days=3)), 0)
        self.assertEqual(row.suppress(reason="full", written_at=ago(days=1)), 1)
        self.assertEqual(row.suppress(reason="gone", written_at=ago(days=1)), 0)

        subscriber.refresh_from_db()
        self.assertEqual(subscriber.suppressed_for, "full")

    def test_an_erased_address_is_known_by_a_hash_also_under_an_earlier_key(self):
        with override_settings(SECRET_KEY="before"):
            ErasedAddress.objects.remember(fold("Anna@Example.org"))
            ErasedAddress.objects.remember("anna@example.org")

        self.assertFalse(ErasedAddress.objects.knows("anna@example.org"))
        with override_settings(SECRET_KEY_FALLBACKS=["before"]):
            self.assertTrue(ErasedAddress.objects.knows("anna@example.org"))
            self.assertFalse(ErasedAddress.objects.knows("otto@example.org"))
        self.assertNotIn("anna", str(ErasedAddress.objects.values().get()))

    def test_leaving_skips_what_waits_and_leaves_the_rest_alone(self):
        subscriber = make_subscriber()
        states = Delivery.State
        rows = {
            state: Delivery.objects.create(
                issue=make_issue(), subscriber=subscriber, state=state
            )
            for state in states
        }
        Delivery.objects.filter(state__in=["claimed", "sending"]).update(
            claimed_by=rows["queued"].pk, claimed_until=timezone.now()
        )

        subscriber.leave()

        after = {state: Delivery.objects.get(pk=row.pk) for state, row in rows.items()}
        self.assertEqual(after["queued"].state, "skipped")
        self.assertEqual(after["claimed"].state, "skipped")
        self.assertIsNone(after["claimed"].claimed_by)
        self.assertEqual(after["claimed"].reason, "left before it was sent")
        for state in ("sending", "sent", "failed", "skipped"):
            self.assertEqual(after[state].state, state)

    def test_leaving_twice_keeps_the_first_date(self):
        then = ago(days=3)
        subscriber = make_subscriber(unsubscribed_at=then)

        subscriber.leave()

        subscriber.refresh_from_db()
        self.assertEqual(subscriber.unsubscribed_at, then)

    def test_within_an_hour_a_leaving_can_be_taken_back(self):
        subscriber = make_subscriber(unsubscribed_at=ago(minutes=59))
        late = make_subscriber(unsubscribed_at=ago(minutes=61))

        subscriber.come_back()
        late.come_back()

        self.assertEqual(list(Subscriber.objects.active()), [subscriber])

    def test_leaving_does_not_undo_what_happened_meanwhile(self):
        stale = make_subscriber(is_confirmed=False)
        Subscriber.objects.get(pk=stale.pk).confirm()

        stale.leave()

        self.assertIsNotNone(Subscriber.objects.get(pk=stale.pk).confirmed_at)


class LateTests(TestCase):
    def test_who_comes_herself_waits_for_no_list_that_is_asked(self):
        then = timezone.now() + timedelta(days=6)
        make_subscriber(
            email="anna@example.org",
            is_confirmed=False,
            asked_at=then,
            mail_due_at=then,
        )

        subscriber = Subscriber.objects.sign_up("anna@example.org")

        self.assertLessEqual(subscriber.mail_due_at, timezone.now())
        self.assertLessEqual(subscriber.asked_at, timezone.now())

    def test_joining_again_ends_a_pause(self):
        subscriber = make_subscriber()
        subscriber.pause(months=3)
        subscriber.leave()

        subscriber.confirm()

        self.assertIn(subscriber, Subscriber.objects.reachable())

    def test_a_welcome_goes_to_nobody_who_left_since_it_was_looked_up(self):
        make_settings_with_welcome()
        make_subscriber(is_confirmed=False, email="anna@example.org").confirm()
        [looked_up] = Subscriber.objects.owed_a_mail()
        Subscriber.objects.get().leave()

        sending.answer(looked_up)

        self.assertEqual(mail.outbox, [])

    def test_leaving_is_no_trouble_where_she_was_erased_meanwhile(self):
        make_subscriber()
        looked_up = Subscriber.objects.get()
        Subscriber.objects.get().erase()

        looked_up.leave()

        self.assertFalse(Subscriber.objects.exists())

    def test_erasing_forgets_the_words_of_what_named_no_letter(self):
        words = "To: Anna@example.org"
        Bounce.objects.create(door="mailbox", kind="unknown", excerpt=words)

        make_subscriber(email="anna@example.org").erase()

        self.assertEqual(Bounce.objects.get().excerpt, "")


def make_settings_with_welcome():
    words = Settings.load()
    words.welcome = "<p>Welcome.</p>"
    words.save()


class IssueTests(TestCase):
    def test_a_subject_is_one_line(self):
        for subject in ("a\nBcc: x@example.org", "a\rb", "a\0b"):
            issue = Issue(subject=subject, slug="a")
            with self.subTest(subject), self.assertRaises(ValidationError) as raised:
                issue.full_clean()
            self.assertIn("subject", raised.exception.message_dict)

    def test_a_saved_letter_makes_the_pages_old(self):
        before = page_version()

        make_issue()

        self.assertGreater(page_version(), before)

    def test_a_reader_has_a_letter_once(self):
        issue, subscriber = make_issue(), make_subscriber()
        Delivery.objects.create(issue=issue, subscriber=subscriber)

        with self.assertRaises(IntegrityError), transaction.atomic():
            Delivery.objects.create(issue=issue, subscriber=subscriber)

    def test_the_ledger_outlives_an_erased_reader(self):
        subscriber = make_subscriber()
        delivery = Delivery.objects.create(issue=make_issue(), subscriber=subscriber)

        subscriber.delete()

        delivery.refresh_from_db()
        self.assertIsNone(delivery.subscriber)

    def test_only_what_is_being_sent_is_claimed(self):
        delivery = Delivery(
            issue=make_issue(), subscriber=make_subscriber(), claimed_until=ago(days=1)
        )

        with self.assertRaisesMessage(
            ValidationError, "Only what is being sent is claimed."
        ):
            delivery.validate_constraints()


class SettingsTests(TestCase):
    def test_there_is_one_row_from_the_start(self):
        self.assertEqual(Settings.objects.count(), 1)
        self.assertEqual(Settings.load().title, "One letter a month")
