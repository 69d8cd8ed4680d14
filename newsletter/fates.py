"""What became of a reader's last letters, in plain words."""

from typing import NamedTuple

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.models import Delivery, Issue, in_short

LETTERS = 6
State = Delivery.State


class Fate(NamedTuple):
    """One row: an icon, its tone, the letter, what happened, and the rest of it."""

    icon: str
    tone: str
    issue: Issue
    what: str
    more: str = ""


def of(subscriber):
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
    return [_fate(issue, subscriber) for issue in issues]


def _fate(issue, subscriber):
    if not issue.mine:
        return _not_addressed(issue, subscriber)
    delivery = issue.mine[0]
    if delivery.is_excluded and not _had_joined(issue, subscriber):
        return _not_addressed(issue, subscriber)
    reason = in_short(delivery.reason)
    when = date_format(timezone.localtime(delivery.changed_at), "l j F, H:i")
    if delivery.state == State.SENT:
        more = _(
            "%(when)s. If you can’t see it, look in the spam folder and mark it "
            "“not spam”."
        )
        what = _("Your mail provider took it.")
        return Fate("yes", "yes", issue, what, more % {"when": when})
    if delivery.returned_at:
        back = date_format(timezone.localtime(delivery.returned_at), "l j F, H:i")
        more = _("Your mail provider took it first, and returned it on %s.") % back
        what = _("Sent back: %s.") % reason
        return Fate("sent-back", "stop", issue, what, more)
    if delivery.state == State.FAILED:
        tries = delivery.attempts + 1
        more = ngettext(
            "We tried once, on %(when)s.",
            "We tried %(tries)s times until %(when)s, then stopped.",
            tries,
        ) % {"tries": tries, "when": when}
        what = _("Sent back: %s.") % reason
        return Fate("sent-back", "stop", issue, what, more)
    if delivery.state == State.SKIPPED:
        return Fate("mail", "", issue, _("Not sent: %s.") % reason)
    if delivery.attempts:
        again = date_format(timezone.localtime(delivery.not_before), "l j F, H:i")
        more = _("%(why)s. We try again on %(when)s.") % {
            "why": reason[:1].upper() + reason[1:],
            "when": again,
        }
        return Fate("clock", "", issue, _("Not there yet."), more)
    return Fate("clock", "", issue, _("It is on its way."))


def _not_addressed(issue, subscriber):
    joined = subscriber.confirmed_at
    if not _had_joined(issue, subscriber):
        more = joined and _("You confirmed on %s.") % date_format(
            timezone.localtime(joined), "j F Y"
        )
        return Fate("mail", "", issue, _("You had not joined yet."), more or "")
    what = _("Not sent: at that time no letters went to you.")
    return Fate("mail", "", issue, what)


def _had_joined(issue, subscriber):
    joined = subscriber.confirmed_at
    return joined is not None and joined <= issue.frozen_at
