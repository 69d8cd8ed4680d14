"""The feeds of questions and answers: those of a guide, and all that are answered."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from comments import shown
from guide import feeds, sharing
from guide.feeds import fit


def of_guide(guide, settings):
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
            title=title(comment),
            link=sharing.absolute(comment.permalink),
            description=fit(said(comment, settings)),
            unique_id=feeds.tag(f"comment-{comment.pk}", comment.created_at),
            pubdate=comment.created_at,
            updateddate=changed_at,
            author_name=fit(comment.name),
        )
    return feeds.answer(feed)


def answered(settings):
    """The newest answers of all guides, each with its question."""
    feed = feeds.begin(
        title=_("Questions and answers"),
        words=_("What readers asked below the guides, and what was answered."),
        page=reverse("comments:questions"),
        path=reverse("comments:questions_feed"),
    )
    answers, _has_more = shown.answered(0, feeds.MOST)
    for answer in answers:
        question = answer.parent
        asked = f"<blockquote>{said(question, settings)}</blockquote>"
        feed.add_item(
            title=fit(
                _("%(name)s answers %(reader)s: %(guide)s")
                % {
                    "name": answer.name,
                    "reader": question.name,
                    "guide": answer.guide.title,
                }
            ),
            link=sharing.absolute(question.permalink),
            description=fit(asked + said(answer, settings)),
            unique_id=feeds.tag(f"answer-{answer.pk}", answer.created_at),
            pubdate=answer.created_at,
            updateddate=max(answer.created_at, answer.approved_at),
            author_name=fit(answer.name),
        )
    return feeds.answer(feed)


def said(comment, settings):
    """Return its words as HTML; below an answer stands what stands below it there."""
    note = format_html("<p>{}</p>", settings.answer_note) if comment.staff_id else ""
    return comment.body_html + note  # escaped when it was saved


def title(comment):
    if comment.staff_id:
        words = _("%(name)s answers")
    elif comment.parent_id:
        words = _("%(name)s replies")
    else:
        words = _("%(name)s asks")
    return fit(words % {"name": comment.name})
