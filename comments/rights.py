"""Who may do what with a comment, beyond Django's own permissions."""

from django.utils.translation import gettext_lazy as _

from comments.models import Status

IS_HERS = _("What the author answered is hers to publish and to take off.")


def may_answer(user):
    return user.has_perm("comments.add_comment")


def may_undo(user, comment):
    """Whether a user may take back a decision; one that takes an answer off is hers."""
    if may_answer(user):
        return True
    if comment.staff_id:
        return False
    is_published = comment.status == Status.APPROVED
    return not (is_published and comment.published_answers().exists())
