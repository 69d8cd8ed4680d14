"""The same tests on both databases: what is found, in which order, how it is shown."""

import sqlite3
import tempfile
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import connection, connections, transaction
from django.test import SimpleTestCase, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guide import search
from guide.models import (
    Audience,
    Equipment,
    Guide,
    SearchEntry,
    SearchWord,
    Section,
    Topic,
    Verdict,
    Video,
    one_act,
    page_version,
)
from guide.tasks import index_owed
from tests.factories import make_comment, make_guide, make_staff

URL = reverse("guide:search")


class WordsTests(SimpleTestCase):
    def test_words_are_folded_and_stemmed(self):
        for text, expected in [
            ("Rowing rows", "rowing row rows row"),
            ("Café-style", "cafe style style"),
            ("the reader’s chair", "the readers reader chair"),
            ("ELBOWS", "elbows elbow"),
            ("8 to 12", "8 to 12"),
            ("Rücken, ﬁne", "rucken fine"),
            ("\x00 ' \" * ( )", ""),
        ]:
            with self.subTest(text):
                words = search.words(text)
                self.assertEqual(set(expected.split()) - set(words.split()), set())
                self.assertEqual(
                    set(words.split()) - set(expected.split()) - {"styl"}, set()
                )

    def test_a_question_has_each_word_once_and_not_too_many(self):
        terms = search.terms("row Row RÓW " + " ".join(f"word{n}" for n in range(50)))

        self.assertEqual([term.word for term in terms][:2], ["row", "word0"])
        self.assertEqual(len(terms), search.MOST_TERMS)

    def test_what_is_found_is_marked_and_the_rest_escaped(self):
        for question, text, expected in [
            (
                "row",
                "Rows & <b>rowing</b>",
                "<mark>Rows</mark> &amp; &lt;b&gt;<mark>rowing</mark>&lt;/b&gt;",
            ),
            ("cafe", "Café", "<mark>Café</mark>"),
            ("to", "to the top", "<mark>to</mark> the top"),
            ("breathing", "Breathe out", "<mark>Breathe</mark> out"),
            ("exerc", "An exercise", "An <mark>exercise</mark>"),
        ]:
            with self.subTest(question):
                self.assertEqual(search.marked(text, search.terms(question)), expected)

    def test_a_snippet_shows_the_stretch_with_most_of_the_words(self):
        text = (
            "Band. "
            + "Nothing here. " * 40
            + "Close the band in a door. "
            + "So. " * 80
        )

        snippet = search.snippet(text, search.terms("band door"))

        self.assertIn("Close the <mark>band</mark> in a <mark>door</mark>.", snippet)
        self.assertTrue(snippet.startswith("… ") and snippet.endswith(" …"))
        self.assertLess(len(snippet), 2 * search.SNIPPET)

    def test_a_text_of_one_endless_word_is_cut(self):
        for text in ["x" * 10_000, "So, " + "x" * 10_000]:
            with self.subTest(text[:5]):
                snippet = search.snippet(text, search.terms("so"))

                self.assertLess(len(snippet), 2 * search.SNIPPET)


class FindTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        video = Video.objects.create(
            title="Rows",
            provider="youtube",
            provider_id="dQw4w9WgXcQ",
            duration=60,
            transcript="<p>Let the shoulder blades slide.</p>",
        )
        cls.rows = make_guide(
            title="Two rows for a tired back",
            slug="rows",
            exercises=1,
            video=video,
            topic=Topic.objects.create(title="Posture", slug="posture"),
        )
        cls.bridge = make_guide(
            title="A bridge", slug="bridge", summary="After rows, lie down."
        )
        cls.draft = make_guide(title="Rows to come", published_at=None)
        exercise = cls.rows.exercises.get()
        exercise.name = "Wide Row"
        exercise.save()
        exercise.write_steps(
            phase="action", lines=[("Draw the élbows out.", "Stop if it pinches.")]
        )
        exercise.equipment.add(
            Equipment.objects.create(name="Band", slug="band", substitute="a scarf")
        )
        Section.objects.create(
            guide=cls.rows,
            heading="Small tips",
            prose="<p>Tug the door.</p><p>Twice.</p>",
        )
        prolapse = Audience.objects.create(name="prolapse", slug="prolapse")
        Verdict.objects.create(guide=cls.rows, audience=prolapse, choice="yes")
        cls.question = make_comment(cls.rows, body="Is a blue colour stronger?")
        cls.question.answer(
            author=make_staff(name="Ana Reyes"), body="Every maker has his own."
        )
        make_comment(cls.rows, body="Unanswered marmalade.")
        index_owed()

    def found(self, question):
        guides, _count = search.find(question, Guide.objects.published())
        return [Guide.objects.get(pk=pk).slug for pk in guides]

    def test_every_part_of_a_page_is_found(self):
        for question in [
            "tired back",  # title
            "wide",  # exercise
            "elbows",  # step, with an accent
            "pinches",  # footnote
            "scarf",  # what stands in for equipment
            "tug door",  # section
            "shoulder blades",  # transcript
            "blue colour",  # question
            "maker",  # answer
            "prolapse",  # audience
            "posture",  # topic
            "sit down",  # set-up
        ]:
            with self.subTest(question):
                self.assertIn("rows", self.found(question))

    def test_what_differs_from_a_borrowed_set_up_begins_as_a_sentence(self):
        exercise = self.rows.exercises.get()
        exercise.write_steps(phase="setup", lines=[("but take the band off", "")])
        index_owed()

        entry = self.rows.entries.get(kind="exercise")
        self.assertIn("But take the band off. Draw", entry.text)

    def test_word_forms_accents_and_beginnings_find_the_same(self):
        for question in [
            "row",
            "ROWS",
            "rowing",
            "élbow",
            "elb",
            "sliding",
            "shoulders",
        ]:
            with self.subTest(question):
                self.assertIn("rows", self.found(question))

    def test_all_words_must_stand_there_in_any_part(self):
        self.assertEqual(self.found("wide door"), ["rows"])
        self.assertEqual(self.found("wide marmalade"), [])

    def test_a_title_counts_most(self):
        self.assertEqual(self.found("rows"), ["rows", "bridge"])

    def test_what_readers_do_not_see_is_not_found(self):
        self.assertEqual(self.found("come"), [])
        self.assertEqual(self.found("marmalade"), [])

    def test_nothing_is_looked_for_in_signs(self):
        for question in [
            "",
            "  ",
            '"',
            "***",
            "( OR )",
            "'; DROP TABLE",
            "\x00",
            "-",
            ":*",
        ]:
            with self.subTest(question):
                self.found(question)
        self.assertEqual(self.found('"'), [])

    def test_operators_are_words(self):
        self.assertEqual(self.found("rows NOT bridge"), [])
        self.assertEqual(self.found("row*"), self.found("row"))
        self.assertEqual(self.found('"rows'), self.found("rows"))

    def test_the_pieces_lead_to_their_place(self):
        for question, kind, address in [
            ("wide", "exercise", "#exercise-wide-row"),
            ("tug", "section", f"#part-{self.rows.sections.get().pk}"),
            ("slide", "transcript", "#video"),
            ("colour", "question", f"/comments/{self.question.pk}/"),
        ]:
            with self.subTest(question):
                pieces = search.pieces(question, [self.rows.pk])[self.rows.pk]
                self.assertEqual(pieces[0].kind, kind)
                self.assertEqual(pieces[0].address, address)

    def test_did_you_mean_is_a_word_of_the_site(self):
        for question, expected in [
            ("sholder", "shoulder"),
            ("brige row", "bridge row"),
            ("rwos", "rows"),
            ("qqqqqqq", ""),
            ("bladder", ""),  # not the blades of the shoulder
            ("rows", ""),
            ("row posturre", "row posture"),
            ("pinching", ""),  # it pinches
            ("tugged", ""),
            ("breather", ""),  # breathe
            ("prolapses", ""),
        ]:
            with self.subTest(question):
                meant = search.did_you_mean(question, Guide.objects.published())
                self.assertEqual(meant, expected)

    def test_of_several_about_as_near_the_one_in_more_guides_is_meant(self):
        for n in range(3):
            make_guide(title=f"Pelvic floor, part {n}")
        make_guide(title="Where your pelvis is")
        index_owed()

        for question, expected in [
            ("pelvik flor", "pelvic floor"),
            ("pelvik", "pelvic"),
            ("pelvsi", "pelvis"),  # swapped is one slip
        ]:
            with self.subTest(question):
                meant = search.did_you_mean(question, Guide.objects.published())
                self.assertEqual(meant, expected)

    def test_nothing_is_meant_that_only_stands_where_readers_do_not_look(self):
        make_guide(title="Zwetschgenbaum", published_at=None)
        retired = make_guide(title="Mirabellen Quittenduft")
        copy = make_guide(title="Birnbaumholz", published_at=None, copy_of=self.rows)
        index_owed()
        self.assertFalse(copy.entries.exists())
        retired.retire()
        index_owed()
        search.index(copy)  # which nothing does
        guides = Guide.objects.published()

        for question in ["zwetschgenbaum", "mirabellen", "quittenduft", "birnbaumholz"]:
            for asked in [question, question.replace("e", "ee", 1), f"x{question}"]:
                with self.subTest(asked):
                    self.assertEqual(search.find(asked, guides), ([], 0))
                    self.assertEqual(search.did_you_mean(asked, guides), "")

        retired.bring_back()
        self.assertEqual(search.did_you_mean("mirabelen", guides), "mirabellen")

    def test_a_word_of_a_draft_hides_no_typing_error(self):
        make_guide(title="Sholder", published_at=None)
        index_owed()

        meant = search.did_you_mean("sholder", Guide.objects.published())
        self.assertEqual(meant, "shoulder")


def broken(guide):
    """A source of entries that one guide breaks."""
    if guide.title == "Rows":
        raise ValueError
    return []


class OwedTests(TestCase):
    """Whatever changes a page makes its entries owed; they are written on commit."""

    def setUp(self):
        self.guide = make_guide(exercises=1, title="Rows")
        index_owed()

    def is_owed(self):
        return Guide.objects.filter(pk=self.guide.pk, indexed_at=None).exists()

    def test_each_way_of_writing_makes_them_owed(self):
        exercise = self.guide.exercises.get()
        band = Equipment.objects.create(name="Band", slug="band")
        comment = make_comment(self.guide, status="pending")
        for what, act in {
            "guide": lambda: self.guide.save(),
            "update": lambda: Guide.objects.filter(pk=self.guide.pk).update(title="A"),
            "exercise": exercise.save,
            "steps": lambda: exercise.write_steps(phase="setup", lines=[("Up.", "")]),
            "many": lambda: exercise.steps.update(footnote="So."),
            "deleted step": lambda: exercise.steps.all().delete(),
            "equipment": lambda: exercise.equipment.add(band),
            "its name": band.save,
            "section": lambda: Section.objects.create(
                guide=self.guide, heading="Why", prose="<p>So.</p>"
            ),
            "approved": lambda: comment.approve(),
            "answered": lambda: comment.answer(author=make_staff(), body="So."),
            "rejected": lambda: comment.reject(),
        }.items():
            with self.subTest(what):
                index_owed()
                self.assertFalse(self.is_owed())
                act()
                self.assertTrue(self.is_owed())

    def test_so_does_the_other_side_of_a_relation(self):
        exercise = self.guide.exercises.get()
        band = Equipment.objects.create(name="Band", slug="band")
        exercise.equipment.add(band)
        for what, act in {
            "removed": lambda: band.exercises.remove(exercise),
            "added": lambda: band.exercises.add(exercise),
            "cleared": lambda: band.exercises.clear(),
        }.items():
            with self.subTest(what):
                index_owed()
                act()
                self.assertTrue(self.is_owed())

    def test_one_that_fails_keeps_no_other_from_being_found(self):
        other = make_guide(title="Bridge")
        Guide.objects.filter(pk=self.guide.pk).mark(indexed_at=None)

        with (
            override_settings(SEARCHED=["tests.guide.test_search.broken"]),
            self.assertLogs("guide.tasks", "ERROR"),
        ):
            index_owed()

        self.assertTrue(self.is_owed())
        self.assertFalse(Guide.objects.filter(pk=other.pk, indexed_at=None).exists())

    def test_what_concerns_many_guides_waits_for_the_tick(self):
        for _ in range(5):
            make_guide()
        with self.captureOnCommitCallbacks(execute=True):
            Guide.objects.update(title="All new")

        self.assertTrue(self.is_owed())
        self.assertEqual(index_owed(), 6)

    def test_an_answer_below_a_guide_to_come_is_found_from_its_moment(self):
        Guide.objects.update(published_at=timezone.now() + timezone.timedelta(days=1))
        question = make_comment(self.guide, body="Marmalade?")
        question.answer(author=make_staff(), body="Yes.")
        index_owed()
        Guide.objects.update(published_at=timezone.now())

        self.assertEqual(search.find("marmalade", Guide.objects.published())[1], 1)

    def test_prose_is_read_as_it_is_shown(self):
        Guide.objects.update(
            intro="<ul><li>band</li><li>chair &amp;&nbsp;mat</li></ul>"
        )
        index_owed()

        entry = self.guide.entries.get(kind="guide")
        self.assertIn("band chair & mat", entry.text)

    def test_no_word_of_a_reader_is_kept_for_others(self):
        question = make_comment(self.guide, body="Zwetschgenbaum?")
        question.answer(author=make_staff(), body="Yes.")
        index_owed()

        self.assertFalse(SearchWord.objects.filter(word="zwetschgenbaum").exists())

    def test_accents_in_pieces_are_the_same_word(self):
        Guide.objects.update(title="Résumé")
        index_owed()

        for question in ["résumé", "re\u0301sume\u0301", "resume"]:
            with self.subTest(question):
                found = search.find(question, Guide.objects.published())
                self.assertEqual(found[1], 1)

    def test_they_are_written_when_the_transaction_holds(self):
        with self.captureOnCommitCallbacks(execute=True):
            Guide.objects.filter(pk=self.guide.pk).update(title="Marmalade")

        self.assertFalse(self.is_owed())
        found, count = search.find("marmalade", Guide.objects.published())
        self.assertEqual((found, count), ([self.guide.pk], 1))

    def test_a_savepoint_that_is_rolled_back_takes_nothing_from_the_rest(self):
        other = make_guide(title="Bridge")
        index_owed()
        with self.captureOnCommitCallbacks(execute=True):
            with suppress(ValueError), transaction.atomic():
                Guide.objects.filter(pk=self.guide.pk).update(title="Marmalade")
                raise ValueError
            Guide.objects.filter(pk=other.pk).update(title="Zither")
            with suppress(ValueError), transaction.atomic():
                Guide.objects.filter(pk=self.guide.pk).update(title="Marmalade")
                raise ValueError

        published = Guide.objects.published()
        self.assertEqual(search.find("zither", published), ([other.pk], 1))
        self.assertEqual(search.find("marmalade", published), ([], 0))
        self.assertFalse(Guide.objects.filter(indexed_at=None).exists())

    def test_many_writes_are_written_down_once(self):
        with (
            CaptureQueriesContext(connection) as queries,
            self.captureOnCommitCallbacks(execute=True),
        ):
            for exercise in self.guide.exercises.all():
                for number in range(10):
                    exercise.write_steps(phase="setup", lines=[(f"Up {number}.", "")])

        inserted = [
            query["sql"]
            for query in queries.captured_queries
            if query["sql"].startswith('INSERT INTO "guide_searchentry"')
        ]
        self.assertEqual(len(inserted), 1)
        self.assertFalse(self.is_owed())

    def test_one_act_bumps_once_and_owes_the_guides_it_names(self):
        other = make_guide(title="Bridge")
        index_owed()
        before = page_version()
        with one_act(Guide.objects.filter(pk=self.guide.pk)):
            with suppress(ValueError), transaction.atomic():
                self.guide.save()
                raise ValueError
            for guide in [self.guide, other]:
                guide.exercises.all().delete()

        self.assertEqual(page_version(), before + 1)
        owed = Guide.objects.filter(indexed_at=None)
        self.assertEqual([guide.pk for guide in owed], [self.guide.pk])
        with suppress(ValueError), one_act(Guide.objects.none()):
            raise ValueError
        self.guide.save()
        self.assertEqual(page_version(), before + 2)

    def test_a_waiting_question_costs_nothing(self):
        make_comment(self.guide, status="pending")

        self.assertFalse(self.is_owed())

    def test_a_deleted_guide_leaves_nothing(self):
        self.guide.delete()

        self.assertEqual(SearchEntry.objects.count(), 0)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT rowid FROM guide_searchindex "
                    "WHERE guide_searchindex MATCH %s",
                    ["rows"],
                )
                self.assertEqual(cursor.fetchall(), [])

    def test_what_is_deleted_or_hidden_is_found_no_more(self):
        comment = make_comment(self.guide, body="Marmalade?")
        comment.answer(author=make_staff(), body="Yes.")
        index_owed()
        self.assertEqual(search.find("marmalade", Guide.objects.published())[1], 1)

        comment.reject()
        index_owed()

        self.assertEqual(search.find("marmalade", Guide.objects.published())[1], 0)


@contextmanager
def in_a_file():
    """Let the database be an empty file, as on a server; yield its path."""
    usual = connections["default"]
    with usual.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL "
            "AND name NOT LIKE 'sqlite~_%' ESCAPE '~' "
            "AND name NOT LIKE 'guide~_searchindex~_%' ESCAPE '~' "
            "ORDER BY type = 'table' DESC, type = 'index' DESC"
        )
        schema = [sql for (sql,) in cursor.fetchall()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db.sqlite3"
        with closing(sqlite3.connect(path)) as copy:
            for sql in schema:
                copy.execute(sql)
        other = usual.copy()
        other.settings_dict = {**usual.settings_dict, "NAME": str(path)}
        connections["default"] = other
        try:
            yield path
        finally:
            other.close()
            connections["default"] = usual


class IndexTests(TestCase):
    """What the databases hold of their own beside our tables."""

    def words_of_the_index(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE VIRTUAL TABLE temp.terms "
                "USING fts5vocab(main, guide_searchindex, row)"
            )
            cursor.execute("SELECT term FROM temp.terms")
            words = {term for (term,) in cursor.fetchall()}
            cursor.execute("DROP TABLE temp.terms")
        return words

    def test_each_way_of_writing_an_entry_reaches_it(self):
        """A migration that makes the table anew loses the triggers in silence."""
        guide = make_guide()
        entry = SearchEntry.objects.create(
            guide=guide, kind="guide", text_words="zither"
        )
        self.assertEqual(search.find("zither", Guide.objects.all())[1], 1)

        SearchEntry.objects.filter(pk=entry.pk).update(text_words="quince")
        self.assertEqual(search.find("zither", Guide.objects.all())[1], 0)
        self.assertEqual(search.find("quince", Guide.objects.all())[1], 1)

        entry.delete()
        self.assertEqual(search.find("quince", Guide.objects.all())[1], 0)
        if connection.vendor == "sqlite":
            self.assertEqual(self.words_of_the_index(), set())

    def test_what_was_erased_is_nowhere_in_the_file(self):
        if connection.vendor != "sqlite":
            search.forget_erased()  # and has nothing to do
            return
        with in_a_file() as path:

            def holds(word):
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return any(word in file.read_bytes() for file in path.parent.iterdir())

            gone = make_guide(title="Zwetschgen")
            kept = make_guide(title="Rows")
            question = make_comment(kept, body="Quittenduft?")
            answer = question.answer(author=make_staff(), body="Mirabellen.")
            index_owed()
            for word in [b"zwetschgen", b"quittenduft", b"mirabellen"]:
                self.assertTrue(holds(word))

            gone.delete()
            answer.delete()
            question.take_back()
            index_owed()
            search.forget_erased()

            for word in [b"wetschg", b"uittenduf", b"irabell"]:
                self.assertFalse(holds(word))
            self.assertEqual(search.find("rows", Guide.objects.all()), ([kept.pk], 1))
            self.assertTrue(SearchWord.objects.filter(word="rows").exists())


class SearchTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for n in range(25):
            make_guide(title=f"Rows {n}", exercises=2)
        index_owed()

    def get(self, **query):
        return self.client.get(URL, query)

    def test_an_empty_question_is_a_form(self):
        response = self.get()

        self.assertContains(response, 'name="q"')
        self.assertNotContains(response, "Nothing here speaks")
        self.assertContains(response, "noindex")

    def test_what_is_found_is_counted_and_cut_into_pages(self):
        first, second = self.get(q="rows"), self.get(q="rows", page=2)

        self.assertContains(first, "25 guides for “rows”")
        self.assertEqual(first.content.decode().count('class="found"'), 20)
        self.assertEqual(second.content.decode().count('class="found"'), 5)
        self.assertContains(first, "?q=rows&amp;page=2")
        for page in (3, 0, "x", "-1"):
            self.assertEqual(self.get(q="rows", page=page).status_code, 404)

    def test_it_asks_the_database_eight_times_at_most(self):
        make_guide(title="Shoulders and elbows")
        index_owed()
        for question, meant in [
            ("rows pull", ""),
            ("sholders elbwos", "shoulders elbows"),
            ("marmalade qwertz", ""),
            (" ".join(f"unknown{n}" for n in range(12)), ""),
        ]:
            with self.subTest(question), CaptureQueriesContext(connection) as queries:
                response = self.get(q=question)
            self.assertLessEqual(len(queries), 8)
            self.assertEqual(response.context["meant"], meant)

    def test_nothing_found_is_said_with_ways_on(self):
        response = self.get(q="<b>marmelade</b>")

        self.assertContains(response, "Nothing here speaks of “&lt;b&gt;marmelade")
        self.assertContains(response, reverse("guide:index"))

    def test_did_you_mean_leads_to_something(self):
        self.assertContains(self.get(q="rwos marmalade"), "Did you mean", count=0)
        make_guide(title="Shoulders")
        index_owed()

        self.assertContains(self.get(q="sholders"), '<a href="?q=shoulders">')

    def test_bad_questions_get_a_sentence_and_keep_what_was_typed(self):
        response = self.get(q="row " * 2500)
        self.assertContains(response, "That is long for a search.")
        self.assertContains(response, 'value="row row')
        for question in [
            "\x00",
            "ro\x00ws",
            "\ud800".encode("utf-16", "surrogatepass"),
            "\"'*()",
            "' OR 1=1",
        ]:
            with self.subTest(question):
                self.assertEqual(self.get(q=question).status_code, 200)

    def test_it_is_kept_nowhere(self):
        response = self.get(q="rows")

        self.assertIn("no-store", response["Cache-Control"])
        self.assertFalse(response.cookies)

    def test_every_page_leads_to_it(self):
        self.assertContains(self.client.get("/"), f'href="{URL}"')
