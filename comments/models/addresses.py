from datetime import timedelta
from secrets import token_urlsafe

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

A_DAY = timedelta(days=1)


class EmailAddressQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def chosen_since(self, comment):
        """Return the address where its owner said yes or stop after a comment came.

        What she had said before is nobody's to learn who only types it.
        """
        if not comment.email:
            return None
        since = comment.created_at
        said = Q(confirmed_at__gte=since) | Q(stopped_at__gte=since)
        return self.filter(said, email=comment.email).first()

    def refused_since(self, comment):
        """Return the address where its server refused a mail after a comment came.

        It did so of what was sent before to whoever gave the address then.
        """
        if not comment.email:
            return None
        since = comment.created_at
        return self.filter(refused_at__gte=since, email=comment.email).first()

    def refused(self):
        """Return those whose server takes no mail of ours for them."""
        return self.filter(refused_at__isnull=False)

    def reachable(self):
        """Return those whose owners want to hear of their questions."""
        return self.confirmed().filter(stopped_at=None)

    def unused(self, comments):
        """Return those that none of these comments bears."""
        return self.exclude(Exists(comments.filter(email=OuterRef("email"))))

    def forget_unused(self, comments):
        """Erase those that none of these comments bears.

        Who was written to today, or stopped the mails of somebody else's question, is
        known by a hash: who takes a question back and asks anew brings no second mail.
        """
        unused = self.unused(comments)
        rests = Q(written_at__gt=timezone.now() - A_DAY) | Q(stopped_at__isnull=False)
        kept = Q(rests, confirmed_at=None)
        for address in unused.filter(kept, email__contains="@"):
            address.hide()
        unused.exclude(kept).delete()

    def known(self, email):
        """Return the row of an address, made where there is none; locked."""
        if not self.filter(email=email).exists():
            self.filter(email=hidden(email)).update(email=email)
        self.get_or_create(email=email)
        return self.select_for_update().get(email=email)

    forget_unused.alters_data = known.alters_data = True


def hidden(email):
    return salted_hmac("comments.addresses", email, algorithm="sha256").hexdigest()


class EmailAddress(models.Model):
    """An address that readers gave with what they sent, while a comment bears it.

    Who presses the button that the mail sent there leads to has shown that it is hers.
    Where its comments are gone and it must not be written to yet, a hash stands for it.
    """

    email = models.EmailField(unique=True)
    token = models.CharField(max_length=43, unique=True, default=token_urlsafe)
    written_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    # Its mail server refused the last mail for good; empty again once one has left.
    refused_at = models.DateTimeField(null=True)

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

    def hide(self):
        """Know it from here on only where it is given anew; its links end."""
        self.email, self.token = hidden(self.email), token_urlsafe()
        EmailAddress.objects.filter(email=self.email).delete()
        self.save(update_fields=["email", "token"])

    def confirm(self):
        self.confirmed_at = self.confirmed_at or timezone.now()
        self.stopped_at = None
        self.save(update_fields=["confirmed_at", "stopped_at"])

    def stop(self):
        self.stopped_at = self.stopped_at or timezone.now()
        self.save(update_fields=["stopped_at"])

    hide.alters_data = confirm.alters_data = stop.alters_data = True
