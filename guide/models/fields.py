from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField, ProseEditorFormField

from guide import prose


class CountField(models.PositiveSmallIntegerField):
    """A whole number from 1 to ``most``, or empty; what does not fit is said short."""

    default_error_messages = {
        "invalid": _("Write a whole number, in figures."),
        "min_value": _("Write 1 or more, or leave it empty."),
        "max_value": _("Write %(limit_value)s at most."),
    }

    def __init__(self, *args, most=None, **options):
        if most:
            options["validators"] = [MinValueValidator(1), MaxValueValidator(most)]
        super().__init__(*args, **{"null": True, "blank": True} | options)

    def formfield(self, **options):
        codes = CountField.default_error_messages
        words = {code: self.error_messages[code] for code in codes}
        return super().formfield(**{"error_messages": words} | options)


class ProseField(ProseEditorField):
    """The author's rich text; whatever writes it, what is stored has been cleaned."""

    def __init__(self, *args, **options):
        options.setdefault("extensions", prose.EXTENSIONS)
        options.setdefault("sanitize", prose.clean)
        super().__init__(*args, **options)

    def clean(self, value, instance):
        if isinstance(value, str):
            prose.validate(value)
        return super().clean(value, instance)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return prose.clean(value) if isinstance(value, str) else value

    def formfield(self, **options):
        return super().formfield(**{"form_class": ProseFormField} | options)


class ProseFormField(ProseEditorFormField):
    """Rich text that can be read and written in a box without the editor, too."""

    def prepare_value(self, value):
        return prose.spread(value) if isinstance(value, str) else value

    def to_python(self, value):
        return prose.typed(super().to_python(value))

    def has_changed(self, initial, data):
        return super().has_changed(initial, prose.typed(data or ""))
