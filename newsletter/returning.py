"""What came back is written down and acted on, once, by whichever door it came."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.models import Bounce, Delivery, Subscriber

Kind = Bounce.Kind
State = Delivery.State
FULL_IN_ROW = 3  # letters, before a full mailbox is left in peace
FULL_FOR = timedelta(days=90)


@transaction.atomic
def take(verdict, *, door, fingerprint, subscriber=None, excerpt="", at=None):
    """Note a verdict and act on it; a second time only counts it.

    ``subscriber`` is whom a trusted door named; the words of an ``excerpt`` are kept
    where nothing else says whose it was. ``at`` is the moment a trusted door tells.
    """
    delivery = _delivery_of(verdict)
    subscriber = _subscriber_of(verdict, delivery, subscriber)
    if verdict.answer:
        _reader, at = verdict.answer
    is_matched = bool(delivery or subscriber)
    bounce, is_new = Bounce.objects.note(
        fingerprint=fingerprint,
        door=door,
        kind=verdict.kind,
        status=verdict.status,
        reason=verdict.reason[:200],
        delivery=delivery,
        subscriber=subscriber,
        excerpt="" if is_matched else excerpt.replace("\0", "�"),
    )
    if is_new and is_matched:
        _act(bounce, written_at=delivery.changed_at if delivery else at)
    return bounce


def fingerprint(content):
    """Return what tells one thing that came back from every other."""
    return hashlib.sha256(content).hexdigest()


def _delivery_of(verdict):
    # Its row before its reader's, as erasing takes them: neither waits for the other.
    rows = Delivery.objects.select_for_update()
    if verdict.delivery:
        return rows.filter(pk=verdict.delivery).first()
    if verdict.named and verdict.token:
        reader = Subscriber.objects.of_link(verdict.token)
        return reader and rows.filter(subscriber=reader, pk=verdict.named).first()
    return None


def _subscriber_of(verdict, delivery, subscriber):
    """Return the row of a reader, whom nobody erases until all is written down."""
    if not delivery and not subscriber and verdict.token:
        subscriber = Subscriber.objects.of_link(verdict.token)
    key = delivery.subscriber_id if delivery else subscriber and subscriber.pk
    if not key and verdict.answer:
        key, _at = verdict.answer
    return key and Subscriber.objects.select_for_update().filter(pk=key).first()


def _act(bounce, *, written_at):
    if bounce.kind in Bounce.FINAL and bounce.delivery_id:
        Delivery.objects.filter(pk=bounce.delivery_id).come_back(reason=bounce.reason)
    reader = bounce.subscriber
    if reader is None:
        return
    row = Subscriber.objects.filter(pk=reader.pk)
    if bounce.kind in Bounce.FINAL and reader.confirmed_at is None:
        row.end_sign_up(reason=bounce.reason, written_at=written_at)
    elif bounce.kind == Kind.DEAD:
        row.suppress(reason=bounce.reason, written_at=written_at)
    elif bounce.kind == Kind.FULL and is_full_again(reader):
        words = _("the mailbox was full for %s letters in a row") % FULL_IN_ROW
        until = timezone.now() + FULL_FOR
        row.suppress(reason=words, written_at=written_at, until=until)
    elif bounce.kind in (Kind.LEAVE, Kind.COMPLAINT) and not _is_older(
        written_at, reader
    ):
        reader.leave()


def is_full_again(reader):
    """Whether each of the last letters came back from a full mailbox.

    What is older than a suppression would last, than her confirmation or than when the
    author let letters through says nothing.
    """
    oldest = timezone.now() - FULL_FOR
    since = max(filter(None, [oldest, reader.confirmed_at, reader.lifted_at]))
    tried = reader.deliveries.filter(
        state__in=[State.SENT, State.FAILED], changed_at__gt=since
    )
    last = list(tried.order_by("-issue__frozen_at").values_list("pk", flat=True))
    last = last[:FULL_IN_ROW]
    full = reader.bounces.filter(kind=Kind.FULL, delivery__in=last)
    return full.values("delivery").distinct().count() == FULL_IN_ROW


def _is_older(written_at, reader):
    """Whether a letter was from before its reader confirmed that she wants them."""
    return bool(written_at and reader.confirmed_at and written_at < reader.confirmed_at)
