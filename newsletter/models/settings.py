from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from guide.models import OneRow, SiteSettings
from guide.models.fields import CountField, ProseField

LAST_DAY = 28  # each month has it


class Settings(OneRow):
    """What the letter says of itself."""

    title = models.CharField(
        _("heading of the box"), max_length=60, default=_("One letter a month")
    )
    promise = models.CharField(
        _("promise"),
        max_length=250,
        default=_(
            "The new guides, and one question from a reader, answered properly. "
            "You leave with one click, and if a letter ever fails to reach you, "
            "you can see why."
        ),
    )
    address_note = models.CharField(
        _("line at the field"),
        max_length=120,
        default=_("Used for the letter, shown to nobody."),
    )
    consent_version = models.CharField(
        _("version of the promise"), max_length=20, default="1"
    )
    sender_name = models.CharField(
        _("sender's name"), max_length=80, blank=True, help_text=_("Else the site's.")
    )
    sender_address = models.EmailField(
        _("sender's address of letters"),
        blank=True,
        help_text=_("Another than the one of confirmations is best."),
    )
    rate = models.PositiveIntegerField(
        _("letters a minute at most"), default=600, help_text=_("Ask your provider.")
    )
    connections = models.PositiveSmallIntegerField(
        _("connections to the mail server"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_(
            "1 to 10, at the same time. Ask your provider how many it allows; more are "
            "faster where it answers slowly."
        ),
    )
    bounce_address = models.EmailField(
        _("address for letters that come back"),
        blank=True,
        help_text=_(
            "Needs a mailbox that takes “name+anything@”, which the site reads where "
            "BOUNCE_MAILBOX_URL names it. Else they come back to the sender."
        ),
    )
    draft_day = CountField(
        _("a draft by itself on day"),
        most=LAST_DAY,
        default=1,
        help_text=_(
            "Of each month, with the guides that are new. There is none where nothing "
            "is new or a draft lies here already. Empty: never."
        ),
    )
    dkim_selector = models.CharField(
        _("name of the DKIM key"),
        max_length=63,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")],
        help_text=_(
            "The selector: in the source of a letter you got it stands behind “s=”. "
            "“Do mails arrive?” looks for the key by it."
        ),
    )
    # When a month's draft was last due, whether one was made or not.
    drafted_at = models.DateTimeField(null=True, editable=False)
    welcome = ProseField(
        _("welcome mail"),
        blank=True,
        help_text=_(
            "Goes once to who has just confirmed, with the links to leave and to the "
            "reader's own page below it. Empty: none."
        ),
    )
    # Waves of sign-ups, see newsletter/waves.py.
    flooded_at = models.DateTimeField(null=True, editable=False)
    warned_at = models.DateTimeField(null=True, editable=False)

    # When the mailbox for returned letters was last tried, and since when in vain.
    mailbox_tried_at = models.DateTimeField(null=True, editable=False)
    mailbox_down_since = models.DateTimeField(null=True, editable=False)
    mailbox_trouble = models.CharField(max_length=200, blank=True, editable=False)

    class Meta(OneRow.Meta):
        verbose_name = _("settings of the letter")
        verbose_name_plural = _("settings of the letter")

    def __str__(self):
        return str(_("Settings of the letter"))

    @property
    def write_to(self):
        """Where a reader writes whom no button helps, or ""."""
        return SiteSettings.load().contact_email or self.sender_address
