"""From a draft to a letter under way: who gets it, and how it goes."""

from django.db import connections, transaction
from django.db.models import Count, F, Func, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import checklist
from newsletter.models import Delivery, Issue, Subscriber

State = Delivery.State


class CannotSend(Exception):  # noqa: N818
    """Why an issue does not go out, in sentences for the author."""


def freeze(issue, *, by):
    """Fix an issue and its recipients, for good; return how many there are.

    Raises ``CannotSend`` where something is missing, and for the second of two presses.
    """
    now = timezone.now()
    with transaction.atomic():
        frozen = Issue.objects.drafts().filter(pk=issue.pk)
        if not frozen.update(frozen_at=now, sent_by=by, nudged_at=now):
            raise CannotSend(_("This letter is on its way already."))
        if missing := checklist.blocking(issue):
            raise CannotSend(" ".join(point.sentence for point in missing))
        count = address(issue, now)
    issue.refresh_from_db()
    return count


class NewId(Func):
    """A random key, made where the rows are."""

    output_field = Delivery._meta.pk

    def as_sqlite(self, compiler, connection):
        return "lower(hex(randomblob(16)))", []

    def as_postgresql(self, compiler, connection):
        return "gen_random_uuid()", []


def address(issue, now):
    """Lay a delivery for each reachable reader, in one statement; return how many."""
    columns = {
        "id": NewId(),
        "issue_id": Value(issue.pk),
        "subscriber_id": F("pk"),
        "state": Value(State.QUEUED),
        "reason": Value(""),
        "attempts": Value(0),
        "not_before": Value(now),
        "changed_at": Value(now),
    }
    readers = Subscriber.objects.reachable().order_by("pk")
    sql, values = readers.values_list(*columns.values()).query.sql_with_params()
    table = connections[readers.db].ops.quote_name(Delivery._meta.db_table)
    with connections[readers.db].cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) {sql}", values)
        return cursor.rowcount


def progress(issue):
    """Return how many deliveries stand where, and why some will not arrive."""
    counts = dict.fromkeys(State, 0)
    reasons = []
    rows = issue.deliveries.values_list("state", "reason").annotate(n=Count("pk"))
    for state, reason, n in rows.order_by("-n", "reason"):
        counts[State(state)] += n
        if state in (State.FAILED, State.SKIPPED):
            reasons.append((State(state), reason, n))
    waiting = counts[State.QUEUED] + counts[State.CLAIMED] + counts[State.SENDING]
    return {
        "recipients": sum(counts.values()),
        "sent": counts[State.SENT],
        "waiting": waiting,
        "failed": counts[State.FAILED],
        "skipped": counts[State.SKIPPED],
        "reasons": reasons,
    }
