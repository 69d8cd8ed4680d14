from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

register = template.Library()

WORDS = (
    _("none"),
    _("one"),
    _("two"),
    _("three"),
    _("four"),
    _("five"),
    _("six"),
    _("seven"),
    _("eight"),
    _("nine"),
)


@register.filter
def in_words(number):
    """Write a number below ten as a word, any other in figures."""
    if number < len(WORDS):
        return str(WORDS[number])
    return number_format(number, force_grouping=True)
