import re
from datetime import timedelta
from unittest import mock

from django.contrib.auth.models import Group
from django.core import signing
from django.db import connection
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from comments.desk import links
from comments.models import Comment, Status
from tests.factories import make_comment, make_guide, make_staff


class MailedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Ana Reyes", title="Physiotherapist")
        cls.guide = make_guide(title="Two rows")
        cls.comment = make_comment(
            cls.guide,
            status=Status.PENDING,
            name="Moira",
            body="I had <b>bleeding</b>.",
            is_urgent=True,
            findings=[{"check": "red_flag", "words": ["bleeding"]}],
        )

    def address(self, act, user=None):
        token = links.token(self.comment, act, user or self.ana)
        return reverse("comments:mailed", args=[token])

    def press(self, url, **typed):
        """Open a link and press its button, without a change between."""
        seen = self.client.get(url).context["form"]["seen"].value()
        return self.client.post(url, {"seen": seen, **typed})

    def status(self):
        self.comment.refresh_from_db()
        return self.comment.status

    def test_opening_a_link_shows_the_comment_and_does_nothing(self):
        for act in links.ACTS:
            for method in ("get", "head", "options", "put", "delete", "trace"):
                response = getattr(self.client, method)(self.address(act))
                self.assertEqual(
                    response.status_code, 200 if method in {"get", "head"} else 405
                )
            page = self.client.get(self.address(act))
            self.assertContains(page, "I had &lt;b&gt;<mark>bleeding</mark>&lt;/b&gt;.")
            self.assertContains(page, "May need help sooner")
            self.assertEqual(page.headers["X-Robots-Tag"], "noindex")
            self.assertIn("no-store", page.headers["Cache-Control"])
        self.assertFalse(self.comment.decisions.exists())

    def test_of_the_reasons_the_strongest_is_read_first(self):
        self.comment.findings.insert(0, {"check": "quick", "words": []})
        self.comment.save()

        page = self.client.get(self.address("answer")).text

        self.assertLess(page.index("of a red flag"), page.index("three seconds"))

    def test_its_button_does_its_one_act_without_signing_in(self):
        for act, status in [("approve", "approved"), ("spam", "spam")]:
            self.comment.restore()
            url = self.address(act)

            response = self.press(url, answer="x", _reject="")

            self.assertEqual(response.status_code, 303)
            self.assertEqual(self.status(), status)
            last = self.comment.decisions.last()
            self.assertEqual((last.by, last.door), (self.ana, "mail"))
            self.assertFalse(self.comment.replies.exists())
        self.assertNotIn("sessionid", self.client.cookies)
        self.assertEqual(self.client.get("/admin/").status_code, 302)

    def test_an_answer_is_published_with_its_question(self):
        response = self.press(self.address("answer"), answer="Ring your ward.")

        done = self.client.get(response.url)
        self.assertContains(done, "It is published")
        answer = self.comment.replies.get()
        self.assertEqual((answer.name, answer.body), ("Ana Reyes", "Ring your ward."))
        self.assertEqual(self.status(), Status.APPROVED)
        self.assertContains(
            self.client.get(f"/comments/{self.comment.pk}/", follow=True),
            "Ring your ward.",
        )

    def test_below_what_is_hidden_it_says_that_nobody_sees_it_yet(self):
        asked = self.comment
        self.comment = make_comment(parent=asked, status=Status.PENDING)

        for act in ["approve", "answer"]:
            self.comment.restore()
            response = self.press(self.address(act), answer="Out.")

            done = self.client.get(response.url)
            self.assertContains(done, "nobody sees it until that one is published")
            self.assertNotContains(done, f"/comments/{self.comment.pk}/")

    def test_an_empty_answer_is_asked_for(self):
        response = self.press(self.address("answer"), answer=" ")

        self.assertContains(response, "Please write an answer.", status_code=422)
        self.assertNotContains(response, "without one", status_code=422)
        self.assertEqual(self.status(), Status.PENDING)

    def test_it_ends_with_its_use_or_with_any_decision(self):
        for change in [
            lambda: self.press(self.address("spam")),
            lambda: self.comment.approve(),
            lambda: self.comment.set_aside(note="Later."),
            lambda: self.comment.answer(author=self.ana, body="Out."),
            lambda: self.comment.redact(phrases=["bleeding"]),
            lambda: self.comment.delete(),
        ]:
            url = self.address("answer")
            change()
            count = Comment.objects.count()

            page = self.client.get(url)
            response = self.client.post(url, {"answer": "My <words>."})

            self.assertContains(page, "had its time", status_code=410)
            self.assertContains(response, "My &lt;words&gt;.", status_code=410)
            self.assertEqual(Comment.objects.count(), count)

    def test_where_its_writer_changed_the_words_these_are_read_and_answered(self):
        url = self.address("answer")
        old = self.client.get(url)
        self.assertContains(old, "bleeding")
        self.comment.show_less(name="A reader", words=["bleeding"])

        page = self.client.get(url)
        self.assertContains(page, "[removed]")
        self.assertNotContains(page, "bleeding")
        seen = old.context["form"]["seen"].value()
        late = self.client.post(url, {"seen": seen, "answer": "Ring your ward."})
        self.assertContains(late, "It is in other words now.", status_code=422)
        self.assertContains(late, "Ring your ward.", status_code=422)
        self.assertContains(late, "[removed]", status_code=422)
        self.assertEqual(self.status(), Status.PENDING)

        again = late.context["form"]["seen"].value()
        self.client.post(url, {"seen": again, "answer": "Ring your ward."})
        self.assertEqual(self.comment.replies.get().body, "Ring your ward.")

    def test_words_that_change_while_it_is_pressed_are_shown_before_the_next(self):
        url = self.address("approve")
        seen = self.client.get(url).context["form"]["seen"].value()
        changes = ["Other words."]

        def change(execute, sql, *rest):
            if sql.startswith("SAVEPOINT") and changes:
                Comment.objects.filter(pk=self.comment.pk).mark(body=changes.pop())
            return execute(sql, *rest)

        with connection.execute_wrapper(change):
            response = self.client.post(url, {"seen": seen})

        self.assertContains(response, "Other words.", status_code=422)
        self.assertNotContains(response, "I had", status_code=422)
        self.assertEqual(self.status(), Status.PENDING)

    def test_without_what_was_seen_nothing_is_done(self):
        response = self.client.post(self.address("answer"), {"answer": "Out."})

        self.assertContains(response, "Something changed", status_code=422)
        self.assertEqual(self.status(), Status.PENDING)

    def test_it_ends_after_fourteen_days(self):
        url = self.address("spam")
        in_time = timezone.now() + timedelta(days=13, hours=23)
        for moment, status in [(in_time, 200), (in_time + timedelta(hours=2), 410)]:
            with mock.patch.object(signing.time, "time", moment.timestamp):
                self.assertEqual(self.client.get(url).status_code, status)

    def test_a_link_that_was_tampered_with_does_nothing(self):
        url = self.address("spam")
        other = make_comment(self.guide, status="pending")
        forged = [
            url.replace("/desk/", "/desk/x"),
            url[:-2] + ("a/" if url[-2] != "a" else "b/"),
            reverse("comments:mailed", args=[signing.dumps([other.pk, "spam"])]),
            "/comments/desk/x\0/",
        ]
        for address in forged:
            self.assertEqual(self.client.post(address).status_code, 410)
        self.assertFalse(Comment.objects.exclude(status="pending").exists())

    def test_it_may_no_more_than_the_user_may_today(self):
        pam = make_staff(is_superuser=False, first_name="Pam")
        pam.groups.add(Group.objects.get(name="Assistants"))
        pam = type(pam).objects.get(pk=pam.pk)
        self.assertEqual({*links.of(self.comment, pam)}, {"approve", "spam"})
        answer, spam = self.address("answer", pam), self.address("spam", pam)
        self.assertEqual(self.client.get(answer).status_code, 410)
        self.assertEqual(self.client.get(spam).status_code, 200)
        for change in [{"is_active": False}, {"is_active": True, "is_staff": False}]:
            type(pam).objects.filter(pk=pam.pk).update(**change)
            self.assertEqual(self.client.post(spam).status_code, 410)
        self.assertEqual(self.status(), Status.PENDING)

    def test_without_the_token_of_the_form_nothing_is_done_or_lost(self):
        strict = Client(enforce_csrf_checks=True)

        response = strict.post(self.address("answer"), {"answer": "Ring your ward."})

        self.assertContains(response, "Ring your ward.", status_code=403)
        self.assertEqual(self.status(), Status.PENDING)

    def test_the_words_of_a_link_never_reach_the_log(self):
        from config.logs import SECRET

        url = self.address("spam")

        self.assertEqual(SECRET.sub(r"\1…", url), "/comments/…")
        self.assertTrue(re.fullmatch(r"/comments/desk/[\w:-]+/", url))
