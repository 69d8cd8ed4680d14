import html
import re
from pathlib import Path

from django.contrib.auth.models import Permission
from django.test import TestCase
from django.urls import reverse

from guide import serialize
from guide.models import (
    Audience,
    BodyArea,
    Equipment,
    Guide,
    Promotion,
    Topic,
    Video,
)
from tests.factories import make_guide, make_staff

ARTICLES = Path(__file__).parent / "articles"
TYPICAL = (ARTICLES / "typical.txt").read_text()
URL = "admin:guide_guide_paste"


class PastingTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Ana Reyes", username="ana")
        Audience.objects.create(name="most people", slug="most-people")
        Equipment.objects.create(name="band", slug="band")
        BodyArea.objects.create(name="Upper back", slug="upper-back")
        Topic.objects.create(title="Upper back", slug="upper-back")

    def setUp(self):
        self.client.force_login(self.ana)
        self.url = reverse(URL)

    def post(self, text=TYPICAL, **values):
        return self.client.post(self.url, {"text": text} | values, follow=True)

    def make(self, text=TYPICAL, **values):
        """Tick all that must be looked at, and press the button."""
        response = self.post(text, **values)
        seen = [one.sentence for one in response.context["doubts"]]
        return self.post(text, seen=seen, _make="1", **values)

    def assert_says(self, response, *sentences):
        self.assertEqual(response.status_code, 200)
        page = html.unescape(response.content.decode())
        for sentence in sentences:
            self.assertIn(sentence, page)


class PastingTests(PastingTestCase):
    def test_its_links_stand_where_one_writes(self):
        for name in ["admin:index", "admin:guide_guide_changelist"]:
            with self.subTest(name):
                self.assertContains(self.client.get(reverse(name)), self.url)

    def test_looking_saves_nothing(self):
        response = self.post()

        self.assert_says(
            response,
            "Below the article stand 6 lines of comments: they stay out.",
            "exercise 1, set-up 2",
            "8 to 12 times; up to 3 sets",
            "As for Low Row",
            "Keep your wrists straight.",
            "A new promotion",
        )
        for model in [Guide, Promotion, Video]:
            self.assertFalse(model.objects.exists())

    def test_the_typical_page_becomes_a_draft(self):
        response = self.make()

        guide = Guide.objects.get()
        url = reverse("admin:guide_guide_change", args=[guide.pk])
        self.assertEqual(response.redirect_chain[-1][0], url)
        self.assert_says(
            response, "is a draft: no reader sees it.", "Still missing: the day you"
        )
        self.assertIsNone(guide.published_at)
        data = serialize.to_data(guide)
        self.assertEqual(data["author"], "Ana Reyes")
        self.assertEqual(data["topic"], "upper-back")
        self.assertEqual(data["verdicts"][0]["audience"], "most-people")
        self.assertEqual(data["dosage"]["repetitions"], [8, 12])
        low, wide = data["exercises"]
        self.assertEqual(low["action"][1]["footnote"], "Keep your wrists straight.")
        self.assertEqual(low["variations"][0]["exercise"], "Wide Row")
        self.assertEqual((wide["setup_from"], wide["equipment"]), ("Low Row", ["band"]))
        self.assertEqual(guide.promotion.points[2], "a plan for every week")
        self.assertEqual((guide.video.provider, guide.video.duration), ("youtube", 255))
        self.assertEqual(
            [section["heading"] for section in data["sections"]],
            [
                "Why use resistance bands?",
                "How many exercises?",
                "Tips for avoiding injury",
            ],
        )
        # Seen by nobody else, and complete enough for its own page.
        self.assertContains(self.client.get(guide.get_absolute_url()), "Low Row")
        self.client.logout()
        self.assertEqual(self.client.get(guide.get_absolute_url()).status_code, 404)

    def test_every_article_becomes_a_draft_that_says_what_was_read(self):
        for path in sorted(ARTICLES.iterdir()):
            if path.suffix == ".json":
                continue
            with self.subTest(path.name):
                text = path.read_text()
                before = set(Guide.objects.values_list("pk", flat=True))
                read = self.post(text).context["data"]

                self.assertEqual(self.make(text).status_code, 200)

                guide = Guide.objects.exclude(pk__in=before).get()
                written = serialize.to_data(guide)
                for exercise in written["exercises"]:
                    exercise["uid"] = None  # that of a draft is given when it is made
                self.assertEqual(written, read)

    def test_doubts_that_must_be_looked_at_are_ticked_first(self):
        response = self.post(_make="1")

        self.assert_says(
            response, "Tick what you have looked at", 'aria-invalid="true"'
        )
        self.assertFalse(Guide.objects.exists())
        self.assertEqual(response.context["form"]["text"].value(), TYPICAL)

        seen = [one.sentence for one in response.context["doubts"] if one.must]
        response = self.post(seen=seen[:1], _make="1")
        self.assertFalse(Guide.objects.exists())
        self.assertContains(response, " checked", count=1)

        self.post(seen=seen, _make="1")
        self.assertTrue(Guide.objects.exists())

    def test_what_was_pasted_comes_back_with_every_fault(self):
        for text, sentence in [
            ("", "Paste the text of your article first."),
            ("  \n ", "Paste the text of your article first."),
            ("x" * 1_000_001, "A million characters fit."),
        ]:
            with self.subTest(text[:3]):
                response = self.post(text)
                self.assert_says(response, sentence)
                self.assertContains(response, html.escape(text.strip()[:50]))
                self.assertEqual(response.context["form"]["text"].value(), text)

    def test_a_million_characters_fit_whatever_ends_a_line(self):
        lines = "x" * 48 + "\r\n"  # as a browser sends them

        response = self.post(lines * 20_400)

        self.assert_says(response, "Your text, line by line")

    def test_a_tick_is_spoken_of_where_one_is_wanted(self):
        for text, wants in [
            (TYPICAL, True),
            ((ARTICLES / "word.html").read_text(), False),
        ]:
            with self.subTest(wants=wants):
                response = self.post(text)

                self.assertEqual(
                    any(one.must for one in response.context["doubts"]), wants
                )
                self.assertContains(response, "Those in bold want a tick", int(wants))

    def test_the_mark_of_what_was_pasted_goes_along_until_it_is_a_draft(self):
        self.assertContains(self.post(_form="typed"), 'name="_form" value="typed"')

        self.make(_form="typed")

        self.assertEqual(self.client.session["saved_forms"], ["typed"])

    def test_one_can_go_back_to_the_text(self):
        response = self.post("Low <b>Row</b>", html="<p>Low Row</p>", _back="1")

        self.assertContains(response, "Low &lt;b&gt;Row&lt;/b&gt;</textarea>")
        self.assertContains(response, "&lt;p&gt;Low Row&lt;/p&gt;</textarea>")
        self.assertNotContains(response, "errorlist")

    def test_what_came_with_its_markup_is_read_with_it(self):
        rich = (
            "<h1>Rows</h1><h2>Exercise 1: Low Row</h2><h3>Action</h3><ul><li>Pull</ul>"
        )

        response = self.post("Rows Exercise 1 Low Row Action Pull", html=rich)

        self.assertEqual(response.context["data"]["exercises"][0]["name"], "Low Row")

    def test_markup_that_is_too_long_gives_way_to_the_text(self):
        response = self.post("Two rows", html="<p>" + "x" * 1_000_000)

        self.assertEqual(response.context["data"]["title"], "Two rows")

    def test_scripts_of_the_source_reach_no_page(self):
        response = self.post(
            '<h1>Rows <script>alert(1)</script></h1><p onclick="x()">One.</p>'
            '<h2>Why</h2><p><a href="javascript:x()">so</a></p><img src=x onerror=y()>'
        )

        shown = response.content.decode().split('id="becomes"')[1]
        self.assertNotRegex(shown, r"<script|onclick|javascript:|onerror")
        page = re.sub(r'<input type="hidden"[^>]*>', "", response.content.decode())
        self.assertNotRegex(page, r'\sstyle="|<[^>]*\son\w+="')

    def test_what_the_database_refuses_is_a_sentence_and_the_text_stays(self):
        make_guide(slug="rows")
        response = self.post("Rows")
        self.assertEqual(response.context["data"]["slug"], "rows-2")

        # Written meanwhile by another: the guide that is there is left alone.
        seen = [one.sentence for one in response.context["doubts"]]
        Guide.objects.filter(slug="rows").update(title="Old")
        self.post("Rows", seen=seen, _make="1")
        self.assertEqual(Guide.objects.get(slug="rows").title, "Old")
        self.assertEqual(Guide.objects.get(slug="rows-2").title, "Rows")

    def test_a_long_text_shows_its_first_lines(self):
        response = self.post("Rows\n\n" + "Pull the band.\n\n" * 2500)

        self.assert_says(response, "501 more lines are not shown")


class RightsTests(PastingTestCase):
    def sign_in(self, *names):
        rights = Permission.objects.filter(
            content_type__app_label="guide", codename__in=names
        )
        self.client.force_login(make_staff(is_superuser=False, permissions=rights))

    def test_only_who_may_add_guides_may_paste(self):
        self.sign_in("view_guide", "change_guide")
        for response in [self.client.get(self.url), self.post(_make="1")]:
            self.assertEqual(response.status_code, 403)
        self.assertNotContains(
            self.client.get(reverse("admin:guide_guide_changelist")), self.url
        )
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)
        self.assertFalse(Guide.objects.exists())

    def test_who_may_not_add_promotions_and_videos_keeps_their_words(self):
        self.sign_in("add_guide", "view_guide", "change_guide")

        self.make()

        guide = Guide.objects.get()
        self.assertIsNone(guide.promotion)
        self.assertIsNone(guide.video)
        self.assertIn(
            "https://youtu.be", guide.intro.replace("www.youtube.com", "youtu.be")
        )
        self.assertTrue(
            guide.sections.filter(
                heading="Stronger from Inside", prose__contains="plan"
            )
        )
        self.assertFalse(Promotion.objects.exists() or Video.objects.exists())

    def test_reading_changes_nothing_and_posting_needs_the_form(self):
        self.assertEqual(self.client.put(self.url).status_code, 405)
        client = self.client_class(enforce_csrf_checks=True)
        client.force_login(self.ana)
        self.assertEqual(client.post(self.url, {"text": "Rows"}).status_code, 403)
