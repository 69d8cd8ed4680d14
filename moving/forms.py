from django import forms
from django.utils.translation import gettext_lazy as _


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
