from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guide.models.guides import Guide


class VersionQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-pk")

    def published(self):
        """Return those that readers see, saw or will see."""
        return self.exclude(published_at=None)


class Version(models.Model):
    """What a guide held when somebody saved it, and when readers got to see that.

    The data name rows by their ids, which stay when a row is renamed; what the rows
    were called then stands in ``names``, by kind and id.

    A migration that gives the data of a guide a new key must give it to these as well.
    """

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="versions")
    data = models.JSONField()
    names = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    published_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        indexes = [models.Index(fields=["guide", "-id"], name="guide_versions_of_one")]

    def __str__(self):
        return f"{self.data['title']}, {self.saved_at:%Y-%m-%d %H:%M}"

    @property
    def by(self):
        """Return the name of who saved it, "" where it was not saved in the admin."""
        user = self.saved_by
        author = user and getattr(user, "author", None)
        return str(author or (user and (user.get_full_name() or user)) or "")
