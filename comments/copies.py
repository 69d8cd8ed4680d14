"""All that is stored of what a reader sent, for herself."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import checks
from comments.models import RedFlag
from config import mail

# Numbers of rows say nothing to her. The text stands there once, the author's columns
# are empty; and whether an address is known here, or was written to today, is nobody's
# to learn who types it.
LEFT_OUT = {
    "id",
    "parent",
    "root",
    "body_html",
    "staff",
    "title",
    "is_trusted",
    "receipt_due_at",
    "guide",
    "findings",
    "secret",
}

# What the columns are called within is no word of hers.
WORDS = {
    "is_urgent": gettext_lazy("may need help soon"),
    "spam_score": gettext_lazy("how much it reads like spam, from 0 to 1"),
    "form_token": gettext_lazy("mark of the form it was sent with"),
    "consent_version": gettext_lazy("version of what you agreed to"),
    "decided_at": gettext_lazy("decided at"),
    "approved_at": gettext_lazy("published at"),
    "reported_at": gettext_lazy("told to the author as urgent at"),
    "announced_at": gettext_lazy("settled whether a mail tells you of it, at"),
    "taken_back_at": gettext_lazy("taken back or erased at"),
    "pinned_at": gettext_lazy("its thread stands before the others since"),
    "entered_at": gettext_lazy("taken into the guide's own questions at"),
    "set_aside_at": gettext_lazy("set aside for the author at"),
    "tray": gettext_lazy("where it lies"),
}
DOORS = {
    "admin": gettext_lazy("the page of the moderators"),
    "mail": gettext_lazy("a link in a mail to the moderators"),
    "writer": gettext_lazy("your own page"),
    "tick": gettext_lazy("by itself, when its time was over"),
    "command": gettext_lazy("a command on the server"),
}


def of(comment):
    """Return it with keys in words; fields that come later are in it."""
    return {
        _("page"): mail.absolute(comment.guide.get_absolute_url()),
        _("its place there, once it is published"): mail.absolute(comment.permalink),
        _("reply to"): comment.parent and mail.absolute(comment.parent.permalink),
        **{
            called(column): value_of(comment, column)
            for column in comment._meta.concrete_fields
            if column.name not in LEFT_OUT
        },
        _("held for"): [held_for(finding) for finding in comment.findings],
        _("decisions"): [decided(decision) for decision in comment.decisions.all()],
    }


def called(column):
    return str(WORDS.get(column.name, column.verbose_name))


def value_of(comment, column):
    if column.name == "tray":
        return str(comment.tray_words)
    value = getattr(comment, column.attname)
    return dict(column.flatchoices).get(value, value)


def held_for(finding):
    held = {_("because"): checks.sentence(finding), _("words"): finding["words"]}
    if flags := finding.get("flags"):
        flags = RedFlag.objects.filter(pk__in=flags)
        held[_("red flags")] = list(flags.values_list("name", flat=True))
    return held


def decided(decision):
    """Return what was decided and how; who it was of the team is not about her."""
    return {
        _("when"): decision.at,
        _("what"): decision.get_act_display(),
        _("from"): decision.get_was_display(),
        _("to"): decision.get_to_display(),
        _("by way of"): str(DOORS.get(decision.door, decision.door)),
        _("reason"): decision.reason,
    }
