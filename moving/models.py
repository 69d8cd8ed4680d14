from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moving import arrivals
from moving.rows import Reading

STILL = timedelta(minutes=2)  # and whoever works on it would have told


class OvertakenError(Exception):
    """Somebody else works on the list, or it is wanted no more."""


class ReaderListQuerySet(models.QuerySet):
    def under_way(self):
        """Return those that are being counted or taken in, or should be."""
        steps = [ReaderList.Step.COUNTING, ReaderList.Step.TAKING]
        return self.filter(step__in=steps, trouble="")

    def still(self):
        """Return those of which nothing was heard for a while: a worker was killed."""
        return self.under_way().filter(moved_at__lt=timezone.now() - STILL)

    def old(self):
        """Return those of which the file is gone by now."""
        return self.filter(moved_at__lt=timezone.now() - arrivals.KEPT)


class ReaderList(models.Model):
    """A list of readers that somebody brought: counted, then taken in at her word.

    It names no address: those stand in the file alone, for a day at most.
    """

    class Step(models.TextChoices):
        COUNTING = "counting", _("is looked through")
        COUNTED = "counted", _("waits for your button")
        TAKING = "taking", _("is being taken in")
        TAKEN = "taken", _("is in place")

    arrival = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    step = models.CharField(max_length=10, choices=Step, default=Step.COUNTED)
    # How it is to be read: {columns: {field: place}, status, dates, asks}.
    reading = models.JSONField(default=dict)
    # Each press of a button begins another; who works at an older one stops.
    turn = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text="Addresses taken in.")
    percent = models.PositiveSmallIntegerField(default=0)
    report = models.JSONField(default=dict)
    trouble = models.TextField(blank=True)
    moved_at = models.DateTimeField(default=timezone.now)

    objects = ReaderListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of readers")
        verbose_name_plural = _("lists of readers")
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self):
        return self.name

    @property
    def path(self):
        return arrivals.name(self.arrival, ending="csv")

    @property
    def is_counting(self):
        return self.step == self.Step.COUNTING

    @property
    def is_taken(self):
        return self.step == self.Step.TAKEN

    @property
    def is_half_taken(self):
        """Whether taking it in stopped on the way, with a sentence why."""
        return self.step == self.Step.TAKING and bool(self.trouble)

    @property
    def is_under_way(self):
        return self.step in {self.Step.COUNTING, self.Step.TAKING} and not self.trouble

    @property
    def is_still(self):
        return self.is_under_way and self.moved_at < timezone.now() - STILL

    def how(self):
        return Reading(self.name, **self.reading)

    def count(self, reading):
        """Have it counted as it is to be read; what was found before is forgotten."""
        return self._begin(step=self.Step.COUNTING, reading=reading, done=0, report={})

    def take(self):
        """Have it taken in, or go on with it where it stopped."""
        afresh = {} if self.is_half_taken else {"done": 0, "report": {}}
        return self._begin(step=self.Step.TAKING, **afresh)

    def _begin(self, **values):
        """Begin another turn, unless one is under way; return whether it does."""
        mine = ReaderList.objects.filter(pk=self.pk, turn=self.turn)
        if self.is_under_way or self.is_taken:
            return False
        begun = mine.update(
            **values,
            turn=self.turn + 1,
            percent=0,
            trouble="",
            moved_at=timezone.now(),
        )
        self.refresh_from_db()
        return bool(begun)

    def move(self, **values):
        """Note how far it is; raises ``OvertakenError`` where another got further."""
        mine = ReaderList.objects.filter(pk=self.pk, turn=self.turn, done=self.done)
        if not mine.update(moved_at=timezone.now(), **values):
            raise OvertakenError
        for name, value in values.items():
            setattr(self, name, value)

    count.alters_data = take.alters_data = move.alters_data = True
