from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from moving.rows import WITH_DAY_FIRST, WITH_MONTH_FIRST, Status


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
    """Brings a list of readers."""

    MOST_BYTES = 100_000_000

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt"}),
        help_text=_(
            "A table as CSV: the list that you took along from here, or from where "
            "your readers were. Which column holds what, you can say afterwards."
        ),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("There is nothing in this file. Choose another."),
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise forms.ValidationError(
                _(
                    "A file of more than 100 MB is too large for this page. Ask who "
                    "looks after the site to read it in with import_subscribers."
                )
            )
        return file


class HowForm(forms.Form):
    """Says how a list is to be read: which column holds what, and of whom it is."""

    MOST_SHOWN = 40  # characters of a cell
    FIRST = {
        "email": _("The address"),
        "status": _("Who gets it, in a word"),
        "joined": _("When they signed up"),
        "confirmed": _("When they confirmed, or yes"),
        "left": _("When they left, or yes"),
    }
    MORE = {
        "list_status": _("Who is on this list, in a word"),
        "paused": _("Until when they pause"),
        "stopped": _("When letters to them stopped, or yes"),
        "ends": _("Until when they are stopped"),
        "because": _("Why they are stopped"),
        "by_hand": _("Whether that was by hand"),
        "page": _("Where they signed up"),
        "promise": _("What they were promised"),
    }

    all_are = forms.ChoiceField(
        label=_("All in the file are"),
        choices=[
            ("", _("what its columns say")),
            (Status.SUBSCRIBED, _("readers who said yes to the letter")),
            (Status.UNSUBSCRIBED, _("people who left")),
            (Status.BOUNCED, _("addresses that do not work")),
        ],
        required=False,
    )
    dates = forms.ChoiceField(
        label=_("3/4/2025 and 3-4-2025 are"),
        choices=[
            ("", _("not written so in it")),
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

    def __init__(self, *args, table, reading, **options):
        columns = reading["columns"]
        initial = columns | {
            "all_are": reading["status"],
            "dates": reading["dates"],
            "asks": reading["asks"],
        }
        super().__init__(*args, initial=initial, **options)
        choices = [("", _("not in the file")), *self._choices(table)]
        columns = {
            name: forms.TypedChoiceField(
                label=label,
                choices=choices,
                coerce=int,
                empty_value=None,
                required=name == "email",
                error_messages={"required": _("Say which column holds the addresses.")},
            )
            for name, label in (self.FIRST | self.MORE).items()
        }
        self.fields = columns | self.fields

    def _choices(self, table):
        for place, name in enumerate(table.header):
            cells = (cells[place] for cells in table.first if place < len(cells))
            words = next(filter(None, map(str.strip, cells)), "")
            words = Truncator(words).chars(self.MOST_SHOWN)
            yield place, f"{name}: {words}" if words else name

    @property
    def first(self):
        return [self[name] for name in self.FIRST]

    @property
    def more(self):
        return [self[name] for name in self.MORE]

    @property
    def reading(self):
        values = self.cleaned_data
        return {
            "columns": {name: values[name] for name in (self.FIRST | self.MORE)},
            "status": values["all_are"],
            "dates": values["dates"],
            "asks": values["asks"],
        }


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
