"""Links in mails to the desk: each may do one act on one comment, and asks before.

A link is good for the person it was mailed to, while the comment is as it was when the
mail was made, for fourteen days: whatever is decided meanwhile, by the link or without
it, ends it.
"""

from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comments import desk
from comments.models import Comment
from config import csrf, mail

SALT = "comments.mailed"
VALID_FOR = 14 * 24 * 60 * 60
# Each act with the right it needs.
ACTS = {
    "answer": "comments.add_comment",
    "approve": "comments.change_comment",
    "spam": "comments.change_comment",
}


class Link(NamedTuple):
    comment: Comment
    act: str
    user: object


def links(comment, user):
    """Return the addresses by which a user may decide a comment, by their acts."""
    return {
        act: mail.absolute(reverse("comments:mailed", args=[token(comment, act, user)]))
        for act, right in ACTS.items()
        if user.has_perm(right)
    }


def token(comment, act, user):
    return signing.dumps([comment.pk, act, user.pk, desk.state_of(comment)], salt=SALT)


def follow(token):
    """Return what a link may do, or None where it may not any more."""
    try:
        pk, act, user, state = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    rows = Comment.objects.select_related("guide", "parent").with_state()
    comment = rows.filter(pk=pk).first()
    user = get_user_model().objects.filter(pk=user, is_staff=True).first()
    is_good = comment and user and user.has_perm(ACTS[act])
    if not is_good or desk.state_of(comment) != state:
        return None
    return Link(comment, act, user)


@csrf.answers_failure
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mailed(request, token):
    """Show the comment and the one button on GET; do that one act on POST."""
    link = follow(token)
    if link is None:
        return gone(request)
    comment, data = link.comment, None
    typed = request.POST.get("answer", "")
    has_failed = getattr(request, "csrf_failed", False)
    if request.method == "POST":
        data = {
            f"_{link.act}": "",
            "answer": typed if link.act == "answer" else "",
            "seen": desk.state_of(comment),
        }
    form = desk.DeskForm(data, instance=comment, user=link.user, door="mail")
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
                query = "" if link.act == "spam" else f"?at={comment.pk}"
                return see_other(reverse("comments:mailed_done") + query)
        if follow(token) is None:  # somebody was quicker, by a moment
            return gone(request)
    context = {
        "comment": comment,
        "act": link.act,
        "form": form,
        "user_name": form.name_shown(),
        "card": desk.cards([comment], user=link.user, saved=[], form=form)[0],
    }
    status = 403 if has_failed else 422 if data else 200
    return private(render(request, "comments/mailed.html", context, status=status))


@require_safe
@never_cache
def mailed_done(request):
    at = request.GET.get("at", "")
    context = {"at": at if at.isascii() and at.isdecimal() and len(at) < 19 else ""}
    return private(render(request, "comments/mailed_done.html", context))


def gone(request):
    """Say that a link has had its time; what was typed behind it stands there."""
    context = {"typed": request.POST.get("answer", "")}
    return private(render(request, "comments/mailed_gone.html", context, status=410))


def see_other(address):
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return private(response)


def private(response):
    response.headers["X-Robots-Tag"] = "noindex"
    return response
