"""The rows of deliveries as senders mark them, a group at a time."""

import uuid
from datetime import UTC, datetime, timedelta

from django.db import connections, transaction
from django.db.models import Exists, OuterRef
from django.db.models.sql import UpdateQuery
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import returning
from newsletter.models import Bounce, Delivery, Subscriber

State = Delivery.State
GROUP = 20
AGAIN_AFTER = [
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=4),
    timedelta(days=1),
]


class Statement:
    """An UPDATE that Django writes once and the database runs for each group.

    Writing it costs Django several times what running it costs the database. ``rows``
    are those of stand-ins, which give way to the real keys and moments.
    """

    KEYS = [uuid.UUID(int=number) for number in range(1, GROUP + 1)]
    ME = uuid.UUID(int=GROUP + 1)
    NOW = datetime(2000, 1, 1, tzinfo=UTC)

    def __init__(self, rows, **values):
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(values)
        self.connection = connections[rows.db]
        self.sql, self.params = query.get_compiler(rows.db).as_sql()

    def run(self, keys, me, now):
        """Update up to ``GROUP`` rows; return how many there were."""
        adapt = self.connection.ops.adapt_datetimefield_value
        ids = Delivery._meta.pk
        stand_ins = [*self.KEYS, self.ME]
        real = [*keys, *keys[:1] * (GROUP - len(keys)), me]
        swap = {
            ids.get_db_prep_value(old, self.connection): ids.get_db_prep_value(
                new, self.connection
            )
            for old, new in zip(stand_ins, real, strict=True)
        }
        swap[adapt(self.NOW)] = adapt(now)
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, [swap.get(value, value) for value in self.params])
            return cursor.rowcount


class Marks:
    """What became of a group, written in one commit with the beginning of the next."""

    def __init__(self, me):
        self.me = me
        self.mine = Delivery.objects.filter(claimed_by=me)
        self.clear()
        group = Delivery.objects.filter(claimed_by=Statement.ME, pk__in=Statement.KEYS)
        # Row by row: a list of all who are reachable would be made for each group.
        reader = Subscriber.objects.reachable().filter(pk=OuterRef("subscriber_id"))
        self.to_sending = Statement(
            group.filter(
                Exists(reader), state=State.CLAIMED, claimed_until__gt=Statement.NOW
            ),
            state=State.SENDING,
            changed_at=Statement.NOW,
        )
        self.to_sent = Statement(
            group.filter(state=State.SENDING),
            state=State.SENT,
            reason="",
            claimed_by=None,
            claimed_until=None,
            changed_at=Statement.NOW,
        )

    def clear(self):
        self.done, self.refused, self.later, self.back = [], [], [], []

    def sent(self, recipient):
        self.done.append(recipient.delivery)

    def failed(self, recipient, reason, verdict=None):
        self.refused.append((recipient.delivery, reason, verdict))

    def again(self, recipient, reason):
        self.later.append((recipient.delivery, reason))

    def put_back(self, recipient):
        self.back.append(recipient.delivery)

    def begin(self, group):
        """Mark those ``sending`` that are still ours and still want it; return them."""
        now = timezone.now()
        keys = [recipient.delivery for recipient, _moment in group]
        with transaction.atomic():
            self.write_down(now)
            if self.to_sending.run(keys, self.me, now) < len(keys):
                ours = self.mine.filter(
                    pk__in=keys, state=State.CLAIMED, claimed_until__gt=now
                )
                ours = ours.select_related("subscriber")
                for row in ours.select_for_update(of=["self"]):
                    end_row(row, State.SKIPPED, why_unreachable(row.subscriber))
                left = self.mine.filter(pk__in=keys, state=State.SENDING)
                kept = set(left.values_list("pk", flat=True))
                group = [pair for pair in group if pair[0].delivery in kept]
        # Not earlier: had it failed, nothing of all that would be written.
        self.clear()
        return group

    def write(self):
        """Write down what happened so far."""
        with transaction.atomic():
            self.write_down(timezone.now())
        self.clear()

    def write_down(self, now):
        if self.done:
            self.to_sent.run(self.done, self.me, now)
        if self.refused or self.later or self.back:
            self.write_trouble(now)

    def write_trouble(self, now):
        sending = self.mine.filter(state=State.SENDING)
        free = {"claimed_by": None, "claimed_until": None, "changed_at": now}
        sending.filter(pk__in=self.back).update(state=State.QUEUED, **free)
        for key, reason, verdict in self.refused:
            failed = sending.filter(pk=key).update(
                state=State.FAILED, reason=reason[:300], **free
            )
            if failed and verdict:
                returning.take(
                    verdict._replace(delivery=key),
                    door=Bounce.Door.SMTP,
                    fingerprint=returning.fingerprint(f"{key} {now}".encode()),
                )
        reasons = dict(self.later)
        for row in sending.filter(pk__in=reasons).select_for_update():
            try_again(row, reasons[row.pk])


def try_again(row, reason):
    """Queue a delivery for its next try, or end it after the last."""
    if row.attempts >= len(AGAIN_AFTER):
        end_row(row, State.FAILED, reason)
        return
    row.not_before = timezone.now() + AGAIN_AFTER[row.attempts]
    row.attempts += 1
    end_row(row, State.QUEUED, reason)


def end_row(row, state, reason):
    row.state, row.reason = state, reason[:300]
    row.claimed_by = row.claimed_until = None
    row.save(
        update_fields=[
            "state",
            "reason",
            "attempts",
            "not_before",
            "claimed_by",
            "claimed_until",
            "changed_at",
        ]
    )


def why_unreachable(subscriber):
    if subscriber is None:
        return _("erased before it was sent")
    if not subscriber.is_active:
        return _("left before it was sent")
    if subscriber.suppressed_at:
        return _("letters to this address had stopped: %s") % subscriber.suppressed_for
    return _("paused at that time")


def release(me):
    """Give back what a sender claimed and did not get to."""
    Delivery.objects.filter(claimed_by=me).give_back()


def sweep():
    """Queue again what a killed sender held; return how many there were."""
    now = timezone.now()
    with transaction.atomic():
        held = Delivery.objects.filter(claimed_until__lte=now)
        return held.left_alone().update(
            state=State.QUEUED, claimed_by=None, claimed_until=None, changed_at=now
        )
