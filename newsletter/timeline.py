"""All that is known of one reader, in the order it happened: each mail, each step."""

from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.models import Answer, Delivery

State = Delivery.State
LETTERS = 200


class Moment(NamedTuple):
    """When something happened, what it was, and the rest of it."""

    at: object
    what: str
    more: str = ""


def of(subscriber):
    """Return the moments of a reader, the newest first."""
    moments = [*_steps(subscriber), *_answers(subscriber), *_letters(subscriber)]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _steps(subscriber):
    for at, what, more in [
        (subscriber.created_at, _("First asked for the letter"), ""),
        (subscriber.confirmed_at, _("Confirmed"), ""),
        (subscriber.unsubscribed_at, _("Left the list"), ""),
        (
            subscriber.suppressed_at,
            _("Letters to this address stopped"),
            subscriber.suppressed_for,
        ),
        (subscriber.lifted_at, _("Let through again, not confirmed since"), ""),
    ]:
        if at:
            yield Moment(at, what, more)
    asked = subscriber.asked_at
    if asked and asked > subscriber.created_at:
        yield Moment(asked, _("Asked for the letter once more"))


def _answers(subscriber):
    for answer in subscriber.answers.all():
        more = (
            _("Sent back: %s") % answer.refusal
            if answer.refusal
            else _("Accepted by the mail server")
        )
        if answer.kind == Answer.Kind.CONFIRM and answer.consent_version:
            words = _("%(more)s. The form showed version %(version)s, on %(page)s")
            more = words % {
                "more": more,
                "version": answer.consent_version,
                "page": answer.consent_page or _("a page that was not told"),
            }
        yield Moment(answer.made_at, answer.get_kind_display(), more)
    if due := subscriber.mail_due_at:
        yield Moment(
            subscriber.owed_since or due,
            _("A mail that answers is owed"),
            _("Tried on %s") % _in_full(due),
        )


def _letters(subscriber):
    rows = subscriber.deliveries.select_related("issue")
    for delivery in rows.order_by("-changed_at")[:LETTERS]:
        what = _("Letter “%s”") % delivery.issue.subject
        yield Moment(delivery.changed_at, what, fate(delivery))


def fate(delivery):
    """Return what became of one letter, with why and how often it was tried."""
    words = delivery.get_state_display()
    words = words[:1].upper() + words[1:]
    if delivery.reason:
        words += f": {delivery.reason}"
    if delivery.state == State.QUEUED and delivery.attempts:
        words += ". " + _("Tried again on %s") % _in_full(delivery.not_before)
    elif delivery.attempts:
        tries = delivery.attempts + 1
        words += ". " + ngettext("%s try", "%s tries", tries) % tries
    return words


def _in_full(moment):
    return date_format(localtime(moment), "j F Y, H:i")
