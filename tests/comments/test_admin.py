import re
from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, RedFlag, Settings, Status
from tests.factories import make_comment, make_guide, make_staff

LIST = "/admin/comments/comment/"


def address(comment, what="change"):
    return reverse(f"admin:comments_comment_{what}", args=[comment.pk])


class DeskTestCase(TestCase):
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


class CommentTests(DeskTestCase):
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

    def test_what_was_decided_stands_there(self):
        comment = self.waiting()
        comment.spam(by=self.ana, reason="Sells bands.")

        response = self.client.get(address(comment))

        self.assertContains(response, "waiting → spam")
        self.assertContains(response, "Sells bands.")

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
        page = self.client.post(
            address(comment, "delete"), {"post": "yes"}, follow=True
        )

        self.assertContains(page, "Erased for ever.")
        self.assertNotContains(page, "“#")
        self.assertFalse(Comment.objects.exists())
        log = str(list(LogEntry.objects.values()))
        for word in ("Tom", "knee", "Slowly"):
            self.assertNotIn(word, log)

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


class RedFlagTests(DeskTestCase):
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

        self.assertContains(page, "State: </span>in use</td>", 1)
        self.assertContains(page, "State: </span>switched off</td>", 1)

    def test_a_line_that_would_be_met_by_all_is_refused(self):
        response = self.save("swollen calf\na*")

        self.assertContains(response, "Very many words begin like “a*”.")
        self.assertFalse(RedFlag.objects.filter(name="Calf").exists())


class SettingsTests(DeskTestCase):
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
