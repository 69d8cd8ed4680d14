import re
import time
from datetime import timedelta
from unittest import mock
from unittest.mock import patch
from xml.etree import ElementTree

from django.core import mail
from django.db import connection
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from newsletter.models import Delivery, ErasedAddress, Settings, Subscriber
from tests.factories import (
    make_asked,
    make_block,
    make_guide,
    make_issue,
    make_promotion,
    make_staff,
    make_subscriber,
)

URL = "/newsletter/"
SENT = "/newsletter/check-mail/"
NAMES = "http://www.w3.org/2005/Atom"
WHATEVER = "there-is-no-such-token"


class NewsletterTestCase(TestCase):
    def sign_up(self, email="anna@example.org", **how):
        client = how.pop("client", self.client)
        headers = how.pop("headers", {})
        with self.captureOnCommitCallbacks(execute=True):
            return client.post(URL, {"email": email, **how}, headers=headers)

    def assert_kept_to_oneself(self, response):
        self.assertIn("no-store", response["Cache-Control"])
        self.assertEqual(response["X-Robots-Tag"], "noindex")


class SignUpFormTests(NewsletterTestCase):
    def test_it_stands_on_the_page_and_on_every_other_one(self):
        for url in (URL, reverse("newsletter:issues"), reverse("guide:index")):
            with self.subTest(url):
                response = self.client.get(url)

                self.assertContains(response, 'action="/newsletter/"', count=1)
                self.assertContains(response, "One letter a month")
                self.assertNotContains(response, "csrfmiddlewaretoken")
                self.assertFalse(response.cookies)

    def test_its_words_are_the_authors(self):
        Settings.objects.update(title="A <word> a month", address_note="Only for it.")

        response = self.client.get(URL)

        self.assertContains(response, "A &lt;word&gt; a month")
        self.assertContains(response, "Only for it.")

    def test_a_page_for_all_asks_little_of_the_database(self):
        self.client.get(URL)
        Settings.objects.update(title="Other")

        with self.assertNumQueries(5):
            self.client.get(URL)
        with self.assertNumQueries(1):
            self.client.get(URL)

    def test_the_trap_is_out_of_sight_of_people(self):
        response = self.client.get(URL)

        [trap] = re.findall(r'<input[^>]*name="website2"[^>]*>', response.text)
        self.assertIn('tabindex="-1"', trap)
        self.assertIn('autocomplete="off"', trap)


class SignUpTests(NewsletterTestCase):
    def test_an_address_is_kept_and_answered_by_mail(self):
        response = self.sign_up()

        self.assertRedirects(response, SENT, status_code=303)
        subscriber = Subscriber.objects.get()
        self.assertEqual(subscriber.email, "anna@example.org")
        self.assertFalse(subscriber.is_active)
        [message] = mail.outbox
        self.assertEqual(message.to, ["anna@example.org"])
        [token] = re.findall(r"/confirm/([^/\s]+)/", message.body)
        self.assertEqual(Subscriber.objects.for_confirmation(token), subscriber)
        self.assertEqual(message.sent_using, "default")
        self.assertIsNone(subscriber.mail_due_at)
        self.assertIsNotNone(subscriber.mailed_at)

    def test_what_was_agreed_to_and_where_is_kept(self):
        Settings.objects.update(consent_version="2026-11")
        secret = f"http://testserver/newsletter/confirm/{WHATEVER}/"

        self.sign_up(headers={"referer": "http://testserver/guides/rows/?a=b"})
        self.sign_up("b@example.org", headers={"referer": "https://evil.example/x/"})
        self.sign_up("c@example.org", headers={"referer": secret})
        self.sign_up("d@example.org", headers={"referer": "http://["})

        pages = Subscriber.objects.order_by("pk").values_list(
            "consent_version", "consent_page"
        )
        self.assertEqual(
            list(pages),
            [
                *[("2026-11", "/guides/rows/"), ("2026-11", "")],
                *[("2026-11", URL), ("2026-11", "")],
            ],
        )

    def test_the_page_answers_alike_whatever_is_known_of_the_address(self):
        stopped = {"suppressed_at": timezone.now(), "suppressed_for": "full"}
        make_subscriber(email="active@example.org")
        make_subscriber(email="waiting@example.org", is_confirmed=False)
        make_subscriber(email="left@example.org", unsubscribed_at=timezone.now())
        make_subscriber(email="stopped@example.org", **stopped)
        make_subscriber(email="hand@example.org", is_suppressed_by_hand=True, **stopped)
        ErasedAddress.objects.remember("erased@example.org")

        answers = set()
        for name in [
            *("new", "waiting", "active", "left", "stopped", "hand", "erased"),
            *("active", "stopped", "new"),  # once more, so soon that no mail is due
        ]:
            with CaptureQueriesContext(connection) as queries:
                response = self.client.post(URL, {"email": f"{name}@example.org"})
            del response["Expires"]  # the moment of the answer
            headers = tuple(sorted(response.items()))
            kinds = tuple(query["sql"].split()[0] for query in queries)
            answers.add((response.status_code, response.content, headers, kinds))

        self.assertEqual(len(answers), 1)

    def test_the_mail_differs(self):
        then = timezone.now() - timedelta(days=300)
        active = make_subscriber(email="active@example.org", confirmed_at=then)
        make_subscriber(email="left@example.org", unsubscribed_at=then)
        make_subscriber(
            email="stopped@example.org",
            suppressed_at=then,
            suppressed_for="the mailbox was full",
        )
        make_subscriber(
            email="hand@example.org",
            suppressed_at=then,
            suppressed_for="asked by phone",
            is_suppressed_by_hand=True,
        )
        Settings.objects.update(sender_address="letter@example.org")

        for name in ("active", "left", "stopped", "hand", "new"):
            self.sign_up(f"{name}@example.org")

        bodies = {message.to[0].partition("@")[0]: message for message in mail.outbox}
        self.assertIn("on the list already", bodies["active"].subject)
        self.assertIn("Why no letter", bodies["hand"].subject)
        self.assertIn("asked by phone", bodies["hand"].body)
        self.assertIn("write to letter@example.org", bodies["hand"].body)
        self.assertNotIn("/confirm/", bodies["hand"].body)
        self.assertIn(
            f"http://testserver/newsletter/status/{active.token}/",
            bodies["active"].body,
        )
        self.assertNotIn("/confirm/", bodies["active"].body)
        self.assertIn("You left the list on", bodies["left"].body)
        self.assertIn("because: the mailbox was full", bodies["stopped"].body)
        for name in ("left", "stopped", "new"):
            self.assertIn("/newsletter/confirm/", bodies[name].body)
            html = bodies[name].alternatives[0].content
            self.assertIn("/newsletter/confirm/", html)
        self.assertNotIn("You left", bodies["new"].body)

    def test_nothing_a_visitor_typed_stands_in_the_mail(self):
        self.sign_up("Buy-Pills.now+cheap@example.org")

        [message] = mail.outbox
        source = str(message.message()).replace(message.message()["To"], "")
        self.assertNotIn("pills", source.lower())
        self.assertEqual(message.extra_headers["Auto-Submitted"], "auto-generated")

    def test_a_second_press_sends_no_second_mail(self):
        self.sign_up()
        self.sign_up()
        self.sign_up("ANNA@example.org")

        self.assertEqual(len(mail.outbox), 1)
        self.assertEqual(Subscriber.objects.count(), 1)

    def test_a_wrong_address_gets_a_sentence_and_is_kept_in_the_field(self):
        for wrong in [
            *("", "anna", "anna@", "@example.org", "anna@example", "a b@example.org"),
            *("anna@@example.org", "anna..b@example.org", "anna@example..org"),
            *("Anna <anna@example.org>", '"an na"@example.org', "ünna@example.org"),
            *("anna@localhost", "anna@[127.0.0.1]", "a" * 65 + "@example.org"),
            *("anna@example.org\nBcc: b@example.org", "anna@exam\0ple.org"),
            *("<script>alert(1)</script>", "a" * 300, "\u200b"),
        ]:
            with self.subTest(wrong):
                response = self.sign_up(wrong)

                self.assertContains(response, 'aria-invalid="true"', count=1)
                self.assertContains(response, "field__error")
                [field] = re.findall(r'<input[^>]*type="email"[^>]*>', response.text)
                if wrong and "\0" not in wrong:
                    self.assertIn("value=", field)
                self.assertNotIn("<script>alert", response.text)
                self.assertIn("no-store", response["Cache-Control"])
        self.assertFalse(Subscriber.objects.exists())
        self.assertFalse(mail.outbox)

    def test_a_body_of_a_megabyte_is_no_accident(self):
        response = self.sign_up("a" * 1_000_000)

        self.assertContains(response, 'aria-invalid="true"')

    def test_an_international_domain_is_an_address(self):
        self.sign_up("anna@bücher.example")

        [message] = mail.outbox
        self.assertIn("xn--bcher-kva.example", message.message()["To"])

    def test_a_machine_gets_the_same_answer_and_nothing_is_kept(self):
        with self.assertLogs("newsletter", "INFO") as logs:
            response = self.sign_up(website2="https://pills.example")

        self.assertNotIn("anna", str(logs.output))
        self.assertRedirects(response, SENT, status_code=303)
        self.assertFalse(Subscriber.objects.exists())
        self.assertFalse(mail.outbox)

    def test_a_form_on_another_site_is_refused_with_a_sentence(self):
        for headers in (
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://testserver.evil.example"},
            {"origin": "http://["},
        ):
            with self.subTest(headers):
                response = self.sign_up(headers=headers)

                self.assertContains(response, "another site", status_code=403)
                self.assertContains(
                    response, 'value="anna@example.org"', status_code=403
                )
                self.assertIn("no-store", response["Cache-Control"])
        self.assertFalse(Subscriber.objects.exists())

    def test_our_own_form_is_taken(self):
        for number, headers in enumerate(
            [
                {"sec-fetch-site": "same-origin", "origin": "http://testserver"},
                {"sec-fetch-site": "none"},
                {"origin": "http://testserver"},
                {},
            ]
        ):
            with self.subTest(headers):
                response = self.sign_up(f"a{number}@example.org", headers=headers)

                self.assertEqual(response.status_code, 303)

    def test_it_needs_no_token(self):
        response = self.sign_up(client=Client(enforce_csrf_checks=True))

        self.assertRedirects(response, SENT, status_code=303)

    def test_too_many_from_one_place_are_asked_to_wait(self):
        for number in range(20):
            self.sign_up(f"a{number}@example.org")

        response = self.sign_up("one-more@example.org")

        self.assertContains(response, "in about 60 minutes", status_code=429)
        self.assertContains(response, 'value="one-more@example.org"', status_code=429)
        self.assertIn("no-store", response["Cache-Control"])
        self.assertGreater(int(response["Retry-After"]), 0)
        self.assertEqual(Subscriber.objects.count(), 20)

    @override_settings(TRUSTED_PROXIES=1)
    def test_many_spellings_of_one_address_count_as_one(self):
        spellings = ["anna.b", "annab", "an.nab+1", "ANNAB", "annab+x", "a.nnab"]
        for number, spelling in enumerate([*spellings, "annab+7"]):
            response = self.sign_up(
                f"{spelling}@example.org",
                headers={"x-forwarded-for": f"192.0.2.{number}"},
            )

        self.assertEqual(response.status_code, 429)

    @override_settings(RATE_LIMITS=False)
    def test_counts_can_be_switched_off(self):
        for number in range(22):
            response = self.sign_up(f"a{number}@example.org")

        self.assertEqual(response.status_code, 303)

    def test_a_mail_server_that_is_down_is_no_accident(self):
        broken = {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
        with (
            override_settings(MAILERS={"default": broken, "newsletter": broken}),
            self.assertLogs("newsletter", "WARNING") as logs,
        ):
            response = self.sign_up()

        self.assertEqual(response.status_code, 303)
        subscriber = Subscriber.objects.get()
        self.assertIsNotNone(subscriber.mail_due_at)
        self.assertNotIn("anna", str(logs.output))

    def test_it_takes_few_queries(self):
        make_subscriber(email="known@example.org")
        for name in ("new", "known"):
            with self.subTest(name), self.assertNumQueries(7):  # and one for the task
                self.client.post(URL, {"email": f"{name}@example.org"})


class ConfirmTests(NewsletterTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.subscriber = make_subscriber(is_confirmed=False)
        token = cls.subscriber.confirmation_token()
        cls.url = reverse("newsletter:confirm", args=[token])

    def test_opening_the_link_confirms_nothing(self):
        for method in ("get", "head", "options"):
            getattr(self.client, method)(self.url)

        self.assertFalse(Subscriber.objects.active().exists())

    def test_the_page_asks_by_a_button(self):
        response = self.client.get(self.url)

        self.assertContains(response, "Yes, send me the letter")
        self.assertContains(response, self.subscriber.email)
        self.assert_kept_to_oneself(response)

    def test_the_button_confirms(self):
        response = self.client.post(self.url)

        self.assertRedirects(response, "/newsletter/confirmed/")
        self.assertEqual(list(Subscriber.objects.active()), [self.subscriber])

    def test_the_button_needs_its_token(self):
        client = Client(enforce_csrf_checks=True)

        response = client.post(self.url)

        self.assertEqual(response.status_code, 403)
        self.assertFalse(Subscriber.objects.active().exists())

    def test_who_is_on_the_list_reads_so(self):
        self.subscriber.confirm()

        response = self.client.get(self.url)

        self.assertContains(response, "<h1>You are on the list already</h1>")
        self.assertContains(response, "<title>You are on the list already · ")

    def test_why_letters_stopped_stands_above_the_button(self):
        self.subscriber.suppressed_at = timezone.now()
        self.subscriber.suppressed_for = "the mailbox was full"
        self.subscriber.save()

        response = self.client.get(self.url)

        self.assertContains(response, "because: the mailbox was full")

    def test_after_a_week_the_link_is_too_old(self):
        later = time.time() + timedelta(days=7, minutes=1).total_seconds()
        with mock.patch("django.core.signing.time.time", return_value=later):
            get, post = self.client.get(self.url), self.client.post(self.url)

        for response in (get, post):
            self.assertContains(response, "too old", status_code=410)
            self.assertContains(response, 'action="/newsletter/"', status_code=410)
            self.assert_kept_to_oneself(response)
        self.assertFalse(Subscriber.objects.active().exists())

    def test_a_broken_link_says_so(self):
        for token in ("x", self.url.split("/")[-2][:-1], "%00", "é", "1.a.b"):
            with self.subTest(token):
                response = self.client.get(f"/newsletter/confirm/{token}/")

                self.assertEqual(response.status_code, 410)

    def test_one_erased_while_she_presses_reads_that_the_link_is_over(self):
        def confirm(subscriber):
            Subscriber.objects.filter(pk=subscriber.pk).delete()
            really(subscriber)

        really = Subscriber.confirm
        with patch.object(Subscriber, "confirm", confirm):
            response = self.client.post(self.url)

        self.assertEqual(response.status_code, 410)


class LeaveTests(NewsletterTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.subscriber = make_subscriber()
        cls.url = reverse("newsletter:unsubscribe", args=[cls.subscriber.token])

    def test_following_the_link_changes_nothing(self):
        for method in ("get", "head", "options"):
            getattr(self.client, method)(self.url)

        self.assertTrue(Subscriber.objects.active().exists())

    def test_the_page_asks_by_a_button(self):
        response = self.client.get(self.url)

        self.assertContains(response, "<button")
        self.assert_kept_to_oneself(response)
        self.assertFalse(response.cookies)

    def test_the_button_leaves_and_offers_to_take_it_back(self):
        response = self.client.post(self.url)

        self.assertContains(response, "You have left")
        self.assertContains(response, f"/come-back/{self.subscriber.token}/")
        self.assertFalse(Subscriber.objects.active().exists())

    def test_a_mail_program_leaves_by_one_post(self):
        bodies = {
            "application/x-www-form-urlencoded": "List-Unsubscribe=One-Click",
            "multipart/form-data; boundary=b": (
                '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"'
                "\r\n\r\nOne-Click\r\n--b--\r\n"
            ),
        }
        for kind, body in bodies.items():
            subscriber = make_subscriber()
            url = reverse("newsletter:unsubscribe", args=[subscriber.token])
            client = Client(enforce_csrf_checks=True)
            for _press in range(2):
                with self.subTest(kind):
                    response = client.post(url, body, content_type=kind)

                    self.assertEqual(response.status_code, 200)
                    self.assertFalse(response.cookies)
                    self.assertFalse(response.has_header("Location"))
                    self.assert_kept_to_oneself(response)
            subscriber.refresh_from_db()
            self.assertFalse(subscriber.is_active)

    def test_there_is_no_limit(self):
        for _number in range(50):
            response = self.client.post(self.url, {"List-Unsubscribe": "One-Click"})

        self.assertEqual(response.status_code, 200)

    def test_the_erased_can_leave_as_well(self):
        self.subscriber.delete()

        one_click = self.client.post(self.url, {"List-Unsubscribe": "One-Click"})
        by_hand = self.client.post(self.url)
        looked = self.client.get(self.url)

        self.assertEqual(one_click.status_code, 200)
        for response in (by_hand, looked):
            self.assertContains(
                response, "Nobody on the list has this link", status_code=404
            )

    def test_a_new_key_of_the_site_breaks_no_link(self):
        with override_settings(SECRET_KEY="another"):
            self.client.post(self.url)

        self.assertFalse(Subscriber.objects.active().exists())

    def test_a_broken_link_says_so(self):
        for token in ("x", "%00", "é", "a" * 3000):
            with self.subTest(token):
                response = self.client.get(f"/newsletter/unsubscribe/{token}/")

                self.assertEqual(response.status_code, 404)
                self.assert_kept_to_oneself(response)

    def test_what_waits_is_not_sent(self):
        delivery = Delivery.objects.create(
            issue=make_issue(), subscriber=self.subscriber
        )

        self.client.post(self.url, {"List-Unsubscribe": "One-Click"})

        delivery.refresh_from_db()
        self.assertEqual(delivery.state, "skipped")


class ComeBackTests(NewsletterTestCase):
    def test_a_press_by_mistake_is_taken_back(self):
        subscriber = make_subscriber(unsubscribed_at=timezone.now())

        response = self.client.post(f"/newsletter/come-back/{subscriber.token}/")

        self.assertRedirects(response, f"/newsletter/status/{subscriber.token}/")
        self.assertEqual(list(Subscriber.objects.active()), [subscriber])

    def test_a_forwarded_letter_brings_nobody_back_later(self):
        then = timezone.now() - timedelta(days=1)
        subscriber = make_subscriber(unsubscribed_at=then)

        self.client.post(f"/newsletter/come-back/{subscriber.token}/")

        self.assertFalse(Subscriber.objects.active().exists())

    def test_it_needs_a_button_of_ours(self):
        subscriber = make_subscriber(unsubscribed_at=timezone.now())
        client = Client(enforce_csrf_checks=True)

        response = client.post(f"/newsletter/come-back/{subscriber.token}/")

        self.assertEqual(response.status_code, 403)
        self.assertFalse(Subscriber.objects.active().exists())


class StatusTests(NewsletterTestCase):
    def status(self, subscriber):
        return self.client.get(reverse("newsletter:status", args=[subscriber.token]))

    def test_it_tells_the_fate_of_the_last_six_letters(self):
        joined = timezone.now() - timedelta(days=100)
        subscriber = make_subscriber(confirmed_at=joined)
        fates = [
            ("sent", "", 0, "Your mail provider took it."),
            ("failed", "the box is full (452 4.2.2)", 4, "Sent back: the box is full."),
            ("skipped", "left before it was sent", 0, "Not sent: left before"),
            ("queued", "", 0, "It is on its way."),
            ("queued", "the provider asked us to wait (450)", 1, "We try again on"),
        ]
        for days, (state, reason, attempts, _words) in enumerate(fates):
            issue = make_issue(frozen_at=timezone.now() - timedelta(days=days))
            Delivery.objects.create(
                issue=issue,
                subscriber=subscriber,
                state=state,
                reason=reason,
                attempts=attempts,
            )
        make_issue(frozen_at=joined - timedelta(days=1))
        make_issue(frozen_at=joined - timedelta(days=2), subject="Too long ago")
        other = make_issue(frozen_at=timezone.now() - timedelta(days=50))
        Delivery.objects.create(
            issue=other, subscriber=make_subscriber(), reason="somebody else's"
        )
        make_issue(subject="A draft")

        with self.assertNumQueries(6):
            response = self.status(subscriber)

        for *_delivery, words in fates:
            self.assertContains(response, words)
        self.assertContains(response, "We tried 5 times")
        self.assertContains(response, "at that time no letters went to you")
        self.assertEqual(response.text.count('class="fate'), 7)  # the list is "fates"
        self.assertNotContains(response, "somebody else")
        self.assert_kept_to_oneself(response)

    def test_two_letters_of_one_month_are_told_apart(self):
        for subject in ["Only air", "Dark days"]:
            make_issue(frozen_at=timezone.now(), subject=subject)

        response = self.status(make_subscriber())

        for subject in ["Only air", "Dark days"]:
            self.assertContains(response, f"Read “{subject}” on the web")

    def test_who_joined_later_reads_so(self):
        make_issue(frozen_at=timezone.now() - timedelta(days=3))

        response = self.status(make_subscriber())

        self.assertContains(response, "You had not joined yet.")

    def test_every_state_is_said(self):
        now = timezone.now()
        for words, values in {
            "You have been on the list since": {},
            "You left the list on": {"unsubscribed_at": now},
            "not on the list yet": {"is_confirmed": False},
            "letters to you stopped on": {
                "suppressed_at": now,
                "suppressed_for": "the mailbox was full",
            },
        }.items():
            with self.subTest(words):
                self.assertContains(self.status(make_subscriber(**values)), words)

    def test_it_changes_nothing_and_says_when_there_is_no_such_link(self):
        response = self.client.get(f"/newsletter/status/{WHATEVER}/")

        self.assertEqual(response.status_code, 404)
        self.assert_kept_to_oneself(response)


class ArchiveTests(NewsletterTestCase):
    def test_only_what_was_sent_stands_in_it(self):
        sent = make_issue(frozen_at=timezone.now())
        draft = make_issue()

        index = self.client.get("/newsletter/issues/")

        self.assertContains(index, sent.subject)
        self.assertContains(index, '<a href="/newsletter/issues/feed/">')
        self.assertNotContains(index, draft.subject)
        self.assertEqual(self.client.get(sent.get_absolute_url()).status_code, 200)
        self.assertEqual(self.client.get(draft.get_absolute_url()).status_code, 404)

    def test_a_letter_shows_its_blocks(self):
        guides = [make_guide(exercises=1), make_guide(published_at=None)]
        issue = make_issue(
            guides=guides,
            frozen_at=timezone.now(),
            intro="<p>Dear <strong>reader</strong></p>",
            closing="<blockquote><p>Out as you pull.</p></blockquote>",
        )

        response = self.client.get(issue.get_absolute_url())

        self.assertContains(response, "<strong>reader</strong>")
        self.assertContains(response, guides[0].get_absolute_url())
        self.assertContains(response, "Out as you pull.")
        self.assertNotContains(response, guides[1].title)

    def test_it_takes_few_queries_however_many_guides(self):
        issue = make_issue(
            guides=[make_guide(exercises=2) for _number in range(5)],
            frozen_at=timezone.now(),
        )

        with self.assertNumQueries(8):
            self.client.get(issue.get_absolute_url())

    def test_a_question_and_a_promotion_stand_in_the_look_of_the_site(self):
        issue = make_issue(frozen_at=timezone.now())
        guide, promotion = make_asked(), make_promotion()
        make_block(
            issue,
            kind="question",
            guide=guide,
            question="In or <out>?",
            prose="<p>Out.</p>",
        )
        make_block(issue, kind="promotion", promotion=promotion)

        response = self.client.get(issue.get_absolute_url())

        self.assertContains(response, "“In or &lt;out&gt;?”")
        self.assertContains(response, f'<a href="{guide.get_absolute_url()}">')
        self.assertContains(response, 'class="promo"')
        self.assertContains(response, "advertisement")

        promotion.ends_at = timezone.now()
        promotion.save()
        response = self.client.get(issue.get_absolute_url())
        self.assertNotContains(response, 'class="promo"')

    def test_the_guides_stand_where_they_stood_in_the_letter(self):
        issue = make_issue(guides=[make_guide()], frozen_at=timezone.now())
        make_block(issue, prose="<p>In between</p>")
        make_block(issue, kind="guide", guide=make_guide(title="The second"))

        response = self.client.get(issue.get_absolute_url())

        page = response.content.decode()
        self.assertEqual(page.count("entry--lead"), 1)
        self.assertLess(page.index("entry--lead"), page.index("In between"))
        self.assertLess(page.index("In between"), page.index("The second"))

    def test_the_feed_holds_what_was_sent(self):
        sent = make_issue(
            frozen_at=timezone.now(), subject="Rows & <bands>", preheader="Two \x0brows"
        )
        make_issue(subject="Still a draft")

        response = self.client.get("/newsletter/issues/feed/")

        self.assertIn("application/atom+xml", response["Content-Type"])
        feed = ElementTree.fromstring(response.content)
        entries = feed.iter(f"{{{NAMES}}}entry")
        titles = [entry.findtext(f"{{{NAMES}}}title") for entry in entries]
        self.assertEqual(titles, ["Rows & <bands>"])
        self.assertContains(response, f"http://testserver{sent.get_absolute_url()}")
        self.assertIn("public", response["Cache-Control"])

    def test_the_archive_names_its_feed(self):
        sent = make_issue(frozen_at=timezone.now())

        for url in ("/newsletter/issues/", sent.get_absolute_url()):
            response = self.client.get(url)

            self.assertContains(response, 'href="http://testserver/newsletter/issues/f')

    def test_an_archive_without_letters_says_so(self):
        self.assertContains(
            self.client.get("/newsletter/issues/"), "No letter has been sent yet."
        )


class RightsTests(NewsletterTestCase):
    """Every address and method, for a reader, an assistant and the author."""

    def test_readers_and_staff_get_the_same(self):
        subscriber = make_subscriber(is_confirmed=False)
        issue = make_issue(frozen_at=timezone.now())
        confirm, fresh = subscriber.confirmation_token(), subscriber.fresh_token()
        other = make_subscriber(is_confirmed=False)
        move = other.errands.create(kind="move", email="new@example.org").token()
        everything = {
            "newsletter:subscribe": ([], {"get": 200, "head": 200, "post": 200}),
            "newsletter:check_mail": ([], {"get": 200, "head": 200}),
            "newsletter:confirm": ([confirm], {"get": 200, "head": 200, "post": 302}),
            "newsletter:confirmed": ([], {"get": 200, "head": 200}),
            "newsletter:unsubscribe": (
                [subscriber.token],
                {"get": 200, "head": 200, "post": 200},
            ),
            "newsletter:come_back": ([subscriber.token], {"post": 302}),
            "newsletter:status": ([subscriber.token], {"get": 200, "head": 200}),
            "newsletter:pause": ([subscriber.token], {"post": 303}),
            "newsletter:fresh_link": ([], {"get": 200, "head": 200, "post": 200}),
            "newsletter:link_by_letter": ([subscriber.token], {"post": 303}),
            "newsletter:link_sent": ([], {"get": 200, "head": 200}),
            "newsletter:confirm_again": ([fresh], {"post": 303}),
            "newsletter:change_address": (
                [fresh],
                {"get": 200, "head": 200, "post": 200},
            ),
            "newsletter:address_asked": ([], {"get": 200, "head": 200}),
            "newsletter:move": ([move], {"get": 200, "head": 200, "post": 303}),
            "newsletter:copy": ([fresh], {"get": 200, "head": 200}),
            # A second press would find nobody.
            "newsletter:erase": (["stale"], {"get": 410, "head": 410, "post": 410}),
            "newsletter:erased": ([], {"get": 200, "head": 200}),
            # At home only where a provider is named: see test_webhooks.py.
            "newsletter:webhook": (["postmark"], {"post": 404, "head": 404}),
            "newsletter:issues": ([], {"get": 200, "head": 200}),
            "newsletter:feed": ([], {"get": 200, "head": 200}),
            "newsletter:issue": ([issue.slug], {"get": 200, "head": 200}),
        }
        names = get_resolver("newsletter.urls").url_patterns
        self.assertEqual({f"newsletter:{p.name}" for p in names}, set(everything))
        for staff in (None, make_staff(is_superuser=False), make_staff()):
            client = Client()
            if staff:
                client.force_login(staff)
            for name, (args, answers) in everything.items():
                url = reverse(name, args=args)
                for method in ("get", "head", "post", "put", "patch", "delete"):
                    with self.subTest(staff=staff, name=name, method=method):
                        response = getattr(client, method)(url)

                        expected = answers.get(method, 405)
                        self.assertEqual(response.status_code, expected)

    def test_these_and_no_others_go_without_a_token(self):
        exempt = {
            pattern.name
            for pattern in get_resolver("newsletter.urls").url_patterns
            if getattr(pattern.callback, "csrf_exempt", False)
        }

        self.assertEqual(exempt, {"subscribe", "unsubscribe", "webhook"})

    def test_shared_pages_set_no_cookie_and_are_the_same_for_all(self):
        issue = make_issue(frozen_at=timezone.now())
        for url in (
            *(URL, SENT, "/newsletter/confirmed/", "/newsletter/issues/"),
            issue.get_absolute_url(),
        ):
            with self.subTest(url):
                response = self.client.get(url)

                self.assertFalse(response.cookies)
                self.assertIn("public", response["Cache-Control"])
