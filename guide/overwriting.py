"""The admin's forms do not overwrite unseen what somebody else saved meanwhile."""

import hashlib
import json

from django.contrib.admin.utils import unquote
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from guide import changes, lists
from guide.models import bump

FIELD = "_stamp"


class Overwriting:
    """A form carries the stamp of what it was opened with; the first save that would
    overwrite something newer is held, and the form comes back with the newer stamp.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        request.overwrites = ""
        with transaction.atomic():
            if object_id and request.method == "POST" and FIELD in request.POST:
                row = self.get_object(request, unquote(object_id))
                request.overwrites = row and self.overwrites(request, row)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **options):
        form = super().get_form(request, obj, change=change, **options)
        form.overwrites = getattr(request, "overwrites", "")
        return form

    def render_change_form(self, request, context, *args, obj=None, **options):
        if obj:
            context["stamp"] = (
                f"{timezone.now().timestamp()} {self.stamp(request, obj)}"
            )
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def overwrites(self, request, row):
        """Return the sentence about what a form would overwrite, or ""."""
        opened, _space, stamp = request.POST[FIELD].partition(" ")
        # Whoever saves at the same moment waits here for us.
        bump()
        self.model._base_manager.select_for_update().filter(pk=row.pk).first()
        if stamp == self.stamp(request, row):
            return ""
        said = self.who_saved(request, row, opened)
        after = _("Save again, and what you typed takes its place.")
        if self.was_deleted(row):
            thing = {"thing": self.opts.verbose_name}
            said = _("This %(thing)s was deleted after you opened it.") % thing
            after = _(
                "Nothing you typed is lost: save again, and it stands there again as "
                "you typed it."
            )
        return format_html(
            '{} <a href="{}" target="_blank">{}</a> {}',
            said,
            request.get_full_path(),
            _("Look at what is saved now (opens in a new tab)."),
            after,
        )

    def was_deleted(self, row):
        """Say whether readers see it still, and what waits holds it no more."""
        guide = self.guide_of(row)
        there = changes.working(guide)
        is_written_there = there is not guide and row != guide
        return is_written_there and changes.counterpart(row, there) is None

    def get_formset_kwargs(self, request, row, inline, prefix):
        """Let what was sent of a list fit its rows, of which some may be gone."""
        options = super().get_formset_kwargs(request, row, inline, prefix)
        if row.pk and "data" in options:
            fk = inline.get_formset(request, row).fk.name
            rows = inline.model.objects.filter(**{fk: row.pk})
            may_add = inline.has_add_permission(request, row)
            lists.fit(options["data"], prefix, rows, fk=fk, may_add=may_add)
        return options

    def who_saved(self, request, row, opened):
        names = {"thing": self.opts.verbose_name}
        versions = changes.original(self.guide_of(row)).versions
        last = versions.select_related("saved_by__author").newest_first().first()
        if last is None or last.saved_at.timestamp() < _number(opened) or not last.by:
            return _("This %(thing)s was changed after you opened it.") % names
        names |= {"when": _when(timezone.localtime(last.saved_at)), "who": last.by}
        if last.saved_by == request.user:
            sentence = _(
                "You saved this %(thing)s %(when)s in another window, after you opened "
                "it here."
            )
        else:
            sentence = _("%(who)s saved this %(thing)s %(when)s, after you opened it.")
        return sentence % names

    def stamp(self, request, row):
        """Return a hash of all that the form of a row would write."""
        kept = [_values(self.model._base_manager.filter(pk=row.pk))]
        guide = self.guide_of(row)
        if changes.working(guide) is not guide:  # what is saved here goes there
            kept.append(changes.content(guide.working_copy))
        for field in self.opts.many_to_many:
            if field.remote_field.through._meta.auto_created:
                kept.append(sorted(getattr(row, field.name).values_list("pk")))
        for formset, _inline in self.get_formsets_with_inlines(request, row):
            ours = {formset.fk.name: row.pk}
            kept.append(_values(formset.model.objects.filter(**ours)))
        text = json.dumps(kept, cls=DjangoJSONEncoder)
        return hashlib.sha256(text.encode()).hexdigest()


def _values(rows):
    """Return what people write in rows; not when they were written or searched."""
    fields = rows.model._meta.concrete_fields
    names = [field.attname for field in fields if field.editable or field.primary_key]
    return list(rows.order_by("pk").values_list(*names))


def _when(moment):
    time = date_format(moment, "TIME_FORMAT")
    if moment.date() == timezone.localdate():
        return _("at %(time)s") % {"time": time}
    day = date_format(moment, "DATE_FORMAT")
    return _("on %(day)s at %(time)s") % {"day": day, "time": time}


def _number(text):
    try:
        return float(text)
    except ValueError:
        return 0.0
