"""From a draft to a letter under way: who gets it, and how it goes."""

from django.db import connections, transaction
from django.db.models import Case, CharField, F, Func, Value, When
from django.db.models.functions import Concat, Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guide.models import site_zone
from newsletter import checklist
from newsletter.models import Delivery, Issue, Subscriber

State = Delivery.State


class CannotSend(Exception):  # noqa: N818
    """Why an issue does not go out, in sentences for the author."""


def freeze(issue, *, by):
    """Fix an issue and its recipients, for good; return how many there are.

    Raises ``CannotSend`` where something is missing, and for the second of two presses.
    """
    return _freeze(issue, Issue.objects.drafts(), by=by)


def begin_due():
    """Freeze what was scheduled for now; return those that are on their way.

    What cannot go out stays, and says why.
    """
    now, begun = timezone.now(), []
    for issue in Issue.objects.due():
        if issue.not_after and issue.not_after < now:
            words = _(
                "It was to go out at %(at)s and not after %(last)s, and could not "
                "begin by then. It is a draft again."
            ) % {"at": moment(issue.scheduled_at), "last": moment(issue.not_after)}
            issue.unschedule(because=words)
            continue
        try:
            # Who takes it back at this very second is heard.
            _freeze(issue, Issue.objects.due(), by=issue.sent_by)
        except CannotSend as missing:
            words = _("It did not go out at %(at)s. %(why)s It is a draft again.") % {
                "at": moment(issue.scheduled_at),
                "why": missing,
            }
            issue.unschedule(because=words)
        else:
            begun.append(issue)
    return begun


def _freeze(issue, drafts, *, by):
    now = timezone.now()
    with transaction.atomic():
        frozen = drafts.filter(pk=issue.pk)
        if not frozen.update(
            frozen_at=now, sent_by=by, nudged_at=now, trouble="", untold_since=None
        ):
            raise CannotSend(_("This letter is on its way already."))
        if missing := checklist.blocking(issue):
            raise CannotSend(" ".join(point.sentence for point in missing))
        address(issue, now)
        count = issue.deliveries.addressed().count()
    issue.refresh_from_db()
    return count


def moment(when):
    """Return a moment as the author reads it: in the zone of the site."""
    return date_format(timezone.localtime(when, site_zone()), "j F Y, H:i")


class NewId(Func):
    """A random key, made where the rows are."""

    output_field = Delivery._meta.pk

    def as_sqlite(self, compiler, connection):
        return "lower(hex(randomblob(16)))", []

    def as_postgresql(self, compiler, connection):
        return "gen_random_uuid()", []


def address(issue, now):
    """Lay a delivery for everybody on the list, in one statement.

    For a reader who is not reachable it says why, and is over.
    """
    why = Case(
        When(confirmed_at=None, then=Value(_("not confirmed by then"))),
        When(
            suppressed_at__isnull=False,
            then=Concat(
                Value(_("letters to this address had stopped: ")), "suppressed_for"
            ),
        ),
        When(paused_until__gt=Now(), then=Value(_("paused at that time"))),
        default=Value(""),
        output_field=CharField(),
    )
    columns = {
        "id": NewId(),
        "issue_id": Value(issue.pk),
        "subscriber_id": F("pk"),
        "state": Case(
            When(why="", then=Value(State.QUEUED)), default=Value(State.SKIPPED)
        ),
        "is_excluded": Case(When(why="", then=Value(False)), default=Value(True)),
        "reason": F("why"),
        "attempts": Value(0),
        "not_before": Value(now),
        "changed_at": Value(now),
    }
    readers = Subscriber.objects.listed().annotate(why=why).order_by("pk")
    sql, values = readers.values_list(*columns.values()).query.sql_with_params()
    table = connections[readers.db].ops.quote_name(Delivery._meta.db_table)
    with connections[readers.db].cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) {sql}", values)


def left_out():
    """Return why some on the list would not get a letter now, how many, and which.

    These are what the list of readers is asked for.
    """
    listed, active = Subscriber.objects.listed(), Subscriber.objects.active()
    return [
        (
            _("Have not pressed the button in their mail"),
            listed.filter(confirmed_at=None).count(),
            "state=waiting&unsubscribed_at__isnull=1",
        ),
        (
            _("Their letters stopped, they can read why"),
            active.filter(suppressed_at__isnull=False).count(),
            "state=stopped&confirmed_at__isnull=0&unsubscribed_at__isnull=1",
        ),
        (
            _("Paused by themselves"),
            active.filter(suppressed_at=None, paused_until__gt=Now()).count(),
            "state=paused&suppressed_at__isnull=1",
        ),
    ]
