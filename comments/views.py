from functools import wraps

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from comments import checks, copies, feeds, mail, privacy, shown, thread
from comments.forms import ChangeForm, QuestionForm, find
from comments.models import Comment, EmailAddress, Settings
from config import csrf, limits, pagecache
from config.copies import as_file
from guide import sharing
from guide.models import Guide
from guide.views import retired

QUESTIONS_PER_PAGE = 20


class SeeOther(HttpResponseRedirect):
    status_code = 303


def at_its_own_address(view):
    """Let a view begin with the comment whose address only its writer knows."""

    @wraps(view)
    def found(request, secret):
        comment = Comment.objects.select_related("guide").filter(secret=secret).first()
        return view(request, comment) if comment else gone(request)

    return found


@csrf.answers_failure
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request):
    """Ask below a guide, or reply to a comment there."""
    guide = find(Guide.objects.once_published(), request.GET.get("guide"))
    if guide is None:
        raise Http404
    if guide.retired_at:
        return private(retired(request, guide))
    data = request.POST if request.method == "POST" else None
    settings = Settings.load_for(guide)
    is_open = settings.takes_questions(guide)
    form = QuestionForm(
        data,
        guide=guide,
        is_open=is_open,
        to=request.GET.get("to"),
        consent=settings.consent_version,
    )
    # The script on the guide's page asks for the form alone.
    is_part = request.headers.get("X-Requested-With") == "fetch" and is_open
    template = "comments/new.html#form" if is_part else "comments/new.html"
    context = {
        "form": form,
        "guide": guide,
        "last_day": settings.last_day(guide),
        "settings": settings,
    }
    if data is None:
        context["was_asked"] = not is_open and guide.comments.roots().exists()
        return private(render(request, template, context))
    has_failed = getattr(request, "csrf_failed", False)
    if has_failed:
        form.add_error(
            None,
            _(
                "This form needs one cookie of this site, only for sending it, and "
                "your browser sent none. Please press the button once more. If this "
                "comes again, your browser refuses cookies: allow them here first."
            ),
        )
    if not form.is_valid():
        status = 403 if has_failed or not is_open else 422
        context["flags"] = form.flags()
        return private(render(request, template, context, status=status))
    if "preview" in request.POST:
        context["preview"] = comment = form.made()
        context["flags"] = checks.turn_to(comment)
        return private(render(request, template, context))

    comment = form.sent_before()
    if comment is None:
        if wait := count(request, guide):
            context["flags"] = form.flags()
            return private(limits.too_many(request, wait, template, context))
        comment = form.save()
    if comment is None:
        return private(render(request, template, context, status=422))
    return see_receipt(comment)


@require_safe
@never_cache
def place(request, pk):
    """Lead to where a comment stands now: threads grow, and it moves to other pages."""
    below = Comment.objects.approved().filter(guide__in=Guide.objects.once_published())
    comment = below.select_related("guide", "root").filter(pk=pk).first()
    if comment is None or not comment.is_shown():
        raise Http404
    return HttpResponseRedirect(comment.get_absolute_url())


@require_safe
@never_cache
@at_its_own_address
def receipt(request, comment):
    """Show a comment to whoever wrote it, in whatever state it is."""
    settings = Settings.load_for(comment.guide)
    answers = comment.published_answers()
    context = {
        "comment": comment,
        "answers": answers,
        "is_answered": bool(answers) and comment.is_shown(),
        "flags": checks.turn_to(comment),
        "offer": privacy.offer(comment),
        "is_open": settings.takes_questions(comment.guide),
        "settings": settings,
        "chosen": EmailAddress.objects.chosen_since(comment),
        "refused": EmailAddress.objects.refused_since(comment),
    }
    return private(render(request, "comments/receipt.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_its_own_address
def change(request, comment):
    """Let a reader put it in other words, for a quarter of an hour."""
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, comment=comment)
    context = {"form": form, "comment": comment}
    status = 200
    if not comment.may_be_changed():
        status = 403
    elif data and form.is_valid():
        if wait := count(request, comment.guide):
            context["seconds"] = wait
            return private(
                limits.too_many(request, wait, "comments/change.html", context)
            )
        if not form.has_changed() or form.save():
            return see_receipt(comment)
        context |= {"comment": form.comment, "was_decided": True}
        status = 409
    elif data:
        status = 422
    return private(render(request, "comments/change.html", context, status=status))


@require_POST
@never_cache
@at_its_own_address
def show_less(request, comment):
    """Do what the receipt offers where a name or a way to reach somebody stands."""
    offer = privacy.offer(comment)
    if offer and (name := offer.names.get(request.POST.get("as"))):
        comment.show_less(name=name, words=offer.words)
    return see_receipt(comment)


@require_safe
@never_cache
@at_its_own_address
def copy(request, comment):
    """Hand a reader all that is stored of what she sent."""
    return private(as_file(copies.of(comment), "what-you-sent.json"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_its_own_address
def take_back(request, comment):
    """Ask on GET, erase on POST."""
    if comment.taken_back_at:  # its page says so
        return see_receipt(comment)
    if request.method == "POST":
        comment.take_back()
        return SeeOther(reverse("comments:taken_back"))
    return private(render(request, "comments/take_back.html", {"comment": comment}))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request, token):
    """Ask on GET, confirm on POST: mail scanners follow links, people press buttons."""
    address = mail.confirmed_by(token)
    if address is None:
        return private(render(request, "comments/link_expired.html", status=410))
    if request.method == "POST":
        address.confirm()
    if address.confirmed_at or address.stopped_at:  # asked once, and answered
        return SeeOther(reverse("comments:mails", args=[address.token]))
    return private(render(request, "comments/confirm.html", {"address": address}))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mails(request, token):
    """Say whether mails go to an address; one press stops them, or lets them come."""
    address = EmailAddress.objects.filter(token=token).first()
    if address is None:
        return gone(request)
    if request.method == "POST":
        # Only a mail sent there leads here: who presses has shown that it is hers.
        address.confirm() if "start" in request.POST else address.stop()
        return SeeOther(reverse("comments:mails", args=[token]))
    return private(render(request, "comments/mails.html", {"address": address}))


@require_safe
@never_cache
def taken_back(request):
    return private(render(request, "comments/taken_back.html"))


@require_safe
@pagecache.shared(query=("page",))
def questions(request):
    """All questions that were answered, the newest answer first."""
    number = thread.number(request.GET.get("page", "1"))
    start = (number - 1) * QUESTIONS_PER_PAGE
    if start < 0:
        raise Http404
    answers, has_more = shown.answered(start, start + QUESTIONS_PER_PAGE)
    if not answers and number > 1:
        raise Http404
    context = {
        "section": "questions",
        "canonical": sharing.canonical(request.path, number),
        "answers": answers,
        "number": number,
        "newer": number - 1,
        "older": number + 1 if has_more else 0,
        "settings": Settings.load(),
    }
    return render(request, "comments/questions.html", context)


@require_safe
@pagecache.shared()
def questions_feed(request):
    """The newest answers for a feed reader, each with its question."""
    return feeds.answered(Settings.load())


@require_safe
@pagecache.shared()
def feed(request, slug):
    """The newest below one guide; an old address of the guide leads on."""
    guide = Guide.objects.once_published().filter(slug=slug).first()
    if guide is None:
        guide = Guide.objects.once_at(slug)
        if guide is None:
            raise Http404
        return redirect("comments:feed", guide.slug, permanent=True)
    if guide.retired_at:
        return retired(request, guide)
    return feeds.of_guide(guide, Settings.load())


def count(request, guide):
    """Count this post; return the seconds to wait where it is one too many."""
    for name, key, limit, seconds in [
        ("comment-address", limits.address(request), 8, 600),
        ("comment-guide", guide.pk, 60, 3600),
        ("comment-site", "", 600, 3600),
    ]:
        if wait := limits.hit(name, key, limit=limit, seconds=seconds):
            return wait
    return 0


def see_receipt(comment):
    return SeeOther(reverse("comments:receipt", args=[comment.secret]))


def gone(request):
    """Say that nothing stands at a secret address any more."""
    return private(render(request, "comments/gone.html", status=404))


def private(response):
    """Keep a page about one reader out of every index."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
