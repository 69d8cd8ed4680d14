from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEEP_EXCERPT = timedelta(days=30)


class BounceQuerySet(models.QuerySet):
    def unmatched(self):
        """Return those that name no letter and no reader of ours."""
        return self.filter(delivery=None, subscriber=None)

    def note(self, *, fingerprint, **values):
        """Write down what came back; return it, and whether it was not known yet.

        What comes once more is counted in the row of the first.
        """
        bounce, is_new = self.get_or_create(fingerprint=fingerprint, defaults=values)
        if not is_new:
            self.filter(pk=bounce.pk).update(times=F("times") + 1)
        return bounce, is_new

    def forget_excerpts(self):
        """Forget the words of what named no letter: they may hold an address."""
        before = timezone.now() - KEEP_EXCERPT
        return (
            self.filter(received_at__lt=before).exclude(excerpt="").update(excerpt="")
        )

    def forget_words_with(self, address):
        """Forget the words of what named no letter and holds this address."""
        kept = self.exclude(excerpt="")
        return kept.filter(excerpt__icontains=address).update(excerpt="")

    forget_words_with.alters_data = True
    note.alters_data = forget_excerpts.alters_data = True


class Bounce(models.Model):
    """What came back of a letter, by whichever door, and what it means."""

    class Kind(models.TextChoices):
        DEAD = "dead", _("the address does not exist")
        FULL = "full", _("the mailbox is full")
        BLOCKED = "blocked", _("the provider blocks us")
        REFUSED = "refused", _("sent back for another reason")
        GAVE_UP = "gave-up", _("could not be delivered for days")
        LATER = "later", _("late, still tried")
        AUTO = "auto", _("an automatic reply")
        COMPLAINT = "complaint", _("called spam by its reader")
        LEAVE = "leave", _("leaves by mail")
        UNKNOWN = "unknown", _("not understood")

    # With these a letter is back for good.
    FINAL = [Kind.DEAD, Kind.FULL, Kind.BLOCKED, Kind.REFUSED, Kind.GAVE_UP]

    class Door(models.TextChoices):
        SMTP = "smtp", _("reply of the mail server")
        MAILBOX = "mailbox", _("mailbox for returned letters")
        WEBHOOK = "webhook", _("word of the provider")

    received_at = models.DateTimeField(_("came at"), default=timezone.now)
    door = models.CharField(_("way"), max_length=10, choices=Door)
    kind = models.CharField(_("what it is"), max_length=10, choices=Kind)
    status = models.CharField(_("code"), max_length=11, blank=True)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    delivery = models.ForeignKey(
        "newsletter.Delivery",
        verbose_name=_("letter"),
        null=True,
        on_delete=models.CASCADE,
        related_name="bounces",
    )
    subscriber = models.ForeignKey(
        "newsletter.Subscriber",
        verbose_name=_("reader"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="bounces",
    )
    # Of what it was read from: the same thing read twice is one row.
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    times = models.PositiveIntegerField(_("times"), default=1)
    excerpt = models.TextField(
        _("how it begins"),
        blank=True,
        help_text=_("Kept for 30 days, where no letter of yours is named in it."),
    )

    objects = BounceQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned letter")
        verbose_name_plural = _("returned letters")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["-received_at"], name="newsletter_back_newest"),
            models.Index(
                fields=["received_at"],
                name="newsletter_excerpts",
                condition=~Q(excerpt=""),
            ),
        ]

    def __str__(self):
        words = str(self.get_kind_display())
        return words[:1].upper() + words[1:]
