from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guide.models.fields import ProseField
from guide.models.shown import Shown


class Author(Shown):
    """Who writes the guides and answers: the name and title that readers see."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
        help_text=_("Answers written by this user carry the name and title below."),
    )
    name = models.CharField(_("name"), max_length=80)
    title = models.CharField(
        _("title"),
        max_length=80,
        help_text=_("As it stands beside the name: Physiotherapist"),
    )
    credentials = models.CharField(
        _("credentials"),
        max_length=160,
        blank=True,
        help_text=_(
            "One line: Physiotherapist for pelvic health, 22 years in practice"
        ),
    )
    registration = models.CharField(
        _("registration"),
        max_length=120,
        blank=True,
        help_text=_("Board and number, as readers may look it up."),
    )
    photo = models.ForeignKey(
        "guide.Picture",
        verbose_name=_("photo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    bio = ProseField(_("about"), blank=True)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self):
        return self.name
