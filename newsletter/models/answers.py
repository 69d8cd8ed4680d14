from django.db import models
from django.utils.translation import gettext_lazy as _


class Answer(models.Model):
    """A mail that answered a sign-up, or why none could. It goes with its reader.

    It keeps which promise stood above the form, and on which page: what somebody asks
    for later does not change what was agreed to before.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Mail with the button to confirm")
        ALREADY = "already", _("Mail that the letter goes there already")
        BY_HAND = "by_hand", _("Mail that letters were stopped by hand")
        LIFTED = "lifted", _("Mail that letters start again, with a button to confirm")
        WELCOME = "welcome", _("Welcome mail")

    subscriber = models.ForeignKey(
        "newsletter.Subscriber", on_delete=models.CASCADE, related_name="answers"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    refusal = models.CharField(_("why it was sent back"), max_length=300, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)
    consent_page = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("answer to a sign-up")
        verbose_name_plural = _("answers to sign-ups")

    def __str__(self):
        return self.get_kind_display()
