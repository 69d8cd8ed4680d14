from django.test import SimpleTestCase

from guide import ladder
from guide.models import Exercise, Variation


def exercise(pk, name, guide=1, **values):
    return Exercise(pk=pk, name=name, guide_id=guide, position=pk, **values)


LOW, WIDE, HIGH = (
    exercise(1, "Low Row", start_position="standing"),
    exercise(2, "Wide Row", start_position="standing"),
    exercise(3, "High Row", start_position="standing"),
)
SEATED = exercise(8, "Seated Row", guide=2, start_position="seated")
BARE = exercise(9, "Row without a band", guide=2)


def leads(exercise, kind, to):
    return Variation(exercise=exercise, kind=kind, to=to)


def names(rungs):
    return [(rung.exercise.name, rung.words) for rung in rungs]


class RungsTests(SimpleTestCase):
    def test_an_exercise_alone_has_no_ladder(self):
        self.assertEqual(ladder.rungs(LOW, []), [])
        self.assertEqual(ladder.rungs(LOW, [leads(LOW, "similar", WIDE)]), [])
        self.assertEqual(ladder.rungs(HIGH, [leads(LOW, "progression", WIDE)]), [])

    def test_it_reads_from_the_easiest_to_the_hardest(self):
        variations = [
            leads(LOW, "progression", WIDE),
            leads(LOW, "seated", SEATED),
            leads(LOW, "without-equipment", BARE),
        ]

        self.assertEqual(
            names(ladder.rungs(LOW, variations)),
            [
                ("Row without a band", "easiest, no equipment"),
                ("Seated Row", "easier, on a chair"),
                ("Low Row", "you are here"),
                ("Wide Row", "harder, next on this page"),
            ],
        )

    def test_only_a_gentler_exercise_on_a_chair_is_told_apart(self):
        bare = exercise(9, "Row without a band", guide=2, start_position="ball")
        variations = [
            leads(LOW, "seated", SEATED),
            leads(LOW, "without-equipment", bare),
            leads(LOW, "progression", WIDE),
        ]

        for here, chairs in [(LOW, [bare, SEATED]), (SEATED, [])]:
            rungs = ladder.rungs(here, variations)
            self.assertEqual([r.exercise for r in rungs if r.is_on_chair], chairs)

    def test_easier_is_the_inverse_of_a_progression(self):
        rungs = ladder.rungs(WIDE, [leads(LOW, "progression", WIDE)])

        self.assertEqual(
            names(rungs),
            [("Low Row", "easier, on this page"), ("Wide Row", "you are here")],
        )

    def test_harder_is_the_inverse_of_a_seated_variation(self):
        rungs = ladder.rungs(SEATED, [leads(LOW, "seated", SEATED)])

        self.assertEqual(
            names(rungs), [("Seated Row", "you are here"), ("Low Row", "harder")]
        )

    def test_it_goes_over_several_steps_both_ways(self):
        variations = [
            leads(WIDE, "progression", HIGH),
            leads(BARE, "progression", SEATED),
            leads(SEATED, "progression", LOW),
            leads(LOW, "progression", WIDE),
        ]
        order = ["Row without a band", "Seated Row", "Low Row", "Wide Row", "High Row"]

        for here in (BARE, SEATED, LOW, WIDE, HIGH):
            with self.subTest(here.name):
                rungs = ladder.rungs(here, variations)

                self.assertEqual([rung.exercise.name for rung in rungs], order)
                self.assertEqual(
                    [rung.exercise for rung in rungs if rung.is_here], [here]
                )

    def test_a_circle_ends(self):
        variations = [
            leads(LOW, "progression", WIDE),
            leads(WIDE, "progression", HIGH),
            leads(HIGH, "progression", LOW),
        ]

        rungs = ladder.rungs(LOW, variations)

        self.assertEqual(len(rungs), 3)
        self.assertEqual(len({rung.exercise.pk for rung in rungs}), 3)

    def test_an_exercise_stands_once_though_two_ways_lead_to_it(self):
        variations = [
            leads(LOW, "without-equipment", BARE),
            leads(BARE, "progression", LOW),
            leads(BARE, "progression", SEATED),
            leads(SEATED, "progression", LOW),
        ]

        rungs = ladder.rungs(LOW, variations)

        self.assertCountEqual(
            [rung.exercise.pk for rung in rungs], [LOW.pk, BARE.pk, SEATED.pk]
        )
