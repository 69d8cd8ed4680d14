"""Why a reader's comment is held: small functions in a row.

Each returns a finding, the check's name and the words as they stand in the text, or
None. None of them refuses, publishes or sets a state: a person does. What refuses, a
closed guide, length, a token, counts over time, stands in the form and the view.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.checks import known, people, sending, words
from comments.models import TRUSTED_AFTER, RedFlag

CHECKS = [
    sending.trap_is_filled,
    sending.was_quick,
    sending.was_said_before,
    sending.has_many_links,
    words.raises_a_flag,
    words.breaks_a_rule,
    words.praises_a_cure,
    words.looks_like_spam,
    people.imitates_author,
    people.says_who_she_is,
]


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
            seconds=0 if "quick" in names else sending.FASTEST,
        )


def judge(comment, sent):
    """Note on a comment what the checks find; it is not saved."""
    what = known.of(comment, sent)
    findings = [check(comment, what) for check in CHECKS]
    comment.findings = [finding for finding in findings if finding]
    comment.is_urgent = any(found["check"] == "red_flag" for found in comment.findings)
    comment.spam_score = what.verdict.score
    comment.is_trusted = (
        what.approved >= TRUSTED_AFTER
        and not comment.findings
        and not sending.links(what)
    )


def sentences(comment):
    """Return what was found as sentences: first what cannot wait."""
    findings = sorted(comment.findings, key=lambda one: one["check"] != "red_flag")
    return [sentence(finding) for finding in findings]


def sentence(finding):
    """Return what was found as a sentence, for whoever moderates."""
    count = len(finding["words"])
    said = {
        "trap": _("A field that people do not see was filled in."),
        "quick": _("It was sent within three seconds of opening the form."),
        "said_before": _("The same text was sent before, within a week."),
        "links": ngettext(
            "It holds %(count)d link.", "It holds %(count)d links.", count
        ),
        "red_flag": _("It holds words of a red flag: %(words)s."),
        "own_words": _("It holds words you look for: %(words)s."),
        "testimonial": _(
            "It praises a cure: %(words)s. In many places a health professional may "
            "not publish that."
        ),
        "spam": _("It reads like what you put among the spam: %(words)s."),
        "imitation": _("The name looks like one of yours: %(words)s."),
        "privacy": _("It tells who somebody is: %(words)s."),
    }
    # A check that is gone still has its name.
    sentence = said.get(finding["check"], finding["check"].replace("%", "%%"))
    return sentence % {"count": count, "words": ", ".join(finding["words"])}


def turn_to(comment):
    """Return the red flags whose text the writer of this comment needs to read now."""
    flags = [flag for found in comment.findings for flag in found.get("flags", ())]
    return list(RedFlag.objects.active().filter(pk__in=flags)) if flags else []
