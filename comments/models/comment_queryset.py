from datetime import timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from comments import text
from comments.models.addresses import EmailAddress
from comments.models.decisions import Act, Decision
from comments.models.learned import Learned
from comments.models.notices import Notice
from comments.models.states import Moves, Status, Tray
from guide.models import ShownQuerySet, seen_by_readers

UNDONE_WITHIN = timedelta(minutes=1)  # so that undo needs no recall
NEWS_FOR = timedelta(days=14)
TRUSTED_AFTER = 2  # approved comments


class CommentQuerySet(Moves, ShownQuerySet):
    """What is true of many comments, and what is done with many at once."""

    # On the page

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
        later = self.model.objects.answers().filter(
            Q(created_at__gt=OuterRef("created_at"))
            | Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk")),
            parent=OuterRef("parent"),
        )
        return (
            self.answers()
            .filter(
                ~Exists(later),
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

    def pinned(self):
        """Return those whose thread stands before all others."""
        return self.filter(pinned_at__isnull=False)

    def of_thread(self, comment):
        """Return all that stands in the thread of a comment, in whatever state."""
        root = comment.root_id or comment.pk
        return self.filter(Q(pk=root) | Q(root=root))

    def those(self, comments):
        """Return the rows of these comments, as they are now."""
        return self.filter(pk__in=[comment.pk for comment in comments])

    # At the desk

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

    def with_state(self):
        """Return these with what changes whenever somebody decides or answers them."""

        def count(rows, name):
            counted = rows.filter(**{name: OuterRef("pk")}).order_by()
            counted = counted.values(name).values(number=models.Count("pk"))
            return Coalesce(Subquery(counted), 0)

        answers = self.model.objects.filter(staff__isnull=False)
        return self.annotate(
            decision_count=count(Decision.objects, "comment"),
            answer_count=count(answers, "parent"),
            is_refused=Exists(
                EmailAddress.objects.refused().filter(email=OuterRef("email"))
            ),
        )

    # Of readers

    def of_reader(self, email):
        """Return what was sent with an address, however its letters are typed."""
        return self.filter(staff=None, email=email.lower())

    def trusted_emails(self, emails):
        """Return those that are confirmed and stand with enough that is published."""
        own = EmailAddress.objects.confirmed().filter(email__in=emails)
        published = self.approved().filter(email=OuterRef("email")).order_by()
        number = published.values("email").values(number=models.Count("pk"))
        known = own.annotate(number=Subquery(number))
        known = known.filter(number__gte=TRUSTED_AFTER)
        return set(known.values_list("email", flat=True))

    # Due by time

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

    def refused(self, before):
        """Return what was rejected or spam when it was decided before that moment."""
        return self.filter(
            status__in=[Status.REJECTED, Status.SPAM],
            # Written before it was decided: by this an index finds it.
            created_at__lt=before,
            decided_at__lt=before,
        )

    # Changes of many

    def move(self, *, to, by=None, door="command", reason="", act=Act.MOVE):
        """Decide these comments: stamp them, record who and why, show the result.

        Returns how many changed. A comment that is there already is left alone.
        """
        to = Status(to)
        comments = self.model.objects
        with transaction.atomic():
            moved = list(self.exclude(status=to).to_write().order_by("pk"))
            trusted = comments.trusted_emails(
                {one.email for one in moved if one.has_links()}
            )
            comments.those(moved).update(status=to, **to.stamps)
            Decision.objects.record(
                moved, to=to, act=act, by=by, door=door, reason=reason
            )
            Learned.follow(moved, to=to)
            for comment in moved:
                if comment.has_links():
                    is_real = to == Status.APPROVED and comment.email in trusted
                    html = text.to_html(comment.body, links=is_real)
                    comment.row.mark(body_html=html)
        return len(moved)

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
            self.those(comments).mark(receipt_due_at=None)
            comments = [comment for comment in comments if comment.has_a_receipt()]
            if comments and not address.stopped_at:
                address.written_at = now
                address.save(update_fields=["written_at"])
                Notice.objects.owe(Notice.Kind.RECEIPTS, comments=comments)

    def forget(self):
        """Delete these, which no page shows: none becomes old."""
        return super(ShownQuerySet, self).delete()

    move.alters_data = take_receipts.alters_data = True
    forget.alters_data = forget.queryset_only = True
