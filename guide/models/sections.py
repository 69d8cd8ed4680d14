from django.db import models
from django.utils.translation import gettext_lazy as _

from guide.models.fields import ProseField
from guide.models.shown import Shown


class Section(Shown):
    """A heading and prose, before or after the exercises."""

    way_to_guide = "guide"

    class Kind(models.TextChoices):
        WHY = "why", _("why")
        HOW_MANY = "how-many", _("how many")
        TIPS = "tips", _("tips")
        SAFETY = "safety", _("safety")
        QUESTIONS = "questions", _("questions")
        OTHER = "other", _("other")

    class Place(models.TextChoices):
        BEFORE = "before", _("before the exercises")
        AFTER = "after", _("after the exercises")

    guide = models.ForeignKey(
        "guide.Guide", on_delete=models.CASCADE, related_name="sections"
    )
    place = models.CharField(
        _("place"), max_length=6, choices=Place, default=Place.BEFORE
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OTHER)
    heading = models.CharField(_("heading"), max_length=120)
    prose = ProseField(_("text"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.heading
