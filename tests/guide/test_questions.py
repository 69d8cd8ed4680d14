from django.core.exceptions import ValidationError
from django.test import TestCase

from guide import changes, questions
from guide.models import Guide, Section, page_version
from tests.factories import make_full_guide, make_guide, make_staff

ENTRY = "<h3>In or out?</h3><p>Out.</p>"


class AddTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = make_staff(name="Dr. Ana Reyes")

    def add(self, guide, **values):
        values = {"question": "In or out?", "answer": "<p>Out.</p>"} | values
        questions.add(guide, by=self.ana, **values)
        return Guide.objects.get(pk=guide.pk)

    def test_readers_of_a_published_guide_see_it_at_once(self):
        guide = make_full_guide()
        before, published_at = changes.content(guide), guide.published_at
        version = page_version()

        guide = self.add(guide)

        self.assertContains(self.client.get(guide.get_absolute_url()), ENTRY)
        self.assertGreater(page_version(), version)
        self.assertEqual(guide.published_at, published_at)
        section = before["sections"] + [
            {
                "place": "after",
                "kind": "questions",
                "heading": "Questions",
                "prose": ENTRY,
            }
        ]
        self.assertEqual(
            changes.content(Guide.objects.get(pk=guide.pk)),
            before | {"sections": section},
        )
        self.assertFalse(changes.working(guide) is not guide)

    def test_the_next_stands_below_the_first_in_the_same_section(self):
        guide = make_guide(exercises=1)
        Section.objects.create(
            guide=guide, kind="questions", heading="Often asked", prose="<p>So.</p>"
        )

        guide = self.add(self.add(guide), question="And when?")

        section = guide.sections.get()
        self.assertEqual(section.heading, "Often asked")
        self.assertEqual(
            section.prose, f"<p>So.</p>{ENTRY}<h3>And when?</h3><p>Out.</p>"
        )
        self.assertEqual(questions.section_of(guide), section)

    def test_changes_that_wait_get_it_too_and_go_on_waiting(self):
        guide = make_guide(exercises=1, title="Two rows")
        waiting = changes.content(guide) | {"title": "Three rows"}
        changes.let_wait(guide, waiting, by=self.ana)

        guide = self.add(guide)

        self.assertEqual(guide.title, "Two rows")
        self.assertEqual(guide.sections.get().prose, ENTRY)
        copy = changes.working(guide)
        self.assertEqual(copy.title, "Three rows")
        self.assertEqual(copy.sections.get().prose, ENTRY)
        published = changes.publish(changes.newest(guide))
        self.assertEqual(published.title, "Three rows")
        self.assertEqual(published.sections.get().prose, ENTRY)

    def test_the_history_holds_what_stood_before_and_who_wrote_it(self):
        guide = self.add(make_guide(exercises=1))

        newest, oldest = guide.versions.newest_first()
        self.assertEqual(newest.saved_by, self.ana)
        self.assertIsNotNone(newest.published_at)
        self.assertEqual(oldest.data["sections"], [])

    def test_a_draft_and_one_whose_moment_lies_ahead_stay_so(self):
        draft = self.add(make_guide(published_at=None))

        self.assertIsNone(draft.published_at)
        self.assertEqual(draft.sections.get().prose, ENTRY)

    def test_it_stays_retired(self):
        guide = make_guide(exercises=1)
        guide.retire(note="Old.")

        guide = self.add(guide)

        self.assertEqual((guide.retired_note, guide.is_published), ("Old.", False))
        self.assertEqual(guide.sections.get().prose, ENTRY)

    def test_nothing_active_gets_in(self):
        guide = self.add(
            make_guide(),
            question="<script>x</script> & <b>me</b>",
            answer='<p onclick="x">a<script>b</script><a href="javascript:c">d</a></p>',
        )

        self.assertEqual(
            guide.sections.get().prose,
            "<h3>&lt;script&gt;x&lt;/script&gt; &amp; &lt;b&gt;me&lt;/b&gt;</h3>"
            "<p>a<a>d</a></p>",
        )

    def test_what_does_not_fit_changes_nothing(self):
        guide = make_guide(exercises=1)
        before = changes.content(guide)

        with self.assertRaises(ValidationError):
            self.add(guide, answer=f"<p>{'x' * 300_001}</p>")

        self.assertEqual(changes.content(Guide.objects.get(pk=guide.pk)), before)
        self.assertEqual(guide.versions.count(), 0)

    def test_a_search_finds_it(self):
        guide = make_guide(exercises=1)
        with self.captureOnCommitCallbacks(execute=True):
            self.add(guide, answer="<p>Breathe like a flamingo.</p>")

        response = self.client.get("/search/", {"q": "flamingo"})

        self.assertContains(response, guide.title)
