"""A reader asks below a guide, or replies to what stands there."""

import time

from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comments import checks, forms
from comments.models import Comment, RedFlag, Settings, Status
from tests.factories import make_comment, make_guide, make_staff


def make_token(guide, *, age=60, consent="1"):
    """Return the token of a form that was opened so many seconds ago."""
    opened = time.time() - age
    return signing.dumps([guide.pk, opened, f"{opened}", consent], salt=forms.SALT)


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
                self.assertIn("<title>Error: Ask a question · ", response.text)
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

    def test_what_was_agreed_to_is_what_stood_at_the_button(self):
        page = self.client.get(self.url)
        token = page.context["form"]["token"].value()
        Settings.objects.update(consent="Else.", consent_version="2")

        # Shown once more, the page says what holds now, and that is agreed to then.
        shown = self.client.post(
            self.url, form_of(self.guide, token=token, preview="1", body="Again?")
        )
        self.assertContains(shown, "Else.")
        newer = shown.context["form"]["token"].value()
        for sent in (token, newer):
            self.client.post(self.url, form_of(self.guide, token=sent))

        versions = Comment.objects.order_by("pk").values_list("consent_version")
        self.assertEqual([version for (version,) in versions], ["1", "2"])

    def test_a_token_of_another_make_is_asked_for_again(self):
        token = signing.dumps([self.guide.pk, time.time(), "x"], salt=forms.SALT)

        response = self.client.post(self.url, form_of(self.guide, token=token))

        self.assertContains(response, "It is good again now", status_code=422)

    def test_the_quicker_of_two_clicks_wins(self):
        form = forms.QuestionForm(form_of(self.guide), guide=self.guide)
        again = forms.QuestionForm(form.data, guide=self.guide)
        self.assertTrue(form.is_valid() and again.is_valid())

        first = form.save()
        second = again.save()

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
