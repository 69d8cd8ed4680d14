"""The pages to which the links in mails to the desk lead; nobody signs in for them."""

from django.db import transaction
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comments.desk import cards, links
from comments.desk.deciding import DeskForm
from comments.views import SeeOther, private
from config import csrf
from config.ids import is_id


@csrf.answers_failure
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mailed(request, token):
    """Show the comment and the one button on GET; do that one act on POST."""
    link = links.follow(token)
    if link is None:
        return gone(request)
    comment, data = link.comment, None
    typed = request.POST.get("answer", "")
    has_failed = getattr(request, "csrf_failed", False)
    if request.method == "POST":
        data = {
            f"_{link.act}": "",
            "answer": typed if link.act == "answer" else "",
            "seen": request.POST.get("seen", ""),
        }
    form = DeskForm(data, instance=comment, user=link.user, door="mail")
    if has_failed:
        form.add_error(
            None,
            _(
                "This page needs one cookie of this site, and your browser sent none. "
                "Nothing is lost: please press the button once more."
            ),
        )
    elif data:
        with transaction.atomic():
            if form.is_valid():
                form.decide()
                return private(SeeOther(done_url(form.instance)))
        link = links.follow(token)
        if link is None:  # somebody was quicker, by a moment
            return gone(request)
        # Its words may be others by now; what is pressed next is what this page shows.
        comment = form.instance = link.comment
    (card,) = cards.of([comment], user=link.user, saved=[], form=form)
    context = {
        "comment": comment,
        "act": link.act,
        "form": form,
        "user_name": form.name_shown,
        "card": card,
    }
    status = 403 if has_failed else 422 if data else 200
    return private(render(request, "comments/mailed.html", context, status=status))


def done_url(comment):
    """Return the page that says what was done; whoever opens it learns nothing else."""
    done = comment.status
    if comment.is_shown():
        done = comment.pk
    return f"{reverse('comments:mailed_done')}?done={done}"


@require_safe
@never_cache
def mailed_done(request):
    done = request.GET.get("done", "")
    context = {"done": done, "at": done if is_id(done) else ""}
    return private(render(request, "comments/mailed_done.html", context))


def gone(request):
    """Say that a link has had its time; what was typed behind it stands there."""
    context = {"typed": request.POST.get("answer", "")}
    return private(render(request, "comments/mailed_gone.html", context, status=410))
