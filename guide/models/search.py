"""What the search finds: the words of each guide, written down when it is saved."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guide.models.guides import Guide


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
