"""What the search finds: the words of each guide, written down when it is saved."""

import logging

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guide.models.guides import Guide

logger = logging.getLogger(__name__)


class SearchEntry(models.Model):
    """A piece of a guide's page that a reader may look for, and where it stands.

    The entry of kind ``guide`` holds the words of all the others as well: it decides
    which guides are found, the others which piece of them is shown. On SQLite triggers
    keep the index in step; a migration that makes this table anew must make them too.
    """

    class Kind(models.TextChoices):
        GUIDE = "guide", _("guide")
        EXERCISE = "exercise", _("exercise")
        SECTION = "section", _("section")
        TRANSCRIPT = "transcript", _("video")
        QUESTION = "question", _("question")

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    # Where it stands: #anchor on the guide's page, or a path of its own.
    address = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    # What the databases' own indexes hold; see migration 0005.
    title_words = models.TextField(blank=True)
    text_words = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["guide", "kind"], name="guide_entries_of_a_guide")
        ]

    def __str__(self):
        return f"{self.kind} {self.address}".strip()


class SearchWord(models.Model):
    """A word that stands on some page, for “did you mean”."""

    word = models.CharField(max_length=60, primary_key=True)
    length = models.PositiveSmallIntegerField(db_index=True)
    shown = models.CharField(max_length=60)

    def __str__(self):
        return self.shown


def owe(guides):
    """Note that the entries of these guides, by their keys, are old."""
    models.QuerySet.update(Guide.objects.filter(pk__in=guides), indexed_at=None)


def index_owed(guides=None):
    """Write the entries of the guides that changed since; return how many there were.

    ``guides`` are keys; None looks at all. Each guide is stamped before it is read, so
    that a change made meanwhile makes it owed again.
    """
    from guide import search

    owed = Guide.objects.filter(indexed_at=None).order_by("pk")
    if guides is not None:
        owed = owed.filter(pk__in=guides)
    count = 0
    for pk in owed.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                stamped = models.QuerySet.update(
                    Guide.objects.filter(pk=pk, indexed_at=None),
                    indexed_at=timezone.now(),
                )
                if stamped:
                    search.index(Guide.objects.get(pk=pk))
                    count += 1
        except Exception as error:  # one that fails keeps no other from being found
            logger.error("Guide %s not indexed: %s", pk, type(error).__name__)
    return count
