from datetime import timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from comments import redaction, text, thread
from comments.bayes import LIKELY
from comments.models.addresses import A_DAY, EmailAddress
from comments.models.decisions import Act, Decision, Status
from comments.models.learned import Learned
from comments.models.notices import Notice
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
TRUSTED_AFTER = 2  # approved comments


class Tray(models.TextChoices):
    """Where what waits lies on the desk."""

    URGENT = "urgent", _("urgent")
    ANSWER = "answer", _("to answer")
    WAITING = "waiting", _("waiting")
    LIKELY = "likely", _("looks like spam")
    ASIDE = "aside", _("set aside")


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

    def roots(self):
        """Return those shown that open a thread."""
        return self.approved().filter(parent=None)

    def in_tray(self, tray):
        """Return what lies there: of whom one trusts first, then as it came."""
        return self.filter(tray=tray).order_by("-is_trusted", "created_at", "pk")

    def urgent(self):
        """Return those that wait with red flags in them, set aside or not."""
        return self.filter(tray__in=[Tray.URGENT, Tray.ASIDE], is_urgent=True)

    def count_trays(self):
        """Return how many wait in each tray; an index holds those alone."""
        waiting = self.filter(tray__in=Tray.values).order_by().values("tray")
        waiting = waiting.annotate(number=models.Count("pk"))
        return dict(waiting.values_list("tray", "number"))

    def pinned(self):
        """Return those whose thread stands before all others."""
        return self.filter(pinned_at__isnull=False)

    def confirmed(self):
        """Return those whose writers have shown that the address is theirs."""
        return self.filter(email__in=EmailAddress.objects.confirmed().values("email"))

    def trusted_addresses(self, addresses):
        """Return those that are confirmed and stand with enough that is published."""
        own = EmailAddress.objects.confirmed().filter(email__in=addresses)
        published = self.approved().filter(email=OuterRef("email")).order_by()
        number = published.values("email").values(number=models.Count("pk"))
        known = own.annotate(number=models.Subquery(number))
        known = known.filter(number__gte=TRUSTED_AFTER)
        return set(known.values_list("email", flat=True))

    def of_reader(self, address):
        """Return what was sent with an address, however its letters are typed."""
        return self.filter(staff=None, email=address.lower())

    def refused(self, before):
        """Return what was rejected or spam when it was decided before that moment."""
        return self.filter(
            status__in=[Status.REJECTED, Status.SPAM],
            # Written before it was decided: by this an index finds it.
            created_at__lt=before,
            decided_at__lt=before,
        )

    def forget(self):
        """Delete these, which no page shows: none becomes old."""
        return super(ShownQuerySet, self).delete()

    forget.alters_data = True
    forget.queryset_only = True

    def mark_reported(self, at):
        """Note since when the author knows of these; readers see no difference."""
        return self.mark(reported_at=at)

    mark_reported.alters_data = True

    def with_state(self):
        """Return these with what changes whenever somebody decides or answers them."""

        def count(rows, name):
            counted = rows.filter(**{name: OuterRef("pk")}).order_by()
            counted = counted.values(name).values(number=models.Count("pk"))
            return Coalesce(models.Subquery(counted), 0)

        answers = Comment.objects.filter(staff__isnull=False)
        return self.annotate(
            decision_count=count(Decision.objects, "comment"),
            answer_count=count(answers, "parent"),
            is_refused=models.Exists(
                EmailAddress.objects.refused().filter(email=OuterRef("email"))
            ),
        )

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
        """Owe an address the mail with the receipts of what was sent with it.

        From here on it is the notice that is owed: two ticks at once write once.
        """
        now = timezone.now()
        with transaction.atomic():
            address = EmailAddress.objects.known(email)
            due = self.filter(email=email, receipt_due_at__lte=now)
            if later := address.rests_until():
                due.mark(receipt_due_at=later)
                return
            comments = list(due.order_by("pk"))
            # These alone: what came since waits for a mail of its own.
            taken = self.filter(pk__in=[comment.pk for comment in comments])
            taken.mark(receipt_due_at=None)
            comments = [comment for comment in comments if comment.has_a_receipt()]
            if comments and not address.stopped_at:
                address.written_at = now
                address.save(update_fields=["written_at"])
                Notice.objects.owe(Notice.Kind.RECEIPTS, comments=comments)

    take_receipts.alters_data = True

    def mark(self, **stamps):
        """Stamp what no reader sees; returns how many were stamped."""
        return super(ShownQuerySet, self).update(**stamps)

    mark.alters_data = True

    def move(self, *, to, by=None, door="command", reason="", act=Act.MOVE):
        """Decide these comments: stamp them, record who and why, show the result.

        Returns how many changed. A comment that is there already is left alone.
        """
        to = Status(to)
        with transaction.atomic():
            moved = list(self.exclude(status=to).to_write().order_by("pk"))
            trusted = Comment.objects.trusted_addresses(
                {one.email for one in moved if one.has_links()}
            )
            Comment.objects.filter(pk__in=[comment.pk for comment in moved]).update(
                status=to, **to.stamps
            )
            Decision.objects.record(
                moved, to=to, act=act, by=by, door=door, reason=reason
            )
            Learned.follow(moved, to=to)
            for comment in moved:
                if comment.has_links():
                    is_real = to == Status.APPROVED and comment.email in trusted
                    html = text.to_html(comment.body, links=is_real)
                    Comment.objects.filter(pk=comment.pk).mark(body_html=html)
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
            is_seen = not self._state.adding or self.status == Status.APPROVED
            if is_seen:
                bump()
            super().save(*args, **options)
            if is_seen:
                owe_entries(Comment.objects.filter(pk=self.pk))

    def get_absolute_url(self):
        query = thread.query(thread.page_of(self.roots_before))
        return f"{self.guide.get_absolute_url()}{query}#comment-{self.pk}"

    @property
    def permalink(self):
        """Return the address that leads to it, on whatever page it stands one day."""
        return reverse("comments:place", args=[self.pk])

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
            owe_entries(Comment.objects.filter(pk=self.pk))
            return super().delete(*args, **options)

    @property
    def tray_words(self):
        """Return where it lies, in words: its state, and while it waits its tray."""
        return (Tray if self.status == Status.PENDING else Status)(self.tray).label

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
        return bool(others.trusted_addresses([self.email]))

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

    def has_a_receipt(self):
        """Whether a mail says where it stands: nobody misses what was set apart.

        What filled in the field that people do not see gives addresses of strangers.
        """
        if any(finding["check"] == "trap" for finding in self.findings):
            return False
        return self.status in {Status.PENDING, Status.APPROVED}

    @cached_property
    def roots_before(self):
        """Return how many threads stand before this one, besides the pinned."""
        root = self.root or self
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

    def move(self, *, to, **how):
        """Decide this comment; returns whether anything changed."""
        changed = Comment.objects.filter(pk=self.pk).move(to=to, **how)
        self.refresh_from_db(
            fields=[
                *("status", "decided_at", "approved_at", "set_aside_at", "tray"),
                "body_html",
            ]
        )
        return bool(changed)

    move.alters_data = True

    def set_aside(self, *, note="", by=None, door="command"):
        """Let it wait apart, with a note for the author; readers see no difference."""
        self._lay(Act.ASIDE, timezone.now(), note=note, by=by, door=door)

    set_aside.alters_data = True

    def take_up(self, *, by=None, door="command"):
        """Put it back among what waits; its note stays to be read."""
        self._lay(Act.TAKE_UP, None, note=self.note, by=by, door=door)

    take_up.alters_data = True

    def _lay(self, act, moment, *, note, by, door):
        with transaction.atomic():
            row = Comment.objects.filter(pk=self.pk)
            (comment,) = row.select_for_update()
            models.QuerySet.update(row, set_aside_at=moment, note=note)
            Decision.objects.record([comment], act=act, by=by, door=door)
        self.refresh_from_db(fields=["set_aside_at", "note", "tray"])

    def answer(self, *, author, body, door="command"):
        """Publish an answer of a staff user's, and with it this comment.

        The name and title are those of today: they stay when she changes hers. An
        answer of hers that she took off the page goes out again, with these words.
        """
        person = getattr(author, "author", None)
        with transaction.atomic():
            self.approve(by=author, door=door)
            answer = self.withdrawn_answer(author) or Comment(
                guide=self.guide, parent=self, staff=author
            )
            answer.name = (
                person.name if person else author.get_full_name() or str(author)
            )
            answer.title = person.title if person else ""
            answer.body = body
            was, answer.status = answer.status, Status.APPROVED
            answer.created_at = timezone.now()
            answer.save()
            answer.status = was
            Decision.objects.record([answer], to=Status.APPROVED, by=author, door=door)
            answer.status = Status.APPROVED
        return answer

    answer.alters_data = True

    def withdrawn_answer(self, author):
        """Return the newest answer of hers to this that is off the page, or None."""
        withdrawn = self.answers.filter(staff=author, status=Status.REMOVED)
        return withdrawn.order_by("created_at", "pk").last()

    def undo(self, *, by=None, door="command"):
        """Take back the last decision; returns whether there was one to take back.

        What was struck out is gone: that is never undone. An answer of the author's
        goes off the page, with its question too, and its words wait for her there.
        """
        last = self.decisions.last()
        if last is None or not last.may_be_undone:
            return False
        if last.was == last.to:
            moment = None if self.set_aside_at else timezone.now()
            self._lay(Act.UNDO, moment, note=self.note, by=by, door=door)
            return True
        to = last.was
        if self.staff_id and to == Status.PENDING:
            to = Status.REMOVED
        with transaction.atomic():
            if to == Status.PENDING:
                # Published again later, the question must not bring it back unseen.
                self.answers.answers().move(
                    to=Status.REMOVED, act=Act.UNDO, by=by, door=door
                )
            return self.move(to=to, act=Act.UNDO, by=by, door=door)

    undo.alters_data = True

    def redact(self, *, phrases, hides_name=False, by=None, door="command"):
        """Strike words out for good: nothing keeps them, not even the record of it."""
        with transaction.atomic():
            comment = Comment.objects.to_write().get(pk=self.pk)
            comment._strike(phrases, name=_("A reader") if hides_name else comment.name)
            comment.form_token = None
            comment.save()
            Decision.objects.record([comment], act=Act.REDACT, by=by, door=door)
        self.refresh_from_db()

    redact.alters_data = True

    def _strike(self, phrases, *, name):
        """Strike words out of the text, and out of what was found and learned of it."""
        with Learned.read_anew(self):
            self.body = redaction.strike(self.body, phrases)
            self.name = name
        self.findings = redaction.still_true(self.findings, self)

    def pin(self):
        """Let the thread in which this stands stand before all others."""
        self._pin(timezone.now())

    def unpin(self):
        self._pin(None)

    pin.alters_data = unpin.alters_data = True

    def _pin(self, at):
        root = self.root or self
        Comment.objects.filter(pk=root.pk).update(pinned_at=at)
        root.pinned_at = at

    @property
    def stage(self):
        """Return what changes when it is decided or answered, for who changes it."""
        return f"{self.status} {self.answers.answers().count()}"

    @property
    def masked_email(self):
        """Return as much of the address as shows its owner whether it is hers."""
        name, at, host = self.email.partition("@")
        return f"{name[0]}…{at}{host}"

    @property
    def may_be_mailed(self):
        """Whether the way back to it may be on its way, whoever's the address is.

        By its age alone: who types the address of somebody else learns nothing of her.
        """
        return bool(self.email) and timezone.now() < self.created_at + A_DAY

    @property
    def changeable_until(self):
        return self.created_at + CHANGEABLE_FOR

    def may_be_changed(self):
        """Whether its writer may still put it in other words: they have no answer."""
        if self.taken_back_at or timezone.now() >= self.changeable_until:
            return False
        return not self.answers.answers().exists()

    def change(self):
        """Store other words of its writer's: whatever was decided, it waits again."""
        with transaction.atomic():
            if self.status != Status.PENDING:
                self.restore(door="writer")
                self.reported_at = self.announced_at = None
            elif self.set_aside_at:
                self.take_up(door="writer")
            self.changed_at = timezone.now()
            self.save()

    def show_less(self, *, name, words):
        """Put another name above it and cut words out; what stood there is gone."""
        with transaction.atomic():
            comment = Comment.objects.to_write().get(pk=self.pk)
            comment._strike(words, name=name)
            comment.changed_at = timezone.now()
            comment.save()

    change.alters_data = show_less.alters_data = True

    def take_back(self):
        self.erase(words=_("[Taken back by its writer.]"), door="writer")

    def erase(self, *, words, door, by=None):
        """Erase what its writer wrote; what others wrote below it stays.

        Where anything does, these words stand in its place.
        """
        with transaction.atomic():
            comment = Comment.objects.filter(pk=self.pk).to_write().first()
            if comment is None:
                return  # a second press came a moment later
            address = EmailAddress.objects.filter(email=comment.email)
            if comment.answers.exists():
                comment.blank(words=words, door=door, by=by)
            else:
                comment.delete()
            address.forget_unused(Comment.objects)

    erase.alters_data = True
    take_back.alters_data = True

    def blank(self, *, words, door, by):
        """Leave the place in the thread, and nothing of what stood there."""
        if self.status != Status.APPROVED:
            self.remove(door=door, by=by)
        self.name = _("A reader")
        self.body = words
        self.email = self.consent_version = ""
        self.findings, self.spam_score = [], None
        self.is_urgent = self.is_trusted = False
        self.note = ""
        self.form_token = self.receipt_due_at = self.changed_at = None
        self.taken_back_at = timezone.now()
        if door != "writer":  # she goes on seeing that she took it back
            self.secret = token_urlsafe()
        self.save()

    blank.alters_data = True
