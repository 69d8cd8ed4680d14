"""How an issue under way goes: who has it, who has not and why, and when it is done."""

from datetime import timedelta

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter import sending
from newsletter.models import Delivery, Settings

State = Delivery.State
LATELY = timedelta(minutes=1)
STILL = timedelta(minutes=3)  # and a worker that runs would have sent something


def of(issue):
    """Return how many deliveries stand where, and why some will not arrive."""
    counts = dict.fromkeys(State, 0)
    failed, skipped, excluded = [], [], []
    rows = issue.deliveries.values_list("state", "is_excluded", "reason")
    for state, is_excluded, reason, n in rows.annotate(n=Count("pk")).order_by(
        "-n", "reason"
    ):
        if is_excluded:
            excluded.append((reason, n))
            continue
        counts[State(state)] += n
        if state == State.FAILED:
            failed.append((reason, n))
        elif state == State.SKIPPED:
            skipped.append((reason, n))
    waiting = sum(counts[state] for state in Delivery.UNFINISHED)
    return {
        "recipients": sum(counts.values()),
        "sent": counts[State.SENT],
        "waiting": waiting,
        "failed": counts[State.FAILED],
        "skipped": counts[State.SKIPPED],
        "excluded": sum(n for _reason, n in excluded),
        "left_since": left_since(issue),
        "reasons": {"failed": failed, "skipped": skipped, "excluded": excluded},
        **(pace(issue) if waiting and issue.is_under_way else {}),
    }


def left_since(issue):
    """Return how many of those who have the letter left the list after it."""
    sent = issue.deliveries.filter(state=State.SENT)
    return sent.filter(subscriber__unsubscribed_at__gt=issue.frozen_at).count()


def pace(issue):
    """Return how many left in the last minute, how long the rest takes, what waits."""
    now = timezone.now()
    sent = issue.deliveries.filter(state=State.SENT, changed_at__gt=now - LATELY)
    rate = sent.count()
    waiting = issue.deliveries.unfinished().aggregate(
        due=Count("pk", filter=Q(not_before__lte=Now())),
        later=Count("pk", filter=Q(not_before__gt=Now())),
        next=Min("not_before", filter=Q(not_before__gt=Now())),
    )
    since = (now - issue.frozen_at).total_seconds()
    if rate and since < LATELY.total_seconds():
        rate = round(rate * 60 / max(since, 1))
    rate = 0 if issue.paused_at else min(rate, Settings.load().rate)
    stands = waiting["due"] and not (rate or issue.paused_at)
    # A server that is away ends no letter: without a word nothing would tell of it.
    is_held_up = bool(
        stands and issue.slowed_at and issue.slowed_at > now - sending.RECOVERS_AFTER
    )
    return {
        "rate": rate,
        "later": waiting["later"],
        "is_held_up": is_held_up,
        "is_still": bool(stands and not is_held_up and last_move(issue) < now - STILL),
        "next": waiting["next"],
        "left": in_words(60 * waiting["due"] / rate) if rate and waiting["due"] else "",
    }


def last_move(issue):
    """Return when a letter last left or ended, else when the issue began."""
    moves = issue.deliveries.addressed().exclude(state__in=Delivery.UNFINISHED)
    return moves.aggregate(last=Max("changed_at"))["last"] or issue.frozen_at


def in_words(seconds):
    """Return a stretch of time as a person would say it."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 90:
        return ngettext("about %s minute", "about %s minutes", minutes) % minutes
    hours = round(minutes / 60)
    return ngettext("about %s hour", "about %s hours", hours) % hours
