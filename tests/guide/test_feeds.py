from datetime import timedelta
from unittest import mock
from xml.etree import ElementTree

from django.core.cache import cache
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guide import feeds
from guide.models import Author, Guide, Picture, Topic
from tests.factories import make_guide

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://upright.example"
NASTY = "a < b & </title> \x0b\ufffe \"'"
HOUR = timedelta(hours=1)


def parsed(response):
    return ElementTree.fromstring(response.content)


@override_settings(SITE_URL=SITE)
class FeedTests(TestCase):
    def feed(self):
        response = self.client.get("/feed/", headers={"accept-encoding": ""})
        self.assertEqual(response.status_code, 200)
        return parsed(response)

    def entries(self):
        return self.feed().findall(f"{ATOM}entry")

    def titles(self):
        return [entry.findtext(f"{ATOM}title") for entry in self.entries()]

    def test_it_says_what_it_is_and_where(self):
        make_guide()

        response = self.client.get("/feed/")

        self.assertEqual(
            response["Content-Type"], "application/atom+xml; charset=utf-8"
        )
        self.assertEqual(response["Vary"], "Accept-Encoding")
        self.assertIn("public", response["Cache-Control"])
        feed = self.feed()
        links = {x.get("rel"): x.get("href") for x in feed.findall(f"{ATOM}link")}
        self.assertEqual(links, {"alternate": f"{SITE}/", "self": f"{SITE}/feed/"})
        for name in ("id", "title", "updated"):
            self.assertTrue(feed.findtext(f"{ATOM}{name}"))

    def test_an_entry_has_all_that_a_guide_shows_in_a_list(self):
        author = Author.objects.create(name="Ana & <Ana>", title="Physiotherapist")
        topic = Topic.objects.create(title="Back", slug="back")
        picture = Picture.objects.create(
            file="pictures/a/original.jpg", alt='A "door".', width=800, height=600
        )
        guide = make_guide(
            slug="rows",
            title="Rows & <more>",
            summary="Pull < push.",
            author=author,
            topic=topic,
            picture=picture,
        )

        (entry,) = self.entries()

        self.assertEqual(entry.findtext(f"{ATOM}title"), "Rows & <more>")
        self.assertEqual(entry.find(f"{ATOM}link").get("href"), f"{SITE}/guides/rows/")
        self.assertEqual(entry.findtext(f"{ATOM}author/{ATOM}name"), "Ana & <Ana>")
        self.assertEqual(entry.find(f"{ATOM}category").get("term"), "Back")
        self.assertEqual(
            entry.findtext(f"{ATOM}published")[:19],
            timezone.localtime(guide.published_at).isoformat()[:19],
        )
        summary = entry.find(f"{ATOM}summary")
        self.assertEqual(summary.get("type"), "html")
        self.assertIn(f'src="{SITE}/media/pictures/a/original.jpg"', summary.text)
        self.assertIn('alt="A &quot;door&quot;."', summary.text)
        self.assertIn("<p>Pull &lt; push.</p>", summary.text)

    def test_whatever_was_typed_it_is_xml(self):
        author = Author.objects.create(name=NASTY, title="x")
        topic = Topic.objects.create(title=NASTY, slug="x")
        make_guide(title=NASTY, summary=NASTY, author=author, topic=topic)

        self.assertEqual(self.titles(), [feeds.fit(NASTY)])

    def test_an_entry_keeps_its_name_when_title_address_and_date_change(self):
        guide = make_guide(slug="one")
        before = self.entries()[0].findtext(f"{ATOM}id")

        guide.slug, guide.title = "two", "Another"
        guide.published_at -= 9 * HOUR
        guide.save()

        self.assertEqual(self.entries()[0].findtext(f"{ATOM}id"), before)
        self.assertRegex(before, r"\Atag:upright\.example,\d{4}-\d\d-\d\d:guide-\d+\Z")

    def test_the_newest_stand_first_and_no_more_than_fit(self):
        now = timezone.now()
        for n in range(feeds.MOST + 2):
            make_guide(title=f"Guide {n}", published_at=now - n * HOUR)

        self.assertEqual(self.titles(), [f"Guide {n}" for n in range(feeds.MOST)])

    def test_a_scheduled_guide_appears_by_itself(self):
        make_guide(title="Now")
        soon = timezone.now() + HOUR
        make_guide(title="Soon", published_at=soon)
        self.assertEqual(self.titles(), ["Now"])

        # Nothing is saved meanwhile, no page is thrown away.
        with (
            mock.patch("django.utils.timezone.now", return_value=soon),
            mock.patch("time.time", return_value=soon.timestamp()),
        ):
            self.assertEqual(self.titles(), ["Soon", "Now"])

    def test_an_entry_is_not_older_than_its_appearance(self):
        guide = make_guide(published_at=timezone.now())
        Guide.objects.update(updated_at=guide.published_at - 9 * HOUR)

        (entry,) = self.entries()

        self.assertEqual(
            entry.findtext(f"{ATOM}updated"), entry.findtext(f"{ATOM}published")
        )

    def test_an_empty_site_has_an_empty_feed(self):
        self.assertEqual(self.titles(), [])

    def test_it_costs_the_same_for_one_guide_or_ten(self):
        costs = []
        for more in (1, 9):
            for n in range(more):
                author = Author.objects.create(name=f"A{n}", title="x")
                topic = Topic.objects.create(title="T", slug=f"t-{more}-{n}")
                make_guide(author=author, topic=topic)
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                self.feed()
            costs.append(len(queries))

        self.assertEqual(*costs)
        with self.assertNumQueries(1):
            self.feed()

    def test_pages_lead_to_it(self):
        page = self.client.get("/", headers={"accept-encoding": ""})

        self.assertContains(page, f'type="application/atom+xml" href="{SITE}/feed/"')
        self.assertContains(page, '<a href="/feed/">New guides as a feed</a>')
