from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class ErasedAddressQuerySet(models.QuerySet):
    def remember(self, email_key):
        """Keep of an erased address what no import gets past, and nobody can read."""
        self.get_or_create(hash=_hash(email_key, settings.SECRET_KEY))

    def knows(self, email_key):
        """Whether this address, as ``fold()`` returns it, was erased."""
        return self.filter(hash__in=hashes(email_key)).exists()

    def known_among(self, email_keys):
        """Return which of many addresses were erased."""
        if not self.exists():
            return set()
        named = {value: key for key in email_keys for value in hashes(key)}
        rows = self.filter(hash__in=named).values_list("hash", flat=True)
        return {named[value] for value in rows}

    remember.alters_data = True


class ErasedAddress(models.Model):
    """The keyed hash of an address whose owner had all that is known of it erased.

    Who signs up again by herself is welcome; a list that is imported is not believed.
    """

    hash = models.CharField(max_length=64, unique=True)
    erased_at = models.DateTimeField(auto_now_add=True)

    objects = ErasedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("erased address")
        verbose_name_plural = _("erased addresses")

    def __str__(self):
        return f"#{self.pk}"


def hashes(email_key):
    """Return what an address may stand as, also under keys that were replaced."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_hash(email_key, key) for key in keys]


def _hash(email_key, key):
    return salted_hmac(
        "newsletter.erased", email_key, secret=key, algorithm="sha256"
    ).hexdigest()
