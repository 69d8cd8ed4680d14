import re

from django.contrib.messages import get_messages

from comments.desk import seen
from comments.models import Act, Comment, Status
from tests.comments.test_admin import LIST, DeskTestCase, address
from tests.factories import make_comment, make_staff


class ManyTests(DeskTestCase):
    def press(self, button, comments, name="chosen", tab="answer", **more):
        chosen = {name: seen.tokens_of(comments).split()}
        data = {button: "", "tab": tab} | chosen | more
        return self.client.post(LIST, data, follow=True)

    def test_many_are_decided_at_once(self):
        for button, state in [
            ("_approve", Status.APPROVED),
            ("_reject", Status.REJECTED),
            ("_spam", Status.SPAM),
            ("_restore", Status.PENDING),
        ]:
            with self.subTest(button):
                chosen = [make_comment(self.guide, status="removed") for _ in range(2)]

                response = self.press(button, chosen)

                self.assertContains(response, f"2 comments are now {state.label}.")
                for comment in chosen:
                    comment.refresh_from_db()
                    self.assertEqual(comment.status, state)
                    self.assertEqual(comment.decisions.get().by, self.ana)

    def test_all_on_the_page_need_no_ticks(self):
        chosen = [self.waiting(), self.waiting()]

        self.press("_spam", chosen, name="shown", all="on")

        self.assertEqual(
            {*Comment.objects.all()}, {*Comment.objects.filter(status="spam")}
        )

    def test_without_a_tick_nothing_is_decided(self):
        comment = self.waiting()

        response = self.press("_spam", [comment], name="shown")

        self.assertContains(response, "Tick the comments first")
        self.assertFalse(comment.decisions.exists())

    def test_what_somebody_else_decided_meanwhile_is_left_alone(self):
        one, two, other = self.waiting(), self.waiting(), self.waiting()
        chosen = seen.tokens_of([one, two]).split()
        one.approve(by=make_staff())

        response = self.client.post(
            LIST,
            {"_spam": "", "chosen": [*chosen, "x", f"0{other.pk}:y", "\0:"]},
            follow=True,
        )

        self.assertContains(response, "1 comment is now spam. 4 were changed")
        one.refresh_from_db()
        self.assertEqual(one.status, Status.APPROVED)

    def test_many_are_undone_at_once_unless_somebody_was_quicker(self):
        one, two = self.waiting(), self.waiting()
        response = self.press("_reject", [one, two])
        button = re.search(r'name="undo" value="([^"]+)"', response.content.decode())
        two.spam(by=make_staff())

        response = self.client.post(LIST, {"undo": button[1]}, follow=True)

        self.assertContains(response, "Taken back. It is now: to answer. 1 was changed")
        one.refresh_from_db()
        two.refresh_from_db()
        self.assertEqual((one.status, two.status), (Status.PENDING, Status.SPAM))
        self.assertEqual(one.decisions.last().act, Act.UNDO)

    def test_nothing_is_said_to_be_done_to_none(self):
        comment = self.waiting()
        response = self.press("_reject", [comment])
        button = re.search(r'name="undo" value="([^"]+)"', response.content.decode())
        comment.answer(author=make_staff(), body="Slowly.")

        for data, said in [
            ({"undo": button[1]}, "1 was changed meanwhile"),
            ({"_spam": "", "chosen": button[1].split()}, "1 was changed meanwhile"),
            ({"_approve": "", "chosen": seen.tokens_of([comment])}, "Nothing changed."),
        ]:
            response = self.client.post(LIST, data, follow=True)
            self.assertContains(response, f'<li class="success">{said}')


class UndoTests(DeskTestCase):
    def undo(self, response, **options):
        *_, button = re.findall(
            r'name="undo" value="([^"]+)"', str(self.said(response))
        )
        return self.client.post(LIST, {"undo": button}, follow=True, **options)

    def said(self, response):
        return [str(message) for message in get_messages(response.wsgi_request)]

    def test_what_its_writer_did_is_not_taken_back(self):
        changed = make_comment(self.guide, body="Nice")
        changed.body = "Buy pills"
        changed.change()
        erased = self.waiting()
        erased.answer(author=self.ana, body="Slowly.")
        erased.spam(by=self.ana)
        erased.take_back()

        for comment, state in [(changed, Status.PENDING), (erased, Status.REMOVED)]:
            comment = Comment.objects.get(pk=comment.pk)
            page = self.client.get(address(comment))
            self.client.post(LIST, {"undo": seen.tokens_of([comment])})

            self.assertNotContains(page, 'name="undo" value')
            comment.refresh_from_db()
            self.assertEqual(comment.status, state)

    def test_every_decision_is_taken_back_by_its_message(self):
        for button, was in [
            ("_approve", "pending"),
            ("_reject", "pending"),
            ("_spam", "approved"),
            ("_remove", "approved"),
            ("_restore", "approved"),
            ("_approve", "spam"),
        ]:
            with self.subTest(f"{was} {button}"):
                comment = make_comment(self.guide, status=was)
                self.undo(self.press(comment, button))
                comment.refresh_from_db()
                self.assertEqual(comment.status, was)

    def test_an_answer_goes_off_the_page_and_its_words_wait_in_the_field(self):
        comment = self.waiting()
        response = self.undo(self.press(comment, "_answer", "Out as you pull."))

        self.assertContains(response, "Taken back.")
        comment.refresh_from_db()
        self.assertEqual(comment.tray, "answer")
        self.assertFalse(Comment.objects.answers().exists())
        page = self.client.get(address(comment))
        self.assertEqual(
            page.context["card"].form["answer"].value(), "Out as you pull."
        )

        self.press(comment, "_answer", "In as you pull.")

        answer = comment.replies.get()
        self.assertEqual((answer.body, answer.status), ("In as you pull.", "approved"))

    def test_the_same_from_the_page_of_the_question(self):
        """Published again without an answer, it must not bring the old one back."""
        comment = self.waiting()
        self.press(comment, "_answer", "Out as you pull.")
        comment.refresh_from_db()

        self.assertTrue(comment.undo(by=self.ana, door="admin"))
        comment.approve(by=self.ana)

        self.assertFalse(Comment.objects.answers().exists())

    def test_a_second_answer_alone_is_taken_back_from_what_was_published(self):
        comment = make_comment(self.guide)

        self.undo(self.press(comment, "_answer", "Out."))

        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.APPROVED)
        self.assertEqual(comment.replies.get().status, Status.REMOVED)

    def test_the_words_of_a_withdrawn_answer_do_not_bar_another_decision(self):
        comment = self.waiting()
        self.undo(self.press(comment, "_answer", "Out."))

        self.press(comment, "_reject", "Out.")

        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.REJECTED)

    def test_setting_aside_is_undone_and_its_undoing_too(self):
        comment = self.waiting()
        response = self.undo(self.press(comment, "_aside"))
        comment.refresh_from_db()
        self.assertEqual(comment.tray, "answer")

        *_, button = re.findall(r'name="undo" value="([^"]+)"', response.text)
        self.client.post(LIST, {"undo": button})

        comment.refresh_from_db()
        self.assertEqual(comment.tray, "aside")

    def test_undoing_leads_to_the_card_that_is_back(self):
        comment = self.waiting()
        comment.reject(by=self.ana)

        response = self.client.post(
            LIST, {"undo": seen.tokens_of([comment]), "tab": "answer"}
        )

        self.assertRedirects(response, f"{LIST}?tab=answer#card-{comment.pk}")
