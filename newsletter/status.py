"""A reader's own pages: what became of her letters, and how she wants it from now on.

Two kinds of links lead here. One stands in every letter, is stored and valid for ever;
a letter may be forwarded, so it shows how things stand and lets one pause and leave. A
fresh one was mailed within the last hour: who has it reads the mails to that address.
"""

from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from config.copies import as_file
from config.pagecache import shared
from newsletter import addresses, copies, fates, tasks
from newsletter.forms import AddressForm, LinkForm, PauseForm, SignUpForm
from newsletter.models import PAUSES, Errand, Settings, Subscriber, fold
from newsletter.views import (
    answer_soon,
    ask_to_wait,
    count,
    of_one_reader,
    see_other,
    show,
)


def no_such_link(request):
    """Answer for the erased, and for an address of which a part got lost."""
    context = {"form": SignUpForm()}
    return show(request, "no_such_link", context, status=404)


def with_stored_link(view):
    """Give a view the reader whom the link in her letters names, if she is known."""

    @wraps(view)
    def for_reader(request, token):
        subscriber = Subscriber.objects.of_link(token)
        return view(request, token, subscriber) if subscriber else no_such_link(request)

    return for_reader


def with_fresh_link(view):
    """Give a view the reader whom a fresh link names; else offer to mail another."""

    @wraps(view)
    def for_reader(request, token):
        subscriber = Subscriber.objects.of_fresh_link(token)
        if subscriber:
            return view(request, token, subscriber)
        return ask_for_another(request)

    return for_reader


def ask_for_another(request):
    why = _(
        "This link works no more: its hour is over, what it was for is done, or a part "
        "of it got lost. If anything is left to do, have another one sent to you."
    )
    return show(request, "fresh_link", {"form": LinkForm(), "why": why}, status=410)


# By the link in every letter


@require_safe
@of_one_reader
def status(request, token):
    """Say in plain words what happened to a reader's last letters."""
    is_fresh = "." in token  # no stored one has it
    return fresh_status(request, token) if is_fresh else stored_status(request, token)


@with_stored_link
def stored_status(request, token, subscriber):
    return show(request, "status", {"subscriber": subscriber} | of(subscriber))


@with_fresh_link
def fresh_status(request, token, subscriber):
    context = {"subscriber": subscriber, "fresh": token}
    return show(request, "status", context | of(subscriber))


def of(subscriber):
    joined = fates.joined(subscriber)
    last = fates.of(subscriber, joined.first)
    return {
        "fates": last,
        "some_were_taken": any(fate.tone == "yes" for fate in last),
        "since": joined.since,
        "pauses": PAUSES,
        "words": Settings.load(),
    }


@require_POST
@of_one_reader
@with_stored_link
def pause(request, token, subscriber):
    form = PauseForm(request.POST)
    if form.is_valid():
        subscriber.pause(months=form.cleaned_data["months"])
    return see_other("newsletter:status", token)


@csrf_exempt  # RFC 8058: a mail program posts here; the address itself is the secret
@require_http_methods(["GET", "HEAD", "POST"])
@of_one_reader
def unsubscribe(request, token):
    """Ask on GET, leave on POST: a person by the button, a mail program by itself."""
    subscriber = Subscriber.objects.of_link(token)
    if request.method == "POST":
        if subscriber:
            subscriber.leave()
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("You have left the list.\n", content_type="text/plain")
    if not subscriber:
        return no_such_link(request)
    return show(request, "unsubscribe", {"subscriber": subscriber})


@require_POST
@of_one_reader
@with_stored_link
def come_back(request, token, subscriber):
    subscriber.come_back()
    return redirect("newsletter:status", token)


# A fresh link


@require_http_methods(["GET", "HEAD", "POST"])
@of_one_reader
def fresh_link(request):
    """Mail the link to her own page to whoever is known; answer alike for everybody."""
    if request.method != "POST":
        return show(request, "fresh_link", {"form": LinkForm()})
    form = LinkForm(request.POST)
    if not form.is_valid():
        return show(request, "fresh_link", {"form": form})
    if wait := count(request, "fresh-link", form.folded):
        return ask_to_wait(request, "fresh_link", {"form": form}, wait)
    known = Subscriber.objects.filter(email_key=fold(form.cleaned_data["email"]))
    # The queue is in the database: what is acknowledged here is kept.
    tasks.send_link.enqueue(known.values_list("pk", flat=True).first() or 0)
    return see_other("newsletter:link_sent")


@require_POST
@of_one_reader
@with_stored_link
def link_by_letter(request, token, subscriber):
    """Mail it to the reader of a letter; her address need not stand on the page."""
    folded = addresses.without_detours(subscriber.email)
    if wait := count(request, "fresh-link", folded):
        return ask_to_wait(request, "fresh_link", {"form": LinkForm()}, wait)
    tasks.send_link.enqueue(subscriber.pk)
    return see_other("newsletter:link_sent")


@shared()
@require_safe
def link_sent(request):
    return show(request, "link_sent")


# By a fresh link


@require_POST
@of_one_reader
@with_fresh_link
def confirm_again(request, token, subscriber):
    home = reverse("newsletter:subscribe")
    subscriber.agree(Settings.load().consent_version, page=home)
    subscriber.confirm()
    if subscriber.is_welcome_owed:
        answer_soon(subscriber)
    return see_other("newsletter:status", token)


@require_http_methods(["GET", "HEAD", "POST"])
@of_one_reader
@with_fresh_link
def change_address(request, token, subscriber):
    """Mail a button to the other address; until it is pressed nothing changes."""
    context = {"subscriber": subscriber, "fresh": token, "form": AddressForm()}
    if request.method != "POST":
        return show(request, "change_address", context)
    if typed := request.POST.get("neither"):  # of two spellings: she goes on writing
        context["form"] = AddressForm(initial={"email": typed})
        return show(request, "change_address", context)
    form = context["form"] = AddressForm(request.POST, subscriber=subscriber)
    if not form.is_valid():
        return show(request, "change_address", context)
    if form.meant:
        return show(request, "did_you_mean", context)
    if wait := count(request, "change-address", form.folded):
        return ask_to_wait(request, "change_address", context, wait)
    errand = subscriber.errands.create(
        kind=Errand.Kind.MOVE, email=form.cleaned_data["email"]
    )
    tasks.run_errand.enqueue(errand.pk)
    return see_other("newsletter:address_asked")


@shared()
@require_safe
def address_asked(request):
    return show(request, "address_asked")


@require_http_methods(["GET", "HEAD", "POST"])
@of_one_reader
def move(request, token):
    """Ask on GET, change the address on POST: the link was mailed to the new one."""
    try:
        errand = Errand.objects.for_move(token)
    except Errand.DoesNotExist:
        return show(request, "move_expired", {"form": LinkForm()}, status=410)
    if request.method == "POST":
        subscriber = errand.carry_out()
        # Telling the former address may wait for the tick, but need not.
        tasks.answer_owed.enqueue()
        return see_other("newsletter:status", subscriber.token)
    context = {"errand": errand, "write_to": Settings.load().write_to}
    return show(request, "move", context)


@require_safe
@of_one_reader
@with_fresh_link
def copy(request, token, subscriber):
    """Hand a reader all that is known of her."""
    return as_file(copies.of(subscriber), "what-we-know-of-you.json")


@require_http_methods(["GET", "HEAD", "POST"])
@of_one_reader
@with_fresh_link
def erase(request, token, subscriber):
    """Ask on GET, erase on POST."""
    if request.method == "POST":
        subscriber.erase()
        return see_other("newsletter:erased")
    return show(request, "erase", {"subscriber": subscriber, "fresh": token})


@shared()
@require_safe
def erased(request):
    return show(request, "erased")
