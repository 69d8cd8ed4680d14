"""What each value in a list of the admin is, where a phone has no room for its head."""

import re

from django import template
from django.contrib.admin.utils import label_for_field
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

register = template.Library()

CELL = re.compile(r'<td class="field-(\w+)[^"]*">(?!</td>)')


@register.filter
def with_column_names(rows, changelist):
    """Return Django's own rows of a list with the name of its column in each cell."""

    def named(cell):
        label = label_for_field(cell[1], changelist.model, changelist.model_admin)
        return cell[0] + format_html(
            '<span class="cell-name">{}: </span>', capfirst(label)
        )

    return mark_safe(CELL.sub(named, rows))
