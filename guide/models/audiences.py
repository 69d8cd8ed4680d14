"""The people for whom a guide has a verdict, and the verdicts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guide.models.shown import Shown, ShownQuerySet, seen_by_readers


class AudienceQuerySet(ShownQuerySet):
    # Addresses of audiences to which everybody belongs: nothing to choose by.
    EVERYBODY = ("everybody", "general", "most-people")

    def to_choose_by(self):
        return self.exclude(slug__in=self.EVERYBODY)

    def with_limits(self):
        """Return those to whom a published guide says anything but a plain yes."""
        limits = Verdict.objects.limits().filter(
            seen_by_readers("guide__"), audience=models.OuterRef("pk")
        )
        return self.to_choose_by().filter(models.Exists(limits))


class Audience(Shown):
    """People for whom a guide has a verdict: pregnant, after birth, prolapse, …"""

    way_to_guide = "verdicts__guide"

    name = models.CharField(
        _("name"), max_length=60, help_text=_("As in a sentence: “after birth”.")
    )
    slug = models.SlugField(_("address"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class VerdictQuerySet(ShownQuerySet):
    def limits(self):
        """Return all but a plain yes, and but those to everybody."""
        return self.exclude(choice=Verdict.Choice.YES, note="").exclude(
            audience__slug__in=AudienceQuerySet.EVERYBODY
        )


class Verdict(Shown):
    """Whether a guide suits an audience."""

    way_to_guide = "guide"

    class Choice(models.TextChoices):
        YES = "yes", _("Suitable")
        CHANGE = "change", _("With changes")
        ASK = "ask", _("Ask first")
        NO = "no", _("Not for now")

        @classmethod
        def suitable(cls):
            return [cls.YES, cls.CHANGE]

    guide = models.ForeignKey(
        "guide.Guide", on_delete=models.CASCADE, related_name="verdicts"
    )
    audience = models.ForeignKey(
        Audience,
        verbose_name=_("audience"),
        on_delete=models.PROTECT,
        related_name="verdicts",
    )
    choice = models.CharField(_("verdict"), max_length=10, choices=Choice)
    note = models.CharField(
        _("note"),
        max_length=120,
        blank=True,
        help_text=_("Follows the audience: “from 6 weeks”, “sit, light band”."),
    )

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts: is it for me?")
        ordering = ["audience__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["guide", "audience"],
                name="guide_one_verdict_per_audience",
                violation_error_message=_("This audience has a verdict already."),
            )
        ]

    def __str__(self):
        return f"{self.get_choice_display()}: {self.audience}"

    def get_choice_display(self):
        """Return the verdict in words; Django's own makes a dictionary each time."""
        return str(self.Choice(self.choice).label) if self.choice else ""
