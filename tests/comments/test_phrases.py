"""Which sentences raise a red flag, by the words the site comes with."""

import re
import sys
from importlib import import_module

from django.core.exceptions import ValidationError
from django.test import SimpleTestCase

from comments import phrases
from comments.checks import people, sending, words
from comments.models.flags import say_something

FLAGS = import_module("comments.migrations.0004_red_flags").FLAGS

FIRE = [
    "numbness in my leg",
    "I can't feel my foot",
    "I can’t feel my foot.",
    "I cannot feel my left foot any more",
    "I can not feel my toes",
    "cant feel my foot at all",
    "chest pain when I climb stairs",
    "I get pain in my chest when I pull",
    "My chest feels tight after the second set",
    "there is no doubt about it, chest pain again",
    "I don't know why I have chest pain",
    "I'm not sure whether this is chest pain or a muscle",
    "I can't walk without chest pain",
    "I never walk uphill without chest pain",
    "It is not a pulled muscle but chest pain",
    "not numbness but bleeding",
    "Not only numbness in the hand, also tingling",
    "No relief, and now numbness in both feet",
    "I had no trouble at first. Since Monday numbness in my foot",
    "No improvement, my foot is numb or asleep",
    "No better yet; bleeding again",
    "My foot is numb, no pain",
    "Numb toes, but no fever",
    "NUMBNESS IN MY FOOT!!!",
    "num\u200dbness in my leg",
    "n\u00adumb foot",
    "My foot is \uff4e\uff55\uff4d\uff42",
    "Since this morning there is some bleeding again",
    "The bleeding stopped and has come back",
    "The bleeding has not stopped",
    "bleeding after birth, is that normal?",
    "I have a fever and my back hurts",
    "My back is bad and I am feverish",
    "unexplained weight loss",
    "I have been losing weight without trying",
    "I have lost six kilos for no reason",
    "I had a fall last week",
    "I fell down the stairs yesterday",
    "I slipped on the ice and hit my head",
    "I can't put any weight on it",
    "My calf is swollen and hot",
    "swollen left calf after the flight",
    "numbness around my bottom and groin",
    "I have no feeling in my bottom",
    "I have no feeling between my legs",
    "pins and needles in my private parts",
    "My bottom is numb",
    "numb down below",
    "Numb between the thighs",
    "I wet myself without noticing",
    "I cannot feel when I go to the toilet",
    "I am out of breath at rest",
    "I fell yesterday and my hip hurts",
    "I fell down the stairs and my hip hurts",
    "there is blood in my wee",
    "I've lost control of my bladder",
    "I can't pee since last night",
    "My mouth is drooping on one side",
    "slurred speech for an hour",
    "sudden weakness in my arm",
    "I want to die",
    "I don’t want to live any more",
    "no, I would not kill myself, but I think of it",
    "I couldn’t breathe when I lay down",
    "short of breath, even resting",
    "I fainted during the exercise",
    "I could not lift my foot",
    (
        "I had my womb removed four weeks ago and did the seated row yesterday, very "
        "gently. Since this morning there is some bleeding again."
    ),
    "could numbness come from this exercise?",
    "I can't sleep because of chest pain",
    # A denial that is of something else.
    "My doctor does not take my chest pain seriously",
    "I didn't tell my GP about the bleeding",
    "I haven't mentioned the bleeding to my midwife",
    "I have not been seen for my bleeding",
    "The scan did not show why my foot is numb",
    "No painkillers work for my chest pain",
    "No position relieves the chest pain",
    "None of the exercises help my numbness",
    "No medicine helps the chest pain or the numbness",
    "No one takes my chest pain seriously",
    "Without any warning I had chest pain",
    "If I don't stretch I get numbness",
    "When I do not move I feel numbness",
    "I do not have anything else than chest pain",
    "It is no small bleeding",
    # It is there now.
    "I haven't had chest pain like this before",
    "I never had chest pain before today",
    "I did not have bleeding until today",
    "I am never free of chest pain",
    # What one can no longer do.
    "I can no longer feel my feet",
    "I could no longer lift my foot",
    "I can hardly feel my foot",
    "I can barely breathe",
    "I no longer want to live",
    # What one does not feel or hold, however it is said.
    "I haven't any feeling in my foot",
    "I HAVENT ANY FEELING IN MY FOOT",
    "I haven’t got any feeling in my foot",
    "I don't have any sensation in my fingers",
    "Hardly any feeling in my foot",
    "no feeling left in foot",
    "There is no sensation at all in my left foot",
    "I no longer feel my toes",
    "I no longer feel either foot",
    "can't feel my toes",
    "cant feel toes",
    "I can’t feel anything below the knee in my left leg",
    "i dont feel my feet",
    "I've lost all sensation in my toes",
    "Loss of sensation in the foot",
    "no control over my bladder",
    "No bladder control since yesterday",
    "I don't have any control of my bowels",
    "I can't hold my wee any more",
    "I cannot feel the toilet paper",
    # A denial ends where another thought begins.
    "I don't have chest pain, but numbness in the foot",
    "I don't have chest pain, numbness or bleeding but my calf is swollen",
    "I don't have chest pain, fever or bleeding. My foot is numb",
    "I don't have numbness, it is worse: no feeling in my foot",
    "I haven't got used to the numbness, tingling or weakness",
    "No exercise, rest or pill helps the numbness",
    "I have no idea, sometimes in the morning or evening numbness",
    "I do not take ibuprofen, aspirin or paracetamol, numbness is still there",
    "I can't sit, stand or lie without numbness",
    "I have no pain or fever just numbness",
    "I don't know whether it is numbness, cramp or tiredness",
    "My calf is not only swollen but hot",
    "They have not ruled out a fracture",
    "my baby is not moving as usual",
    "I haven't felt the baby move since last night",
]

QUIET = [
    "no bleeding",
    "No bleeding, no fever, all well",
    "without fever",
    "My back aches, without fever",
    "never had chest pain",
    "I have never had chest pain",
    "I have never in my life had chest pain",
    "number",
    "I did a number of rows",
    "What number of sets?",
    "the numbering of the steps",
    "I have no chest pain",
    "I don't have chest pain",
    "I dont have any numbness",
    "There isn't any numbness",
    "There isn’t any numbness",
    "It is not numb",
    "It's no longer numb",
    "My foot is no longer numb",
    "The numbness has gone",
    "The numbness is gone since I sit less",
    "the bleeding has stopped",
    "No fever, bleeding or numbness",
    "no numbness or chest pain",
    "neither chest pain nor numbness",
    "Free of chest pain for years",
    "free from numbness",
    "chest pain was ruled out",
    "I wasn't short of breath",
    "Do I breathe out when I pull?",
    "Open the chest and breathe in",
    "Where do I put the band, across the chest?",
    "My chest opens nicely",
    "I fell asleep during the relaxation",
    "We will start in the fall",
    "I fell in love with this exercise",
    "My back hurts after gardening",
    "I lost weight and feel great",
    "My temperature is normal",
    "I like the stroke in swimming",
    "I leak a little when I cough",
    "Is my calf supposed to stretch?",
    "I sit on the chair, feet flat",
    "I have a prolapse and standing exercises trouble me",
    "I have been told not to lift my arm",
    "Number one: breathe",
    "My blood pressure is fine",
    "The band broke and hit the wall",
    "I have not had a fall",
    "not had any bleeding",
    "There is no sign of bleeding",
    "no history of chest pain",
    "No signs of numbness",
    "I no longer have any numbness",
    "the numbness is no longer there",
    "I had a new hip in the spring",
    # A list that is denied as a whole.
    "I don't have chest pain, numbness or bleeding",
    "I DON’T HAVE CHEST PAIN, NUMBNESS OR BLEEDING",
    "no chest pain, fever or bleeding",
    "no numbness, tingling, weakness, dizziness, bladder trouble or bleeding",
    "Without fever, night sweats, weight loss or numbness",
    "I've never had a fall, chest pain or numbness in my legs",
    "I have no chest pain, palpitations or shortness of breath",
    "I do not feel dizzy, short of breath or numb",
    "It isn't numb, hot or swollen",
    "My calf isn't swollen, red or hot",
    "My calf is not swollen",
    "My doctor ruled out a fracture, thrombosis or bleeding",
    "no loss of bladder or bowel control",
    "no loss of control of my bladder",
    "I haven't lost control of my bladder",
    "I have not lost feeling in my bottom",
    "No loss of feeling in my foot",
    # Of the work, not of a loss.
    "I no longer feel pain in my foot",
    "I can't feel the stretch in my leg",
    "I don't feel my legs working in the squat",
    "I don't feel it in my arms",
    "I can't feel my back working",
    "I have no trouble with bladder control",
    "I can feel my feet again",
]


def flags(text):
    found = phrases.Text(text).found(*(words for _name, words, _text in FLAGS))
    return {flag[0]: words for flag, words in zip(FLAGS, found, strict=True) if words}


class RedFlagTests(SimpleTestCase):
    def test_these_raise_one(self):
        for sentence in FIRE:
            with self.subTest(sentence):
                self.assertTrue(flags(sentence))

    def test_these_do_not(self):
        for sentence in QUIET:
            with self.subTest(sentence):
                self.assertEqual(flags(sentence), {})

    def test_each_tells_what_it_is_for(self):
        for sentence, name in [
            ("numb around my bottom", "Saddle numbness, bladder or bowel"),
            ("chest pain when I climb stairs", "Chest pain or trouble breathing"),
            ("slurred speech", "Signs of a stroke"),
            ("my back and a fever", "Fever with pain in the back"),
            ("unexplained weight loss", "Losing weight without reason"),
            ("I fell down the stairs", "A fall or an injury"),
            ("bleeding", "Bleeding, after birth or operation or in pregnancy"),
            ("a swollen calf", "A swollen, painful calf"),
            ("numbness in my leg", "Numbness or lost strength"),
            ("I want to die", "No wish to live"),
        ]:
            with self.subTest(sentence):
                self.assertIn(name, flags(sentence))

    def test_every_phrase_they_come_with_can_be_met(self):
        for _name, lines, _text in FLAGS:
            for line in lines.split("\n"):
                example = line.strip("!")
                for part in ("/", "*"):
                    example = " ".join(
                        word.partition(part)[0] for word in example.split()
                    )
                example = example.replace("…", "").replace("+", "")
                if example:
                    with self.subTest(line):
                        self.assertTrue(phrases.Text(example).found(line)[0])

    def test_each_says_where_to_turn(self):
        for name, _words, text in FLAGS:
            with self.subTest(name):
                self.assertLess(len(text), 600)
                if name != "Losing weight without reason":
                    self.assertIn("112 in Europe", text)


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
        for line in ("", "  ", "*", "/", "…", "+", "!", "… numb …", "can't", "- ;"):
            with self.subTest(line):
                found = self.found("a * / + ! text; with - signs", line)
                self.assertEqual(found, [])
        self.assertEqual(phrases.Text("").found("numb"), [[]])


class IdleTests(SimpleTestCase):
    def test_a_line_that_no_text_can_meet_is_refused_with_a_sentence(self):
        for line in ("*", "… /", "+", "!", "- ;"):
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
        say_something("numb\n!numb\nnumb*")

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
