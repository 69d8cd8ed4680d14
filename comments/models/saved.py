from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedAnswer(models.Model):
    """What the author says again and again; a start for an answer of its own."""

    title = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        help_text=_("For you alone: “ask your surgeon”."),
    )
    text = models.TextField(_("text"), max_length=5000)

    class Meta:
        verbose_name = _("saved answer")
        verbose_name_plural = _("saved answers")
        ordering = ["title"]

    def __str__(self):
        return self.title
