"""Whether a comment is still as it was when somebody looked: else she looks again.

A token names a comment and the state in which it was seen.
"""

import hashlib

from comments.models import Comment
from config.ids import is_id


def as_seen(tokens):
    """Return the comments that are as the tokens say, locked; and how many are not."""
    states = dict(token.partition(":")[::2] for token in tokens)
    ids = [int(pk) for pk in states if is_id(pk)]
    rows = Comment.objects.with_state().filter(pk__in=ids).to_write().order_by("pk")
    found = [one for one in rows if states.get(str(one.pk)) == state_of(one)]
    return found, len(states) - len(found)


def tokens_of(comments):
    """Return these comments in the state they are in now, to be sent back later."""
    return " ".join(map(token_of, Comment.objects.those(comments).with_state()))


def token_of(comment):
    return f"{comment.pk}:{state_of(comment)}"


def state_of(comment):
    """Return what changes whenever somebody decides, answers or edits a comment."""
    words = f"{comment.name}\0{comment.body}".encode()
    return f"{stage_of(comment)}.{hashlib.sha256(words).hexdigest()[:12]}"


def stage_of(comment):
    """Return what changes whenever somebody decides or answers a comment."""
    if not hasattr(comment, "decision_count"):
        comment = comment.row.with_state().get()
    return f"{comment.status}.{comment.decision_count}.{comment.answer_count}"


def are_other_words(before, now):
    """Whether between two states nothing happened but that the words were changed."""
    return before != now and before.rpartition(".")[0] == now.rpartition(".")[0]
