from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guide.models import Shown, ShownQuerySet


class IssueQuerySet(ShownQuerySet):
    def sent(self):
        """Return those that stand in the archive."""
        return self.filter(frozen_at__isnull=False)

    def drafts(self):
        return self.filter(frozen_at=None)

    def due(self):
        """Return the drafts whose moment has come."""
        return self.drafts().filter(scheduled_at__lte=timezone.now())

    def under_way(self):
        return self.sent().filter(finished_at=None)

    def in_trouble(self):
        """Return those that stopped by themselves."""
        return self.exclude(trouble="")

    def owed_a_mail(self):
        """Return those of whose trouble the author was not told yet."""
        return self.filter(untold_since__isnull=False)


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
                code="feed",  # its words are its own, whatever a form says of others
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
    scheduled_at = models.DateTimeField(_("goes out at"), null=True, editable=False)
    not_after = models.DateTimeField(_("not after"), null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    resumed_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(
        max_length=500,
        blank=True,
        editable=False,
        help_text="Why it stopped by itself, in words for the author.",
    )
    # While it is set, the author is owed a mail about the trouble.
    untold_since = models.DateTimeField(null=True, editable=False)
    # The sender's book-keeping; no reader sees it. See newsletter/sending.py.
    nudged_at = models.DateTimeField(null=True, editable=False)
    paced_until = models.DateTimeField(null=True, editable=False)
    slowed_at = models.DateTimeField(null=True, editable=False)
    slowness = models.PositiveSmallIntegerField(default=0, editable=False)
    failed_in_row = models.PositiveIntegerField(default=0, editable=False)
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
        constraints = [
            models.CheckConstraint(
                condition=Q(scheduled_at__isnull=False) | Q(not_after=None),
                name="newsletter_not_after_what",
                violation_error_message=_("“Not after” needs a moment before it."),
            ),
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("newsletter:issue", args=[self.slug])

    @property
    def is_under_way(self):
        return self.frozen_at is not None and self.finished_at is None

    @property
    def has_failures(self):
        return self.deliveries.filter(state="failed").exists()

    @property
    def state_in_words(self):
        if self.cancelled_at:
            return _("cancelled")
        if self.finished_at:
            return _("sent")
        if self.paused_at:
            return _("paused")
        if self.frozen_at:
            return _("under way")
        return _("scheduled") if self.scheduled_at else _("draft")

    def schedule(self, *, at, not_after=None, by=None):
        """Let a draft go out at a moment, or not at all where it could not by then.

        Returns whether it was a draft still. Raises ``ValidationError`` for a moment
        that has passed, and for two the wrong way round.
        """
        if at <= timezone.now():
            words = gettext("That moment has passed. Choose a later one, or send now.")
            raise ValidationError({"at": words})
        if not_after and not_after <= at:
            words = gettext(
                "“Not after” is a moment after the one at which it goes out."
            )
            raise ValidationError({"not_after": words})
        return self._note(
            self.row.drafts(),
            scheduled_at=at,
            not_after=not_after,
            sent_by=by,
            trouble="",
            untold_since=None,
        )

    schedule.alters_data = True

    def unschedule(self, *, because=""):
        """Make a draft of it again; where nobody asked for it, tell the author why."""
        return self._note(
            self.row.drafts().filter(scheduled_at__isnull=False),
            scheduled_at=None,
            not_after=None,
            **_trouble(because),
        )

    unschedule.alters_data = True

    def pause(self, *, because=""):
        """Let nothing more leave; where nobody asked for it, tell the author why."""
        with transaction.atomic():
            paused = self._note(
                self.row.under_way().filter(paused_at=None, cancelled_at=None),
                paused_at=timezone.now(),
                **_trouble(because),
            )
            if paused:
                self.deliveries.give_back()
        return paused

    pause.alters_data = True

    def resume(self):
        return self._note(
            self.row.under_way().filter(paused_at__isnull=False),
            paused_at=None,
            resumed_at=timezone.now(),
            nudged_at=None,
            failed_in_row=0,
            **_trouble(""),
        )

    resume.alters_data = True

    def cancel(self):
        """Send it to nobody else, for good. What is being sent is let finish."""
        with transaction.atomic():
            cancelled = self._note(
                self.row.under_way().filter(cancelled_at=None),
                cancelled_at=timezone.now(),
                paused_at=None,
                **_trouble(""),
            )
            if cancelled:
                self.finish()
        return cancelled

    cancel.alters_data = True

    def skip_the_rest(self):
        self.deliveries.end_unsent(reason=gettext("the letter was cancelled before"))

    skip_the_rest.alters_data = True

    def finish(self):
        """Stamp it where nothing waits any more; return whether it is done."""
        with transaction.atomic():
            row = self.row.under_way().select_for_update().first()
            if row is None:
                return True
            if row.cancelled_at:
                self.skip_the_rest()
            if self.deliveries.unfinished().exists():
                return False
            return self._note(self.row.under_way(), finished_at=timezone.now())

    finish.alters_data = True

    def retry(self):
        """Send what was sent back once more; return how many letters there are."""
        with transaction.atomic():
            frozen = self.row.sent().filter(cancelled_at=None)
            # The row is locked first: who finishes the issue comes before or after.
            if not self._note(frozen, failed_in_row=0, nudged_at=None):
                return 0
            count = self.deliveries.retry()
            if count:
                self._note(frozen, finished_at=None)
        return count

    retry.alters_data = True

    def told(self, *, since):
        """Note that the author hears of it now; False where somebody else tells her."""
        return self._note(self.row.filter(untold_since=since), untold_since=None)

    told.alters_data = True

    def owe_a_mail(self, *, since):
        return self._note(
            self.row.filter(untold_since=None).exclude(trouble=""),
            untold_since=since,
        )

    owe_a_mail.alters_data = True

    @property
    def row(self):
        """Return the query set of this letter alone, as the database has it."""
        return Issue.objects.filter(pk=self.pk)

    def _note(self, rows, **values):
        """Change what no reader sees where it stands as expected; return whether."""
        noted = bool(rows.mark(**values))
        self.refresh_from_db(fields=[*values])
        return noted


def _trouble(words):
    return {
        "trouble": str(words)[:500],
        "untold_since": timezone.now() if words else None,
    }
