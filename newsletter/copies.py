"""All that is known of a reader of the letter, for herself."""

from django.utils.translation import gettext as _

from config import mail
from newsletter import timeline
from newsletter.models import Delivery

# The secret of her links, and what follows from other columns.
LEFT_OUT = {"token", "email_key", "subscriber", "is_active", "claimed_by"}


def of(subscriber):
    """Return it with keys in words; columns and tables that come later are in it."""
    return {
        **columns(subscriber),
        _("what happened"): [
            {_("when"): moment.at, _("what"): moment.what, _("more"): moment.more}
            for moment in reversed(timeline.of(subscriber))
        ],
        **{
            str(relation.related_model._meta.verbose_name_plural): [
                columns(row)
                for row in getattr(subscriber, relation.get_accessor_name()).all()
            ]
            for relation in subscriber._meta.related_objects
            if relation.related_model is not Delivery
        },
        str(Delivery._meta.verbose_name_plural): [
            {
                _("letter"): delivery.issue.subject,
                _("page"): mail.absolute(delivery.issue.get_absolute_url()),
                **columns(delivery, but={"issue"}),
            }
            for delivery in subscriber.deliveries.select_related("issue")
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
