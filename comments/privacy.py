"""What a reader is offered where more of her stands in a text than need be.

The check finds a full name, or an address or number to reach her by, beside words about
health. Nothing is changed before she says so.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from comments import redaction
from comments.models import NOBODY

AS_FIRST, AS_READER, AS_IT_IS = "first", "reader", "same"


@dataclass
class Offer:
    """The names she may choose from, by what her choice is called, and what goes."""

    names: dict
    words: list = field(default_factory=list)

    def is_of_the_name(self):
        return AS_IT_IS not in self.names


def offer(comment):
    """Return what the writer of a comment may choose, or None."""
    found = {
        word
        for finding in comment.findings
        if finding["check"] == "privacy"
        for word in finding["words"]
    }
    words = sorted(found.difference(redaction.missing(comment.body, found)))
    if any(word in comment.name for word in found):
        names = {AS_FIRST: first_name(comment.name), AS_READER: NOBODY}
        return Offer({how: name for how, name in names.items() if name}, words)
    return Offer({AS_IT_IS: comment.name}, words) if words else None


def first_name(name):
    """Return what somebody is called by who knows her, "" where that is not plain."""
    titles = {title.strip() for title in _("Dr, Mr, Mrs, Ms, Miss, Prof").split(",")}
    words = [word for word in name.split() if word.rstrip(".") not in titles]
    return words[0] if len(words) > 1 and words[0].isalpha() else ""
