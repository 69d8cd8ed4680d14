"""Lists in the forms of guides and exercises grow without a script too."""

import re

from django.urls import reverse

from guide.models import Exercise, Guide, SafetyNotice
from tests.factories import make_full_guide, make_guide
from tests.guide.admin.cases import AdminTestCase

GROWING = ["verdicts", "sections", "guidenotice_set", "related_links"]


class MoreRowsTests(AdminTestCase):
    def test_each_list_of_a_guide_offers_a_row_more_where_no_script_runs(self):
        page = self.client.get(self.url("guide_add"))

        self.assertContains(page, 'name="_row"', count=len(GROWING))
        for name in GROWING:
            with self.subTest(name):
                self.assertContains(page, f'name="_row" value="{name}"')
        self.assertContains(page, "Add another Section</button>")

    def test_its_button_saves_and_opens_an_empty_row(self):
        guide = make_guide(published_at=None)
        guide.sections.create(heading="One", prose="<p>1</p>")

        response = self.save(
            self.url("guide_change", guide), question="Typed?", _row="sections"
        )

        form = self.url("guide_change", guide)
        self.assertRedirects(response, f"{form}?row=sections#sections-1")
        guide.refresh_from_db()
        self.assertEqual(guide.question, "Typed?")
        self.assertContains(response, 'id="sections-1"')
        self.assertNotContains(response, 'id="sections-2"')
        self.assertContains(response, 'name="related_links-TOTAL_FORMS" value="0"')

    def test_what_is_written_there_is_saved_and_an_untouched_row_is_not(self):
        guide = make_guide(published_at=None)
        url = f"{self.url('guide_change', guide)}?row=sections"

        self.save(url, **{"sections-0-heading": "Why", "sections-0-prose": "<p>A</p>"})
        self.assertEqual(guide.sections.get().heading, "Why")
        for name in GROWING:
            with self.subTest(name):
                url = f"{self.url('guide_change', guide)}?row={name}"
                response = self.save(url)
                self.assertNotContains(response, "errorlist")
        self.assertEqual(guide.sections.count(), 1)
        self.assertFalse(guide.verdicts.exists() or guide.related_links.exists())

    def test_one_row_after_the_other(self):
        guide = make_guide(published_at=None)
        url = self.url("guide_change", guide)
        notices = [SafetyNotice.objects.create(prose=f"<p>{n}</p>") for n in range(2)]

        for n, notice in enumerate(notices):
            self.save(url, _row="guidenotice_set")
            url = f"{self.url('guide_change', guide)}?row=guidenotice_set"
            self.save(
                url,
                _row="guidenotice_set",
                **{f"guidenotice_set-{n}-notice": notice.pk},
            )

        self.assertCountEqual(guide.notices.all(), notices)

    def test_a_guide_that_is_begun_is_saved_with_it(self):
        response = self.save(
            self.url("guide_add"),
            title="Rows",
            slug="rows",
            summary="A band.",
            _row="sections",
        )

        form = self.url("guide_change", Guide.objects.get(slug="rows"))
        self.assertRedirects(response, f"{form}?row=sections#sections-0")

    def test_with_faults_the_form_comes_back_as_it_was_typed(self):
        response = self.save(
            self.url("guide_add"), question="Typed?", _row="related_links"
        )

        self.assert_says(response, "Nothing you typed is lost.", "Give it a title.")
        self.assertContains(response, "Typed?")

    def test_of_a_published_guide_the_row_is_opened_in_what_waits(self):
        guide = make_full_guide(title="Rows")
        count = guide.sections.count()

        response = self.save(
            self.url("guide_change", guide), title="New", _row="sections"
        )
        copy = Guide.with_copies.get(copy_of=guide)
        form = self.url("guide_change", copy)
        self.assertRedirects(response, f"{form}?row=sections#sections-{count}")

        new = {f"sections-{count}-heading": "New", f"sections-{count}-prose": "<p>A"}
        self.save(f"{form}?row=sections", **new, _row="sections")
        self.assertEqual(copy.sections.count(), count + 1)
        self.assertEqual(guide.sections.count(), count)

    def test_nothing_changed_opens_a_row_too(self):
        guide = make_full_guide()

        response = self.save(self.url("guide_change", guide), _row="related_links")

        self.assertFalse(Guide.objects.with_changes().exists())
        place = guide.related_links.count()
        self.assertContains(response, f'id="related_links-{place}"')

    def test_an_exercise_grows_by_its_variations_alone(self):
        guide = make_guide(exercises=2, published_at=None)
        first, second = guide.exercises.all()
        url = self.url("exercise_change", first)

        page = self.client.get(url)
        self.assertContains(page, 'name="_row"', count=1)
        response = self.save(url, lead="Typed.", _row="variations")
        self.assertRedirects(response, f"{url}?row=variations#variations-0")
        new = {"variations-0-kind": "seated", "variations-0-to": second.pk}
        self.save(f"{url}?row=variations", **new)

        self.assertEqual(Exercise.objects.get(pk=first.pk).lead, "Typed.")
        self.assertEqual(first.variations.get().to, second)

    def test_a_list_that_is_none_is_no_list(self):
        guide = make_guide(published_at=None)

        response = self.save(self.url("guide_change", guide), _row="delete")

        self.assertRedirects(response, self.url("guide_changelist"))
        page = self.client.get(self.url("guide_change", guide), {"row": "delete"})
        self.assertEqual(page.status_code, 200)

    def test_enter_in_a_new_guide_or_letter_means_to_save(self):
        for name in ["guide_guide_add", "newsletter_issue_add"]:
            with self.subTest(name):
                page = self.client.get(reverse(f"admin:{name}")).content.decode()
                form = page[page.index('id="content-main"') :]
                first = re.search(r'<input type="submit"[^>]*>|<button (?!type)', form)
                self.assertIn('name="_save"', first[0])
