from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.flags import say_something
from guide.models import Guide, OneRow, Shown

LONGEST_AWAY = timedelta(days=366)


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
        help_text=_(
            "Stands on the receipt until five questions are answered, “Tuesday "
            "evening”; then as long as the last answers took."
        ),
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
        _("version of the consent"),
        max_length=20,
        default="1",
        help_text=_("Kept with each question. Another consent is another version."),
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
    away_until = models.DateField(
        _("back on"),
        null=True,
        blank=True,
        help_text=_(
            "While you are away, readers see “Back on 3 March” where they ask. It "
            "goes by itself on that day."
        ),
    )
    away_note = models.CharField(
        _("sentence while you are away"),
        max_length=160,
        blank=True,
        default=_("Questions wait until then; none is lost."),
    )
    close_after_days = models.PositiveSmallIntegerField(
        _("close after days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "So many days after a guide was published it takes no more questions. "
            "Empty: they stay open."
        ),
    )
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the daily mail"),
        default=17,
        validators=[MaxValueValidator(23)],
        help_text=_(
            "From 0 to 23, by the clock of the site. It says what waits; where nothing "
            "waits there is none. What may be urgent is told at once; after three such "
            "mails in a quarter of an hour, the rest together."
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
    # The last address of which the tick has looked whether a comment bears it.
    addresses_seen = models.BigIntegerField(default=0, editable=False)

    # Of the guide that the row was loaded for.
    closes_alone, own_days = False, None

    class Meta(OneRow.Meta):
        verbose_name = _("settings of the comments")
        verbose_name_plural = _("settings of the comments")

    def __str__(self):
        return str(_("Settings of the comments"))

    def clean(self):
        super().clean()
        latest = timezone.localdate() + LONGEST_AWAY
        if self.away_until and self.away_until > latest:
            raise ValidationError(
                {"away_until": _("Choose a day within a year from now.")}
            )
        same_version = Settings.objects.filter(consent_version=self.consent_version)
        if same_version.exclude(consent=self.consent).exists():
            raise ValidationError(
                {
                    "consent_version": _(
                        "The consent says something else now: give it a new version, "
                        "such as today’s date. Each question remembers to which of "
                        "them its writer agreed."
                    )
                }
            )

    @classmethod
    def load_for(cls, guide):
        """Return the row, which knows of the days of this guide alone; one query."""
        alone = Closing.objects.filter(guide=guide.pk)
        row = cls.objects.annotate(
            closes_alone=Exists(alone), own_days=Subquery(alone.values("days"))
        )
        return row.get_or_create(pk=1)[0]

    @property
    def is_away(self):
        return bool(self.away_until) and timezone.localdate() < self.away_until

    def last_day(self, guide):
        """Return the last day on which one may ask below a guide, None without one."""
        days = self.own_days if self.closes_alone else self.close_after_days
        if days is None or guide.published_at is None:
            return None
        return timezone.localdate(guide.published_at) + timedelta(days=days)

    def takes_questions(self, guide):
        """Whether one may ask below a guide, or reply to what stands there."""
        last = self.last_day(guide)
        return guide.comments_open and (last is None or timezone.localdate() <= last)

    def moments(self, guide):
        """Return when what a guide's page says of asking changes by itself."""
        last = self.last_day(guide)
        days = [self.away_until, last and last + timedelta(days=1)]
        return [timezone.make_aware(datetime.combine(d, time.min)) for d in days if d]


class Closing(Shown):
    """How many days one guide takes questions, whatever holds for the others."""

    settings = models.ForeignKey(
        Settings, default=1, on_delete=models.CASCADE, related_name="closings"
    )
    guide = models.OneToOneField(
        Guide, verbose_name=_("guide"), on_delete=models.CASCADE, related_name="+"
    )
    days = models.PositiveSmallIntegerField(
        _("close after days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: its questions stay open."),
    )

    class Meta:
        verbose_name = _("guide that closes by itself")
        verbose_name_plural = _("guides that close by themselves")

    def __str__(self):
        return str(self.guide)
