"""What the admin's classes here and in the other apps begin with."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.keeping import Keeping

# In the place of what Django says of a field.
WORDS = {
    forms.Field: {"required": _("Please fill this in, or choose one.")},
    forms.DateField: {"invalid": _("Please write the day as 2027-03-31.")},
    forms.TimeField: {"invalid": _("Please write the time as 18:30.")},
    forms.IntegerField: {
        "invalid": _("Write a whole number, in figures."),
        "min_value": _("Write %(limit_value)s or more."),
        "max_value": _("Write %(limit_value)s at most."),
    },
    forms.EmailField: {"invalid": _("Write one address: name@example.org.")},
}
HOW_WRITTEN = {
    forms.DateField: _("Like 2027-03-31."),
    forms.SplitDateTimeField: _("Like 2027-03-31 and 18:30."),
}


class Asking:
    """Says in our words what a field lacks and how a day is written."""

    def formfield_for_dbfield(self, db_field, request, **options):
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field:
            for part in [field, *getattr(field, "fields", ())]:
                _put_our_words(part)
            field.help_text = field.help_text or HOW_WRITTEN.get(type(field), "")
        return field


def _put_our_words(field):
    """Leave the sentences that a form has for its field."""
    for kind, words in WORDS.items():
        for code, sentence in words.items() if isinstance(field, kind) else ():
            if field.error_messages.get(code) in (None, _said_by_django(field, code)):
                field.error_messages[code] = sentence


def _said_by_django(field, code):
    for kind in type(field).__mro__:
        if sentence := vars(kind).get("default_error_messages", {}).get(code):
            return sentence
    return None


class LongTexts:
    """Draws those of ``long_texts`` so that one sees the whole sentence."""

    long_texts = ()

    def formfield_for_dbfield(self, field, request, **options):
        if field.name in self.long_texts:
            options["widget"] = OneParagraph
        return super().formfield_for_dbfield(field, request, **options)


class OneParagraph(AdminTextareaWidget):
    """A box for a long text that stays one paragraph."""

    def __init__(self):
        super().__init__(attrs={"rows": 2})

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value and " ".join(value.split())


class ShownAdmin(Keeping, LongTexts, Asking, admin.ModelAdmin):
    """A model whose rows have, or stand on, a page of the site."""

    def view_on_site(self, row):
        return row.get_absolute_url()


class MoreRows:
    """Lets lists grow where no script runs: a button saves the form and opens a row."""

    def render_change_form(self, request, context, *args, **options):
        context["more_rows"] = True
        return super().render_change_form(request, context, *args, **options)

    def get_formsets_with_inlines(self, request, obj=None):
        wanted = request.GET.get("row")
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if formset.get_default_prefix() == wanted:
                formset.extra = 1
            yield formset, inline

    def response_add(self, request, row, *args, **options):
        return self.with_a_row_more(request, row) or super().response_add(
            request, row, *args, **options
        )

    def response_change(self, request, row):
        return self.with_a_row_more(request, row) or super().response_change(
            request, row
        )

    def with_a_row_more(self, request, row):
        """Lead to the new row of the list whose button saved the form, else nowhere."""
        wanted = request.POST.get("_row")
        for formset, _inline in self.get_formsets_with_inlines(request, row):
            if formset.get_default_prefix() == wanted and formset.max_num > 1:
                name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
                query, place = {"row": wanted}, getattr(row, wanted).count()
                form = reverse(name, args=[row.pk], query=query)
                return HttpResponseRedirect(f"{form}#{wanted}-{place}")
        return None


class OneRowAdmin(LongTexts, Asking, admin.ModelAdmin):
    """Settings: their line opens the form of the one row there is."""

    def changelist_view(self, request, extra_context=None):
        row = self.model.load()
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
