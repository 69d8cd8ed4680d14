"""The list of readers as a file: up into the admin, and down from it."""

import tempfile

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from moving import arrivals, subscribers
from moving.forms import ListArrivalForm, ListForm
from moving.views import for_staff_who
from newsletter.models import Subscriber

CSV = "csv"
SHOWN_ACTS = 10


# Up


@for_staff_who("newsletter.add_subscriber")
@require_http_methods(["GET", "HEAD", "POST"])
def readers_in(request):
    """Ask for a file; say what would happen; take it in when the button is pressed."""
    if request.method != "POST":
        return _ask(request, ListForm())
    if "arrival" in request.POST:
        return _take(request)
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form)
    file = form.cleaned_data["file"]
    try:
        report = subscribers.take_in(file, form.reading(file.name), is_dry_run=True)
        arrival = arrivals.keep(file, ending=CSV)
    except (ValidationError, OSError) as error:
        form.add_error("file", getattr(error, "messages", arrivals.NO_ROOM))
        return _ask(request, form)
    values = form.cleaned_data | {"arrival": arrival, "name": file.name}
    context = {"report": report, "form": ListArrivalForm(initial=values)}
    return _show(request, "readers_in_report", _("Before they are taken in"), context)


def _take(request):
    """Take in a list that waits, or let it go."""
    form = ListArrivalForm(request.POST)
    values = form.cleaned_data if form.is_valid() else {}
    path = arrivals.name(values.get("arrival"), ending=CSV)
    if not values or not default_storage.exists(path):
        return _ask_again(request, arrivals.GONE)
    if "leave" in request.POST:
        default_storage.delete(path)
        messages.success(request, _("Nothing was taken in."))
        return redirect("admin:newsletter_subscriber_changelist")
    with default_storage.open(path) as file:
        try:
            report = subscribers.take_in(
                file, form.reading(values["name"]), is_dry_run=False
            )
        except ValidationError as error:
            return _ask_again(request, error.messages)
    default_storage.delete(path)
    told = "; ".join(f"{number} {words}" for number, words, _lines in report.lines)
    _note(request, _("Took in a list of readers. %s") % told)
    messages.success(request, _("All of it is in place. %s.") % told)
    return redirect("admin:newsletter_subscriber_changelist")


def _ask_again(request, why):
    form = ListForm(request.POST)
    form.add_error("file", why)
    return _ask(request, form)


def _ask(request, form):
    return _show(request, "readers_in", _("Take in a list of readers"), {"form": form})


# Down


@for_staff_who("newsletter.export_subscriber")
@require_http_methods(["GET", "HEAD", "POST"])
def readers_out(request):
    """Say what the file holds and who took it before; hand it out on POST."""
    if request.method != "POST":
        context = {"number": subscribers.readers().count(), "acts": _acts()}
        return _show(
            request, "readers_out", _("The list of readers as a file"), context
        )
    stream = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    try:
        number = subscribers.write_out(stream)
    except OSError:
        messages.error(request, arrivals.NO_ROOM)
        return redirect("moving:readers_out")
    words = ngettext(
        "Took the list of readers as a file: %s reader.",
        "Took the list of readers as a file: %s readers.",
        number,
    )
    _note(request, words % number)
    stream.seek(0)
    name = f"readers-{timezone.localdate():%Y-%m-%d}.csv"
    return FileResponse(
        stream, as_attachment=True, filename=name, content_type="text/csv"
    )


def _note(request, words):
    """Write down in the admin's own record who moved the list; no addresses."""
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(Subscriber),
        object_repr=str(Subscriber._meta.verbose_name_plural),
        action_flag=CHANGE,
        change_message=words,
    )


def _acts():
    kind = ContentType.objects.get_for_model(Subscriber)
    acts = LogEntry.objects.filter(content_type=kind, object_id=None)
    return acts.select_related("user").order_by("-action_time", "-pk")[:SHOWN_ACTS]


def _show(request, template, title, context):
    form = context.get("form")
    context |= {
        **admin.site.each_context(request),
        "title": title,
        "opts": Subscriber._meta,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, f"admin/{template}.html", context, status=status)
