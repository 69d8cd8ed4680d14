from calendar import monthrange
from datetime import timedelta
from secrets import token_urlsafe

from django.core.signing import BadSignature, TimestampSigner
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from newsletter.models.answers import Answer
from newsletter.models.bounces import Bounce
from newsletter.models.deliveries import in_short
from newsletter.models.erased import ErasedAddress
from newsletter.models.events import Event
from newsletter.models.settings import Settings

CONFIRM_WITHIN = timedelta(days=7)
MAIL_AGAIN_AFTER = timedelta(minutes=10)
TRY_AGAIN_AFTER = timedelta(minutes=5)
TRY_FOR = timedelta(days=3)
COME_BACK_WITHIN = timedelta(hours=1)
FRESH_FOR = timedelta(hours=1)
PAUSES = (1, 2, 3)  # months
FROM_A_FILE = "import: "  # so begins what is noted of where she asked
NOT_SUPPRESSED = {
    "suppressed_at": None,
    "suppressed_for": "",
    "is_suppressed_by_hand": False,
    "suppressed_until": None,
}


def fold(email):
    """Return an address as it is compared: two spellings of one are one reader."""
    return email.strip().lower()


def _where(condition, values):
    """Return values for an UPDATE that keeps the columns of all other rows."""
    return {
        name: Case(When(condition, then=Value(value)), default=F(name))
        for name, value in values.items()
    }


class SubscriberQuerySet(models.QuerySet):
    def active(self):
        """Return those who confirmed and did not leave."""
        return self.filter(is_active=True)

    def listed(self):
        """Return all who asked for the letter and did not leave, reachable or not."""
        return self.filter(unsubscribed_at=None)

    def reachable(self):
        """Return those to whom a letter goes now."""
        return self.active().filter(
            Q(paused_until=None) | Q(paused_until__lte=Now()), suppressed_at=None
        )

    def paused(self):
        """Return those on the list who want no letters for a while."""
        return self.active().filter(paused_until__gt=timezone.now())

    def suppressed(self):
        """Return those to whom letters stopped, for what came back or by hand."""
        # As the index says it: SQLite does not see through NOT (… IS NULL).
        return self.filter(suppressed_at__isnull=False)

    def asked_in_vain(self):
        """Return those who asked for the letter after it had stopped, and lack it."""
        return self.suppressed().filter(asked_at__gt=F("suppressed_at"))

    def unconfirmed(self, *, older_than):
        """Return those who asked that long ago and never confirmed.

        Whom the author stopped is none of them: with the row went what she forbade.
        """
        before = timezone.now() - older_than
        return self.filter(
            Q(asked_at=None) | Q(asked_at__lt=before),
            confirmed_at=None,
            created_at__lt=before,
            is_suppressed_by_hand=False,
        )

    def owed_a_mail(self):
        """Return those whose sign-up waits for its answer by mail, oldest first."""
        return self.filter(mail_due_at__lte=timezone.now()).order_by("mail_due_at")

    def take_on(self, subscriber):
        """Promise to answer a sign-up now; False where somebody else is at it.

        Unless the answer is noted with ``answered()``, it is due again in a while.
        """
        taken = self.owed_a_mail().filter(pk=subscriber.pk)
        return bool(taken.update(mail_due_at=timezone.now() + TRY_AGAIN_AFTER))

    def answered(self, subscriber, *, refusal=""):
        """Note that the mail has left, or why it never will."""
        kind = subscriber.kind_of_answer
        with transaction.atomic():
            row = self.filter(pk=subscriber.pk)
            self.owed_no_more(subscriber)
            is_there = row.update(mail_refusal=refusal)
            if kind != Answer.Kind.WELCOME:  # nobody asked for that one
                row.update(mailed_at=timezone.now())
            if is_there:
                subscriber.answers.create(
                    kind=kind,
                    refusal=refusal,
                    consent_version=subscriber.consent_version,
                    consent_page=subscriber.consent_page,
                )

    def owed_no_more(self, subscriber):
        """Note that nothing is owed, unless it is another mail by now."""
        same = self.filter(
            pk=subscriber.pk,
            is_welcome_owed=subscriber.is_welcome_owed,
            lifted_at=subscriber.lifted_at,
        )
        same.update(mail_due_at=None, is_welcome_owed=False)

    def sign_up(self, email, *, consent_version="", consent_page=""):
        """Note that somebody asked for the letter at this address; return the row.

        What the mail must say depends on the row and is decided when it is written. One
        mail answers everything asked within ten minutes, unless what it said holds no
        more. Whatever is known of the address, the same statements run and one
        transaction writes.
        """
        now, key = timezone.now(), fold(email)
        asked = {"asked_at": now, "mail_due_at": now}
        # What she reads now is what she agrees to when she confirms.
        agreed = {"consent_version": consent_version, "consent_page": consent_page}
        new = self.model(email=email, email_key=key, **asked, **agreed)
        not_lately = (
            Q(mailed_at=None)
            | Q(mailed_at__lte=now - MAIL_AGAIN_AFTER)
            | Q(mailed_at__lt=F("confirmed_at"))
            | Q(mailed_at__lt=F("unsubscribed_at"))
            | Q(mailed_at__lt=F("suppressed_at"))
        )
        # A list of readers is asked one after the other; who comes herself goes first.
        put_off = Q(mail_due_at__gt=now + TRY_AGAIN_AFTER)
        with transaction.atomic():
            self.bulk_create([new], ignore_conflicts=True)
            row = self.filter(email_key=key)
            row.update(
                **_where(Q(not_lately, mail_due_at=None) | put_off, asked),
                **_where(Q(is_active=False), {"is_welcome_owed": False} | agreed),
            )
            return row.get()

    def suppress(self, *, reason, by_hand=False, written_at=None, until=None):
        """Send these no letters from now on, and keep why; return how many that ended.

        What the author sets by hand stays, with her reason. A letter from before an
        address was confirmed, or let through by her, says nothing of it any more:
        ``written_at`` is when the one that came back left.
        """
        rows = self
        if written_at:
            rows = rows.filter(
                Q(confirmed_at=None) | Q(confirmed_at__lte=written_at),
                Q(lifted_at=None) | Q(lifted_at__lte=written_at),
            )
        stopped = {
            "suppressed_at": timezone.now(),
            "suppressed_for": reason,
            "is_suppressed_by_hand": by_hand,
            "suppressed_until": until,
        }
        with transaction.atomic():
            rows.exclude(lifted_at=None).keep_past()
            if by_hand:
                rows.suppressed().keep_past()
                rows.suppressed().update(**stopped)
            return rows.filter(suppressed_at=None).update(lifted_at=None, **stopped)

    def lift(self):
        """Let letters go to these again, whatever had stopped them; return how many."""
        now = timezone.now()
        with transaction.atomic():
            self.suppressed().keep_past()
            keys = self.suppressed().values_list("pk", flat=True)
            Event.objects.bulk_create(
                Event(subscriber_id=key, kind=Event.Kind.LIFTED, at=now) for key in keys
            )
            return self.suppressed().update(**NOT_SUPPRESSED)

    def lift_expired(self):
        """Let letters go again to those whose suppression was for a while."""
        return self.filter(suppressed_until__lte=timezone.now()).lift()

    def keep_past(self):
        """Note how these stand, before something else is written in its place."""
        Event.objects.bulk_create(
            [
                Event(subscriber_id=row.pk, kind=kind, at=at, words=words)
                for row in self.select_for_update().order_by("pk")
                for kind, at, words in row.stands
            ],
            ignore_conflicts=True,
            batch_size=500,
        )

    suppress.alters_data = lift.alters_data = lift_expired.alters_data = True
    keep_past.alters_data = True

    def of_link(self, token):
        """Return whom the link in a letter names, or None: the erased had one too."""
        if not (token.isascii() and token.isprintable()):
            return None
        return self.filter(token=token).first()

    def of_fresh_link(self, token):
        """Return whom a link names that was mailed within the last hour, or None."""
        try:
            subscriber = self.get(pk=token.partition(".")[0])
            subscriber.signer_of_fresh_links.unsign(token, max_age=FRESH_FOR)
        except (ValueError, OverflowError, BadSignature, self.model.DoesNotExist):
            return None
        return subscriber

    def for_confirmation(self, token):
        """Return whom a link in a confirmation mail names, within its seven days.

        Raises ``DoesNotExist`` for every other token.
        """
        try:
            subscriber = self.get(pk=token.partition(".")[0])
            subscriber.signer.unsign(token, max_age=CONFIRM_WITHIN)
        except (ValueError, OverflowError, BadSignature):
            raise self.model.DoesNotExist from None
        return subscriber


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
            models.Index(
                fields=["id"], name="newsletter_active", condition=Q(is_active=True)
            ),
            models.Index(fields=["-created_at"], name="newsletter_newest_first"),
            models.Index(
                fields=["created_at"],
                name="newsletter_unconfirmed",
                condition=Q(confirmed_at=None),
            ),
            models.Index(
                fields=["confirmed_at"],
                name="newsletter_joined",
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
                confirmed_at=now, unsubscribed_at=None, paused_until=None
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
