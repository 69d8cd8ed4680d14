from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guide import dosage
from guide.models.exercises import Exercise
from guide.models.fields import CountField
from guide.models.guides import Guide
from guide.models.shown import Shown


def _range(what, label, **options):
    """Return the two columns of a range: "3" has no second, "up to 3" no first."""
    options["most"] = dosage.MOST[what]
    return CountField(label, **options), CountField(_("to"), **options)


class Dosage(Shown):
    """How many and how often, for a guide or for one exercise of it."""

    guide = models.OneToOneField(
        Guide, null=True, blank=True, on_delete=models.CASCADE, related_name="dosage"
    )
    exercise = models.OneToOneField(
        Exercise, null=True, blank=True, on_delete=models.CASCADE, related_name="dosage"
    )
    repetitions_min, repetitions_max = _range("repetitions", _("repetitions"))
    sets_min, sets_max = _range("sets", _("sets"))
    hold_min, hold_max = _range("hold", _("hold, seconds"))
    rest_min, rest_max = _range("rest", _("rest between sets, seconds"))
    times_a_day_min, times_a_day_max = _range("times_a_day", _("times a day"))
    days_a_week_min, days_a_week_max = _range(
        "days_a_week",
        _("days a week"),
        error_messages={"max_value": _("A week has seven days.")},
    )
    tempo = models.CharField(
        _("tempo"), max_length=60, blank=True, help_text=_("“slowly”")
    )
    alternate_days = models.BooleanField(_("never two days in a row"), default=False)
    each_side = models.BooleanField(_("on each side"), default=False)
    effort = CountField(_("effort, of 10"), most=10)
    note = models.CharField(
        _("note"),
        max_length=200,
        blank=True,
        help_text=_("“New to this? One set of 8, twice this week, is a good start.”"),
    )

    class Meta:
        verbose_name = _("dosage")
        verbose_name_plural = _("dosage")
        constraints = [
            models.CheckConstraint(
                condition=Q(guide=None) ^ Q(exercise=None),
                name="guide_dosage_has_one_owner",
                violation_error_message=_(
                    "A dosage belongs to a guide or to an exercise, not to both."
                ),
            ),
            models.CheckConstraint(
                condition=Q(days_a_week_max=None) | Q(days_a_week_max__lte=7),
                name="guide_dosage_week_has_seven_days",
                violation_error_message=_("A week has seven days."),
            ),
            models.CheckConstraint(
                condition=Q(days_a_week_min=None) | Q(days_a_week_min__lte=7),
                name="guide_dosage_week_has_seven_days_at_least",
                violation_error_message=_("A week has seven days."),
            ),
            # Every other day for two weeks: four days in one, three in the next.
            models.CheckConstraint(
                condition=Q(alternate_days=False)
                | (
                    (Q(days_a_week_max=None) | Q(days_a_week_max__lte=4))
                    & (Q(days_a_week_min=None) | Q(days_a_week_min__lte=4))
                ),
                name="guide_dosage_alternate_days_fit_the_week",
                violation_error_message=_(
                    "“Never two days in a row” leaves 4 days a week at most. "
                    "Write fewer days, or take the tick away."
                ),
            ),
            models.CheckConstraint(
                condition=Q(rest_min=None, rest_max=None)
                | Q(sets_max__isnull=False, sets_max__gt=1)
                | Q(sets_max=None, sets_min=None)
                | Q(sets_max=None, sets_min__isnull=False, sets_min__gt=1),
                name="guide_dosage_rest_is_between_sets",
                violation_error_message=_(
                    "One set has no rest between sets. "
                    "Write more sets, or leave the rest empty."
                ),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{what}_max": None})
                    | Q(**{f"{what}_min": None})
                    | Q(**{f"{what}_min__lte": F(f"{what}_max")}),
                    name=f"guide_dosage_{what}_in_order",
                    violation_error_message=_(
                        "In a range the smaller number stands first."
                    ),
                )
                for what in dosage.RANGES
            ),
        ]

    def __str__(self):
        return self.words

    def clean(self):
        """Refuse a range the wrong way round, and a tick that says nothing alone."""
        faults = {}
        for what in dosage.RANGES:
            low, high = getattr(self, f"{what}_min"), getattr(self, f"{what}_max")
            if low and high and low > high:
                label = self._meta.get_field(f"{what}_min").verbose_name
                faults[f"{what}_max"] = _(
                    "In “%(range)s” the smaller number stands first."
                ) % {"range": label}
        if not (self.range("repetitions") or self.range("hold")):
            if self.each_side:
                faults["each_side"] = _(
                    "Say how many on each side, or take the tick away."
                )
            if self.tempo:
                faults["tempo"] = _("Say how many at this tempo, or leave it empty.")
        if self.alternate_days and not self.range("days_a_week"):
            faults["alternate_days"] = _(
                "Say on how many days a week, up to 4, or take the tick away."
            )
        if faults:
            raise ValidationError(faults)

    def range(self, what):
        """Return the two ends of a range, or None where it is empty.

        The first is None in "up to 3".
        """
        low, high = getattr(self, f"{what}_min"), getattr(self, f"{what}_max")
        return (low, high or low) if low or high else None

    @property
    def says_something(self):
        """Say whether anything was filled in: an emptied form leaves its row."""
        return bool(self.figures or self.note)

    @property
    def words(self):
        return dosage.words(self)

    @property
    def figures(self):
        return dosage.figures(self)
