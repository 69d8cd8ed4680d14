from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments import phrases


def say_something(lines):
    """Raise ``ValidationError`` where a line says nothing, too much, or it twice."""
    for find, words in [
        (
            phrases.too_short,
            _(
                "Very many words begin like “%(line)s”. Write at least three letters "
                "before the *, or the whole word without it."
            ),
        ),
        (
            phrases.idle,
            _("“%(line)s” holds no word to look for. Write one, or leave it out."),
        ),
        (
            phrases.twice,
            _("“%(line)s” stands here twice. Once is enough: leave one of them out."),
        ),
    ]:
        if found := find(lines):
            raise ValidationError(words, params={"line": found[0]})


class Urgency(models.IntegerChoices):
    """How soon somebody must look at it, the soonest first."""

    NOW = 1, _("now")
    TODAY = 2, _("today")
    DAYS = 3, _("in the next days")


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
            "fever is gone”) does not count; where it should, begin the line with ! "
            "Where words mean something else, name that in a line with ~ before it: "
            "“~chest press”."
        ),
    )
    urgency = models.PositiveSmallIntegerField(
        _("how urgent"),
        choices=Urgency,
        default=Urgency.TODAY,
        help_text=_(
            "The most urgent text stands first. Where words of a more urgent flag lie "
            "over those of this one, this one is silent."
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
        ordering = ["urgency", "pk"]

    def __str__(self):
        return self.name

    def meets(self, comments):
        """Return those of the comments in which its words stand."""
        return [
            comment
            for comment in comments
            if any(phrases.Text(f"{comment.name}\n{comment.body}").met(self.words))
        ]
