import json
import re
import time
from datetime import timedelta
from unittest.mock import patch

from django.apps import apps
from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments import checks, copies, forms, mail, privacy
from comments.models import Act, Comment, EmailAddress, RedFlag, Status, Tray
from guide.models import SiteSettings
from tests.factories import make_comment, make_guide, make_staff


def make_token(guide, *, age=60):
    """Return the token of a form that was opened so many seconds ago."""
    opened = time.time() - age
    return signing.dumps([guide.pk, opened, f"{opened}"], salt=forms.SALT)


def form_of(guide, **values):
    return {
        "name": "Tom in Hull",
        "body": "Do I breathe out when I pull?",
        "email": "",
        "website": "",
        "token": make_token(guide),
    } | values


class NewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(title="Two rows")
        cls.url = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def post(self, url="", **values):
        return self.client.post(url or self.url, form_of(self.guide, **values))

    def test_the_form_is_private_to_its_reader(self):
        response = self.client.get(self.url)

        self.assertContains(response, "Two rows")
        self.assertIn("no-store", response["Cache-Control"])
        self.assertEqual(response["X-Robots-Tag"], "noindex")
        self.assertIn(settings.CSRF_COOKIE_NAME, response.cookies)

    def test_the_honeypot_is_out_of_the_way_and_tempting(self):
        response = self.client.get(self.url)

        self.assertContains(response, 'tabindex="-1"', count=2)  # and <main>
        self.assertContains(response, 'aria-hidden="true"><label for="id_website"')

    def test_sending_stores_and_leads_to_the_receipt(self):
        response = self.post(email="tom@example.org")

        comment = Comment.objects.get()
        self.assertRedirects(
            response,
            reverse("comments:receipt", args=[comment.secret]),
            status_code=303,
        )
        self.assertEqual(comment.status, Status.PENDING)
        self.assertEqual(comment.email, "tom@example.org")
        self.assertEqual(comment.consent_version, "1")
        self.assertEqual(comment.findings, [])

    def test_nothing_is_public_before_a_person_decided(self):
        self.post()

        response = self.client.get(self.guide.get_absolute_url())

        self.assertNotContains(response, "breathe out")

    def test_without_the_token_of_the_browser_nothing_is_stored(self):
        client = Client(enforce_csrf_checks=True)

        response = client.post(self.url, form_of(self.guide))

        self.assertEqual(response.status_code, 403)
        self.assertFalse(Comment.objects.exists())

    def test_what_is_refused_says_what_to_do_and_keeps_what_was_typed(self):
        long = "ü" * 5001
        for values, sentence in [
            ({"name": ""}, "Please type a name. Any name will do."),
            ({"name": " \u200b\0 "}, "Please type a name. Any name will do."),
            ({"name": "n" * 61}, "This name has 61 characters; 60 fit."),
            ({"body": ""}, "Please write your question."),
            ({"body": "\r\n \0\x1b\u202e"}, "Please write your question."),
            ({"body": long}, "This text has 5,001 characters; 5,000 fit."),
            ({"body": "x" * 1_000_000}, "This text has 1,000,000 characters"),
            ({"body": "a\n" * 5000}, "This text has 9,999 characters; 5,000 fit."),
            ({"email": "tom"}, "This is not a whole e-mail address."),
            ({"email": "tom@example"}, "This is not a whole e-mail address."),
            ({"email": "tom@example..org"}, "This is not a whole e-mail address."),
            ({"email": "a@b.org\nBcc: c@d.org"}, "This is not a whole e-mail"),
            ({"token": ""}, "It is good again now"),
            ({"token": "nonsense"}, "It is good again now"),
            ({"token": make_token(make_guide())}, "It is good again now"),
            ({"token": make_token(self.guide, age=86_500)}, "It is good again now"),
            ({"body": "<b>x</b>", "name": ""}, "&lt;b&gt;x&lt;/b&gt;"),
        ]:
            with self.subTest(str(values)[:60]):
                response = self.post(**values)

                self.assertContains(response, sentence, status_code=422)
                self.assertContains(response, "Nothing is lost.", status_code=422)
                kept = {"name": "Tom in Hull", "body": "Do I breathe"} | values
                for name in ("name", "body"):
                    value = response.context["form"][name].value()
                    self.assertTrue(
                        value.startswith(forms.text.printable(kept[name])[:9])
                    )
        self.assertFalse(Comment.objects.exists())

    def test_a_refused_field_is_marked(self):
        response = self.post(name="")

        self.assertContains(response, 'aria-invalid="true"', count=1, status_code=422)
        self.assertContains(response, 'href="#id_name"', status_code=422)

    def test_an_expired_form_is_good_for_a_second_press(self):
        refused = self.post(token=make_token(self.guide, age=90_000))
        fresh = refused.context["form"]["token"].value()

        response = self.post(token=fresh)

        self.assertEqual(response.status_code, 303)

    def test_odd_text_is_kept_as_text(self):
        body = "<script>alert(1)</script>\r\n" + "x\r\n" * 2400 + "\0\x1b\u202e👩🏽"
        self.post(body=body)

        comment = Comment.objects.get()
        self.assertIn("&lt;script&gt;", comment.body_html)
        self.assertEqual(comment.body.count("\n"), 2401)
        self.assertTrue(comment.body.endswith("👩🏽"))

    def test_a_name_of_nothing_to_see_is_no_name(self):
        for name in ["\u200d", "\u3164", "\u202e\u2066", "\u00ad", "\u0301"]:
            with self.subTest(ascii(name)):
                response = self.post(name=name)

                self.assertContains(response, "Please type a name.", status_code=422)

    def test_what_turns_or_hides_a_name_is_left_out_of_it(self):
        self.post(name="Dr\u200b\u202e \0 Ana\u2066\n\tReyes\ufeff")

        self.assertEqual(Comment.objects.get().name, "Dr Ana Reyes")

    def test_characters_of_four_bytes_fit_to_the_last(self):
        self.post(name="🦩" * 60, body="🧘" * 5000)

        comment = Comment.objects.get()
        self.assertEqual((len(comment.name), len(comment.body)), (60, 5000))
        for too_long in [{"name": "🦩" * 61}, {"body": "🧘" * 5001}]:
            self.assertEqual(self.post(**too_long).status_code, 422)

    def test_lengths_are_those_of_what_is_kept(self):
        """One character that is written as three, and three that are left out."""
        self.post(name="n" * 60 + "\u200b\0\u202e")
        response = self.post(name="n" * 58 + "\U0001d160")

        self.assertEqual(len(Comment.objects.get().name), 60)
        self.assertContains(response, "This name has 61 characters", status_code=422)

    def test_no_other_field_is_believed(self):
        ana = make_staff(name="Ana")
        forged = {
            "status": "approved",
            "staff": ana.pk,
            "staff_id": ana.pk,
            "title": "Physiotherapist",
            "is_trusted": "on",
            "approved_at": "2026-01-01",
            "parent": make_comment(self.guide).pk,
            "guide": make_guide().pk,
            "secret": "known",
            "body_html": "<script>alert(1)</script>",
        }

        self.client.post(self.url, form_of(self.guide) | forged)

        comment = Comment.objects.get(name="Tom in Hull")
        self.assertEqual(comment.status, Status.PENDING)
        self.assertEqual((comment.staff, comment.parent), (None, None))
        self.assertEqual((comment.title, comment.guide), ("", self.guide))
        self.assertNotEqual(comment.secret, "known")
        self.assertNotIn("script", comment.body_html)
        self.assertFalse(comment.is_trusted)

    def test_a_name_is_suggested_and_not_the_same_to_all(self):
        names = {
            self.client.get(self.url).context["form"]["name"].value() for _ in range(20)
        }

        self.assertGreater(len(names), 10)
        self.assertLessEqual(max(map(len, names)), forms.LONGEST_NAME)

    def test_beside_the_address_stands_why_it_is_asked_for(self):
        response = self.client.get(self.url)

        self.assertContains(response, "Shown to nobody. We mail you the way back")
        self.assertContains(response, "your name and text may be published")

    def test_one_mailbox_is_one_address_however_it_is_typed(self):
        self.post(email="Tom@EXAMPLE.org")

        self.assertEqual(Comment.objects.get().email, "tom@example.org")

    def test_half_characters_are_no_error(self):
        for value in ["caf\\ud800", "\\ud83d"]:
            with self.subTest(value):
                response = self.client.generic(
                    "POST",
                    self.url,
                    "\r\n".join(
                        [
                            "--b",
                            'Content-Disposition: form-data; name="body"',
                            "",
                            value,
                            "--b--",
                            "",
                        ]
                    ).encode(),
                    content_type=(
                        "multipart/form-data; boundary=b; charset=unicode_escape"
                    ),
                )
                self.assertEqual(response.status_code, 422)

    def test_bytes_that_are_no_text_are_no_error(self):
        response = self.client.generic(
            "POST",
            self.url,
            b"name=%ff%fe&body=%ed%a0%80&token=%00",
            content_type="application/x-www-form-urlencoded",
        )

        self.assertEqual(response.status_code, 422)

    def test_only_a_guide_that_is_out_has_a_form(self):
        draft = make_guide(published_at=None)
        for guide in ["", "0", "x", "1.5", "9" * 30, "9" * 5000, "\0", draft.pk]:
            with self.subTest(guide):
                url = f"{reverse('comments:new')}?guide={guide}"
                self.assertEqual(self.client.get(url).status_code, 404)
                self.assertEqual(self.post(url).status_code, 404)
        self.assertEqual(self.client.get(reverse("comments:new")).status_code, 404)

    def test_a_closed_guide_says_so(self):
        self.guide.comments_open = False
        self.guide.save()

        asked, sent = self.client.get(self.url), self.post()

        self.assertContains(asked, "New questions are closed")
        self.assertNotContains(asked, "<textarea")
        for page, status in [(asked, 200), (sent, 403)]:
            self.assertNotContains(page, "will stand under", status_code=status)
        self.assertContains(sent, "Nothing was sent", status_code=403)
        self.assertContains(sent, "Do I breathe out", status_code=403)
        self.assertFalse(Comment.objects.exists())

    def test_a_closed_guide_leads_to_what_was_asked_where_something_was(self):
        self.guide.comments_open = False
        self.guide.save()
        make_comment(self.guide, status=Status.PENDING)

        page, form = (
            self.client.get(self.guide.get_absolute_url()),
            self.client.get(self.url),
        )
        for response in (page, form):
            self.assertContains(response, "New questions are closed below this guide.")
            self.assertNotContains(response, "was asked")
        self.assertContains(form, "Read the guide")

        make_comment(self.guide)

        self.assertContains(self.client.get(self.url), "Read what was asked")
        page = self.client.get(self.guide.get_absolute_url())
        self.assertContains(page, "What was asked and answered stays.")


class PreviewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.url = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def test_send_stands_before_it(self):
        html = self.client.get(self.url).content.decode()

        self.assertLess(html.index("Send the question"), html.index('name="preview"'))

    def test_it_shows_the_text_as_it_will_stand_and_stores_nothing(self):
        form = form_of(self.guide, body="In?\n\n<b>Out?</b>", email="tom@example.org")
        for headers in ({}, {"X-Requested-With": "fetch"}):
            with self.subTest(headers):
                response = self.client.post(
                    self.url, form | {"preview": "1"}, headers=headers
                )

                self.assertContains(response, "<p>&lt;b&gt;Out?&lt;/b&gt;</p>")
                self.assertContains(response, "not sent yet")
                self.assertContains(response, 'value="tom@example.org"')
                self.assertFalse(Comment.objects.exists())

        self.client.post(self.url, form)

        self.assertEqual(Comment.objects.count(), 1)

    def test_it_says_already_where_to_turn_now(self):
        RedFlag.objects.all().delete()
        RedFlag.objects.create(name="Blood", words="bleeding", text="Ring your doctor.")
        form = form_of(self.guide, body="I have some bleeding.", preview="1")

        response = self.client.post(self.url, form)

        self.assertContains(response, "Ring your doctor.")

    def test_what_is_refused_is_refused_here_too(self):
        response = self.client.post(self.url, form_of(self.guide, name="", preview="1"))

        self.assertContains(response, "Any name will do", status_code=422)
        self.assertNotContains(response, "not sent yet", status_code=422)


class ReplyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.asked = make_comment(cls.guide, name="Nell, 71")
        cls.url = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def test_a_reply_knows_what_it_answers(self):
        url = f"{self.url}&to={self.asked.pk}"
        self.assertContains(self.client.get(url), "Reply to <bdi>Nell, 71</bdi>")

        self.client.post(url, form_of(self.guide))

        reply = Comment.objects.get(parent=self.asked)
        self.assertEqual((reply.root, reply.status), (self.asked, Status.PENDING))

    def test_what_may_not_be_answered_is_refused_once(self):
        others = make_comment(make_guide())
        states = [make_comment(self.guide, status=s) for s in Status if s != "approved"]
        for to in [others.pk, *(c.pk for c in states), 0, "x", "9" * 30, "%00"]:
            with self.subTest(to):
                form = form_of(self.guide)
                response = self.client.post(f"{self.url}&to={to}", form)

                self.assertContains(
                    response, "What you reply to is not on the page", status_code=422
                )
                self.assertContains(response, f'action="{self.url}"', status_code=422)
        self.assertEqual(Comment.objects.filter(name="Tom in Hull").count(), 0)

        self.client.post(self.url, form)

        self.assertIsNone(Comment.objects.get(name="Tom in Hull").parent)

    def test_opening_the_form_for_such_a_reply_asks_for_a_question(self):
        response = self.client.get(f"{self.url}&to=999999")

        self.assertContains(response, "<h1>Ask a question</h1>")


class HeldTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.url = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def test_what_looks_odd_is_stored_and_held_never_refused(self):
        for values in [
            {"website": "https://spam.example/"},
            {"token": make_token(self.guide, age=0), "body": "Quick?"},
            {"body": "https://a.example https://b.example https://c.example"},
        ]:
            with self.subTest(values):
                response = self.client.post(self.url, form_of(self.guide, **values))

                self.assertEqual(response.status_code, 303)
                comment = Comment.objects.latest("pk")
                self.assertEqual(comment.status, Status.PENDING)
                self.assertEqual(len(comment.findings), 1)

    def test_a_red_flag_raises_it_and_stores_it_like_any(self):
        response = self.client.post(
            self.url, form_of(self.guide, body="I can\u2019t feel my foot.")
        )

        comment = Comment.objects.get()
        self.assertEqual((response.status_code, comment.status), (303, "pending"))
        self.assertTrue(comment.is_urgent)
        (flag,) = checks.turn_to(comment)
        self.assertIn("112 in Europe", flag.text)

    def test_the_same_text_again_is_held(self):
        self.client.post(self.url, form_of(self.guide))
        self.client.post(self.url, form_of(self.guide))

        first, second = Comment.objects.order_by("pk")
        self.assertEqual((first.findings, len(second.findings)), ([], 1))


class TwiceTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.url = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def test_a_form_sent_twice_is_stored_once(self):
        form = form_of(self.guide)

        first, second = (self.client.post(self.url, form) for _ in range(2))

        self.assertEqual(Comment.objects.count(), 1)
        self.assertEqual(first["Location"], second["Location"])

    def test_a_text_changed_after_going_back_is_not_lost(self):
        form = form_of(self.guide)
        self.client.post(self.url, form)

        self.client.post(self.url, form | {"body": "And when do I breathe in?"})

        self.assertEqual(Comment.objects.count(), 2)

    def test_the_quicker_of_two_clicks_wins(self):
        form = forms.QuestionForm(form_of(self.guide), guide=self.guide)
        again = forms.QuestionForm(form.data, guide=self.guide)
        self.assertTrue(form.is_valid() and again.is_valid())

        first = form.save(consent_version="1")
        second = again.save(consent_version="1")

        self.assertEqual(first, second)
        self.assertEqual(Comment.objects.count(), 1)


class LimitTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.url = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def post(self, number, address="192.0.2.1"):
        return self.client.post(
            self.url,
            form_of(self.guide, body=f"Question {number}?"),
            REMOTE_ADDR=address,
        )

    def test_who_is_refused_is_told_too_where_to_turn_now(self):
        RedFlag.objects.all().delete()
        RedFlag.objects.create(name="Blood", words="bleeding", text="Ring your doctor.")
        body = "It is bleeding again."
        for data in [
            {"body": f"{body} {'x' * 6000}"},
            {"body": body, "token": "stale"},
            {"body": f"\x00\u202e{body}", "name": ""},
        ]:
            response = self.client.post(self.url, form_of(self.guide, **data))
            self.assertContains(response, "Ring your doctor.", status_code=422)
        response = self.client.post(self.url, form_of(self.guide, body="x" * 6000))
        self.assertNotContains(response, "Ring your doctor.", status_code=422)
        for number in range(8):
            self.post(number, "127.0.0.1")
        response = self.client.post(self.url, form_of(self.guide, body=body))
        self.assertContains(response, "Ring your doctor.", status_code=429)
        self.guide.comments_open = False
        self.guide.save()
        response = self.client.post(self.url, form_of(self.guide, body=body))
        self.assertContains(response, "Ring your doctor.", status_code=403)

    def test_too_many_from_one_place_wait_and_lose_nothing(self):
        for number in range(8):
            self.assertEqual(self.post(number).status_code, 303)

        response = self.post(8)

        self.assertContains(response, "Nothing is lost.", status_code=429)
        self.assertContains(response, "Question 8?", status_code=429)
        self.assertLessEqual(1, int(response["Retry-After"]))
        self.assertLessEqual(int(response["Retry-After"]), 600)
        self.assertEqual(Comment.objects.count(), 8)
        self.assertEqual(self.post(9, "192.0.2.2").status_code, 303)

    def test_a_guide_and_the_site_have_their_measure_too(self):
        for number in range(60):
            self.post(number, f"192.0.2.{number}")

        self.assertEqual(self.post(60, "198.51.100.1").status_code, 429)

    def test_a_form_sent_twice_counts_once(self):
        form = form_of(self.guide)
        for _ in range(20):
            response = self.client.post(self.url, form)

        self.assertEqual(response.status_code, 303)

    @override_settings(RATE_LIMITS=False)
    def test_a_load_test_can_switch_them_off(self):
        for number in range(20):
            self.assertEqual(self.post(number).status_code, 303)


class PartTests(TestCase):
    """The form alone, as the script on the guide's page asks for it."""

    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.url = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def test_it_is_the_form_and_nothing_else(self):
        response = self.client.get(self.url, headers={"X-Requested-With": "fetch"})

        html = response.content.decode().strip()
        self.assertTrue(html.startswith("<form") and html.endswith("</form>"))

    def test_a_refused_one_comes_back_alone(self):
        response = self.client.post(
            self.url,
            form_of(self.guide, name=""),
            headers={"X-Requested-With": "fetch"},
        )

        self.assertContains(response, "Any name will do", status_code=422)
        self.assertNotContains(response, "<html", status_code=422)


class QueryTests(TransactionTestCase):
    def test_a_post_takes_ten_queries_at_most(self):
        guide = make_guide()
        asked = make_comment(guide)
        url = f"{reverse('comments:new')}?guide={guide.pk}&to={asked.pk}"
        self.client.post(url, form_of(guide))  # warms what is asked for once

        with CaptureQueriesContext(connection) as queries:
            form = form_of(guide, body="Another?", email="tom@example.org")
            response = self.client.post(url, form)

        self.assertEqual(response.status_code, 303)
        self.assertLessEqual(len(queries), 10)


class ParentGoneTests(TransactionTestCase):
    def test_a_reply_to_what_is_erased_meanwhile_comes_back_to_be_sent_alone(self):
        guide = make_guide()
        asked = make_comment(guide)
        url = f"{reverse('comments:new')}?guide={guide.pk}&to={asked.pk}"
        gone = []

        def meanwhile(execute, sql, *rest):
            if '"form_token" =' in sql and not gone:
                gone.append(Comment.objects.get(pk=asked.pk).take_back())
            return execute(sql, *rest)

        with connection.execute_wrapper(meanwhile):
            response = self.client.post(url, form_of(guide, body="Mine too?"))

        words = "not on the page any more"
        self.assertContains(response, words, status_code=422)
        self.assertContains(response, "Mine too?", status_code=422)
        self.assertContains(
            response, f'action="{url.partition("&")[0]}"', status_code=422
        )
        self.assertFalse(Comment.objects.exists())


class ReceiptTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(title="Two rows")

    def get(self, comment):
        return self.client.get(reverse("comments:receipt", args=[comment.secret]))

    def test_each_state_is_said_in_words(self):
        for state, words in {
            Status.PENDING: "It has arrived",
            Status.APPROVED: "It is published",
            Status.REJECTED: "It will not be published",
            Status.SPAM: "It will not be published",
            Status.REMOVED: "It was taken off the page",
        }.items():
            with self.subTest(state):
                comment = make_comment(self.guide, status=state, body="My knee")

                response = self.get(comment)

                self.assertContains(response, words)
                self.assertContains(response, "My knee")
                self.assertNotContains(response, ">spam<")

    def test_what_waits_says_when_it_is_answered(self):
        response = self.get(make_comment(self.guide, status=Status.PENDING))

        self.assertContains(response, "within a week")
        self.assertNotContains(response, "mail to")

    def test_what_is_published_leads_there(self):
        comment = make_comment(self.guide)
        self.assertContains(self.get(comment), f'#comment-{comment.pk}"')

        self.assertNotContains(self.get(comment), "The answer")

        comment.answer(author=make_staff(name="Ana"), body="Out as you pull.")

        self.assertContains(self.get(comment), "It is answered")
        self.assertContains(self.get(comment), "Out as you pull.")

    def test_it_names_who_reads_it_and_says_to_keep_the_address(self):
        comment = make_comment(self.guide, status=Status.PENDING)
        site = SiteSettings.load()
        site.author = make_staff(name="Dr. Ana Reyes").author
        site.save()

        response = self.get(comment)

        self.assertContains(response, "Dr. Ana Reyes reads it.")
        self.assertContains(response, "Bookmark this page")

    def test_a_reply_to_what_is_hidden_says_why_it_is_not_there(self):
        asked = make_comment(self.guide)
        reply = make_comment(parent=asked)
        asked.reject()

        response = self.get(reply)

        self.assertContains(response, "What it replies to is not on the page now")

    def test_it_is_nobody_elses(self):
        response = self.get(make_comment(self.guide, email="tom@example.org"))

        self.assertIn("no-store", response["Cache-Control"])
        self.assertEqual(response["X-Robots-Tag"], "noindex")
        self.assertEqual(response["Referrer-Policy"], "same-origin")
        self.assertNotContains(response, "tom@example.org")

    def test_any_other_address_says_that_nothing_stands_there(self):
        response = self.client.get(reverse("comments:receipt", args=["x" * 43]))

        self.assertContains(response, "Nothing stands here", status_code=404)

    def test_where_red_flags_stand_it_says_first_where_to_turn_now(self):
        flag = RedFlag.objects.create(
            name="Blood", words="bleeding", text="Ring your doctor today.\n\nOr a ward."
        )
        comment = make_comment(
            self.guide,
            status=Status.PENDING,
            findings=[{"check": "red_flag", "words": ["bleeding"], "flags": [flag.pk]}],
        )

        response = self.get(comment)

        self.assertContains(response, "<p>Ring your doctor today.</p>")
        html = response.content.decode()
        self.assertLess(html.index("Ring your doctor"), html.index("It has arrived"))

    def test_one_that_has_its_answer_is_not_told_that_we_keep_it_waiting(self):
        flag = RedFlag.objects.create(name="Blood", words="bleeding", text="Ring.")
        found = {"check": "red_flag", "words": ["bleeding"], "flags": [flag.pk]}
        comment = make_comment(self.guide, findings=[found])
        self.assertContains(self.get(comment), "Please don’t wait for us")

        comment.answer(author=make_staff(name="Ana"), body="Do rest.")

        response = self.get(comment)
        self.assertNotContains(response, "wait for us")
        self.assertContains(response, "<p>Ring.</p>", 1)
        html = response.content.decode()
        self.assertLess(html.index("It is answered"), html.index("If it is still so"))

    def test_one_whose_answer_is_not_on_the_page_is_still_told_not_to_wait(self):
        flag = RedFlag.objects.create(name="Blood", words="bleeding", text="Ring.")
        found = {"check": "red_flag", "words": ["bleeding"], "flags": [flag.pk]}
        asked = make_comment(self.guide)
        reply = make_comment(parent=asked, findings=[found])
        reply.answer(author=make_staff(name="Ana"), body="Do rest.")
        asked.reject()

        response = self.get(reply)

        self.assertContains(response, "Please don’t wait for us")
        self.assertNotContains(response, "If it is still so")

    def test_with_an_address_it_says_the_same_whether_that_is_known_or_not(self):
        pages = []
        for email in ["tom@example.org", "tim@example.org"]:
            comment = make_comment(
                self.guide, name="T", body="?", status=Status.PENDING, email=email
            )
            html = self.get(comment).content.decode()
            for own in (comment.secret, "tom", "tim"):
                html = html.replace(own, "")
            pages.append(re.sub('csrfmiddlewaretoken" value="[^"]*', "", html))
            EmailAddress.objects.create(
                email="tim@example.org", confirmed_at=timezone.now()
            ) if not EmailAddress.objects.exists() else None

        self.assertIn("by a mail to t…@example.org", pages[0])
        self.assertEqual(*pages)

    def test_without_one_it_says_to_keep_the_address_of_the_page(self):
        response = self.get(make_comment(self.guide, status=Status.PENDING))

        self.assertContains(response, "it is the only way back to it")


class ChangeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.ana = make_staff(name="Ana")
        cls.comment = make_comment(
            cls.guide, status=Status.PENDING, name="Tom", body="My knee"
        )
        cls.url = reverse("comments:change", args=[cls.comment.secret])
        cls.receipt = reverse("comments:receipt", args=[cls.comment.secret])

    def form(self, **values):
        page = self.client.get(self.url)
        seen = page.context["form"]["seen"].value()
        return {"name": "Tim", "body": "My hip", "seen": seen} | values

    def age(self, **values):
        made = timezone.now() - timedelta(**values)
        Comment.objects.filter(pk=self.comment.pk).update(created_at=made)

    def test_the_receipt_leads_there_for_a_quarter_of_an_hour(self):
        self.assertContains(self.client.get(self.receipt), self.url)

        self.age(minutes=16)

        self.assertNotContains(self.client.get(self.receipt), self.url)

    def test_a_change_is_stored_and_leads_back(self):
        response = self.client.post(self.url, self.form())

        self.assertRedirects(response, self.receipt, status_code=303)
        self.comment.refresh_from_db()
        self.assertEqual((self.comment.name, self.comment.body), ("Tim", "My hip"))
        self.assertIn("My hip", self.comment.body_html)
        self.assertEqual(self.comment.status, Status.PENDING)
        self.assertIsNotNone(self.comment.changed_at)

    def test_opening_the_page_changes_nothing(self):
        response = self.client.get(self.url)

        self.assertContains(response, "My knee")
        self.assertIn("no-store", response["Cache-Control"])
        self.comment.refresh_from_db()
        self.assertIsNone(self.comment.changed_at)

    def test_what_was_set_aside_is_urgent_where_it_became_so(self):
        self.comment.set_aside(note="Her usual question", by=self.ana)

        self.client.post(self.url, self.form(body="I have chest pain since today"))

        self.comment.refresh_from_db()
        self.assertEqual(self.comment.tray, Tray.URGENT)
        last = self.comment.decisions.last()
        self.assertEqual((last.act, last.by, last.door), (Act.TAKE_UP, None, "writer"))

    def test_the_checks_run_anew_and_know_how_it_came(self):
        Comment.objects.filter(pk=self.comment.pk).update(
            findings=[{"check": "trap", "words": []}, {"check": "links", "words": []}]
        )

        self.client.post(self.url, self.form(body="Which band fits me?"))

        self.comment.refresh_from_db()
        self.assertEqual([f["check"] for f in self.comment.findings], ["trap"])

    def test_what_is_refused_keeps_what_was_typed(self):
        response = self.client.post(self.url, self.form(body="", name="Zoë"))

        self.assertContains(response, "Please write your question.", status_code=422)
        self.assertContains(response, "Zoë", status_code=422)
        self.comment.refresh_from_db()
        self.assertEqual(self.comment.name, "Tom")

    def test_after_a_quarter_of_an_hour_nothing_changes_and_the_text_comes_back(self):
        form = self.form()
        self.age(minutes=15)

        response = self.client.post(self.url, form)

        self.assertContains(response, "It can be changed no more", status_code=403)
        self.assertContains(response, "My hip", status_code=403)
        self.comment.refresh_from_db()
        self.assertEqual(self.comment.body, "My knee")

    def test_what_is_published_says_so_and_goes_back_to_waiting(self):
        self.comment.approve(by=self.ana)
        form = self.form()
        self.assertContains(self.client.get(self.url), "It is published already")

        self.client.post(self.url, form)

        self.comment.refresh_from_db()
        self.assertEqual(self.comment.status, Status.PENDING)
        self.assertIsNone(self.comment.reported_at)
        last = self.comment.decisions.last()
        self.assertEqual((last.to, last.door, last.by), ("pending", "writer", None))
        self.assertNotContains(self.client.get(self.guide.get_absolute_url()), "My hip")

    def test_a_decision_made_meanwhile_is_not_undone_unseen(self):
        for decide, words in [
            (lambda: self.comment.approve(by=self.ana), "It is published already"),
            (lambda: self.comment.reject(by=self.ana), "It has been read"),
        ]:
            with self.subTest(words):
                form = self.form()
                decide()
                self.comment.refresh_from_db()
                was = self.comment.status

                response = self.client.post(self.url, form)

                self.assertContains(response, words, status_code=409)
                self.assertContains(response, "My hip", status_code=409)
                self.comment.refresh_from_db()
                self.assertEqual(
                    (self.comment.status, self.comment.body), (was, "My knee")
                )

        again = form | {"seen": response.context["form"]["seen"].value()}
        self.assertEqual(self.client.post(self.url, again).status_code, 303)
        self.comment.refresh_from_db()
        self.assertEqual(
            (self.comment.status, self.comment.body), ("pending", "My hip")
        )

    def test_what_has_an_answer_is_not_changed_under_it(self):
        """Else advice would come to stand under words it was not given to."""
        form = self.form()
        self.comment.answer(author=self.ana, body="Slowly.")

        response = self.client.post(self.url, form)

        self.assertContains(response, "It has an answer", status_code=403)
        self.assertContains(response, "My hip", status_code=403)
        self.comment.refresh_from_db()
        self.assertEqual(
            (self.comment.status, self.comment.body), ("approved", "My knee")
        )

    def test_a_form_sent_unchanged_leaves_a_decision_alone(self):
        self.comment.approve(by=self.ana)

        self.client.post(self.url, self.form(name="Tom", body="My knee"))

        self.comment.refresh_from_db()
        self.assertEqual(self.comment.status, Status.APPROVED)

    def test_no_other_field_is_believed(self):
        self.client.post(self.url, self.form(status="approved", staff=self.ana.pk))

        self.comment.refresh_from_db()
        self.assertEqual((self.comment.status, self.comment.staff), ("pending", None))

    def test_changes_count_as_posts_do(self):
        for number in range(8):
            form = self.form(body=f"Text {number}")
            self.assertEqual(self.client.post(self.url, form).status_code, 303)

        response = self.client.post(self.url, self.form(body="Text 8"))

        self.assertContains(response, "Text 8", status_code=429)

    def test_any_other_address_says_that_nothing_stands_there(self):
        for name in ["change", "copy", "take_back"]:
            url = reverse(f"comments:{name}", args=["x" * 43])
            self.assertEqual(self.client.get(url).status_code, 404)
        for name in ["change", "show_less", "take_back"]:
            url = reverse(f"comments:{name}", args=["x" * 43])
            self.assertEqual(self.client.post(url).status_code, 404)


class ShowLessTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.comment = make_comment(
            status=Status.PENDING,
            name="Anna Schmidt",
            body="My prolapse aches. Ring 01482 555 0101 or write to anna@x.org.",
            findings=[
                {
                    "check": "privacy",
                    "words": ["Anna Schmidt", "01482 555 0101", "anna@x.org"],
                },
                {"check": "red_flag", "words": ["prolapse"]},
            ],
        )
        cls.url = reverse("comments:show_less", args=[cls.comment.secret])
        cls.receipt = reverse("comments:receipt", args=[cls.comment.secret])

    def test_the_receipt_offers_shorter_names_and_names_what_goes(self):
        response = self.client.get(self.receipt)

        self.assertContains(response, "Publish as “Anna”")
        self.assertContains(response, "Publish as “A reader”")
        self.assertContains(response, "01482 555 0101</bdi>")

    def test_opening_the_receipt_changes_nothing_and_get_is_refused(self):
        self.client.get(self.receipt)

        self.assertEqual(self.client.get(self.url).status_code, 405)
        self.comment.refresh_from_db()
        self.assertEqual(self.comment.name, "Anna Schmidt")

    def test_what_she_chooses_stands_and_the_original_is_gone(self):
        for choice, name in [("first", "Anna"), ("reader", "A reader")]:
            with self.subTest(choice), transaction.atomic():
                response = self.client.post(self.url, {"as": choice})

                self.assertRedirects(response, self.receipt, status_code=303)
                row = Comment.objects.filter(pk=self.comment.pk).values().get()
                self.assertEqual(row["name"], name)
                self.assertIn("Ring [removed] or write to [removed].", row["body"])
                for word in ("Schmidt", "01482", "anna@x.org"):
                    self.assertNotIn(word, str(row))
                self.assertEqual(len(row["findings"]), 1)
                self.assertNotContains(self.client.get(self.receipt), "Publish as")
                transaction.set_rollback(True)

    def test_no_finding_keeps_a_part_of_it_and_what_else_was_found_stays(self):
        Comment.objects.filter(pk=self.comment.pk).update(
            findings=[
                *self.comment.findings,
                {"check": "spam", "words": ["Schmidt", "555"]},
                {"check": "own_words", "words": ["Anna Schmidt", "aches"]},
            ]
        )

        self.client.post(self.url, {"as": "first"})

        self.comment.refresh_from_db()
        self.assertEqual(
            self.comment.findings,
            [
                {"check": "red_flag", "words": ["prolapse"]},
                {"check": "own_words", "words": ["aches"]},
            ],
        )

    def test_what_the_check_found_can_be_cut_out(self):
        for body in ("Ring 01482 555 0101x now", "I am Bo Li.\nBO  LI", "a.b@x.org_"):
            comment = make_comment(name="Bo", body=f"My knee hurts. {body}")
            checks.judge(comment, checks.Sent())
            comment.save()
            offer = privacy.offer(comment)

            comment.show_less(name="Bo", words=offer.words)

            comment.refresh_from_db()
            self.assertIsNone(privacy.offer(comment), comment.body)

    def test_a_name_that_was_not_offered_is_not_taken(self):
        for choice in ["Dr Ana Reyes", "", "same"]:
            self.client.post(self.url, {"as": choice})

        self.comment.refresh_from_db()
        self.assertEqual(self.comment.name, "Anna Schmidt")

    def test_it_works_on_what_is_published_and_readers_see_it_at_once(self):
        self.comment.approve()
        guide = self.comment.guide.get_absolute_url()
        self.assertContains(self.client.get(guide), "01482")

        self.client.post(self.url, {"as": "first"})

        self.assertNotContains(self.client.get(guide), "01482")
        self.assertContains(self.client.get(guide), "<bdi>Anna</bdi>")

    def test_where_the_name_is_fine_only_the_text_is_offered(self):
        comment = make_comment(
            name="Anna",
            body="Ring 01482 555 0101.",
            findings=[{"check": "privacy", "words": ["01482 555 0101"]}],
        )

        response = self.client.get(reverse("comments:receipt", args=[comment.secret]))
        self.assertContains(response, "Cut it out")
        self.client.post(
            reverse("comments:show_less", args=[comment.secret]), {"as": "same"}
        )

        comment.refresh_from_db()
        self.assertEqual((comment.name, comment.body), ("Anna", "Ring [removed]."))

    def test_first_names(self):
        for name, first in [
            ("Anna Schmidt", "Anna"),
            ("Dr. Anna Schmidt", "Anna"),
            ("Mrs Schmidt", ""),
            ("Anna", ""),
            ("anna@x.org Schmidt", ""),
            ("李 雷", "李"),
        ]:
            with self.subTest(name):
                self.assertEqual(privacy.first_name(name), first)


class CopyTests(TestCase):
    def test_it_is_a_download_of_all_that_is_stored(self):
        comment = make_comment(
            name="Tom",
            body="My knee",
            email="tom@example.org",
            consent_version="1",
            findings=[{"check": "red_flag", "words": ["knee"]}],
            is_trusted=True,
        )
        comment.restore()
        comment.answer(author=make_staff(name="Ana"), body="Slowly.")

        response = self.client.get(reverse("comments:copy", args=[comment.secret]))

        self.assertIn("attachment", response["Content-Disposition"])
        self.assertIn("no-store", response["Cache-Control"])
        data = json.loads(response.content)
        self.assertEqual(
            (data["name"], data["text"], data["e-mail address"], data["state"]),
            ("Tom", "My knee", "tom@example.org", "published"),
        )
        self.assertEqual(data["held for"][0]["words"], ["knee"])
        self.assertEqual([d["to"] for d in data["decisions"]], ["waiting", "published"])
        # Numbers of rows are of no use to her; addresses are.
        self.assertNotIn("ID", data)
        self.assertIn(comment.permalink, response.content.decode())
        # Else it would say that the address is known here.
        self.assertNotIn("trust", response.content.decode())

    def test_whatever_column_comes_later_is_in_it(self):
        comment = make_comment()

        data = copies.of(comment)

        for column in Comment._meta.concrete_fields:
            if column.name not in copies.LEFT_OUT:
                self.assertIn(copies.called(column), data)

    def test_it_is_in_plain_words_throughout(self):
        flag = RedFlag.objects.create(name="A sore knee", words="knee", text="Ring.")
        found = {"check": "red_flag", "words": ["knee"], "flags": [flag.pk]}
        comment = make_comment(status=Status.PENDING, findings=[found])
        comment.set_aside(note="Ask her GP?", door="admin")

        data = copies.of(comment)

        self.assertEqual(data["note for the author"], "Ask her GP?")
        self.assertEqual(data["where it lies"], "set aside")
        (held,) = data["held for"]
        self.assertEqual([*held], ["because", "words", "red flags"])
        self.assertEqual(held["red flags"], ["A sore knee"])
        (decision,) = data["decisions"]
        self.assertEqual(decision["what"], "set aside")
        self.assertEqual(decision["by way of"], "the page of the moderators")
        for column in Comment._meta.concrete_fields:
            is_named = column.verbose_name != column.name.replace("_", " ")
            with self.subTest(column.name):
                known = {*copies.WORDS, *copies.LEFT_OUT, "name", "changed_at"}
                self.assertTrue(is_named or column.name in known)


class StrangersAddressTests(TestCase):
    def test_who_types_an_address_does_not_learn_that_it_was_written_to_today(self):
        secrets = []
        for due in (None, timezone.now() + timedelta(hours=5)):
            comment = make_comment(email="tom@example.org", receipt_due_at=due)
            secrets.append(comment.secret)

        for name in ("receipt", "copy"):
            pages = [
                self.client.get(reverse(f"comments:{name}", args=[secret]))
                for secret in secrets
            ]

            for page in pages:
                self.assertNotContains(page, "receipt due")
            said = ["It comes by mail as well" in str(page.content) for page in pages]
            self.assertEqual(said, [name == "receipt"] * 2)

    def test_a_day_later_it_does_not_say_that_a_mail_will_come(self):
        comment = make_comment(
            email="tom@example.org", created_at=timezone.now() - timedelta(days=2)
        )

        page = self.client.get(reverse("comments:receipt", args=[comment.secret]))

        self.assertNotContains(page, "It comes by mail")


class TakeBackTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.comment = make_comment(body="My knee")
        cls.url = reverse("comments:take_back", args=[cls.comment.secret])

    def test_opening_the_page_takes_nothing_back(self):
        response = self.client.get(self.url)

        self.assertContains(response, "My knee")
        self.assertTrue(Comment.objects.exists())

    def test_the_button_does(self):
        response = self.client.post(self.url, follow=True)

        self.assertContains(response, "It is taken back")
        self.assertFalse(Comment.objects.exists())
        self.assertEqual(self.client.post(self.url).status_code, 404)

    def test_a_second_press_a_moment_later_finds_it_done(self):
        again = Comment.objects.get(pk=self.comment.pk)
        self.comment.take_back()

        again.take_back()

        self.assertFalse(Comment.objects.exists())

    def test_nothing_of_it_stays_anywhere(self):
        """Looks for her words in each row of each table, with an answer and without."""
        for is_answered in (False, True):
            with self.subTest(is_answered=is_answered):
                comment = make_comment(
                    name="Zebulon",
                    body="My quincunx aches",
                    email="zebulon@example.org",
                    receipt_due_at=timezone.now(),
                    findings=[{"check": "red_flag", "words": ["quincunx"]}],
                )
                EmailAddress.objects.create(email=comment.email)
                if is_answered:
                    comment.answer(author=make_staff(name="Ana"), body="Slowly.")
                guide = comment.guide.get_absolute_url()
                self.assertContains(self.client.get(guide), "quincunx")

                self.client.post(reverse("comments:take_back", args=[comment.secret]))

                self.assertNotContains(self.client.get(guide), "quincunx")
                for model in apps.get_models():
                    rows = str(list(model._base_manager.values()))
                    for word in ("Zebulon", "quincunx", "zebulon@"):
                        self.assertNotIn(word, rows, model)

    def test_another_question_keeps_the_address(self):
        for body in ("One", "Two"):
            make_comment(body=body, email="tom@example.org")
        EmailAddress.objects.create(email="tom@example.org")
        one = Comment.objects.get(body="One")

        self.client.post(reverse("comments:take_back", args=[one.secret]))

        self.assertTrue(EmailAddress.objects.exists())

    def test_where_an_answer_stays_the_receipt_says_so(self):
        self.comment.answer(author=make_staff(name="Ana"), body="Slowly.")

        self.client.post(self.url)

        response = self.client.get(
            reverse("comments:receipt", args=[self.comment.secret])
        )
        self.assertContains(response, "You took it back")
        self.assertNotContains(response, "My knee")
        guide = self.client.get(self.comment.guide.get_absolute_url())
        self.assertContains(guide, "Slowly.")
        self.assertNotContains(guide, "My knee")


class GoneAlreadyTests(TestCase):
    def test_what_was_taken_back_is_not_asked_about_again(self):
        comment = make_comment(body="My knee")
        comment.answer(author=make_staff(name="Ana"), body="Slowly.")
        comment.take_back()
        comment.refresh_from_db()
        url = reverse("comments:take_back", args=[comment.secret])

        for send in (self.client.get, self.client.post):
            self.assertContains(send(url, follow=True), "erased already")
        at = comment.taken_back_at
        comment.refresh_from_db()
        self.assertEqual(comment.taken_back_at, at)


class ConfirmTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.address = EmailAddress.objects.create(email="tom@example.org")
        cls.url = mail.confirm_url(cls.address)

    def test_opening_the_link_confirms_nothing(self):
        response = self.client.get(self.url)

        self.assertContains(response, "tom@example.org")
        self.assertIn("no-store", response["Cache-Control"])
        self.assertEqual(response["X-Robots-Tag"], "noindex")
        self.assertFalse(EmailAddress.objects.confirmed().exists())

    def test_the_button_confirms_and_leads_to_where_it_can_be_stopped(self):
        response = self.client.post(self.url)

        self.assertRedirects(
            response,
            reverse("comments:mails", args=[self.address.token]),
            status_code=303,
        )
        self.assertTrue(EmailAddress.objects.reachable().exists())

    def test_what_was_answered_is_not_asked_again(self):
        mails = reverse("comments:mails", args=[self.address.token])
        for choose in [self.address.confirm, self.address.stop]:
            with self.subTest(choose.__name__):
                choose()

                self.assertRedirects(self.client.get(self.url), mails, status_code=303)

    def test_the_receipt_says_what_was_chosen(self):
        comment = make_comment(status=Status.PENDING, email=self.address.email)
        receipt = reverse("comments:receipt", args=[comment.secret])
        self.assertContains(self.client.get(receipt), "once you said yes")

        self.address.confirm()
        self.assertContains(self.client.get(receipt), "you said yes. The link")
        self.address.stop()
        self.assertContains(self.client.get(receipt), "you stopped the mails")

    def test_the_receipt_does_not_tell_what_was_chosen_before(self):
        """Whoever types an address of somebody else’s learns nothing of it."""
        self.address.confirm()
        comment = make_comment(status=Status.PENDING, email=self.address.email)

        page = self.client.get(reverse("comments:receipt", args=[comment.secret]))

        self.assertContains(page, "once you said yes")

    def test_a_second_press_changes_nothing(self):
        self.client.post(self.url)
        first = EmailAddress.objects.get().confirmed_at

        self.client.post(self.url)

        self.assertEqual(EmailAddress.objects.get().confirmed_at, first)

    def test_a_link_that_is_old_or_made_up_says_what_to_do(self):
        later = time.time() + 15 * 86_400
        with patch("django.core.signing.time.time", return_value=later):
            old = self.client.post(self.url)
        self.assertContains(old, "This link is too old", status_code=410)
        for token in ["x", "a:b:c", signing.dumps("x"), self.address.token]:
            url = reverse("comments:confirm", args=[token])
            self.assertEqual(self.client.post(url).status_code, 410)
        self.assertFalse(EmailAddress.objects.confirmed().exists())

    def test_after_the_question_is_taken_back_it_leads_nowhere(self):
        comment = make_comment(email="tom@example.org")
        comment.take_back()

        self.assertEqual(self.client.post(self.url).status_code, 410)


class MailsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.address = EmailAddress.objects.create(
            email="tom@example.org", confirmed_at=timezone.now()
        )
        cls.url = reverse("comments:mails", args=[cls.address.token])

    def test_opening_the_page_stops_nothing(self):
        self.assertContains(self.client.get(self.url), "Stop these mails")

        self.assertTrue(EmailAddress.objects.reachable().exists())

    def test_one_press_stops_them_and_another_lets_them_come(self):
        stopped = self.client.post(self.url, {"stop": "1"}, follow=True)
        self.assertContains(stopped, "The mails have stopped")
        self.assertFalse(EmailAddress.objects.reachable().exists())

        self.client.post(self.url, {"start": "1"})
        self.assertTrue(EmailAddress.objects.reachable().exists())

    def test_any_other_address_says_that_nothing_stands_there(self):
        url = reverse("comments:mails", args=["x" * 43])

        self.assertEqual(self.client.get(url).status_code, 404)
        self.assertEqual(self.client.post(url).status_code, 404)


class LinksInMailsTests(TestCase):
    """Scanners follow every link, by whatever method they like."""

    def test_only_a_press_of_a_button_changes_anything(self):
        address = EmailAddress.objects.create(email="tom@example.org")
        comment = make_comment(email="tom@example.org", status=Status.PENDING)
        letters = [
            mail.receipts([comment], address=address),
            mail.news(comment, is_answered=True, address=address),
        ]
        links = {
            link
            for letter in letters
            for part in (letter.body, letter.alternatives[0].content)
            for link in re.findall(r"http://testserver(/[^\s\"<]+)", part)
        }
        self.assertEqual(len(links), 3)
        before = [list(model.objects.values()) for model in (Comment, EmailAddress)]
        for link in links:
            for method in ("get", "head", "options", "trace"):
                with self.subTest(link, method=method):
                    status = getattr(self.client, method)(link).status_code
                    is_read = method in {"get", "head"}
                    self.assertEqual(status, 200 if is_read else 405)

        after = [list(model.objects.values()) for model in (Comment, EmailAddress)]
        self.assertEqual(before, after)


class QuestionsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Dr. Ana Reyes")
        cls.guide = make_guide(title="Two rows")
        cls.url = reverse("comments:questions")

    def test_empty_it_says_where_to_ask(self):
        self.assertContains(self.client.get(self.url), "Nothing is answered yet")

    def test_question_answer_guide_and_place_stand_there(self):
        asked = make_comment(self.guide, body="In or out?")
        make_comment(self.guide, body="Nobody answered me")
        asked.answer(author=self.ana, body="Out.")

        response = self.client.get(self.url)

        self.assertContains(response, "In or out?")
        self.assertContains(response, "Out.")
        self.assertContains(response, "Two rows")
        self.assertContains(response, f'href="/comments/{asked.pk}/"')
        self.assertNotContains(response, "Nobody answered me")

    def test_an_approval_shows_at_the_next_request(self):
        asked = make_comment(self.guide, status=Status.PENDING, body="In or out?")
        self.assertNotContains(self.client.get(self.url), "In or out?")

        asked.answer(author=self.ana, body="Out.")
        self.assertContains(self.client.get(self.url), "In or out?")

        asked.reject()
        self.assertNotContains(self.client.get(self.url), "In or out?")

    def test_twenty_make_a_page(self):
        for number in range(21):
            make_comment(self.guide, body=f"Question {number}.").answer(
                author=self.ana, body="Yes."
            )

        first = self.client.get(self.url)
        second = self.client.get(f"{self.url}?page=2")

        self.assertContains(first, "Question 20.")
        self.assertContains(first, 'href="?page=2"')
        self.assertNotContains(first, "Question 0.")
        self.assertContains(second, "Question 0.")
        self.assertContains(second, f'href="{self.url}"')

    def test_a_page_that_is_not_there_is_a_404(self):
        for page in ["2", "0", "-1", "x", "", "٣", "9" * 5000, "1.0"]:
            with self.subTest(page):
                response = self.client.get(self.url, {"page": page})
                self.assertEqual(response.status_code, 404)

    def test_its_queries_do_not_grow(self):
        def count():
            self.client.get(self.url)
            with CaptureQueriesContext(connection) as queries:
                self.client.get(self.url, {"other": "x"})
            return len(queries)

        make_comment(self.guide).answer(author=self.ana, body="Yes.")
        before = count()
        for _ in range(10):
            make_comment(make_guide()).answer(author=self.ana, body="Yes.")

        self.assertEqual(count(), before)


class TooLargeTests(TestCase):
    def test_a_post_of_megabytes_is_told_what_to_do(self):
        guide = make_guide()

        response = self.client.post(
            f"{reverse('comments:new')}?guide={guide.pk}",
            f"body={'x' * 3_000_000}",
            content_type="application/x-www-form-urlencoded",
        )

        self.assertContains(response, "A shorter text goes through.", status_code=400)


class CookieTests(TestCase):
    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)
        self.guide = make_guide()
        self.url = f"{reverse('comments:new')}?guide={self.guide.pk}"

    def test_who_refuses_cookies_keeps_what_was_typed(self):
        for headers in ({}, {"X-Requested-With": "fetch"}):
            with self.subTest(headers):
                sent = form_of(self.guide, body="May I sit?")
                response = self.client.post(self.url, sent, headers=headers)

                self.assertContains(
                    response, "needs one cookie of this site", status_code=403
                )
                self.assertContains(response, "May I sit?", status_code=403)
                self.assertIn("no-store", response["Cache-Control"])
                self.assertFalse(Comment.objects.exists())

    def test_pressing_again_sends_it_where_the_cookie_was_only_lost(self):
        page = self.client.post(self.url, form_of(self.guide))
        token = {"csrfmiddlewaretoken": page.context["csrf_token"]}

        response = self.client.post(self.url, form_of(self.guide) | token)

        self.assertEqual(response.status_code, 303)
        self.assertEqual(Comment.objects.count(), 1)
