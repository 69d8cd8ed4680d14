"""What became of a reader's last letters, in plain words."""

from typing import NamedTuple

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter import bounces
from newsletter.models import Delivery, Event, Issue, Settings, in_short

LETTERS = 6
State, Kind = Delivery.State, Event.Kind


class Fate(NamedTuple):
    """One row: an icon, its tone, the letter, what happened, and the rest of it."""

    icon: str
    tone: str
    issue: Issue
    what: str
    more: str = ""


class Joined(NamedTuple):
    """When a reader first confirmed, and since when she is on the list unbroken."""

    first: object
    since: object


def joined(subscriber):
    """Return what the steps of a reader say of her joining; None where she did not."""
    steps = subscriber.events.filter(
        kind__in=[Kind.CONFIRMED, Kind.LEFT, Kind.CAME_BACK]
    )
    first = since = before = None
    for step in steps.order_by("at", "pk"):
        if step.kind == Kind.CONFIRMED:
            first, since = first or step.at, since or step.at
        elif step.kind == Kind.LEFT:
            since, before = None, since
        else:
            since = before
    now = subscriber.confirmed_at
    return Joined(first or now, since or now)


def of(subscriber, joined_at):
    """Return the fates of the last six letters, the newest first."""
    issues = (
        Issue.objects.sent()
        .only("subject", "slug", "frozen_at")
        .prefetch_related(
            Prefetch(
                "deliveries", subscriber.deliveries.defer("claimed_by"), to_attr="mine"
            )
        )[:LETTERS]
    )
    return [_fate(issue, subscriber, joined_at) for issue in issues]


def _fate(issue, subscriber, joined_at):
    has_joined = joined_at is not None and joined_at <= issue.frozen_at
    delivery = issue.mine[0] if issue.mine else None
    if delivery is None or (delivery.is_excluded and not has_joined):
        return _not_addressed(issue, joined_at, has_joined)
    reason = in_short(delivery.reason)
    when = _in_full(delivery.changed_at)
    if delivery.state == State.SENT:
        more = _(
            "%(when)s. If you can’t see it, look in the spam folder and mark it "
            "“not spam”."
        )
        what = _("Your mail provider took it.")
        return Fate("yes", "yes", issue, what, more % {"when": when})
    if delivery.returned_at:
        more = _("Your mail provider took it first, and sent it back on %s.") % (
            _in_full(delivery.returned_at)
        )
        return _sent_back(issue, more, subscriber)
    if delivery.state == State.FAILED:
        tries = delivery.attempts + 1
        more = ngettext(
            "We tried once, on %(when)s.",
            "We tried %(tries)s times until %(when)s, then stopped.",
            tries,
        ) % {"tries": tries, "when": when}
        return _sent_back(issue, more, subscriber)
    if delivery.state == State.SKIPPED:
        return Fate("mail", "", issue, _("Not sent: %s.") % reason)
    if delivery.attempts:
        more = _("%(why)s. We try again on %(when)s.") % {
            "why": reason[:1].upper() + reason[1:],
            "when": _in_full(delivery.not_before),
        }
        return Fate("clock", "", issue, _("Not there yet."), more)
    return Fate("clock", "", issue, _("It is on its way."))


def _sent_back(issue, more, subscriber):
    delivery, confirmed_at = issue.mine[0], subscriber.confirmed_at
    what = _("Sent back: %s.") % in_short(delivery.reason)
    at = delivery.returned_at or delivery.changed_at
    if confirmed_at and confirmed_at < at:  # else she did something about it
        ends = subscriber.suppressed_at or subscriber.unsubscribed_at
        more = f"{more} {advice(delivery.reason, gets_letters=not ends)}".strip()
    return Fate("sent-back", "stop", issue, what, more)


def advice(reason, *, gets_letters):
    """Return what a reader can do where this was why, or "" for nothing."""
    detail = bounces.status_of(reason)[2:]
    if detail == "2.2" and not gets_letters:  # the page says how they start again
        return _("Make room in your mailbox first.")
    if detail == "2.2":
        return _("Make room in your mailbox, and the next letter arrives.")
    if detail in bounces.DEAD + bounces.MOVED:
        return _("Did it move? Have the letter sent to your new address, see below.")
    if detail.startswith("7."):
        words = _("Tell your provider that you want it%(or_write)s.")
        address = Settings.load().write_to
        or_write = _(", or write to %s") % address if address else ""
        return words % {"or_write": or_write}
    return ""


def _not_addressed(issue, joined_at, has_joined):
    if has_joined:
        what = _("Not sent: at that time no letters went to you.")
        return Fate("mail", "", issue, what)
    more = joined_at and _("You confirmed on %s.") % date_format(
        timezone.localtime(joined_at), "j F Y"
    )
    return Fate("mail", "", issue, _("You had not joined yet."), more or "")


def _in_full(moment):
    return date_format(timezone.localtime(moment), "l j F, H:i")
