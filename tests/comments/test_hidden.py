"""Nothing tells of what waits, and one answers only what stands on the page."""

import re

from django.core.cache import cache
from django.test import TestCase
from django.urls import reverse

from comments.forms import QuestionForm
from comments.models import Comment, Status
from tests.comments.test_asking import form_of
from tests.factories import make_comment, make_guide, make_staff

CHANGING = re.compile(rb'name="(csrfmiddlewaretoken|token|name)" value="[^"]*"')


class NothingTellsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Ana")
        cls.guide = make_guide(slug="rows")
        for _ in range(6):
            cls.asked = make_comment(cls.guide, name="Tom", body="In or out?")
            cls.asked.answer(author=cls.ana, body="Out.")
        cls.mine = make_comment(cls.guide, status=Status.PENDING)
        cls.new = f"{reverse('comments:new')}?guide={cls.guide.pk}"

    def seen(self):
        """Return all that a stranger sees, with what each answer says of itself."""
        cache.clear()
        seen = {}
        for url in [
            "/",
            "/guides/",
            "/guides/rows/",
            "/guides/rows/?order=newest",
            "/guides/rows/print/",
            "/guides/rows/comments/feed/",
            "/questions/",
            "/questions/feed/",
            "/search/?q=flamingo",
            "/search/?q=out",
            "/feed/",
            "/sitemap.xml",
            self.new,
            f"{self.new}&to={self.asked.pk}",
            # Whoever waits herself learns nothing of the others: the usual time too.
            f"/comments/{self.mine.secret}/",
        ]:
            response = self.client.get(url, headers={"accept-encoding": ""})
            headers = dict(response.items())
            headers.pop("Expires", None)
            content = CHANGING.sub(b"", response.content)
            headers.pop("Content-Length", None)
            seen[url] = response.status_code, headers, content
        return seen

    def test_what_is_sent_changes_no_byte_of_any_page(self):
        before = self.seen()

        for to in ("", f"&to={self.asked.pk}"):
            sent = form_of(self.guide, body=f"Like a flamingo{to}?")
            response = self.client.post(f"{self.new}{to}", sent)
            self.assertEqual(response.status_code, 303)
        for state in ("rejected", "spam", "removed"):
            Comment.objects.pending().filter(body__contains="&").move(to=state)

        after = self.seen()
        for url, what in before.items():
            with self.subTest(url):
                self.assertEqual(what, after[url])

    def test_the_address_of_one_that_waits_is_that_of_none(self):
        hidden = [make_comment(self.guide, status=s) for s in Status if s != "approved"]
        below = make_comment(parent=hidden[1])
        draft = make_comment(make_guide(published_at=None))
        answers = set()
        for pk in (10**6, 10**30, draft.pk, below.pk, *(one.pk for one in hidden)):
            response = self.client.get(f"/comments/{pk}/")
            said = response.content.replace(f"/comments/{pk}/".encode(), b"")
            answers.add((response.status_code, said))

        self.assertEqual({status for status, _said in answers}, {404})
        self.assertEqual(len(answers), 1)

    def test_the_form_to_reply_to_one_is_that_of_none(self):
        hidden = [make_comment(self.guide, status=s) for s in Status if s != "approved"]
        for act in (self.client.get, self.send):
            answers = set()
            for pk in (10**6, *(one.pk for one in hidden)):
                response = act(f"{self.new}&to={pk}")
                said = CHANGING.sub(b"", response.content)
                answers.add((response.status_code, said))
            self.assertEqual(len(answers), 1)

    def send(self, url):
        return self.client.post(url, form_of(self.guide))


class ParentTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()

    def parent(self, comment):
        return QuestionForm(guide=self.guide, to=str(comment.pk)).parent

    def test_one_answers_what_stands_on_the_page(self):
        root = make_comment(self.guide)
        reply = make_comment(parent=root)

        self.assertEqual([self.parent(root), self.parent(reply)], [root, reply])

    def test_one_does_not_answer_what_is_hidden(self):
        for state in Status:
            if state != Status.APPROVED:
                self.assertIsNone(self.parent(make_comment(self.guide, status=state)))

    def test_nor_what_stands_below_something_hidden(self):
        root = make_comment(self.guide)
        middle = make_comment(parent=root)
        below = make_comment(parent=middle)
        middle.reject()

        self.assertIsNone(self.parent(below))

    def test_nor_what_stands_below_another_guide(self):
        self.assertIsNone(self.parent(make_comment(make_guide())))

    def test_nor_what_was_taken_back(self):
        asked = make_comment(self.guide)
        make_comment(parent=asked)
        asked.take_back()

        self.assertIsNone(self.parent(Comment.objects.get(pk=asked.pk)))

    def test_a_circle_is_refused_and_hangs_no_page(self):
        root = make_comment(self.guide)
        reply = make_comment(parent=root)
        deeper = make_comment(parent=reply)
        root.parent = deeper

        with self.assertRaisesMessage(ValueError, "its own descendant"):
            root.save()

        Comment.objects.filter(pk=root.pk).update(parent=deeper)
        self.assertFalse(Comment.objects.get(pk=root.pk).is_shown())
        response = self.client.get(self.guide.get_absolute_url())
        self.assertEqual(response.status_code, 200)

    def test_a_parent_of_another_guide_is_refused(self):
        with self.assertRaisesMessage(ValueError, "another guide"):
            make_comment(self.guide, parent=make_comment(make_guide()))
