from comments.desk import seen
from comments.models import Act, Comment, Decision
from guide.models import SearchEntry
from tests.comments.test_admin import LIST, DeskTestCase, address
from tests.factories import make_comment


class RedactTests(DeskTestCase):
    def strike(self, comment, **data):
        url = address(comment, "redact")
        seen = self.client.get(url).context["form"]["seen"].value()
        return self.client.post(url, {"seen": seen} | data)

    def test_typed_words_are_gone_from_everywhere_and_the_record_names_none(self):
        comment = make_comment(
            self.guide,
            name="Moira Hill",
            body="I am Moira  Hill. Also moira hill's knee hurts, seen by Dr. Stone.",
            findings=[{"check": "names", "words": ["Moira  Hill", "Dr. Stone"]}],
            form_token="0" * 64,
        )
        comment.answer(author=self.ana, body="Slowly.")
        reader = self.client_class()
        page = self.guide.get_absolute_url()
        self.assertContains(reader.get(page), "Stone")

        with self.captureOnCommitCallbacks(execute=True):
            response = self.strike(
                comment, typed="Moira Hill\nDr. Stone", hides_name="on"
            )

        self.assertRedirects(response, address(comment))
        comment.refresh_from_db()
        self.assertEqual(
            comment.body,
            "I am [removed]. Also [removed]'s knee hurts, seen by [removed].",
        )
        row = str(Comment.objects.values().get(pk=comment.pk))
        found = str(list(SearchEntry.objects.values()))
        record = str(list(Decision.objects.values()))
        shown = reader.get(page).text
        for word in ("Moira", "moira", "Hill", "Stone", "0000"):
            for where in (row, found, record, shown):
                self.assertNotIn(word, where)
        self.assertIn("[removed]", shown)
        self.assertIn("[removed]", found)
        last = comment.decisions.last()
        self.assertEqual((last.act, last.by), (Act.REDACT, self.ana))

    def test_what_was_found_in_the_name_stays_while_the_name_does(self):
        found = {"check": "imitation", "words": ["Dr Ana Reyes"]}
        comment = self.waiting(name="Dr Ana Reyes", body="Ring Tom.", findings=[found])

        self.strike(comment, typed="Tom")

        comment.refresh_from_db()
        self.assertEqual(comment.findings, [found])
        self.strike(comment, hides_name="on")
        comment.refresh_from_db()
        self.assertEqual(comment.findings, [])

    def test_of_two_that_overlap_nothing_stays(self):
        comment = self.waiting(body="I am Tom Hill. I live in Hull. My knee hurts!")

        self.strike(comment, ticked=["0"], typed="Tom Hill. I live in Hull")

        comment.refresh_from_db()
        self.assertEqual(comment.body, "[removed]. My knee hurts!")

    def test_sentences_are_ticked(self):
        comment = self.waiting(body="I am Tom Hill. My knee hurts! I live in Hull.")

        self.strike(comment, ticked=["0", "2"])

        comment.refresh_from_db()
        self.assertEqual(comment.body, "[removed] My knee hurts! [removed]")

    def test_whole_words_alone_are_struck_out(self):
        comment = self.waiting(body="Al also says: (AL) 20% of it.")

        self.strike(comment, typed="al\n20%")

        comment.refresh_from_db()
        self.assertEqual(
            comment.body, "[removed] also says: ([removed]) [removed] of it."
        )

    def test_it_is_never_undone(self):
        comment = self.waiting(body="I am Tom.")
        self.strike(comment, typed="Tom")

        page = self.client.get(address(comment))
        self.client.post(LIST, {"undo": seen.tokens_of([comment])})

        self.assertNotContains(page, 'name="undo" value')
        comment.refresh_from_db()
        self.assertEqual(comment.body, "I am [removed].")

    def test_what_does_not_stand_there_or_nothing_at_all_is_said(self):
        comment = self.waiting(body="I am Tom.")

        for data, words in [
            ({"typed": "Tim\nTom"}, "This does not stand in the text: Tim."),
            ({}, "Tick or type what is to be struck out."),
            ({"ticked": ["7"]}, "Select a valid choice"),
        ]:
            self.assertContains(self.strike(comment, **data), words)
        comment.refresh_from_db()
        self.assertEqual(comment.body, "I am Tom.")

    def test_a_text_that_changed_meanwhile_is_left_alone(self):
        comment = self.waiting(body="I am Tom.")

        response = self.strike(comment, typed="Tom", seen="x")

        self.assertContains(response, "Nothing was struck")
        comment.refresh_from_db()
        self.assertEqual(comment.body, "I am Tom.")

    def test_an_answer_is_corrected_and_not_struck_out(self):
        answer = make_comment(self.guide).answer(author=self.ana, body="Out.")

        self.assertEqual(self.client.get(address(answer, "redact")).status_code, 404)
