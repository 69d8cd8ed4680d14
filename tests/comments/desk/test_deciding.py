from comments.models import Act, Comment, SavedAnswer, Status
from tests.comments.test_admin import LIST, DeskTestCase, address
from tests.factories import make_comment, make_staff


class DecideTests(DeskTestCase):
    def test_answering_publishes_both_and_leads_back_to_the_card_that_follows(self):
        first, second = self.waiting(9, name="Tom"), self.waiting(2)

        response = self.client.post(
            address(first),
            {
                "_answer": "",
                "answer": "Out as you pull.",
                "seen": self.open(first),
                "tab": "answer",
                "then": second.pk,
            },
            follow=True,
        )

        self.assertRedirects(response, f"{LIST}?tab=answer#card-{second.pk}")
        self.assertContains(response, "Published your answer to Tom.")
        first.refresh_from_db()
        answer = first.replies.get()
        self.assertEqual({first.status, answer.status}, {Status.APPROVED})
        self.assertEqual(
            (answer.name, answer.title), ("Dr. Ana Reyes", "Physiotherapist")
        )
        self.assertEqual(first.decisions.get().door, "admin")

    def test_readers_see_it_at_the_next_request(self):
        comment = self.waiting(body="In or out?")
        page = self.guide.get_absolute_url()
        reader = self.client_class()
        self.assertNotContains(reader.get(page), "In or out?")

        self.press(comment, "_answer", "Out as you pull.")

        self.assertContains(reader.get(page), "In or out?")
        self.assertContains(reader.get(page), "Out as you pull.")

    def test_each_button_does_what_it_says(self):
        for button, state in [
            ("_approve", Status.APPROVED),
            ("_reject", Status.REJECTED),
            ("_spam", Status.SPAM),
            ("_remove", Status.REMOVED),
        ]:
            with self.subTest(button):
                comment = self.waiting()
                self.press(comment, button)
                comment.refresh_from_db()
                self.assertEqual(comment.status, state)

                response = self.press(comment, "_restore")

                comment.refresh_from_db()
                self.assertEqual(comment.status, Status.PENDING)
                self.assertRedirects(response, LIST)

    def test_no_address_of_elsewhere_is_followed(self):
        comment = self.waiting()
        data = {"_spam": "", "seen": self.open(comment)}

        response = self.client.post(
            address(comment), data | {"tab": "//e.example", "then": "x\r\n"}
        )

        self.assertRedirects(response, LIST)

    def test_an_empty_answer_is_not_published(self):
        comment = self.waiting()

        response = self.press(comment, "_answer", " \n\u200b")

        self.assertContains(response, "Please write an answer")
        self.assertFalse(Comment.objects.exclude(pk=comment.pk).exists())

    def test_a_written_answer_is_not_thrown_away(self):
        comment = self.waiting()
        for button in ["_approve", "_reject", "_spam", "_remove"]:
            response = self.press(comment, button, "Half an answer")

            self.assertContains(response, "You have written an answer here.")
            self.assertContains(response, "Half an answer")
            comment.refresh_from_db()
            self.assertEqual(comment.status, Status.PENDING)

    def test_a_second_person_is_told_what_the_first_did(self):
        comment = self.waiting()
        seen = self.open(comment)
        comment.reject(by=make_staff(first_name="Pam"), door="admin")

        response = self.press(comment, "_answer", "Out as you pull.", seen=seen)

        self.assertContains(response, "Pam was here. It is now: rejected.")
        self.assertContains(response, "Out as you pull.")
        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.REJECTED)

        self.press(
            comment,
            "_answer",
            "Out as you pull.",
            seen=response.context["card"].form["seen"].value(),
        )

        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.APPROVED)

    def test_two_tabs_publish_one_answer(self):
        for comment in [self.waiting(), make_comment(self.guide)]:
            seen = self.open(comment)
            self.press(comment, "_answer", "Out.", seen=seen)

            response = self.press(comment, "_answer", "Out.", seen=seen)

            self.assertContains(response, "It has an answer now.")
            self.assertEqual(comment.replies.count(), 1)

    def test_a_second_answer_that_is_meant_is_published(self):
        comment = make_comment(self.guide)
        self.press(comment, "_answer", "Out.")

        self.press(comment, "_answer", "And in as you let go.")

        self.assertEqual(comment.replies.count(), 2)

    def test_publishing_below_what_is_hidden_says_that_nobody_sees_it(self):
        asked = make_comment(self.guide)
        reply = make_comment(parent=asked, status=Status.PENDING)
        asked.reject()

        for button, answer in [("_approve", ""), ("_answer", "Out.")]:
            reply.restore()
            response = self.press(reply, button, answer, follow=True)

            self.assertContains(response, "nobody sees it")

    def test_what_a_reader_wrote_cannot_be_changed(self):
        comment = self.waiting(name="Tom", body="My knee")

        self.client.post(
            address(comment),
            {
                "_correct": "",
                "answer": "Changed",
                "body": "Changed",
                "name": "Changed",
                "seen": self.open(comment),
            },
        )

        comment.refresh_from_db()
        self.assertEqual((comment.name, comment.body), ("Tom", "My knee"))

    def test_an_own_answer_is_corrected_and_no_others(self):
        pam = make_staff(first_name="Pam", last_name="Hill")
        comment = make_comment(self.guide)
        own = comment.answer(author=self.ana, body="Ouk.")
        others = comment.answer(author=pam, body="Inn.")

        self.press(own, "_correct", "Out.")
        self.press(others, "_correct", "Changed.")

        own.refresh_from_db()
        others.refresh_from_db()
        self.assertEqual((own.body, own.body_html), ("Out.", "<p>Out.</p>"))
        self.assertEqual(others.body, "Inn.")
        self.assertEqual(Comment.objects.count(), 3)

    def test_a_word_changed_by_its_writer_meanwhile_is_read_first(self):
        comment = self.waiting()
        seen = self.open(comment)
        comment.body = "Another question."
        comment.save()

        response = self.press(comment, "_approve", seen=seen)

        self.assertContains(
            response,
            "Something changed while this page was open. It is in other words now.",
        )
        self.assertContains(response, "Another question.")
        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.PENDING)

    def test_set_aside_it_waits_with_its_note_until_it_is_taken_up(self):
        comment = self.waiting()

        self.client.post(
            address(comment),
            {"_aside": "", "note": "Ask the ward\nfirst.", "seen": self.open(comment)},
        )

        comment.refresh_from_db()
        self.assertEqual((comment.status, comment.tray), ("pending", "aside"))
        page = self.client.get(LIST, {"tab": "aside"})
        self.assertContains(page, "Ask the ward first.")

        self.press(comment, "_take_up")

        comment.refresh_from_db()
        self.assertEqual(comment.tray, "answer")
        self.assertEqual(
            [one.act for one in comment.decisions.all()], [Act.ASIDE, Act.TAKE_UP]
        )

    def test_a_saved_answer_comes_into_the_field_and_decides_nothing(self):
        saved = SavedAnswer.objects.create(title="ward", text="Ring your ward <now>.")
        comment = self.waiting()
        data = {"_use": "", "answer": "Moira,", "saved": saved.pk, "seen": "x"}

        response = self.client.post(address(comment), data)

        self.assertContains(response, "Moira,\n\nRing your ward &lt;now&gt;.")
        self.assertNotContains(response, "field__error")
        self.assertFalse(comment.decisions.exists())
        for chosen in ("", "x\0", "999"):
            response = self.client.post(address(comment), data | {"saved": chosen})
            self.assertContains(response, "Moira,")

    def test_a_forged_saved_answer_inserts_nothing(self):
        comment = self.waiting()

        for saved in ["9" * 5000, "9" * 30, "²", "x", "\0"]:
            response = self.client.post(
                address(comment), {"_use": "", "answer": "Out.", "saved": saved}
            )

            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.context["card"].form["answer"].value(), "Out.")
