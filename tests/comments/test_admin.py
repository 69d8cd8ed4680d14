from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, Settings, Status
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
        form = self.client.get(address(comment)).context["adminform"].form
        return form["seen"].value()


class ListTests(DeskTests):
    def test_what_waits_longest_stands_first(self):
        two, nine = self.waiting(2), self.waiting(9)
        make_comment(self.guide)

        response = self.client.get(LIST)

        self.assertEqual(list(response.context["cl"].result_list), [nine, two])
        self.assertContains(response, "Waiting 2")

    def test_each_state_has_its_tab(self):
        for state in Status:
            comment = make_comment(self.guide, status=state)
            response = self.client.get(LIST, {"state": state})
            self.assertEqual(list(response.context["cl"].result_list), [comment])
        response = self.client.get(LIST, {"state": "all"})
        self.assertEqual(len(response.context["cl"].result_list), len(Status))

    def test_an_unknown_state_is_empty(self):
        self.waiting()

        response = self.client.get(LIST, {"state": "x\0"})

        self.assertEqual(list(response.context["cl"].result_list), [])

    def test_a_search_finds_words_and_names(self):
        found = self.waiting(body="My left heel")
        self.waiting(body="Breathing")

        response = self.client.get(LIST, {"q": "heel"})

        self.assertEqual(list(response.context["cl"].result_list), [found])

    def test_reasons_and_text_stand_there_as_text(self):
        self.waiting(
            body="<b>Heel</b>",
            findings=[{"check": "links", "words": ["https://a.example"] * 4}],
        )

        response = self.client.get(LIST)

        self.assertContains(response, "It holds 4 links.")
        self.assertContains(response, "&lt;b&gt;Heel&lt;/b&gt;")

    def test_its_queries_do_not_grow(self):
        def count():
            with CaptureQueriesContext(connection) as queries:
                self.client.get(LIST)
            return len(queries)

        self.waiting()
        before = count()
        for _ in range(10):
            make_comment(make_guide(), status=Status.PENDING)

        self.assertEqual(count(), before)

    def test_many_are_decided_at_once(self):
        for action, state in [
            ("approve", Status.APPROVED),
            ("reject", Status.REJECTED),
            ("spam", Status.SPAM),
            ("restore", Status.PENDING),
        ]:
            with self.subTest(action):
                chosen = [make_comment(self.guide, status="removed") for _ in range(2)]
                there = make_comment(self.guide, status=state)
                response = self.client.post(
                    f"{LIST}?state=all",
                    {
                        "action": action,
                        "_selected_action": [c.pk for c in [*chosen, there]],
                    },
                    follow=True,
                )

                self.assertContains(response, f"2 comments are now {state.label}.")
                self.assertContains(response, "1 was there already.")
                for comment in chosen:
                    comment.refresh_from_db()
                    self.assertEqual(comment.status, state)
                    self.assertEqual(comment.decisions.get().by, self.ana)


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

    def test_answering_publishes_both_and_opens_the_next(self):
        first, second = self.waiting(9, name="Tom"), self.waiting(2)

        response = self.press(first, "_answer", "Out as you pull.", follow=True)

        self.assertRedirects(response, address(second))
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
                self.assertRedirects(response, address(comment))

    def test_the_last_one_leads_back_to_the_list(self):
        self.assertRedirects(self.press(self.waiting(), "_spam"), LIST)

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
            seen=response.context["adminform"].form["seen"].value(),
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

    def test_djangos_own_log_keeps_no_word(self):
        comment = self.waiting(name="Tom", body="My knee")
        self.press(comment, "_answer", "Slowly.")
        self.client.post(address(comment, "delete"), {"post": "yes"})

        self.assertFalse(Comment.objects.exists())
        log = str(list(LogEntry.objects.values()))
        for word in ("Tom", "knee", "Slowly"):
            self.assertNotIn(word, log)


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


class SettingsTests(DeskTests):
    def test_its_line_opens_the_one_row(self):
        response = self.client.get("/admin/comments/settings/", follow=True)

        self.assertContains(response, "Usual time to an answer")

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
