"""A guide on paper, and the short address that stands there."""

import re

from django.contrib.auth.models import Permission
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from guide.models import (
    Exercise,
    Guide,
    GuideNotice,
    Picture,
    SafetyNotice,
    Section,
)
from tests.factories import make_comment, make_guide, make_staff
from tests.guide.test_views import DAY, make_full_guide


class HandoutTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_full_guide(
            title="Two rows",
            slug="two-rows",
            suitability="General",
            reviewed_on="2026-10-03",
        )
        cls.one, cls.two = cls.guide.exercises.all()
        cls.url = reverse("guide:handout", args=["two-rows"])

    def page(self, url=None):
        page = self.client.get(url or self.url).content.decode()
        return re.sub(r"\s*\n\s*", "", page)

    def test_all_that_the_exercises_need_stands_in_the_order_of_doing(self):
        Exercise.objects.filter(pk=self.one.pk).update(
            start_position="seated",
            breathing="Out as you pull",
            caution="Not with a sore shoulder.",
        )
        page = self.page()
        at = 0
        for words in [
            "Upright, for the fridge door",
            "<b>Ana Reyes</b>, Physiotherapist, reviewed 3 October 2026",
            "Two rows</h1>",
            "8–12",
            "8 to 12 times.",
            "Suitability: General",
            "Suitable",
            "With changes",
            "Ask first",
            "Not for now",
            f'<span class="number">1</span> {self.one.name}</h2>',
            "Seated on a chair",
            "Band, or a long scarf",
            "Out as you pull",
            "Not with a sore shoulder.",
            "Sit down.",
            "Pull.",
            "Slowly.",
            "Let go.",
            "1 time.",
            f'<span class="number">2</span> {self.two.name}</h2>',
            "Stop if you notice",
            "Call your emergency number.",
            "Mon",
            "Sun",
            "Week 4",
            f"testserver/g/{self.guide.pk}/",
        ]:
            found = page.find(words, at)
            self.assertGreater(found, 0, f"{words!r} is missing or too early")
            at = found

    def test_what_sells_asks_or_plays_stays_on_the_screen(self):
        make_comment(self.guide, body="Does a scarf do?")
        page = self.page()

        for words in [
            *("advertisement", "Strong on Both Feet", "One letter a month"),
            *("Does a scarf do?", "Watch the video", "Easier or harder"),
            *("A relative", "<form"),
        ]:
            self.assertNotIn(words, page)

    def test_a_set_up_like_another_is_written_out_and_its_own_follows(self):
        self.one.write_steps(phase="setup", lines=[("Sit down.", "On a firm chair.")])
        self.two.write_steps(phase="setup", lines=[("stand on the band.", "")])

        page = self.page()

        second = page[page.index(f"{self.two.name}</h2>") :]
        self.assertIn(
            "<li>Sit down."
            '<p class="handout__small">On a firm chair.</p></li>'
            "<li>Stand on the band.</li>",
            second,
        )
        self.assertNotIn("As for", page)

    def test_where_it_differs_what_it_borrows_stands_small_below(self):
        self.one.write_steps(phase="setup", lines=[("Sit down.", "On a firm chair.")])
        self.two.write_steps(
            phase="setup", lines=[("but stand.", "On a mat."), ("Turn.", "")]
        )

        self.assertIn(
            f"<li>As for {self.one.name}, but stand."
            '<p class="handout__small">On a mat.</p>'
            f'<p class="handout__small">{self.one.name}: '
            "Sit down. (On a firm chair.) </p></li><li>Turn.</li>",
            self.page(),
        )

    def test_a_step_has_its_picture_where_its_exercise_has_none(self):
        picture = Picture.objects.create(file="pictures/a/original.jpg", alt="A door.")
        self.one.steps.filter(phase="setup").update(picture=picture)
        self.assertIn('alt="A door."', self.page())

        self.guide.exercises.update(figure_start="low-row-start")

        self.assertNotIn('alt="A door."', self.page())

    def test_what_to_ask_first_stands_before_the_exercises(self):
        SafetyNotice.objects.update(level="ask", title="Ask before")

        page = self.page()

        self.assertLess(page.index("Ask before"), page.index('"handout__exercise"'))

    def test_a_notice_of_each_level_is_there(self):
        for level in SafetyNotice.Level.values:
            notice = SafetyNotice.objects.create(level=level, title=f"Mind the {level}")
            GuideNotice.objects.create(guide=self.guide, notice=notice)

        page = self.page()

        for level in SafetyNotice.Level.values:
            self.assertIn(f"Mind the {level}", page)

    def test_a_photograph_stands_instead_of_the_drawings(self):
        picture = Picture.objects.create(
            file="pictures/a/original.jpg", alt="A row.", width=800, height=600
        )
        Exercise.objects.filter(pk=self.one.pk).update(
            picture=picture, figure_start="low-row-start"
        )
        Exercise.objects.filter(pk=self.two.pk).update(figure_start="low-row-start")

        page = self.page()

        # Paper does not wait: a picture that loads late may be missing on it.
        self.assertIn('alt="A row." decoding="async" fetchpriority="high">', page)
        self.assertEqual(page.count("arms long, the band just taut."), 1)

    def test_the_address_leads_search_engines_to_the_guide(self):
        self.assertIn(
            '<link rel="canonical" href="http://testserver/guides/two-rows/">',
            self.page(),
        )

    def test_larger_type_is_a_choice_and_any_other_type_no_page(self):
        page, large = self.page(), self.page(f"{self.url}?type=large")

        self.assertIn(f'href="{self.url}?type=large"', page)
        self.assertNotIn("handout--large", page)
        self.assertIn(f'href="{self.url}"', large)
        self.assertIn("handout--large", large)
        for query in ("?type=", "?type=small", "?type=LARGE"):
            self.assertEqual(self.client.get(self.url + query).status_code, 404)

    def test_an_article_prints_all_of_its_words(self):
        article = make_guide(
            kind="article", question="Why?", intro="<p>It depends.</p>"
        )
        for place in Section.Place.values:
            Section.objects.create(
                guide=article, place=place, heading=place, prose="<p>So.</p>"
            )

        page = self.page(reverse("guide:handout", args=[article.slug]))

        for words in ("Why? A summary.", "It depends.", "before</h2>", "after</h2>"):
            self.assertIn(words, page)
        for words in ("fridge", "Week 1", "Is it for me?", 'class="dose"', "reviewed"):
            self.assertNotIn(words, page)

    def test_the_words_between_the_exercises_stay_on_the_screen(self):
        self.assertNotIn("Words before", self.page())

    def test_an_old_address_leads_to_the_sheet_of_the_new_one(self):
        self.guide.slug = "rows"
        self.guide.save()

        response = self.client.get(self.url)

        self.assertRedirects(response, "/guides/rows/print/", status_code=301)
        self.assertEqual(self.client.get("/guides/nowhere/print/").status_code, 404)

    def test_a_draft_shows_its_sheet_to_those_who_may_change_it_alone(self):
        Guide.objects.filter(pk=self.guide.pk).update(published_at=None)
        self.assertEqual(self.client.get(self.url).status_code, 404)
        permission = Permission.objects.get(codename="change_guide")
        self.client.force_login(
            make_staff(is_superuser=False, permissions=[permission])
        )

        response = self.client.get(self.url)

        self.assertContains(response, "Only you see this: it is a draft")
        self.assertEqual(response["Cache-Control"], "private, no-store")

    def test_the_guide_leads_to_its_sheet(self):
        self.assertContains(
            self.client.get(self.guide.get_absolute_url()),
            f'<a class="button button--quiet" href="{self.url}">',
        )


class ShortTests(TestCase):
    def test_the_address_on_paper_follows_the_guide(self):
        guide = make_guide(slug="rows")
        url = reverse("guide:short", args=[guide.pk])
        self.assertRedirects(self.client.get(url), "/guides/rows/")

        guide.slug = "two-rows"
        guide.save()

        self.assertRedirects(self.client.get(url), "/guides/two-rows/")

    def test_it_tells_nothing_of_what_is_not_published(self):
        draft = make_guide(published_at=None)
        scheduled = make_guide(published_at=timezone.now() + DAY)

        for pk in (draft.pk, scheduled.pk, 10**6, 10**30):
            with self.subTest(pk=pk):
                self.assertEqual(self.client.get(f"/g/{pk}/").status_code, 404)
