import json
import time
from datetime import UTC, datetime, timedelta
from unittest import mock

from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import connection
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guide.models import SiteSettings
from newsletter import freezing, sending, tasks, timeline
from newsletter.models import (
    Delivery,
    ErasedAddress,
    Errand,
    Event,
    Settings,
    Subscriber,
)
from newsletter.models.subscribers import in_months
from newsletter.views import PER_ADDRESS
from tests.factories import make_issue, make_staff, make_subscriber
from tests.newsletter.sink import Sink

ASK = "/newsletter/fresh-link/"
DEAD = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
}


def ago(**how):
    return timezone.now() - timedelta(**how)


def stopped(reader, reason="the mailbox is full (552 5.2.2)", **how):
    rows = Subscriber.objects.filter(pk=reader.pk)
    rows.suppress(reason=reason, **how)
    reader.refresh_from_db()


def later(**how):
    """Let links be older than they are."""
    then = time.time() + timedelta(**how).total_seconds()
    return mock.patch("django.core.signing.time.time", return_value=then)


def steps(reader):
    """Return what happened to a reader, in the order it did."""
    reader.refresh_from_db()
    return [str(moment.what) for moment in reversed(timeline.of(reader))]


class OwnPagesTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.reader = make_subscriber(email="moira@example.org")

    def by_letter(self, name="status"):
        return reverse(f"newsletter:{name}", args=[self.reader.token])

    def fresh(self, name="status"):
        return reverse(f"newsletter:{name}", args=[self.reader.fresh_token()])

    def again(self):
        return Subscriber.objects.get(pk=self.reader.pk)


class StatusTests(OwnPagesTestCase):
    def test_how_far_we_can_see_is_said_where_a_letter_was_taken(self):
        for state, is_said in [("failed", False), ("sent", True)]:
            issue = make_issue(frozen_at=ago(days=1))
            self.reader.deliveries.create(issue=issue, state=state)

            said = (
                "is as far as we can see"
                in self.client.get(self.by_letter()).content.decode()
            )

            self.assertEqual(said, is_said)

    def test_a_letter_that_was_passed_on_does_not_tell_the_address(self):
        for url in (self.by_letter(), self.by_letter("unsubscribe")):
            page = self.client.get(url)

            self.assertContains(page, "m…@example.org")
            self.assertNotContains(page, "moira")

    def test_who_left_by_mistake_finds_the_way_back_here_too(self):
        self.reader.leave()
        back = self.by_letter("come_back")

        self.assertContains(self.client.get(self.by_letter()), back)

        Subscriber.objects.update(unsubscribed_at=ago(minutes=61))
        page = self.client.get(self.by_letter())
        self.assertNotContains(page, back)
        self.assertContains(page, "Write my address once more")

    def test_it_offers_little_to_who_has_a_letter_and_all_to_who_reads_the_mails(self):
        by_letter, fresh = (
            self.client.get(self.by_letter()),
            self.client.get(self.fresh()),
        )

        for page in (by_letter, fresh):
            self.assertContains(page, self.by_letter("pause"))
            self.assertContains(page, self.by_letter("unsubscribe"))
        self.assertContains(fresh, "moira@example.org")
        for name in ("change_address", "copy", "erase"):
            self.assertContains(fresh, self.fresh(name).partition(".")[0])
            self.assertNotContains(
                by_letter, reverse(f"newsletter:{name}", args=["x"])[:-2]
            )
        self.assertContains(by_letter, self.by_letter("link_by_letter"))

    def test_each_way_letters_end_says_what_can_be_done(self):
        SiteSettings.objects.update(contact_email="ana@example.org")
        stopped(self.reader)
        page = self.client.get(self.by_letter())
        self.assertContains(page, "letters to you stopped on")
        self.assertContains(page, ": the mailbox is full.")
        self.assertContains(page, 'href="/newsletter/"')
        self.assertContains(self.client.get(self.fresh()), "Yes, send me the letter")
        Subscriber.objects.update(suppressed_until=timezone.now())
        page = self.client.get(self.by_letter())
        self.assertContains(page, "They go again by themselves from")

        stopped(self.reader, by_hand=True)
        for url in (self.by_letter(), self.fresh()):
            page = self.client.get(url)
            self.assertContains(page, "Write to ana@example.org")
            self.assertNotContains(page, "Yes, send me the letter")
            self.assertNotContains(page, "Write my address once more")

    def test_a_letter_that_came_back_says_what_to_do(self):
        SiteSettings.objects.update(contact_email="ana@example.org")
        reader = make_subscriber(confirmed_at=ago(days=90))
        for days, (reason, advice) in enumerate(
            [
                ("the mailbox is full (552 5.2.2)", "Make room in your mailbox"),
                ("this address does not exist (550 5.1.1)", "Did it move?"),
                (
                    "the provider blocks our letters (550 5.7.1)",
                    "Tell your provider that you want it, or write to ana@example.org.",
                ),
            ]
        ):
            Delivery.objects.create(
                issue=make_issue(frozen_at=ago(days=days)),
                subscriber=reader,
                state="failed",
                reason=reason,
            )
            page = self.client.get(f"/newsletter/status/{reader.token}/")
            self.assertContains(page, advice)
            self.assertNotRegex(page.text, r"5\.[127]\.1?")

    def test_no_next_letter_is_promised_to_whom_none_goes(self):
        reader = make_subscriber(confirmed_at=ago(days=90))
        reason = "the mailbox is full (552 5.2.2)"
        Delivery.objects.create(
            issue=make_issue(frozen_at=ago(days=3)),
            subscriber=reader,
            state="failed",
            reason=reason,
        )
        url = f"/newsletter/status/{reader.token}/"
        self.assertContains(self.client.get(url), "and the next letter arrives.")

        stopped(reader, reason)
        page = self.client.get(url)
        self.assertContains(page, "Make room in your mailbox first.")
        self.assertNotContains(page, "the next letter arrives")

        reader.leave()
        self.assertNotContains(self.client.get(url), "the next letter arrives")

    def test_letters_from_before_a_second_confirming_are_not_from_before_joining(self):
        reader = make_subscriber(confirmed_at=ago(days=90))
        stopped(reader)
        freezing.address(make_issue(frozen_at=ago(days=30)), ago(days=30))

        reader.confirm()
        page = self.client.get(f"/newsletter/status/{reader.token}/")

        self.assertContains(page, "Not sent: letters to this address had stopped: the")
        self.assertNotContains(page, "You had not joined yet")
        since = timezone.localtime(ago(days=90)).strftime("%-d %B %Y")
        self.assertContains(page, f"on the list since {since}")

    def test_who_left_and_joined_again_is_on_the_list_since_then(self):
        reader = make_subscriber(confirmed_at=ago(days=90), unsubscribed_at=ago(days=9))
        make_issue(frozen_at=ago(days=5))

        reader.confirm()
        page = self.client.get(f"/newsletter/status/{reader.token}/")

        self.assertContains(page, f"since {timezone.localtime():%-d %B %Y}")
        self.assertContains(page, "at that time no letters went to you")


class PauseTests(OwnPagesTestCase):
    def press(self, months):
        return self.client.post(self.by_letter("pause"), {"months": months})

    def test_a_pause_ends_by_itself(self):
        response = self.press(2)

        self.assertRedirects(response, self.by_letter(), status_code=303)
        self.assertContains(self.client.get(self.by_letter()), "paused until")
        self.assertFalse(Subscriber.objects.reachable().exists())
        until = in_months(timezone.now(), 2)
        self.assertEqual(self.again().paused_until.date(), until.date())
        Subscriber.objects.update(paused_until=ago(minutes=1))
        self.assertTrue(Subscriber.objects.reachable().exists())

    def test_it_can_be_ended(self):
        self.press(1)
        self.assertContains(self.client.get(self.by_letter()), "End the pause")

        self.press(0)

        self.assertTrue(Subscriber.objects.reachable().exists())
        self.assertEqual(
            steps(self.reader)[-2:], ["Paused the letters", "Ended the pause"]
        )

    def test_what_is_no_pause_changes_nothing(self):
        for months in ("", "x", "4", "-1", "9" * 40, "\0", "0"):
            with self.subTest(months):
                self.assertEqual(self.press(months).status_code, 303)
        self.assertIsNone(self.again().paused_until)
        self.assertFalse(Event.objects.exists())

    def test_nobody_pauses_who_is_not_on_the_list(self):
        Subscriber.objects.update(unsubscribed_at=timezone.now())

        self.press(1)

        self.assertIsNone(self.again().paused_until)
        self.assertNotContains(self.client.get(self.by_letter()), "Pause for")

    def test_it_needs_a_button_of_ours(self):
        client = Client(enforce_csrf_checks=True)

        response = client.post(self.by_letter("pause"), {"months": 1})

        self.assertEqual(response.status_code, 403)

    def test_months_end_where_they_end(self):
        day = datetime(2027, 12, 31, 9, tzinfo=UTC)

        self.assertEqual(in_months(day, 1), datetime(2028, 1, 31, 9, tzinfo=UTC))
        self.assertEqual(in_months(day, 2), datetime(2028, 2, 29, 9, tzinfo=UTC))

    def test_a_letter_under_way_does_not_go_to_who_paused(self):
        SiteSettings.objects.update(postal_address="4 Mill Lane")
        Settings.objects.update(sender_address="letter@example.org", rate=60_000)
        issue = make_issue()
        freezing.freeze(issue, by=None)

        self.press(1)
        sending.work(issue)

        self.assertEqual(mail.outbox, [])
        self.assertContains(
            self.client.get(self.by_letter()), "Not sent: paused at that time."
        )


class FreshLinkTests(OwnPagesTestCase):
    def ask(self, email="moira@example.org"):
        return self.client.post(ASK, {"email": email})

    def test_it_goes_to_who_is_known_and_leads_to_her_page(self):
        response = self.ask(" Moira@Example.org")

        self.assertRedirects(response, "/newsletter/link-sent/", status_code=303)
        [message] = mail.outbox
        self.assertEqual(message.to, ["moira@example.org"])
        self.assertEqual(message.sent_using, "default")
        [link] = [word for word in message.body.split() if "/status/" in word]
        self.assertIn(link, message.alternatives[0].content)
        self.assertContains(self.client.get(link), "Have it all erased")

    def test_the_page_answers_alike_whatever_is_known_of_the_address(self):
        now = timezone.now()
        make_subscriber(email="waiting@example.org", is_confirmed=False)
        make_subscriber(email="left@example.org", unsubscribed_at=now)
        stopped(make_subscriber(email="stopped@example.org"))
        stopped(make_subscriber(email="by-hand@example.org"), by_hand=True)
        answers = set()
        queue = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
        with override_settings(TASKS=queue):
            for name in ("moira", "nobody", "waiting", "left", "stopped", "by-hand"):
                with CaptureQueriesContext(connection) as queries:
                    response = self.ask(f"{name}@example.org")
                del response["Expires"]
                verbs = tuple(query["sql"].split()[0] for query in queries)
                answers.add(
                    (
                        response.status_code,
                        response.content,
                        tuple(sorted(response.items())),
                        verbs,
                    )
                )

        self.assertEqual(len(answers), 1)

    def test_nobody_else_gets_a_mail(self):
        self.ask("stranger@example.org")

        self.assertEqual(mail.outbox, [])
        self.assertFalse(Errand.objects.exists())

    def test_one_in_ten_minutes_is_enough(self):
        for _press in range(3):
            self.ask()
        self.assertEqual(len(mail.outbox), 1)

        Errand.objects.update(asked_at=ago(minutes=11))
        self.ask()

        self.assertEqual(len(mail.outbox), 2)

    def test_after_a_change_of_address_the_link_before_does_not_count(self):
        self.ask()
        self.reader.errands.create(kind="move", email="new@example.org").carry_out()

        self.ask("new@example.org")

        self.assertEqual(mail.outbox[-1].to, ["new@example.org"])

        sent = len(mail.outbox)
        self.ask("new@example.org")
        self.assertEqual(len(mail.outbox), sent)

    def test_by_a_letter_no_address_is_typed(self):
        response = self.client.post(self.by_letter("link_by_letter"))

        self.assertRedirects(response, "/newsletter/link-sent/", status_code=303)
        self.assertEqual(mail.outbox[0].to, ["moira@example.org"])

    def test_a_letters_button_and_the_form_share_the_count_of_one_mailbox(self):
        Subscriber.objects.filter(pk=self.reader.pk).update(
            email="moi.ra+letter@example.org", email_key="moi.ra+letter@example.org"
        )
        for _number in range(PER_ADDRESS):
            self.ask("moira@example.org")

        response = self.client.post(self.by_letter("link_by_letter"))

        self.assertEqual(response.status_code, 429)

    def test_too_many_are_asked_to_wait(self):
        for number in range(20):
            self.ask(f"a{number}@example.org")

        response = self.ask()
        by_letter = self.client.post(self.by_letter("link_by_letter"))

        self.assertContains(response, "in about 60 minutes", status_code=429)
        self.assertContains(response, "moira@example.org", status_code=429)
        self.assertEqual(by_letter.status_code, 429)
        self.assertEqual(mail.outbox, [])

    def test_a_wrong_address_gets_a_sentence_and_stays_in_the_field(self):
        response = self.ask("moira")

        self.assertContains(response, "There is no “@” in it.")
        self.assertContains(response, 'value="moira"')

    def test_it_works_for_an_hour(self):
        names = ("status", "confirm_again", "change_address", "copy", "erase")
        links = {name: self.fresh(name) for name in names}
        with later(minutes=59):
            self.assertEqual(self.client.get(links["status"]).status_code, 200)
        with later(minutes=61):
            for name, link in links.items():
                method = self.client.post if name != "copy" else self.client.get
                if name == "status":
                    method = self.client.get
                with self.subTest(name):
                    self.assertContains(method(link), "works no more", status_code=410)
        self.assertTrue(Subscriber.objects.active().exists())

    def test_a_letters_link_is_no_fresh_one_and_nobody_makes_one_up(self):
        token = self.reader.fresh_token()
        other = make_subscriber()
        for wrong in [
            self.reader.token,
            self.reader.confirmation_token(),
            token[:-1],
            token.replace(f"{self.reader.pk}.", f"{other.pk}.", 1),
            *("x", ".", "%00.a.b", "9" * 40 + ".a.b", "é.a.b"),
        ]:
            for name in ("copy", "erase", "change-address", "confirm-again"):
                with self.subTest(wrong, name=name):
                    url = f"/newsletter/{name}/{wrong}/"
                    method = self.client.get if name == "copy" else self.client.post
                    self.assertEqual(method(url).status_code, 410)
        self.assertTrue(Subscriber.objects.filter(pk=self.reader.pk).exists())

    def test_where_no_mail_server_is_it_stays_owed(self):
        broken = {"default": DEAD, "newsletter": DEAD}
        with (
            override_settings(MAILERS=broken),
            self.assertLogs("newsletter", "WARNING") as logs,
        ):
            self.ask()
        self.assertNotIn("moira", str(logs.output))
        self.assertFalse(Errand.objects.due().exists())

        Errand.objects.update(due_at=ago(minutes=1))
        tasks.send_due()

        self.assertEqual(len(mail.outbox), 1)
        self.assertIsNone(Errand.objects.get().due_at)
        tasks.send_due()
        self.assertEqual(len(mail.outbox), 1)

    def test_after_three_days_it_is_over(self):
        Errand.objects.create(
            subscriber=self.reader, kind="link", asked_at=ago(days=3, minutes=1)
        )
        with (
            override_settings(MAILERS={"default": DEAD}),
            self.assertLogs("newsletter"),
        ):
            tasks.answer_owed.call()

        errand = Errand.objects.get()
        self.assertIsNone(errand.due_at)
        self.assertIn("could not be reached", errand.refusal)
        self.assertIn("Mail with the link to her own page", steps(self.reader))


class ConfirmAgainTests(OwnPagesTestCase):
    def test_who_left_is_on_the_list_again(self):
        Settings.objects.update(consent_version="7")
        Subscriber.objects.update(created_at=ago(days=1))
        self.reader.leave()

        response = self.client.post(self.fresh("confirm_again"), follow=True)

        self.assertContains(response, "You have been on the list since")
        reader = self.again()
        self.assertTrue(reader.is_active)
        self.assertEqual(reader.consent_version, "7")
        self.assertEqual(steps(reader)[1:], ["Confirmed", "Left the list", "Confirmed"])

    def test_what_was_stopped_by_hand_stays_so(self):
        stopped(self.reader, by_hand=True)

        self.client.post(self.fresh("confirm_again"))

        self.assertFalse(Subscriber.objects.reachable().exists())


class ChangeOfAddressTests(OwnPagesTestCase):
    def ask(self, email="new@example.org"):
        return self.client.post(self.fresh("change_address"), {"email": email})

    def link(self):
        """Return the address of the button in the newest mail."""
        [link] = [word for word in mail.outbox[-1].body.split() if "/move/" in word]
        return link

    def test_nothing_changes_before_the_new_address_confirms(self):
        response = self.ask()

        self.assertRedirects(response, "/newsletter/address-asked/", status_code=303)
        [message] = mail.outbox
        self.assertEqual(message.to, ["new@example.org"])
        self.assertNotIn("moira", str(message.message()))
        for method in ("get", "head", "options"):
            getattr(self.client, method)(self.link())
        self.assertEqual(self.again().email, "moira@example.org")

    def test_the_button_changes_it_and_the_old_address_is_told(self):
        before = self.fresh()
        old = self.reader.confirmed_at
        self.ask()

        response = self.client.post(self.link(), follow=True)

        reader = self.again()
        self.assertEqual((reader.email, reader.email_key), ("new@example.org",) * 2)
        self.assertGreater(reader.confirmed_at, old)
        self.assertEqual(reader.token, self.reader.token)
        self.assertContains(response, "You have been on the list since")
        told = mail.outbox[-1]
        self.assertEqual(told.to, ["moira@example.org"])
        self.assertIn("goes to another address", told.subject)
        self.assertNotIn("new@", str(told.message()))
        self.assertEqual(self.client.get(before).status_code, 410)
        self.assertIn("Chose another address", steps(reader))
        self.assertEqual(steps(reader).count("Confirmed"), 2)
        self.assertFalse(Errand.objects.filter(email="moira@example.org").exists())

    def test_a_second_press_changes_nothing_and_is_no_error(self):
        self.ask()
        link = self.link()
        self.client.post(link)
        before = Subscriber.objects.values().get(), len(mail.outbox)

        page = self.client.get(link)
        self.assertContains(page, "That is done")
        self.assertNotContains(page, "Yes, send it here")
        response = self.client.post(link)

        self.assertEqual(response.status_code, 303)
        self.assertEqual((Subscriber.objects.values().get(), len(mail.outbox)), before)

    def test_an_earlier_wish_is_void_after_another_was_confirmed(self):
        self.ask("first@example.org")
        first = self.link()
        self.ask("second@example.org")
        self.client.post(self.link())

        response = self.client.post(first)

        self.assertEqual(response.status_code, 410)
        self.assertEqual(self.again().email, "second@example.org")

    def test_what_came_back_from_the_old_address_does_not_hold_for_the_new(self):
        stopped(self.reader)
        self.ask()

        self.client.post(self.link())
        sent_before = Subscriber.objects.suppress(
            reason="this address does not exist", written_at=ago(minutes=1)
        )

        self.assertEqual(sent_before, 0)
        self.assertTrue(Subscriber.objects.reachable().exists())
        self.assertIn("Letters to this address stopped", steps(self.reader))

    def test_what_was_stopped_by_hand_stays_so(self):
        stopped(self.reader, reason="asked by phone", by_hand=True)
        self.assertContains(
            self.client.get(self.fresh("change_address")), "stay stopped"
        )
        self.ask()

        self.client.post(self.link())

        reader = self.again()
        self.assertEqual(reader.email, "new@example.org")
        self.assertTrue(reader.is_suppressed_by_hand)
        self.assertFalse(Subscriber.objects.reachable().exists())

    def test_an_address_that_is_known_takes_over_and_no_stranger_learns_of_it(self):
        other = make_subscriber(email="other@example.org", is_confirmed=False)
        answers = []
        for email in ("other@example.org", "unknown@example.org"):
            response = self.ask(email)
            message = mail.outbox[-1]
            body = message.body.replace(self.link(), "LINK")
            answers.append((response.status_code, response.url, message.subject, body))
        self.assertEqual(answers[0], answers[1])

        Errand.objects.get(email="other@example.org").carry_out()

        other.refresh_from_db()
        self.assertTrue(other.is_active)
        self.assertIsNotNone(self.again().unsubscribed_at)
        self.assertEqual(Subscriber.objects.reachable().count(), 1)
        Errand.objects.get(email="other@example.org").carry_out()
        self.assertEqual(Subscriber.objects.reachable().get(), other)

    def test_a_pause_and_what_was_stopped_by_hand_go_over_with_it(self):
        other = make_subscriber(email="other@example.org")
        self.reader.pause(months=2)
        stopped(self.reader, reason="asked by phone", by_hand=True)
        errand = self.reader.errands.create(kind="move", email=other.email)

        errand.carry_out()

        other.refresh_from_db()
        self.assertTrue(other.is_paused)
        self.assertEqual(other.suppressed_for, "asked by phone")
        self.assertTrue(other.is_suppressed_by_hand)

    def test_the_same_address_and_a_wrong_one_get_a_sentence(self):
        for email, words in [
            ("Moira@example.org", "Letters go to this address already."),
            ("new@", "Something in this address is not right."),
            ("", "Write the address"),
        ]:
            with self.subTest(email):
                self.assertContains(self.ask(email), words)
        self.assertFalse(Errand.objects.exists())

    def test_a_slip_is_asked_about_and_nothing_is_sent(self):
        page = self.fresh("change_address")
        self.client.get(page)

        response = self.ask("new@gmial.com")

        self.assertContains(response, "Did you mean")
        self.assertContains(response, "moira@example.org")
        self.assertContains(response, "csrfmiddlewaretoken")
        for email in ("new@gmail.com", "new@gmial.com"):
            self.assertContains(response, f'name="email" value="{email}"')
        self.assertIn("no-store", response["Cache-Control"])
        self.assertFalse(Errand.objects.exists())
        self.assertFalse(mail.outbox)

    def test_either_answer_to_it_is_taken(self):
        for email in ("new@gmail.com", "new@gmial.com"):
            with self.subTest(email):
                response = self.client.post(
                    self.fresh("change_address"), {"email": email, "is_sure": "on"}
                )

                self.assertRedirects(
                    response, "/newsletter/address-asked/", status_code=303
                )
                self.assertEqual(mail.outbox[-1].to, [email])

    def test_who_meant_neither_goes_on_writing(self):
        response = self.client.post(
            self.fresh("change_address"), {"neither": "new@gmial.com", "is_sure": "on"}
        )

        self.assertContains(response, 'value="new@gmial.com"')
        self.assertNotContains(response, "field__error")
        self.assertFalse(Errand.objects.exists())

    def test_strangers_cannot_be_flooded(self):
        for number in range(20):
            self.ask(f"a{number}@example.org")

        response = self.ask("one-more@example.org")

        self.assertContains(response, "one-more@example.org", status_code=429)
        self.assertEqual(len(mail.outbox), 20)

    def test_after_a_week_the_link_is_too_old_and_the_address_forgotten(self):
        self.ask()
        link = self.link()
        with later(days=7, minutes=1):
            self.assertEqual(self.client.post(link).status_code, 410)
        tasks.sweep()
        self.assertTrue(Errand.objects.filter(email="new@example.org").exists())

        Errand.objects.update(mailed_at=ago(days=7, minutes=1))
        tasks.sweep()

        self.assertFalse(Errand.objects.exclude(email="").exists())
        self.assertEqual(self.client.post(link).status_code, 410)
        self.assertEqual(self.again().email, "moira@example.org")

    def test_a_broken_link_says_so(self):
        token = self.reader.errands.create(kind="link").token()
        for wrong in ("x", "%00", "é", "1.a.b", token):
            with self.subTest(wrong):
                response = self.client.get(f"/newsletter/move/{wrong}/")

                self.assertEqual(response.status_code, 410)


class PressedAgainTests(TestCase):
    def setUp(self):
        self.reader = make_subscriber(email="a@example.org")
        self.other = make_subscriber(email="b@example.org")
        self.errand = self.reader.errands.create(
            kind=Errand.Kind.MOVE, email="b@example.org"
        )
        self.errand.carry_out()

    def press_again(self):
        Errand.objects.for_move(self.errand.token()).carry_out()
        return set(Subscriber.objects.reachable().values_list("email", flat=True))

    def test_it_puts_nobody_back_who_left_since(self):
        Subscriber.objects.get(pk=self.other.pk).leave()

        self.assertEqual(self.press_again(), set())

    def test_it_takes_nobody_off_who_joined_again_since(self):
        Subscriber.objects.get(pk=self.reader.pk).confirm()

        self.assertEqual(self.press_again(), {"a@example.org", "b@example.org"})

    def test_it_brings_no_address_back_that_was_erased_since(self):
        Subscriber.objects.get(pk=self.other.pk).erase()

        self.assertEqual(self.press_again(), set())
        self.assertFalse(Subscriber.objects.filter(email="b@example.org").exists())


class CopyTests(OwnPagesTestCase):
    def test_it_holds_all_that_is_known(self):
        self.reader.consent_version, self.reader.consent_page = "2026-11", "/about/"
        self.reader.save()
        self.reader.answers.create(kind="confirm", refusal="the mailbox is full (552)")
        self.reader.events.create(kind="paused", at=ago(days=3), words="until Monday")
        self.reader.errands.create(kind="move", email="other@example.org")
        issue = make_issue(subject="December", frozen_at=timezone.now())
        Delivery.objects.create(issue=issue, subscriber=self.reader, reason="waited")

        response = self.client.get(self.fresh("copy"))

        self.assertIn("attachment", response["Content-Disposition"])
        self.assertIn("no-store", response["Cache-Control"])
        data = json.loads(response.content)
        self.assertEqual(data["e-mail address"], "moira@example.org")
        for words in [
            *("2026-11", "/about/", "the mailbox is full (552)", "until Monday"),
            *("other@example.org", "December", "waited", issue.get_absolute_url()),
        ]:
            self.assertIn(words, response.text)
        self.assertNotIn(self.reader.token, response.text)

    def test_each_column_of_each_table_about_a_reader_is_in_it(self):
        rows = [
            self.reader,
            self.reader.answers.create(kind="confirm"),
            self.reader.errands.create(kind="link"),
            self.reader.events.create(kind="paused", at=ago(days=3)),
            Delivery.objects.create(
                issue=make_issue(frozen_at=timezone.now()), subscriber=self.reader
            ),
        ]

        text = self.client.get(self.fresh("copy")).text

        for relation in Subscriber._meta.related_objects:
            words = relation.related_model._meta.verbose_name_plural
            self.assertIn(f'"{words}": [', text)
        secret = {"token", "email_key", "is_active", "subscriber", "claimed_by"}
        for row in rows:
            for column in row._meta.concrete_fields:
                if column.name not in secret | {"issue"}:
                    self.assertIn(f'"{column.verbose_name}": ', text)


class EraseTests(OwnPagesTestCase):
    def test_it_asks_and_a_button_erases(self):
        Delivery.objects.create(
            issue=make_issue(frozen_at=timezone.now()), subscriber=self.reader
        )
        self.reader.pause(months=1)
        url = self.fresh("erase")
        self.assertContains(self.client.get(url), "Erase it all?")

        response = self.client.post(url)

        self.assertRedirects(response, "/newsletter/erased/", status_code=303)
        self.assertFalse(Subscriber.objects.exists())
        self.assertFalse(Event.objects.exists())
        self.assertTrue(ErasedAddress.objects.knows("moira@example.org"))
        delivery = Delivery.objects.get()
        self.assertIsNone(delivery.subscriber)
        self.assertEqual(delivery.state, "skipped")

    def test_the_author_erases_alike_and_the_record_names_no_address(self):
        self.client.force_login(make_staff())
        one = reverse("admin:newsletter_subscriber_delete", args=[self.reader.pk])
        make_subscriber(email="otto@example.org")

        self.reader.pause(months=1)
        page = self.client.get(one)
        self.assertContains(page, "moira@example.org")
        self.assertNotContains(page, "Paused the letters")

        self.client.post(one, {"post": "yes"})
        self.client.post(
            reverse("admin:newsletter_subscriber_changelist"),
            {
                "action": "delete_selected",
                "_selected_action": [Subscriber.objects.get().pk],
                "post": "yes",
            },
        )

        self.assertFalse(Subscriber.objects.exists())
        for email in ("moira@example.org", "otto@example.org"):
            self.assertTrue(ErasedAddress.objects.knows(email))
        self.assertEqual(LogEntry.objects.count(), 2)
        self.assertNotIn("@", str(list(LogEntry.objects.values())))


class LeaveTests(OwnPagesTestCase):
    def setUp(self):
        SiteSettings.objects.update(postal_address="4 Mill Lane")
        Settings.objects.update(sender_address="letter@example.org", rate=60_000)

    def leave(self):
        return self.client.post(
            self.by_letter("unsubscribe"), {"List-Unsubscribe": "One-Click"}
        )

    def test_who_leaves_while_her_letter_is_claimed_does_not_get_it(self):
        stays = make_subscriber()
        issue = make_issue()
        freezing.freeze(issue, by=None)
        turn = sending.Turn(issue, seconds=20)
        claimed = sending.claim(issue, turn.me, turn.until)
        self.assertEqual(len(claimed), 2)

        self.leave()
        ready = turn.marks.begin(claimed)

        [(recipient, _moment)] = ready
        self.assertEqual(recipient.email, stays.email)
        row = issue.deliveries.get(subscriber=self.reader)
        self.assertEqual((row.state, row.claimed_by), ("skipped", None))

    def test_it_works_from_a_letter_of_ten_years_ago_and_with_new_keys(self):
        Subscriber.objects.update(
            confirmed_at=ago(days=3650), created_at=ago(days=3650)
        )

        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
            response = self.leave()

        self.assertEqual(response.status_code, 200)
        self.assertFalse(Subscriber.objects.active().exists())

    def test_a_body_that_cannot_be_read_leaves_all_the_same(self):
        self.client.post(
            self.by_letter("unsubscribe"),
            b"--b\r\nnonsense",
            content_type="multipart/form-data; boundary=",
        )

        self.assertFalse(Subscriber.objects.active().exists())

    def test_links_that_were_signed_outlive_a_change_of_the_key(self):
        with override_settings(SECRET_KEY="before"):
            fresh, token = self.fresh(), self.reader.confirmation_token()

        with override_settings(SECRET_KEY_FALLBACKS=["before"]):
            self.assertEqual(self.client.get(fresh).status_code, 200)
            self.assertEqual(Subscriber.objects.for_confirmation(token), self.reader)
        self.assertEqual(self.client.get(fresh).status_code, 410)


class HistoryTests(TestCase):
    def test_coming_and_going_is_kept_however_often(self):
        reader = make_subscriber(created_at=ago(days=101), confirmed_at=ago(days=100))
        stopped(reader, reason="the mailbox is full")
        reader.confirm()
        reader.leave()
        reader.come_back()
        reader.leave()
        Subscriber.objects.update(unsubscribed_at=ago(days=1))
        reader.refresh_from_db()
        reader.confirm()
        stopped(reader, reason="asked by phone", by_hand=True)
        Subscriber.objects.get(pk=reader.pk).let_through()
        Subscriber.objects.get(pk=reader.pk).confirm()

        kept = steps(reader)

        for what, times in {
            "Confirmed": 4,
            "Let through again": 1,
            "Left the list": 2,
            "Took the leaving back": 1,
            "Letters to this address stopped": 2,
        }.items():
            self.assertEqual(kept.count(what), times, what)
        self.assertEqual(kept[-1], "Confirmed")

    def test_it_names_no_address_and_goes_with_the_reader(self):
        reader = make_subscriber()
        errand = reader.errands.create(kind="move", email="new@example.org")
        errand.carry_out()
        reader.refresh_from_db()
        reader.pause(months=1)

        self.assertNotIn("@", str(list(Event.objects.values())))
        reader.erase()
        self.assertFalse(Event.objects.exists())
        self.assertFalse(Errand.objects.exists())

    def test_the_author_sees_it(self):
        reader = make_subscriber()
        reader.pause(months=1)
        self.client.force_login(make_staff())

        page = self.client.get(
            reverse("admin:newsletter_subscriber_change", args=[reader.pk])
        )

        self.assertContains(page, "Paused the letters")
        self.assertContains(page, "until ")

    def test_nothing_is_noted_twice(self):
        reader = make_subscriber()
        for _time in range(3):
            Subscriber.objects.keep_past()

        self.assertEqual(Event.objects.count(), 1)
        self.assertEqual(steps(reader).count("Confirmed"), 1)


class ErrandTests(TestCase):
    def test_two_workers_do_not_both_send_it(self):
        errand = make_subscriber().errands.create(kind="link")

        self.assertTrue(Errand.objects.take_on(errand))
        self.assertFalse(Errand.objects.take_on(errand))
        sending.run(errand)

        self.assertEqual(mail.outbox, [])

    def test_a_refused_address_is_not_tried_again(self):
        errand = make_subscriber(email="gone@example.org").errands.create(kind="link")
        replies = {"gone@example.org": ["550 5.1.1 gone@example.org: nobody"]}

        with Sink(replies=replies) as sink, override_settings(MAILERS=sink.mailers):
            sending.run(errand)

        errand.refresh_from_db()
        self.assertIsNone(errand.due_at)
        self.assertEqual(errand.refusal, "this address does not exist (550 5.1.1)")
