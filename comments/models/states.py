"""In which state a comment is, where it lies on the desk, and the moves between."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("waiting")
    APPROVED = "approved", _("published")
    REJECTED = "rejected", _("rejected")
    SPAM = "spam", _("spam")
    REMOVED = "removed", _("removed")

    @property
    def stamps(self):
        """Return the columns that a move to this state sets or clears."""
        return {
            "decided_at": None if self == Status.PENDING else Now(),
            "approved_at": Now() if self == Status.APPROVED else None,
            "set_aside_at": None,
        }


class Tray(models.TextChoices):
    """Where what waits lies on the desk."""

    URGENT = "urgent", _("urgent")
    ANSWER = "answer", _("to answer")
    WAITING = "waiting", _("waiting")
    LIKELY = "likely", _("looks like spam")
    ASIDE = "aside", _("set aside")


class Moves:
    """The moves by their names, for one comment and for many."""

    def approve(self, **how):
        return self.move(to=Status.APPROVED, **how)

    def reject(self, **how):
        return self.move(to=Status.REJECTED, **how)

    def spam(self, **how):
        return self.move(to=Status.SPAM, **how)

    def restore(self, **how):
        """Put it back among those that wait."""
        return self.move(to=Status.PENDING, **how)

    def remove(self, **how):
        return self.move(to=Status.REMOVED, **how)

    approve.alters_data = reject.alters_data = spam.alters_data = True
    restore.alters_data = remove.alters_data = True
