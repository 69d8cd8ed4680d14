from datetime import timedelta
from xml.etree import ElementTree

from django.core.cache import cache
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, Settings, Status
from guide import feeds
from tests.factories import make_comment, make_guide, make_staff

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://upright.example"


@override_settings(SITE_URL=SITE)
class FeedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(slug="rows", title="Two rows")
        cls.ana = make_staff(name="Dr. Ana Reyes", title="Physiotherapist")
        cls.url = reverse("comments:feed", args=["rows"])

    def feed(self):
        response = self.client.get(self.url, headers={"accept-encoding": ""})
        self.assertEqual(response.status_code, 200)
        return ElementTree.fromstring(response.content)

    def entries(self):
        return self.feed().findall(f"{ATOM}entry")

    def titles(self):
        return [entry.findtext(f"{ATOM}title") for entry in self.entries()]

    def test_question_reply_and_answer_stand_there_the_newest_first(self):
        asked = make_comment(self.guide, name="Tom", body="In < or & out?")
        reply = make_comment(parent=asked, name="Pat")
        answer = asked.answer(author=self.ana, body="See https://example.org/a?b&c")
        make_comment(name="Elsewhere")

        entries = self.entries()

        self.assertEqual(
            [entry.findtext(f"{ATOM}title") for entry in entries],
            ["Dr. Ana Reyes answers", "Pat replies", "Tom asks"],
        )
        self.assertEqual(
            [entry.find(f"{ATOM}link").get("href") for entry in entries],
            [f"{SITE}/comments/{x.pk}/" for x in (answer, reply, asked)],
        )
        self.assertEqual(
            entries[-1].findtext(f"{ATOM}summary"), "<p>In &lt; or &amp; out?</p>"
        )
        self.assertIn('rel="nofollow ugc"', entries[0].findtext(f"{ATOM}summary"))
        self.assertIn(
            "<p>General information. I cannot examine you from here.</p>",
            entries[0].findtext(f"{ATOM}summary"),
        )

    def test_it_says_what_it_is_and_where(self):
        make_comment(self.guide)

        feed = self.feed()

        links = {x.get("rel"): x.get("href") for x in feed.findall(f"{ATOM}link")}
        self.assertEqual(
            links,
            {"alternate": f"{SITE}/guides/rows/", "self": f"{SITE}{self.url}"},
        )
        self.assertEqual(feed.findtext(f"{ATOM}title"), "Questions: Two rows")

    def test_a_name_is_text_whatever_is_in_it(self):
        name = "</name> & <b>me</b> \u202e]]>"
        make_comment(self.guide, name=name)

        (entry,) = self.entries()

        self.assertEqual(entry.findtext(f"{ATOM}author/{ATOM}name"), name)

    def test_only_what_shows_on_the_page_stands_there(self):
        for state in Status:
            make_comment(self.guide, status=state, name=f"Is {state}")
        hidden = make_comment(self.guide, name="Hidden root")
        reply = make_comment(parent=hidden, name="Below it")
        make_comment(parent=reply, name="Further below")
        hidden.reject()
        shown = make_comment(self.guide, name="Shown root")
        middle = make_comment(parent=shown, name="Hidden middle")
        make_comment(parent=middle, name="Below the middle")
        middle.spam()

        self.assertEqual(set(self.titles()), {"Is approved asks", "Shown root asks"})

    def test_what_was_taken_back_is_gone_and_its_answer_stays(self):
        asked = make_comment(self.guide, name="Tom")
        asked.answer(author=self.ana, body="Out.")
        asked.take_back()

        self.assertEqual(self.titles(), ["Dr. Ana Reyes answers"])

    def test_it_is_bounded_and_each_link_leads_to_its_page_one_day(self):
        start = timezone.now() - timedelta(days=9)
        for number in range(45):
            root = make_comment(
                self.guide,
                name=f"Root {number}",
                created_at=start + timedelta(minutes=number),
            )

        entries = self.entries()

        self.assertEqual(len(entries), feeds.MOST)
        self.assertEqual(
            entries[0].find(f"{ATOM}link").get("href"),
            f"{SITE}/comments/{root.pk}/",
        )
        self.assertRedirects(
            self.client.get(f"/comments/{root.pk}/"),
            f"/guides/rows/?page=3#comment-{root.pk}",
        )

    def test_what_is_not_published_has_none_and_an_old_address_leads_on(self):
        make_guide(slug="draft", published_at=None)
        for slug in ("draft", "nowhere"):
            url = reverse("comments:feed", args=[slug])
            self.assertEqual(self.client.get(url).status_code, 404)
        self.guide.slug = "better-rows"
        self.guide.save()

        response = self.client.get(self.url)

        self.assertRedirects(
            response, "/guides/better-rows/comments/feed/", status_code=301
        )

    def test_it_is_one_for_all_readers_and_shows_what_changed_at_once(self):
        asked = make_comment(self.guide, status=Status.PENDING)
        self.assertEqual(self.titles(), [])
        with self.assertNumQueries(1):
            response = self.client.get(self.url)
        self.assertIn("public", response["Cache-Control"])
        self.assertFalse(response.cookies)

        asked.approve()

        self.assertEqual(len(self.titles()), 1)

    def test_it_costs_the_same_for_one_comment_or_many(self):
        costs = []
        for more in (2, 9):
            for _ in range(more):
                make_comment(parent=make_comment(parent=make_comment(self.guide)))
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                self.feed()
            costs.append(len(queries))

        self.assertEqual(*costs)
        self.assertLessEqual(costs[0], 8)

    def test_the_page_leads_to_it(self):
        page = self.client.get("/guides/rows/", headers={"accept-encoding": ""})

        self.assertContains(
            page, f'type="application/atom+xml" href="{SITE}{self.url}"'
        )
        self.assertContains(page, f'<a href="{self.url}">')


@override_settings(SITE_URL=SITE)
class AnsweredTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(slug="rows", title="Two rows")
        cls.ana = make_staff(name="Dr. Ana Reyes", title="Physiotherapist")
        cls.url = reverse("comments:questions_feed")

    def entries(self):
        response = self.client.get(self.url, headers={"accept-encoding": ""})
        self.assertEqual(response.status_code, 200)
        return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")

    def test_a_question_and_its_answer_are_one_entry(self):
        Settings.load()
        Settings.objects.update(answer_note="General <information>.")
        asked = make_comment(self.guide, name="Tom", body="In < or & out?")
        asked.answer(author=self.ana, body="Out.")
        make_comment(self.guide, name="Nobody answered")

        (entry,) = self.entries()

        self.assertEqual(
            entry.findtext(f"{ATOM}title"), "Dr. Ana Reyes answers Tom: Two rows"
        )
        self.assertEqual(
            entry.find(f"{ATOM}link").get("href"), f"{SITE}/comments/{asked.pk}/"
        )
        self.assertEqual(
            entry.findtext(f"{ATOM}summary"),
            "<blockquote><p>In &lt; or &amp; out?</p></blockquote><p>Out.</p>"
            "<p>General &lt;information&gt;.</p>",
        )

    def test_those_of_every_guide_stand_there_the_newest_first_and_bounded(self):
        start = timezone.now() - timedelta(days=9)
        for number in range(feeds.MOST + 2):
            guide = make_guide(title=f"Guide no. {number}")
            answer = make_comment(guide, name="Tom").answer(
                author=self.ana, body="Yes."
            )
            Comment.objects.filter(pk=answer.pk).update(
                created_at=start + timedelta(minutes=number)
            )

        titles = [entry.findtext(f"{ATOM}title") for entry in self.entries()]

        self.assertEqual(len(titles), feeds.MOST)
        self.assertTrue(titles[0].endswith(f"no. {feeds.MOST + 1}"))

    def test_what_is_not_on_the_page_is_not_in_it(self):
        hidden = make_comment(self.guide)
        hidden.answer(author=self.ana, body="Hidden.")
        hidden.reject()
        make_comment(make_guide(published_at=None)).answer(
            author=self.ana, body="Soon."
        )
        back = make_comment(self.guide)
        back.answer(author=self.ana, body="Taken back.")
        back.take_back()

        self.assertEqual(self.entries(), [])

    def test_the_list_leads_to_it(self):
        page = self.client.get("/questions/", headers={"accept-encoding": ""})

        self.assertContains(
            page, f'type="application/atom+xml" href="{SITE}{self.url}"'
        )
        self.assertContains(page, f'<a href="{self.url}">')
