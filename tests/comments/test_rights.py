from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.desk import seen
from comments.models import Status
from tests.comments.test_admin import LIST, DeskTestCase, address
from tests.factories import make_comment, make_staff


class RightsTests(DeskTestCase):
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
        self.assertFalse(comment.replies.exists())

    def test_an_assistant_answers_in_her_own_name_alone(self):
        self.pam.user_permissions.add(Permission.objects.get(codename="add_comment"))
        self.client.force_login(self.pam)
        comment = self.waiting()

        self.press(comment, "_answer", "Out.")

        answer = comment.replies.get()
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
        self.assertFalse(comment.replies.exists())

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
            token = seen.tokens_of([comment])
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
        self.client.post(LIST, {"undo": seen.tokens_of([comment])})

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
