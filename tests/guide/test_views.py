import re
from datetime import timedelta

from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guide.models import (
    Audience,
    Author,
    BodyArea,
    Dosage,
    Equipment,
    Exercise,
    Guide,
    GuideNotice,
    Page,
    Picture,
    Promotion,
    RelatedGuide,
    SafetyNotice,
    Section,
    SiteSettings,
    Topic,
    Variation,
    Verdict,
    Video,
)
from tests.factories import make_comment, make_guide, make_staff

DAY = timedelta(days=1)


def make_full_guide(*, exercises=2, **values):
    """Return a guide with something of everything that a page can show."""
    guide = make_guide(
        exercises=exercises,
        **{
            "topic": Topic.objects.create(title="Back", slug=f"back-{exercises}"),
            "author": Author.objects.create(name="Ana Reyes", title="Physiotherapist"),
            "promotion": Promotion.objects.create(
                title="Strong on Both Feet", link="https://example.org/book"
            ),
            "video": Video.objects.create(
                title="The two rows",
                provider="youtube",
                provider_id="dQw4w9WgXcQ",
                duration=255,
                transcript="<p>Pull, and breathe.</p>",
            ),
        }
        | values,
    )
    band = Equipment.objects.create(
        name="Band", slug=f"band-{guide.pk}", substitute="a long scarf"
    )
    last = None
    for n, exercise in enumerate(guide.exercises.all()):
        exercise.equipment.add(band)
        Dosage.objects.create(exercise=exercise, repetitions_min=n + 1)
        if last:
            Variation.objects.create(exercise=last, kind="progression", to=exercise)
            exercise.setup_from = last
            exercise.save()
        last = exercise
    Dosage.objects.create(guide=guide, repetitions_min=8, repetitions_max=12)
    for place in Section.Place.values:
        Section.objects.create(
            guide=guide, place=place, heading=f"Words {place}", prose="<p>So.</p>"
        )
    for choice in Verdict.Choice.values:
        audience = Audience.objects.create(
            name=f"people {choice}", slug=f"{choice}-{guide.pk}"
        )
        Verdict.objects.create(
            guide=guide, audience=audience, choice=choice, note="sit"
        )
    notice = SafetyNotice.objects.create(
        prose="<ul><li>dizziness</li></ul>", emergency="Call your emergency number."
    )
    GuideNotice.objects.create(guide=guide, notice=notice)
    RelatedGuide.objects.create(guide=guide, to=make_guide(title="A relative"))
    return guide


class DetailTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_full_guide(
            title="Two rows",
            slug="two-rows",
            question="Shoulders round your ears?",
            summary="One band and a door.",
            suitability="General",
            level="gentle",
            minutes=4,
            reviewed_on="2026-10-03",
            review_due_on="2028-10-03",
        )
        cls.one, cls.two = cls.guide.exercises.all()
        cls.url = cls.guide.get_absolute_url()

    def page(self):
        page = self.client.get(self.url).content.decode()
        return re.sub(r"\s*\n\s*", "", page)

    def test_everything_stands_in_the_order_of_reading(self):
        self.guide.exercises.update(caution="Not with a sore shoulder.")
        make_comment(self.guide, body="Does a scarf do?")
        page = self.page()
        at = 0
        for words in [
            "Back</a> · 4 minutes · gentle",
            "Two rows</h1>",
            "Shoulders round your ears? One band and a door.",
            "Is it for me?",
            "Suitability: General",
            "Suitable",
            "With changes",
            "Ask first",
            "Not for now",
            "Watch the video",
            "Pull, and breathe.",
            "How many, how often",
            "8–12",
            "8 to 12 times.",
            "Words before",
            self.one.name + "</h2>",
            "Not with a sore shoulder.",
            "Set up",
            "Sit down.",
            "Action",
            "Pull.",
            "* Slowly.",
            "1 time.",
            "Easier or harder",
            self.two.name + "</h2>",
            "Stop if you notice",
            "Call your emergency number.",
            "Words after",
            "A relative",
            "advertisement",
            "Ana Reyes",
            "3 October 2026",
            "October 2028",
            "One letter a month",
            "Does a scarf do?",
        ]:
            found = page.find(words, at)
            self.assertGreater(found, 0, f"{words!r} is missing or too early")
            at = found

    def test_what_to_ask_first_stands_before_the_exercises(self):
        SafetyNotice.objects.update(level="ask", title="Ask before")

        page = self.page()

        self.assertLess(page.index("Ask before"), page.index('class="exercise"'))
        self.assertNotIn('id="stop"', page)

    def test_one_row_of_the_verdicts_holds_all_of_its_audiences(self):
        for name, note in [("after birth", "from 6 weeks"), ("runners", "")]:
            audience = Audience.objects.create(name=name, slug=name.replace(" ", "-"))
            Verdict.objects.create(
                guide=self.guide, audience=audience, choice="yes", note=note
            )

        page = re.sub(r"<span data-audience=.*?</span>", "", self.page())

        self.assertEqual(page.count("verdicts__row--yes"), 1)
        self.assertIn(
            "<span><b>People yes</b>, sit</span>; "
            "<span><b>after birth</b>, from 6 weeks</span>; "
            "<span><b>runners</b></span>",
            page,
        )
        self.assertIn("<b>People change</b>: sit", page)

    def test_a_footnote_stands_right_below_its_step(self):
        self.assertRegex(
            self.page(),
            r'<li>Pull\.<sup class="steps__mark">\*</sup>'
            r'<p class="steps__note">\* Slowly\.</p></li>',
        )

    def test_a_set_up_like_another_leads_there(self):
        link = f'As for <a href="#{self.one.anchor}">Exercise 1</a>'
        self.assertIn(f"<li>{link}.</li>", self.page())

        self.two.write_steps(phase="setup", lines=[("but stand on the band.", "")])
        self.assertIn(f"<li>{link}, but stand on the band.</li>", self.page())

        Exercise.objects.filter(pk=self.one.pk).update(label="Upper Back Exercise 1")
        self.assertIn("Upper Back Exercise 1</a>, but stand", self.page())

    def test_jump_links_lead_to_each_exercise_and_to_when_to_stop(self):
        page = self.page()
        ids = set(re.findall(r' id="([^"]+)"', page))

        for anchor in re.findall(r'href="#([^"]+)"', page):
            self.assertIn(anchor, ids)
        for anchor in (self.one.anchor, self.two.anchor, "stop"):
            self.assertIn(f'href="#{anchor}"', page)

    def test_no_id_stands_twice_though_two_exercises_have_one_name(self):
        self.guide.exercises.update(name="Row")

        ids = re.findall(r' id="([^"]+)"', self.page())

        self.assertCountEqual(ids, set(ids))

    def test_nothing_of_another_host_is_fetched_before_a_click(self):
        page = self.page()
        before_click = re.sub(r"(?s)<template>.*?</template>", "", page)

        self.assertIn("youtube-nocookie.com", page)
        self.assertNotRegex(before_click, r'(?:src|srcset|poster)="(?:https?:)?//')
        self.assertIn('href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"', page)
        self.assertIn('referrerpolicy="strict-origin-when-cross-origin"', page)

    def test_an_own_video_has_captions_and_a_poster(self):
        poster = Picture.objects.create(
            file="pictures/a/original.jpg", alt="A door.", width=800, height=450
        )
        Video.objects.update(
            provider="own",
            file="videos/rows.mp4",
            captions="captions/rows.vtt",
            poster=poster,
        )

        page = self.page()

        self.assertIn('<a class="video__play" href="/media/videos/rows.mp4"', page)
        self.assertIn('poster="/media/pictures/a/original.jpg"', page)
        self.assertIn('<track kind="captions" src="/media/captions/rows.vtt"', page)
        self.assertIn("4 min 15 s, with captions", page)
        self.assertNotIn("<iframe", page)

    def test_the_lead_picture_stands_in_the_frame_of_a_video_without_a_poster(self):
        lead = Picture.objects.create(
            file="pictures/lead/original.jpg", alt="A door.", width=800, height=450
        )
        Video.objects.update(provider="own", file="videos/rows.mp4")
        Guide.objects.update(picture=lead, figure="bridge-finish")

        frame = self.page().partition('class="video__frame"')[2].partition("</div>")[0]

        self.assertIn('<img src="/media/pictures/lead/original.jpg"', frame)
        self.assertIn('poster="/media/pictures/lead/original.jpg" width="800"', frame)
        self.assertNotIn("<svg", frame)

    def test_webp_is_offered_only_where_it_was_written(self):
        poster = Picture.objects.create(
            file="pictures/a/original.jpg",
            alt="A door.",
            width=800,
            height=450,
            widths=[400, 800],
        )
        Video.objects.update(poster=poster)
        source = (
            '<source type="image/webp" srcset="/media/pictures/a/400.webp 400w, '
            '/media/pictures/a/original.webp 800w"'
        )
        self.assertNotIn("<source", self.page())

        Picture.objects.filter(pk=poster.pk).update(webp_at=timezone.now())

        self.assertIn(source, self.page())

    def test_only_the_first_picture_of_a_page_is_hurried(self):
        pictures = [
            Picture.objects.create(
                file=f"pictures/{n}/original.jpg", alt="A.", width=800, height=450
            )
            for n in range(3)
        ]
        Video.objects.update(poster=pictures[0])
        Exercise.objects.update(picture=pictures[1])
        Author.objects.update(photo=pictures[2])

        images = re.findall(r"<img[^>]*>", self.page())

        self.assertGreaterEqual(len(images), 3)
        self.assertIn('fetchpriority="high"', images[0])
        self.assertNotIn("loading", images[0])
        for image in images:
            self.assertIn('width="800" height="450"', image)
        for image in images[1:]:
            self.assertIn('loading="lazy"', image)
            self.assertNotIn("fetchpriority", image)

    def test_each_exercise_leads_to_its_part_of_the_video(self):
        first = self.guide.exercises.first()
        Exercise.objects.filter(pk=first.pk).update(clip_start=8, clip_end=16)
        self.assertIn(
            'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ&amp;t=8s"', self.page()
        )

        Video.objects.update(provider="own", file="videos/rows.mp4")

        page = self.page()
        self.assertIn('href="/media/videos/rows.mp4#t=8,16"', page)
        self.assertIn("Watch this exercise, 0:08 to 0:16", page)
        self.assertEqual(page.count("video__clip"), 1)

        Video.objects.update(duration=8)  # a shorter film has taken its place
        self.assertNotIn("video__clip", self.page())
        Guide.objects.update(video=None)
        self.assertNotIn("video__clip", self.page())

    def test_a_promotion_is_shown_between_its_dates_only(self):
        Promotion.objects.update(ends_at=timezone.now() - DAY)

        self.assertNotIn("Strong on Both Feet", self.page())

    def test_a_guide_not_published_is_named_nowhere_on_the_page(self):
        hidden = make_guide(title="A secret", published_at=None, exercises=1)
        other = hidden.exercises.get()
        Exercise.objects.filter(pk=other.pk).update(name="Secret Row")
        RelatedGuide.objects.create(guide=self.guide, to=hidden)
        for kind in ("progression", "seated"):
            Variation.objects.create(
                exercise=self.one if kind == "seated" else self.two, kind=kind, to=other
            )
        Exercise.objects.filter(pk=self.one.pk).update(setup_from=other)

        self.assertNotIn("ecret", self.page())

        hidden.published_at = timezone.now()
        hidden.save()
        self.assertIn("A secret", self.page())
        self.assertIn("Secret Row", self.page())

    def test_the_ladder_reaches_one_step_into_other_guides(self):
        near, far, hidden = make_guide(exercises=3).exercises.all()
        for easier, harder in [(near, self.one), (far, near), (hidden, far)]:
            Variation.objects.create(exercise=easier, kind="progression", to=harder)

        page = self.page()

        for exercise, is_there in [(near, True), (far, True), (hidden, False)]:
            link = f'<a href="{exercise.get_absolute_url()}">'
            self.assertEqual(link in page, is_there)

    def test_what_the_author_typed_is_escaped(self):
        nasty = "<script>\"&'"
        Guide.objects.update(question=nasty)
        Exercise.objects.update(name=nasty, label=nasty, breathing=nasty)
        self.one.write_steps(phase="action", lines=[(nasty, nasty)])
        Promotion.objects.update(bullets=nasty)

        self.assertNotIn('<script>"', self.page())

    def test_an_article_reads_well_without_exercises(self):
        article = make_guide(kind="article", intro="<p>It depends.</p>")

        page = self.client.get(article.get_absolute_url()).content.decode()

        self.assertIn("It depends.", page)
        for words in ("How many, how often", "Is it for me?", "Exercise 1", "jumps"):
            self.assertNotIn(words, page)

    def test_a_dosage_that_says_nothing_has_no_box(self):
        Dosage.objects.update(repetitions_min=None, repetitions_max=None)

        self.assertNotIn('class="dose"', self.page())

        Dosage.objects.filter(guide=self.guide).update(note="As often as you like.")
        self.assertIn("As often as you like.", self.page())


class QueryTests(TestCase):
    """The database is asked twelve times at most, however long the page is."""

    def queries(self, guide, name="guide:detail"):
        url = reverse(name, args=[guide.slug])
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.client.get(url).status_code, 200)
        return [query["sql"] for query in queries]

    def test_two_exercises_or_ten_cost_the_same(self):
        few = self.queries(make_full_guide(exercises=2))
        many = self.queries(make_full_guide(exercises=10))

        self.assertEqual(len(few), len(many), "\n".join(many))
        self.assertLessEqual(len(many), 12, "\n".join(many))

    def test_a_sheet_of_two_exercises_or_ten_costs_the_same(self):
        few = self.queries(make_full_guide(exercises=2), "guide:handout")
        many = self.queries(make_full_guide(exercises=10), "guide:handout")

        self.assertEqual(len(few), len(many), "\n".join(many))
        self.assertLessEqual(len(many), 10, "\n".join(many))

    def test_a_page_kept_costs_one(self):
        guide = make_full_guide()
        self.queries(guide)

        self.assertEqual(len(self.queries(guide)), 1)

    def test_a_list_costs_the_same_for_one_guide_or_ten(self):
        topic = Topic.objects.create(title="Back", slug="back")
        people = [
            Audience.objects.create(name=f"people {n}", slug=f"{n}") for n in range(3)
        ]
        for name, args in [
            ("guide:index", []),
            ("guide:home", []),
            ("guide:topic", ["back"]),
        ]:
            with self.subTest(name):
                costs = []
                for more in (2, 8):
                    for _ in range(more):
                        guide = make_guide(exercises=2, topic=topic)
                        for audience in people:
                            Verdict.objects.create(
                                guide=guide, audience=audience, choice="no"
                            )
                    cache.clear()
                    with CaptureQueriesContext(connection) as queries:
                        self.client.get(reverse(name, args=args))
                    costs.append(len(queries))

                self.assertEqual(*costs)
                self.assertLessEqual(costs[0], 14)


class AddressTests(TestCase):
    def test_an_old_address_leads_on_for_good_and_keeps_no_query(self):
        guide = make_guide(slug="one")
        guide.slug = "two"
        guide.save()

        response = self.client.get("/guides/one/?page=2")

        self.assertRedirects(response, "/guides/two/", status_code=301)

    def test_an_old_address_of_a_draft_tells_nothing(self):
        guide = make_guide(slug="one", published_at=None)
        guide.slug = "two"
        guide.save()

        self.assertEqual(self.client.get("/guides/one/").status_code, 404)

    def test_a_page_of_questions_is_a_number(self):
        guide = make_guide()
        url = guide.get_absolute_url()

        self.assertEqual(self.client.get(f"{url}?page=1").status_code, 200)
        for page in ["0", "-1", "x", "1.5", "99999", "\u0661", "", "2"]:
            with self.subTest(page):
                response = self.client.get(url, {"page": page})

                self.assertEqual(response.status_code, 404)


class PreviewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.draft = make_guide(title="Unfinished", published_at=None)
        cls.scheduled = make_guide(published_at=timezone.now() + DAY)
        cls.author = make_staff(
            is_superuser=False,
            permissions=[Permission.objects.get(codename="change_guide")],
        )
        cls.assistant = make_staff(is_superuser=False)

    def test_readers_and_assistants_see_neither(self):
        for guide in (self.draft, self.scheduled):
            url = guide.get_absolute_url()
            self.client.logout()
            self.assertEqual(self.client.get(url).status_code, 404)
            self.client.force_login(self.assistant)
            self.assertEqual(self.client.get(url).status_code, 404)

    def test_who_may_change_it_sees_it_with_a_word_above(self):
        self.client.force_login(self.author)
        for guide, words in [
            (self.draft, "Only you see this: it is a draft"),
            (self.scheduled, "Readers see this page from"),
        ]:
            response = self.client.get(guide.get_absolute_url())

            self.assertContains(response, words)
            self.assertContains(response, "noindex")
            self.assertEqual(response["Cache-Control"], "private, no-store")

    def test_what_she_saw_is_not_kept_for_others(self):
        self.client.force_login(self.author)
        self.client.get(self.draft.get_absolute_url())
        self.client.logout()

        self.assertEqual(
            self.client.get(self.draft.get_absolute_url()).status_code, 404
        )


class HiddenTests(TestCase):
    """What is not published stands on no list, in no count and on no map."""

    def test_a_draft_shows_nowhere(self):
        topic = Topic.objects.create(title="Secret topic", slug="secret")
        author = Author.objects.create(name="Ana", title="Physiotherapist")
        SiteSettings.objects.update(author=author)
        for n, published_at in enumerate([None, timezone.now() + DAY]):
            guide = make_full_guide(
                exercises=n + 2,
                title=f"Secret guide {n}",
                slug=f"secret-{n}",
                published_at=published_at,
                topic=topic,
                author=author,
            )
            exercise = guide.exercises.first()
            area = BodyArea.objects.create(name=f"Secret area {n}", slug=f"area-{n}")
            exercise.areas.add(area)
            audience = Audience.objects.create(
                name=f"Secret people {n}", slug=f"people-{n}"
            )
            Verdict.objects.create(guide=guide, audience=audience, choice="yes")

        for url in ["/", "/guides/", "/about/", "/sitemap.xml", "/search/?q=secret"]:
            with self.subTest(url):
                response = self.client.get(url)

                self.assertEqual(response.status_code, 200)
                self.assertNotContains(response, "ecret guide")
                self.assertNotContains(response, "ecret area")
                self.assertNotContains(response, "ecret people")
        for query in ["area=area-0", "audience=people-1"]:
            self.assertEqual(self.client.get(f"/guides/?{query}").status_code, 404)
        self.assertNotContains(self.client.get("/topics/secret/"), "Secret guide")


class SharingTests(TestCase):
    def head(self, url):
        page = self.client.get(url, headers={"accept-encoding": ""}).content.decode()
        metas = re.findall(r'<meta property="([\w:]+)" content="([^"]*)">', page)
        canonical = re.search(r'rel="canonical" href="([^"]*)"', page)
        return dict(metas), canonical and canonical[1]

    @override_settings(SITE_URL="https://upright.example")
    def test_each_page_has_one_address(self):
        neck = BodyArea.objects.create(name="Neck", slug="neck")
        guides = [make_guide(exercises=1) for _ in range(30)]
        for guide in guides:
            guide.exercises.get().areas.add(neck)
        for _ in range(21):
            make_comment(guides[0])
        url = guides[0].get_absolute_url()

        for asked, canonical in {
            "/": "/",
            "/guides/?page=1": "/guides/",
            "/guides/?page=2": "/guides/?page=2",
            "/guides/?area=neck": "/guides/",
            "/guides/?area=neck&page=2": "/guides/",
            f"{url}?page=2": f"{url}?page=2",
            f"{url}?page=1": url,
            f"{url}?fbclid=1": url,
        }.items():
            with self.subTest(asked):
                metas, address = self.head(asked)

                self.assertEqual(address, f"https://upright.example{canonical}")
                self.assertEqual(metas["og:url"], address)

    @override_settings(SITE_URL="https://upright.example")
    def test_a_guide_is_shared_with_its_picture_its_poster_or_its_drawing(self):
        picture, poster = (
            Picture.objects.create(
                file=f"pictures/{name}/original.jpg",
                alt=f'A "{name}".',
                width=1600,
                height=800,
                widths=[400, 800, 1200, 1600],
            )
            for name in ("lead", "poster")
        )
        video = Video.objects.create(title="V", file="v.mp4", duration=9, poster=poster)
        for values, path, size, alt in [
            (
                {"picture": picture, "video": video, "figure": "bridge-finish"},
                "media/pictures/lead/1200.jpg",
                ("1200", "600"),
                "A &quot;lead&quot;.",
            ),
            (
                {"video": video, "figure": "bridge-finish"},
                "media/pictures/poster/1200.jpg",
                ("1200", "600"),
                "A &quot;poster&quot;.",
            ),
            (
                {"figure": "bridge-finish"},
                "static/figures/bridge-finish.png",
                ("1040", "480"),
                "On the back, hips lifted in line with the knees.",
            ),
            (
                {},
                "static/share.png",
                ("1200", "630"),
                "Two people draw one band tight.",
            ),
        ]:
            with self.subTest(path):
                metas, _address = self.head(make_guide(**values).get_absolute_url())

                self.assertEqual(metas["og:image"], f"https://upright.example/{path}")
                self.assertEqual(
                    (metas["og:image:width"], metas["og:image:height"]), size
                )
                self.assertEqual(metas["og:image:alt"], alt)
                self.assertEqual(metas["og:type"], "article")

    def test_a_title_is_escaped_once(self):
        guide = make_guide(title='Rows & "rest"', summary="a < b")

        metas, _address = self.head(guide.get_absolute_url())

        self.assertEqual(metas["og:title"], "Rows &amp; &quot;rest&quot;")
        self.assertEqual(metas["og:description"], "a &lt; b")

    def test_a_picture_that_says_nothing_is_named_by_its_page(self):
        picture = Picture.objects.create(
            file="pictures/a/original.jpg", is_decorative=True
        )
        guide = make_guide(title="Rows", picture=picture)

        metas, _address = self.head(guide.get_absolute_url())

        self.assertEqual(metas["og:image:alt"], "Rows")
        self.assertNotIn("og:image:width", metas)


class PlainTests(TestCase):
    def test_a_plain_page_shows_its_words(self):
        Page.objects.create(slug="imprint", title="Imprint", prose="<p>Ours.</p>")

        self.assertContains(self.client.get("/imprint/"), "<p>Ours.</p>")

    def test_it_hides_no_other_address(self):
        for slug in ["guides", "about", "questions", "newsletter", "admin"]:
            Page.objects.create(slug=slug, title="Shadow", prose="<p>Shadow.</p>")
            with self.subTest(slug):
                response = self.client.get(f"/{slug}/", follow=True)

                self.assertNotContains(response, "Shadow.")

    def test_about_names_the_author(self):
        self.assertEqual(self.client.get("/about/").status_code, 200)

        author = Author.objects.create(
            name="Ana Reyes",
            title="Physiotherapist",
            registration="PT 40771",
            bio="<p>I walk.</p>",
        )
        SiteSettings.objects.update(author=author)
        make_guide(title="By her", author=author)
        response = self.client.get("/about/")
        for words in ("Ana Reyes", "PT 40771", "<p>I walk.</p>", "By her"):
            self.assertContains(response, words)

    def test_a_topic_shows_its_guides(self):
        topic = Topic.objects.create(title="Back", slug="back", intro="<p>It.</p>")
        make_guide(title="Rows", topic=topic)
        make_guide(title="Another thing")

        response = self.client.get("/topics/back/")

        self.assertContains(response, "Rows")
        self.assertNotContains(response, "Another thing")
        self.assertEqual(self.client.get("/topics/front/").status_code, 404)

    @override_settings(SITE_URL="https://upright.example")
    def test_machines_find_the_map(self):
        guide = make_guide()
        topic = Topic.objects.create(title="Back", slug="back")
        guide.topic = topic
        guide.save()

        robots = self.client.get("/robots.txt")
        sitemap = self.client.get("/sitemap.xml")

        self.assertContains(robots, "Sitemap: https://upright.example/sitemap.xml")
        self.assertEqual(robots["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(sitemap["Content-Type"], "application/xml; charset=utf-8")
        self.assertTrue(sitemap.content.startswith(b"<?xml"))
        for path in ["/", guide.get_absolute_url(), "/topics/back/", "/privacy/"]:
            self.assertContains(sitemap, f"<loc>https://upright.example{path}</loc>")

    def test_what_is_not_here_says_so_kindly(self):
        response = self.client.get("/no/such/thing/")

        self.assertContains(response, "This page is not here", status_code=404)
        self.assertTemplateUsed(response, "404.html")


class SharedTests(TestCase):
    def test_reading_pages_are_for_everybody(self):
        guide = make_full_guide()
        for url in [
            "/",
            "/guides/",
            guide.get_absolute_url(),
            guide.topic.get_absolute_url(),
            "/about/",
            "/privacy/",
            "/robots.txt",
            "/sitemap.xml",
        ]:
            with self.subTest(url):
                response = self.client.get(url)

                self.assertEqual(response.status_code, 200)
                self.assertFalse(response.cookies)
                self.assertEqual(response["Vary"], "Accept-Encoding")
                self.assertIn("public", response["Cache-Control"])

    def test_they_take_no_other_method(self):
        guide = make_full_guide()
        for url in ["/", "/guides/", guide.get_absolute_url(), "/about/", "/privacy/"]:
            for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
                with self.subTest(url=url, method=method):
                    response = self.client.generic(method, url)

                    self.assertEqual(response.status_code, 405)
