from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, TestCase

from guide import captions
from guide.models import Video

CUE = "00:01.000 --> 00:04.000\nPull.\n"
WELL_MADE = {
    "the least": f"WEBVTT\n\n{CUE}",
    "words after the name": f"WEBVTT Low Row\nKind: captions\n\n{CUE}",
    "a mark of byte order": f"\ufeffWEBVTT\n\n{CUE}",
    "lines of Windows": f"WEBVTT\n\n{CUE}".replace("\n", "\r\n"),
    "lines of an old Mac": f"WEBVTT\n\n{CUE}".replace("\n", "\r"),
    "no line end at the end": f"WEBVTT\n\n{CUE}".rstrip(),
    "many empty lines": f"WEBVTT\n\n\n\n{CUE}\n\n\n",
    "notes, a style and a region": (
        "WEBVTT\n\nSTYLE\n::cue { color: white }\n\nREGION\nid:a\n\n"
        f"NOTE by Ana\n\n{CUE}\nNOTE\nover two lines\n"
    ),
    "identifiers": f"WEBVTT\n\n1\n{CUE}\nWide Row\n00:04.000 --> 00:05.000\nLift.\n",
    "settings": "WEBVTT\n\n00:01.000 --> 00:04.000 line:0 align:start\nPull.\n",
    "tabs and spaces": "WEBVTT\n\n00:01.000\t -->  00:04.000 \nPull.\n",
    "hours": "WEBVTT\n\n00:00:01.000 --> 01:00:04.250\nPull.\n",
    "hundreds of hours": "WEBVTT\n\n100:00:01.000 --> 100:00:04.250\nPull.\n",
    "several lines of words": f"WEBVTT\n\n{CUE}- Breathe out.\n- <i>Slowly.</i>\n",
    "other letters": "WEBVTT\n\n00:01.000 --> 00:04.000\n引く。\n",
    "one right after the other": f"WEBVTT\n\n{CUE}\n00:04.000 --> 00:05.000\nLift.\n",
}
TIMES = "write the times of a cue like 00:04.000 --> 00:06.500."
FAULTY = [
    ("", "Line 1: a WebVTT file begins with the word WEBVTT."),
    (CUE, "Line 1: a WebVTT file begins with the word WEBVTT."),
    (f"WEBVTTX\n\n{CUE}", "Line 1: a WebVTT file begins with the word WEBVTT."),
    (f"\nWEBVTT\n\n{CUE}", "Line 1: a WebVTT file begins with the word WEBVTT."),
    (
        "1\n00:00:01,000 --> 00:00:04,000\nPull.\n",  # SubRip
        "Line 1: a WebVTT file begins with the word WEBVTT.",
    ),
    ("WEBVTT", "The file has no cue: nothing would ever be shown."),
    ("WEBVTT\n\nNOTE later\n", "The file has no cue: nothing would ever be shown."),
    ("WEBVTT\n\n00:01,000 --> 00:04,000\nPull.\n", f"Line 3: {TIMES}"),
    ("WEBVTT\n\n1:01.000 --> 1:04.000\nPull.\n", f"Line 3: {TIMES}"),
    ("WEBVTT\n\n00:61.000 --> 00:64.000\nPull.\n", f"Line 3: {TIMES}"),
    ("WEBVTT\n\n00:01.00 --> 00:04.000\nPull.\n", f"Line 3: {TIMES}"),
    ("WEBVTT\n\n00:01.000-->00:04.000\nPull.\n", f"Line 3: {TIMES}"),
    ("WEBVTT\n\n00:01.000 --> \nPull.\n", f"Line 3: {TIMES}"),
    ("WEBVTT\n\none\n00:01.000 --> soon\nPull.\n", f"Line 4: {TIMES}"),
    (
        "WEBVTT\n\n\u0660\u0660:01.000 --> \u0660\u0660:04.000\nPull.\n",
        f"Line 3: {TIMES}",
    ),
    (
        "WEBVTT\n\n00:01.000 --> 00:04.000 loud\nPull.\n",
        "Line 3: “loud” is no setting of a cue.",
    ),
    (
        f"WEBVTT\n\n{CUE}\n00:09.000 --> 00:05.000\nLift.\n",
        "Line 6: the cue ends before it starts.",
    ),
    (
        "WEBVTT\n\n00:01.000 --> 00:01.000\nPull.\n",
        "Line 3: the cue ends at the moment it starts.",
    ),
    (
        f"WEBVTT\n\n{CUE}\n00:03.999 --> 00:05.000\nLift.\n",
        "Line 6: the cue starts while the one above it is still shown.",
    ),
    (
        f"WEBVTT\n\n{CUE}\n00:00.000 --> 00:00.500\nLift.\n",
        "Line 6: the cue starts before the one above it.",
    ),
    (
        f"WEBVTT\n\n{CUE}\nWords after an empty line.\n",
        "Line 6: no times of a cue stand above these words.",
    ),
    (
        f"WEBVTT\n\n{CUE}00:04.000 --> 00:05.000\nLift.\n",
        "Line 5: an empty line is missing before it.",
    ),
    (f"WEBVTT\n{CUE}", "Line 2: an empty line is missing before it."),
    ("WEBVTT\n\nNOTE a\n" + CUE, "Line 4: an empty line is missing before it."),
]
BYTES = [
    (b"WEBVTT\n\n00:01.000 --> 00:04.000\nDr\xfccken.\n", "Line 4: this is not UTF-8."),
    (f"WEBVTT\n\n{CUE}".encode("utf-16"), "Line 1: this is not UTF-8."),
    (b"\x89PNG\r\n\x1a\n", "Line 1: this is not UTF-8."),
    (b"WEBVTT\0", "This is no text."),
]


class ReadTests(SimpleTestCase):
    def test_what_browsers_read_is_read(self):
        for what, text in WELL_MADE.items():
            with self.subTest(what):
                cues, faults = captions.read(text.encode())

                self.assertEqual(faults, [])
                self.assertTrue(cues)

    def test_hours_count(self):
        [cue], _faults = captions.read(WELL_MADE["hours"].encode())

        self.assertEqual(cue, (3, 1.0, 3604.25))

    def test_each_fault_names_its_line(self):
        for text, sentence in FAULTY:
            with self.subTest(text):
                self.assertEqual(captions.read(text.encode())[1], [sentence])

    def test_what_is_no_text_is_said(self):
        for content, sentence in BYTES:
            with self.subTest(content):
                [fault] = captions.read(content)[1]

                self.assertTrue(fault.startswith(sentence), fault)

    def test_a_long_file_is_read_at_once(self):
        cues = [
            f"{n // 60:02}:{n % 60:02}.000 --> {n // 60:02}:{n % 60:02}.900\nOut.\n"
            for n in range(3600)
        ]
        text = "WEBVTT\n\n" + "\n".join(cues)

        found, faults = captions.read(text.encode())

        self.assertEqual((len(found), faults), (3600, []))


class ValidateTests(TestCase):
    def made(self, text, seconds=10):
        return Video(
            title="Rows",
            duration=seconds,
            file=SimpleUploadedFile("rows.mp4", b"0000ftypisom"),
            captions=SimpleUploadedFile("rows.vtt", text.encode()),
        )

    def faults(self, video):
        try:
            video.full_clean()
        except ValidationError as error:
            return error.message_dict
        return {}

    def test_well_made_captions_are_stored_whole(self):
        video = self.made(WELL_MADE["the least"])

        self.assertEqual(self.faults(video), {})
        video.save()
        with video.captions.open() as stored:
            self.assertEqual(stored.read().decode(), WELL_MADE["the least"])

    def test_three_faults_are_enough_to_hear_of(self):
        faults = self.faults(self.made("WEBVTT\n\n" + "a --> b\nPull.\n\n" * 50))

        self.assertEqual(
            faults, {"captions": [f"Line {line}: {TIMES}" for line in (3, 6, 9)]}
        )

    def test_no_cue_goes_on_after_the_end_of_the_video(self):
        text = "WEBVTT\n\n00:01.000 --> 00:10.900\nPull.\n"

        self.assertEqual(self.faults(self.made(text, seconds=10)), {})
        self.assertEqual(
            self.faults(self.made(text, seconds=9)),
            {"captions": ["Line 3: the cue ends after the end of the video, 0:09."]},
        )

    def test_a_shorter_film_is_held_against_the_captions_it_has(self):
        video = self.made("WEBVTT\n\n00:01.000 --> 00:09.000\nPull.\n")
        video.save()
        video.duration = 5

        self.assertIn("after the end of the video, 0:05", str(self.faults(video)))

    def test_far_too_much_is_not_read(self):
        text = "WEBVTT\n\n" + "a" * captions.MAX_BYTES

        self.assertEqual(
            self.faults(self.made(text)),
            {
                "captions": [
                    "The captions have more than 512 KB. "
                    "Are they those of another video?"
                ]
            },
        )

    def test_captions_stored_before_they_were_checked_hinder_nothing(self):
        video = self.made(WELL_MADE["the least"])
        video.save()
        video.captions.save("old.vtt", ContentFile(b"no captions"))

        self.assertEqual(self.faults(Video.objects.get()), {})

    def test_the_title_can_be_mended_where_the_captions_are_gone(self):
        video = self.made(WELL_MADE["the least"])
        video.save()
        video.captions.storage.delete(video.captions.name)

        self.assertEqual(self.faults(Video.objects.get()), {})
