"""The list of readers as a file: up into the admin, and down from it."""

import tempfile

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from config.adminpages import for_staff_who
from moving import arrivals, lists, rows, subscribers, tables, tasks
from moving.forms import HowForm, ListForm
from moving.models import ReaderList
from newsletter.models import Subscriber

AT_ONCE = 1_000_000  # bytes; some seconds for more than ten thousand rows
SHOWN_ACTS = 10


# Up


@for_staff_who("newsletter.add_subscriber")
@require_http_methods(["GET", "HEAD", "POST"])
def readers_in(request):
    """Ask for a file, and look through it."""
    if request.method != "POST":
        return _ask(request, ListForm())
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form)
    file = form.cleaned_data["file"]
    try:
        guessed = _guessed(file)
        its = _keep(file, guessed, by=request.user)
    except ValidationError as error:
        form.add_error("file", error.messages)
        return _ask(request, form)
    except (OSError, DatabaseError) as error:
        form.add_error("file", arrivals.no_room(error))
        return _ask(request, form)
    # Where nobody knows which column holds the addresses, she is asked first.
    if guessed["columns"]["email"] is not None and its.count(guessed):
        _work_off(its)
        if its.trouble:
            _let_go(its)
            form.add_error("file", its.trouble)
            return _ask(request, form)
    return redirect("moving:readers_list", its.pk)


def _guessed(file):
    """Return how a file is to be read by what its columns are called."""
    table, reading = tables.Table(file), rows.Reading(file.name)
    reading.look_at(table)
    found = rows.places(table, reading)
    columns = {name: found.get(name) for name in rows.COLUMNS}
    return {"columns": columns, "status": "", "dates": "", "asks": False}


def _keep(file, reading, *, by):
    name = rows.printable(file.name)[:200]
    its = ReaderList(name=name, size=file.size, reading=reading, by=by)
    its.arrival = arrivals.keep(file, ending="csv")
    try:
        its.save()
    except DatabaseError:
        default_storage.delete(its.path)
        raise
    return its


def _work_off(its):
    """Do it now where that takes a moment, else leave it to the worker."""
    if its.size > AT_ONCE:
        tasks.work_off.enqueue(its.pk)
    else:
        lists.work(its)


@for_staff_who("newsletter.add_subscriber")
@require_http_methods(["GET", "HEAD", "POST"])
def readers_list(request, list_id):
    """Say what would become of a list, how far it is, or what became of it."""
    its = ReaderList.objects.filter(pk=list_id).first()
    if its is None:
        return _ask_again(request)
    if its.is_under_way or its.is_taken:
        return _how_far(request, its)
    if "leave" in request.POST:
        _let_go(its)
        messages.success(request, _("Nothing more was taken in."))
        return redirect("admin:newsletter_subscriber_changelist")
    if its.is_half_taken:
        return _rest(request, its)
    try:
        with default_storage.open(its.path) as file:
            return _choose(request, its, file)
    except FileNotFoundError:
        return _ask_again(request)


def _how_far(request, its):
    if request.method == "POST":  # pressed twice, or in another window
        return redirect("moving:readers_list", its.pk)
    template = "readers_in_progress" if its.is_under_way else "readers_in_done"
    return _show_list(request, template, its)


def _rest(request, its):
    """Say why it stopped on the way, and go on with it."""
    if "take" not in request.POST:
        return _show_list(request, "readers_in_rest", its)
    if its.take():
        _work_off(its)
    return redirect("moving:readers_list", its.pk)


def _choose(request, its, file):
    """Show how it is read and what comes of it; take it in as it was shown."""
    table = tables.Table(file)
    its.how().look_at(table)
    form = HowForm(request.POST or None, table=table, reading=its.reading)
    if request.method != "POST" or not form.is_valid():
        context = {"table": table, "form": form}
        return _show_list(request, "readers_in_report", its, context)
    is_wanted = "take" in request.POST
    if is_wanted and its.report and form.reading == its.reading:
        is_begun = its.take()
    else:
        is_begun = its.count(form.reading)
        if is_wanted:
            words = _("It is read in another way now. Look once more, then press.")
            messages.info(request, words)
    if is_begun:
        _work_off(its)
    return redirect("moving:readers_list", its.pk)


def _show_list(request, template, its, context=None):
    report = subscribers.Report.of(its.report)
    context = {"list": its, "report": report} | (context or {})
    return _show(request, template, its.name, context)


def _let_go(its):
    its.delete()
    default_storage.delete(its.path)


def _ask_again(request):
    messages.error(request, arrivals.GONE)
    return redirect("moving:readers_in")


def _ask(request, form):
    waiting = ReaderList.objects.exclude(step=ReaderList.Step.TAKEN)
    context = {"form": form, "lists": waiting}
    return _show(request, "readers_in", _("Take in a list of readers"), context)


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
        stream.seek(0)
    except OSError as error:
        messages.error(request, arrivals.no_room(error))
        return redirect("moving:readers_out")
    words = ngettext(
        "Took the list of readers as a file: %s reader.",
        "Took the list of readers as a file: %s readers.",
        number,
    )
    lists.note(request.user, words % number)
    name = f"readers-{timezone.localdate():%Y-%m-%d}.csv"
    return FileResponse(
        stream, as_attachment=True, filename=name, content_type="text/csv"
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
