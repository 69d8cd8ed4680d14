from datetime import timedelta
from secrets import token_urlsafe

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

A_DAY = timedelta(days=1)


class EmailAddressQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def reachable(self):
        """Return those whose owners want to hear of their questions."""
        return self.confirmed().filter(stopped_at=None)

    def unused(self, comments):
        """Return those that none of these comments bears."""
        return self.exclude(Exists(comments.filter(email=OuterRef("email"))))


class EmailAddress(models.Model):
    """An address that readers gave with what they sent, while a comment bears it.

    Who presses the button that the mail sent there leads to has shown that it is hers.
    """

    email = models.EmailField(unique=True)
    token = models.CharField(max_length=43, unique=True, default=token_urlsafe)
    written_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    objects = EmailAddressQuerySet.as_manager()

    def __str__(self):
        return f"#{self.pk}"

    def rests_until(self):
        """Return until when it gets no receipt, or None where it may have one now.

        Somebody else may have typed an address that nobody confirmed: it gets one mail
        a day at most.
        """
        if self.confirmed_at or not self.written_at:
            return None
        later = self.written_at + A_DAY
        return later if later > timezone.now() else None

    def confirm(self):
        self.confirmed_at = self.confirmed_at or timezone.now()
        self.stopped_at = None
        self.save(update_fields=["confirmed_at", "stopped_at"])

    def stop(self):
        self.stopped_at = self.stopped_at or timezone.now()
        self.save(update_fields=["stopped_at"])

    confirm.alters_data = stop.alters_data = True
