from datetime import timedelta

from django.test import TestCase
from django.utils import timezone

from comments import checks
from comments.models import Comment, Status
from tests.factories import make_comment, make_guide


class ReasonsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()

    def reasons(self, *, body="In or out?", trap="", seconds=60):
        comment = Comment(guide=self.guide, name="Tom", body=body)
        checks.judge(comment, checks.Sent(trap=trap, seconds=seconds))
        return checks.sentences(comment)

    def test_a_question_like_any_is_held_for_nothing(self):
        self.assertEqual(self.reasons(), [])

    def test_each_check_says_why(self):
        links = " ".join(f"https://example.org/{n}" for n in range(3))
        for values, reason in [
            ({"trap": "x"}, "A field that people do not see was filled in."),
            ({"seconds": 2.9}, "It was sent within three seconds of opening the form."),
            ({"body": links}, "It holds 3 links."),
        ]:
            with self.subTest(reason):
                self.assertEqual(self.reasons(**values), [reason])

    def test_two_links_are_few(self):
        self.assertEqual(self.reasons(body="https://a.example https://b.example"), [])

    def test_the_same_text_in_any_state_is_noticed_for_a_week(self):
        for state in Status:
            comment = make_comment(self.guide, status=state, body=f"Buy {state}")
            self.assertEqual(len(self.reasons(body=f"Buy {state}")), 1)

            Comment.objects.filter(pk=comment.pk).update(
                created_at=timezone.now() - timedelta(days=8)
            )
            self.assertEqual(self.reasons(body=f"Buy {state}"), [])

    def test_several_reasons_stand_together(self):
        self.assertEqual(len(self.reasons(trap="x", seconds=0)), 2)
