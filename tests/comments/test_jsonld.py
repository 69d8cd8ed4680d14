import json
import re

from django.template import Context, Template
from django.test import TestCase, override_settings

from comments import jsonld
from comments.models import Status
from tests.factories import make_comment, make_guide, make_staff
from tests.guide import schema_org


@override_settings(SITE_URL="https://upright.example")
class ThreadTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(slug="rows")
        cls.ana = make_staff(name="Dr. Ana Reyes", title="Physiotherapist")
        cls.page = "https://upright.example/guides/rows/#page"

    def block(self, page=1):
        html = Template("{% load comments %}{% comment_thread guide page %}").render(
            Context({"guide": self.guide, "page": page})
        )
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
        return json.loads(found[1]) if found else None

    def questions(self, page=1):
        return self.block(page)["@graph"][0]["comment"]

    def test_a_question_and_its_answer_hang_on_the_page_of_the_guide(self):
        asked = make_comment(self.guide, name="Tom & <Tom>", body="Out?\nOr in?")
        answer = asked.answer(author=self.ana, body="Out.")

        block = self.block()

        known = {self.page: "MedicalWebPage"}
        self.assertEqual(schema_org.faults([block], known), [])
        node = block["@graph"][0]
        self.assertEqual(node["@id"], self.page)
        question = node["comment"][0]
        self.assertEqual(question["text"], "Out?\nOr in?")
        self.assertEqual(question["author"]["name"], "Tom & <Tom>")
        self.assertNotIn("jobTitle", question["author"])
        url = f"https://upright.example/guides/rows/#comment-{asked.pk}"
        self.assertEqual(question["url"], url)
        said = question["comment"][0]
        self.assertEqual(said["text"], "Out.")
        self.assertEqual(said["author"]["jobTitle"], "Physiotherapist")
        self.assertTrue(said["url"].endswith(f"#comment-{answer.pk}"))

    def test_without_questions_there_is_no_block(self):
        make_comment(self.guide, status=Status.PENDING)

        self.assertIsNone(self.block())

    def test_what_was_taken_back_is_not_told_nor_what_answers_it(self):
        asked = make_comment(self.guide, body="Private.")
        asked.answer(author=self.ana, body="To Private.")
        asked.take_back()
        make_comment(self.guide, body="Public.")

        told = json.dumps(self.block())

        self.assertNotIn("aken back", told)
        self.assertNotIn("Private", told)
        self.assertIn("Public.", told)

    def test_readers_among_themselves_stay_on_the_page(self):
        asked = make_comment(self.guide)
        reply = make_comment(parent=asked, body="Me too.")
        reply.answer(author=self.ana, body="Good.")

        self.assertNotIn("comment", self.questions()[0])

    def test_nothing_written_ends_the_block(self):
        typed = "</script><script>alert(1)</script> \u2028 <!-- ]]>"
        make_comment(self.guide, body=typed, name="</script>")

        self.assertIn("</script><script>alert(1)", self.questions()[0]["text"])

    def test_a_long_page_is_told_up_to_a_bound(self):
        for _ in range(20):
            asked = make_comment(self.guide)
            for _ in range(4):
                asked.answer(author=self.ana, body="Yes.")

        questions = self.questions()

        count = len(questions) + sum(len(one.get("comment", [])) for one in questions)
        self.assertEqual(count, jsonld.MOST)

    def test_the_second_page_tells_its_own(self):
        for number in range(21):
            make_comment(self.guide, body=f"Root {number}.")

        (question,) = self.questions(page=2)

        self.assertEqual(question["text"], "Root 20.")
        self.assertIn("/guides/rows/?page=2#comment-", question["url"])
