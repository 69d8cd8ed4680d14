"""What is true of many readers, and what becomes of them."""

from datetime import timedelta

from django.core.signing import BadSignature
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.models.answers import Answer
from newsletter.models.events import Event

CONFIRM_WITHIN = timedelta(days=7)
MAIL_AGAIN_AFTER = timedelta(minutes=10)
TRY_AGAIN_AFTER = timedelta(minutes=5)
FRESH_FOR = timedelta(hours=1)
NOT_SUPPRESSED = {
    "suppressed_at": None,
    "suppressed_for": "",
    "is_suppressed_by_hand": False,
    "suppressed_until": None,
}


def fold(email):
    """Return an address as it is compared: two spellings of one are one reader."""
    return email.strip().lower()


class SubscriberQuerySet(models.QuerySet):
    def active(self):
        """Return those who confirmed and did not leave."""
        # Not by ``is_active``: SQLite reads the row for a column that it generates.
        return self.filter(confirmed_at__isnull=False, unsubscribed_at=None)

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

    @transaction.atomic
    def delete_oldest(self, most):
        """Delete so many of these at most; return how many.

        Who is at it, confirming say, is left for later.
        """
        rows = self.select_for_update(skip_locked=True).order_by("created_at")
        keys = list(rows.values_list("pk", flat=True)[:most])
        self.model.objects.filter(pk__in=keys).delete()
        return len(keys)

    delete_oldest.alters_data = True

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

    def end_sign_up(self, *, reason, written_at=None):
        """Note that the mail with the button was sent back: nobody can press it.

        Nothing is stopped, so whoever asks again gets another. Where that was done
        since ``written_at``, when the mail left, the other one will tell. What says the
        same twice is noted once.
        """
        rows, now = self.filter(confirmed_at=None, mail_refusal=""), timezone.now()
        if written_at:
            rows = rows.filter(Q(asked_at=None) | Q(asked_at__lte=written_at))
        with transaction.atomic():
            keys = list(rows.select_for_update().values_list("pk", flat=True))
            Event.objects.bulk_create(
                Event(subscriber_id=key, kind=Event.Kind.ENDED, at=now, words=reason)
                for key in keys
            )
            return self.filter(pk__in=keys).update(
                mail_refusal=reason, mail_due_at=None
            )

    end_sign_up.alters_data = True

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


def _where(condition, values):
    """Return values for an UPDATE that keeps the columns of all other rows."""
    return {
        name: Case(When(condition, then=Value(value)), default=F(name))
        for name, value in values.items()
    }
