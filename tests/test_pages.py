"""Every page of the demonstration: where links lead, its bytes, its queries."""

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from PIL import Image

from guide.models import Guide
from tests.factories import make_comment
from tests.guide import schema_org

KIB = 1024
PLAIN = {"accept-encoding": ""}
LOADED = {"img": "src", "script": "src", "iframe": "src", "video": "src"}
LOADED |= {"source": "src", "track": "src", "audio": "src", "embed": "src"}


class Reading(HTMLParser):
    """What a page holds: links, ids, headings, what it loads, what runs inline."""

    def __init__(self, html):
        super().__init__()
        self.links, self.ids, self.loads, self.inline = [], [], [], []
        self.headings, self.first_link, self.lang = [], None, None
        self.focused, self.in_template = [], 0
        self.meta, self.canonical, self.data, self.in_data = {}, None, [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "template":
            self.in_template += 1
        if tag == "html":
            self.lang = values.get("lang")
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
            self.first_link = self.first_link or values
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if "autofocus" in values:
            self.focused.append(tag)
        if tag == "style" or "style" in values or any(n[:2] == "on" for n in values):
            self.inline.append((tag, values))
        # A block of data is no script: the browser runs none of it.
        self.in_data = tag == "script" and values == {"type": "application/ld+json"}
        if tag == "script" and "src" not in values and not self.in_data:
            self.inline.append((tag, values))
        if tag == "meta" and "content" in values:
            name = values.get("property") or values.get("name")
            self.meta[name] = values["content"]
        if tag == "link" and values.get("rel") == "canonical":
            self.canonical = values["href"]
        if not self.in_template:
            if tag == "link" and values.get("rel") in ("stylesheet", "icon", "preload"):
                self.loads.append(values["href"])
            elif LOADED.get(tag) in values:
                self.loads.append(values[LOADED[tag]])
            self.loads += re.findall(r"(\S+) \d+w", values.get("srcset") or "")

    def handle_endtag(self, tag):
        self.in_data = False
        if tag == "template":
            self.in_template -= 1

    def handle_data(self, text):
        if self.in_data:
            self.data.append(json.loads(text))


def crawl(client):
    """Follow every link from the first page; filters are followed one at a time.

    Returns each page and each answer by its address, and who links to it.
    """
    pages, links, answers, waiting = {}, {}, {}, ["/"]
    while waiting:
        url = waiting.pop()
        if url in answers or url.count("=") > 1:
            continue
        answers[url] = client.get(url, headers=PLAIN, follow=True)
        if not answers[url].get("Content-Type", "").startswith("text/html"):
            continue
        pages[url] = Reading(answers[url].content.decode())
        for href in pages[url].links:
            target = urlsplit(urljoin(f"http://testserver{url}", href))
            if (target.scheme, target.netloc) == ("http", "testserver"):
                target = target._replace(scheme="", netloc="")
                address, anchor = urldefrag(target.geturl())
                if address.count("=") < 2:
                    links.setdefault(address, []).append((url, anchor))
                    waiting.append(address)
    return pages, links, answers


def static(url):
    return Path(finders.find(url.removeprefix("/static/")))


class PagesTests(TestCase):
    """All pages that a reader reaches by links from the first one, and the forms."""

    @classmethod
    def setUpTestData(cls):
        call_command("demo_content", verbosity=0)
        cls.guide = (
            Guide.objects.published()
            .annotate(count=Count("comments"))
            .order_by("-count")
            .first()
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pages, cls.links, cls.answers = crawl(Client())

    def get(self, url):
        return self.client.get(url, headers=PLAIN)

    def test_every_link_leads_somewhere(self):
        self.assertGreater(len(self.pages), 40)
        for address, sources in self.links.items():
            with self.subTest(address, linked_from=sources[:3]):
                self.assertEqual(self.answers[address].status_code, 200)
                for _, anchor in sources:
                    if anchor and address in self.pages:
                        self.assertIn(anchor, self.pages[address].ids)

    def test_every_page_is_well_made(self):
        for url, page in self.pages.items():
            with self.subTest(url):
                self.assertEqual(page.headings.count("h1"), 1)
                self.assertEqual(page.lang, "en-gb")
                self.assertEqual(page.first_link["href"], "#content")
                self.assertEqual(page.inline, [])
                self.assertEqual(page.focused, [])
                self.assertEqual(len(page.ids), len(set(page.ids)))
                foreign = [src for src in page.loads if not src.startswith("/")]
                self.assertEqual(foreign, [])

    def test_machines_are_told_only_what_schema_org_defines(self):
        known = {}
        for page in self.pages.values():
            known |= schema_org.types_by_id(page.data)
        told = set()
        for url, page in self.pages.items():
            with self.subTest(url):
                self.assertEqual(schema_org.faults(page.data, known), [])
                for node in schema_org.nodes(page.data):
                    told.add(node.get("@type"))
                    for name, value in node.items():
                        if name == "@id" or name.lower().endswith("url"):
                            self.assertTrue(value.startswith("http://testserver/"))
        self.assertLessEqual(
            {
                *("WebSite", "ProfilePage", "MedicalWebPage", "Article", "Person"),
                *("VideoObject", "ExercisePlan", "BreadcrumbList", "ImageObject"),
                *("PeopleAudience", "QuantitativeValue", "Comment"),
            },
            told,
        )

    def test_every_page_has_one_address_and_a_picture_or_wants_no_guest(self):
        pictures = set()
        for url, page in self.pages.items():
            with self.subTest(url):
                if page.meta.get("robots") == "noindex":
                    self.assertIsNone(page.canonical)
                    self.assertNotIn("og:title", page.meta)
                    continue
                address = page.canonical.removeprefix("http://testserver")
                self.assertIn(address, self.pages)
                self.assertEqual(self.pages[address].canonical, page.canonical)
                self.assertEqual(page.meta["og:url"], page.canonical)
                for name in ("title", "description", "type", "site_name", "image:alt"):
                    self.assertTrue(page.meta[f"og:{name}"])
                size = [int(page.meta[f"og:image:{x}"]) for x in ("width", "height")]
                self.assertGreaterEqual(size[0], 600)
                pictures.add((page.meta["og:image"], *size))
        for picture, width, height in pictures:
            path = urlsplit(picture).path
            file = static(path) if path.startswith("/static/") else self.media(path)
            with self.subTest(picture), Image.open(file) as image:
                self.assertEqual(image.size, (width, height))

    def media(self, path):
        return Path(settings.MEDIA_ROOT) / path.removeprefix("/media/")

    def test_reading_pages_are_the_same_for_everybody_and_set_no_cookie(self):
        for url in self.pages:
            if url.startswith(("/comments/", "/search/", "/newsletter/fresh-link/")):
                continue
            with self.subTest(url):
                response = self.answers[url]

                self.assertFalse(response.cookies)
                self.assertEqual(response["Vary"], "Accept-Encoding")
                self.assertEqual(
                    response["Cache-Control"], "public, max-age=0, must-revalidate"
                )
                self.assertNotContains(response, "csrfmiddlewaretoken")
                self.assertNotIn("nonce", response["Content-Security-Policy"])

    def packed(self, paths):
        return sum(
            len(gzip.compress(path.read_bytes(), 6)) for path in map(static, paths)
        )

    def test_a_guide_is_light(self):
        response = self.client.get(
            self.guide.get_absolute_url(), headers={"accept-encoding": "gzip"}
        )
        page = Reading(gzip.decompress(response.content).decode())
        css = [src for src in page.loads if src.endswith(".css")]
        js = [src for src in page.loads if src.endswith(".js")]

        self.assertLessEqual(len(response.content), 20 * KIB)
        self.assertLessEqual(self.packed(css), 12 * KIB)
        self.assertLessEqual(self.packed(js), 10 * KIB)
        self.assertGreater(len(css), 3)

    def test_a_guide_on_paper_is_light(self):
        response = self.client.get(
            f"{self.guide.get_absolute_url()}print/",
            headers={"accept-encoding": "gzip"},
        )
        page = Reading(gzip.decompress(response.content).decode())
        css = [src for src in page.loads if src.endswith(".css")]
        js = [src for src in page.loads if src.endswith(".js")]

        self.assertLessEqual(len(response.content), 15 * KIB)
        self.assertLessEqual(self.packed(css), 12 * KIB)
        self.assertLessEqual(self.packed(js), 2 * KIB)
        self.assertTrue(css)
        self.assertTrue(js)

    def test_every_kind_of_reading_page_is_light(self):
        for url in [
            "/",
            "/guides/",
            f"{self.guide.get_absolute_url()}print/",
            self.guide.topic.get_absolute_url(),
            "/about/",
            "/search/?q=breathe",
        ]:
            with self.subTest(url):
                html = self.get(url).content
                page = Reading(html.decode())
                by_kind = {
                    kind: [src for src in page.loads if src.endswith(kind)]
                    for kind in (".css", ".js")
                }

                self.assertLessEqual(len(gzip.compress(html, 6)), 15 * KIB)
                self.assertLessEqual(self.packed(by_kind[".css"]), 12 * KIB)
                self.assertLessEqual(self.packed(by_kind[".js"]), 10 * KIB)

    def test_a_guide_without_comments_is_lighter(self):
        self.guide.comments.all().delete()

        response = self.client.get(
            self.guide.get_absolute_url(), headers={"accept-encoding": "gzip"}
        )

        self.assertLessEqual(len(response.content), 15 * KIB)

    def test_a_guide_costs_as_many_queries_with_a_hundred_comments_more(self):
        url = self.guide.get_absolute_url()
        with CaptureQueriesContext(connection) as few:
            self.get(url)
        for _ in range(100):
            make_comment(self.guide)
        cache.clear()

        with CaptureQueriesContext(connection) as many:
            self.get(url)

        self.assertLessEqual(len(few), 12)
        self.assertEqual(len(few), len(many))
        with self.assertNumQueries(1):
            self.get(url)
