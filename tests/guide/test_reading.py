from datetime import timedelta

from django.test import TestCase
from django.utils import timezone

from guide import reading
from guide.models import (
    Audience,
    BodyArea,
    Dosage,
    Exercise,
    Guide,
    GuideNotice,
    RelatedGuide,
    SafetyNotice,
    Topic,
    Verdict,
    Video,
)
from tests.factories import make_guide


def page(guide):
    """Return what the template of a guide gets."""
    guide = Guide.objects.for_reading().get(pk=guide.pk)
    return reading.page(guide, timezone.now())


def texts(steps):
    return [step.text for step in steps]


class BorrowedSetUpTests(TestCase):
    """An exercise set up as another one is read without leafing back."""

    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(exercises=3)
        cls.one, cls.two, cls.three = cls.guide.exercises.all()
        for exercise, line in [
            (cls.one, "Close the band in a door."),
            (cls.two, "but sit down."),
            (cls.three, "but close your eyes."),
        ]:
            exercise.write_steps(phase="setup", lines=[(line, "")])

    def borrow(self, exercise, other):
        Exercise.objects.filter(pk=exercise.pk).update(setup_from=other)

    def read(self, position=1):
        return page(self.guide)["exercises"][position - 1]

    def test_the_steps_of_the_other_are_there(self):
        self.borrow(self.two, self.one)

        exercise = self.read(2)

        self.assertEqual(texts(exercise.setup_before), ["Close the band in a door."])
        self.assertEqual(texts(exercise.setup), ["but sit down."])
        self.assertTrue(exercise.setup_goes_on)
        self.assertEqual(texts(self.read(1).setup_before), [])

    def test_what_that_one_borrowed_comes_first(self):
        self.borrow(self.two, self.one)
        self.borrow(self.three, self.two)

        self.assertEqual(
            texts(self.read(3).setup_before),
            ["Close the band in a door.", "but sit down."],
        )

    def test_a_circle_ends(self):
        self.borrow(self.two, self.one)
        self.borrow(self.one, self.two)

        self.assertEqual(
            texts(self.read(2).setup_before), ["Close the band in a door."]
        )
        self.assertEqual(texts(self.read(1).setup_before), ["but sit down."])

    def test_it_may_stand_in_another_guide_that_readers_see(self):
        other = make_guide(exercises=1).exercises.get()
        self.borrow(self.one, other)
        self.assertEqual(texts(self.read(1).setup_before), ["Sit down."])

        Guide.objects.filter(pk=other.guide_id).withdraw()

        self.assertEqual(self.read(1).setup_before, [])
        self.assertIsNone(self.read(1).as_for)

    def test_the_page_holds_them_folded_away(self):
        self.borrow(self.two, self.one)

        response = self.client.get(self.guide.get_absolute_url())

        self.assertContains(response, f"The set-up of {self.one.name}", count=1)
        self.assertContains(response, "Close the band in a door.", count=2)


class DoseTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(exercises=2)
        cls.one, cls.two = cls.guide.exercises.all()
        Dosage.objects.create(guide=cls.guide, repetitions_min=8, note="Go gently.")

    def doses(self):
        return [exercise.dose for exercise in page(self.guide)["exercises"]]

    def test_an_exercise_has_its_own_or_that_of_its_guide(self):
        Dosage.objects.create(exercise=self.two, hold_min=5)

        self.assertEqual(
            list(map(str, self.doses())), ["8 times.", "Hold for 5 seconds."]
        )

    def test_an_own_one_that_says_nothing_does_not_count(self):
        Dosage.objects.create(exercise=self.two)

        self.assertEqual(list(map(str, self.doses())), ["8 times."] * 2)

    def test_none_is_none(self):
        Dosage.objects.all().delete()

        self.assertEqual(self.doses(), [None, None])

    def test_each_exercise_says_how_many_and_the_box_alone_the_note(self):
        response = self.client.get(self.guide.get_absolute_url())

        self.assertContains(response, "<b>How many:</b> 8 times.", count=2)
        self.assertContains(response, "Go gently.", count=1)


class OfAnExerciseTests(TestCase):
    def test_body_areas_stand_in_plain_words_at_their_exercise(self):
        guide = make_guide(exercises=2)
        exercise = guide.exercises.first()
        for name in ("Shoulders", "Upper back"):
            area = BodyArea.objects.create(name=name, slug=name[:5].lower())
            exercise.areas.add(area)

        one, two = page(guide)["exercises"]

        self.assertEqual(list(map(str, one.in_areas)), ["Shoulders", "Upper back"])
        self.assertEqual(two.in_areas, [])
        self.assertContains(
            self.client.get(guide.get_absolute_url()), "For: shoulders, upper back"
        )


class NoticesTests(TestCase):
    def test_the_gravest_stands_first(self):
        guide = make_guide()
        for level in ("stop", "note", "emergency", "ask", "urgent"):
            notice = SafetyNotice.objects.create(
                level=level, title=level, prose="<p>.</p>"
            )
            GuideNotice.objects.create(guide=guide, notice=notice)

        context = page(guide)

        self.assertEqual(
            [notice.level for notice in context["notices"]],
            ["emergency", "urgent", "stop"],
        )
        self.assertEqual(
            [notice.level for notice in context["cautions"]], ["ask", "note"]
        )


class RelatedTests(TestCase):
    """Chosen by hand first; then those that are most alike."""

    @classmethod
    def setUpTestData(cls):
        cls.areas = [
            BodyArea.objects.create(name=name, slug=name) for name in ("neck", "hip")
        ]
        cls.audiences = [
            Audience.objects.create(name=name, slug=name)
            for name in ("pregnant", "prolapse", "everybody")
        ]
        cls.guide = cls.make(areas=2, audiences=3)

    @classmethod
    def make(cls, *, areas=0, audiences=0, choice="yes", **values):
        guide = make_guide(exercises=2, **values)
        for exercise in guide.exercises.all():
            exercise.areas.set(cls.areas[:areas])
        for audience in cls.audiences[:audiences]:
            Verdict.objects.create(guide=guide, audience=audience, choice=choice)
        return guide

    def related(self, guide=None):
        return [other.title for other in page(guide or self.guide)["related"]]

    def test_the_best_match_comes_first_and_the_newest_among_equals(self):
        Guide.objects.update(published_at=timezone.now() - timedelta(days=9))
        one = self.make(areas=1, audiences=1)
        two = self.make(areas=2)
        newer = self.make(areas=1, audiences=1)
        self.make(areas=1)

        self.assertEqual(self.related(), [two.title, newer.title, one.title])

    def test_those_chosen_by_hand_come_first_and_once(self):
        alike = [self.make(areas=2) for _n in range(3)]
        far = self.make()
        for position, to in enumerate([far, alike[0]]):
            RelatedGuide.objects.create(guide=self.guide, to=to, position=position)

        self.assertEqual(self.related(), [far.title, alike[0].title, alike[2].title])

    def test_the_parts_of_its_own_series_are_named_elsewhere(self):
        topic = Topic.objects.create(title="Hips", slug="hips", is_series=True)
        guide = self.make(areas=2, topic=topic, place=1)
        self.make(areas=2, topic=topic, place=2)

        self.assertEqual(self.related(guide), [self.guide.title])

    def test_three_by_hand_are_enough(self):
        for position in range(3):
            RelatedGuide.objects.create(
                guide=self.guide, to=self.make(), position=position
            )
        self.make(areas=2)

        self.assertEqual(len(self.related()), 3)

    def test_what_shares_nothing_or_is_not_to_be_seen_stands_nowhere(self):
        self.make()
        self.make(areas=2, published_at=None)
        self.make(areas=2, published_at=timezone.now() + timedelta(days=1))
        self.make(areas=2).retire()
        # "Not for now" to both is nothing in common, nor is "suits everybody".
        self.make(audiences=2, choice="no")
        other = self.make()
        Verdict.objects.create(guide=other, audience=self.audiences[2], choice="yes")

        self.assertEqual(self.related(), [])

    def test_an_audience_that_both_suit_is_enough(self):
        other = self.make(audiences=1, choice="change")

        self.assertEqual(self.related(), [other.title])

    def test_an_article_goes_with_those_of_its_topic(self):
        topic = Topic.objects.create(title="Good to know", slug="know")
        article = make_guide(kind="article", topic=topic)
        self.assertEqual(self.related(article), [])
        other = make_guide(topic=topic)

        self.assertEqual(self.related(article), [other.title])
        self.assertEqual(self.related(make_guide(kind="article")), [])


class SeriesTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.topic = Topic.objects.create(title="Legs", slug="legs", is_series=True)
        cls.three, cls.one, cls.aside, cls.two = (
            make_guide(topic=cls.topic, title=title, place=place)
            for title, place in [("C", 7), ("A", 1), ("Aside", None), ("B", 2)]
        )
        make_guide(topic=cls.topic, place=3, published_at=None)
        make_guide(topic=cls.topic, place=4).retire()
        make_guide(place=2)

    def read(self, guide):
        return self.client.get(guide.get_absolute_url())

    def test_the_topic_shows_the_parts_in_their_order_with_their_numbers(self):
        response = self.client.get(self.topic.get_absolute_url())

        shown = [
            (guide.title, getattr(guide, "part", None))
            for guide in response.context["guides"]
        ]
        self.assertEqual(shown, [("A", 1), ("B", 2), ("C", 3), ("Aside", None)])
        for number in (1, 2, 3):
            self.assertContains(response, f"Part {number} of 3", count=1)

    def test_each_part_leads_to_its_neighbours_by_name(self):
        for guide, part, before, after in [
            (self.one, 1, None, self.two),
            (self.two, 2, self.one, self.three),
            (self.three, 3, self.two, None),
        ]:
            with self.subTest(guide.title):
                response = self.read(guide)

                self.assertContains(response, f"Part {part} of 3", count=1)
                for other, rel in [(before, "prev"), (after, "next")]:
                    link = f'href="{other and other.get_absolute_url()}" rel="{rel}"'
                    self.assertEqual(link in response.content.decode(), bool(other))

    def test_two_at_one_place_are_both_parts(self):
        Guide.objects.filter(pk=self.three.pk).update(place=2)

        self.assertContains(self.read(self.three), "Part 2 of 3")
        self.assertContains(self.read(self.two), "Part 3 of 3")

    def test_what_is_no_part_says_nothing_of_it(self):
        alone = Topic.objects.create(title="Arms", slug="arms", is_series=True)
        for guide in [
            self.aside,
            make_guide(topic=alone, place=1),
            make_guide(topic=Topic.objects.create(title="Feet", slug="feet"), place=1),
        ]:
            self.assertNotContains(self.read(guide), "Part 1 of")
            self.assertNotContains(self.read(guide), "The series")

    def test_a_topic_that_is_no_series_stays_in_reading_order(self):
        Topic.objects.update(is_series=False)

        response = self.client.get(self.topic.get_absolute_url())

        titles = [guide.title for guide in response.context["guides"]]
        self.assertEqual(titles, ["B", "Aside", "A", "C"])
        self.assertNotContains(response, "Part 1 of")


class MomentTests(TestCase):
    """A step leads to where the video shows it."""

    @classmethod
    def setUpTestData(cls):
        cls.video = Video.objects.create(
            title="Rows", provider="youtube", provider_id="dQw4w9WgXcQ", duration=60
        )
        cls.guide = make_guide(exercises=2, video=cls.video)
        cls.one, cls.two = cls.guide.exercises.all()

    def read(self):
        return self.client.get(self.guide.get_absolute_url()).content.decode()

    def test_it_plays_from_there_to_the_end(self):
        self.one.steps.filter(text="Pull.").update(at=42)

        page = self.read()

        self.assertEqual(page.count("steps__moment"), 1)
        self.assertInHTML(
            '<a class="steps__moment" rel="noreferrer" '
            'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ&amp;t=42s" '
            'data-player="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ'
            '?autoplay=1&amp;rel=0&amp;start=42&amp;end=60" '
            f'data-back="Back to {self.one.name}">'
            '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'
            '<path d="M8 5.5v13l10.5-6.5z" fill="currentColor"/></svg>'
            '<span class="unseen">Watch from </span>0:42</a>',
            page,
        )

    def test_what_the_video_does_not_show_has_no_link(self):
        self.one.steps.update(at=60)
        self.assertNotIn("steps__moment", self.read())

        self.one.steps.update(at=0)
        self.assertIn("steps__moment", self.read())

        self.guide.video = None
        self.guide.save()
        self.assertNotIn("steps__moment", self.read())

    def test_a_set_up_lent_by_another_guide_leads_to_no_video(self):
        other = make_guide(exercises=1).exercises.get()
        other.steps.update(at=3)
        Exercise.objects.filter(pk=self.one.pk).update(setup_from=other)
        self.assertNotIn("steps__moment", self.read())

        Exercise.objects.filter(pk=self.two.pk).update(setup_from=self.one)
        self.one.steps.filter(phase="setup").update(at=3)
        self.assertEqual(self.read().count("steps__moment"), 2)
