"""How phrases are written and found, whoever wrote them."""

import re
import sys

from django.core.exceptions import ValidationError
from django.test import SimpleTestCase

from comments import phrases
from comments.checks import people, sending, words
from comments.models.flags import say_something
from tests.comments.flags import FLAGS


class PhraseTests(SimpleTestCase):
    def found(self, text, *lines):
        return phrases.Text(text).found("\n".join(lines))[0]

    def test_a_star_is_any_ending_and_needs_three_letters_before_it(self):
        self.assertEqual(self.found("Swellings", "swell*"), ["Swellings"])
        self.assertEqual(self.found("A soft ball", "so*"), [])

    def test_a_slash_is_either_word(self):
        for text in ("my calf", "my calves"):
            self.assertTrue(self.found(text, "calf / calves"))

    def test_signs_between_words_are_none(self):
        for line in ("self-harm*", "self harm*", "self - harm*"):
            self.assertEqual(self.found("of self-harming", line), ["self-harming"])

    def test_a_gap_is_three_words_at_most_and_ends_with_the_sentence(self):
        line = "swollen … calf"
        self.assertEqual(
            self.found("a swollen and very hot calf", line),
            ["swollen and very hot calf"],
        )
        self.assertEqual(self.found("swollen one two three four calf", line), [])
        self.assertEqual(self.found("It is swollen. My calf", line), [])
        self.assertTrue(self.found("swollen calf", "swollen...calf"))

    def test_what_one_can_no_longer_do_is_one_word_with_what_one_cannot(self):
        for text in ("can no longer feel", "can hardly feel", "cannot feel"):
            for line in ("can no longer feel", "can barely feel", "can't feel"):
                self.assertTrue(self.found(text, line), (text, line))
        self.assertTrue(self.found("I no longer want it", "!don't want"))
        self.assertTrue(self.found("I don't want it", "!no longer want"))

    def test_a_plus_asks_for_both_anywhere(self):
        line = "fever + back"
        self.assertEqual(
            self.found("My back hurts. Since Monday a fever.", line), ["fever", "back"]
        )
        self.assertEqual(self.found("My back hurts. No fever.", line), [])

    def test_an_exclamation_mark_counts_what_is_denied_too(self):
        text = "I would not kill myself"
        self.assertEqual(self.found(text, "kill myself", "! kill myself"), [text[12:]])
        self.assertTrue(self.found("I did not do it", "!do it"))

    def test_a_tilde_names_what_is_meant_otherwise(self):
        lines = ("chest … heavy", "!heavy chest", "~chest press", "~hope chest")
        for text in (
            "The chest press is heavy",
            "A heavy chest press",
            "no hope chest",
        ):
            with self.subTest(text):
                self.assertEqual(self.found(text, *lines), [])
        self.assertEqual(
            self.found("The chest press is heavy, my chest is heavy", *lines),
            ["chest is heavy"],
        )
        often = "chest press heavy. " * 9
        self.assertEqual(self.found(f"{often} A heavy chest", *lines), ["heavy chest"])

    def test_a_tilde_is_for_its_own_list_and_what_is_not_denied(self):
        text = phrases.Text("The chest press is heavy, my temperature is not normal")

        found = text.found("chest … heavy", "~chest press", "temperature\n~is normal")
        self.assertEqual(found, [["chest press is heavy"], [], ["temperature"]])

    def test_what_is_found_stands_as_it_was_typed(self):
        for typed in ("N\u200dumb", "nu\u00admb", "NÚMB", "n\u03c5mb", "\uff4eumb"):
            with self.subTest(typed):
                self.assertEqual(self.found(f"It is {typed}!", "numb"), [typed])

    def test_each_list_is_answered_apart(self):
        text = phrases.Text("numb and hot")

        self.assertEqual(
            text.found("hot", "", "cold", "numb"), [["hot"], [], [], ["numb"]]
        )

    def test_lines_that_say_nothing_find_nothing(self):
        for line in (
            "",
            "  ",
            "*",
            "/",
            "…",
            "+",
            "!",
            "~",
            "~numb",
            "… numb …",
            "can't",
            "- ;",
        ):
            with self.subTest(line):
                found = self.found("a * / + ! text; with - signs", line)
                self.assertEqual(found, [])
        self.assertEqual(phrases.Text("").found("numb"), [[]])


class IdleTests(SimpleTestCase):
    def test_a_line_that_no_text_can_meet_is_refused_with_a_sentence(self):
        for line in ("*", "… /", "+", "!", "~", "- ;"):
            with self.assertRaisesMessage(ValidationError, f"“{line}” holds no word"):
                say_something(f"fever + back\n\n{line}")
        say_something("fever + back\r\n\r\n!numb*\n")

    def test_so_is_a_star_after_fewer_than_three_letters(self):
        for line, word in [
            ("a*", "a*"),
            ("É*", "e*"),
            ("swollen … ca*", "ca*"),
            ("num*/no*", "no*"),
            ("self-ha*", "ha*"),
            ("!fever + ba*", "ba*"),
        ]:
            with (
                self.subTest(line),
                self.assertRaisesMessage(ValidationError, f"begin like “{word}”"),
            ):
                say_something(f"numb\n{line}")

    def test_so_is_what_stands_there_twice(self):
        for line, again in [
            ("numb", "NUMB"),
            ("swollen … calf", "swollen...calf"),
            ("calf/calves", "calves / calf"),
        ]:
            with (
                self.subTest(again),
                self.assertRaisesMessage(ValidationError, f"“{again}” stands here"),
            ):
                say_something(f"{line}\nfever\n{again}")
        say_something("numb\n!numb\n~numb\nnumb*")

    def test_a_gap_at_an_end_says_nothing(self):
        for line in ("numb …", "numb...", "… numb"):
            say_something(line)
            self.assertEqual(phrases.Text("so numb!").found(line), [["numb"]])

    def test_what_the_site_comes_with_is_accepted(self):
        for name, lines, _text in FLAGS:
            with self.subTest(name):
                say_something(lines)


class CostTests(SimpleTestCase):
    """Twice the text is twice the work, whatever stands in it."""

    books = (*(flag[1] for flag in FLAGS), words.TESTIMONIALS, people.HEALTH)

    def steps(self, text):
        steps = 0

        def count(frame, event, argument):
            nonlocal steps
            steps += event in {"call", "c_call"}

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            phrases.Text(text).found(*self.books)
        finally:
            sys.setprofile(before)
        return steps

    def test_near_matches_take_no_more_than_their_share(self):
        phrases.compiled(self.books)
        for piece in [
            "numb ",
            "no numb, ",
            "no fever, chest or ",
            "lost lost lost control ",
            "can't feel my my my ",
            "could not ",
            "not without ",
            "chest tight my ",
            "chest press ",
            "thanks to your ",
            "my pain is ",
            "a",
            "a'",
            "num\u200dь ",
            "……",
        ]:
            with self.subTest(piece):
                text = piece * (5000 // len(piece))
                half = self.steps(text[:2500])
                whole = self.steps(text)
                self.assertLess(whole, 2.2 * half + 200)
                self.assertLess(whole, 40 * len(text))

    def test_no_pattern_tries_again(self):
        for pattern in [
            *(sending.LINK, people.MAIL, people.SPELLED_MAIL, people.PHONE),
            *(people.SAID, people.TITLED, phrases._TOKEN),
        ]:
            with self.subTest(pattern.pattern):
                bare = re.sub(r"\[[^\]]*\]|\\.", "x", pattern.pattern)
                self.assertIsNone(re.search(r"[+*}](?![+])(?<![+*}]\+)", bare))
