"""What a letter itself says, read from one as it would leave now."""

import uuid
from email import message_from_bytes, policy
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import compose
from newsletter.deliverability.asking import domain_of
from newsletter.deliverability.points import Point
from newsletter.models import Issue


def own_headers(words):
    """Yield what is well with the newest letter's headers, or what they lack."""
    issue = Issue.objects.order_by("-pk").first()
    name = _("A letter’s headers")
    if not issue:
        yield Point(name, "", _("There is no letter yet."), _("Write one, then look."))
        return
    if not words.sender_address:
        yield Point(
            name,
            "stop",
            _("There is no sender."),
            _("Write the sender's address into the settings of the letter."),
        )
        return
    somebody = compose.Recipient(
        uuid.UUID(int=0), "reader@example.org", "a-token", timezone.now()
    )
    content = compose.Letter(issue).fill(somebody)
    letter = message_from_bytes(content, policy=policy.default)
    faults = list(headers_lack(letter, words))
    if not faults:
        yield Point(name, "yes", _("All there: sender, list, a way to leave, an id."))
    for what, todo in faults:
        yield Point(name, "stop", what, todo)
    if not words.bounce_address:
        yield Point(
            name,
            "",
            _("Letters that come back go to the sender, and nobody reads them here."),
            _(
                "Write an address for them into the settings of the letter: then this "
                "page knows who cannot be reached, and so do your readers."
            ),
        )
    elif not (settings.BOUNCE_MAILBOX or settings.BOUNCE_WEBHOOK):
        yield Point(
            name,
            "",
            _("Letters come back to an address of their own, and nobody reads them."),
            _("Have who runs the site name that mailbox in BOUNCE_MAILBOX_URL."),
        )
    if words.sender_address == settings.DEFAULT_FROM_EMAIL:
        yield Point(
            name,
            "",
            _("Letters and confirmations have one sender."),
            _("Give letters another: where one is blocked, the other still arrives."),
        )


def headers_lack(letter, words):
    """Yield what is missing in a letter's headers, and what to do (RFC 2369, 8058)."""
    own = urlsplit(settings.SITE_URL).hostname
    if domain_of(str(letter["From"])) != domain_of(words.sender_address):
        yield _("The sender is not the one of the settings."), _("Save them once more.")
    if not str(letter["Message-ID"]).endswith(f"@{own}>"):
        yield (
            _("Its id is not of your domain."),
            _("Look at SITE_URL: it makes the id."),
        )
    if not letter["List-Id"] or not letter["List-Unsubscribe"]:
        yield (
            _("It does not say whose list it is and how to leave."),
            _("The site's own code was changed: put newsletter/headers.py back."),
        )
    elif letter["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
        yield (
            _("Nobody can leave with one click: that needs https."),
            _("Serve the site by https and write that into SITE_URL."),
        )
