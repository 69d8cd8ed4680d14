"""A comment as it lies on the desk: with its context, and all that one decides by."""

import re
import secrets
from collections import defaultdict

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.html import escape, linebreaks
from django.utils.safestring import mark_safe

from comments import checks, redaction, rights
from comments.desk import buttons, seen
from comments.desk.deciding import DeskForm
from comments.models import Comment, SavedAnswer, Status

OTHERS = 3  # comments of the same reader


def of(comments, *, user, saved, form=None):
    """Return the comments as cards; two queries find what they need besides."""
    answers, others = answers_to(comments), others_of(comments)
    cards = [
        Card(
            comment,
            form or DeskForm(instance=comment, user=user, answers=answers[comment.pk]),
            answers[comment.pk],
            others.get(comment.pk, []),
        )
        for comment in comments
    ]
    for card, following in zip(cards, [*cards[1:], None], strict=False):
        card.form.offer(saved)
        card.then = following and following.comment.pk
    return cards


class Card:
    def __init__(self, comment, form, answers, others):
        self.comment = comment
        self.form = form
        self.answers = [one for one in answers if one.status != Status.REMOVED]
        self.others = others
        self.mark = secrets.token_urlsafe(8)  # of its form, see config/keeping.py
        self.token = seen.token_of(comment)
        is_hers = comment.staff_id and not form.may_answer
        self.buttons = [] if is_hers else buttons.offered(comment)
        is_waiting = comment.status == Status.PENDING
        self.reasons = checks.sentences(comment) if is_waiting else []
        self.is_urgent = is_waiting and comment.is_urgent
        self.body = marked(comment)

    @property
    def takes_answer(self):
        """Whether an answer is what one comes for; elsewhere it is a click away."""
        is_read = self.comment.status in {Status.PENDING, Status.APPROVED}
        return is_read and not self.comment.staff_id

    @property
    def may_set_aside(self):
        return self.comment.status == Status.PENDING and not self.comment.staff_id


def answers_to(comments):
    """Return the author's answers to these in any state, by what they answer."""
    answers = defaultdict(list)
    below = Comment.objects.filter(parent__in=comments, staff__isnull=False)
    for answer in below.order_by("created_at", "pk"):
        answers[answer.parent_id].append(answer)
    return answers


def others_of(comments):
    """Return the newest other comments from the addresses of these, by their ids.

    The first of them knows their ``number``.
    """
    emails = {comment.email for comment in comments if comment.email}
    if not emails:
        return {}
    newest = [F("created_at").desc(), F("pk").desc()]
    found = (
        Comment.objects.filter(email__in=emails)
        .annotate(
            number=Window(Count("pk"), partition_by=F("email")) - 1,
            place=Window(RowNumber(), partition_by=F("email"), order_by=newest),
        )
        # One more, for the comment itself may be among them.
        .filter(place__lte=OTHERS + 1)
        .select_related("guide")
        .order_by("place")
    )
    by_email = defaultdict(list)
    for one in found:
        by_email[one.email].append(one)
    return {
        comment.pk: [one for one in by_email[comment.email] if one != comment][:OTHERS]
        for comment in comments
    }


def marked(comment):
    """Return the text as paragraphs, with the words that the checks found marked."""
    words = {word for found in comment.findings for word in found.get("words", [])}
    if not any(words):
        return mark_safe(comment.body_html)  # escaped when it was saved
    # The longest first, and never over a line: a paragraph may begin there.
    found = "|".join(
        redaction.pattern(word).pattern
        for word in sorted(filter(None, words), key=len, reverse=True)
    )
    pieces = re.split(f"({found})", comment.body, flags=re.IGNORECASE)
    html = [
        f"<mark>{escape(piece)}</mark>"
        if n % 2 and "\n" not in piece
        else escape(piece)
        for n, piece in enumerate(pieces)
    ]
    return mark_safe(linebreaks("".join(html)))


def saved_answers(user):
    """Return what the user may start an answer with."""
    return list(SavedAnswer.objects.all()) if rights.may_answer(user) else []
