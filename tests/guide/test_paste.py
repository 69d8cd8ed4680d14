import json
import random
import re
import time
from pathlib import Path

from django.test import SimpleTestCase

from guide import paste, serialize
from guide.paste import doses, lines, words
from guide.paste.source import lines_of

HERE = Path(__file__).parent / "articles"
ARTICLES = sorted(path for path in HERE.iterdir() if path.suffix != ".json")
# The rows of the site that the articles are read for.
ROWS = {
    "audiences": {"most-people": "most people", "prolapse": "prolapse"},
    "equipment": {
        "band": "band",
        "chair": "firm chair",
        "mat": "mat",
        "counter": "kitchen counter",
    },
    "areas": {"upper-back": "Upper back", "balance": "Balance"},
    "topics": {"upper-back": "Upper back"},
    "authors": ["Dr. Ana Reyes", "Ana Reyes"],
    "videos": {},
    "promotions": [],
    "slugs": {"two-rows"},
}


def said(data):
    """Return data without what is empty, as the expected files have them."""
    if isinstance(data, dict):
        data = {name: said(value) for name, value in data.items()}
        return {
            name: value
            for name, value in data.items()
            if value not in ("", None, [], {}) and value is not False
        }
    return [said(item) for item in data] if isinstance(data, list) else data


def read(name):
    return paste.read((HERE / name).read_text(), rows=ROWS)


def as_expected(result):
    return {
        "data": said(result.data),
        "shared": said(result.shared),
        "doubts": [
            [doubt.must, doubt.lines, doubt.sentence] for doubt in result.doubts
        ],
        "lines": [[line.fate, line.place] for line in result.lines],
    }


def words_in(text):
    text = re.sub(r"<[^>]*>", " ", text).translate(dict.fromkeys(map(ord, "¹²³"), " "))
    return set(re.findall(r"[\w’']+", lines.unescape(text).casefold()))


class ArticleTests(SimpleTestCase):
    """A page in the habit of some author becomes exactly what stands beside it."""

    maxDiff = None

    def test_every_article_becomes_what_stands_beside_it(self):
        self.assertGreaterEqual(len(ARTICLES), 14)
        for path in ARTICLES:
            with self.subTest(path.name):
                expected = json.loads(Path(f"{path}.json").read_text())
                self.assertEqual(as_expected(read(path.name)), expected)

    def test_what_is_read_has_the_shape_that_a_guide_is_written_from(self):
        for path in ARTICLES:
            result = read(path.name)
            with self.subTest(path.name):
                fitted = serialize.fit(result.data, serialize.GUIDE)
                # As JSON, for it shows the order too; the prose is clean already.
                self.assertEqual(json.dumps(result.data), json.dumps(fitted))
                for kind, rows in result.shared.items():
                    for row in rows.values():
                        serialize.fit(row, serialize.SHARED[kind].shape)


# Words of a line that name its place, and so need not stand in the data.
LABELS = words_in(
    "Exercise Move One Two A Suitability Suitable for Set up Setup Starting position "
    "Action Breathing Caution Cautions Important Breathe as of than harder easier "
    "progression seated same An Take care"
)


class NothingIsLostTests(SimpleTestCase):
    def assert_kept(self, result):
        stored = words_in(
            json.dumps([result.data, result.shared], ensure_ascii=False).replace(
                "\\n", " "
            )
        )
        for doubt in result.doubts:
            if "could not be joined" in doubt.sentence:
                stored |= words_in(doubt.sentence)
        for line in result.lines:
            self.assertTrue(line.place, line)
            self.assertIn(line.fate, {"kept", "read", "aside"})
            if line.fate == "kept":
                _phase, text = words.phase(line.text) or ("", line.text)
                lost = words_in(text) - stored - LABELS
                lost = {word for word in lost if not word.isdigit()}
                self.assertEqual(lost, set(), line)
        aside = {line.number for line in result.lines if line.fate == "aside"}
        named = {number for doubt in result.doubts for number in doubt.lines}
        self.assertEqual(aside - named, set())

    def test_every_line_of_every_article_ends_up_somewhere(self):
        for path in ARTICLES:
            with self.subTest(path.name):
                self.assert_kept(read(path.name))

    def test_nor_of_articles_shaken_together(self):
        shaker = random.Random(4)
        every = [
            line for path in ARTICLES for line in path.read_text().splitlines()
        ] + ["", "", "", "Action", "Set up", "- Pull.*", "* Slowly.", "<li>", "</ul>"]
        for n in range(150):
            source = "\n".join(shaker.choices(every, k=shaker.randrange(1, 60)))
            with self.subTest(n):
                result = paste.read(source, rows=ROWS)
                self.assert_kept(result)
                fitted = serialize.fit(result.data, serialize.GUIDE)
                # Dots and dashes that begin a line of prose become lists.
                before, after = (
                    words_in(json.dumps(data, ensure_ascii=False))
                    for data in (result.data, fitted)
                )
                lost = before - after
                self.assertEqual({word for word in lost if not word.isdigit()}, set())
                self.assertEqual(serialize.fit(fitted, serialize.GUIDE), fitted)

    def test_each_word_of_a_plain_source_is_on_a_line(self):
        for path in ARTICLES:
            if path.suffix == ".txt":
                source = path.read_text()
                shown = " ".join(
                    f"{line.marker} {line.text}" for line in lines_of(source)
                )
                with self.subTest(path.name):
                    self.assertEqual(words_in(source) - words_in(shown), set())


def written(data):
    """Return a guide as HTML in one habit, such as read() understands."""
    parts = [f"<h1>{lines.escape(data['title'])}</h1>"]
    top = [data["question"], data["summary"]]
    parts.append(f"<p>{lines.escape(' '.join(filter(None, top)))}</p>")
    for label, value in [
        ("By", data["author"]),
        ("Suitability", data["suitability"]),
        ("Level", data["level"]),
        ("Duration", data["minutes"] and f"{data['minutes']} min"),
    ]:
        if value:
            parts.append(f"<p>{label}: {value}</p>")
    parts.append(data["intro"])
    own = {}
    for section in data["sections"]:
        name, _colon, rest = section["heading"].partition(": ")
        if rest and name in {one["name"] for one in data["exercises"]}:
            own[name] = own.get(name, "") + f"<h3>{rest}</h3>{section['prose']}"
        elif section["place"] == "before":
            parts.append(f"<h2>{section['heading']}</h2>{section['prose']}")
    harder = {
        variation["exercise"]: one["name"]
        for one in data["exercises"]
        for variation in one["variations"]
    }
    for number, one in enumerate(data["exercises"], 1):
        label = one["label"] or f"Exercise {number}"
        mark = (
            f" (progression of {harder[one['name']]})" if one["name"] in harder else ""
        )
        parts.append(f"<h2>{label}: {one['name']}{mark}</h2>")
        for cue in ("breathing", "caution"):
            if one[cue]:
                parts.append(f"<p>{cue.title()}: {one[cue]}</p>")
        for phase, heading in [("setup", "Set up"), ("action", "Action")]:
            if not one[phase] and not (phase == "setup" and one["setup_from"]):
                continue
            parts.append(f"<h3>{heading}</h3>")
            if phase == "setup" and one["setup_from"]:
                parts.append(f"<p>As for {one['setup_from']}.</p>")
            items = [
                " || ".join(filter(None, [step["text"], step["footnote"]]))
                for step in one[phase]
            ]
            parts.append("".join(f"<li>{lines.escape(item)}</li>" for item in items))
        parts.append(own.get(one["name"], ""))
    parts += [
        f"<h2>{section['heading']}</h2>{section['prose']}"
        for section in data["sections"]
        if section["place"] == "after"
        and section["heading"].partition(": ")[0] not in own
    ]
    return "".join(parts)


class ReadAgainTests(SimpleTestCase):
    maxDiff = None

    def test_a_guide_written_out_is_read_as_the_same_guide(self):
        # The others hold what has no place of its own, or a mark that has no note.
        names = {path.name for path in ARTICLES} - {"missing.txt", "unphased.html"}
        for name in names:
            first = read(name).data
            # These two are rows of their own, not words of the guide.
            first |= {"video": None, "promotion": None}
            with self.subTest(name):
                again = paste.read(written(first), rows=ROWS).data
                self.assertEqual(said(again), said(first))


class HintTests(SimpleTestCase):
    def test_what_the_caller_knows_goes_before_what_the_text_says(self):
        hints = {
            "title": "Two rows",
            "slug": "rows",
            "published_at": "2019-05-03T09:00:00+00:00",
            "comments_open": False,
        }

        data = paste.read(
            "Two rows\n\nExercise 1: Low Row\nAction\n- Pull.", hints=hints
        )

        for name, value in hints.items():
            self.assertEqual(data.data[name], value)
        self.assertEqual(data.lines[0].place, "title")

    def test_an_address_that_is_taken_gets_a_number(self):
        data = paste.read("Two rows", rows=ROWS).data

        self.assertEqual(data["slug"], "two-rows-2")

    def test_rows_that_are_there_are_named_and_not_made_again(self):
        rows = ROWS | {
            "videos": {"An old film": ("youtube", "aBcDeFgHiJk")},
            "promotions": ["Stronger from Inside"],
        }

        result = paste.read((HERE / "typical.txt").read_text(), rows=rows)

        self.assertEqual(result.data["video"], "An old film")
        self.assertEqual(result.data["promotion"], "Stronger from Inside")
        self.assertEqual(result.shared, {"promotions": {}, "videos": {}})


class WordsTests(SimpleTestCase):
    def test_headings_say_what_they_are_in_many_words(self):
        for kind, headings in {
            "setup": ["Set up", "Set-up:", "SETUP", "Starting position", "Get ready"],
            "action": ["Action", "How to do it", "Technique:", "Steps", "Directions"],
            "how-many": ["How many?", "Sets and Reps", "Dosage", "How often"],
            "why": ["Why use a band?", "Benefits of rowing"],
            "tips": ["Tips for avoiding injury", "Top tips", "Common mistakes"],
            "safety": ["Safety", "Precautions", "When to stop"],
            "comments": ["12 comments", "Leave a Reply", "We welcome your comments"],
            "letter": ["Sign up for our newsletter", "Join our mailing list"],
            "": ["Low Row", "My garden", "The upper back", ""],
        }.items():
            for heading in headings:
                with self.subTest(heading):
                    self.assertEqual(words.heading(heading), kind)

    def test_headings_of_exercises_are_taken_apart(self):
        for heading, parts in {
            "Exercise 1 - Low Row": ("", 1, "Low Row", None),
            "Exercise Two: Full Bridge": ("", 2, "Full Bridge", None),
            "Upper Back Exercise 2: Wide Row (progression)": (
                "Upper Back Exercise 2",
                2,
                "Wide Row",
                ("progression", "progression"),
            ),
            "Exercise 3": ("", 3, "", None),
            "Move 1. Row (seated)": ("", 1, "Row", ("seated", "seated")),
        }.items():
            with self.subTest(heading):
                label, number, name, mark = words.exercise(heading)
                self.assertEqual((label, int(number), name, mark), parts)
        for text in [
            "Exercise 1 helps you to stand.",
            "Set up as for Exercise 1",
            "Exercise twice a day",
        ]:
            with self.subTest(text):
                self.assertIsNone(words.exercise(text))

    def test_a_shared_set_up_is_understood(self):
        for text, parts in {
            "Set up as for Exercise 1": ("Exercise 1", ""),
            "As for Low Row, but sit down.": ("Low Row", "but sit down."),
            "Same as Exercise 2": ("Exercise 2", ""),
            "Same set-up as Low Row above": ("Low Row", ""),
        }.items():
            with self.subTest(text):
                self.assertEqual(words.same_setup(text), parts)
        self.assertIsNone(words.same_setup("Hold it as in a vice, tight."[:12]))


class DosesTests(SimpleTestCase):
    def test_numbers_are_read_as_authors_write_them(self):
        for text, numbers in {
            "8 - 12 repetitions in a row": {"repetitions": [8, 12]},
            "8 to 12 slow reps": {"repetitions": [8, 12]},
            "Repetitions: 8–12": {"repetitions": [8, 12]},
            "Repeat ten times": {"repetitions": [10, None]},
            "up to 3 sets": {"sets": [None, 3]},
            "3 x 10": {"sets": [3, None], "repetitions": [10, None]},
            "3 sets of 8-12": {"sets": [3, None], "repetitions": [8, 12]},
            "Hold for 5 seconds": {"hold": [5, None]},
            "Hold the stretch for 1 to 2 minutes": {"hold": [60, 120]},
            "2 sets, 60 seconds rest": {"sets": [2, None], "rest": [60, None]},
            "twice a day": {"times_a_day": [2, None]},
            "2 or 3 times daily": {"times_a_day": [2, 3]},
            "2 or 3 alternate days a week": {
                "days_a_week": [2, 3],
                "alternate_days": True,
            },
            "10 on each side": {"repetitions": [10, None], "each_side": True},
            "5 repetitions every day": {
                "repetitions": [5, None],
                "days_a_week": [7, None],
            },
            "10 reps, effort 5/10": {"repetitions": [10, None], "effort": 5},
        }.items():
            with self.subTest(text):
                found, doubts = doses.read([text])
                self.assertEqual(said(found), numbers)
                self.assertEqual(doubts, [])

    def test_what_is_no_number_of_a_dosage_is_none(self):
        for text in ["In 2019", "I am 80", "1.5 m from the wall", "", "Sets"]:
            with self.subTest(text):
                self.assertEqual(doses.read([text]), (None, []))

    def test_what_the_database_would_refuse_is_a_doubt(self):
        for texts, left in [
            (["12 to 8 reps", "2 sets"], {"sets": [2, None]}),
            (["every other day, 5 days a week"], {"days_a_week": [5, None]}),
            (["1 set, 30 seconds rest"], {"sets": [1, None]}),
            (["9 days a week", "2 sets"], {"sets": [2, None]}),
            (["8 reps", "10 reps"], {"repetitions": [8, None]}),
            (["at least 2 sets"], {"sets": [2, None]}),
        ]:
            with self.subTest(texts):
                found, doubts = doses.read(texts)
                self.assertEqual(said(found), left)
                self.assertEqual(len(doubts), 1)


class BadInputTests(SimpleTestCase):
    def test_scripts_and_styles_leave_nothing(self):
        result = paste.read(
            "<h1>Rows</h1><script>alert(1)</script><style>p{}</style>"
            '<p onclick="x()">Hello <a href="javascript:x()">there</a>.</p>'
            "<svg><script>y</script></svg><p>Second.</p>"
        )

        self.assertEqual(result.data["summary"], "Hello there.")
        self.assertEqual(result.data["intro"], "<p>Second.</p>")
        self.assertEqual(len(result.lines), 3)

    def test_two_exercises_never_lend_each_other_their_set_up(self):
        result = paste.read(
            "Exercise 1: A row\nSet up as for Exercise 2\nAction\n- Pull.\n"
            "Exercise 2: B row\nSet up as for Exercise 1\nAction\n- Pull."
        )

        first, second = result.data["exercises"]
        self.assertEqual(first["setup_from"], "B row")
        self.assertIsNone(second["setup_from"])

    def test_two_exercises_are_never_each_harder_than_the_other(self):
        result = paste.read(
            "Exercise 1: A row (progression of B row)\nAction\n- Pull.\n"
            "Exercise 2: B row (progression of A row)\nAction\n- Pull."
        )

        links = [one["variations"] for one in result.data["exercises"]]
        self.assertEqual(sum(map(len, links)), 1)

    def test_a_megabyte_of_anything_is_read_in_seconds(self):
        size = 1_000_000
        for name, piece in {
            "sentences": "Stand tall and pull. ",
            "one word": "a",
            "headings": "# Row\n\n",
            "paragraphs": "<p>Stand tall and pull the band towards you.</p>\n",
            "steps": "Exercise 1: Row\nAction\n- Pull the band.*\n* Slowly.\n",
            "deep": "<div>",
            "deep lists": "<ul><li>",
            "brackets": "<",
            "open tags": "<p><a href='",
            "comments": "<p><!--",
            "ampersands": "<p>&#9999999999",
            "stars": "**a ",
            "square": "[a](",
            "embeds": "[embed ",
            "numbers": "8 - 12 ",
            "cells": "<table><tr><td>a",
            "books": "My book teaches you.\n\n",
        }.items():
            start = time.process_time()
            result = paste.read(piece * (size // len(piece)), rows=ROWS)
            with self.subTest(name):
                # About a second on one quiet core; none may grow out of hand.
                self.assertLess(time.process_time() - start, 8)
                self.assertLessEqual(len(result.data["sections"]), 60)
                self.assertLessEqual(len(result.data["exercises"]), 30)
