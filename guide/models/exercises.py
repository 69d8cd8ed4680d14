from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from guide import figures, video
from guide.models.guides import Guide
from guide.models.shown import Shown, ShownQuerySet, seen_by_readers

MOST_STEPS = 40  # of one phase, as the author writes them


class BodyAreaQuerySet(ShownQuerySet):
    def in_use(self):
        """Return those with a published guide, each with its ``count``."""
        return (
            self.filter(seen_by_readers("exercises__guide__"))
            .annotate(count=models.Count("exercises__guide", distinct=True))
            .order_by("name")
        )


class BodyArea(Shown):
    """A part of the body in plain words; its place on the plate of the first page."""

    way_to_guide = "exercises__guide"

    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("address"), unique=True)
    place = models.CharField(
        _("place on the drawing"),
        max_length=20,
        choices=figures.places,
        null=True,
        blank=True,
        unique=True,
    )

    objects = BodyAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("body area")
        verbose_name_plural = _("body areas")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Equipment(Shown):
    way_to_guide = "exercises__guide"

    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("address"), unique=True)
    substitute = models.CharField(
        _("household substitute"),
        max_length=80,
        blank=True,
        help_text=_("“a long scarf”"),
    )
    is_household = models.BooleanField(
        _("every home has it"),
        default=False,
        help_text=_("A chair, a wall: a guide with only these needs no equipment."),
    )

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def icon(self):
        """Return the drawing that its address names, else a plain mark."""
        known = {"band", "ball", "chair"}.intersection(self.slug.split("-"))
        return known.pop() if known else "thing"


class ExerciseQuerySet(ShownQuerySet):
    def with_needs(self):
        """Fetch of each its position and what it needs, for a line of a list."""
        rows = self.only("guide", "position", "start_position").annotate(
            equipment_names=models.StringAgg("equipment__name", models.Value("\n"))
        )
        return rows.order_by(*self.model._meta.ordering)  # grouping forgets it


def new_uid():
    return get_random_string(12)


class Exercise(Shown):
    """One exercise of a guide, with its steps.

    Its ``uid`` stays whatever becomes of its name and place; in the working copy of its
    guide, and in an older version, the same exercise has the same.
    """

    way_to_guide = "guide"

    class Position(models.TextChoices):
        STANDING = "standing", _("standing")
        SUPPORTED = "supported", _("standing, supported")
        SEATED = "seated", _("seated on a chair")
        BALL = "ball", _("seated on a ball")
        KNEELING = "kneeling", _("kneeling")
        LYING = "lying", _("lying down")
        SIDE = "side", _("lying on one side")

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="exercises")
    uid = models.CharField(max_length=12, default=new_uid, editable=False)
    position = models.PositiveSmallIntegerField(_("place in the guide"), default=1)
    name = models.CharField(_("name"), max_length=80)
    label = models.CharField(
        _("own label"),
        max_length=80,
        blank=True,
        help_text=_("Instead of “Exercise 1”: “Upper Back Exercise 1”."),
    )
    lead = models.CharField(_("in a sentence"), max_length=200, blank=True)
    start_position = models.CharField(
        _("start position"), max_length=10, choices=Position, blank=True
    )
    setup_from = models.ForeignKey(
        "self",
        verbose_name=_("set up as for"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    breathing = models.CharField(
        _("breathing cue"),
        max_length=80,
        blank=True,
        help_text=_("“Out as you pull”"),
    )
    caution = models.CharField(_("caution"), max_length=200, blank=True)
    equipment = models.ManyToManyField(
        Equipment, verbose_name=_("equipment"), blank=True, related_name="exercises"
    )
    areas = models.ManyToManyField(
        BodyArea, verbose_name=_("body areas"), blank=True, related_name="exercises"
    )
    figure_start = models.CharField(
        _("drawing of the start"), max_length=40, choices=figures.choices, blank=True
    )
    figure_finish = models.CharField(
        _("drawing of the finish"), max_length=40, choices=figures.choices, blank=True
    )
    picture = models.ForeignKey(
        "guide.Picture",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    clip_start = models.PositiveIntegerField(
        _("begins in the video, seconds"), null=True, blank=True
    )
    clip_end = models.PositiveIntegerField(
        _("ends in the video, seconds"), null=True, blank=True
    )

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["guide", "uid"],
                name="guide_exercise_stands_once",
                violation_error_message=_("Two exercises have the same id."),
            ),
            models.CheckConstraint(
                condition=Q(setup_from=None) | ~Q(setup_from=F("id")),
                name="guide_exercise_is_not_its_own_setup",
                violation_error_message=_(
                    "Choose another exercise, or write the set-up here."
                ),
            ),
            models.CheckConstraint(
                condition=Q(clip_end=None)
                | Q(clip_start__isnull=False, clip_start__lt=F("clip_end")),
                name="guide_exercise_clip_ends_after_start",
                violation_error_message=_(
                    "In the video the exercise must begin before it ends."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{self.guide.get_absolute_url()}#{self.anchor}"

    def clean(self):
        seen, other = {self.pk}, self.setup_from
        while other is not None:
            if other.pk in seen and other.pk is not None:
                raise ValidationError(
                    {
                        "setup_from": _(
                            "These exercises would send each other round in a circle."
                        )
                    }
                )
            seen.add(other.pk)
            other = other.setup_from
        if self.clip_start is None and self.clip_end is not None:
            raise ValidationError({"clip_start": _("Write where it begins.")})
        if self.guide_id:
            _check_moments(self, self.guide.video, clip_start=1, clip_end=0)

    @property
    def is_seated(self):
        return self.start_position in {self.Position.SEATED, self.Position.BALL}

    @property
    def needs(self):
        """Return the names of its equipment; a list has them from ``with_needs``."""
        if not hasattr(self, "equipment_names"):
            return [thing.name for thing in self.equipment.all()]
        return sorted((self.equipment_names or "").splitlines())

    @property
    def position_in_short(self):
        """Return the start position as lists say it."""
        if self.start_position == self.Position.SEATED:
            return _("seated")
        # Not Django's own display, which makes a dictionary of all choices each time.
        return self.start_position and self.Position(self.start_position).label

    @property
    def icon(self):
        """Return the drawing of its start position."""
        return {
            "seated": "sit",
            "ball": "ball",
            "kneeling": "kneel",
            "lying": "lie",
            "side": "lie",
        }.get(self.start_position, "stand")

    @cached_property
    def anchor(self):
        """Return its place on the page; the page sees to it that no two are alike."""
        return f"exercise-{slugify(self.name) or self.pk}"

    def write_steps(self, *, phase, lines):
        """Replace the steps of a phase by pairs of text and footnote.

        A step whose text stays, or is but mended, keeps its row, and with it its
        picture and its moment in the video.
        """
        with transaction.atomic():
            before = list(self.steps.filter(phase=phase))
            rows = [None] * len(lines)
            for find in (_same, _alike):
                for n, (text, _footnote) in enumerate(lines):
                    if rows[n] is None and (step := find(before, text)):
                        before.remove(step)
                        rows[n] = step
            for n, (text, footnote) in enumerate(lines):
                step = rows[n] or Step(exercise=self, phase=phase)
                step.position, step.text, step.footnote = n + 1, text, footnote
                step.save()
            Step.objects.filter(pk__in=[step.pk for step in before]).delete()

    write_steps.alters_data = True


def _check_moments(row, film, **spare):
    """Refuse moments at which a film is over, or so many seconds before its end."""
    for name, seconds in spare.items():
        moment = getattr(row, name)
        if film and moment is not None and moment + seconds > film.duration:
            sentence = _("The video is over at %(end)s. Choose an earlier moment.")
            raise ValidationError(
                {name: sentence % {"end": video.clock(film.duration)}}
            )


def _same(steps, text):
    return next((step for step in steps if step.text == text), None)


def _alike(steps, text):
    close = get_close_matches(text, [step.text for step in steps], n=1)
    return _same(steps, close[0]) if close else None


class Step(Shown):
    """One line of what to do; its footnote stands right below it."""

    way_to_guide = "exercise__guide"

    class Phase(models.TextChoices):
        SETUP = "setup", _("Set up")
        ACTION = "action", _("Action")

    exercise = models.ForeignKey(
        Exercise, on_delete=models.CASCADE, related_name="steps"
    )
    phase = models.CharField(_("phase"), max_length=6, choices=Phase)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    text = models.CharField(_("text"), max_length=400)
    footnote = models.CharField(_("footnote"), max_length=400, blank=True)
    picture = models.ForeignKey(
        "guide.Picture",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    at = models.PositiveIntegerField(_("in the video, seconds"), null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["phase", "position", "pk"]

    def __str__(self):
        return self.text

    def clean(self):
        if self.exercise_id:
            _check_moments(self, self.exercise.guide.video, at=1)


class Variation(Shown):
    """One exercise beside another. “Easier” is the inverse and never stored."""

    class Kind(models.TextChoices):
        PROGRESSION = "progression", _("progression: harder")
        SEATED = "seated", _("seated")
        WITHOUT_EQUIPMENT = "without-equipment", _("without equipment")
        SIMILAR = "similar", _("similar")

    exercise = models.ForeignKey(
        Exercise, on_delete=models.CASCADE, related_name="variations"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    to = models.ForeignKey(
        Exercise,
        verbose_name=_("exercise"),
        on_delete=models.CASCADE,
        related_name="variation_of",
    )

    class Meta:
        verbose_name = _("variation")
        verbose_name_plural = _("variations")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["exercise", "to"],
                name="guide_variation_stands_once",
                violation_error_message=_("This variation is named already."),
            ),
            models.CheckConstraint(
                condition=~Q(exercise=F("to")),
                name="guide_variation_is_another",
                violation_error_message=_("Choose another exercise."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.to}"

    def clean(self):
        """Refuse what would make an exercise easier than itself, over any way round."""
        pair = {"exercise": self.exercise_id, "to": self.to_id}
        # What is missing, or names one exercise twice, is said elsewhere.
        if None in pair.values() or len(set(pair.values())) < 2 or not self.step:
            return
        harder = {}
        others = Variation.objects.exclude(pk=self.pk).exclude(**pair)
        for other in others.select_related("exercise", "to"):
            if other.step:
                easy, hard = other.step
                harder.setdefault(easy.pk, set()).add(hard.pk)
        easy, hard = self.step
        reached, edge = set(), {hard.pk}
        while edge:
            reached |= edge
            edge = set().union(*(harder.get(pk, ()) for pk in edge)) - reached
        if easy.pk in reached:
            raise ValidationError(
                {
                    "to": _(
                        "Along the ladder these two stand the other way round "
                        "already: each would be harder than the other. Take one of "
                        "the variations away."
                    )
                }
            )

    @property
    def step(self):
        """Return its two exercises, the easier first; None where neither is.

        A progression leads to the harder one, the others lead to the easier one.
        """
        match self.kind:
            case self.Kind.PROGRESSION:
                return self.exercise, self.to
            case self.Kind.SEATED | self.Kind.WITHOUT_EQUIPMENT:
                return self.to, self.exercise
        return None
