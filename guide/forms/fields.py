"""Fields for moments and lengths of time, written as one says them."""

import re
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What pasting brings along and nobody sees.
UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\u200b\u2060\ufeff\ufffe\uffff]")


class MomentField(forms.SplitDateTimeField):
    """A day and a time as the author's clock shows them, a year ahead at most."""

    MOST_AHEAD = timedelta(days=366)

    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date", "aria-label": _("Day")},
        date_format="%Y-%m-%d",
        time_attrs={"type": "time", "aria-label": _("Time")},
        time_format="%H:%M",
    )
    default_error_messages = {
        "required": _("Choose a day and a time."),
        "incomplete": _("Choose a day and a time."),
        "invalid_date": _("Choose the day once more."),
        "invalid_time": _("Write the time like 18:00."),
        "too_far": _("That is more than a year ahead. Is the year right?"),
        "no_such_time": _(
            "The clocks change that night: this time does not exist, or comes twice. "
            "Choose one an hour earlier or later."
        ),
    }

    def compress(self, parts):
        try:
            moment = super().compress(parts)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(self.error_messages["no_such_time"]) from None
        if moment and moment > timezone.now() + self.MOST_AHEAD:
            raise ValidationError(self.error_messages["too_far"])
        return moment


class LengthField(forms.CharField):
    """Minutes and seconds as one says them, 4:15, kept as seconds."""

    def __init__(self, *, least=1, **options):
        super().__init__(max_length=10, **options)
        self.least = least

    def prepare_value(self, value):
        if isinstance(value, int):
            return f"{value // 60}:{value % 60:02}"
        return value

    def clean(self, value):
        value = super().clean(value)
        if value in self.empty_values:
            return None
        if match := re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", value, re.ASCII):
            minutes, seconds = int(match[1] or 0), int(match[2])
            total = minutes * 60 + seconds
            if total >= self.least and (match[1] is None or seconds < 60):
                return total
        raise ValidationError(_("Write minutes and seconds: 4:15."))

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)
