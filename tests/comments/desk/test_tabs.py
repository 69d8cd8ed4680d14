from django.utils import timezone

from tests.comments.test_admin import LIST, DeskTestCase
from tests.factories import make_comment


class TabTests(DeskTestCase):
    def lies(self, tab="", **query):
        """Return what lies under a tab, in its order."""
        response = self.client.get(LIST, {"tab": tab} | query)
        return [card.comment for card in response.context["cards"]]

    def test_what_waits_longest_stands_first_and_whom_one_trusts_before(self):
        two, nine = self.waiting(2), self.waiting(9)
        trusted = self.waiting(1, is_trusted=True)
        make_comment(self.guide)

        self.assertEqual(self.lies("answer"), [trusted, nine, two])
        self.assertContains(self.client.get(LIST), "To answer <b>3</b>")

    def test_each_lies_under_its_tab(self):
        asked = make_comment(self.guide)
        lying = {
            "urgent": self.waiting(is_urgent=True),
            "answer": self.waiting(),
            "waiting": self.waiting(parent=asked),
            "aside": self.waiting(set_aside_at=timezone.now()),
            "approved": asked,
        }
        for state in ["rejected", "removed"]:
            lying[state] = make_comment(self.guide, status=state)
        for tab, comment in lying.items():
            with self.subTest(tab):
                self.assertEqual(self.lies(tab), [comment])
        likely = self.waiting(spam_score=0.95)
        spam = make_comment(self.guide, status="spam")
        self.assertEqual(self.lies("spam"), [likely, spam])

    def test_what_may_be_urgent_is_never_folded_away(self):
        comment = self.waiting(is_urgent=True, spam_score=1)

        self.assertEqual(self.lies("urgent"), [comment])

    def test_one_comes_to_where_the_first_work_lies(self):
        for tab, values in [
            ("waiting", {"parent": make_comment(self.guide)}),
            ("answer", {}),
            ("urgent", {"is_urgent": True}),
        ]:
            self.waiting(**values)
            self.assertEqual(self.client.get(LIST).context["tab"], tab)

    def test_an_unknown_tab_or_page_is_none(self):
        self.waiting()

        self.assertEqual(len(self.lies("x\0")), 1)
        self.assertEqual(len(self.lies("answer", page="x\0")), 1)
        self.assertEqual(self.lies("answer", page="2"), [])
        self.assertEqual(self.client.get(LIST, {"page": "501"}).status_code, 404)

    def test_a_search_finds_words_and_names(self):
        found = self.waiting(body="My left heel")
        self.waiting(body="Breathing")

        self.assertEqual(self.lies(q="heel"), [found])
        self.assertEqual(self.lies(q="no\0ne"), [])
