from datetime import UTC
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _

from guide.models.fields import ProseField
from guide.models.shown import OneRow, Shown


def known_zone(name):
    """Raise ``ValidationError`` unless the name is a time zone of the tz database."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is no time zone. Write one like Europe/London."),
            params={"name": name},
        )


def site_zone():
    """Return the time zone in which people read dates."""
    return SiteSettings.load().zone_info


class SiteSettings(OneRow):
    """One row: what all pages share."""

    name = models.CharField(_("name of the site"), max_length=60, default="Upright")
    headline = models.CharField(
        _("headline"),
        max_length=120,
        default=_("Stand taller, one small exercise at a time."),
        help_text=_("The large words on the first page."),
    )
    tagline = models.CharField(
        _("tagline"),
        max_length=200,
        default=_("Clear guides to exercise with, made by a health professional."),
        help_text=_("One sentence below the headline."),
    )
    author = models.ForeignKey(
        "guide.Author",
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        help_text=_("Stands on the first page and on the page about the author."),
    )
    zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/London", validators=[known_zone]
    )
    contact_email = models.EmailField(
        _("contact address"),
        blank=True,
        help_text=_(
            "New questions are reported here. No page for everybody shows it; a reader "
            "whose letters were stopped by hand is told to write to it."
        ),
    )
    postal_address = models.CharField(
        _("postal address"),
        max_length=200,
        blank=True,
        help_text=_("Stands at the foot of every letter; many countries require it."),
    )
    disclaimer = models.CharField(
        _("disclaimer"),
        max_length=200,
        default=_(
            "General information by a health professional. "
            "It cannot see you, so it cannot replace someone who can."
        ),
        help_text=_("Stands at the foot of every page."),
    )

    class Meta(OneRow.Meta):
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")

    def __str__(self):
        return self.name

    @property
    def zone_info(self):
        """Return the zone; UTC where a script wrote a name that is none."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC


class Page(Shown):
    """A plain page: privacy, imprint, contact, accessibility."""

    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(
        _("address"), unique=True, help_text=_("privacy becomes /privacy/")
    )
    prose = ProseField(_("text"))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("guide:page", args=[self.slug])

    def clean(self):
        """Refuse an address at which another part of the site answers."""
        try:
            is_ours = resolve(f"/{self.slug}/").view_name == "guide:page"
        except Resolver404:
            return  # no address at all: the field says so
        if not is_ours:
            raise ValidationError(
                {
                    "slug": _(
                        "Another part of the site has this address. "
                        "Choose a different one."
                    )
                }
            )
