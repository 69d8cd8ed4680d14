import json

from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, EmailAddress, Status
from guide import questions
from guide.models import Section
from tests.comments.desk.test_of_thread import PageTestCase
from tests.factories import make_comment


class ReaderTests(PageTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.url_of_reader = reverse("admin:comments_comment_of_reader")
        cls.waiting = make_comment(
            parent=make_comment(cls.guide, name="Tom", email="tom@example.org"),
            status=Status.PENDING,
            email="marjorie@example.org",
            body="Still heavy.",
        )

    def post(self, button, address="marjorie@EXAMPLE.org"):
        return self.client.post(self.url_of_reader, {"address": address, button: ""})

    def test_all_she_sent_is_found_in_every_state(self):
        response = self.post("_find")

        self.assertContains(response, "2 comments")
        self.assertContains(response, "I live in Hull.")
        self.assertContains(response, "Still heavy.")
        self.assertEqual(Comment.objects.count(), 4)

    def test_where_her_name_stands_besides_is_listed_before_she_is_erased(self):
        Section.objects.create(
            guide=self.guide, kind=questions.KIND, prose="<p>As Marjorie’s is.</p>"
        )
        other = self.asked.answer(author=self.ana, body="Marjories are flowers.")

        page = self.post("_find")

        self.assertContains(page, f'href="{self.url("change", self.answer)}"')
        self.assertContains(page, "The questions of “Two rows”")
        self.assertNotContains(page, f'href="{self.url("change", other)}"')
        self.assertNotContains(self.post("_find", "tom@example.org"), "may stand here")

    def test_they_come_as_a_file(self):
        response = self.post("_export")

        self.assertIn("attachment", response["Content-Disposition"])
        said = [one["text"] for one in json.loads(response.content)["comments"]]
        self.assertEqual(said, ["I live in Hull. In or out?", "Still heavy."])

    def test_the_file_holds_what_was_found_decided_and_mailed_too(self):
        Comment.objects.filter(pk=self.waiting.pk).update(
            findings=[{"check": "own_words", "words": ["heavy"]}]
        )
        EmailAddress.objects.create(
            email=self.waiting.email, confirmed_at=timezone.now()
        )

        data = self.post("_export").json()

        last = data["comments"][-1]
        self.assertEqual(last["held for"][0]["words"], ["heavy"])
        self.assertIn("decisions", last)
        self.assertNotIn(self.waiting.secret, str(data))
        (mails,) = data["mails"]
        self.assertEqual(mails["e-mail address"], self.waiting.email)
        self.assertIsNone(mails["its mail server refused ours at"])
        self.assertIsNotNone(mails["you said yes to mails at"])

    def test_they_are_erased_in_one_act_and_that_alone_is_recorded(self):
        secret = self.asked.secret

        page = self.post("_erase")
        self.assertContains(page, "There is no way back.")
        self.assertTrue(Comment.objects.filter(pk=self.waiting.pk).exists())

        response = self.post("_erase_now")

        self.assertRedirects(response, self.url_of_reader)
        self.assertFalse(Comment.objects.filter(pk=self.waiting.pk).exists())
        row = str(Comment.objects.filter(pk=self.asked.pk).values().get())
        for word in ("Marjorie", "marjorie", "Hull"):
            self.assertNotIn(word, row)
        self.assertTrue(Comment.objects.get(pk=self.answer.pk).is_shown())
        self.assertTrue(Comment.objects.filter(name="Tom").exists())
        self.assertEqual(self.client.get(f"/comments/{secret}/").status_code, 404)
        entries = LogEntry.objects.filter(user=self.ana)
        self.assertEqual(
            {entry.object_repr for entry in entries},
            {f"#{self.asked.pk}", f"#{self.waiting.pk}"},
        )
        self.assertContains(self.post("_find"), "Nothing was sent with this address.")

    def test_no_answer_of_the_authors_is_found_by_her_address(self):
        Comment.objects.filter(pk=self.answer.pk).update(email="ana@example.org")

        self.assertContains(self.post("_find", "ana@example.org"), "Nothing was sent")

    def test_what_is_no_address_is_said(self):
        for address in ("", "tom", "a@b\n.org", "\0"):
            with self.subTest(address):
                self.assertEqual(self.post("_erase_now", address).status_code, 422)
        self.assertEqual(Comment.objects.count(), 4)

    def test_the_list_leads_to_it_where_one_may(self):
        url = reverse("admin:comments_comment_changelist")
        self.assertContains(self.client.get(url), self.url_of_reader)

        self.sign_in_as_assistant()

        self.assertNotContains(self.client.get(url), self.url_of_reader)
        self.assertEqual(self.post("_find").status_code, 403)
        self.assertNotContains(self.client.get(self.url("change")), "This thread")
