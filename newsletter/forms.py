from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from guide.forms import ChoosesGuide


class SignUpForm(forms.Form):
    """One field, and one that only a machine fills in."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Write the address to which the letter shall go."),
            "max_length": _("An address has at most 254 characters. Is it one only?"),
        },
        widget=forms.EmailInput(
            attrs={"class": "input", "autocomplete": "email", "spellcheck": "false"}
        ),
    )
    website2 = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, auto_id="letter_%s", label_suffix="", **options)

    def clean_email(self):
        typed = self.cleaned_data["email"]
        try:
            return validate_email(
                typed, check_deliverability=False, strict=True, allow_smtputf8=False
            ).normalized
        except EmailNotValidError:
            if "@" not in typed:
                raise ValidationError(
                    _("There is no “@” in it. An address looks like anna@example.org.")
                ) from None
            raise ValidationError(
                _(
                    "Something in this address is not right. Look for a space, a "
                    "missing dot or one too many, as in anna@example.org."
                )
            ) from None

    @property
    def is_by_a_machine(self):
        return bool(self.cleaned_data.get("website2"))

    @property
    def folded(self):
        """Return the address without what makes many of one: dots, +tag, case."""
        local, _at, domain = self.cleaned_data["email"].lower().rpartition("@")
        return f"{local.partition('+')[0].replace('.', '')}@{domain}"


class MomentField(forms.SplitDateTimeField):
    """A day and a time as the author's clock shows them."""

    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date", "aria-label": _("Day")},
        date_format="%Y-%m-%d",
        time_attrs={"type": "time", "aria-label": _("Time")},
        time_format="%H:%M",
    )
    default_error_messages = {
        "required": _("Choose a day and a time, or send now."),
        "incomplete": _("Choose a day and a time."),
        "invalid_date": _("Choose the day once more."),
        "invalid_time": _("Write the time like 18:00."),
    }

    def compress(self, parts):
        try:
            return super().compress(parts)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(
                gettext(
                    "The clocks change that night: this time does not exist, or comes "
                    "twice. Choose one an hour earlier or later."
                )
            ) from None


class ScheduleForm(forms.Form):
    """When a letter goes out, and after which moment it does not."""

    MOST_AHEAD = timedelta(days=366)
    use_required_attribute = False  # "Send now" stands on the same page

    at = MomentField(label=_("Goes out at"))
    not_after = MomentField(
        label=_("Not after"),
        required=False,
        help_text=_(
            "If it could not begin by then, because the site was down say, it does not "
            "go out, and you get a mail."
        ),
    )

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at > timezone.now() + self.MOST_AHEAD:
            raise ValidationError(
                gettext("That is more than a year ahead. Is the year right?")
            )
        return at


class IssueGuideForm(ChoosesGuide, forms.ModelForm):
    pass
