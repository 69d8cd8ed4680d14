"""The mail provider tells of letters by itself, in words that django-anymail knows.

Believed is who shows the secret that was agreed. Each call that is not understood has a
status and is counted: in one row a day and reason, so that nobody fills the table.
"""

import json
import logging
from importlib import import_module

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from config import limits
from newsletter import addresses, bounces, headers, returning
from newsletter.models import Bounce, Subscriber, fold

logger = logging.getLogger(__name__)

Kind = Bounce.Kind
LARGEST = 512 * 1024
EXCERPT = 2000
HOUR = 60 * 60
REFUSALS = 60  # an hour and place: what goes beyond is not written down
CLASSES = {
    "brevo": "Brevo",
    "mailgun": "Mailgun",
    "mailjet": "Mailjet",
    "mailtrap": "Mailtrap",
    "postmark": "Postmark",
    "sparkpost": "SparkPost",
}
# What is not in here is told of what arrived, and of what a reader does with it: that
# is none of our business, and nothing of it is kept.
KINDS = {
    "bounced": Kind.REFUSED,
    "rejected": Kind.REFUSED,
    "deferred": Kind.LATER,
    "autoresponded": Kind.AUTO,
    "complained": Kind.COMPLAINT,
    "unsubscribed": Kind.LEAVE,
    "failed": Kind.UNKNOWN,
    "unknown": Kind.UNKNOWN,
}


@csrf_exempt  # a provider posts here; it shows a secret in place of a token
@require_http_methods(["HEAD", "POST"])
def webhook(request, provider):
    """Take word of the provider; by HEAD some look whether anybody is here."""
    if provider != settings.BOUNCE_WEBHOOK:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    if is_large(request):
        return refuse(request, 413, _("a call of more than half a megabyte"))
    try:
        events = events_in(request, provider)
    except SuspiciousOperation:
        return refuse(request, 403, _("a call without the secret that was agreed"))
    except Exception as error:  # whatever was sent in place of what was agreed
        logger.warning("A call could not be understood: %s", type(error).__name__)
        return refuse(request, 400, _("a call that could not be understood"))
    for event in events:
        take(event)
    return HttpResponse()


def is_large(request):
    """Whether more was announced than is read; what tells no length holds nothing."""
    length = request.META.get("CONTENT_LENGTH", "")
    return length.isdecimal() and int(length) > LARGEST


def events_in(request, provider):
    """Return what a call tells; raises where it does not show who it is from."""
    module = import_module(f"anymail.webhooks.{provider}")
    view = getattr(module, f"{CLASSES[provider]}TrackingWebhookView")()
    view.run_validators(request)
    return [event for event in view.parse_events(request) if event.event_type in KINDS]


def take(event):
    verdict = verdict_on(event)
    content = json.dumps(event.esp_event, sort_keys=True, default=str)
    returning.take(
        verdict,
        door=Bounce.Door.WEBHOOK,
        fingerprint=returning.fingerprint(content.encode()),
        subscriber=reader_at(event.recipient),
        excerpt=content[:EXCERPT],
        at=event.timestamp,
    )


def reader_at(recipient):
    """Return whose address that is, however a provider spells its domain, or None.

    An id of the provider's own may look like one of ours, so it is always looked up.
    """
    try:
        key = fold(addresses.read(str(recipient or "")))
    except ValidationError:
        return None
    return Subscriber.objects.filter(email_key=key).first()


def verdict_on(event):
    """Return the verdict on an event: where it is a refusal, by its code as ever."""
    kind, reply = KINDS[event.event_type], str(event.mta_response or "")
    status = bounces.status_of(reply)
    words = str(Kind(kind).label)
    if kind == Kind.REFUSED:
        kind = bounces.kind_of(status, is_final=True)
        words = bounces.words_of(status, is_final=True)
    return bounces.Verdict(
        kind,
        status,
        bounces.numbered(words, status),
        delivery=headers.delivery_named(str(event.message_id or "")),
    )


def refuse(request, status, words):
    """Answer what is not believed or not understood, and count it."""
    place = limits.address(request)
    wait = limits.hit("webhook", place, limit=REFUSALS, seconds=HOUR)
    if not wait:
        day = timezone.now().date()
        Bounce.objects.note(
            fingerprint=returning.fingerprint(f"webhook {status} {day}".encode()),
            door=Bounce.Door.WEBHOOK,
            kind=Kind.UNKNOWN,
            reason=words,
        )
    response = HttpResponse(status=429 if wait else status)
    if wait:
        response["Retry-After"] = str(wait)
    return response
