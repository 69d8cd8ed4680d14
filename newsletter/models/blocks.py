from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guide.models import Guide, Promotion, Shown
from guide.models.fields import ProseField


class Block(Shown):
    """A piece of a letter: a text, a guide, a promotion, or a question with its answer.

    A question was read from its guide and is kept in the letter's own words, and what
    a letter names is not deleted, so that what was sent says the same for ever.
    """

    class Kind(models.TextChoices):
        PROSE = "prose", _("text")
        GUIDE = "guide", _("guide")
        QUESTION = "question", _("question and answer")
        PROMOTION = "promotion", _("promotion")

    issue = models.ForeignKey(
        "newsletter.Issue", on_delete=models.CASCADE, related_name="blocks"
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PROSE)
    prose = ProseField(_("text"), blank=True)
    question = models.TextField(_("question"), blank=True)
    guide = models.ForeignKey(
        Guide,
        verbose_name=_("guide"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="blocks",
    )
    promotion = models.ForeignKey(
        Promotion,
        verbose_name=_("promotion"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="blocks",
    )

    class Meta:
        verbose_name = _("part of a letter")
        verbose_name_plural = _("parts of the letter")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind="prose", question="", guide=None, promotion=None)
                    & ~Q(prose="")
                )
                | Q(
                    kind="guide",
                    prose="",
                    question="",
                    guide__isnull=False,
                    promotion=None,
                )
                | (
                    Q(kind="question", guide__isnull=False, promotion=None)
                    & ~Q(question="")
                    & ~Q(prose="")
                )
                | Q(
                    kind="promotion",
                    prose="",
                    question="",
                    guide=None,
                    promotion__isnull=False,
                ),
                name="newsletter_block_is_of_its_kind",
                violation_error_message=_(
                    "A part of the letter is one thing: a text, a guide, a question "
                    "with its answer, or a promotion."
                ),
            ),
            models.UniqueConstraint(
                fields=["issue", "guide"],
                condition=Q(kind="guide"),
                name="newsletter_each_guide_once",
                violation_error_message=_("This guide stands in the letter already."),
            ),
            models.UniqueConstraint(
                fields=["issue"],
                condition=Q(kind="promotion"),
                name="newsletter_one_promotion_a_letter",
                violation_error_message=_("One promotion is enough for a letter."),
            ),
        ]

    def __str__(self):
        """Name its letter too: who may not delete a guide reads where it stands."""
        names = {"part": self.in_words, "letter": self.issue}
        return _("%(part)s, in the letter “%(letter)s”") % names

    @property
    def in_words(self):
        match self.kind:
            case self.Kind.GUIDE:
                return str(self.guide)
            case self.Kind.PROMOTION:
                return str(self.promotion)
            case self.Kind.QUESTION:
                return self.question
        return str(self.get_kind_display())
