"""Why a reader's comment is held: one small function a check.

Each returns a finding, the check's name and the words that stand in the text, or None.
None of them refuses, publishes or sets a state: a person does.
"""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments import text
from comments.models import Comment, RedFlag, Status

FASTEST = 3  # seconds; nobody reads and writes in less
LINKS = 2
REMEMBERED = timedelta(days=7)


class Sent(NamedTuple):
    """What arrived beside the comment: the trap's content, the seconds it took."""

    trap: str = ""
    seconds: float = 60

    @classmethod
    def again(cls, comment):
        """Return what is known of how a comment came that is judged once more."""
        names = {finding["check"] for finding in comment.findings}
        return cls(
            trap="filled" if "trap" in names else "",
            seconds=0 if "quick" in names else FASTEST,
        )


def judge(comment, sent):
    """Note on a comment what the checks find; it is not saved."""
    comment.findings = [found for check in CHECKS if (found := check(comment, sent))]
    comment.is_urgent = any(f["check"] == "red_flag" for f in comment.findings)


def sentences(comment):
    return [sentence(finding) for finding in comment.findings]


def sentence(finding):
    """Return what was found as a sentence, for whoever moderates."""
    words = finding["words"]
    count = len(words)
    said = {
        "trap": _("A field that people do not see was filled in."),
        "quick": _("It was sent within three seconds of opening the form."),
        "links": ngettext(
            "It holds %(count)d link.", "It holds %(count)d links.", count
        ),
        "said_before": _("The same text was sent before, within a week."),
        "red_flag": _("A red flag: %(words)s."),
    }
    return said[finding["check"]] % {"count": count, "words": ", ".join(words)}


def turn_to(comment):
    """Return the red flags whose text the writer of this comment needs to read now."""
    flags = [finding["flag"] for finding in comment.findings if "flag" in finding]
    return list(RedFlag.objects.active().filter(pk__in=flags)) if flags else []


def found(check, words=(), **more):
    return {"check": check, "words": list(words)} | more


def trap_is_filled(comment, sent):
    return found("trap") if sent.trap else None


def was_quick(comment, sent):
    return found("quick") if sent.seconds < FASTEST else None


def has_many_links(comment, sent):
    links = text.links(comment.body)
    return found("links", links) if len(links) > LINKS else None


def was_said_before(comment, sent):
    # With all states named, the index on state and time answers this.
    same = Comment.objects.filter(
        status__in=Status.values,
        created_at__gt=timezone.now() - REMEMBERED,
        body=comment.body,
    )
    return found("said_before") if same.exclude(pk=comment.pk).exists() else None


CHECKS = [trap_is_filled, was_quick, has_many_links, was_said_before]
