from django.core.exceptions import ValidationError
from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from guide import dosage, reading
from guide.dosage import timer
from guide.models import Dosage
from tests.factories import make_guide

NARROW = "\u00a0"

CASES = [
    ({}, [], ""),
    (
        {"repetitions_min": 8, "repetitions_max": 12, "tempo": "slowly"},
        [("8–12", "times, slowly")],
        "8 to 12 times, slowly.",
    ),
    ({"repetitions_min": 1}, [("1", "time")], "1 time."),
    (
        {"repetitions_min": 10, "each_side": True, "tempo": "calmly"},
        [("10", "times, each side, calmly")],
        "10 times on each side, calmly.",
    ),
    ({"sets_min": 1, "sets_max": 1}, [("1", "set")], "1 set."),
    (
        {"sets_min": 1, "sets_max": 3, "rest_min": 60},
        [("1–3", f"sets, 1{NARROW}min rest between")],
        f"1 to 3 sets; 1{NARROW}min rest between sets.",
    ),
    (
        {"sets_min": 2, "rest_min": 60, "rest_max": 90},
        [("2", f"sets, 60–90{NARROW}s rest between")],
        f"2 sets; 60–90{NARROW}s rest between sets.",
    ),
    ({"hold_min": 5}, [(f"5{NARROW}s", "hold")], "Hold for 5 seconds."),
    ({"hold_min": 1}, [(f"1{NARROW}s", "hold")], "Hold for 1 second."),
    (
        {"hold_min": 60, "hold_max": 120},
        [(f"1–2{NARROW}min", "hold")],
        "Hold for 60 to 120 seconds.",
    ),
    ({"times_a_day_min": 1}, [("1", "time a day")], "1 time a day."),
    (
        {"days_a_week_min": 2, "days_a_week_max": 3, "alternate_days": True},
        [("2–3", "days a week, never two in a row")],
        "2 to 3 days a week, never two in a row.",
    ),
    ({"days_a_week_min": 7}, [("7", "days a week")], "7 days a week."),
    ({"effort": 5}, [("5", "of 10: as hard as it should ever feel")], ""),
    ({"sets_max": 3}, [("up to 3", "sets")], "Up to 3 sets."),
    (
        {"hold_max": 120, "sets_min": 2, "rest_max": 60},
        [
            (f"up to 2{NARROW}min", "hold"),
            ("2", f"sets, up to 1{NARROW}min rest between"),
        ],
        f"Hold for up to 120 seconds; 2 sets; up to 1{NARROW}min rest between sets.",
    ),
    (
        {"hold_min": 30, "each_side": True, "tempo": "gently"},
        [(f"30{NARROW}s", "hold, each side, gently")],
        "Hold for 30 seconds on each side, gently.",
    ),
    (
        {"repetitions_min": 8, "hold_min": 5, "each_side": True},
        [("8", "times, each side"), (f"5{NARROW}s", "hold")],
        "8 times on each side; hold for 5 seconds.",
    ),
    # Without a number a range is not one.
    ({"tempo": "slowly", "alternate_days": True, "each_side": True}, [], ""),
]


class WordsTests(SimpleTestCase):
    def test_each_dosage_has_its_figures_and_its_sentence(self):
        for values, figures, words in CASES:
            with self.subTest(values):
                how_many = Dosage(**values)

                self.assertEqual(how_many.figures, figures)
                self.assertEqual(how_many.words, words)

    def test_no_more_than_four_figures_fit_the_box(self):
        ranges = ["repetitions", "hold", "sets", "times_a_day", "days_a_week"]
        dosage = Dosage(effort=5, **{f"{name}_min": 3 for name in ranges})

        self.assertEqual(len(dosage.figures), 4)

    def test_the_sentence_leaves_nothing_out(self):
        ranges = ["repetitions", "hold", "sets", "rest", "times_a_day", "days_a_week"]
        dosage = Dosage(**{f"{name}_min": n for n, name in enumerate(ranges, 2)})

        self.assertEqual(dosage.words.count(";"), len(ranges) - 1)


class JsonldTests(SimpleTestCase):
    def jsonld(self, **values):
        return dosage.jsonld(Dosage(**values))

    def test_a_range_is_a_quantity(self):
        for low, high, size in [
            (8, 12, {"minValue": 8, "maxValue": 12}),
            (8, None, {"value": 8}),
            (None, 12, {"maxValue": 12}),
        ]:
            with self.subTest(low=low, high=high):
                said = self.jsonld(repetitions_min=low, repetitions_max=high)

                self.assertEqual(
                    said, {"repetitions": {"@type": "QuantitativeValue", **size}}
                )

    def test_a_rest_is_in_seconds(self):
        self.assertEqual(
            self.jsonld(rest_min=60)["restPeriods"],
            {"@type": "QuantitativeValue", "value": 60, "unitCode": "SEC"},
        )

    def test_how_often_is_a_sentence(self):
        said = self.jsonld(
            times_a_day_min=2, days_a_week_min=2, days_a_week_max=3, alternate_days=True
        )

        self.assertEqual(
            said["activityFrequency"],
            "2 times a day; 2 to 3 days a week, never two in a row",
        )

    def test_what_has_no_word_of_its_own_is_said_beside_it(self):
        said = self.jsonld(
            sets_max=3,
            hold_min=5,
            each_side=True,
            tempo="slowly",
            effort=5,
        )

        self.assertEqual(
            said["additionalVariable"],
            ["up to 3 sets", "hold for 5 seconds on each side, slowly"],
        )
        self.assertEqual(said["intensity"]["value"], 5)

    def test_nothing_is_nothing(self):
        self.assertEqual(self.jsonld(), {})


class TimerTests(SimpleTestCase):
    def test_each_count_has_its_upper_and_its_lower_end(self):
        dosage = Dosage(
            repetitions_min=8,
            repetitions_max=12,
            sets_max=3,
            hold_min=5,
            rest_min=30,
            rest_max=45,
            each_side=True,
        )

        self.assertEqual(
            timer(dosage),
            {
                "repetitions": 12,
                "least-repetitions": 8,
                "sets": 3,
                "least-sets": 0,
                "hold": 5,
                "least-hold": 5,
                "rest": 45,
                "pace": 6,
                "sides": 2,
            },
        )

    def test_what_is_held_once_is_one_repetition_in_one_set(self):
        counts = timer(Dosage(hold_min=30))

        self.assertEqual(counts["hold"], 30)
        self.assertEqual(counts["repetitions"], 1)
        self.assertEqual(counts["sets"], 1)
        self.assertEqual(counts["sides"], 1)
        self.assertEqual(counts["rest"], 60)

    def test_without_repetitions_and_hold_nothing_is_counted(self):
        self.assertEqual(timer(None), {})
        self.assertEqual(timer(Dosage(sets_min=3, rest_min=60, days_a_week_min=2)), {})

    def test_a_tempo_in_figures_is_the_pace_and_one_in_words_is_not(self):
        for tempo, seconds in [
            ("", 6),
            ("slowly", 6),
            ("slowly down", 6),
            ("4", 4),
            ("4 s", 4),
            (" 8s ", 8),
            ("3-1-3", 7),
            ("2 – 1 – 4", 7),
            ("2/2", 4),
            ("0-0", 6),
            ("10 a minute", 6),
            ("3 up, 3 down", 6),
            ("120", 6),
        ]:
            with self.subTest(tempo):
                counts = timer(Dosage(repetitions_min=8, tempo=tempo))

                self.assertEqual(counts["pace"], seconds)


class OwnTimerTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(exercises=1)
        Dosage.objects.create(guide=cls.guide, repetitions_min=8, sets_min=3)

    def counts(self):
        page = reading.page(self.guide, timezone.now())
        return page["exercises"][0].timer

    def own(self, **values):
        Dosage.objects.create(exercise=self.guide.exercises.get(), **values)

    def test_an_exercise_is_counted_as_its_guide_says(self):
        self.assertEqual(self.counts()["repetitions"], 8)

    def test_its_own_dosage_stands_instead(self):
        self.own(repetitions_min=5)

        self.assertEqual(self.counts()["repetitions"], 5)
        self.assertEqual(self.counts()["sets"], 1)

    def test_its_own_days_leave_the_count_to_the_guide(self):
        self.own(days_a_week_min=7)

        self.assertEqual(self.counts()["repetitions"], 8)

    def test_its_own_sets_are_never_counted_with_repetitions_of_the_guide(self):
        self.own(sets_min=2)

        self.assertEqual(self.counts(), {})


class ConstraintTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_guide(exercises=1)

    def test_each_fault_is_said_in_a_sentence(self):
        every_other = (
            "“Never two days in a row” leaves 4 days a week at most. "
            "Write fewer days, or take the tick away."
        )
        one_set = (
            "One set has no rest between sets. "
            "Write more sets, or leave the rest empty."
        )
        for values, sentence in [
            (
                {"repetitions_min": 12, "repetitions_max": 8},
                "In “repetitions” the smaller number stands first.",
            ),
            (
                {"hold_min": 12, "hold_max": 8},
                "In “hold, seconds” the smaller number stands first.",
            ),
            (
                {"each_side": True, "sets_min": 2},
                "Say how many on each side, or take the tick away.",
            ),
            (
                {"tempo": "slowly", "sets_min": 2},
                "Say how many at this tempo, or leave it empty.",
            ),
            (
                {"alternate_days": True, "repetitions_min": 8},
                "Say on how many days a week, up to 4, or take the tick away.",
            ),
            ({"days_a_week_min": 8}, "A week has seven days."),
            ({"sets_max": 21}, "Write 20 at most."),
            ({"repetitions_min": 101}, "Write 100 at most."),
            ({"hold_min": 601}, "Write 600 at most."),
            ({"rest_min": 0}, "Write 1 or more, or leave it empty."),
            ({"effort": 11}, "Write 10 at most."),
            (
                {"days_a_week_min": 2, "days_a_week_max": 8},
                "A week has seven days.",
            ),
            ({"days_a_week_min": 5, "alternate_days": True}, every_other),
            ({"days_a_week_max": 7, "alternate_days": True}, every_other),
            ({"sets_min": 1, "rest_min": 60}, one_set),
            ({"sets_max": 1, "rest_max": 60}, one_set),
            ({"sets_min": 1, "sets_max": 1, "rest_min": 30}, one_set),
            (
                {"exercise": self.guide.exercises.get()},
                "A dosage belongs to a guide or to an exercise, not to both.",
            ),
        ]:
            with self.subTest(values), self.assertRaises(ValidationError) as raised:
                Dosage(guide=self.guide, **values).full_clean()

            self.assertIn(sentence, raised.exception.messages)

    def test_what_agrees_with_itself_is_taken(self):
        for values in [
            {"days_a_week_min": 3, "days_a_week_max": 4, "alternate_days": True},
            {"days_a_week_min": 7},
            {"alternate_days": True, "days_a_week_max": 4},
            {"each_side": True, "hold_max": 30, "tempo": "gently"},
            {"sets_min": 1, "sets_max": 3, "rest_min": 60},
            {"sets_min": 2, "rest_min": 60},
            {"rest_min": 60},
            {"sets_min": 1},
        ]:
            with self.subTest(values):
                Dosage(guide=self.guide, **values).full_clean()

    def test_a_range_may_be_one_number(self):
        Dosage(guide=self.guide, repetitions_min=8, repetitions_max=8).full_clean()
        Dosage(guide=self.guide, repetitions_min=8).full_clean()

    def test_a_range_may_have_no_smaller_number(self):
        dosage = Dosage(guide=self.guide, sets_max=3)
        dosage.full_clean()
        dosage.save()

        dosage.refresh_from_db()
        self.assertEqual(dosage.words, "Up to 3 sets.")
