from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guide.models import Shown, ShownQuerySet


class IssueQuerySet(ShownQuerySet):
    def sent(self):
        """Return those that stand in the archive."""
        return self.filter(frozen_at__isnull=False)

    def drafts(self):
        return self.filter(frozen_at=None)


class Issue(Shown):
    """One monthly letter."""

    subject = models.CharField(
        _("subject"),
        max_length=120,
        validators=[
            ProhibitNullCharactersValidator(),
            RegexValidator(
                r"[\r\n]",
                _("The subject is one line: take the line break out."),
                inverse_match=True,
            ),
        ],
    )
    slug = models.SlugField(
        _("address"),
        max_length=120,
        unique=True,
        help_text=_("In the archive."),
        validators=[
            RegexValidator(
                r"\Afeed\Z",
                _("“feed” means something else there. Add a word to it."),
                inverse_match=True,
            )
        ],
    )
    preheader = models.CharField(
        _("preview line"),
        max_length=140,
        blank=True,
        help_text=_("Mail programs show it beside the subject."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    frozen_at = models.DateTimeField(
        _("sent at"),
        null=True,
        editable=False,
        help_text="Since when its recipients are fixed and it stands in the archive.",
    )
    finished_at = models.DateTimeField(null=True, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    # The sender's book-keeping; no reader sees it. See newsletter/sending.py.
    nudged_at = models.DateTimeField(null=True, editable=False)
    paced_until = models.DateTimeField(null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-frozen_at", "-pk"]
        permissions = [("send_issue", _("Can send a letter to all readers"))]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("newsletter:issue", args=[self.slug])
