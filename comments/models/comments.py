from datetime import timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.db import models, transaction
from django.db.models import OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from comments import text, thread
from comments.models.addresses import EmailAddress
from comments.models.decisions import Decision, Status
from comments.models.learned import Learned
from guide.models import (
    Guide,
    ShownQuerySet,
    bump,
    owe_entries,
    seen_by_readers,
)

CHANGEABLE_FOR = timedelta(minutes=15)
UNDONE_WITHIN = timedelta(minutes=1)  # so that undo needs no recall
NEWS_FOR = timedelta(days=14)


class Moves:
    """The moves by their names, for one comment and for many."""

    def approve(self, **how):
        return self.move(to=Status.APPROVED, **how)

    def reject(self, **how):
        return self.move(to=Status.REJECTED, **how)

    def spam(self, **how):
        return self.move(to=Status.SPAM, **how)

    def restore(self, **how):
        """Put it back among those that wait."""
        return self.move(to=Status.PENDING, **how)

    def remove(self, **how):
        return self.move(to=Status.REMOVED, **how)

    approve.alters_data = reject.alters_data = spam.alters_data = True
    restore.alters_data = remove.alters_data = True


class CommentQuerySet(Moves, ShownQuerySet):
    def pending(self):
        return self.filter(status=Status.PENDING)

    def approved(self):
        return self.filter(status=Status.APPROVED)

    def answers(self):
        """Return those of the author and her team."""
        return self.approved().filter(staff__isnull=False)

    def newest_answers(self):
        """Return the newest answer to each question that shows, the newest first."""
        return self.latest_answers().filter(seen_by_readers("guide__"))

    def latest_answers(self):
        """Return them also below guides whose moment is still to come."""
        later = Comment.objects.answers().filter(
            Q(created_at__gt=OuterRef("created_at"))
            | Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk")),
            parent=OuterRef("parent"),
        )
        return (
            self.answers()
            .filter(
                ~models.Exists(later),
                parent__status=Status.APPROVED,
                parent__staff=None,
                parent__taken_back_at=None,
                root__status=Status.APPROVED,
            )
            .order_by("-created_at", "-pk")
        )

    def with_place(self):
        """Return these with what a link needs: guide, parent, threads before.

        It counts for each row it touches, so let it touch the few that are shown.
        """
        roots_before = (
            Comment.objects.roots()
            .filter(
                ~Q(created_at=OuterRef("opened_at"), pk__gte=OuterRef("opened_by")),
                created_at__lte=OuterRef("opened_at"),
                guide=OuterRef("guide"),
            )
            .order_by()
            .values("guide")
            .values(number=models.Count("pk"))
        )
        return (
            self.annotate(
                opened_at=Coalesce("root__created_at", "created_at"),
                opened_by=Coalesce("root_id", "pk"),
            )
            .annotate(roots_before=Coalesce(models.Subquery(roots_before), 0))
            .select_related("guide", "parent")
        )

    def roots(self):
        """Return those shown that open a thread."""
        return self.approved().filter(parent=None)

    def confirmed(self):
        """Return those whose writers have shown that the address is theirs."""
        return self.filter(email__in=EmailAddress.objects.confirmed().values("email"))

    def unreported(self):
        """Return the waiting ones of which the author has not been told."""
        return self.pending().filter(reported_at=None)

    def mark_reported(self, at):
        """Note since when the author knows of these; readers see no difference."""
        return self.mark(reported_at=at)

    mark_reported.alters_data = True

    def unannounced(self):
        """Return what was published a moment ago, of which its asker has not heard.

        An answer is news to who asked, and what she wrote is once it stands there.
        """
        now = timezone.now()
        return self.approved().filter(
            Q(root=None) | Q(root__status=Status.APPROVED),
            Q(parent=None) | Q(parent__status=Status.APPROVED),
            announced_at=None,
            approved_at__gt=now - NEWS_FOR,
            approved_at__lte=now - UNDONE_WITHIN,
        )

    def take_receipts(self, email):
        """Return an address, and the comments whose receipts are mailed there now.

        They are owed no more from here on: two ticks at once write once.
        """
        now = timezone.now()
        with transaction.atomic():
            EmailAddress.objects.get_or_create(email=email)
            address = EmailAddress.objects.select_for_update().get(email=email)
            due = self.filter(email=email, receipt_due_at__lte=now)
            if later := address.rests_until():
                due.mark(receipt_due_at=later)
                return address, []
            comments = [] if address.stopped_at else list(due.order_by("pk"))
            due.mark(receipt_due_at=None)
            comments = [comment for comment in comments if comment.has_a_receipt()]
            if comments:
                address.written_at = now
                address.save(update_fields=["written_at"])
        return address, comments

    take_receipts.alters_data = True

    def mark(self, **stamps):
        """Stamp what no reader sees; returns how many were stamped."""
        return super(ShownQuerySet, self).update(**stamps)

    mark.alters_data = True

    def move(self, *, to, by=None, door="command", reason=""):
        """Decide these comments: stamp them, record who and why, show the result.

        Returns how many changed. A comment that is there already is left alone.
        """
        to = Status(to)
        with transaction.atomic():
            moved = list(self.exclude(status=to).to_write().order_by("pk"))
            Comment.objects.filter(pk__in=[comment.pk for comment in moved]).update(
                status=to, **to.stamps
            )
            Decision.objects.record(moved, to=to, by=by, door=door, reason=reason)
            Learned.follow(moved, to=to)
        return len(moved)

    move.alters_data = True


class Comment(Moves, models.Model):
    """What a reader wrote below a guide, or what the author answered."""

    way_to_guide = "guide"

    guide = models.ForeignKey(
        Guide,
        verbose_name=_("guide"),
        on_delete=models.CASCADE,
        related_name="comments",
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("answers"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="answers",
    )
    # The comment that opened the thread, none for itself: pages count these.
    root = models.ForeignKey(
        "self",
        null=True,
        editable=False,
        db_index=False,  # comments_of_a_thread begins with it
        on_delete=models.CASCADE,
        related_name="thread",
    )
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail address"), blank=True)
    body = models.TextField(_("text"))
    body_html = models.TextField(editable=False)
    status = models.CharField(
        _("state"), max_length=10, choices=Status, default=Status.PENDING
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    title = models.CharField(
        max_length=80,
        blank=True,
        editable=False,
        help_text="The author's title as of the day she wrote this.",
    )
    # What the checks found: [{"check": "links", "words": ["https://…"]}, …]. Its
    # sentence is made where it is shown, in the language of whoever reads it.
    findings = models.JSONField(_("held for"), default=list, editable=False)
    is_urgent = models.BooleanField(_("urgent"), default=False, editable=False)
    is_trusted = models.BooleanField(
        default=False, editable=False, help_text="As of the moment it was sent."
    )
    spam_score = models.FloatField(null=True, editable=False)
    # Alike for what came from one place today; the tick forgets it after a day.
    sender = models.CharField(max_length=6, blank=True, editable=False)
    secret = models.CharField(
        max_length=43, unique=True, editable=False, default=token_urlsafe
    )
    form_token = models.CharField(max_length=64, null=True, unique=True, editable=False)
    consent_version = models.CharField(max_length=20, blank=True, editable=False)
    created_at = models.DateTimeField(
        _("written at"), default=timezone.now, editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    reported_at = models.DateTimeField(null=True, editable=False)
    # The receipt is mailed from this moment on; empty where there is none to mail.
    receipt_due_at = models.DateTimeField(null=True, editable=False)
    announced_at = models.DateTimeField(null=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), null=True, editable=False)
    taken_back_at = models.DateTimeField(null=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-created_at", "-pk"]
        # None is partial: SQLite does not use such an index where the value is bound.
        indexes = [
            models.Index(
                fields=["guide", "status", "created_at"], name="comments_of_a_guide"
            ),
            models.Index(
                fields=["guide", "parent", "status", "created_at"],
                name="comments_roots_of_a_guide",
            ),
            models.Index(fields=["root", "status"], name="comments_of_a_thread"),
            models.Index(fields=["status", "-created_at"], name="comments_by_status"),
            models.Index(
                fields=["status", "is_urgent", "created_at"], name="comments_urgent"
            ),
            models.Index(fields=["email"], name="comments_by_address"),
            models.Index(fields=["sender"], name="comments_by_sender"),
            models.Index(fields=["receipt_due_at"], name="comments_receipt_due"),
            models.Index(
                fields=["announced_at", "approved_at"], name="comments_unannounced"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="pending", decided_at=None)
                | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="comments_decision_has_a_date",
                violation_error_message=_("A decision and its date go together."),
            ),
            models.CheckConstraint(
                condition=Q(status="approved", approved_at__isnull=False)
                | (~Q(status="approved") & Q(approved_at=None)),
                name="comments_approval_has_a_date",
                violation_error_message=_("An approval and its date go together."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name="comments_answers_another",
                violation_error_message=_("A comment does not answer itself."),
            ),
        ]

    def __str__(self):
        # Django's admin copies this into its log, where erasing does not reach.
        return f"#{self.pk}"

    def save(self, *args, **options):
        """Fill what follows from the rest, and bump where readers see the result."""
        self.body = text.normalise(self.body)
        self.body_html = text.to_html(self.body, links=self.staff_id is not None)
        if self.parent_id:
            self.root_id = self.parent.root_id or self.parent_id
        now = timezone.now()
        is_decided = self.status != Status.PENDING
        self.decided_at = (self.decided_at or now) if is_decided else None
        is_approved = self.status == Status.APPROVED
        self.approved_at = (self.approved_at or now) if is_approved else None
        with transaction.atomic():
            # A new question that waits shows nowhere; any other change may.
            is_seen = not self._state.adding or self.status == Status.APPROVED
            if is_seen:
                bump()
            super().save(*args, **options)
            if is_seen:
                owe_entries(Comment.objects.filter(pk=self.pk))

    def get_absolute_url(self):
        query = thread.query(thread.page_of(self.roots_before))
        return f"{self.guide.get_absolute_url()}{query}#comment-{self.pk}"

    def delete(self, *args, **options):
        with transaction.atomic():
            bump()
            owe_entries(Comment.objects.filter(pk=self.pk))
            return super().delete(*args, **options)

    def is_shown(self):
        """Whether this stands on the page: a hidden comment hides what answers it."""
        comment = self
        while comment and comment.status == Status.APPROVED:
            comment = comment.parent
        return comment is None

    def has_a_receipt(self):
        """Whether its state is worth a mail: what was set apart gets none."""
        return self.status in {Status.PENDING, Status.APPROVED}

    @cached_property
    def roots_before(self):
        """Return how many threads stand before this one below the guide."""
        root = self.root or self
        return (
            Comment.objects.roots()
            .filter(
                ~Q(created_at=root.created_at, pk__gte=root.pk),
                created_at__lte=root.created_at,
                guide=self.guide_id,
            )
            .count()
        )

    def move(self, *, to, by=None, door="command", reason=""):
        """Decide this comment; returns whether anything changed."""
        changed = Comment.objects.filter(pk=self.pk).move(
            to=to, by=by, door=door, reason=reason
        )
        self.refresh_from_db(fields=["status", "decided_at", "approved_at"])
        return bool(changed)

    move.alters_data = True

    def answer(self, *, author, body, door="command"):
        """Publish an answer of a staff user's, and with it this comment.

        The name and title are those of today: they stay when she changes hers.
        """
        person = getattr(author, "author", None)
        with transaction.atomic():
            self.approve(by=author, door=door)
            answer = Comment(
                guide=self.guide,
                parent=self,
                staff=author,
                name=person.name if person else author.get_full_name() or str(author),
                title=person.title if person else "",
                body=body,
                status=Status.APPROVED,
            )
            answer.save()
        return answer

    answer.alters_data = True

    def take_back(self):
        """Erase what its writer wrote; what others wrote below it stays."""
        with transaction.atomic():
            comment = Comment.objects.to_write().get(pk=self.pk)
            if not comment.answers.exists():
                comment.delete()
                return
            if comment.status != Status.APPROVED:
                comment.remove(door="writer")
            comment.name = _("A reader")
            comment.body = _("[Taken back by its writer.]")
            comment.email = comment.consent_version = ""
            comment.findings, comment.spam_score = [], None
            comment.is_urgent = comment.is_trusted = False
            comment.sender = ""
            comment.form_token = None
            comment.taken_back_at = timezone.now()
            comment.save()

    take_back.alters_data = True
