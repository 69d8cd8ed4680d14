"""What follows a sign-up: its mail, the button, the welcome, what was agreed to."""

import re
from datetime import timedelta

from django.core import mail
from django.db import connection
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from guide.models import SiteSettings
from newsletter import tasks
from newsletter.mail import answer, confirm_url
from newsletter.models import Answer, Settings, Subscriber
from tests.factories import make_staff, make_subscriber
from tests.newsletter.sink import Sink

URL = "/newsletter/"
WELCOME = '<p>Hello. Start with <a href="/guides/">the guides</a>.</p>'
BROKEN = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
}


def stopped(reason="the mailbox is full (552 5.2.2)", **values):
    then = timezone.now() - timedelta(days=70)
    return {"suppressed_at": then, "suppressed_for": reason} | values


class JoiningTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        Settings.load()
        SiteSettings.load()
        Settings.objects.update(welcome=WELCOME, sender_address="letter@example.org")

    def press(self, subscriber):
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(confirm_url(subscriber))

    def sign_up(self, email, page="/about/"):
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(
                URL, {"email": email}, headers={"referer": f"http://testserver{page}"}
            )
        return Subscriber.objects.get(email=email)


class WelcomeTests(JoiningTestCase):
    def test_who_confirms_is_welcomed_in_the_authors_words(self):
        subscriber = make_subscriber(is_confirmed=False)

        self.press(subscriber)

        [message] = mail.outbox
        self.assertEqual(message.to, [subscriber.email])
        self.assertIn("http://testserver/guides/", message.body)
        html = message.alternatives[0].content
        self.assertIn('href="http://testserver/guides/"', html)
        for text in (message.body, html):
            self.assertIn("Hello. Start with", text)
            self.assertIn(f"/newsletter/unsubscribe/{subscriber.token}/", text)
            self.assertIn(f"/newsletter/status/{subscriber.token}/", text)
        self.assertEqual(message.sent_using, "default")
        self.assertEqual(subscriber.answers.get().kind, Answer.Kind.WELCOME)
        self.assertFalse(Subscriber.objects.owed_a_mail().exists())

    @override_settings(
        SITE_URL="https://upright.example",
        IS_HTTPS=True,
        BOUNCE_MAILBOX={"host": "imap.example"},
    )
    def test_mail_programs_offer_to_leave_as_in_a_letter(self):
        Settings.objects.update(bounce_address="bounce@upright.example")
        subscriber = make_subscriber(is_confirmed=False)
        with Sink() as sink, override_settings(MAILERS=sink.mailers):
            self.press(subscriber)

        [(_to, content)] = sink.mails
        token = subscriber.token
        self.assertIn(
            b"\r\nList-Unsubscribe: "
            b"<https://upright.example/newsletter/unsubscribe/%(token)b/>, "
            b"<mailto:bounce@upright.example?subject=leave%%20%(token)b>\r\n"
            % {b"token": token.encode()},
            content,
        )
        self.assertIn(
            b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", content
        )
        self.assertRegex(content, rb"\r\nList-Id: .*<letter\.upright\.example>\r\n")
        self.assertIn(b"\r\nList-Archive: <https://upright.example/", content)
        subscriber.refresh_from_db()
        self.client.post(
            f"/newsletter/unsubscribe/{token}/",
            {"List-Unsubscribe": "One-Click"},
            secure=True,
        )
        self.assertFalse(Subscriber.objects.active().exists())

    def test_who_is_not_on_the_list_yet_is_offered_no_way_to_leave_it(self):
        self.sign_up("tom@example.org")

        [message] = mail.outbox
        self.assertFalse([name for name in message.extra_headers if "List" in name])

    def test_a_second_press_welcomes_nobody_and_moves_no_date(self):
        subscriber = make_subscriber(is_confirmed=False)
        self.press(subscriber)
        subscriber.refresh_from_db()
        joined = subscriber.confirmed_at

        self.press(subscriber)

        subscriber.refresh_from_db()
        self.assertEqual(subscriber.confirmed_at, joined)
        self.assertEqual(len(mail.outbox), 1)

    def test_where_nothing_is_written_there_is_none(self):
        Settings.objects.update(welcome="")

        self.press(make_subscriber(is_confirmed=False))

        self.assertFalse(mail.outbox)
        self.assertFalse(Subscriber.objects.filter(is_welcome_owed=True).exists())

    def test_who_only_had_no_letters_for_a_while_has_been_welcomed_before(self):
        subscriber = make_subscriber(**stopped())

        self.press(subscriber)

        self.assertTrue(Subscriber.objects.reachable().exists())
        self.assertFalse(mail.outbox)

    def test_who_left_before_it_was_sent_gets_none(self):
        subscriber = make_subscriber(is_confirmed=False)
        subscriber.confirm()
        subscriber.leave()

        tasks.answer_owed.func()

        self.assertFalse(mail.outbox)
        self.assertFalse(Subscriber.objects.owed_a_mail().exists())

    def test_who_leaves_and_asks_again_at_once_gets_the_button(self):
        subscriber = make_subscriber(is_confirmed=False, mailed_at=timezone.now())
        subscriber.confirm()
        subscriber.leave()

        self.sign_up(subscriber.email)

        [message] = mail.outbox
        self.assertIn("/newsletter/confirm/", message.body)

    def test_it_is_kept_until_a_mail_server_takes_it(self):
        subscriber = make_subscriber(
            is_confirmed=False, asked_at=timezone.now() - timedelta(days=6)
        )
        with (
            override_settings(MAILERS={"default": BROKEN}),
            self.assertLogs("newsletter", "WARNING"),
        ):
            self.press(subscriber)
        row = Subscriber.objects.filter(pk=subscriber.pk)
        self.assertGreater(row.get().mail_due_at, timezone.now())
        row.update(mail_due_at=timezone.now())

        tasks.answer_owed.func()

        self.assertEqual(len(mail.outbox), 1)
        self.assertFalse(Subscriber.objects.owed_a_mail().exists())

    def test_who_dies_after_sending_repeats_the_same_mail(self):
        subscriber = make_subscriber(is_confirmed=False)
        subscriber.confirm()
        Subscriber.objects.take_on(subscriber)
        answer(subscriber).send()  # and here its sender dies
        row = Subscriber.objects.filter(pk=subscriber.pk)
        self.assertIsNotNone(row.get().mail_due_at)
        row.update(mail_due_at=timezone.now())

        tasks.answer_owed.func()
        tasks.answer_owed.func()

        one, other = mail.outbox
        self.assertEqual(
            one.extra_headers["Message-ID"], other.extra_headers["Message-ID"]
        )

    def test_what_is_owed_meanwhile_is_not_taken_for_done(self):
        asked = make_subscriber(is_confirmed=False, mail_due_at=timezone.now())
        Subscriber.objects.take_on(asked)
        Subscriber.objects.get().confirm()  # while the mail with the button leaves

        Subscriber.objects.answered(asked)
        tasks.answer_owed.func()

        kinds = list(asked.answers.order_by("pk").values_list("kind", flat=True))
        self.assertEqual(kinds, ["confirm", "welcome"])

    def test_a_refusal_is_noted(self):
        subscriber = make_subscriber(is_confirmed=False)
        reply = {subscriber.email: ["550 5.1.1 no such user"]}
        with Sink(replies=reply) as sink, override_settings(MAILERS=sink.mailers):
            self.press(subscriber)

        subscriber.refresh_from_db()
        self.assertIn("does not exist", subscriber.mail_refusal)
        self.assertFalse(Subscriber.objects.filter(is_welcome_owed=True).exists())

    def save(self, user, **values):
        self.client.force_login(user)
        url = reverse("admin:newsletter_settings_change", args=[1])
        form = self.client.get(url).context["adminform"].form
        kept = {name: now for name, now in form.initial.items() if now is not None}
        return self.client.post(url, kept | values, follow=True)

    def test_the_author_writes_it_in_the_settings_and_it_is_cleaned(self):
        self.save(make_staff(), welcome="<p>Hi</p><script>alert(1)</script>")

        self.assertEqual(Settings.load().welcome, "<p>Hi</p>")
        self.assertFalse(mail.outbox)

    def test_she_has_it_sent_to_herself_before_anybody_gets_it(self):
        ana = make_staff(email="ana@example.org")

        response = self.save(ana, welcome="<p>Hi</p>", _welcome="1")

        self.assertContains(response, "The welcome mail is on its way to ana@example")
        [message] = mail.outbox
        self.assertEqual(message.to, ["ana@example.org"])
        self.assertIn("Hi", message.body)
        self.assertFalse(Subscriber.objects.exists())

    def test_where_it_cannot_be_sent_she_reads_why(self):
        for email, welcome, words in [
            ("ana@example.org", "", "The welcome mail is empty"),
            ("", "<p>Hi</p>", "Your account has no address yet"),
        ]:
            with self.subTest(words):
                response = self.save(
                    make_staff(email=email), welcome=welcome, _welcome=1
                )

                self.assertContains(response, words)
        with override_settings(MAILERS={"default": BROKEN}):
            response = self.save(
                make_staff(email="ana@example.org"), welcome="<p>Hi</p>", _welcome=1
            )
        self.assertContains(response, "The mail server does not answer")
        self.assertEqual(Settings.load().welcome, "<p>Hi</p>")


class ByHandTests(JoiningTestCase):
    def test_the_page_says_that_the_button_does_not_lift_it(self):
        hand = stopped("asked by phone", is_suppressed_by_hand=True)
        for subscriber in (
            make_subscriber(**hand),
            make_subscriber(is_confirmed=False, **hand),
        ):
            with self.subTest(is_active=subscriber.is_active):
                response = self.client.get(confirm_url(subscriber))

                self.assertContains(response, "because: asked by phone")
                self.assertContains(response, "does not change that")
                self.assertContains(response, "mailto:letter@example.org")
                self.assertNotContains(response, "letters start again")

    def test_pressing_leads_to_the_page_that_says_so(self):
        subscriber = make_subscriber(
            is_confirmed=False, **stopped("asked by phone", is_suppressed_by_hand=True)
        )

        response = self.press(subscriber)

        self.assertRedirects(response, f"/newsletter/status/{subscriber.token}/")
        subscriber.refresh_from_db()
        self.assertTrue(subscriber.is_active)
        self.assertTrue(subscriber.is_suppressed_by_hand)
        self.assertFalse(mail.outbox)

    def test_without_a_sender_it_still_says_whom_to_ask(self):
        Settings.objects.update(sender_address="")
        subscriber = make_subscriber(
            **stopped("asked by phone", is_suppressed_by_hand=True)
        )

        self.sign_up(subscriber.email)

        self.assertIn("write to us", mail.outbox[0].body)
        self.assertContains(self.client.get(confirm_url(subscriber)), "write to us")


class StoppedTests(JoiningTestCase):
    def test_the_mail_says_why_and_where_the_last_letters_went(self):
        subscriber = make_subscriber(**stopped())

        self.sign_up(subscriber.email)

        [message] = mail.outbox
        for text in (message.body, message.alternatives[0].content):
            self.assertIn("because: the mailbox is full.", text)  # without its numbers
            self.assertIn("letters start again", text)
            self.assertIn(f"/newsletter/status/{subscriber.token}/", text)
            self.assertNotIn("on the list before", text)  # she is on it

        self.assertIn("One press, and letters start again", text)
        page = self.client.get(confirm_url(subscriber))
        self.assertContains(page, "One press, and letters start again")

    def test_the_button_lifts_it(self):
        subscriber = make_subscriber(**stopped())

        response = self.press(subscriber)

        self.assertRedirects(response, "/newsletter/confirmed/")
        self.assertEqual(list(Subscriber.objects.reachable()), [subscriber])


class ConsentTests(JoiningTestCase):
    def test_what_was_agreed_to_before_is_kept_when_somebody_asks_again(self):
        Settings.objects.update(consent_version="1")
        subscriber = self.sign_up("anna@example.org", "/guides/rows/")
        subscriber.confirm()
        Subscriber.objects.get().leave()
        Subscriber.objects.update(mailed_at=None, is_welcome_owed=False)
        Settings.objects.update(consent_version="2")

        self.sign_up("anna@example.org", "/about/")

        self.client.force_login(make_staff())
        response = self.client.get(
            reverse("admin:newsletter_subscriber_change", args=[subscriber.pk])
        )
        self.assertContains(response, "version 1, on /guides/rows/")
        self.assertContains(response, "version 2, on /about/")

    def test_the_consent_of_who_is_on_the_list_does_not_change(self):
        make_subscriber(
            email="anna@example.org", consent_version="1", consent_page="/guides/rows/"
        )
        Settings.objects.update(consent_version="2")

        subscriber = self.sign_up("anna@example.org")

        self.assertEqual(subscriber.consent_version, "1")
        self.assertEqual(subscriber.consent_page, "/guides/rows/")


class LinkTests(JoiningTestCase):
    def test_no_link_in_a_mail_changes_anything_before_a_button_is_pressed(self):
        hand = stopped("asked by phone", is_suppressed_by_hand=True)
        readers = {
            "new": make_subscriber(is_confirmed=False),
            "active": make_subscriber(),
            "left": make_subscriber(unsubscribed_at=timezone.now()),
            "stopped": make_subscriber(**stopped()),
            "by hand": make_subscriber(**hand),
            "by hand, new": make_subscriber(is_confirmed=False, **hand),
        }
        for subscriber in readers.values():
            self.sign_up(subscriber.email)
        joined = make_subscriber(is_confirmed=False)
        self.press(joined)
        self.assertEqual(len(mail.outbox), len(readers) + 1)
        before = list(Subscriber.objects.order_by("pk").values())

        links = set()
        for message in mail.outbox:
            for text in (message.body, message.alternatives[0].content):
                links |= set(re.findall(r"http://testserver(/[^\s\"<)]*)", text))
        for link in sorted(links):
            for method in ("get", "head", "options"):
                with self.subTest(link, method=method):
                    response = getattr(self.client, method)(link)

                    self.assertIn(response.status_code, (200, 405))

        self.assertGreater(len(links), len(readers))
        self.assertEqual(list(Subscriber.objects.order_by("pk").values()), before)


class ManySubscribersTests(TestCase):
    def test_a_sign_up_reads_no_more_where_there_are_a_million(self):
        make_subscriber(email="known@example.org")
        statements = []

        def note(execute, sql, params, many, context):
            statements.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            Subscriber.objects.sign_up("known@example.org")
            Subscriber.objects.sign_up("new@example.org")

        rows = [one for one in statements if one[0].startswith(("SELECT", "UPDATE"))]
        self.assertEqual(len(rows), 4)
        for sql, params in rows:
            with self.subTest(sql), connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
                    self.assertNotIn("SCAN", str(cursor.fetchall()))
                else:
                    cursor.execute("SET LOCAL enable_seqscan = off")
                    cursor.execute(f"EXPLAIN {sql}", params)
                    self.assertNotIn("Seq Scan", str(cursor.fetchall()))

    def test_what_waits_and_what_is_owed_are_found_by_an_index(self):
        now = timezone.now()
        owed = Subscriber.objects.owed_a_mail()
        waiting = Subscriber.objects.filter(
            confirmed_at=None, created_at__gt=now, created_at__lt=now
        )
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
        for rows, index in [
            (owed, "newsletter_mail_owed"),
            (waiting, "newsletter_unconfirmed"),
        ]:
            with self.subTest(index):
                self.assertIn(index, rows.explain())
