"""The admin's page for a form whose row was deleted meanwhile: what was typed in it."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.shortcuts import render
from django.utils.choices import flatten_choices
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_prose_editor.fields import ProseEditorFormField

from config.ids import is_id
from guide import prose
from guide.models import Guide


def page(model_admin, request):
    """Answer what was sent to a form with all of it, to copy."""
    guide = _guide(request.POST.get("guide", ""))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Deleted meanwhile"),
        "opts": model_admin.opts,
        "guide": guide,
        "typed": list(_typed(model_admin, request, guide)),
    }
    return render(request, "admin/guide/gone.html", context, status=410)


def _guide(sent):
    """Return the guide that a form of an exercise named, where it is still there."""
    return Guide.with_copies.filter(pk=sent).first() if is_id(sent) else None


def _typed(model_admin, request, guide):
    """Yield (name, words) for each field of a form and of its lists that says any."""
    # A form of an exercise knows by its guide what one can choose there.
    row = model_admin.model()
    if guide:
        row.guide = guide
    yield from _fields(model_admin.get_form(request)(request.POST))
    for formset_class, inline in model_admin.get_formsets_with_inlines(request, row):
        prefix = formset_class.get_default_prefix()
        formset = formset_class(request.POST, instance=row, prefix=prefix)
        for number, form in enumerate(formset.forms, 1):
            which = f" {number}" if len(formset.forms) > 1 else ""
            for name, words in _fields(form):
                yield f"{capfirst(inline.verbose_name)}{which}: {name}", words


def _fields(form):
    for bound in form:
        if bound.is_hidden or bound.name == "DELETE" or not bound.value():
            continue
        if words := _words(bound):
            name = getattr(bound.field, "in_full", bound.label) or bound.name
            yield capfirst(name), words


def _words(bound):
    field, value = bound.field, bound.value()
    if isinstance(field, ProseEditorFormField):
        return mark_safe(prose.clean(value))
    if isinstance(field, forms.BooleanField):
        return _("yes")
    if isinstance(field, forms.ModelChoiceField):
        try:
            chosen = field.clean(value)
        except ValidationError:
            return ""
        rows = [chosen] if isinstance(chosen, Model) else chosen
        return ", ".join(map(str, rows))
    if isinstance(field, forms.ChoiceField):
        return dict(flatten_choices(field.choices)).get(value, value)
    return value
