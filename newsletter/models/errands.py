from django.core.signing import BadSignature, TimestampSigner
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.models.events import Event
from newsletter.models.subscriber_queryset import (
    CONFIRM_WITHIN,
    MAIL_AGAIN_AFTER,
    TRY_AGAIN_AFTER,
    fold,
)
from newsletter.models.subscribers import Subscriber

_signer = TimestampSigner(salt="newsletter.move", sep=".")


class ErrandQuerySet(models.QuerySet):
    def due(self):
        """Return the mails that are owed now, oldest first."""
        return self.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")

    def take_on(self, errand):
        """Promise to send it now; False where somebody else is at it.

        Unless it is noted with ``done()``, it is due again in a while.
        """
        taken = self.due().filter(pk=errand.pk)
        return bool(taken.update(due_at=timezone.now() + TRY_AGAIN_AFTER))

    def done(self, errand, *, refusal=""):
        """Note that the mail has left, or why it never will."""
        self.filter(pk=errand.pk).update(
            due_at=None, mailed_at=timezone.now(), refusal=refusal
        )
        self.filter(pk=errand.pk, kind=Errand.Kind.MOVED).update(email="")

    def ask_for_link(self, subscriber):
        """Owe a reader the link to her own page; one in ten minutes is enough.

        One that went to the address of before works no more, so it does not count.
        """
        links = self.filter(subscriber=subscriber, kind=Errand.Kind.LINK)
        lately = timezone.now() - MAIL_AGAIN_AFTER
        moves = subscriber.events.filter(kind=Event.Kind.MOVED, at__gt=lately)
        lately = moves.aggregate(last=models.Max("at"))["last"] or lately
        if links.filter(asked_at__gt=lately).exists():
            return None
        return self.create(subscriber=subscriber, kind=Errand.Kind.LINK)

    def for_move(self, token):
        """Return the change of address that a link confirms, within its seven days.

        Raises ``DoesNotExist`` for every other token, and after a later change.
        """
        try:
            key = _signer.unsign(token, max_age=CONFIRM_WITHIN)
        except BadSignature:
            raise self.model.DoesNotExist from None
        wanted = self.filter(kind=Errand.Kind.MOVE).exclude(email="")
        return wanted.select_related("subscriber").get(pk=key)

    def forget_addresses(self):
        """Drop addresses that nobody confirmed in time."""
        late = timezone.now() - CONFIRM_WITHIN
        old = self.filter(due_at=None, mailed_at__lt=late)
        return old.exclude(email="").update(email="")

    take_on.alters_data = done.alters_data = True
    ask_for_link.alters_data = forget_addresses.alters_data = True


class Errand(models.Model):
    """A mail that a reader asked for on a page of hers: owed while it is due.

    What went to her own address names none; another is dropped when it has served.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("Mail with the link to her own page")
        MOVE = "move", _("Mail to another address, with the button to confirm it")
        MOVED = "moved", _("Mail to the former address that it was changed")

    subscriber = models.ForeignKey(
        "newsletter.Subscriber", on_delete=models.CASCADE, related_name="errands"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    email = models.EmailField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, default=timezone.now)
    mailed_at = models.DateTimeField(null=True)
    refusal = models.CharField(_("why it was sent back"), max_length=300, blank=True)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail a reader asked for")
        verbose_name_plural = _("mails readers asked for")
        indexes = [
            models.Index(
                fields=["due_at"],
                name="newsletter_errands_due",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["mailed_at"],
                name="newsletter_errands_named",
                condition=~models.Q(email=""),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def to(self):
        return self.email or self.subscriber.email

    @property
    def is_carried_out(self):
        """Whether the letter goes to the address of this change already."""
        return self.subscriber.email_key == fold(self.email)

    def token(self):
        return _signer.sign(self.pk)

    def carry_out(self):
        """Let the letter go to the other address from now on; return who gets it there.

        Where that address is known, its own row takes over and the former one leaves:
        who presses has shown that both are hers. A second press changes nothing.
        """
        with transaction.atomic():
            rows = Subscriber.objects.select_for_update()
            reader = rows.get(pk=self.subscriber_id)
            if reader.email_key == fold(self.email):
                return reader
            other = rows.filter(email_key=fold(self.email)).first()
            if self._is_done(reader):
                return other or reader
            self._drop_other_wishes()
            return self._hand_over(reader, other) if other else self._move(reader)

    def _is_done(self, reader):
        moves = reader.events.filter(kind=Event.Kind.MOVED)
        return moves.filter(at__gte=self.asked_at).exists()

    def _drop_other_wishes(self):
        mine = Errand.objects.filter(subscriber_id=self.subscriber_id)
        mine.filter(kind=self.Kind.MOVE).exclude(pk=self.pk).update(email="")

    def _move(self, reader):
        row = Subscriber.objects.filter(pk=reader.pk)
        self._tell(reader)
        row.keep_past()
        reader.events.create(kind=Event.Kind.MOVED, at=timezone.now())
        row.update(email=self.email, email_key=fold(self.email), mail_refusal="")
        before = reader.confirmed_at
        reader.refresh_from_db()
        reader.confirm()
        # What comes back of letters to the former address says nothing of this one.
        row.filter(confirmed_at=before).update(confirmed_at=timezone.now())
        reader.refresh_from_db()
        return reader

    def _hand_over(self, reader, other):
        reader.events.create(kind=Event.Kind.MOVED, at=timezone.now())
        other.confirm()
        if reader.is_active:
            self._tell(reader)
            if reader.is_paused:
                other.paused_until = reader.paused_until
                other.save(update_fields=["paused_until"])
        if reader.is_suppressed_by_hand:
            Subscriber.objects.filter(pk=other.pk).suppress(
                reason=reader.suppressed_for, by_hand=True
            )
            other.refresh_from_db()
        reader.leave()
        return other

    def _tell(self, reader):
        reader.errands.create(kind=self.Kind.MOVED, email=reader.email)

    carry_out.alters_data = True
