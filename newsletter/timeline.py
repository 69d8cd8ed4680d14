"""All that is known of one reader, in the order it happened: each mail, each step."""

from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.models import Answer, Bounce, Delivery, Event

State = Delivery.State
LETTERS = 200


class Moment(NamedTuple):
    """When something happened, what it was, and the rest of it."""

    at: object
    what: str
    more: str = ""


def of(subscriber):
    """Return the moments of a reader, the newest first."""
    moments = [
        *_steps(subscriber),
        *_answers(subscriber),
        *_errands(subscriber),
        *_letters(subscriber),
        *_returned(subscriber),
    ]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _steps(subscriber):
    """Yield what the row says, and what it said before."""
    yield Moment(subscriber.created_at, _("First asked for the letter"))
    asked = subscriber.asked_at
    if asked and asked > subscriber.created_at:
        yield Moment(asked, _("Asked for the letter once more"))
    noted = [(event.kind, event.at, event.words) for event in subscriber.events.all()]
    # What a row was made with may be noted as well: it happened once.
    for kind, at, words in dict.fromkeys([*noted, *subscriber.stands]):
        is_so_now = kind == Event.Kind.STOPPED and at == subscriber.suppressed_at
        more = _why(subscriber) if is_so_now else words
        yield Moment(at, Event.Kind(kind).label, more)


def _why(subscriber):
    if subscriber.suppressed_until:
        return _("%(why)s; they go again from %(when)s") % {
            "why": subscriber.suppressed_for,
            "when": _in_full(subscriber.suppressed_until),
        }
    return subscriber.suppressed_for


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


def _errands(subscriber):
    for errand in subscriber.errands.all():
        if errand.due_at:
            more = _("It is owed; tried on %s") % _in_full(errand.due_at)
        elif errand.refusal:
            more = _("Sent back: %s") % errand.refusal
        else:
            more = _("Accepted by the mail server")
        at = errand.mailed_at or errand.asked_at
        yield Moment(at, errand.get_kind_display(), more)


def _letters(subscriber):
    rows = subscriber.deliveries.select_related("issue")
    for delivery in rows.order_by("-changed_at")[:LETTERS]:
        what = _("Letter “%s”") % delivery.issue.subject
        yield Moment(delivery.changed_at, what, fate(delivery))


def _returned(subscriber):
    """Yield what was heard of letters later: a reply at sending stands with its own."""
    rows = subscriber.bounces.exclude(door=Bounce.Door.SMTP)
    for bounce in rows.select_related("delivery__issue")[:LETTERS]:
        what = str(bounce)
        if bounce.delivery:
            is_back = bounce.kind in Bounce.FINAL
            words = (
                _("Letter “%s” was sent back")
                if is_back
                else _("About the letter “%s”")
            )
            what = words % bounce.delivery.issue.subject
        yield Moment(bounce.received_at, what, bounce.reason)


def fate(delivery):
    """Return what became of one letter, with why and how often it was tried."""
    if delivery.returned_at:
        return _("Accepted by the mail server, and sent back later")
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
