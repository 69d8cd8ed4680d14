"""Very many sign-ups at once, as the author hears of them: a row, and a mail a day."""

import logging
import smtplib
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from newsletter import mail
from newsletter.freezing import moment
from newsletter.models import FROM_A_FILE, Settings, Subscriber

logger = logging.getLogger(__name__)

MANY = 200
LATELY = timedelta(days=1)
# Who has not pressed the button by then is counted.
PATIENCE = timedelta(hours=1)


def note_flood():
    """Note that whoever came was asked for patience: once an hour."""
    _unless_since("flooded_at", timezone.now() - timedelta(hours=1))


def tell():
    """Mail the author of a wave; where that fails it is tried again. Of the tick."""
    before = Settings.load().warned_at
    since = timezone.now() - LATELY
    if (before and before > since) or not (wave := current()):
        return
    if not mail.authors() or not _unless_since("warned_at", since):
        return
    try:
        mail.wave(wave.sentence).send()
    except (smtplib.SMTPException, OSError) as error:
        # The words of the error may hold an address.
        logger.warning("The author is not told yet: %s", type(error).__name__)
        Settings.objects.mark(warned_at=before)


class Wave(NamedTuple):
    """How many wait, and what came, in words that hold nothing but numbers."""

    waiting: int
    sentence: str


def current():
    """Return the wave of the last day, or None."""
    flooded, waiting = Settings.load().flooded_at, _count()
    sentences = []
    if flooded and flooded > timezone.now() - LATELY:
        words = _(
            "More addresses came within an hour than the forms of the letter take, so "
            "they asked the others to come back: last on %s."
        )
        sentences.append(words % moment(flooded))
    if waiting > MANY:
        words = _(
            "%s addresses were written into the form since yesterday, and not "
            "confirmed within the hour."
        )
        sentences.append(words % number_format(waiting, force_grouping=True))
    return Wave(waiting, " ".join(sentences)) if sentences else None


def _count():
    now = timezone.now()
    asked = Subscriber.objects.filter(
        confirmed_at=None, created_at__gt=now - LATELY, created_at__lt=now - PATIENCE
    )
    # Those that a list of readers brought along were asked by the author.
    return asked.exclude(consent_page__startswith=FROM_A_FILE).count()


def _unless_since(field, moment):
    """Stamp the settings, unless that was done after that moment; return whether."""
    earlier = Q(**{field: None}) | Q(**{f"{field}__lte": moment})
    return bool(Settings.objects.filter(earlier).mark(**{field: timezone.now()}))
