from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """A step of a reader that her row does not tell, or tells no more.

    The row holds how she stands and since when. What that was before is noted here when
    it is overwritten, so nothing need be noted twice. It goes with its reader.
    """

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        LEFT = "left", _("Left the list")
        CAME_BACK = "came_back", _("Took the leaving back")
        PAUSED = "paused", _("Paused the letters")
        RESUMED = "resumed", _("Ended the pause")
        STOPPED = "stopped", _("Letters to this address stopped")
        LIFTED = "lifted", _("Let through again")
        MOVED = "moved", _("Chose another address")
        ENDED = "ended", _("The sign-up ended: its mail was sent back")

    subscriber = models.ForeignKey(
        "newsletter.Subscriber", on_delete=models.CASCADE, related_name="events"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("step of a reader")
        verbose_name_plural = _("steps of readers")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "kind", "at"],
                name="newsletter_a_step_is_noted_once",
                violation_error_message=_("This is noted already."),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()
