from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guide.models.fields import ProseField
from guide.models.shown import Shown, ShownQuerySet, seen_by_readers


class TopicQuerySet(ShownQuerySet):
    def in_use(self):
        """Return those with a published guide, each with its ``count``."""
        return (
            self.filter(seen_by_readers("guides__"))
            .annotate(count=models.Count("guides"))
            .order_by("position", "title")
        )


class Topic(Shown):
    way_to_guide = "guides"

    title = models.CharField(_("title"), max_length=80)
    slug = models.SlugField(_("address"), unique=True)
    intro = ProseField(_("introduction"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_series = models.BooleanField(
        _("is a series"),
        default=False,
        help_text=_(
            "Its guides are parts to do one after the other, in the order of their "
            "places."
        ),
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("guide:topic", args=[self.slug])
