"""Rows that stand in the order the author gives them: first, second, third."""

from django import forms
from django.utils.translation import gettext_lazy as _

FIRST = _("1 stands first. Empty comes last.")


class PlaceField(forms.IntegerField):
    """The place of a row in its list, as a number from 1; left empty, the last."""

    LAST = 999

    default_error_messages = dict.fromkeys(
        ["invalid", "min_value", "max_value"],
        _("Write the place as a number: 1 stands on top."),
    )

    def __init__(self, **options):
        options = {"label": _("Place"), "required": False} | options
        super().__init__(min_value=1, max_value=self.LAST, **options)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"inputmode": "numeric"}

    def clean(self, value):
        return super().clean(value) or self.LAST


class PlacedFormSet(forms.BaseInlineFormSet):
    """Shows and keeps its rows as first, second, third, whatever numbers they had."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.initial["position"] = index + 1 if form.instance.pk else None

    def save(self, commit=True):
        saved = super().save(commit)
        if commit:
            rows = self.in_order()
            kept = self.model.objects.filter(pk__in=[row.pk for row in rows])
            kept = dict(kept.values_list("pk", "position"))
            for position, row in enumerate(rows, 1):
                if kept[row.pk] != position:
                    row.position = position
                    row.save()
        return saved

    def in_order(self):
        """Return the rows by their places; one that was moved goes before another.

        What could not be saved is left out, and so is a row nobody wrote in.
        """
        rows = []
        for n, form in enumerate(self.forms):
            if self._stays(form):
                before = form.initial.get("position") or PlaceField.LAST
                place = form.instance.position
                rows.append((place, (place > before) - (place < before), n, form))
        return [form.instance for *_order, form in sorted(rows)]  # n settles each tie

    def _stays(self, form):
        is_written = form.instance.pk or form.has_changed()
        return is_written and not (form.errors or form.cleaned_data.get("DELETE"))
