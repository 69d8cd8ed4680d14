from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments import phrases


def say_something(lines):
    """Raise ``ValidationError`` where one of the lines can never be met."""
    if idle := phrases.idle(lines):
        raise ValidationError(
            _("“%(line)s” holds no word to look for. Write one, or leave it out."),
            params={"line": idle[0]},
        )


class RedFlagQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class RedFlag(models.Model):
    """Words that raise a comment, and where its writer is told to turn now."""

    name = models.CharField(_("name"), max_length=60)
    words = models.TextField(
        _("words"),
        validators=[say_something],
        help_text=_(
            "One a line. * stands for any ending, / between words that do alike, … for "
            "up to three words in between, + between parts that must both be there: "
            "“swollen/swell* … calf”, “fever + back”. What is denied (“no fever”, “the "
            "fever is gone”) does not count; where it should, begin the line with !"
        ),
    )
    text = models.TextField(
        _("where to turn now"), help_text=_("Stands on the receipt, as plain text.")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = RedFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("red flag")
        verbose_name_plural = _("red flags")
        ordering = ["pk"]

    def __str__(self):
        return self.name
