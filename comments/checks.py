"""Why a reader's comment is held: one small function a check.

Each returns a sentence for whoever moderates, or None. None of them refuses, publishes
or sets a state: a person does.
"""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments import text
from comments.models import Comment, Status

FASTEST = 3  # seconds; nobody reads and writes in less
LINKS = 2
REMEMBERED = timedelta(days=7)


class Sent(NamedTuple):
    """What arrived beside the comment: the trap's content, the seconds it took."""

    trap: str
    seconds: float


def reasons(comment, sent):
    return [reason for check in CHECKS if (reason := check(comment, sent))]


def trap_is_filled(comment, sent):
    if sent.trap:
        return _("A field that people do not see was filled in.")
    return None


def was_quick(comment, sent):
    if sent.seconds < FASTEST:
        return _("It was sent within three seconds of opening the form.")
    return None


def has_many_links(comment, sent):
    count = len(text.links(comment.body))
    if count > LINKS:
        return ngettext(
            "It holds %(count)d link.", "It holds %(count)d links.", count
        ) % {"count": count}
    return None


def was_said_before(comment, sent):
    # With all states named, the index on state and time answers this.
    if Comment.objects.filter(
        status__in=Status.values,
        created_at__gt=timezone.now() - REMEMBERED,
        body=comment.body,
    ).exists():
        return _("The same text was sent before, within a week.")
    return None


CHECKS = [trap_is_filled, was_quick, has_many_links, was_said_before]
