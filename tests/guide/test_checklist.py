from django.test import TestCase
from django.urls import reverse
from django.utils import translation

from guide import changes, checklist
from guide.models import (
    Dosage,
    Exercise,
    Guide,
    OldSlug,
    Page,
    Section,
    Step,
    Variation,
    Video,
)
from tests.factories import make_full_guide, make_guide, make_picture, make_staff
from tests.guide.test_ease import HARD


def whats(guide, **which):
    return [
        point.what
        for point in checklist.of(guide)
        if which.get("is_blocking", point.is_blocking) == point.is_blocking
    ]


class BlockingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_full_guide()
        cls.one, cls.two = cls.guide.exercises.all()

    def assert_blocks(self, *wanted):
        self.assertEqual(whats(self.guide, is_blocking=True), [*wanted])

    def change(self, row, **values):
        type(row).objects.filter(pk=row.pk).update(**values)

    def test_a_full_guide_lacks_nothing(self):
        self.assert_blocks()

    def test_what_readers_must_know_first(self):
        self.change(self.guide, suitability=" ")
        self.guide.verdicts.all().delete()

        self.assert_blocks("the suitability", "at least one verdict")

    def test_who_stands_for_it_and_until_when(self):
        self.change(self.guide, author=None, reviewed_on=None, review_due_on=None)

        self.assert_blocks(
            "an author",
            "the day you reviewed it",
            "the day its next review is due",
        )

    def test_how_many_stands_in_the_guide_or_in_each_exercise(self):
        Dosage.objects.filter(guide=self.guide).delete()
        self.assert_blocks("how many, how often of “Row”")
        self.assertEqual(checklist.blocking(self.guide)[0].opens, self.two.pk)

        Dosage.objects.create(exercise=self.two, repetitions_min=8)
        self.assert_blocks()

        Dosage.objects.all().delete()
        Dosage.objects.create(guide=self.guide)  # an emptied form leaves its row
        self.assert_blocks("how many, how often")

    def test_each_exercise_has_a_step(self):
        self.one.steps.all().delete()
        self.two.steps.filter(phase=Step.Phase.SETUP).delete()
        self.assert_blocks("the steps of “Row”")

        self.guide.exercises.all().delete()
        self.assert_blocks("an exercise")

    def test_an_article_needs_no_exercise(self):
        article = make_full_guide(kind=Guide.Kind.ARTICLE, suitability="")
        article.exercises.all().delete()
        article.verdicts.all().delete()
        Dosage.objects.all().delete()

        self.assertEqual(whats(article, is_blocking=True), [])

    def test_words_of_an_own_video(self):
        film = self.guide.video
        self.change(film, is_silent=False, captions="", transcript="")

        points = checklist.blocking(self.guide)

        self.assertEqual(
            [(point.what, point.url) for point in points],
            [
                (
                    f"{what} of the video, or a tick at “nobody speaks in it”",
                    f"/admin/guide/video/{film.pk}/change/#id_{field}",
                )
                for what, field in [
                    ("captions", "captions"),
                    ("a transcript", "transcript"),
                ]
            ],
        )
        self.change(film, provider=Video.Provider.VIMEO, provider_id="1")
        self.assert_blocks()

    def test_a_picture_says_more_than_the_name_of_its_file(self):
        step = self.two.steps.first()
        for row in (self.guide.picture, self.guide.video.poster, step.picture):
            for alt in ("IMG_2034", "low-row.jpg", " "):
                with self.subTest(row=row, alt=alt):
                    self.change(row, alt=alt)
                    (point,) = checklist.blocking(self.guide)
                    self.assertIn("words for what the picture", point.what)
                    self.assertIn(f"/picture/{row.pk}/", point.url)
                    self.change(row, alt="Image of a row.")
        self.change(step.picture, alt="", is_decorative=True)
        self.assert_blocks()

    def test_each_point_leads_to_where_it_is_mended(self):
        empty = make_guide(exercises=1, published_at=None)
        form = reverse("admin:guide_guide_change", args=[empty.pk])
        exercise = reverse(
            "admin:guide_exercise_change", args=[empty.exercises.get().pk]
        )

        urls = {point.what: point.url for point in checklist.of(empty)}

        self.assertEqual(urls["the suitability"], f"{form}#id_suitability")
        self.assertEqual(
            urls[f"a breathing cue for “{empty.exercises.get()}”"],
            f"{exercise}#id_breathing",
        )

    def test_no_point_costs_a_query(self):
        for n in range(3, 9):
            exercise = Exercise.objects.create(
                guide=self.guide, position=n, name=f"Row {n}", picture=make_picture()
            )
            exercise.write_steps(phase="action", lines=[("Pull.", "")] * 5)
        Section.objects.create(
            guide=self.guide,
            heading="Links",
            prose="".join(
                f'<p><a href="/guides/gone-{n}/">x</a></p>' for n in range(9)
            ),
        )
        with self.assertNumQueries(9):
            points = checklist.of(self.guide)

        self.assertGreater(len(points), 10)


class AdviceTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_full_guide(
            summary="Two rows for a back that has sat still all day."
        )
        cls.one, cls.two = cls.guide.exercises.all()
        Variation.objects.create(
            exercise=cls.one,
            kind="seated",
            to=make_guide(exercises=1).exercises.get(),
        )

    def assert_advised(self, *wanted, **values):
        Guide.objects.filter(pk=self.guide.pk).update(**values)
        self.assertEqual(whats(self.guide, is_blocking=False), [*wanted])

    def test_a_good_guide_is_left_alone(self):
        self.assert_advised()

    def test_what_it_is_found_by(self):
        self.assert_advised(
            "a topic", "a level", "the minutes", topic=None, level="", minutes=None
        )

    def test_a_picture_of_some_kind(self):
        self.assert_advised(
            "a video, a picture or a lead drawing",
            video=None,
            picture=None,
            figure="",
        )

    def test_a_place_of_its_own_in_a_series(self):
        topic = self.guide.topic
        make_guide(title="Gone", topic=topic, place=2).retire()
        other = make_guide(title="Heel raises", topic=topic, place=2, published_at=None)
        what = "a place of its own in the series: “Heel raises” has 2 too"
        self.assert_advised(what, place=2)
        copy = changes.let_wait(
            self.guide, changes.content(self.guide), by=make_staff()
        )
        self.assertIn(what, whats(copy, is_blocking=False))

        Guide.objects.filter(pk=other.pk).update(place=3)
        self.assert_advised()
        self.assert_advised(place=None)
        type(topic).objects.update(is_series=False)
        self.assert_advised(place=3)

    def test_somebody_must_sit(self):
        Variation.objects.filter(kind="seated").delete()
        self.assert_advised("a variation for those who must sit")

        Exercise.objects.filter(pk=self.two.pk).update(start_position="ball")
        self.assert_advised()

    def test_each_exercise_says_when_to_breathe(self):
        Exercise.objects.filter(pk=self.one.pk).update(breathing="")

        self.assert_advised("a breathing cue for “Row”")

    def test_the_summary(self):
        for summary, what in [
            ("Short.", "a summary of a whole sentence"),
            (
                "One is here now. Two is here. Three.",
                "a summary of two sentences at most",
            ),
            ("Rows for a tired back, in 4.5 minutes. With a band!", None),
        ]:
            with self.subTest(summary):
                self.assert_advised(*filter(None, [what]), summary=summary)
        title = "Two rows for a tired upper back"
        self.assert_advised(
            "a summary that says more than the title", title=title, summary=title
        )

    def test_links_of_ours_that_lead_nowhere(self):
        there = make_guide(slug="there")
        make_guide(slug="draft", published_at=None)
        OldSlug.objects.create(slug="once", guide=there)
        self.assertTrue(Page.objects.filter(slug="privacy").exists())
        alive = [
            *("/guides/there/", "/guides/once/", "/guides/there", "/privacy/", "/"),
            *(f"/g/{there.pk}/", "#exercise-row", "https://elsewhere.example/gone/"),
            *("mailto:ana@example.org", "/search/?q=band", "/guides/there/#questions"),
            f"/topics/{self.guide.topic.slug}/",
        ]
        dead = [
            *("/guides/draft/", "/guides/none/", "/no/such/", "/nothing/"),
            *("/topics/none/", "/g/999999/", f"/g/{10**30}/"),
        ]
        prose = "".join(f'<p><a href="{address}">x</a></p>' for address in alive + dead)

        self.assert_advised(
            *(
                f"another address for the link to {path}, which leads nowhere"
                for path in dead
            ),
            intro=prose,
        )

    def test_an_address_of_ours_in_full_is_looked_at_too(self):
        with self.settings(SITE_URL="https://upright.example"):
            self.assert_advised(
                "another address for the link to /guides/none/, which leads nowhere",
                intro='<p><a href="https://upright.example/guides/none/">x</a></p>',
            )

    def test_hard_words(self):
        Guide.objects.filter(pk=self.guide.pk).update(intro=f"<p>{HARD}</p>")

        (what,) = whats(self.guide)

        self.assertIn("plainer words", what)

    def test_other_languages_are_not_measured(self):
        Guide.objects.filter(pk=self.guide.pk).update(intro=f"<p>{HARD}</p>")
        with translation.override("de"):
            self.assertEqual(whats(self.guide), [])
