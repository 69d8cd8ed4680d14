"""What the admin's classes here and in the other apps begin with."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import HttpResponseRedirect
from django.urls import reverse

from config.keeping import Keeping


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


class ShownAdmin(Keeping, LongTexts, admin.ModelAdmin):
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
            if formset.get_default_prefix() == wanted:
                name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
                query, place = {"row": wanted}, getattr(row, wanted).count()
                form = reverse(name, args=[row.pk], query=query)
                return HttpResponseRedirect(f"{form}#{wanted}-{place}")
        return None


class OneRowAdmin(LongTexts, admin.ModelAdmin):
    """Settings: their line opens the form of the one row there is."""

    def changelist_view(self, request, extra_context=None):
        row = self.model.load()
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
