import json
import re
from datetime import UTC, datetime

from django.test import TestCase, override_settings

from guide import jsonld
from guide.models import (
    Audience,
    Author,
    Dosage,
    Exercise,
    Picture,
    SiteSettings,
    Verdict,
    Video,
)
from tests.factories import make_guide, make_staff
from tests.guide import schema_org

SITE = "https://upright.example"
NASTY = "</script><!--\u2028]]>&\"'"


@override_settings(SITE_URL=SITE)
class GuideTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = Author.objects.create(
            name="Ana Reyes", title="Physiotherapist", registration="PT 40771"
        )
        SiteSettings.objects.update_or_create(defaults={"author": cls.ana})
        cls.guide = make_guide(
            slug="rows", exercises=2, author=cls.ana, reviewed_on="2026-10-03"
        )
        cls.one, cls.two = cls.guide.exercises.all()
        cls.url = f"{SITE}/guides/rows/"

    def blocks(self, url="/guides/rows/"):
        page = self.client.get(url, headers={"accept-encoding": ""}).content.decode()
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        blocks = [json.loads(block) for block in found]
        known = {f"{SITE}/#site": "WebSite"} | schema_org.types_by_id(blocks)
        self.assertEqual(schema_org.faults(blocks, known), [])
        return blocks

    def nodes(self, name, url="/guides/rows/"):
        return [
            node
            for node in schema_org.nodes(self.blocks(url))
            if node.get("@type") == name and set(node) != {"@type", "@id"}
        ]

    def node(self, name, url="/guides/rows/"):
        (node,) = self.nodes(name, url)
        return node

    def add_video(self, **values):
        self.guide.video = Video.objects.create(
            **{"title": "Rows", "duration": 255, "provider": "youtube"}
            | {"provider_id": "dQw4w9WgXcQ"}
            | values
        )
        self.guide.save()

    def test_the_page_names_who_reviewed_it_and_when(self):
        page = self.node("MedicalWebPage")

        self.assertEqual(page["@id"], f"{self.url}#page")
        self.assertEqual(page["lastReviewed"], "2026-10-03")
        person = self.node("Person")
        self.assertEqual(page["reviewedBy"], {"@id": person["@id"]})
        self.assertEqual(person["identifier"], "PT 40771")
        self.assertEqual(person["url"], f"{SITE}/about/")

    def test_what_nobody_reviewed_says_so_by_silence(self):
        self.guide.reviewed_on = None
        self.guide.save()

        page = self.node("MedicalWebPage")

        self.assertNotIn("reviewedBy", page)
        self.assertNotIn("lastReviewed", page)

    def test_only_whom_the_site_is_about_has_a_page(self):
        self.guide.author = Author.objects.create(name="Ben", title="Coach")
        self.guide.save()

        self.assertNotIn("url", self.node("Person"))

    def test_moments_are_those_of_the_site_and_no_change_precedes_the_page(self):
        type(self.guide).objects.update(
            published_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
            updated_at=datetime(2026, 6, 1, tzinfo=UTC),
        )

        page = self.node("MedicalWebPage")

        self.assertEqual(page["datePublished"], "2026-07-02T00:30:00+01:00")
        self.assertEqual(page["dateModified"], "2026-07-02T00:30:00+01:00")

    def test_whom_it_suits_is_its_audience(self):
        for choice in Verdict.Choice.values:
            audience = Audience.objects.create(name=f"people {choice}", slug=choice)
            Verdict.objects.create(guide=self.guide, audience=audience, choice=choice)

        people = {node["audienceType"] for node in self.nodes("PeopleAudience")}

        self.assertEqual(people, {"people yes", "people change"})

    def test_an_exercise_has_its_own_dosage_or_that_of_the_guide(self):
        Dosage.objects.create(guide=self.guide, repetitions_min=8, repetitions_max=12)
        Dosage.objects.create(exercise=self.two, repetitions_min=5, sets_max=3)
        Exercise.objects.filter(pk=self.two.pk).update(
            start_position="seated", breathing="Out as you pull"
        )

        plans = {plan["name"]: plan for plan in self.nodes("ExercisePlan")}

        self.assertEqual(plans[self.one.name]["repetitions"]["maxValue"], 12)
        own = plans[self.two.name]
        self.assertEqual(own["repetitions"]["value"], 5)
        self.assertEqual(own["exerciseType"], "Seated on a chair")
        self.assertEqual(own["additionalVariable"], ["up to 3 sets", "Out as you pull"])

    def test_a_clip_leads_to_its_exercise(self):
        self.add_video(transcript="<p>Pull &amp; <em>breathe</em>.</p><p>Rest.</p>")
        Exercise.objects.filter(pk=self.one.pk).update(clip_start=0, clip_end=90)
        Exercise.objects.filter(pk=self.two.pk).update(clip_start=90)

        video = self.node("VideoObject")

        self.assertEqual(video["duration"], "PT4M15S")
        self.assertEqual(video["transcript"], "Pull & breathe. Rest.")
        self.assertEqual(
            [
                (clip["url"], clip["startOffset"], clip["endOffset"])
                for clip in video["hasPart"]
            ],
            [
                (f"{self.url}#{self.one.anchor}", 0, 90),
                (f"{self.url}#{self.two.anchor}", 90, 255),
            ],
        )

    def test_no_clip_runs_on_past_the_end_of_the_video(self):
        self.add_video()
        Exercise.objects.filter(pk=self.one.pk).update(clip_start=200, clip_end=300)
        Exercise.objects.filter(pk=self.two.pk).update(clip_start=255, clip_end=290)

        clips = self.node("VideoObject")["hasPart"]

        self.assertEqual(
            [(clip["startOffset"], clip["endOffset"]) for clip in clips], [(200, 255)]
        )

    def test_a_video_without_a_poster_is_shown_by_the_lead_picture(self):
        self.add_video()
        lead = Picture.objects.create(
            file="pictures/lead/original.jpg", alt="A door.", width=800, height=450
        )
        type(self.guide).objects.update(picture=lead)

        self.assertEqual(
            self.node("VideoObject")["thumbnailUrl"],
            f"{SITE}/media/pictures/lead/original.jpg",
        )

    def test_a_video_elsewhere_is_its_player_which_waits(self):
        self.add_video()

        video = self.node("VideoObject")

        self.assertEqual(
            video["embedUrl"], "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
        )
        self.assertNotIn("contentUrl", video)

    def test_an_own_video_is_its_file(self):
        poster = Picture.objects.create(
            file="pictures/a/original.jpg", alt="A door.", width=800, height=450
        )
        self.add_video(provider="own", file="videos/rows.mp4", poster=poster)

        video = self.node("VideoObject")

        self.assertEqual(video["contentUrl"], f"{SITE}/media/videos/rows.mp4")
        self.assertEqual(video["thumbnailUrl"], f"{SITE}/media/pictures/a/original.jpg")

    def test_an_article_is_one(self):
        make_guide(slug="read", kind="article", author=self.ana)

        article = self.node("Article", "/guides/read/")

        page = self.node("MedicalWebPage", "/guides/read/")
        self.assertEqual(page["mainEntity"], [{"@id": article["@id"]}])
        self.assertEqual(article["mainEntityOfPage"], {"@id": page["@id"]})

    def test_a_guide_with_next_to_nothing_says_little_and_nothing_wrong(self):
        make_guide(slug="bare")

        page = self.node("MedicalWebPage", "/guides/bare/")

        for name in ("mainEntity", "video", "author", "audience", "timeRequired"):
            self.assertNotIn(name, page)

    def test_nothing_the_author_types_ends_the_block(self):
        type(self.guide).objects.update(title=NASTY, summary=NASTY)
        Exercise.objects.update(name=NASTY)

        self.assertEqual(self.node("MedicalWebPage")["name"], NASTY)
        self.assertEqual(len(self.blocks()), 1)

    def test_whatever_host_the_reader_asked_the_addresses_are_the_sites(self):
        response = self.client.get("/guides/rows/", HTTP_HOST="localhost")

        self.assertNotContains(response, "localhost")
        self.assertContains(response, f'rel="canonical" href="{self.url}"')

    def test_a_draft_is_told_to_nobody(self):
        self.client.force_login(make_staff())
        make_guide(slug="draft", published_at=None, author=self.ana)

        page = self.client.get("/guides/draft/").content.decode()

        self.assertNotIn("ld+json", page)
        self.assertNotIn("og:title", page)
        self.assertNotIn("canonical", page)

    def test_the_first_page_and_the_one_about_her_name_the_same_person(self):
        home, about = self.node("WebSite", "/"), self.node("ProfilePage", "/about/")

        self.assertEqual(home["publisher"], about["mainEntity"])
        self.assertEqual(
            self.node("Person", "/about/")["@id"], home["publisher"]["@id"]
        )

    def test_without_an_author_the_page_about_her_tells_nothing(self):
        SiteSettings.objects.update(author=None)

        self.assertEqual(self.blocks("/about/"), [])
        self.assertNotIn("publisher", self.node("WebSite", "/"))


class ScriptTests(TestCase):
    def test_no_character_that_could_end_it_stands_in_it(self):
        html = jsonld.script({"name": NASTY})

        inner = html.removeprefix('<script type="application/ld+json">')
        inner = inner.removesuffix("</script>")
        for character in "<>&\u2028\u2029":
            self.assertNotIn(character, inner)
        self.assertEqual(json.loads(inner)["@graph"], [{"name": NASTY}])
