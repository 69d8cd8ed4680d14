from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

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
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the daily mail"),
        default=17,
        validators=[MaxValueValidator(23)],
        help_text=_(
            "From 0 to 23, by the clock of the site. It says what waits; where nothing "
            "waits there is none. What may be urgent is told at once."
        ),
    )
    has_excerpts = models.BooleanField(
        _("the first words of each question in mails to the desk"),
        default=False,
        help_text=_(
            "Readers write about their bodies, and mails lie about on many machines. "
            "Without it the words are read behind the link."
        ),
    )
    digest_sent_on = models.DateField(null=True, editable=False)

    class Meta(OneRow.Meta):
        verbose_name = _("settings of the comments")
        verbose_name_plural = _("settings of the comments")

    def __str__(self):
        return str(_("Settings of the comments"))
