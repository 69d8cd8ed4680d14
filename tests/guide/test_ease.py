from django.test import SimpleTestCase

from guide import ease

PLAIN = "Sit on a chair. Put both feet on the floor. Pull the band to your ribs. " * 8
HARD = (
    "Musculoskeletal rehabilitation necessitates individually prescribed progressive "
    "resistance interventions incorporating neuromuscular coordination strategies. "
) * 10


class EaseTests(SimpleTestCase):
    def test_plain_words_read_easily_and_long_ones_do_not(self):
        self.assertGreater(ease.score(PLAIN), 90)
        self.assertLess(ease.score(HARD), 0)

    def test_a_short_text_is_not_judged(self):
        self.assertIsNone(ease.score("Sit down. Breathe out."))
        self.assertIsNone(ease.score(""))

    def test_a_line_without_a_full_stop_is_a_sentence(self):
        line = "Sit on a chair with both feet flat"

        self.assertGreater(
            ease.score("\n".join([line] * 20)), ease.score(" ".join([line] * 20))
        )

    def test_syllables_are_heard_not_written(self):
        for word, count in [
            *(("chair", 1), ("scale", 1), ("table", 2), ("makes", 1), ("rises", 2)),
            *(("pulled", 1), ("lifted", 2), ("the", 1), ("exercise", 3)),
        ]:
            with self.subTest(word):
                self.assertEqual(ease._syllables(word), count)
