from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
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
        }


class DecisionManager(models.Manager):
    def record(self, moved, *, to, by, door, reason):
        self.bulk_create(
            Decision(
                comment=comment,
                was=comment.status,
                to=to,
                by=by,
                door=door,
                reason=reason,
            )
            for comment in moved
        )


class Decision(models.Model):
    """Who moved a comment from which state to which, when, by which door."""

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.CASCADE, related_name="decisions"
    )
    was = models.CharField(max_length=10, choices=Status)
    to = models.CharField(max_length=10, choices=Status)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    door = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = DecisionManager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.was} → {self.to}"
