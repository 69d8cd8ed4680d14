import hmac
from secrets import token_urlsafe

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.flags import say_something
from guide.models import OneRow


class Settings(OneRow):
    """What the author says around the comments."""

    invitation = models.CharField(
        _("invitation"),
        max_length=200,
        default=_(
            "I read every one and answer myself. No account; a nickname will do."
        ),
        help_text=_("Stands above the comments of a guide."),
    )
    usual_time = models.CharField(
        _("usual time to an answer"),
        max_length=80,
        default=_("within a week"),
        help_text=_("Stands on the receipt: “Tuesday evening”."),
    )
    answer_note = models.CharField(
        _("line below each answer"),
        max_length=160,
        default=_("General information. I cannot examine you from here."),
    )
    consent = models.CharField(
        _("consent"),
        max_length=300,
        default=_(
            "By sending it you agree that your name and text may be published here. "
            "You can take it back at any time."
        ),
        help_text=_("Stands at the button."),
    )
    consent_version = models.CharField(
        _("version of the consent"), max_length=20, default="1"
    )
    held_words = models.TextField(
        _("words you look for"),
        blank=True,
        validators=[say_something],
        help_text=_(
            "A comment that holds one is marked on the desk. One a line, written like "
            "those of a red flag."
        ),
    )
    day_key = models.CharField(max_length=43, default=token_urlsafe, editable=False)
    day_key_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(OneRow.Meta):
        verbose_name = _("settings of the comments")
        verbose_name_plural = _("settings of the comments")

    def __str__(self):
        return str(_("Settings of the comments"))

    def sender(self, address):
        """Return what is alike today for all that comes from this address.

        So short that many addresses share it, and its key is thrown away each day.
        """
        hidden = hmac.digest(self.day_key.encode(), address.encode(), "sha256")
        return hidden.hex()[:6]
