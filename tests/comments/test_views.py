import re
import time
from unittest.mock import patch

from django.core import signing
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments import mail
from comments.models import Comment, EmailAddress, Status
from tests.factories import make_comment, make_guide, make_staff


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

    def test_it_says_where_to_ask_one_more(self):
        make_comment(self.guide).answer(author=self.ana, body="Out.")

        page = self.client.get(self.url)

        self.assertContains(page, 'Open <a href="/guides/">the guide</a> it is about')
        self.assertNotContains(page, "Nothing is answered yet")

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
