from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, TestCase

from guide import forms
from guide.models import Step


class ParseStepsTests(SimpleTestCase):
    def test_one_line_is_one_step_and_two_bars_part_its_footnote(self):
        for line, step in [
            ("Pull.", ("Pull.", "")),
            ("Pull. || Along the ribs.", ("Pull.", "Along the ribs.")),
            ("Pull.||Along the ribs.", ("Pull.", "Along the ribs.")),
            ("Pull. ||", ("Pull.", "")),
            ("Pull. || a || b", ("Pull.", "a b")),
            ("Left | right", ("Left | right", "")),
        ]:
            with self.subTest(line):
                self.assertEqual(forms.parse_steps(line), [step])

    def test_what_pasting_brings_along_is_taken_off(self):
        for line in [
            "• Pull.",
            "•Pull.",
            "·\tPull.",
            "o\tPull.",
            "- Pull.",
            "– Pull.",
            "— Pull.",
            "* Pull.",
            "1. Pull.",
            "12) Pull.",
            "(3) Pull.",
            "1.Pull.",
            "2.) Pull.",
            "   Pull.   ",
            "\ufeffPull.",
            "Pu\u200bll.",
            "\u00a0Pull.\u00a0",
            "Pull\x00.",
            "\x07Pull.",
        ]:
            with self.subTest(line):
                self.assertEqual(forms.parse_steps(line), [("Pull.", "")])

    def test_what_only_looks_like_a_bullet_stays(self):
        for line in [
            "10 slow breaths.",
            "1.5 m from the wall.",
            "2 or 3 of them.",
            "-5 is not a bullet.",
            "One step back - no more.",
            "90° at the knee.",
            "o’clock",
            "2026) is no number of a list.",
        ]:
            with self.subTest(line):
                self.assertEqual(forms.parse_steps(line), [(line, "")])

    def test_lines_end_as_any_system_ends_them_and_blank_ones_are_none(self):
        text = "\n\nOne.\r\n\r\nTwo.\rThree.\u2028Four.\n   \n•\n- \n"

        self.assertEqual(
            [step for step, _note in forms.parse_steps(text)][:4],
            ["One.", "Two.", "Three.", "Four."],
        )

    def test_a_lonely_bullet_is_no_step(self):
        self.assertEqual(forms.parse_steps("•\n- \n1.\n"), [])

    def test_a_fault_names_its_line(self):
        longest = Step._meta.get_field("text").max_length
        long = "a" * (longest + 1)
        for text, sentence in [
            (
                f"One.\n\n{long}",
                f"Line 3 has {longest + 1} characters; {longest} fit. "
                "Make two steps of it.",
            ),
            (
                f"One.\nTwo. || {long}",
                f"The footnote in line 2 has {longest + 1} characters; {longest} fit.",
            ),
            ("One.\n|| Two.", "Line 2 is a footnote without its step."),
            (
                "One.\n" * 5000,
                "40 steps fit; these are 5000. Is it two exercises?",
            ),
        ]:
            with self.subTest(sentence), self.assertRaises(ValidationError) as raised:
                forms.parse_steps(text)

            self.assertEqual(raised.exception.messages, [sentence])

    def test_three_faults_are_enough_to_hear_of(self):
        with self.assertRaises(ValidationError) as raised:
            forms.parse_steps("|| note\n" * 50)

        self.assertEqual(len(raised.exception.messages), 3)

    def test_a_line_of_just_the_right_length_fits(self):
        line = "a" * Step._meta.get_field("text").max_length

        self.assertEqual(forms.parse_steps(f"1. {line} || {line}"), [(line, line)])

    def test_what_is_written_reads_the_same_again(self):
        steps = [("Pull.", "Slowly."), ("Let go.", "")]
        lines = forms.write_lines(
            [Step(text=text, footnote=footnote) for text, footnote in steps]
        )

        self.assertEqual(forms.parse_steps(lines), steps)


class LengthFieldTests(SimpleTestCase):
    def test_minutes_and_seconds_become_seconds(self):
        field = forms.LengthField()
        for text, seconds in [
            ("4:15", 255),
            ("0:16", 16),
            ("255", 255),
            (" 1:00 ", 60),
        ]:
            with self.subTest(text):
                self.assertEqual(field.clean(text), seconds)
        self.assertEqual(field.prepare_value(255), "4:15")
        self.assertFalse(field.has_changed(255, "4:15"))

    def test_anything_else_is_asked_for_again(self):
        for text in ["0", "0:00", "4:75", "4:15:00", "-1", "four", "4.15", "\u0664:15"]:
            with self.subTest(text), self.assertRaises(ValidationError) as raised:
                forms.LengthField().clean(text)

            self.assertEqual(
                raised.exception.messages, ["Write minutes and seconds: 4:15."]
            )

    def test_nothing_is_no_moment_and_the_very_start_is_one(self):
        field = forms.LengthField(required=False, least=0)

        self.assertIsNone(field.clean(""))
        self.assertEqual(field.clean("0:00"), 0)
        self.assertEqual(field.prepare_value(0), "0:00")
        self.assertFalse(field.has_changed(None, ""))
        self.assertTrue(field.has_changed(None, "0:00"))


class FilterFormTests(TestCase):
    def test_what_it_does_not_know_is_refused(self):
        for query in [
            {"position": "flying"},
            {"area": "x" * 51},
            {"equipment": "\0"},
            {"minutes": "6"},
            {"minutes": "5 OR 1=1"},
        ]:
            with self.subTest(query):
                self.assertFalse(forms.FilterForm(query).is_valid())


class PictureFormTests(SimpleTestCase):
    def test_a_file_without_anything_in_it_is_told_from_none(self):
        empty = SimpleUploadedFile("back.jpg", b"", "image/jpeg")

        for files, sentence in [
            ({"file": empty}, "There is nothing in this file. Choose another."),
            ({}, "Choose a picture."),
        ]:
            with self.subTest(sentence):
                field = forms.PictureForm.base_fields["file"]
                with self.assertRaisesMessage(ValidationError, sentence):
                    field.clean(files.get("file"))
