import re
import uuid

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def in_short(reason):
    """Return a reason as readers get it: the reply's numbers are for the author."""
    return re.sub(r" \([245][ .\d]*\)$", "", reason)


class DeliveryQuerySet(models.QuerySet):
    def queued(self):
        return self.filter(state=Delivery.State.QUEUED)

    def unfinished(self):
        return self.filter(state__in=Delivery.UNFINISHED)

    def addressed(self):
        """Return those that were to leave, not those that say who was left out."""
        return self.filter(is_excluded=False)

    def left_alone(self):
        """Return those that nobody writes at this moment.

        A sender that marks a group never waits for us while we wait for it; what it
        marks leaves now, or is found unwanted by itself. Within a transaction.
        """
        keys = self.select_for_update(skip_locked=True).values("pk")
        return self.filter(pk__in=keys)

    @transaction.atomic
    def end_unsent(self, *, reason):
        """Skip what has certainly not left; what is being sent is let finish."""
        unsent = self.filter(state__in=Delivery.UNSENT)
        return unsent.left_alone().update(
            state=Delivery.State.SKIPPED, reason=reason, **_free()
        )

    @transaction.atomic
    def give_back(self):
        """Queue again what senders claimed and did not get to."""
        claimed = self.filter(state=Delivery.State.CLAIMED)
        return claimed.left_alone().update(state=Delivery.State.QUEUED, **_free())

    def come_back(self, *, reason):
        """Note of what was accepted that its provider sent it back after all."""
        return self.filter(state=Delivery.State.SENT).update(
            state=Delivery.State.FAILED,
            reason=reason[:300],
            returned_at=timezone.now(),
        )

    def retry(self):
        """Queue again what failed: the same letter, with the Message-ID it had."""
        return self.filter(state=Delivery.State.FAILED).update(
            state=Delivery.State.QUEUED,
            reason="",
            attempts=0,
            returned_at=None,
            not_before=timezone.now(),
            **_free(),
        )


def _free():
    return {
        "claimed_by": None,
        "claimed_until": None,
        "changed_at": timezone.now(),
    }


class Delivery(models.Model):
    """One issue to one recipient: the ledger. It holds no address and no text."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waits")
        CLAIMED = "claimed", _("about to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("accepted by the mail server")
        FAILED = "failed", _("sent back")
        SKIPPED = "skipped", _("not sent")

    UNSENT = [State.QUEUED, State.CLAIMED]
    UNFINISHED = [*UNSENT, State.SENDING]

    # Bounces point at it and the Message-ID carries it: a repeat has the same one.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issue = models.ForeignKey(
        "newsletter.Issue", on_delete=models.PROTECT, related_name="deliveries"
    )
    subscriber = models.ForeignKey(
        "newsletter.Subscriber",
        null=True,
        on_delete=models.SET_NULL,
        related_name="deliveries",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.QUEUED
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("failed tries"), default=0)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_by = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(_("since"), auto_now=True)
    # Set where it had been accepted first, at the moment in ``changed_at``.
    returned_at = models.DateTimeField(_("sent back at"), null=True, editable=False)
    # A row for who was on the list and was not addressed: it says why, from the start.
    is_excluded = models.BooleanField(default=False, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["issue", "state"], name="newsletter_by_state"),
            models.Index(
                fields=["issue", "not_before"],
                name="newsletter_waiting",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=["claimed_until"],
                name="newsletter_claims",
                condition=Q(claimed_until__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "subscriber"],
                name="newsletter_one_delivery_each",
                violation_error_message=_("This reader has the letter already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["claimed", "sending"])
                | Q(claimed_by=None, claimed_until=None),
                name="newsletter_claim_ends_with_its_state",
                violation_error_message=_("Only what is being sent is claimed."),
            ),
            models.CheckConstraint(
                condition=Q(is_excluded=False) | Q(state="skipped"),
                name="newsletter_excluded_is_not_sent",
                violation_error_message=_("Who was left out gets no letter."),
            ),
        ]

    def __str__(self):
        return f"{self.issue}: {self.get_state_display()}"
