"""All that is stored of what a reader sent, for herself."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from comments import checks
from config import mail

# Numbers of rows say nothing to her. The text stands there once, the author's columns
# are empty; and whether an address is known here is nobody's to learn who types it.
LEFT_OUT = {
    "id",
    "parent",
    "root",
    "body_html",
    "staff",
    "title",
    "is_trusted",
    "guide",
    "findings",
    "secret",
}


def of(comment):
    """Return the copy as JSON."""
    text = json.dumps(
        data(comment), indent=2, ensure_ascii=False, cls=DjangoJSONEncoder
    )
    return f"{text}\n"


def data(comment):
    """Return it with keys in words; fields that come later are in it."""
    return {
        _("page"): mail.absolute(comment.guide.get_absolute_url()),
        _("its place there, once it is published"): mail.absolute(comment.permalink),
        _("reply to"): comment.parent and mail.absolute(comment.parent.permalink),
        **{
            str(column.verbose_name): value_of(comment, column)
            for column in comment._meta.concrete_fields
            if column.name not in LEFT_OUT
        },
        _("held for"): [
            {_("because"): checks.sentence(finding), **finding}
            for finding in comment.findings
        ],
        _("decisions"): [
            {
                _("when"): decision.at,
                _("from"): decision.get_was_display(),
                _("to"): decision.get_to_display(),
                _("by way of"): decision.door,
            }
            for decision in comment.decisions.all()
        ],
    }


def value_of(comment, column):
    value = getattr(comment, column.attname)
    return dict(column.flatchoices).get(value, value)
