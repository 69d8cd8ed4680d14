"""What readers see of the comments in lists, in feeds and in the search."""

from django.db.models import Q
from django.urls import reverse

from comments import thread
from comments.models import Comment, Status
from guide.models import SearchEntry

MOST_SEARCHED = 200  # answered questions a guide, the newest


def answered(start, end):
    """Return a slice of the newest answers that show, and whether more follow."""
    found = list(
        Comment.objects.newest_answers().values_list("pk", flat=True)[start : end + 1]
    )
    answers = Comment.objects.filter(pk__in=found[: end - start])
    answers = answers.select_related("guide", "parent")
    answers = sorted(answers, key=lambda answer: found.index(answer.pk))
    return visible(answers), len(found) > end - start


def newest(guide, most):
    """Return the newest comments that show below a guide, the newest first."""
    found = (
        guide.comments.approved()
        .filter(Q(root=None) | Q(root__status=Status.APPROVED), taken_back_at=None)
        .order_by("-created_at", "-pk")
        .values_list("pk", flat=True)[:most]
    )
    rows = Comment.objects.filter(pk__in=list(found)).order_by("-created_at", "-pk")
    return visible(list(rows))


def search_entries(guide):
    """Return what a search finds of a guide's questions: those answered that show."""
    answers = Comment.objects.latest_answers().filter(guide=guide)
    answers = visible(list(answers.select_related("parent")[:MOST_SEARCHED]))
    return [
        SearchEntry(
            kind=SearchEntry.Kind.QUESTION,
            address=reverse("comments:place", args=[answer.parent_id]),
            text=f"{answer.parent.body} {answer.body}",
        )
        for answer in answers
    ]


def visible(comments):
    """Return those of the comments that no hidden one above hides as well."""
    nested = {one.root_id for one in comments if one.parent_id != one.root_id}
    if not nested:
        return comments
    rows = (
        Comment.objects.approved()
        .filter(Q(pk__in=nested) | Q(root__in=nested))
        .values("id", "parent_id", "name", "created_at")
    )
    shown = {row["id"] for row in thread.in_reading_order(rows)}
    return [one for one in comments if one.parent_id == one.root_id or one.pk in shown]
