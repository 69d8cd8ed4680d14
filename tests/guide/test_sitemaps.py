from xml.etree import ElementTree

from django.core.cache import cache
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from guide.models import Guide, Picture, Video
from tests.factories import make_guide, make_issue

SITE = "https://upright.example"
NS = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "video": "http://www.google.com/schemas/sitemap-video/1.1",
}


def make_picture(name):
    return Picture.objects.create(
        file=f"pictures/{name}/original.jpg", alt=name, width=800, height=600
    )


@override_settings(SITE_URL=SITE)
class SitemapTests(TestCase):
    def urls(self):
        response = self.client.get("/sitemap.xml", headers={"accept-encoding": ""})
        root = ElementTree.fromstring(response.content)
        return {url.findtext("loc", namespaces=NS): url for url in root}

    def video(self, guide):
        return self.urls()[f"{SITE}{guide.get_absolute_url()}"].find("video:video", NS)

    def test_it_names_every_page_to_read(self):
        guide = make_guide()
        sent = make_issue(frozen_at="2026-11-01T09:00Z")
        draft = make_issue()

        urls = self.urls()

        for path in [
            *("/", "/guides/", "/about/", "/questions/"),
            *("/newsletter/", "/newsletter/issues/", "/privacy/"),
            guide.get_absolute_url(),
            sent.get_absolute_url(),
        ]:
            self.assertIn(f"{SITE}{path}", urls)
        self.assertNotIn(f"{SITE}{draft.get_absolute_url()}", urls)

    def test_a_guide_has_its_pictures_each_once(self):
        lead, step = make_picture("lead"), make_picture("row")
        guide = make_guide(slug="rows", exercises=2, picture=lead)
        guide.exercises.update(picture=step)

        url = self.urls()[f"{SITE}/guides/rows/"]

        self.assertEqual(
            [image.text for image in url.findall("image:image/image:loc", NS)],
            [f"{SITE}/media/pictures/{x}/original.jpg" for x in ("lead", "row")],
        )
        self.assertIsNotNone(url.find("lastmod", NS))

    def test_an_own_video_has_all_that_a_search_engine_asks_for(self):
        guide = make_guide(
            summary="One band & a door.",
            video=Video.objects.create(
                title="Rows < all",
                file="videos/rows.mp4",
                duration=255,
                poster=make_picture("poster"),
            ),
        )

        video = self.video(guide)

        said = {part.tag.partition("}")[2]: part.text for part in video}
        self.assertEqual(said.pop("publication_date")[:4], f"{guide.published_at:%Y}")
        self.assertEqual(
            said,
            {
                "thumbnail_loc": f"{SITE}/media/pictures/poster/original.jpg",
                "title": "Rows < all",
                "description": "One band & a door.",
                "content_loc": f"{SITE}/media/videos/rows.mp4",
                "duration": "255",
            },
        )

    def test_a_video_elsewhere_is_named_by_its_player(self):
        guide = make_guide(
            figure="low-row-finish",
            video=Video.objects.create(
                title="Rows", provider="vimeo", provider_id="123456789", duration=60
            ),
        )

        video = self.video(guide)

        self.assertEqual(
            video.findtext("video:player_loc", namespaces=NS),
            "https://player.vimeo.com/video/123456789",
        )
        self.assertIsNone(video.find("video:content_loc", NS))
        self.assertEqual(
            video.findtext("video:thumbnail_loc", namespaces=NS),
            f"{SITE}/static/figures/low-row-finish.png",
        )

    def test_whatever_was_typed_it_is_xml(self):
        typed = "a < b & ]]> \x0b\ufffe"
        guide = make_guide(
            summary=typed,
            video=Video.objects.create(title=typed, file="a&b.mp4", duration=1),
        )

        title = self.video(guide).findtext("video:title", namespaces=NS)

        self.assertEqual(title, "a < b & ]]> ")

    def test_a_draft_shows_neither_its_page_nor_its_pictures(self):
        hidden = make_guide(exercises=1, published_at=None)
        hidden.exercises.update(picture=make_picture("secret"))

        response = self.client.get("/sitemap.xml")

        self.assertNotContains(response, "secret")
        self.assertNotContains(response, hidden.slug)

    def test_it_costs_the_same_for_one_guide_or_ten(self):
        costs = []
        for more in (1, 9):
            for n in range(more):
                poster = make_picture(f"poster-{more}-{n}")
                video = Video.objects.create(
                    title="Rows", file="rows.mp4", duration=9, poster=poster
                )
                guide = make_guide(exercises=2, video=video, picture=poster)
                guide.exercises.update(picture=poster)
                make_issue(frozen_at="2026-11-01T09:00Z")
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                self.urls()
            costs.append(len(queries))

        self.assertEqual(*costs)
        self.assertLessEqual(costs[0], 9)
        self.assertEqual(Guide.objects.count(), 10)
