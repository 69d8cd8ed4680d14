"""Many comments decided at once, or their last decisions taken back."""

from django.db import transaction

from comments import rights
from comments.desk.buttons import MOVES
from comments.desk.seen import as_seen
from comments.models import Comment


def move(tokens, *, button, user):
    """Decide those that are still as they were seen; return them, and how many not."""
    to, _sentence = MOVES[button]
    with transaction.atomic():
        found, changed = as_seen(tokens)
        may_answer = rights.may_answer(user)
        found = [
            comment
            for comment in found
            if comment.status != to and (may_answer or not comment.staff_id)
        ]
        Comment.objects.those(found).move(to=to, by=user, door="admin")
    return found, changed


def undo(tokens, *, user):
    """Take back the last decision on each; return them, and how many had changed."""
    with transaction.atomic():
        found, changed = as_seen(tokens)
        found = [one for one in found if rights.may_undo(user, one)]
        undone = [one for one in found if one.undo(by=user, door="admin")]
    return undone, changed + len(found) - len(undone)
