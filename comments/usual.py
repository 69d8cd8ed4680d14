"""How long an answer usually takes, in the words of the receipt."""

import math
import statistics
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.models import Comment

LAST = 20  # answers
ENOUGH = 5


def in_words(settings):
    """Say it as the last answers took; while these are few, as the author does."""
    if settings.is_away:
        day = date_format(settings.away_until, "j F")
        return _("from %(day)s on") % {"day": day}
    took = last_took()
    if len(took) < ENOUGH:
        return settings.usual_time
    return within(statistics.median(took))


def last_took():
    """Return how long each of the last readers waited for the first answer."""
    answers = Comment.objects.answers().filter(parent__staff=None)
    moments = answers.order_by("-created_at").values_list(
        "parent", "parent__created_at", "created_at"
    )
    # Of a question that was answered again the first answer counts: it comes last here.
    took = {
        parent: max(answered - asked, timedelta())
        for parent, asked, answered in moments[:LAST]
    }
    return list(took.values())


def within(time):
    days = max(1, math.ceil(time / timedelta(days=1)))
    if days < 7:
        return [
            _("within a day"),
            _("within two days"),
            _("within three days"),
            _("within four days"),
            _("within five days"),
            _("within six days"),
        ][days - 1]
    weeks = math.ceil(days / 7)
    return ngettext("within a week", "within %(weeks)d weeks", weeks) % {"weeks": weeks}
