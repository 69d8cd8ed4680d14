"""All that is known of a reader of the letter, for herself."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from config import mail
from newsletter import timeline

# The secret of her links, and what follows from other columns.
LEFT_OUT = {"token", "email_key", "subscriber", "is_active", "claimed_by"}


def of(subscriber):
    """Return the copy as JSON."""
    text = json.dumps(
        data(subscriber), indent=2, ensure_ascii=False, cls=DjangoJSONEncoder
    )
    return f"{text}\n"


def data(subscriber):
    """Return it with keys in words; columns that come later are in it."""
    rows = {
        _("mails that answered"): subscriber.answers.order_by("pk"),
        _("mails you asked for"): subscriber.errands.order_by("pk"),
        _("earlier steps"): subscriber.events.order_by("at", "pk"),
    }
    letters = subscriber.deliveries.select_related("issue").order_by("changed_at", "pk")
    return {
        **columns(subscriber),
        _("what happened"): [
            {_("when"): moment.at, _("what"): moment.what, _("more"): moment.more}
            for moment in reversed(timeline.of(subscriber))
        ],
        **{words: [columns(row) for row in related] for words, related in rows.items()},
        _("letters"): [
            {
                _("letter"): delivery.issue.subject,
                _("page"): mail.absolute(delivery.issue.get_absolute_url()),
                **columns(delivery, but={"issue"}),
            }
            for delivery in letters
        ],
    }


def columns(row, but=()):
    return {
        str(column.verbose_name): value_of(row, column)
        for column in row._meta.concrete_fields
        if column.name not in LEFT_OUT and column.name not in but
    }


def value_of(row, column):
    value = getattr(row, column.attname)
    return dict(column.flatchoices).get(value, value)
