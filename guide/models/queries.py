"""Which guides one asks for, what is fetched with them, and what is done to many."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from guide.models.audiences import AudienceQuerySet, Verdict
from guide.models.shown import ShownQuerySet, seen_by_readers


class GuideQuerySet(ShownQuerySet):
    def published(self, now=None):
        """Return those that readers see: their moment has come, and they are kept."""
        return self.filter(seen_by_readers(now=now))

    def once_published(self):
        """Return the published ones and the retired: their addresses say something."""
        return self.filter(published_at__lte=timezone.now())

    def retired(self):
        return self.filter(retired_at__isnull=False)

    def to_choose(self, chosen=None):
        """Return those one may lead readers to, and the one that was chosen before."""
        return self.filter(Q(retired_at=None) | Q(pk=chosen))

    def drafts(self):
        return self.filter(published_at=None)

    def scheduled(self, now=None):
        """Return those whose moment lies ahead."""
        return self.filter(published_at__gt=now or timezone.now(), retired_at=None)

    def with_changes(self):
        """Return those whose changes wait to be published."""
        return self.filter(working_copy__waiting_since__isnull=False)

    def review_due(self, before):
        """Return the published ones whose next review lies on that day or earlier."""
        return (
            self.published().filter(review_due_on__lte=before).order_by("review_due_on")
        )

    def in_reading_order(self):
        return self.order_by("-published_at", "-pk")

    def parts_of(self, topic):
        """Return the parts of a series in their order, or none where it is no series.

        Two at one place stand there as they were written.
        """
        if not topic or not topic.is_series:
            return self.none()
        return self.filter(topic=topic, place__isnull=False).order_by("place", "pk")

    def for_area(self, area):
        """Return those with an exercise for a part of the body, by its address."""
        return self._with_exercise(areas__slug=area)

    def suitable_for(self, audience):
        """Return those that suit an audience, by its address, if only with changes."""
        return self.filter(
            verdicts__audience__slug=audience,
            verdicts__choice__in=Verdict.Choice.suitable(),
        )

    def seated(self):
        """Return those with an exercise to do on a chair or ball, or a way to."""
        return self._with_exercise(
            Q(start_position__in=["seated", "ball"]) | Q(variations__kind="seated")
        )

    def beginning(self, position):
        """Return those with an exercise that begins in a position."""
        return self._with_exercise(start_position=position)

    def with_equipment(self, equipment):
        return self._with_exercise(equipment__slug=equipment)

    def without_equipment(self):
        """Return those whose exercises need nothing but what every home has."""
        return self._with_exercise().exclude(exercises__equipment__is_household=False)

    def within(self, minutes):
        return self.filter(minutes__lte=minutes)

    def _with_exercise(self, *conditions, **values):
        exercises = self._exercises().filter(
            *conditions, guide=models.OuterRef("pk"), **values
        )
        return self.filter(models.Exists(exercises))

    def _exercises(self):
        return self.model._meta.get_field("exercises").related_model.objects

    def for_reading(self):
        """Fetch with each all that its page shows of single rows, and no row later."""
        return self.fetch_mode(models.FETCH_RAISE).select_related(
            "topic",
            "author__photo",
            "video__poster",
            "picture",
            "promotion__cover",
            "dosage",
        )

    def with_verdicts(self):
        """Fetch with each what it says to whom: a plain yes too is worth reading."""
        told = Verdict.objects.exclude(audience__slug__in=AudienceQuerySet.EVERYBODY)
        return self.prefetch_related(
            models.Prefetch("verdicts", told.select_related("audience"), "told")
        )

    def with_facts(self):
        """Fetch what a line of a list says: position and equipment of each exercise."""
        exercises = self._exercises().with_needs()
        return self.select_related("picture").prefetch_related(
            models.Prefetch("exercises", exercises)
        )

    def once_at(self, slug):
        """Return the one that had this address, if it was ever published, or None."""
        return self.once_published().filter(old_slugs__slug=slug).first()

    def with_pictures(self):
        """Fetch the pictures and the video of each, for maps and feeds."""
        return self.select_related("picture", "video__poster")

    def publish(self):
        """Show the drafts and the scheduled ones from now on; return how many."""
        now = timezone.now()
        return self.exclude(published_at__lte=now).update(published_at=now)

    publish.alters_data = True

    def withdraw(self):
        """Make drafts of them again; return how many."""
        return self.exclude(published_at=None).update(
            published_at=None, retired_at=None
        )

    withdraw.alters_data = True


class GuideManager(models.Manager.from_queryset(GuideQuerySet)):
    """The guides, without the working copies in which changes to them wait."""

    def get_queryset(self):
        return super().get_queryset().filter(copy_of=None)
