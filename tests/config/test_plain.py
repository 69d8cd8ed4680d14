"""The form templates of ``templates/plain`` and ``templates/django/forms``."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import SimpleTestCase


class Form(forms.Form):
    name = forms.CharField(
        label="Your name",
        help_text="Readers see it.",
        error_messages={"required": "Please type a name. Any name will do."},
    )
    email = forms.EmailField(label="E-mail", required=False)
    tell_me = forms.BooleanField(label="Tell me when it is answered", required=False)
    often = forms.ChoiceField(choices=[("1", "Once"), ("2", "Twice")], required=False)
    often.widget = forms.RadioSelect(choices=often.choices)
    guide = forms.CharField(widget=forms.HiddenInput, required=False)
    website2 = forms.CharField(
        label="Leave this empty",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset("Who asks", Div("name", "email", css_class="columns")),
            "tell_me",
            "often",
            "guide",
            "website2",
            Submit("send", "Send the question"),
            Submit("preview", "Preview", css_class="button--quiet"),
        )


def rendered(form):
    source = "{% load crispy_forms_tags %}{% crispy form %}"
    return Template(source).render(Context({"form": form, "csrf_token": "x"}))


class FieldTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.html = rendered(Form({"name": "", "email": "ana@example.org"}))

    def test_label_help_error_and_control_stand_in_this_order(self):
        places = [
            self.html.index(part)
            for part in [
                '<label for="id_name">Your name</label>',
                'id="id_name_helptext"',
                'id="id_name_error"',
                'name="name"',
            ]
        ]

        self.assertEqual(places, sorted(places))

    def test_a_refused_field_says_so_and_points_at_its_words(self):
        self.assertIn('aria-invalid="true"', self.html)
        self.assertIn('aria-describedby="id_name_helptext id_name_error"', self.html)

    def test_only_the_refused_field_is_marked(self):
        self.assertEqual(self.html.count("field--error"), 1)

    def test_the_summary_says_first_that_nothing_is_lost_and_leads_to_the_field(self):
        self.assertIn("Nothing is lost. One thing needs a change.", self.html)
        self.assertIn(
            '<a href="#id_name">Please type a name. Any name will do.</a>', self.html
        )

    def test_a_form_without_errors_has_no_summary(self):
        self.assertNotIn("Nothing is lost", rendered(Form()))

    def test_a_honeypot_is_no_field_for_people(self):
        trap = self.html[self.html.index('class="trap"') :]

        self.assertIn('aria-hidden="true"', trap[:60])
        self.assertIn('name="website2"', trap[:400])

    def test_a_check_box_stands_before_its_words(self):
        box = self.html.index('name="tell_me"')

        self.assertGreater(self.html.index("Tell me when it is answered"), box)

    def test_choices_are_one_group_with_a_legend(self):
        self.assertInHTML("<legend>Often</legend>", self.html)

    def test_hidden_fields_bring_nothing_but_themselves(self):
        self.assertInHTML('<input type="hidden" name="guide" id="id_guide">', self.html)

    def test_the_layout_of_the_form_is_kept(self):
        self.assertInHTML("<legend>Who asks</legend>", self.html)
        self.assertIn('<div class="columns">', self.html)
        self.assertIn('class="button button--quiet"', " ".join(self.html.split()))

    def test_nothing_is_styled_inline(self):
        self.assertNotIn("style=", self.html)


class BrokenTests(SimpleTestCase):
    def test_the_page_for_our_own_mistakes_needs_no_database_and_no_context(self):
        html = render_to_string("500.html")

        self.assertIn("<h1>Something broke on our side</h1>", html)
