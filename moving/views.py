"""One guide as a file: down from the admin, and up into it."""

import tempfile

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.adminpages import for_staff_who
from guide.models import Guide
from guide.serialize import SHARED
from moving import arrivals, site
from moving.forms import ArrivalForm, FileForm


@for_staff_who("guide.view_guide")
@require_safe
def download(request, guide_id):
    guide = get_object_or_404(Guide, pk=guide_id)
    stream = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    try:
        site.export_guide(guide, stream)
        stream.seek(0)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("admin:guide_guide_change", guide.pk)
    except OSError as error:
        messages.error(request, arrivals.no_room(error))
        return redirect("admin:guide_guide_change", guide.pk)
    return FileResponse(stream, as_attachment=True, filename=f"{guide.slug}.zip")


@for_staff_who("guide.add_guide")
@require_http_methods(["GET", "HEAD", "POST"])
def read_in(request):
    """Ask for a file; say what is in it; take it in when the button is pressed."""
    if request.method != "POST":
        return _ask(request, FileForm())
    if "arrival" in request.POST:
        return _take(request)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form)
    try:
        report = site.import_guide(form.cleaned_data["file"], is_dry_run=True)
    except ValidationError as error:
        form.add_error("file", error)
        return _ask(request, form)
    try:
        arrival = arrivals.keep(form.cleaned_data["file"], ending="zip")
    except OSError as error:
        form.add_error("file", arrivals.no_room(error))
        return _ask(request, form)
    arrival_form = ArrivalForm(
        initial={"arrival": arrival}, may_replace=_may_replace(request, report)
    )
    return _show(request, "admin/read_in_report.html", report, form=arrival_form)


def _ask(request, form):
    return _show(request, "admin/read_in.html", None, form=form)


def _show(request, template, report, *, form):
    context = {
        **admin.site.each_context(request),
        "title": _("Read in a file"),
        "opts": Guide._meta,
        "form": form,
    }
    if report:
        _guides, *lines = report.lines
        context |= {
            "report": report,
            "lacking": _lacking(request, report),
            "news": [
                (kind, [*made, *mended])
                for kind, made, mended, _same in lines
                if made or mended
            ],
            "known": [(kind, same) for kind, _made, _mended, same in lines if same],
        }
    return render(request, template, context, status=422 if form.errors else 200)


def _take(request):
    """Take in a file that waits, or let it go."""
    form = ArrivalForm(request.POST, may_replace=True)
    name = _name(form.cleaned_data["arrival"]) if form.is_valid() else ""
    if not name or not default_storage.exists(name):
        again = FileForm(request.POST)
        again.add_error("file", arrivals.GONE)
        return _ask(request, again)
    if "leave" in request.POST:
        default_storage.delete(name)
        messages.success(request, _("Nothing was taken in."))
        return redirect("admin:guide_guide_changelist")
    with default_storage.open(name) as file:
        try:
            looked_at = site.import_guide(file, is_dry_run=True)
            if _lacking(request, looked_at) or (
                form.replaces and not _may_replace(request, looked_at)
            ):
                raise PermissionDenied
            report = site.import_guide(file, replaces=form.replaces, by=request.user)
        except ValidationError as error:
            again = FileForm(request.POST)
            again.add_error("file", error)
            return _ask(request, again)
    default_storage.delete(name)
    if not form.replaces:
        words = _("“%(guide)s” has arrived as a draft.")
    elif report.guide.waiting_since:
        words = _("“%(guide)s” is as in the file. Readers see it once you publish it.")
    else:
        words = _("“%(guide)s” is as in the file.")
    messages.success(request, words % {"guide": report.guide})
    return redirect("admin:guide_guide_change", report.guide.pk)


def _may_replace(request, report):
    return report.guide is not None and request.user.has_perm("guide.change_guide")


def _lacking(request, report):
    """Return in words which rows the file brings that this person may not make."""
    models = [shared.model for kind, shared in SHARED.items() if report.made[kind]]
    return get_text_list(
        [
            str(model._meta.verbose_name_plural)
            for model in models
            if not request.user.has_perm(f"guide.add_{model._meta.model_name}")
        ],
        _("and"),
    )


def _name(arrival):
    return arrivals.name(arrival, ending="zip")
