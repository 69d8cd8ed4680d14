from calendar import monthrange
from datetime import timedelta
from secrets import token_urlsafe

from django.core.signing import TimestampSigner
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from newsletter.models.answers import Answer
from newsletter.models.bounces import Bounce
from newsletter.models.deliveries import in_short
from newsletter.models.erased import ErasedAddress
from newsletter.models.events import Event
from newsletter.models.settings import Settings
from newsletter.models.subscriber_queryset import (
    NOT_SUPPRESSED,
    SubscriberQuerySet,
    fold,
)

TRY_FOR = timedelta(days=3)
COME_BACK_WITHIN = timedelta(hours=1)
PAUSES = (1, 2, 3)  # months
FROM_A_FILE = "import: "  # so begins what is noted of where she asked


class Subscriber(models.Model):
    """One address that asked for the letter."""

    email = models.EmailField(_("e-mail address"))
    # Folded for comparison: the domain, and the local part in lower case.
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    token = models.CharField(
        max_length=43,
        unique=True,
        editable=False,
        default=token_urlsafe,
        help_text="In every letter's links; random, stored and valid for ever.",
    )
    consent_version = models.CharField(max_length=20, blank=True, editable=False)
    consent_page = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(
        _("first asked at"), default=timezone.now, editable=False
    )
    asked_at = models.DateTimeField(_("last asked at"), null=True, editable=False)
    # While it is set a mail is owed, and nobody tries before that moment: whoever sends
    # it moves it ahead first, so that a failure or a crash means another try later.
    mail_due_at = models.DateTimeField(null=True, editable=False)
    mailed_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    mail_refusal = models.CharField(
        _("why the answer was sent back"), max_length=300, blank=True, editable=False
    )
    # The mail that is owed, if any, is the one for who has just joined.
    is_welcome_owed = models.BooleanField(default=False, editable=False)
    confirmed_at = models.DateTimeField(
        _("confirmed at"), null=True, blank=True, editable=False
    )
    unsubscribed_at = models.DateTimeField(
        _("left at"), null=True, blank=True, editable=False
    )
    paused_until = models.DateTimeField(
        _("paused until"), null=True, blank=True, editable=False
    )
    suppressed_at = models.DateTimeField(
        _("suppressed at"), null=True, blank=True, editable=False
    )
    suppressed_for = models.CharField(
        _("suppressed because"), max_length=200, blank=True, editable=False
    )
    is_suppressed_by_hand = models.BooleanField(default=False, editable=False)
    suppressed_until = models.DateTimeField(
        _("letters go again from"), null=True, blank=True, editable=False
    )
    # The author let letters through again, and the reader has not confirmed since.
    lifted_at = models.DateTimeField(
        _("let through again at"), null=True, blank=True, editable=False
    )
    is_active = models.GeneratedField(
        expression=Q(confirmed_at__isnull=False, unsubscribed_at__isnull=True),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader of the letter")
        verbose_name_plural = _("readers of the letter")
        ordering = ["-created_at", "-pk"]
        permissions = [("export_subscriber", _("Can take the list of readers along"))]
        indexes = [
            models.Index(fields=["-created_at"], name="newsletter_newest_first"),
            models.Index(
                fields=["created_at"],
                name="newsletter_unconfirmed",
                condition=Q(confirmed_at=None),
            ),
            # With all that is asked of who gets the letter: very many are counted
            # without a look at their rows.
            models.Index(
                fields=[
                    "confirmed_at",
                    "unsubscribed_at",
                    "suppressed_at",
                    "paused_until",
                ],
                name="newsletter_reachable",
                condition=Q(confirmed_at__isnull=False),
            ),
            models.Index(
                fields=["unsubscribed_at"],
                name="newsletter_left",
                condition=Q(unsubscribed_at__isnull=False),
            ),
            models.Index(
                fields=["suppressed_at"],
                name="newsletter_suppressed",
                condition=Q(suppressed_at__isnull=False),
            ),
            # These few are looked for among all, the newest first.
            models.Index(
                fields=["-created_at"],
                name="newsletter_asked_in_vain",
                condition=Q(
                    suppressed_at__isnull=False, asked_at__gt=F("suppressed_at")
                ),
            ),
            models.Index(
                fields=["paused_until"],
                name="newsletter_paused",
                condition=Q(paused_until__isnull=False),
            ),
            models.Index(
                fields=["mail_due_at"],
                name="newsletter_mail_owed",
                condition=Q(mail_due_at__isnull=False),
            ),
            models.Index(
                fields=["suppressed_until"],
                name="newsletter_suppression_ends",
                condition=Q(suppressed_until__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(suppressed_at=None, suppressed_for="")
                | (Q(suppressed_at__isnull=False) & ~Q(suppressed_for="")),
                name="newsletter_suppression_has_a_reason",
                violation_error_message=_("Say why letters to this address stopped."),
            ),
            models.CheckConstraint(
                condition=Q(is_suppressed_by_hand=False)
                | Q(suppressed_at__isnull=False),
                name="newsletter_by_hand_is_suppressed",
                violation_error_message=_("Say why letters to this address stopped."),
            ),
        ]

    def __str__(self):
        return self.email

    def save(self, *args, **options):
        self.email_key = fold(self.email)
        super().save(*args, **options)

    @property
    def signer(self):
        # The address is part of the salt: a link confirms the address it was sent to.
        return TimestampSigner(salt=f"newsletter.confirm:{self.email_key}", sep=".")

    def confirmation_token(self):
        return self.signer.sign(self.pk)

    @property
    def signer_of_fresh_links(self):
        return TimestampSigner(salt=f"newsletter.fresh:{self.email_key}", sep=".")

    def fresh_token(self):
        """Return what shows for an hour that a mail to this address was read."""
        return self.signer_of_fresh_links.sign(self.pk)

    @property
    def email_in_short(self):
        """The address as a letter's link shows it: others may have got that letter."""
        local, _at, domain = self.email.rpartition("@")
        return f"{local[:1]}…@{domain}"

    @property
    def stands(self):
        """What the row says of confirming, leaving and stopped letters, and when."""
        steps = [
            (Event.Kind.CONFIRMED, self.confirmed_at, ""),
            (Event.Kind.LEFT, self.unsubscribed_at, ""),
            (Event.Kind.STOPPED, self.suppressed_at, self.suppressed_for),
            (Event.Kind.LIFTED, self.lifted_at, ""),
        ]
        return [step for step in steps if step[1]]

    @property
    def stopped_because(self):
        return in_short(self.suppressed_for)

    @property
    def kind_of_answer(self):
        """Which mail is owed: what it says depends on the address.

        None for a welcome to who has left since, or gets no letters any more.
        """
        is_reached = self.is_active and self.suppressed_at is None
        if self.is_welcome_owed:
            return Answer.Kind.WELCOME if is_reached else None
        if self.is_suppressed_by_hand:
            return Answer.Kind.BY_HAND
        if self.is_lift_untold and is_reached:
            return Answer.Kind.LIFTED
        return Answer.Kind.ALREADY if is_reached else Answer.Kind.CONFIRM

    @property
    def came_by_a_file(self):
        """Whether she asked elsewhere, and a list of readers brought her along."""
        return self.consent_page.startswith(FROM_A_FILE)

    @property
    def is_lift_unproven(self):
        """Whether letters go to her again and she has not shown that mails arrive."""
        return self.is_active and self.lifted_at is not None

    @property
    def is_lift_untold(self):
        lifted, mailed = self.lifted_at, self.mailed_at
        return lifted is not None and (mailed is None or mailed < lifted)

    @property
    def owed_since(self):
        if self.is_welcome_owed:
            return self.confirmed_at
        return self.lifted_at if self.is_lift_untold else self.asked_at

    @property
    def is_paused(self):
        return self.paused_until is not None and self.paused_until > timezone.now()

    @property
    def may_come_back(self):
        """Whether she left so lately that a press of a button takes it back."""
        left = self.unsubscribed_at
        return left is not None and left > timezone.now() - COME_BACK_WITHIN

    def agree(self, version, *, page):
        """Keep which promise she read who joins now; what a reader agreed to stays."""
        Subscriber.objects.filter(pk=self.pk, is_active=False).update(
            consent_version=version, consent_page=page
        )

    agree.alters_data = True

    def confirm(self):
        """Join, or join again: forgets a leaving and a pause, and lifts a suppression.

        One that the author set by hand stays. Who joins is owed the welcome mail, where
        one is written; who is on the list and gets letters stays as she is.
        """
        now = timezone.now()
        row = Subscriber.objects.filter(pk=self.pk)
        with transaction.atomic():
            row.keep_past()
            joined = row.filter(is_active=False).update(
                confirmed_at=now,
                unsubscribed_at=None,
                paused_until=None,
                mail_refusal="",  # whatever came back, she has the mail
            )
            stopped = row.suppressed().filter(is_suppressed_by_hand=False)
            stopped.update(confirmed_at=now, **NOT_SUPPRESSED)
            row.exclude(lifted_at=None).update(confirmed_at=now, lifted_at=None)
            if joined and Settings.load().welcome:
                row.filter(suppressed_at=None).update(
                    is_welcome_owed=True, mail_due_at=now
                )
        self.refresh_from_db()

    confirm.alters_data = True

    def let_through(self):
        """Lift what stopped letters, by hand or not, and owe her a mail to confirm.

        Who left is owed none. Return whether there was anything to lift. Letters go at
        once: the author knows why she does it. What came back of letters from before
        confirms nothing.
        """
        now = timezone.now()
        row = Subscriber.objects.filter(pk=self.pk).suppressed()
        with transaction.atomic():
            row.keep_past()
            row.filter(unsubscribed_at=None).update(
                mail_due_at=now, is_welcome_owed=False
            )
            lifted = row.update(lifted_at=now, **NOT_SUPPRESSED)
        self.refresh_from_db()
        return bool(lifted)

    let_through.alters_data = True

    def come_back(self):
        """Take a leaving back that is less than an hour old; else change nothing."""
        if self.may_come_back:
            with transaction.atomic():
                Subscriber.objects.filter(pk=self.pk).keep_past()
                self.unsubscribed_at = None
                self.save(update_fields=["unsubscribed_at"])
                self.events.create(kind=Event.Kind.CAME_BACK, at=timezone.now())

    come_back.alters_data = True

    def leave(self):
        """Leave the list; a second time changes nothing. What waits is not sent."""
        now = timezone.now()
        with transaction.atomic():
            row = Subscriber.objects.filter(pk=self.pk, unsubscribed_at=None)
            if row.update(unsubscribed_at=now):
                self.refresh_from_db()
            self.deliveries.end_unsent(reason=_("left before it was sent"))

    leave.alters_data = True

    def pause(self, *, months):
        """Want no letters for so many months; zero ends a pause."""
        now = timezone.now()
        until = in_months(now, months) if months else None
        if not self.is_active or (until is None and not self.is_paused):
            return
        kind, words = Event.Kind.RESUMED, ""
        if until:
            kind = Event.Kind.PAUSED
            words = _("until %s") % date_format(timezone.localtime(until), "j F Y")
        with transaction.atomic():
            self.paused_until = until
            self.save(update_fields=["paused_until"])
            self.events.create(kind=kind, at=now, words=words)

    pause.alters_data = True

    def erase(self):
        """Forget a reader; a keyed hash of her address and her letters' rows stay."""
        with transaction.atomic():
            # Who notes something of her meanwhile would note it of nobody.
            list(self.deliveries.select_for_update().order_by("pk"))
            list(Subscriber.objects.select_for_update().filter(pk=self.pk))
            ErasedAddress.objects.remember(self.email_key)
            self.deliveries.end_unsent(reason=_("erased before it was sent"))
            Bounce.objects.forget_words_with(self.email_key)
            self.delete()

    erase.alters_data = True


def in_months(moment, months):
    """Return the same day so many months later, or the last of a shorter month."""
    ahead = moment.month - 1 + months
    year, month = moment.year + ahead // 12, ahead % 12 + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
