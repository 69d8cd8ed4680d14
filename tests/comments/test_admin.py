import re
from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments import desk
from comments.models import (
    Act,
    Comment,
    Decision,
    RedFlag,
    SavedAnswer,
    Settings,
    Status,
)
from guide.models import SearchEntry
from tests.factories import make_comment, make_guide, make_staff

LIST = "/admin/comments/comment/"


def address(comment, what="change"):
    return reverse(f"admin:comments_comment_{what}", args=[comment.pk])


class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(
            name="Dr. Ana Reyes", title="Physiotherapist", first_name="Ana"
        )
        cls.guide = make_guide(title="Two rows")

    def setUp(self):
        self.client.force_login(self.ana)

    def waiting(self, days=0, **values):
        return make_comment(
            self.guide,
            status=Status.PENDING,
            created_at=timezone.now() - timedelta(days=days),
            **values,
        )

    def press(self, comment, button, answer="", *, seen=None, **options):
        """Press a button of the page as it was opened a moment ago."""
        if seen is None:
            seen = self.open(comment)
        return self.client.post(
            address(comment), {button: "", "answer": answer, "seen": seen}, **options
        )

    def open(self, comment):
        form = self.client.get(address(comment)).context["card"].form
        return form["seen"].value()


class ListTests(DeskTests):
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

    def test_reasons_and_text_stand_there_as_text_with_the_words_marked(self):
        self.waiting(
            body="<b>Heel</b>\n\nI had bleeding. Any bleeding <script>?",
            is_urgent=True,
            findings=[
                {"check": "red_flag", "words": ["bleeding", "<script>", ""]},
                {"check": "quick", "words": []},
            ],
        )

        response = self.client.get(LIST)

        self.assertContains(response, "within three seconds")
        self.assertContains(response, "<p>&lt;b&gt;Heel&lt;/b&gt;</p>")
        self.assertContains(response, "<mark>bleeding</mark>", 2)
        self.assertContains(response, "<mark>&lt;script&gt;</mark>?</p>")

    def test_what_the_reader_wrote_before_stands_there_counted(self):
        for days in range(2, 7):
            make_comment(
                self.guide,
                email="nell@example.org",
                body=f"Of {days} days",
                created_at=timezone.now() - timedelta(days=days),
            )
        make_comment(self.guide, body="Somebody else")
        self.waiting(1, email="nell@example.org", body="Now")

        response = self.client.get(LIST)

        self.assertContains(response, "5 other comments of this reader")
        for days, times in [(2, 1), (3, 1), (4, 1), (5, 0)]:
            self.assertContains(response, f"Of {days} days", times)
        self.assertNotContains(response, "Somebody else")

    def test_its_queries_do_not_grow(self):
        def count():
            with CaptureQueriesContext(connection) as queries:
                self.client.get(LIST)
            return len(queries)

        self.waiting(email="nell@example.org")
        before = count()
        for n in range(10):
            comment = make_comment(
                make_guide(), status=Status.PENDING, email=f"{n}@example.org"
            )
            make_comment(parent=comment, status=Status.PENDING)

        self.assertEqual(count(), before)
        self.assertLessEqual(before, 10)


class ManyTests(DeskTests):
    def press(self, button, comments, name="chosen", tab="answer", **more):
        chosen = {name: desk.tokens(comments).split()}
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
        one, two = self.waiting(), self.waiting()
        chosen = desk.tokens([one, two]).split()
        one.approve(by=make_staff())

        response = self.client.post(
            LIST, {"_spam": "", "chosen": [*chosen, "x", "9:y", "\0:"]}, follow=True
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


class DecideTests(DeskTests):
    def test_the_page_tells_what_one_decides_by(self):
        asked = make_comment(self.guide, body="What came before")
        comment = make_comment(
            parent=asked,
            status=Status.PENDING,
            body="My <b>heel</b>\n\nhurts",
            email="nell@example.org",
            findings=[{"check": "links", "words": ["https://a.example"] * 4}],
        )

        response = self.client.get(address(comment))

        for words in [
            "My &lt;b&gt;heel&lt;/b&gt;</p>",
            "It holds 4 links.",
            "What came before",
            "Two rows",
            "nell@example.org",
        ]:
            self.assertContains(response, words)

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
        answer = first.answers.get()
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
            self.assertEqual(comment.answers.count(), 1)

    def test_a_second_answer_that_is_meant_is_published(self):
        comment = make_comment(self.guide)
        self.press(comment, "_answer", "Out.")

        self.press(comment, "_answer", "And in as you let go.")

        self.assertEqual(comment.answers.count(), 2)

    def test_what_was_decided_stands_there(self):
        comment = self.waiting()
        comment.spam(by=self.ana, reason="Sells bands.")

        response = self.client.get(address(comment))

        self.assertContains(response, "waiting → spam")
        self.assertContains(response, "Sells bands.")

    def test_publishing_below_what_is_hidden_says_that_nobody_sees_it(self):
        asked = make_comment(self.guide)
        reply = make_comment(parent=asked, status=Status.PENDING)
        asked.reject()

        response = self.press(reply, "_approve", follow=True)

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

    def test_before_it_is_deleted_its_words_stand_there(self):
        comment = make_comment(self.guide, name="Tom", body="My knee")
        comment.answer(author=self.ana, body="Slowly.")

        page = self.client.get(address(comment, "delete"))

        self.assertContains(page, "Tom: My knee")
        self.assertContains(page, "1 comment stands below it and goes with it.")
        self.waiting()
        self.assertNotContains(self.client.get(LIST), "delete_selected")

    def test_a_word_changed_by_its_writer_meanwhile_is_read_first(self):
        comment = self.waiting()
        seen = self.open(comment)
        comment.body = "Another question."
        comment.save()

        response = self.press(comment, "_approve", seen=seen)

        self.assertContains(response, "Something changed while this page was open.")
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

    def test_djangos_own_log_keeps_no_word(self):
        comment = self.waiting(name="Tom", body="My knee")
        self.press(comment, "_answer", "Slowly.")
        self.client.post(address(comment, "delete"), {"post": "yes"})

        self.assertFalse(Comment.objects.exists())
        log = str(list(LogEntry.objects.values()))
        for word in ("Tom", "knee", "Slowly"):
            self.assertNotIn(word, log)


class UndoTests(DeskTests):
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
            self.client.post(LIST, {"undo": desk.tokens([comment])})

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

        answer = comment.answers.get()
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
        self.assertEqual(comment.answers.get().status, Status.REMOVED)

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
            LIST, {"undo": desk.tokens([comment]), "tab": "answer"}
        )

        self.assertRedirects(response, f"{LIST}?tab=answer#card-{comment.pk}")

    def test_a_forged_saved_answer_inserts_nothing(self):
        comment = self.waiting()

        for saved in ["9" * 5000, "9" * 30, "²", "x", "\0"]:
            response = self.client.post(
                address(comment), {"_use": "", "answer": "Out.", "saved": saved}
            )

            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.context["card"].form["answer"].value(), "Out.")

    def test_the_record_reads_like_a_sentence(self):
        comment = self.waiting()
        comment.set_aside(note="", by=self.ana, door="admin")
        comment.reject(by=self.ana)
        comment.undo(by=self.ana)

        page = self.client.get(address(comment))

        words = " ".join(re.sub("<[^>]*>", "", page.text).split())
        self.assertIn(": set aside, Ana", words)
        self.assertIn(": undone, rejected → waiting, Ana", words)

    def test_the_record_undoes_the_last(self):
        comment = self.waiting()
        comment.reject(by=self.ana)

        page = self.client.get(address(comment))
        (button,) = re.findall(r'name="undo" value="([^"]+)"', page.text)
        self.client.post(LIST, {"undo": button})

        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.PENDING)


class RedactTests(DeskTests):
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
        self.client.post(LIST, {"undo": desk.tokens([comment])})

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


class RightsTests(DeskTests):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        rights = Permission.objects.filter(
            codename__in=["view_comment", "change_comment"]
        )
        cls.pam = make_staff(
            is_superuser=False,
            permissions=rights,
            first_name="Pam",
            last_name="Hill",
        )

    def test_the_groups_come_with_the_site(self):
        def rights(name):
            found = Group.objects.get(name=name).permissions
            return {*found.values_list("content_type__app_label", "codename")}

        self.assertEqual(
            rights("Assistants"),
            {("comments", "view_comment"), ("comments", "change_comment")},
        )
        for right in [
            ("comments", "add_comment"),
            ("comments", "delete_comment"),
            ("comments", "change_redflag"),
            ("guide", "change_guide"),
            ("guide", "add_step"),
            ("newsletter", "send_issue"),
        ]:
            self.assertIn(right, rights("Authors"))
        # Django has nothing left to make: each right is there once.
        call_command("migrate", verbosity=0)
        names = Permission.objects.filter(codename="send_issue")
        self.assertEqual(names.get().name, "Can send a letter to all readers")

    def test_an_assistant_sees_no_address_of_a_readers(self):
        comment = self.waiting(email="nell@example.org")
        for user, times in [(self.pam, 0), (self.ana, 2)]:
            self.client.force_login(user)
            for url in (LIST, address(comment)):
                self.assertContains(self.client.get(url), "nell@example.org", times)

    def test_an_assistant_sees_the_desk_in_ten_queries(self):
        self.pam.groups.add(Group.objects.get(name="Assistants"))
        self.client.force_login(self.pam)
        self.waiting(email="nell@example.org")

        with CaptureQueriesContext(connection) as queries:
            self.client.get(LIST)

        self.assertLessEqual(len(queries), 10)

    def test_an_assistant_moderates(self):
        self.client.force_login(self.pam)
        comment = self.waiting()

        self.press(comment, "_spam")

        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.SPAM)
        self.assertEqual(comment.decisions.get().by, self.pam)

    def test_an_assistant_without_the_right_answers_nothing(self):
        self.client.force_login(self.pam)
        comment = self.waiting()

        page = self.client.get(address(comment))
        response = self.press(comment, "_answer", "Out.")

        self.assertNotContains(page, 'name="answer"')
        self.assertNotContains(page, 'name="_answer"')
        self.assertContains(page, 'name="_approve"')
        self.assertContains(response, "answering is left to the author")
        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.PENDING)
        self.assertFalse(comment.answers.exists())

    def test_an_assistant_answers_in_her_own_name_alone(self):
        self.pam.user_permissions.add(Permission.objects.get(codename="add_comment"))
        self.client.force_login(self.pam)
        comment = self.waiting()

        self.press(comment, "_answer", "Out.")

        answer = comment.answers.get()
        self.assertEqual((answer.name, answer.title), ("Pam Hill", ""))

    def test_an_own_answer_is_not_corrected_without_the_right(self):
        answer = make_comment(self.guide).answer(author=self.pam, body="Out.")
        self.client.force_login(self.pam)

        self.press(answer, "_correct", "In.")

        answer.refresh_from_db()
        self.assertEqual(answer.body, "Out.")

    def test_nobody_answers_under_a_sign_in_name(self):
        nameless = make_staff()
        self.client.force_login(nameless)
        comment = self.waiting()

        response = self.press(comment, "_answer", "Out.")

        self.assertContains(response, "Readers would see your sign-in name.")
        self.assertFalse(comment.answers.exists())

    def test_an_assistant_does_not_correct_the_authors_words(self):
        answer = make_comment(self.guide).answer(author=self.ana, body="Out.")
        self.client.force_login(self.pam)

        self.press(answer, "_correct", "In.")

        answer.refresh_from_db()
        self.assertEqual(answer.body, "Out.")

    def test_an_assistant_neither_takes_off_nor_publishes_an_answer(self):
        answer = make_comment(self.guide).answer(author=self.ana, body="Out.")
        self.client.force_login(self.pam)

        page = self.client.get(address(answer))
        response = self.press(answer, "_remove")

        self.assertNotContains(page, 'name="_remove"')
        self.assertContains(response, "hers to publish and to take off")
        answer.refresh_from_db()
        self.assertEqual(answer.status, Status.APPROVED)

    def test_an_assistant_does_not_undo_what_takes_an_answer_off(self):
        asked = self.waiting()
        answer = asked.answer(author=self.ana, body="Out.")
        self.client.force_login(self.pam)

        for comment in (asked, answer):
            page = self.client.get(address(comment))
            token = desk.tokens([comment])
            response = self.client.post(LIST, {"undo": token}, follow=True)

            self.assertNotContains(page, 'name="undo"')
            self.assertContains(response, "hers to publish and to take off")
        asked.refresh_from_db()
        answer.refresh_from_db()
        self.assertEqual({asked.status, answer.status}, {Status.APPROVED})

    def test_an_assistant_undoes_what_has_no_answer(self):
        comment = self.waiting()
        self.client.force_login(self.pam)
        comment.approve(by=self.pam)

        page = self.client.get(address(comment))
        self.client.post(LIST, {"undo": desk.tokens([comment])})

        self.assertContains(page, 'name="undo"')
        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.PENDING)

    def test_only_what_waits_is_set_aside(self):
        comment = make_comment(self.guide)

        response = self.press(comment, "_aside")

        self.assertContains(response, "Only what waits can be set aside.")
        comment.refresh_from_db()
        self.assertIsNone(comment.set_aside_at)

    def test_who_only_reads_decides_nothing(self):
        reader = make_staff(
            is_superuser=False,
            permissions=Permission.objects.filter(codename="view_comment"),
        )
        self.client.force_login(reader)
        comment = self.waiting()

        page = self.client.get(address(comment))
        posted = self.client.post(address(comment), {"_approve": "", "seen": ""})
        listed = self.client.post(
            LIST, {"action": "approve", "_selected_action": [comment.pk]}
        )

        self.assertContains(page, comment.body)
        self.assertNotContains(page, 'name="_approve"')
        self.assertEqual(posted.status_code, 403)
        self.assertNotEqual(listed.status_code, 500)
        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.PENDING)

    def test_only_a_superuser_deletes_and_nobody_adds(self):
        comment = self.waiting()
        for user, status in [(self.pam, 403), (self.ana, 200)]:
            self.client.force_login(user)
            self.assertEqual(
                self.client.get(address(comment, "delete")).status_code, status
            )
            self.assertEqual(self.client.get(f"{LIST}add/").status_code, 403)

    def test_opening_a_page_changes_nothing(self):
        comment = self.waiting()

        for url in [LIST, address(comment), f"{LIST}?state=all&_approve="]:
            self.client.get(url)

        comment.refresh_from_db()
        self.assertEqual(comment.status, Status.PENDING)

    def test_who_is_not_signed_in_is_asked_to(self):
        self.client.logout()
        comment = self.waiting()

        for url in [LIST, address(comment), address(comment, "delete")]:
            self.assertEqual(self.client.get(url).status_code, 302)
            response = self.client.post(url, {"_spam": ""})
            self.assertContains(response, "signin-username", status_code=403)


class RedFlagTests(DeskTests):
    url = "/admin/comments/redflag/add/"
    sent = {"name": "Calf", "urgency": "2", "text": "Ring today.", "is_active": "on"}

    def save(self, words):
        return self.client.post(self.url, {**self.sent, "words": words}, follow=True)

    def test_saving_one_says_how_often_it_would_have_been_met(self):
        for body in ("My calf is swollen", "How many times?"):
            make_comment(self.guide, body=body)
        asked = make_comment(self.guide, body="Swollen calves, why?")
        asked.answer(author=self.ana, body="A swollen calf is seen today.")

        response = self.save("swollen … calf/calves\ncalf … swollen")

        met = "Its words stand in 2 of the last 3 questions."
        self.assertContains(response, met)

    def test_where_nobody_asked_yet_it_says_nothing_of_that(self):
        self.assertNotContains(self.save("swollen calf"), "Its words stand in")

    def test_the_list_says_in_words_which_are_in_use(self):
        RedFlag.objects.all().delete()
        for name, is_active in [("Calf", True), ("Fever", False)]:
            RedFlag.objects.create(name=name, words=name, text="-", is_active=is_active)

        page = self.client.get(reverse("admin:comments_redflag_changelist"))

        self.assertContains(page, '<td class="field-state">in use</td>', 1)
        self.assertContains(page, '<td class="field-state">switched off</td>', 1)

    def test_a_line_that_would_be_met_by_all_is_refused(self):
        response = self.save("swollen calf\na*")

        self.assertContains(response, "Very many words begin like “a*”.")
        self.assertFalse(RedFlag.objects.filter(name="Calf").exists())


class SettingsTests(DeskTests):
    def test_a_day_in_words_is_told_how_to_be_written(self):
        url = reverse("admin:comments_settings_change", args=[1])

        response = self.client.post(url, {"away_until": "3 March"})

        self.assertContains(response, "Please write the day as 2027-03-31.")

    def test_its_line_opens_the_one_row(self):
        response = self.client.get("/admin/comments/settings/", follow=True)

        self.assertContains(response, "Usual time to an answer")

    def test_it_is_named_once_on_the_way_there(self):
        page = self.client.get("/admin/comments/settings/", follow=True)

        trail = re.search(r"<ol class=.breadcrumbs.*?</ol>", page.text, re.DOTALL)[0]
        self.assertEqual(trail.count("<li"), 2)

    def test_what_is_left_empty_is_asked_for_in_our_words(self):
        for url in ["savedanswer/add/", "redflag/add/"]:
            with self.subTest(url):
                page = self.client.post(f"/admin/comments/{url}", {})

                self.assertContains(page, "Please fill this in, or choose one.")
                self.assertNotContains(page, "This field is required.")

    def test_a_guide_left_out_is_asked_for_in_our_words(self):
        data = {"closings-TOTAL_FORMS": 1, "closings-INITIAL_FORMS": 0}

        page = self.client.post(
            "/admin/comments/settings/1/change/", data | {"closings-0-days": 5}
        )

        self.assertContains(page, "Please fill this in, or choose one.")
        self.assertNotContains(page, "This field is required.")

    def test_a_change_shows_at_the_next_request(self):
        page = self.guide.get_absolute_url()
        reader = self.client_class()
        reader.get(page)
        row = Settings.load()
        values = {
            field.name: getattr(row, field.name) or ""
            for field in Settings._meta.fields
            if field.editable
        }

        self.client.post(
            "/admin/comments/settings/1/change/",
            values
            | {"closings-TOTAL_FORMS": 0, "closings-INITIAL_FORMS": 0}
            | {"invitation": "Ana answers on Tuesdays."},
        )

        self.assertContains(reader.get(page), "Ana answers on Tuesdays.")
