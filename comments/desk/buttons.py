"""The buttons of a card: what each does, says, and where it stands."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models import Status, Tray

# Of those that move a comment, where to, and what is then said.
MOVES = {
    "_approve": (Status.APPROVED, gettext_lazy("Published without an answer.")),
    "_reject": (Status.REJECTED, gettext_lazy("Rejected. Nobody else can see it.")),
    "_spam": (Status.SPAM, gettext_lazy("Put among the spam.")),
    "_restore": (Status.PENDING, gettext_lazy("It waits again.")),
    "_remove": (Status.REMOVED, gettext_lazy("Taken off the page.")),
}
NAMES = {"_answer", "_correct", "_use", "_aside", "_take_up", *MOVES}


def pressed(data, *, among, default=None):
    """Return the name of the button with which a form was sent."""
    return next((name for name in data if name in among), default)


def offered(comment):
    """Return the buttons that make sense for a comment in its state."""
    words = {
        "_approve": _("Publish without answer")
        if comment.status == Status.PENDING
        else _("Publish"),
        "_restore": _("Back to waiting"),
        "_remove": _("Take off the page"),
        "_take_up": _("Take it up again"),
        "_spam": _("Spam"),
        "_reject": _("Reject"),
    }
    if comment.staff_id:
        is_shown = comment.status == Status.APPROVED
        return [(name, words[name]) for name in ["_remove" if is_shown else "_approve"]]
    names = {
        Status.PENDING: ["_approve", "_spam", "_reject"],
        Status.APPROVED: ["_restore", "_remove", "_spam", "_reject"],
    }.get(comment.status, ["_approve", "_restore"])
    if comment.tray == Tray.ASIDE:
        names = ["_take_up", *names]
    return [(name, words[name]) for name in names]
