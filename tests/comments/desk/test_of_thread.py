import json

from django.contrib.auth.models import Permission
from django.test import TestCase
from django.urls import reverse

from comments.models import Status
from guide import changes
from tests.factories import make_comment, make_guide, make_staff


class PageTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Dr. Ana Reyes", username="ana")
        cls.guide = make_guide(exercises=1, title="Two rows")
        cls.asked = make_comment(
            cls.guide,
            name="Marjorie K.",
            email="Marjorie@example.org",
            body="I live in Hull. In or out?",
        )
        cls.answer = cls.asked.answer(author=cls.ana, body="Out, Marjorie.")

    def setUp(self):
        self.client.force_login(self.ana)

    def url(self, name, comment=None):
        args = [(comment or self.asked).pk]
        return reverse(f"admin:comments_comment_{name}", args=args)

    def sign_in_as_assistant(self):
        sam = make_staff(is_superuser=False)
        sam.user_permissions.set(
            Permission.objects.filter(codename__in=["view_comment", "change_comment"])
        )
        self.client.force_login(sam)


class PinTests(PageTestCase):
    def test_one_press_pins_the_thread_of_an_answer_and_one_unpins_it(self):
        for is_pinned, words in [(True, "Unpin the thread"), (False, "Pin the thread")]:
            response = self.client.post(self.url("pin", self.answer), follow=True)

            self.assertContains(response, words)
            self.asked.refresh_from_db()
            self.assertEqual(self.asked.pinned_at is not None, is_pinned)

    def test_there_is_room_for_three(self):
        for _ in range(3):
            make_comment(self.guide).pin()

        response = self.client.post(self.url("pin"), follow=True)

        self.assertContains(response, "Unpin one of them first.")
        self.asked.refresh_from_db()
        self.assertIsNone(self.asked.pinned_at)

    def test_what_waits_offers_no_pin(self):
        waiting = make_comment(self.guide, status=Status.PENDING)

        self.assertNotContains(
            self.client.get(self.url("change", waiting)), "Pin the thread"
        )


class EntryTests(PageTestCase):
    def test_it_is_shown_without_names_and_places_and_written_by_one_press(self):
        page = self.client.get(self.url("entry"))
        form = page.context["form"]
        self.assertEqual(form["question"].value(), "I live in […]. In or out?")
        self.assertEqual(form["answer"].value(), "Out, […].")

        response = self.client.post(
            self.url("entry"),
            {"question": "In or out?", "answer": "Out.\n\nSee https://a.example/"},
            follow=True,
        )

        section = self.guide.sections.get()
        self.assertEqual(
            section.prose,
            "<h3>In or out?</h3><p>Out.</p>\n\n"
            '<p>See <a href="https://a.example/">https://a.example/</a></p>',
        )
        self.assertContains(response, f"/guides/{self.guide.slug}/#part-{section.pk}")
        self.assertContains(response, "It is an entry of the guide’s own questions")
        self.assertContains(
            self.client_class().get(self.guide.get_absolute_url()),
            "<h3>In or out?</h3>",
        )

    def test_a_second_press_writes_no_second_entry(self):
        values = {"question": "In or out?", "answer": "Out."}
        for _ in range(2):
            response = self.client.post(self.url("entry"), values, follow=True)

        self.assertContains(response, "It is an entry already.")
        self.assertEqual(self.guide.sections.get().prose.count("<h3>"), 1)
        self.assertNotContains(self.client.get(self.url("entry")), "<textarea")

    def test_what_is_missing_is_said_and_nothing_typed_is_lost(self):
        for values, words in [
            ({"question": "", "answer": "Out."}, "Please write the question."),
            ({"question": "In?", "answer": " \n"}, "Please write the answer."),
            ({"question": "x" * 301, "answer": "Out."}, "at most 300"),
        ]:
            with self.subTest(words):
                response = self.client.post(self.url("entry"), values)

                self.assertContains(response, words, status_code=422)
                self.assertFalse(self.guide.sections.exists())
        self.assertContains(response, "Out.</textarea>", status_code=422)

    def test_a_guide_that_cannot_take_it_says_why(self):
        self.guide.sections.create(
            kind="questions", heading="Q", prose=f"<p>{'x' * 299_990}</p>"
        )

        response = self.client.post(
            self.url("entry"), {"question": "In?", "answer": "Out."}
        )

        self.assertContains(response, "300,000 characters fit", status_code=422)
        self.asked.refresh_from_db()
        self.assertIsNone(self.asked.entered_at)

    def test_what_becomes_of_the_comment_leaves_the_entry(self):
        self.client.post(self.url("entry"), {"question": "In?", "answer": "Out."})

        self.asked.take_back()

        self.assertEqual(self.guide.sections.get().prose, "<h3>In?</h3><p>Out.</p>")

    def test_only_an_answered_question_becomes_one(self):
        hidden = make_comment(self.guide)
        hidden.answer(author=self.ana, body="Yes.")
        hidden.reject()
        for comment in (make_comment(self.guide), self.answer, hidden):
            response = self.client.get(self.url("entry", comment))
            self.assertEqual(response.status_code, 403)

    def test_changes_that_wait_go_on_waiting(self):
        data = changes.content(self.guide) | {"title": "Three rows"}
        changes.let_wait(self.guide, data, by=self.ana)

        self.client.post(self.url("entry"), {"question": "In?", "answer": "Out."})

        page = self.client_class().get(self.guide.get_absolute_url())
        self.assertContains(page, "<h3>In?</h3>")
        self.assertNotContains(page, "Three rows")


class RecordTests(PageTestCase):
    def test_it_holds_the_thread_in_all_states_with_every_decision(self):
        waiting = make_comment(parent=self.asked, status=Status.PENDING)
        waiting.spam(by=self.ana, door="admin", reason="Links.")
        make_comment(self.guide, body="Another thread")

        response = self.client.get(self.url("record", self.answer))

        self.assertIn("attachment", response["Content-Disposition"])
        self.assertIn("no-store", response["Cache-Control"])
        data = json.loads(response.content)
        self.assertEqual(
            [one["state"] for one in data["comments"]], ["approved", "approved", "spam"]
        )
        self.assertEqual(data["comments"][0]["text"], "I live in Hull. In or out?")
        answered, decision = data["decisions"]
        self.assertEqual(answered["comment"], self.answer.pk)
        self.assertEqual(
            [decision[name] for name in ("was", "to", "by", "door", "reason")],
            ["pending", "spam", "ana", "admin", "Links."],
        )
        self.assertNotIn(b"example.org", response.content)
