from django_prose_editor.fields import ProseEditorField

from guide import prose


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
