from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.states import Status

FINAL = "A decision is final: record another one."


class Act(models.TextChoices):
    MOVE = "", _("moved")
    ASIDE = "aside", _("set aside")
    TAKE_UP = "take-up", _("taken up again")
    REDACT = "redact", _("words struck out")
    UNDO = "undo", _("undone")


class DecisionQuerySet(models.QuerySet):
    """What happened stays written: rows are added, and go with their comment alone."""

    def record(self, comments, *, to=None, act=Act.MOVE, by=None, door, reason=""):
        """Write down an act on each of these; return the rows."""
        return self.bulk_create(
            Decision(
                comment=comment,
                was=comment.status,
                to=to or comment.status,
                act=act,
                by=by,
                door=door,
                checks=sorted({finding["check"] for finding in comment.findings}),
                reason=reason,
            )
            for comment in comments
        )

    def update(self, **values):
        raise TypeError(FINAL)

    def delete(self):
        raise TypeError(FINAL)


class Decision(models.Model):
    """Who moved a comment from which state to which, when, by which door."""

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.CASCADE, related_name="decisions"
    )
    was = models.CharField(max_length=10, choices=Status)
    to = models.CharField(max_length=10, choices=Status)
    act = models.CharField(max_length=10, choices=Act, blank=True, default=Act.MOVE)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    door = models.CharField(max_length=20)
    checks = models.JSONField(
        default=list, help_text="Names of the checks that had found something."
    )
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.was} → {self.to}"

    def save(self, *args, **options):
        if not self._state.adding:
            raise TypeError(FINAL)
        super().save(*args, **options)

    def delete(self, *args, **options):
        raise TypeError(FINAL)

    @property
    def may_be_undone(self):
        """Whether the way back is open.

        What was struck out is gone, and what its writer did is hers: she changed the
        text that was published, or erased what was spam.
        """
        return self.act != Act.REDACT and self.door != "writer"
