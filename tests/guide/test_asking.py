"""The author's forms say in our words what a field lacks, whatever form it is."""

from datetime import date

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import RequestFactory, TestCase
from django.urls import reverse

from guide.models import Guide, Topic
from tests.factories import make_comment, make_full_guide, make_guide, make_staff
from tests.guide.admin.cases import AdminTestCase

DJANGO = (
    "This field",
    "Enter a valid date",
    "Enter a valid time",
    "Enter a valid email",
    "Enter a whole",
    "Ensure this value is",
)
# These are looked at, or have forms of their own.
LOOKED_AT = {"comment", "bounce", "delivery", "subscriber"}


class WordsTests(TestCase):
    def setUp(self):
        self.request = RequestFactory().get("/")
        self.request.user = make_staff()

    def fields(self):
        """Return each field that one writes in, by its name."""
        for model, desk in admin.site._registry.items():
            opts = model._meta
            if opts.app_label not in {"guide", "comments", "newsletter"}:
                continue
            if opts.model_name in LOOKED_AT:
                continue
            forms = [desk.get_form(self.request)()]
            for formset, _inline in desk.get_formsets_with_inlines(self.request):
                forms.append(formset().empty_form)
            for form in forms:
                own = {"id", "DELETE", getattr(getattr(form, "fk", None), "name", "")}
                for name, field in form.fields.items():
                    if name not in own and not field.widget.is_hidden:
                        yield f"{opts.model_name}: {form.__class__}.{name}", field

    def test_no_field_speaks_django_s_english(self):
        count = 0
        for name, field in self.fields():
            parts = len(getattr(field.widget, "widgets", ()))
            for typed in ("", "zzz", "-5", "1.5", "9" * 9):
                try:
                    field.clean([typed] * parts if parts else typed)
                except ValidationError as error:
                    count += 1
                    for sentence in error.messages:
                        with self.subTest(name, typed=typed):
                            self.assertFalse(sentence.startswith(DJANGO), sentence)
        self.assertGreater(count, 100)

    def test_how_a_day_is_written_stands_at_its_field(self):
        dates = [
            field
            for _name, field in self.fields()
            if type(field).__name__ in {"DateField", "SplitDateTimeField"}
        ]
        self.assertGreater(len(dates), 3)
        for field in dates:
            self.assertTrue(field.help_text)

    def test_a_day_stands_in_its_field_as_the_words_there_say(self):
        desk = admin.site._registry[Guide]
        form = desk.get_form(self.request)

        page = str(form(initial={"reviewed_on": date(2027, 3, 31)})["reviewed_on"])

        self.assertIn('value="2027-03-31"', page)
        for typed in ("2027-03-31", "31/03/2027"):
            with self.subTest(typed):
                day = form.base_fields["reviewed_on"].clean(typed)
                self.assertEqual(day, date(2027, 3, 31))


class DeletingTests(AdminTestCase):
    def page_of(self, guide):
        url = self.url("guide_delete", guide)
        return url, self.client.get(url)

    def test_the_page_says_what_goes_in_the_author_s_words(self):
        url, page = self.page_of(make_full_guide(title="Rows"))

        self.assert_says(page, "Delete “Rows”?", "with its exercises", "Retire it")
        self.assertNotContains(page, "Search entry")
        self.client.post(url, {"post": "yes"})
        self.assertFalse(Guide.with_copies.filter(title="Rows").exists())

    def test_of_a_draft_no_reader_is_told(self):
        _url, page = self.page_of(make_guide(published_at=None))

        self.assertNotContains(page, "Retire it")

    def test_what_readers_wrote_below_keeps_it_and_a_way_out_is_named(self):
        guide = make_guide(title="Rows")
        make_comment(guide)
        _url, page = self.page_of(guide)

        self.assert_says(page, "“Rows” stays", "Retire it instead")
        self.assertContains(page, reverse("admin:guide_guide_change", args=[guide.pk]))

    def test_any_row_goes_or_is_kept_without_a_script(self):
        topic = Topic.objects.create(title="Knees", slug="knees")
        page = self.client.get(self.url("topic_delete", topic))

        self.assert_says(page, "Delete “Knees”?", "It goes for ever.", "Keep it")
        self.assertNotContains(page, 'href="#"')
        self.assertContains(page, f'href="{self.url("topic_change", topic)}"')
        self.client.post(self.url("topic_delete", topic), {"post": "yes"})
        self.assertFalse(Topic.objects.exists())

    def test_what_is_ticked_goes_or_is_kept_without_a_script(self):
        rows = [Topic.objects.create(title=name, slug=name) for name in ("a", "b")]
        chosen = {"action": "delete_selected", "_selected_action": [rows[0].pk]}
        page = self.client.post(self.url("topic_changelist"), chosen)

        self.assert_says(page, "Delete what you ticked?", "These go for ever")
        self.assertNotContains(page, 'href="#"')
        self.client.post(self.url("topic_changelist"), chosen | {"post": "yes"})
        self.assertEqual(Topic.objects.get(), rows[1])

    def test_an_audience_names_the_guides_that_need_it(self):
        guide = make_full_guide(title="Rows")
        audience = guide.verdicts.first().audience
        page = self.client.get(self.url("audience_delete", audience))

        self.assert_says(
            page, f"“{audience}” stays", "Take it out there", "Back to the list"
        )
        self.assertContains(page, f'{self.url("guide_change", guide)}">Rows</a>')
        chosen = {"action": "delete_selected", "_selected_action": [audience.pk]}
        page = self.client.post(self.url("audience_changelist"), chosen)
        self.assert_says(page, "Nothing is deleted", "Back to the list", "Rows")
