import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone

TRY_AGAIN_AFTER = timedelta(minutes=5)
TRY_FOR = timedelta(days=3)


class NoticeQuerySet(models.QuerySet):
    def owe(self, kind, *, comments=(), to=""):
        """Note that a mail is owed, in the transaction that stamps what it tells."""
        return self.create(
            kind=kind, comment_ids=[comment.pk for comment in comments], to=to
        )

    def due(self, kind):
        """Return those of a kind that wait to be sent, the longest due first."""
        due = self.filter(kind=kind, due_at__lte=timezone.now())
        return due.order_by("due_at", "owed_at", "pk")

    def take_on(self, notice):
        """Promise to send it now; False where somebody else is at it.

        Unless it is deleted when it has left, it is due again in a while.
        """
        taken = self.due(notice.kind).filter(pk=notice.pk)
        return bool(taken.update(due_at=timezone.now() + TRY_AGAIN_AFTER))


class Notice(models.Model):
    """A mail that is owed: which one, of what, to whom of the desk; never its words.

    The row goes when the mail has left. So after a crash at any moment it is sent, and
    a second copy bears the Message-ID of the first.
    """

    class Kind(models.TextChoices):
        URGENT = "urgent"
        DIGEST = "digest"
        RECEIPTS = "receipts"
        NEWS = "news"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=8, choices=Kind)
    # By their ids: what is erased meanwhile is told to nobody.
    comment_ids = models.JSONField(default=list)
    to = models.EmailField(blank=True, help_text="Of the desk; a reader's is not here.")
    owed_at = models.DateTimeField(default=timezone.now)
    # Nobody tries before: whoever sends it moves this ahead first.
    due_at = models.DateTimeField(default=timezone.now)

    objects = NoticeQuerySet.as_manager()

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def message_id(self):
        return f"<{self.pk}@{urlsplit(settings.SITE_URL).hostname}>"

    @property
    def is_overdue(self):
        """Whether it was tried for so long that it is given up."""
        return self.owed_at < timezone.now() - TRY_FOR
