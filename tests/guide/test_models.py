from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from guide.models import (
    Audience,
    BodyArea,
    Equipment,
    Exercise,
    Guide,
    OldSlug,
    PageVersion,
    Promotion,
    RelatedGuide,
    SiteSettings,
    Topic,
    Variation,
    Verdict,
    Video,
    next_moment,
    page_version,
)
from tests.factories import make_guide

HOUR = timedelta(hours=1)


class PublishedTests(TestCase):
    def test_a_guide_is_published_from_its_moment_on(self):
        now = timezone.now()
        draft = make_guide(published_at=None)
        scheduled = make_guide(published_at=now + HOUR)
        shown = make_guide(published_at=now)

        self.assertCountEqual(Guide.objects.published(now), [shown])
        self.assertCountEqual(Guide.objects.published(now + HOUR), [shown, scheduled])
        self.assertCountEqual(Guide.objects.drafts(), [draft])
        self.assertCountEqual(Guide.objects.scheduled(now), [scheduled])
        self.assertTrue(shown.is_published)
        self.assertFalse(scheduled.is_published)
        self.assertFalse(draft.is_published)

    def test_publishing_leaves_the_date_of_what_is_published(self):
        now = timezone.now()
        old = make_guide(published_at=now - HOUR)
        make_guide(published_at=None)
        make_guide(published_at=now + HOUR)

        count = Guide.objects.publish()

        self.assertEqual(count, 2)
        self.assertEqual(Guide.objects.published().count(), 3)
        old.refresh_from_db()
        self.assertEqual(old.published_at, now - HOUR)

    def test_withdrawing_makes_drafts(self):
        make_guide()

        self.assertEqual(Guide.objects.withdraw(), 1)
        self.assertEqual(Guide.objects.withdraw(), 0)
        self.assertFalse(Guide.objects.published().exists())

    def test_a_draft_is_never_due_for_review(self):
        today = date(2026, 11, 22)
        due = make_guide(review_due_on=today)
        make_guide(review_due_on=today, published_at=None)
        make_guide(review_due_on=today + timedelta(days=1))

        self.assertCountEqual(Guide.objects.review_due(before=today), [due])


class OldSlugTests(TestCase):
    def rename(self, guide, slug):
        guide.slug = slug
        guide.save()

    def leads(self):
        return dict(OldSlug.objects.values_list("slug", "guide_id"))

    def test_each_address_a_guide_had_leads_to_it(self):
        guide = make_guide(slug="one")
        self.rename(guide, "two")
        self.rename(guide, "three")

        self.assertEqual(self.leads(), {"one": guide.pk, "two": guide.pk})

    def test_a_guide_may_take_its_old_address_back(self):
        guide = make_guide(slug="one")
        self.rename(guide, "two")
        self.rename(guide, "one")

        self.assertEqual(self.leads(), {"two": guide.pk})

    def test_two_guides_may_swap_their_addresses(self):
        a, b = make_guide(slug="a"), make_guide(slug="b")
        self.rename(a, "between")
        self.rename(b, "a")
        self.rename(a, "b")

        self.assertEqual(self.leads(), {"between": a.pk})
        self.assertEqual(Guide.objects.get(slug="a"), b)
        self.assertEqual(Guide.objects.get(slug="b"), a)

    def test_a_new_guide_takes_over_the_old_address_of_another(self):
        guide = make_guide(slug="one")
        self.rename(guide, "two")
        make_guide(slug="one")

        self.assertEqual(self.leads(), {})


class AddressTests(TestCase):
    def refused(self, guide):
        with self.assertRaises(ValidationError) as raised:
            guide.full_clean()
        return raised.exception.message_dict

    def test_a_word_that_means_something_else_is_no_address(self):
        for slug in ["new", "Print"]:
            with self.subTest(slug):
                self.assertEqual(
                    self.refused(make_guide(slug=slug)),
                    {
                        "slug": [
                            f"“{slug}” means something else in an address. Add a word "
                            "to it."
                        ]
                    },
                )

    def test_an_address_of_another_guide_is_refused_by_its_name_and_once(self):
        make_guide(slug="rows", title="Rows")

        self.assertEqual(
            self.refused(Guide(title="a", summary="a", slug="rows")),
            {"slug": ["“Rows” has this address. Choose a different one."]},
        )

    def test_an_address_that_another_guide_had_is_refused(self):
        rows = make_guide(slug="rows", title="Rows")
        rows.slug = "two-rows"
        rows.save()

        self.assertEqual(
            self.refused(Guide(title="a", summary="a", slug="rows")),
            {
                "slug": [
                    "“Rows” had this address before, and old links to it go on "
                    "working. Choose a different one."
                ]
            },
        )
        rows.slug = "rows"
        rows.full_clean()  # its own it may take back


class StepsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.exercise = Exercise.objects.create(guide=make_guide(), name="Row")

    def write(self, *texts):
        lines = [(text, "") for text in texts]
        self.exercise.write_steps(phase="action", lines=lines)

    def texts(self):
        steps = self.exercise.steps.filter(phase="action")
        return list(steps.values_list("text", flat=True))

    def test_a_step_whose_text_stays_keeps_its_row(self):
        self.write("Pull.", "Wait.", "Let go.")
        row = self.exercise.steps.get(text="Let go.").pk

        self.write("Let go.", "Pull.")

        self.assertEqual(self.texts(), ["Let go.", "Pull."])
        self.assertEqual(self.exercise.steps.get(text="Let go.").pk, row)

    def test_a_step_that_is_but_mended_keeps_its_row_and_another_does_not(self):
        self.write("Pul your elbows back.", "Wait one second.", "Let go.")
        rows = list(self.exercise.steps.values_list("pk", flat=True))

        self.write("Breathe in.", "Wait one second.", "Pull your elbows back.")

        self.assertEqual(
            self.texts(), ["Breathe in.", "Wait one second.", "Pull your elbows back."]
        )
        after = list(self.exercise.steps.values_list("pk", flat=True))
        self.assertEqual(after[1:], [rows[1], rows[0]])
        self.assertNotIn(after[0], rows)

    def test_the_same_words_may_stand_twice(self):
        self.write("Pull.", "Wait.", "Pull.")
        self.write("Pull.", "Wait.", "Pull.")
        self.assertEqual(self.texts(), ["Pull.", "Wait.", "Pull."])

        self.write("Pull.")
        self.assertEqual(self.texts(), ["Pull."])

    def test_the_other_phase_is_left_alone(self):
        self.exercise.write_steps(phase="setup", lines=[("Pull.", "")])
        self.write("Pull.")
        self.write()

        self.assertEqual(self.exercise.steps.get().phase, "setup")


class ConstraintTests(TestCase):
    """Each constraint says in a sentence what to do."""

    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(exercises=2)
        cls.one, cls.two = cls.guide.exercises.all()

    def assert_says(self, sentence, row):
        with self.assertRaises(ValidationError) as raised:
            row.full_clean()

        self.assertIn(sentence, raised.exception.messages)

    def test_the_next_review_lies_after_the_last(self):
        day = date(2026, 1, 1)
        self.guide.reviewed_on = self.guide.review_due_on = day

        self.assert_says("The next review must lie after the last one.", self.guide)

    def test_an_audience_has_one_verdict(self):
        audience = Audience.objects.create(name="pregnant", slug="pregnant")
        Verdict.objects.create(guide=self.guide, audience=audience, choice="yes")

        self.assert_says(
            "This audience has a verdict already.",
            Verdict(guide=self.guide, audience=audience, choice="no"),
        )

    def test_a_guide_is_not_its_own_relative(self):
        self.assert_says(
            "A guide is not related to itself.",
            RelatedGuide(guide=self.guide, to=self.guide),
        )

    def test_an_exercise_is_not_its_own_variation(self):
        self.assert_says(
            "Choose another exercise.",
            Variation(exercise=self.one, kind="progression", to=self.one),
        )

    def test_a_variation_is_named_once(self):
        Variation.objects.create(exercise=self.one, kind="seated", to=self.two)

        self.assert_says(
            "This variation is named already.",
            Variation(exercise=self.one, kind="progression", to=self.two),
        )

    def test_no_exercise_is_harder_than_itself(self):
        three = make_guide(exercises=1).exercises.get()
        Variation.objects.create(exercise=self.one, kind="progression", to=self.two)
        Variation.objects.create(exercise=three, kind="seated", to=self.two)
        sentence = (
            "Along the ladder these two stand the other way round already: each would "
            "be harder than the other. Take one of the variations away."
        )

        for exercise, kind, to in [
            (self.two, "progression", self.one),
            (three, "progression", self.one),
            (self.one, "without-equipment", three),
        ]:
            with self.subTest(kind, exercise=exercise, to=to):
                self.assert_says(
                    sentence, Variation(exercise=exercise, kind=kind, to=to)
                )
        Variation(exercise=self.two, kind="similar", to=self.one).full_clean()
        Variation(exercise=self.one, kind="progression", to=three).full_clean()

    def test_a_variation_may_change_its_kind(self):
        variation = Variation.objects.create(
            exercise=self.one, kind="progression", to=self.two
        )

        variation.kind = "seated"

        variation.full_clean()

    def test_a_clip_begins_before_it_ends(self):
        before = "In the video the exercise must begin before it ends."
        for start, end, sentence in [
            (9, 3, before),
            (3, 3, before),
            (None, 3, "Write where it begins."),
        ]:
            with self.subTest(start=start, end=end):
                self.one.clip_start, self.one.clip_end = start, end
                self.assert_says(sentence, self.one)
                # What a script writes past that, the database refuses.
                with self.assertRaises(IntegrityError), transaction.atomic():
                    self.one.save()
        for start, end in [(0, 3), (3, None), (None, None)]:
            with self.subTest(start=start, end=end):
                self.one.clip_start, self.one.clip_end = start, end
                self.one.full_clean()

    def test_set_ups_do_not_send_each_other_round(self):
        self.one.setup_from = self.one
        self.assert_says(
            "These exercises would send each other round in a circle.", self.one
        )

        self.two.setup_from = self.one
        self.two.save()
        self.one.setup_from = self.two
        self.assert_says(
            "These exercises would send each other round in a circle.", self.one
        )

    def test_a_video_is_somewhere(self):
        sentence = "Choose a file of your own, or give the address at the provider."
        for provider in ("own", "youtube"):
            self.assert_says(sentence, Video(title="A", duration=9, provider=provider))

    def test_a_promotion_ends_after_it_starts(self):
        now = timezone.now()
        self.assert_says(
            "The end must lie after the start.",
            Promotion(title="Book", link="/book/", starts_at=now, ends_at=now),
        )

    def test_a_link_of_a_promotion_stays_on_the_web(self):
        for link in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example/",
            "https://shop.example@evil.example/",
            "ftp://example.org/",
            "www.example.org",
            "https://",
        ]:
            with self.subTest(link):
                self.assert_says(
                    "Write an address that begins with https:// or with one slash.",
                    Promotion(title="Book", link=link),
                )
        for link in ["/guides/", "https://example.org/a?b=c", "http://example.org"]:
            with self.subTest(link):
                Promotion(title="Book", link=link).full_clean()

    def test_a_time_zone_is_one_that_is_known(self):
        settings = SiteSettings.load()
        settings.zone = "Middle/Earth"

        self.assert_says(
            "“Middle/Earth” is no time zone. Write one like Europe/London.", settings
        )

    def test_the_settings_are_one_row(self):
        self.assert_says("The settings are one row.", SiteSettings(pk=2))


class PromotionTests(TestCase):
    def test_it_is_shown_between_its_dates(self):
        now = timezone.now()
        for starts_at, ends_at, is_shown in [
            (None, None, True),
            (now, None, True),
            (now + HOUR, None, False),
            (None, now, False),
            (None, now + HOUR, True),
            (now - HOUR, now + HOUR, True),
        ]:
            with self.subTest(starts_at=starts_at, ends_at=ends_at):
                promotion = Promotion.objects.create(
                    title="Book", link="/", starts_at=starts_at, ends_at=ends_at
                )

                self.assertEqual(promotion.is_shown(now), is_shown)
                rows = Promotion.objects.filter(pk=promotion.pk).current(now)
                self.assertEqual(rows.exists(), is_shown)

    def test_points_are_lines_without_their_bullets(self):
        promotion = Promotion(bullets="• one\n\n - two\n– three\n  \n")

        self.assertEqual(promotion.points, ["one", "two", "three"])


class NextMomentTests(TestCase):
    def test_it_is_the_first_of_all_moments_to_come(self):
        now = timezone.now()
        self.assertIsNone(next_moment(now))

        make_guide(published_at=now)
        make_guide(published_at=None)
        self.assertIsNone(next_moment(now))

        make_guide(published_at=now + 3 * HOUR)
        self.assertEqual(next_moment(now), now + 3 * HOUR)

        book = {"title": "Book", "link": "/"}
        Promotion.objects.create(**book, ends_at=now + 2 * HOUR)
        self.assertEqual(next_moment(now), now + 2 * HOUR)

        Promotion.objects.create(**book, starts_at=now + HOUR)
        with self.assertNumQueries(1):
            self.assertEqual(next_moment(now), now + HOUR)


class PageVersionTests(TestCase):
    """Every way of writing what readers see makes stored pages old."""

    def assert_bumps(self, act, *, bumps=True):
        before = page_version()
        act()
        (self.assertGreater if bumps else self.assertEqual)(page_version(), before)

    def test_each_way_of_writing_bumps(self):
        guide = make_guide(exercises=1)
        exercise = guide.exercises.get()
        for act in [
            guide.save,
            lambda: Guide.objects.update(title="New"),
            lambda: Guide.objects.bulk_update([guide], ["title"]),
            lambda: Topic.objects.bulk_create([Topic(title="a", slug="a")]),
            lambda: Topic.objects.create(title="b", slug="b"),
            lambda: Topic.objects.get_or_create(slug="c", defaults={"title": "c"}),
            lambda: exercise.write_steps(phase="action", lines=[]),
            Guide.objects.publish,
            Guide.objects.withdraw,
            SiteSettings.load().save,
            lambda: Topic.objects.all().delete(),
            guide.delete,
        ]:
            with self.subTest(act):
                self.assert_bumps(act)

    def test_so_does_each_way_of_relating_rows(self):
        exercise = make_guide(exercises=1).exercises.get()
        band = Equipment.objects.create(name="band", slug="band")
        neck = BodyArea.objects.create(name="neck", slug="neck")
        for act in [
            lambda: exercise.equipment.add(band),
            lambda: exercise.equipment.remove(band),
            lambda: neck.exercises.set([exercise]),
            exercise.areas.clear,
        ]:
            with self.subTest(act):
                self.assert_bumps(act)

    def test_reading_does_not(self):
        make_guide()

        self.assert_bumps(lambda: list(Guide.objects.published()), bumps=False)

    def test_there_is_one_number(self):
        make_guide()

        self.assertEqual(PageVersion.objects.count(), 1)


class FactsTests(TestCase):
    def facts(self, guide):
        facts = Guide.objects.with_facts().get(pk=guide.pk).facts
        self.assertNotIn(" ·", facts)  # no line begins with the dot
        return facts.replace("\N{NO-BREAK SPACE}", " ")

    def test_minutes_positions_and_things_stand_once_each(self):
        guide = make_guide(exercises=3, minutes=4)
        one, two, three = guide.exercises.all()
        Exercise.objects.filter(pk=one.pk).update(start_position="standing")
        Exercise.objects.filter(pk__in=[two.pk, three.pk]).update(
            start_position="seated"
        )
        one.equipment.create(name="Band", slug="band")
        two.equipment.set(one.equipment.all())

        self.assertEqual(self.facts(guide), "4 min · standing or seated · band")

    def test_who_stands_freely_is_not_told_of_a_hand_that_holds_on(self):
        guide = make_guide(exercises=2)
        one, two = guide.exercises.all()
        Exercise.objects.filter(pk=one.pk).update(start_position="supported")

        self.assertEqual(self.facts(guide), "standing, supported · no equipment")

        Exercise.objects.filter(pk=two.pk).update(start_position="standing")

        self.assertEqual(self.facts(guide), "standing · no equipment")

    def test_what_is_not_known_is_not_said(self):
        self.assertEqual(self.facts(make_guide(exercises=1)), "no equipment")
        self.assertEqual(self.facts(make_guide()), "")
        self.assertEqual(
            self.facts(make_guide(kind="article", minutes=3)), "3 min · to read"
        )
