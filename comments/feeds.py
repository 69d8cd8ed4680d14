"""The feed of a guide's questions and answers."""

from django.urls import reverse
from django.utils.translation import gettext as _

from comments import shown
from guide import feeds, sharing
from guide.feeds import fit


def of_guide(guide):
    feed = feeds.begin(
        title=_("Questions: %(title)s") % {"title": guide.title},
        words=_("What readers ask below this guide, and what is answered."),
        page=guide.get_absolute_url(),
        path=reverse("comments:feed", args=[guide.slug]),
    )
    for comment in shown.newest(guide, feeds.MOST):
        # It may be old when it is approved: then it is new to those who follow.
        changed_at = max(comment.created_at, comment.approved_at)
        feed.add_item(
            title=_title(comment),
            link=sharing.absolute(comment.permalink),
            description=fit(comment.body_html),  # escaped when it was saved
            unique_id=feeds.tag(f"comment-{comment.pk}", comment.created_at),
            pubdate=comment.created_at,
            updateddate=changed_at,
            author_name=fit(comment.name),
        )
    return feeds.answer(feed)


def _title(comment):
    if comment.staff_id:
        words = _("%(name)s answers")
    elif comment.parent_id:
        words = _("%(name)s replies")
    else:
        words = _("%(name)s asks")
    return fit(words % {"name": comment.name})
