from datetime import timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from comments import text, thread
from comments.bayes import LIKELY
from comments.models.addresses import A_DAY
from comments.models.comment_acts import CommentActs
from comments.models.comment_queryset import CommentQuerySet
from comments.models.states import Status, Tray
from guide.models import Guide, bump, owe_entries

CHANGEABLE_FOR = timedelta(minutes=15)


class Comment(CommentActs, models.Model):
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
        related_name="replies",
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
    # Of the comment that opened the thread: since when it stands before the others.
    pinned_at = models.DateTimeField(null=True, editable=False)
    # Since when it is, in other words, an entry of the guide's own questions.
    entered_at = models.DateTimeField(null=True, editable=False)
    set_aside_at = models.DateTimeField(null=True, editable=False)
    note = models.CharField(
        _("note for the author"), max_length=300, blank=True, editable=False
    )
    # Each tab of the desk is one look into comments_at_the_desk.
    tray = models.GeneratedField(
        expression=Case(
            When(~Q(status=Status.PENDING), then=F("status")),
            When(set_aside_at__isnull=False, then=Value(Tray.ASIDE)),
            When(is_urgent=True, then=Value(Tray.URGENT)),
            When(spam_score__gte=LIKELY, then=Value(Tray.LIKELY)),
            When(parent__isnull=True, then=Value(Tray.ANSWER)),
            default=Value(Tray.WAITING),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )

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
                fields=["guide", "parent", "status", "pinned_at", "created_at"],
                name="comments_roots_of_a_guide",
            ),
            models.Index(fields=["root", "status"], name="comments_of_a_thread"),
            models.Index(fields=["status", "-created_at"], name="comments_by_status"),
            models.Index(
                fields=["tray", "-is_trusted", "created_at"],
                name="comments_at_the_desk",
            ),
            # Both, or SQLite reads all that is published to find one reader's.
            models.Index(fields=["email", "status"], name="comments_by_address"),
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
                # An index finds all that one reader sent.
                condition=Q(email=Lower("email")),
                name="comments_address_in_small_letters",
                violation_error_message=_("Write the address in small letters."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
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
        self.email = self.email.lower()
        self.body_html = text.to_html(self.body, links=self.may_link())
        if self.parent_id:
            self._check_parent()
            self.root_id = self.parent.root_id or self.parent_id
        now = timezone.now()
        is_decided = self.status != Status.PENDING
        self.decided_at = (self.decided_at or now) if is_decided else None
        is_approved = self.status == Status.APPROVED
        self.approved_at = (self.approved_at or now) if is_approved else None
        with transaction.atomic():
            # A new question that waits shows nowhere; any other change may.
            is_seen = not self._state.adding or is_approved
            if is_seen:
                bump()
            super().save(*args, **options)
            if is_seen:
                owe_entries(self.row)

    def get_absolute_url(self):
        query = thread.query(thread.page_of(self.roots_before))
        return f"{self.guide.get_absolute_url()}{query}#comment-{self.pk}"

    def _check_parent(self):
        """Refuse what no form offers, and a script may name."""
        if self.parent.guide_id != self.guide_id:
            raise ValueError("A comment does not answer one below another guide.")
        # What is new has no descendants yet.
        if not self._state.adding and self in self.parent.upwards():
            raise ValueError("A comment does not answer its own descendant.")

    def delete(self, *args, **options):
        with transaction.atomic():
            bump()
            owe_entries(self.row)
            return super().delete(*args, **options)

    @property
    def row(self):
        """Return the query set of this comment alone, as the database has it."""
        return Comment.objects.filter(pk=self.pk)

    # Where it stands

    @property
    def permalink(self):
        """Return the address that leads to it, on whatever page it stands one day."""
        return reverse("comments:place", args=[self.pk])

    @property
    def thread_root(self):
        """Return the comment that opened its thread: itself where it did."""
        return self.root or self

    @cached_property
    def roots_before(self):
        """Return how many threads stand before this one, besides the pinned."""
        root = self.thread_root
        if root.pinned_at:
            return 0
        return (
            Comment.objects.roots()
            .filter(
                ~Q(created_at=root.created_at, pk__gte=root.pk),
                pinned_at=None,
                created_at__lte=root.created_at,
                guide=self.guide_id,
            )
            .count()
        )

    def is_shown(self):
        """Whether this stands on the page: a hidden comment hides what answers it."""
        for comment in self.upwards():
            if comment.status != Status.APPROVED:
                return False
        return comment.parent_id is None

    def upwards(self):
        """Yield this and what it answers, up to what opened the thread.

        A script may have made a circle of them: that ends too.
        """
        comment, met = self, set()
        while comment and comment.pk not in met:
            yield comment
            met.add(comment.pk)
            comment = comment.parent

    def published_answers(self):
        """Return what the author and her team answer to this, the oldest first."""
        return self.replies.answers().order_by("created_at", "pk")

    def withdrawn_answer(self, author):
        """Return the newest answer of hers to this that is off the page, or None."""
        withdrawn = self.replies.filter(staff=author, status=Status.REMOVED)
        return withdrawn.order_by("created_at", "pk").last()

    @property
    def tray_words(self):
        """Return where it lies, in words: its state, and while it waits its tray."""
        return (Tray if self.status == Status.PENDING else Status)(self.tray).label

    # What holds of its text

    def has_links(self):
        """Whether there is anything of a reader's in it that may become a link."""
        return bool(not self.staff_id and self.email and text.links(self.body))

    def may_link(self):
        """Whether its links are real: the author's are, and a known reader's once read.

        A first-timer's stay text, so that they are worth nothing to who sends spam.
        """
        if self.staff_id:
            return True
        if self.status != Status.APPROVED or not self.has_links():
            return False
        others = Comment.objects.exclude(pk=self.pk)
        return bool(others.trusted_emails([self.email]))

    # What its writer may

    @property
    def changeable_until(self):
        return self.created_at + CHANGEABLE_FOR

    def may_be_changed(self):
        """Whether its writer may still put it in other words: they have no answer."""
        if self.taken_back_at or timezone.now() >= self.changeable_until:
            return False
        return not self.published_answers().exists()

    @property
    def stage(self):
        """Return what changes when it is decided or answered, for who changes it."""
        return f"{self.status} {self.published_answers().count()}"

    def has_a_receipt(self):
        """Whether a mail says where it stands: nobody misses what was refused.

        What filled in the field that people do not see gives addresses of strangers.
        """
        if any(finding["check"] == "trap" for finding in self.findings):
            return False
        return self.status in {Status.PENDING, Status.APPROVED}

    @property
    def may_be_mailed(self):
        """Whether the way back to it may be on its way, whoever's the address is.

        By its age alone: who types the address of somebody else learns nothing of her.
        """
        return bool(self.email) and timezone.now() < self.created_at + A_DAY

    @property
    def masked_email(self):
        """Return as much of the address as shows its owner whether it is hers."""
        name, at, host = self.email.partition("@")
        return f"{name[0]}…{at}{host}"
