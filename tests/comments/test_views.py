import time

from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comments import checks, forms
from comments.models import Comment, Status
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
        self.assertContains(sent, "Nothing was sent", status_code=403)
        self.assertContains(sent, "Do I breathe out", status_code=403)
        self.assertFalse(Comment.objects.exists())


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

    def test_the_desk_can_tell_what_came_from_one_place_and_not_from_which(self):
        for number, address in enumerate(["192.0.2.1", "192.0.2.1", "192.0.2.2"]):
            self.post(number, address)

        first, second, other = (c.sender for c in Comment.objects.order_by("pk"))
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)
        self.assertEqual(len(first), 6)

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
            response = self.client.post(url, form_of(guide, body="Another?"))

        self.assertEqual(response.status_code, 303)
        self.assertLessEqual(len(queries), 10)


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
        self.assertContains(response, f'href="{asked.get_absolute_url()}"')
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
