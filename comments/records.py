"""What is kept of a thread, and of a reader, as plain data to hand out."""

from django.utils.translation import gettext as _

from comments import copies
from comments.models import Comment, Decision, EmailAddress


def of_thread(comment):
    """Return a thread in all states, with every decision and nobody's address."""
    comments = Comment.objects.of_thread(comment).order_by("pk")
    decisions = Decision.objects.filter(comment__in=comments.values("pk"))
    return {
        "guide": comment.guide.title,
        "address": comment.guide.get_absolute_url(),
        "comments": [
            said(one)
            | {
                "title": one.title,
                "is_staff": one.staff_id is not None,
                "parent": one.parent_id,
            }
            for one in comments
        ],
        "decisions": [
            {
                "comment": one.comment_id,
                "at": one.at.isoformat(),
                "was": one.was,
                "to": one.to,
                "by": one.by and one.by.get_username(),
                "act": one.act,
                "door": one.door,
                "checks": one.checks,
                "reason": one.reason,
            }
            for one in decisions.select_related("by").order_by("at", "pk")
        ],
    }


def of_reader(comments):
    """Return all that is kept of what one reader sent, and of mails to her."""
    rows = comments.select_related("guide").prefetch_related("decisions")
    rows = list(rows.order_by("pk"))
    addresses = EmailAddress.objects.filter(email__in={one.email for one in rows})
    return {
        "comments": [copies.of(one) for one in rows],
        "mails": [
            {
                _("e-mail address"): one.email,
                _("written to, last, at"): one.written_at,
                _("you said yes to mails at"): one.confirmed_at,
                _("you stopped the mails at"): one.stopped_at,
                _("its mail server refused ours at"): one.refused_at,
            }
            for one in addresses
        ],
    }


def said(comment):
    moments = ("created_at", "decided_at", "approved_at", "taken_back_at")
    return {
        "id": comment.pk,
        "name": comment.name,
        "text": comment.body,
        "state": comment.status,
        "note": comment.note,
    } | {
        name: moment and moment.isoformat()
        for name in moments
        if (moment := getattr(comment, name)) or name == "created_at"
    }
