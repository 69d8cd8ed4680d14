"""The first page and the list of guides, narrowed."""

import re

from django.core.cache import cache
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guide.models import (
    Audience,
    BodyArea,
    Equipment,
    Exercise,
    Guide,
    Topic,
    Variation,
    Verdict,
)
from guide.tasks import index_owed
from tests.factories import make_guide
from tests.guide.test_views import DAY


class HomeTests(TestCase):
    def test_an_empty_site_says_so(self):
        self.assertContains(self.client.get("/"), "The first guide is being written.")

    def test_it_leads_to_what_there_is(self):
        guides = [
            make_guide(exercises=1, minutes=5, published_at=timezone.now() - n * DAY)
            for n in range(6)
        ]
        guides[0].exercises.update(start_position="seated")
        neck = BodyArea.objects.create(name="Neck", slug="neck", place="neck")
        wrist = BodyArea.objects.create(name="Wrist", slug="wrist")
        BodyArea.objects.create(name="Knees", slug="knees", place="knees")
        for guide in guides[:2]:
            guide.exercises.get().areas.add(neck, wrist)
        prolapse = Audience.objects.create(name="prolapse", slug="prolapse")
        asthma = Audience.objects.create(name="asthma", slug="asthma")
        Verdict.objects.create(guide=guides[0], audience=prolapse, choice="change")
        Verdict.objects.create(guide=guides[0], audience=asthma, choice="no")

        response = self.client.get("/")

        self.assertContains(response, "All 6 guides")
        for guide in guides[:5]:
            self.assertContains(response, guide.get_absolute_url())
        self.assertNotContains(response, guides[5].get_absolute_url())
        for query in ["area=neck", "area=wrist", "audience=prolapse"]:
            self.assertContains(response, f"/guides/?{query}")
        for query in ["position=seated", "equipment=none", "minutes=5"]:
            self.assertContains(response, f"/guides/?{query}")
        for query in ["area=knees", "audience=asthma"]:
            self.assertNotContains(response, query)

    def test_a_leader_of_the_body_is_drawn_to_what_has_guides_only(self):
        neck = BodyArea.objects.create(name="Neck", slug="neck", place="neck")
        make_guide(exercises=1).exercises.get().areas.add(neck)

        page = self.client.get("/").content.decode()

        self.assertEqual(page.count('<path class="e"'), 1)
        self.assertEqual(page.count('<circle class="r"'), 1)


class IndexTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.standing = make_guide(title="On foot", exercises=1, minutes=12)
        cls.sitting = make_guide(title="On a chair", exercises=1, minutes=5)
        cls.article = make_guide(
            title="To read", kind="article", minutes=3, level="gentle"
        )
        cls.neck = BodyArea.objects.create(name="Neck", slug="neck")
        cls.prolapse = Audience.objects.create(name="prolapse", slug="prolapse")
        standing = cls.standing.exercises.get()
        standing.equipment.create(name="Band", slug="band")
        standing.areas.add(cls.neck)
        cls.standing.exercises.update(start_position="kneeling")
        cls.sitting.exercises.update(start_position="seated")
        Verdict.objects.create(guide=cls.sitting, audience=cls.prolapse, choice="yes")
        Verdict.objects.create(guide=cls.standing, audience=cls.prolapse, choice="ask")

    def titles(self, query=""):
        response = self.client.get(f"/guides/{query}")
        self.assertEqual(response.status_code, 200)
        return {guide.title for guide in response.context["page"]}

    def test_each_filter_leaves_out_what_does_not_suit(self):
        for query, titles in {
            "": {"On foot", "On a chair", "To read"},
            "?area=neck": {"On foot"},
            "?audience=prolapse": {"On a chair"},
            "?position=seated": {"On a chair"},
            "?equipment=none": {"On a chair"},
            "?equipment=band": {"On foot"},
            "?position=kneeling": {"On foot"},
            "?level=gentle": {"To read"},
            "?minutes=5": {"On a chair", "To read"},
            "?minutes=5&position=seated": {"On a chair"},
            "?area=neck&position=seated": set(),
        }.items():
            with self.subTest(query):
                self.assertEqual(self.titles(query), titles)

    def test_a_seated_variation_counts_as_sitting(self):
        Variation.objects.create(
            exercise=self.standing.exercises.get(),
            kind="seated",
            to=self.sitting.exercises.get(),
        )

        self.assertEqual(self.titles("?position=seated"), {"On foot", "On a chair"})

    def test_no_guide_stands_twice(self):
        for name in ("a", "b"):
            exercise = Exercise.objects.create(
                guide=self.sitting, name=name, start_position="seated"
            )
            exercise.areas.add(self.neck)

        for query in ("?position=seated", "?area=neck", "?equipment=none"):
            response = self.client.get(f"/guides/{query}")
            titles = [guide.title for guide in response.context["page"]]

            self.assertEqual(len(titles), len(set(titles)), query)

    def test_nothing_that_fits_is_said_with_a_way_out(self):
        response = self.client.get("/guides/?area=neck&position=seated")

        self.assertContains(response, "No guide fits all of this yet.")
        self.assertContains(response, 'href="/guides/"')

    def choices(self, query=""):
        """Return the options of each select: value, words, count, whether chosen."""
        page = self.client.get(f"/guides/{query}").content.decode()
        option = r'<option value="([^"]+)"( selected)?>(.+?) \((\d+)\)</option>'
        return {
            name: [
                (value, words, int(count), bool(selected))
                for value, selected, words, count in re.findall(option, options)
            ]
            for name, options in re.findall(
                r'(?s)<select name="(\w+)".*?>(.*?)</select>', page
            )
        }

    def test_each_choice_says_how_many_it_leaves_beside_the_others(self):
        everything = self.choices()
        self.assertEqual(everything["area"], [("neck", "Neck", 1, False)])
        self.assertEqual(everything["audience"], [("prolapse", "Prolapse", 1, False)])
        self.assertIn(("seated", "I need to sit", 1, False), everything["position"])
        self.assertEqual(
            everything["equipment"],
            [("none", "No equipment", 1, False), ("band", "Band", 1, False)],
        )
        self.assertEqual(
            [(value, count) for value, _words, count, _on in everything["minutes"]],
            [("5", 2), ("10", 2), ("20", 3)],
        )

        narrowed = self.choices("?minutes=5")
        self.assertNotIn("area", narrowed)
        self.assertIn(("5", "5 minutes at most", 2, True), narrowed["minutes"])
        self.assertIn(("20", "20 minutes at most", 3, False), narrowed["minutes"])

    def test_what_is_chosen_is_selected_and_said(self):
        response = self.client.get("/guides/?audience=prolapse&minutes=10")

        self.assertContains(response, '<option value="prolapse" selected>')
        self.assertContains(response, '<option value="10" selected>')
        self.assertContains(response, "For: Prolapse, 10 minutes at most")
        self.assertContains(response, 'href="/guides/">Show all')

    def test_what_is_chosen_stands_there_though_it_finds_nothing(self):
        choices = self.choices("?area=neck&position=seated")

        self.assertEqual(choices["area"], [("neck", "Neck", 0, True)])
        self.assertEqual(choices["position"][0], ("seated", "I need to sit", 0, True))

    def test_a_form_sent_with_empty_choices_narrows_nothing(self):
        self.assertEqual(
            self.titles("?area=&audience=&position=&equipment=&minutes=&level="),
            {"On foot", "On a chair", "To read"},
        )

    def test_a_choice_that_would_find_nothing_is_not_offered(self):
        choices = self.choices("?area=neck")

        self.assertNotIn("audience", choices)
        self.assertNotIn("seated", [value for value, *_ in choices.get("position", [])])
        self.assertEqual([value for value, *_ in choices["minutes"]], ["20"])

    def test_what_every_home_has_is_no_equipment(self):
        Equipment.objects.update(is_household=True)

        self.assertEqual(self.titles("?equipment=none"), {"On a chair", "On foot"})

    def test_each_guide_says_what_holds_for_the_reader(self):
        Verdict.objects.update(choice="change", note="light band")
        Variation.objects.create(
            exercise=self.standing.exercises.get(),
            kind="seated",
            to=self.sitting.exercises.get(),
        )

        response = self.client.get("/guides/?audience=prolapse&position=seated")

        self.assertContains(response, "With changes: light band", count=2)
        self.assertContains(response, "An exercise has a seated version", count=1)

    def test_equipment_of_every_home_is_counted_where_it_is_chosen(self):
        Equipment.objects.update(is_household=True)

        self.assertNotIn("band", [value for value, *_ in self.choices()["equipment"]])
        self.assertIn(
            ("band", "Band", 1, True), self.choices("?equipment=band")["equipment"]
        )

    def test_a_list_asks_the_database_eight_times_however_it_is_narrowed(self):
        for query in [
            "",
            "?area=neck",
            "?audience=prolapse&position=seated",
            "?area=neck&audience=prolapse&equipment=band&minutes=20&level=gentle",
        ]:
            cache.clear()
            with self.subTest(query), CaptureQueriesContext(connection) as queries:
                self.client.get(f"/guides/{query}")
            self.assertLessEqual(len(queries), 8)

    def test_no_filter_and_no_count_knows_what_readers_do_not_see(self):
        """Drafts, guides to come, retired ones and the copies where changes wait."""
        now = timezone.now()
        hidden = [
            make_guide(exercises=1, level="strong", minutes=4, **values)
            for values in [
                {"published_at": None},
                {"published_at": now + DAY},
                {"published_at": now - DAY, "retired_at": now},
                {"published_at": None, "copy_of": self.sitting},
            ]
        ]
        for number, guide in enumerate(hidden):
            topic = Topic.objects.create(title="Hidden", slug=f"hidden-{number}")
            Guide.with_copies.filter(pk=guide.pk).update(topic=topic)
            exercise = guide.exercises.get()
            exercise.start_position = "lying"
            exercise.save()
            exercise.areas.create(name="Elbow", slug=f"elbow-{number}")
            exercise.areas.add(self.neck)
            exercise.equipment.create(name="Anvil", slug=f"anvil-{number}")
            cats = Audience.objects.create(name="cats", slug=f"cats-{number}")
            for audience, choice in [(cats, "change"), (self.prolapse, "yes")]:
                Verdict.objects.create(guide=guide, audience=audience, choice=choice)

        self.test_each_choice_says_how_many_it_leaves_beside_the_others()
        choices = self.choices()
        self.assertEqual([value for value, *_ in choices["level"]], ["gentle"])
        self.assertNotIn("lying", [value for value, *_ in choices["position"]])
        cache.clear()
        page = self.client.get("/guides/")
        self.assertEqual(page.context["topics"], [])
        self.assertEqual(page.context["page"].paginator.count, 3)
        self.assertEqual([one.slug for one in page.context["audiences"]], ["prolapse"])
        for query in ["area=elbow", "audience=cats", "equipment=anvil"]:
            for number in range(len(hidden)):
                response = self.client.get(f"/guides/?{query}-{number}")
                self.assertEqual(response.status_code, 404)

    def test_to_belong_to_everybody_is_nothing_to_choose_by(self):
        everybody = Audience.objects.create(name="most people", slug="most-people")
        Verdict.objects.create(guide=self.sitting, audience=everybody, choice="yes")

        self.assertEqual(
            [value for value, *_ in self.choices()["audience"]], ["prolapse"]
        )
        response = self.client.get("/guides/?audience=most-people")
        self.assertEqual(response.status_code, 404)

    def test_what_it_does_not_know_is_not_here(self):
        for query in [
            "?area=elbow",
            "?audience=cats",
            "?position=flying",
            "?equipment=anvil",
            "?level=wild",
            "?minutes=7",
            "?page=0",
            "?page=01",
            "?page=9",
            "?page=x",
            "?area=%00",
            "?area=neck&area=elbow",
        ]:
            with self.subTest(query):
                self.assertEqual(self.client.get(f"/guides/{query}").status_code, 404)

    def test_pages_keep_the_filter(self):
        for _ in range(30):
            make_guide(exercises=1).exercises.get().areas.add(self.neck)

        first = self.client.get("/guides/?area=neck")
        self.assertContains(first, 'href="?area=neck&amp;page=2"')
        second = self.client.get("/guides/?area=neck&page=2")
        self.assertContains(second, 'href="?area=neck"')
        self.assertEqual(len(second.context["page"]), 31 - 24)


class LimitsTests(TestCase):
    """What a list holds for "Hide what is not for me"; tests/browser/test_mine.py."""

    @classmethod
    def setUpTestData(cls):
        cls.topic = Topic.objects.create(title="Back", slug="back")
        cls.guide = make_guide(topic=cls.topic)
        hidden = make_guide(published_at=None)
        for guide, slug, choice, note in [
            (cls.guide, "most-people", "no", ""),
            (cls.guide, "runners", "yes", ""),
            (cls.guide, "after-birth", "yes", "from 6 weeks"),
            (cls.guide, "prolapse", "ask", "first"),
            (cls.guide, "pregnant", "no", "lying"),
            (hidden, "asthma", "no", ""),
        ]:
            audience = Audience.objects.create(name=slug, slug=slug)
            Verdict.objects.create(
                guide=guide, audience=audience, choice=choice, note=note
            )

    def test_an_entry_carries_what_it_says_to_whom(self):
        index_owed()
        for url in ["/", "/guides/", "/topics/back/", "/search/?q=prolapse"]:
            page = self.client.get(url).content.decode()
            with self.subTest(url):
                self.assertEqual(
                    re.findall(r'data-audience="([\w-]+)"( data-not)? hidden>', page),
                    [
                        ("runners", ""),
                        ("after-birth", ""),
                        ("prolapse", ""),
                        ("pregnant", " data-not"),
                    ],
                )
                self.assertIn("<b>Not for now:</b> pregnant, lying</p>", page)

    def test_what_is_chosen_stands_once_whatever_is_ticked(self):
        page = self.client.get("/guides/?audience=after-birth").content.decode()

        self.assertEqual(page.count("from 6 weeks"), 1)
        self.assertNotIn('data-audience="after-birth"', page)
        self.assertIn('data-audience="prolapse"', page)

    def test_only_those_are_asked_for_whom_a_guide_has_a_word(self):
        for url in ["/guides/", "/topics/back/"]:
            page = self.client.get(url).content.decode()
            with self.subTest(url):
                self.assertEqual(
                    set(re.findall(r'type="checkbox" value="([\w-]+)"', page)),
                    {"after-birth", "prolapse", "pregnant"},
                )

    def test_nobody_is_asked_where_every_guide_suits_all(self):
        Verdict.objects.all().delete()

        self.assertNotContains(self.client.get("/guides/"), "Hide what is not for me")
