"""What readers see: each act that shows counts up one number, the page version.

It also notes which guides a search must read anew.
"""

import threading
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


def seen_by_readers(way="", now=None):
    """Return the condition that readers see a guide; ``way`` leads to it: "to__"."""
    now = now or timezone.now()
    return Q(**{f"{way}published_at__lte": now, f"{way}retired_at": None})


def page_version():
    """Return the version under which pages are stored and read now.

    A raw cursor, because every cached page asks: the ORM costs two thirds of the rate.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM guide_pageversion")
        row = cursor.fetchone()
    return row[0] if row else 0


def bump():
    """Make every stored page old, in the transaction of the act that shows."""
    _now.shows_more = True
    if _now.is_one_act:
        return
    if not PageVersion.objects.update(number=F("number") + 1):
        PageVersion.objects.create(number=1)


def bump_after(sender, instance, action, reverse, model, pk_set, **values):
    """Bump where rows between two shown models come or go; a receiver."""
    if action.startswith("pre_"):
        bump()
    if action == "pre_clear":
        instance.owe_entries()
    elif action in {"post_add", "post_remove", "post_clear"}:
        instance.owe_entries()
        if reverse and pk_set:
            owe_entries(model._base_manager.filter(pk__in=pk_set))


def owe_entries(rows):
    """Note that the search entries of the guides of these rows are old.

    A few are written as soon as the transaction holds; what concerns many guides, and
    what a kill leaves owed, the tick finds.
    """
    way = getattr(rows.model, "way_to_guide", "")
    if not way or _now.is_one_act:
        return
    guides = apps.get_model("guide", "Guide").objects
    guides.filter(pk__in=rows.order_by().values(way)).mark(indexed_at=None)
    # A callback for each, because a savepoint that is rolled back takes its own with
    # it; the first that comes works for all.
    _now.owes_entries = True
    transaction.on_commit(_write_entries, robust=True)


def _write_entries():
    if _now.owes_entries:
        _now.owes_entries = False
        import_string(settings.WRITES_ENTRIES)()


@contextmanager
def one_act(guides):
    """Let all that the block writes be one act, which changes these guides.

    For what writes very much: each row would bump and look for its guides by itself.
    """
    with transaction.atomic():
        PageVersion.objects.select_for_update().first()  # the lock of all that write
        _now.is_one_act, _now.shows_more = True, False
        try:
            yield
        finally:
            _now.is_one_act = False
        if _now.shows_more:
            bump()
            owe_entries(guides)


class Now(threading.local):
    """What this thread is at, and with it its connection."""

    is_one_act = False
    shows_more = False
    owes_entries = False


_now = Now()


class PageVersion(models.Model):
    """One row. ``seen_at`` is the moment up to which the tick has looked."""

    number = models.PositiveBigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)

    def __str__(self):
        return str(self.number)


class ShownQuerySet(models.QuerySet):
    """Rows that readers see: each way of writing them bumps the page version.

    It does so first of all: two that write wait for each other there, and not later,
    where each might hold a guide that the other needs.
    """

    def to_write(self):
        """Lock these rows for a change."""
        bump()
        return self.select_for_update()

    to_write.alters_data = True

    def update(self, **values):
        with transaction.atomic(using=self.db):
            bump()
            owe_entries(self)
            return super().update(**values)

    update.alters_data = True

    def mark(self, **stamps):
        """Stamp what no reader sees, so that no page gets old; return how many."""
        return super().update(**stamps)

    mark.alters_data = True

    def delete(self):
        with transaction.atomic(using=self.db):
            bump()
            owe_entries(self)
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, *args, **options):
        with transaction.atomic(using=self.db):
            bump()
            made = super().bulk_create(*args, **options)
            owe_entries(
                self.model._base_manager.filter(pk__in=[row.pk for row in made])
            )
        return made


class Shown(models.Model):
    """A model whose rows stand on pages shared by all readers.

    ``way_to_guide`` is the lookup from a row to the guides whose search entries hold
    its words; none where a search does not look at it.
    """

    way_to_guide = ""

    objects = ShownQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **options):
        with transaction.atomic():
            bump()
            if not self._state.adding:
                self.owe_entries()  # also those of a guide that it leaves
            super().save(*args, **options)
            self.owe_entries()

    def owe_entries(self):
        if self.way_to_guide and self.pk:
            owe_entries(type(self)._base_manager.filter(pk=self.pk))

    def delete(self, *args, **options):
        with transaction.atomic():
            bump()
            self.owe_entries()
            return super().delete(*args, **options)


class OneRow(Shown):
    """Settings: a table of one row, edited in the admin."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="%(app_label)s_%(class)s_is_one_row",
                violation_error_message=_("The settings are one row."),
            ),
        ]

    @classmethod
    def load(cls):
        """Return the row, made from the defaults where there is none."""
        return cls.objects.get_or_create(pk=1)[0]
