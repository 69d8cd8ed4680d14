from django import forms
from django.utils.translation import gettext_lazy as _

from moving.rows import WITH_DAY_FIRST, WITH_MONTH_FIRST, Reading


class FileForm(forms.Form):
    """Brings a file; what is in it is looked at before anything is taken in."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
        help_text=_("A zip made by “Download as a file”, here or on another site."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("There is nothing in this file. Choose another."),
        },
    )


class ListForm(forms.Form):
    """Brings a list of readers, and says how it is to be read."""

    MOST_BYTES = 10_000_000

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt"}),
        help_text=_(
            "A table as CSV, whose first line names its columns: the list that you "
            "took along from here, or from where your readers were."
        ),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("There is nothing in this file. Choose another."),
        },
    )
    source = forms.ChoiceField(
        label=_("Where it is from"),
        choices=[
            ("", _("A site like this, or elsewhere")),
            ("mailchimp", _("Mailchimp")),
            ("mailpoet", _("MailPoet")),
        ],
        required=False,
    )
    dates = forms.ChoiceField(
        label=_("3/4/2025 is"),
        choices=[
            ("", _("No date is written so")),
            (WITH_DAY_FIRST, _("the third of April")),
            (WITH_MONTH_FIRST, _("the fourth of March")),
        ],
        required=False,
    )
    asks = forms.BooleanField(
        label=_("Ask those by mail who had not confirmed"),
        help_text=_("Else they are left out. Not all at once: thirty mails a minute."),
        required=False,
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise forms.ValidationError(
                _(
                    "A file of more than 10 MB is too large for this page. Ask who "
                    "looks after the site to read it in with import_subscribers."
                )
            )
        return file

    def reading(self, name):
        names = ("source", "dates", "asks")
        return Reading(name, **{key: self.cleaned_data[key] for key in names})


class ListArrivalForm(ListForm):
    """Takes in a list that was looked at, as it was looked at."""

    file = None
    arrival = forms.RegexField(r"\A[0-9a-f]{32}\Z")
    name = forms.CharField()

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget = forms.HiddenInput()


class ArrivalForm(forms.Form):
    """Takes in a file that was looked at."""

    BESIDE, INSTEAD = "beside", "instead"

    arrival = forms.RegexField(r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput)
    place = forms.ChoiceField(
        label=_("Where to"),
        choices=[
            (BESIDE, _("Beside it, as a draft with an address of its own")),
            (INSTEAD, _("In its place")),
        ],
        initial=BESIDE,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, may_replace, **options):
        super().__init__(*args, **options)
        if not may_replace:
            del self.fields["place"]

    @property
    def replaces(self):
        return self.cleaned_data.get("place") == self.INSTEAD
