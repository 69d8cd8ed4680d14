"""Links in mails to the desk: each may do one act on one comment, and asks before.

A link is good for the person it was mailed to, for fourteen days, until something is
decided, by the link or without it. A writer who puts her question in other words ends
none of them: its page shows these.
"""

from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

from comments.desk.seen import stage_of
from comments.models import Comment
from config import mail

SALT = "comments.mailed"
LINK_IS_VALID_FOR = 14 * 24 * 60 * 60
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


def of(comment, user):
    """Return the addresses by which a user may decide a comment, by their acts."""
    return {
        act: mail.absolute(reverse("comments:mailed", args=[token(comment, act, user)]))
        for act, right in ACTS.items()
        if user.has_perm(right)
    }


def token(comment, act, user):
    return signing.dumps([comment.pk, act, user.pk, stage_of(comment)], salt=SALT)


def follow(token):
    """Return what a link may do, or None where it may not any more."""
    try:
        said = signing.loads(token, salt=SALT, max_age=LINK_IS_VALID_FOR)
    except signing.BadSignature:
        return None
    pk, act, user, stage = said
    rows = Comment.objects.select_related("guide", "parent").with_state()
    comment = rows.filter(pk=pk).first()
    user = get_user_model().objects.filter(pk=user, is_staff=True).first()
    is_good = comment and user and user.has_perm(ACTS[act])
    if not is_good or stage_of(comment) != stage:
        return None
    return Link(comment, act, user)
