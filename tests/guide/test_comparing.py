from django.test import TestCase

from guide import changes, comparing
from guide.models import SafetyNotice, Version
from tests.factories import make_full_guide


class ComparingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.guide = make_full_guide()

    def changed(self, change):
        before = changes.saved(self.guide, by=None)
        after = Version(data=changes.content(self.guide), names=before.names)
        change(after.data)
        return comparing.changed(before, after)

    def test_the_same_says_nothing(self):
        self.assertEqual(self.changed(lambda data: None), [])

    def test_words_are_compared_one_by_one(self):
        def change(data):
            data["summary"] = "A good summary."

        (line,) = self.changed(change)

        self.assertEqual(line.place, "summary")
        self.assertEqual(
            line.pieces, [("same", "A"), ("new", "good"), ("same", "summary.")]
        )

    def test_words_that_stand_together_are_told_together(self):
        pieces = comparing._words(
            "Sit tall and breathe out slowly for ten counts now.",
            "Sit tall and breathe in deeply for ten counts now, twice.",
        )

        self.assertEqual(
            pieces,
            [
                ("same", "Sit tall and breathe"),
                ("gone", "out slowly"),
                ("new", "in deeply"),
                ("same", "for ten counts"),
                ("gone", "now."),
                ("new", "now, twice."),
            ],
        )

    def test_a_sentence_written_anew_is_told_whole(self):
        old = "Ten quiet minutes for the neck and the back."
        new = "Changed for the better: sit, then lift the elbows."

        def change(data):
            data["summary"] = new

        self.guide.summary = old
        self.guide.save()
        (line,) = self.changed(change)

        self.assertEqual(line.pieces, [("gone", old), ("new", new)])
        self.assertTrue(line.is_other)

    def test_what_is_only_added_or_taken_away_is_told_in_its_place(self):
        long = "One. And then very many words that were not there before."

        self.assertEqual(
            comparing._words("One.", long), [("same", "One."), ("new", long[5:])]
        )
        self.assertEqual(
            comparing._words(long, "One."), [("same", "One."), ("gone", long[5:])]
        )

    def test_a_step_is_named_by_its_exercise_and_written_as_its_author_does(self):
        def change(data):
            data["exercises"][0]["action"][0]["footnote"] = "Very slowly."

        (line,) = self.changed(change)

        name = changes.content(self.guide)["exercises"][0]["name"]
        self.assertEqual(line.place, f"exercises: {name}: action")
        self.assertIn(("new", "Very slowly."), line.pieces)

    def test_what_comes_and_goes(self):
        def change(data):
            data["suitability"] = ""
            third = data["exercises"][0] | {"name": "Third", "uid": "third"}
            data["exercises"].append(third)

        lines = self.changed(change)

        self.assertEqual(
            (lines[0].place, lines[0].pieces), ("suitability", [("gone", "General")])
        )
        self.assertTrue(
            all(what == "new" for line in lines[1:] for what, _ in line.pieces)
        )
        self.assertIn("exercises: Third: name", [line.place for line in lines])

    def test_values_are_told_as_the_form_has_them(self):
        def change(data):
            data["level"] = "strong"
            data["comments_open"] = True
            data["dosage"]["repetitions"] = [5, 9]

        told = {line.place: line.pieces for line in self.changed(change)}

        self.assertIn(("new", "strong"), told["level"])
        self.assertIn(("new", "yes"), told["comments open"])
        self.assertIn(("new", "5"), told["how many: repetitions"])

    def test_prose_is_compared_paragraph_by_paragraph(self):
        def change(data):
            data["intro"] += "<p>And more.</p>"

        (line,) = self.changed(change)

        self.assertEqual(line, ("introduction", [("new", "And more.")]))

    def test_lines_stand_in_reading_order_whatever_the_database_did_to_the_keys(self):
        def change(data):
            values = {"title": "New", "intro": "<p>New.</p>", "level": "strong"}
            values = dict(sorted((data | values).items()))
            data.clear()
            data.update(values)

        lines = self.changed(change)

        self.assertEqual(
            [line.place for line in lines], ["title", "level", "introduction"]
        )

    def test_rows_are_told_by_their_names_and_a_new_name_is_no_change(self):
        audience = self.guide.verdicts.first().audience
        before = changes.saved(self.guide, by=None)
        audience.name = "new mothers"
        audience.save()
        notice = SafetyNotice.objects.create(title="Stop at once", prose="<p>Pain.</p>")
        self.guide.guidenotice_set.create(notice=notice)
        verdict = self.guide.verdicts.get(audience=audience)
        verdict.note = "from 6 weeks"
        verdict.save()
        after = changes.saved(self.guide, by=None)

        told = {line.place for line in comparing.changed(before, after)}
        self.assertEqual(told, {"verdicts: new mothers: note", "safety notices"})

        (notices,) = (
            line
            for line in comparing.changed(before, after)
            if line.place == "safety notices"
        )
        self.assertIn("Stop at once", "".join(words for _, words in notices.pieces))

    def test_another_notice_under_the_same_heading_is_a_change(self):
        first, second = (
            SafetyNotice.objects.create(prose=f"<p>{pain}</p>")
            for pain in ("Chest pain.", "A dull ache.")
        )
        link = self.guide.guidenotice_set.create(notice=first)
        before = changes.saved(self.guide, by=None)
        link.notice = second
        link.save()
        after = changes.saved(self.guide, by=None)

        (line,) = comparing.changed(before, after)

        self.assertEqual(line.place, "safety notices")
        (gone, _first), (new, _second) = line.pieces[1:]
        self.assertEqual((gone, new), ("gone", "new"))

    def test_two_long_texts_are_told_whole(self):
        old, new = (f"<p>{'x ' * 2000}{word}</p>" for word in ("old", "new"))

        def change(data):
            data["intro"] = new

        self.guide.intro = old
        self.guide.save()
        (line,) = self.changed(change)

        self.assertEqual([what for what, _words in line.pieces], ["gone", "new"])
