"""The secret address of what a reader sent: her receipt, and what she may do there."""

import json
import re
from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from comments import checks, copies, privacy
from comments.models import Act, Comment, EmailAddress, RedFlag, Status, Tray
from guide.models import SiteSettings
from tests.factories import make_comment, make_guide, make_staff


class ReceiptTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(title="Two rows")

    def get(self, comment):
        return self.client.get(reverse("comments:receipt", args=[comment.secret]))

    def test_each_state_is_said_in_words(self):
        for state, words in {
            Status.PENDING: "It has arrived",
            Status.APPROVED: "It is published",
            Status.REJECTED: "It will not be published",
            Status.SPAM: "It will not be published",
            Status.REMOVED: "It was taken off the page",
        }.items():
            with self.subTest(state):
                comment = make_comment(self.guide, status=state, body="My knee")

                response = self.get(comment)

                self.assertContains(response, words)
                self.assertContains(response, "My knee")
                self.assertNotContains(response, ">spam<")

    def test_what_waits_says_when_it_is_answered(self):
        response = self.get(make_comment(self.guide, status=Status.PENDING))

        self.assertContains(response, "within a week")
        self.assertNotContains(response, "mail to")

    def test_what_is_published_leads_there(self):
        comment = make_comment(self.guide)
        self.assertContains(self.get(comment), f'#comment-{comment.pk}"')

        self.assertNotContains(self.get(comment), "The answer")

        comment.answer(author=make_staff(name="Ana"), body="Out as you pull.")

        self.assertContains(self.get(comment), "It is answered")
        self.assertContains(self.get(comment), "Out as you pull.")

    def test_it_names_who_reads_it_and_says_to_keep_the_address(self):
        comment = make_comment(self.guide, status=Status.PENDING)
        site = SiteSettings.load()
        site.author = make_staff(name="Dr. Ana Reyes").author
        site.save()

        response = self.get(comment)

        self.assertContains(response, "Dr. Ana Reyes reads it.")
        self.assertContains(response, "Bookmark this page")

    def test_a_reply_to_what_is_hidden_says_why_it_is_not_there(self):
        asked = make_comment(self.guide)
        reply = make_comment(parent=asked)
        asked.reject()

        response = self.get(reply)

        self.assertContains(response, "What it replies to is not on the page now")

    def test_it_is_nobody_elses(self):
        response = self.get(make_comment(self.guide, email="tom@example.org"))

        self.assertIn("no-store", response["Cache-Control"])
        self.assertEqual(response["X-Robots-Tag"], "noindex")
        self.assertEqual(response["Referrer-Policy"], "same-origin")
        self.assertNotContains(response, "tom@example.org")

    def test_any_other_address_says_that_nothing_stands_there(self):
        response = self.client.get(reverse("comments:receipt", args=["x" * 43]))

        self.assertContains(response, "Nothing stands here", status_code=404)

    def test_where_red_flags_stand_it_says_first_where_to_turn_now(self):
        flag = RedFlag.objects.create(
            name="Blood", words="bleeding", text="Ring your doctor today.\n\nOr a ward."
        )
        comment = make_comment(
            self.guide,
            status=Status.PENDING,
            findings=[{"check": "red_flag", "words": ["bleeding"], "flags": [flag.pk]}],
        )

        response = self.get(comment)

        self.assertContains(response, "<p>Ring your doctor today.</p>")
        html = response.content.decode()
        self.assertLess(html.index("Ring your doctor"), html.index("It has arrived"))

    def test_one_that_has_its_answer_is_not_told_that_we_keep_it_waiting(self):
        flag = RedFlag.objects.create(name="Blood", words="bleeding", text="Ring.")
        found = {"check": "red_flag", "words": ["bleeding"], "flags": [flag.pk]}
        comment = make_comment(self.guide, findings=[found])
        self.assertContains(self.get(comment), "Please don’t wait for us")

        comment.answer(author=make_staff(name="Ana"), body="Do rest.")

        response = self.get(comment)
        self.assertNotContains(response, "wait for us")
        self.assertContains(response, "<p>Ring.</p>", 1)
        html = response.content.decode()
        self.assertLess(html.index("It is answered"), html.index("If it is still so"))

    def test_one_whose_answer_is_not_on_the_page_is_still_told_not_to_wait(self):
        flag = RedFlag.objects.create(name="Blood", words="bleeding", text="Ring.")
        found = {"check": "red_flag", "words": ["bleeding"], "flags": [flag.pk]}
        asked = make_comment(self.guide)
        reply = make_comment(parent=asked, findings=[found])
        reply.answer(author=make_staff(name="Ana"), body="Do rest.")
        asked.reject()

        response = self.get(reply)

        self.assertContains(response, "Please don’t wait for us")
        self.assertNotContains(response, "If it is still so")

    def test_with_an_address_it_says_the_same_whether_that_is_known_or_not(self):
        pages = []
        for email in ["tom@example.org", "tim@example.org"]:
            comment = make_comment(
                self.guide, name="T", body="?", status=Status.PENDING, email=email
            )
            html = self.get(comment).content.decode()
            for own in (comment.secret, "tom", "tim"):
                html = html.replace(own, "")
            pages.append(re.sub('csrfmiddlewaretoken" value="[^"]*', "", html))
            EmailAddress.objects.create(
                email="tim@example.org", confirmed_at=timezone.now()
            ) if not EmailAddress.objects.exists() else None

        self.assertIn("by a mail to t…@example.org", pages[0])
        self.assertEqual(*pages)

    def test_without_one_it_says_to_keep_the_address_of_the_page(self):
        response = self.get(make_comment(self.guide, status=Status.PENDING))

        self.assertContains(response, "it is the only way back to it")


class ChangeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide()
        cls.ana = make_staff(name="Ana")
        cls.comment = make_comment(
            cls.guide, status=Status.PENDING, name="Tom", body="My knee"
        )
        cls.url = reverse("comments:change", args=[cls.comment.secret])
        cls.receipt = reverse("comments:receipt", args=[cls.comment.secret])

    def form(self, **values):
        page = self.client.get(self.url)
        seen = page.context["form"]["seen"].value()
        return {"name": "Tim", "body": "My hip", "seen": seen} | values

    def age(self, **values):
        made = timezone.now() - timedelta(**values)
        Comment.objects.filter(pk=self.comment.pk).update(created_at=made)

    def test_the_receipt_leads_there_for_a_quarter_of_an_hour(self):
        self.assertContains(self.client.get(self.receipt), self.url)

        self.age(minutes=16)

        self.assertNotContains(self.client.get(self.receipt), self.url)

    def test_a_change_is_stored_and_leads_back(self):
        response = self.client.post(self.url, self.form())

        self.assertRedirects(response, self.receipt, status_code=303)
        self.comment.refresh_from_db()
        self.assertEqual((self.comment.name, self.comment.body), ("Tim", "My hip"))
        self.assertIn("My hip", self.comment.body_html)
        self.assertEqual(self.comment.status, Status.PENDING)
        self.assertIsNotNone(self.comment.changed_at)

    def test_opening_the_page_changes_nothing(self):
        response = self.client.get(self.url)

        self.assertContains(response, "My knee")
        self.assertIn("no-store", response["Cache-Control"])
        self.comment.refresh_from_db()
        self.assertIsNone(self.comment.changed_at)

    def test_what_was_set_aside_is_urgent_where_it_became_so(self):
        self.comment.set_aside(note="Her usual question", by=self.ana)

        self.client.post(self.url, self.form(body="I have chest pain since today"))

        self.comment.refresh_from_db()
        self.assertEqual(self.comment.tray, Tray.URGENT)
        last = self.comment.decisions.last()
        self.assertEqual((last.act, last.by, last.door), (Act.TAKE_UP, None, "writer"))

    def test_the_checks_run_anew_and_know_how_it_came(self):
        Comment.objects.filter(pk=self.comment.pk).update(
            findings=[{"check": "trap", "words": []}, {"check": "links", "words": []}]
        )

        self.client.post(self.url, self.form(body="Which band fits me?"))

        self.comment.refresh_from_db()
        self.assertEqual([f["check"] for f in self.comment.findings], ["trap"])

    def test_what_is_refused_keeps_what_was_typed(self):
        response = self.client.post(self.url, self.form(body="", name="Zoë"))

        self.assertContains(response, "Please write your question.", status_code=422)
        self.assertContains(response, "Zoë", status_code=422)
        self.comment.refresh_from_db()
        self.assertEqual(self.comment.name, "Tom")

    def test_after_a_quarter_of_an_hour_nothing_changes_and_the_text_comes_back(self):
        form = self.form()
        self.age(minutes=15)

        response = self.client.post(self.url, form)

        self.assertContains(response, "It can be changed no more", status_code=403)
        self.assertContains(response, "A quarter of an hour has", status_code=403)
        self.assertContains(response, "once it is published", status_code=403)
        self.assertContains(response, "My hip", status_code=403)
        self.comment.refresh_from_db()
        self.assertEqual(self.comment.body, "My knee")

    def test_what_is_published_says_so_and_goes_back_to_waiting(self):
        self.comment.approve(by=self.ana)
        form = self.form()
        self.assertContains(self.client.get(self.url), "It is published already")

        self.client.post(self.url, form)

        self.comment.refresh_from_db()
        self.assertEqual(self.comment.status, Status.PENDING)
        self.assertIsNone(self.comment.reported_at)
        last = self.comment.decisions.last()
        self.assertEqual((last.to, last.door, last.by), ("pending", "writer", None))
        self.assertNotContains(self.client.get(self.guide.get_absolute_url()), "My hip")

    def test_a_decision_made_meanwhile_is_not_undone_unseen(self):
        for decide, words in [
            (lambda: self.comment.approve(by=self.ana), "It is published already"),
            (lambda: self.comment.reject(by=self.ana), "It has been read"),
        ]:
            with self.subTest(words):
                form = self.form()
                decide()
                self.comment.refresh_from_db()
                was = self.comment.status

                response = self.client.post(self.url, form)

                self.assertContains(response, words, status_code=409)
                self.assertContains(response, "My hip", status_code=409)
                self.comment.refresh_from_db()
                self.assertEqual(
                    (self.comment.status, self.comment.body), (was, "My knee")
                )

        again = form | {"seen": response.context["form"]["seen"].value()}
        self.assertEqual(self.client.post(self.url, again).status_code, 303)
        self.comment.refresh_from_db()
        self.assertEqual(
            (self.comment.status, self.comment.body), ("pending", "My hip")
        )

    def test_what_has_an_answer_is_not_changed_under_it(self):
        """Else advice would come to stand under words it was not given to."""
        form = self.form()
        self.comment.answer(author=self.ana, body="Slowly.")

        response = self.client.post(self.url, form)

        self.assertContains(response, "It has its answer", status_code=403)
        self.assertContains(response, "My hip", status_code=403)
        self.comment.refresh_from_db()
        self.assertEqual(
            (self.comment.status, self.comment.body), ("approved", "My knee")
        )

    def test_a_form_sent_unchanged_leaves_a_decision_alone(self):
        self.comment.approve(by=self.ana)

        self.client.post(self.url, self.form(name="Tom", body="My knee"))

        self.comment.refresh_from_db()
        self.assertEqual(self.comment.status, Status.APPROVED)

    def test_no_other_field_is_believed(self):
        self.client.post(self.url, self.form(status="approved", staff=self.ana.pk))

        self.comment.refresh_from_db()
        self.assertEqual((self.comment.status, self.comment.staff), ("pending", None))

    def test_changes_count_as_posts_do(self):
        for number in range(8):
            form = self.form(body=f"Text {number}")
            self.assertEqual(self.client.post(self.url, form).status_code, 303)

        response = self.client.post(self.url, self.form(body="Text 8"))

        self.assertContains(response, "Text 8", status_code=429)

    def test_any_other_address_says_that_nothing_stands_there(self):
        for name in ["change", "copy", "take_back"]:
            url = reverse(f"comments:{name}", args=["x" * 43])
            self.assertEqual(self.client.get(url).status_code, 404)
        for name in ["change", "show_less", "take_back"]:
            url = reverse(f"comments:{name}", args=["x" * 43])
            self.assertEqual(self.client.post(url).status_code, 404)


class ShowLessTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.comment = make_comment(
            status=Status.PENDING,
            name="Anna Schmidt",
            body="My prolapse aches. Ring 01482 555 0101 or write to anna@x.org.",
            findings=[
                {
                    "check": "privacy",
                    "words": ["Anna Schmidt", "01482 555 0101", "anna@x.org"],
                },
                {"check": "red_flag", "words": ["prolapse"]},
            ],
        )
        cls.url = reverse("comments:show_less", args=[cls.comment.secret])
        cls.receipt = reverse("comments:receipt", args=[cls.comment.secret])

    def test_the_receipt_offers_shorter_names_and_names_what_goes(self):
        response = self.client.get(self.receipt)

        self.assertContains(response, "Publish as “Anna”")
        self.assertContains(response, "Publish as “A reader”")
        self.assertContains(response, "01482 555 0101</bdi>")

    def test_opening_the_receipt_changes_nothing_and_get_is_refused(self):
        self.client.get(self.receipt)

        self.assertEqual(self.client.get(self.url).status_code, 405)
        self.comment.refresh_from_db()
        self.assertEqual(self.comment.name, "Anna Schmidt")

    def test_what_she_chooses_stands_and_the_original_is_gone(self):
        for choice, name in [("first", "Anna"), ("reader", "A reader")]:
            with self.subTest(choice), transaction.atomic():
                response = self.client.post(self.url, {"as": choice})

                self.assertRedirects(response, self.receipt, status_code=303)
                row = Comment.objects.filter(pk=self.comment.pk).values().get()
                self.assertEqual(row["name"], name)
                self.assertIn("Ring [removed] or write to [removed].", row["body"])
                for word in ("Schmidt", "01482", "anna@x.org"):
                    self.assertNotIn(word, str(row))
                self.assertEqual(len(row["findings"]), 1)
                self.assertNotContains(self.client.get(self.receipt), "Publish as")
                transaction.set_rollback(True)

    def test_no_finding_keeps_a_part_of_it_and_what_else_was_found_stays(self):
        Comment.objects.filter(pk=self.comment.pk).update(
            findings=[
                *self.comment.findings,
                {"check": "spam", "words": ["Schmidt", "555"]},
                {"check": "own_words", "words": ["Anna Schmidt", "aches"]},
            ]
        )

        self.client.post(self.url, {"as": "first"})

        self.comment.refresh_from_db()
        self.assertEqual(
            self.comment.findings,
            [
                {"check": "red_flag", "words": ["prolapse"]},
                {"check": "own_words", "words": ["aches"]},
            ],
        )

    def test_what_the_check_found_can_be_cut_out(self):
        for body in ("Ring 01482 555 0101x now", "I am Bo Li.\nBO  LI", "a.b@x.org_"):
            comment = make_comment(name="Bo", body=f"My knee hurts. {body}")
            checks.judge(comment, checks.Sent())
            comment.save()
            offer = privacy.offer(comment)

            comment.show_less(name="Bo", words=offer.words)

            comment.refresh_from_db()
            self.assertIsNone(privacy.offer(comment), comment.body)

    def test_a_name_that_was_not_offered_is_not_taken(self):
        for choice in ["Dr Ana Reyes", "", "same"]:
            self.client.post(self.url, {"as": choice})

        self.comment.refresh_from_db()
        self.assertEqual(self.comment.name, "Anna Schmidt")

    def test_it_works_on_what_is_published_and_readers_see_it_at_once(self):
        self.comment.approve()
        guide = self.comment.guide.get_absolute_url()
        self.assertContains(self.client.get(guide), "01482")

        self.client.post(self.url, {"as": "first"})

        self.assertNotContains(self.client.get(guide), "01482")
        self.assertContains(self.client.get(guide), "<bdi>Anna</bdi>")

    def test_where_the_name_is_fine_only_the_text_is_offered(self):
        comment = make_comment(
            name="Anna",
            body="Ring 01482 555 0101.",
            findings=[{"check": "privacy", "words": ["01482 555 0101"]}],
        )

        response = self.client.get(reverse("comments:receipt", args=[comment.secret]))
        self.assertContains(response, "Cut it out")
        self.client.post(
            reverse("comments:show_less", args=[comment.secret]), {"as": "same"}
        )

        comment.refresh_from_db()
        self.assertEqual((comment.name, comment.body), ("Anna", "Ring [removed]."))

    def test_first_names(self):
        for name, first in [
            ("Anna Schmidt", "Anna"),
            ("Dr. Anna Schmidt", "Anna"),
            ("Mrs Schmidt", ""),
            ("Anna", ""),
            ("anna@x.org Schmidt", ""),
            ("李 雷", "李"),
        ]:
            with self.subTest(name):
                self.assertEqual(privacy.first_name(name), first)


class CopyTests(TestCase):
    def test_it_is_a_download_of_all_that_is_stored(self):
        comment = make_comment(
            name="Tom",
            body="My knee",
            email="tom@example.org",
            consent_version="1",
            findings=[{"check": "red_flag", "words": ["knee"]}],
            is_trusted=True,
        )
        comment.restore()
        comment.answer(author=make_staff(name="Ana"), body="Slowly.")

        response = self.client.get(reverse("comments:copy", args=[comment.secret]))

        self.assertIn("attachment", response["Content-Disposition"])
        self.assertIn("no-store", response["Cache-Control"])
        data = json.loads(response.content)
        self.assertEqual(
            (data["name"], data["text"], data["e-mail address"], data["state"]),
            ("Tom", "My knee", "tom@example.org", "published"),
        )
        self.assertEqual(data["held for"][0]["words"], ["knee"])
        self.assertEqual([d["to"] for d in data["decisions"]], ["waiting", "published"])
        # Numbers of rows are of no use to her; addresses are.
        self.assertNotIn("ID", data)
        self.assertIn(comment.permalink, response.content.decode())
        # Else it would say that the address is known here.
        self.assertNotIn("trust", response.content.decode())

    def test_whatever_column_comes_later_is_in_it(self):
        comment = make_comment()

        data = copies.of(comment)

        for column in Comment._meta.concrete_fields:
            if column.name not in copies.LEFT_OUT:
                self.assertIn(copies.called(column), data)

    def test_it_is_in_plain_words_throughout(self):
        flag = RedFlag.objects.create(name="A sore knee", words="knee", text="Ring.")
        found = {"check": "red_flag", "words": ["knee"], "flags": [flag.pk]}
        comment = make_comment(status=Status.PENDING, findings=[found])
        comment.set_aside(note="Ask her GP?", door="admin")

        data = copies.of(comment)

        self.assertEqual(data["note for the author"], "Ask her GP?")
        self.assertEqual(data["where it lies"], "set aside")
        (held,) = data["held for"]
        self.assertEqual([*held], ["because", "words", "red flags"])
        self.assertEqual(held["red flags"], ["A sore knee"])
        (decision,) = data["decisions"]
        self.assertEqual(decision["what"], "set aside")
        self.assertEqual(decision["by way of"], "the page of the moderators")
        for column in Comment._meta.concrete_fields:
            is_named = column.verbose_name != column.name.replace("_", " ")
            with self.subTest(column.name):
                known = {*copies.WORDS, *copies.LEFT_OUT, "name", "changed_at"}
                self.assertTrue(is_named or column.name in known)


class StrangersAddressTests(TestCase):
    def test_who_types_an_address_does_not_learn_that_it_was_written_to_today(self):
        secrets = []
        for due in (None, timezone.now() + timedelta(hours=5)):
            comment = make_comment(email="tom@example.org", receipt_due_at=due)
            secrets.append(comment.secret)

        for name in ("receipt", "copy"):
            pages = [
                self.client.get(reverse(f"comments:{name}", args=[secret]))
                for secret in secrets
            ]

            for page in pages:
                self.assertNotContains(page, "receipt due")
            said = ["It comes by mail as well" in str(page.content) for page in pages]
            self.assertEqual(said, [name == "receipt"] * 2)

    def test_a_day_later_it_does_not_say_that_a_mail_will_come(self):
        comment = make_comment(
            email="tom@example.org", created_at=timezone.now() - timedelta(days=2)
        )

        page = self.client.get(reverse("comments:receipt", args=[comment.secret]))

        self.assertNotContains(page, "It comes by mail")


class TakeBackTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.comment = make_comment(body="My knee")
        cls.url = reverse("comments:take_back", args=[cls.comment.secret])

    def test_opening_the_page_takes_nothing_back(self):
        response = self.client.get(self.url)

        self.assertContains(response, "My knee")
        self.assertTrue(Comment.objects.exists())

    def test_the_button_does(self):
        response = self.client.post(self.url, follow=True)

        self.assertContains(response, "It is taken back")
        self.assertFalse(Comment.objects.exists())
        self.assertEqual(self.client.post(self.url).status_code, 404)

    def test_a_second_press_a_moment_later_finds_it_done(self):
        again = Comment.objects.get(pk=self.comment.pk)
        self.comment.take_back()

        again.take_back()

        self.assertFalse(Comment.objects.exists())

    def test_nothing_of_it_stays_anywhere(self):
        """Looks for her words in each row of each table, with an answer and without."""
        for is_answered in (False, True):
            with self.subTest(is_answered=is_answered):
                comment = make_comment(
                    name="Zebulon",
                    body="My quincunx aches",
                    email="zebulon@example.org",
                    receipt_due_at=timezone.now(),
                    findings=[{"check": "red_flag", "words": ["quincunx"]}],
                )
                EmailAddress.objects.create(email=comment.email)
                if is_answered:
                    comment.answer(author=make_staff(name="Ana"), body="Slowly.")
                guide = comment.guide.get_absolute_url()
                self.assertContains(self.client.get(guide), "quincunx")

                self.client.post(reverse("comments:take_back", args=[comment.secret]))

                self.assertNotContains(self.client.get(guide), "quincunx")
                for model in apps.get_models():
                    rows = str(list(model._base_manager.values()))
                    for word in ("Zebulon", "quincunx", "zebulon@"):
                        self.assertNotIn(word, rows, model)

    def test_another_question_keeps_the_address(self):
        for body in ("One", "Two"):
            make_comment(body=body, email="tom@example.org")
        EmailAddress.objects.create(email="tom@example.org")
        one = Comment.objects.get(body="One")

        self.client.post(reverse("comments:take_back", args=[one.secret]))

        self.assertTrue(EmailAddress.objects.exists())

    def test_where_an_answer_stays_the_receipt_says_so(self):
        self.comment.answer(author=make_staff(name="Ana"), body="Slowly.")

        self.client.post(self.url)

        response = self.client.get(
            reverse("comments:receipt", args=[self.comment.secret])
        )
        self.assertContains(response, "You took it back")
        self.assertNotContains(response, "My knee")
        guide = self.client.get(self.comment.guide.get_absolute_url())
        self.assertContains(guide, "Slowly.")
        self.assertNotContains(guide, "My knee")


class GoneAlreadyTests(TestCase):
    def test_what_was_taken_back_is_not_asked_about_again(self):
        comment = make_comment(body="My knee")
        comment.answer(author=make_staff(name="Ana"), body="Slowly.")
        comment.take_back()
        comment.refresh_from_db()
        url = reverse("comments:take_back", args=[comment.secret])

        for send in (self.client.get, self.client.post):
            self.assertContains(send(url, follow=True), "erased already")
        at = comment.taken_back_at
        comment.refresh_from_db()
        self.assertEqual(comment.taken_back_at, at)
