from django.test import SimpleTestCase

from comments.nameless import LONGEST_QUESTION, nameless, short


class NamelessTests(SimpleTestCase):
    def test_what_tells_who_somebody_is_becomes_a_gap(self):
        for said, kept in [
            ("I live in Hull.", "I live in […]."),
            ("I come from New Mills, near Stockport.", "I come from […], near […]."),
            ("Dr Jane Hill says so.", "Dr […] says so."),
            ("Dr. Hill says so.", "Dr. […] says so."),
            ("My name is Tom Field.", "My name is […]."),
            ("My husband Peter laughs.", "My husband […] laughs."),
            ("Write to tom@example.org, please.", "Write to […], please."),
            ("Call 01632 960 983.", "Call […]."),
            ("Call +44 (0)1632 960983 soon.", "Call […] soon."),
            ("See https://example.org/me now.", "See […] now."),
            ("I am at 12 Acacia Road.", "I am at […]."),
            ("Marjorie’s knee, says Marjorie.", "[…] knee, says […]."),
        ]:
            with self.subTest(said):
                self.assertEqual(nameless(said, name="Marjorie K."), kept)

    def test_what_tells_nobody_stays(self):
        for said in [
            "In January, and at Christmas, I do 8 to 12 in a row.",
            "Since 2019. I am 71. Do I breathe out?",
            "At night. From the chair. In and out.",
            "Two sets of 10, 60 seconds apart, on 3 days.",
            "My physio says no. I asked in May.",
        ]:
            with self.subTest(said):
                self.assertEqual(nameless(said, name="A reader"), said)

    def test_the_authors_links_stay(self):
        said = "See https://example.org/rows."

        self.assertEqual(nameless(said, name="Tom", keeps_links=True), said)

    def test_an_odd_name_is_no_pattern(self):
        for name in ["", "(.*", "Tom+", "[a-z]", "\\b", "Ünal"]:
            nameless("Tom+ (.* and Ünal", name=name)
        self.assertEqual(nameless("Ünal asks.", name="Ünal"), "[…] asks.")

    def test_long_texts_take_no_time(self):
        for said in ["a@" * 10_000, "1 " * 10_000, "A b " * 10_000, "Dr A" * 10_000]:
            nameless(said, name="Tom")


class ShortTests(SimpleTestCase):
    def test_a_short_one_stays_on_one_line(self):
        self.assertEqual(short("In\nor out?\n"), "In or out?")

    def test_of_a_long_one_what_it_asks_is_left(self):
        said = "I am 71. " * 60 + "May I row? Thank you. And when?"

        self.assertEqual(short(said), "May I row? And when?")

    def test_one_without_end_is_cut_at_a_word(self):
        for said in ["word " * 500, "x" * 900 + "?", "why " * 500 + "?"]:
            self.assertLessEqual(len(short(said)), LONGEST_QUESTION)
