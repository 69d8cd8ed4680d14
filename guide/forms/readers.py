"""What readers ask: which guides they want to see, and what they look for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guide.forms.fields import UNSEEN
from guide.models import Exercise, Guide


class FilterForm(forms.Form):
    """What the list of guides is narrowed by; what it does not know is refused."""

    CHOICES = {
        # To sit means a version to do sitting down, not only what begins there.
        "position": [
            ("seated", _("I need to sit")),
            *(
                (position.value, position.label)
                for position in Exercise.Position
                if position not in {"seated", "ball"}
            ),
        ],
        "equipment": [("none", _("No equipment"))],
        "minutes": [
            ("5", _("5 minutes at most")),
            ("10", _("10 minutes at most")),
            ("20", _("20 minutes at most")),
        ],
        "level": Guide.Level.choices,
    }

    # Which of these are known to readers, the count of what is left says; see filters.
    area = forms.CharField(
        required=False, max_length=50, strip=False, label=_("Body area")
    )
    audience = forms.CharField(
        required=False, max_length=50, strip=False, label=_("What is true of you")
    )
    position = forms.ChoiceField(
        choices=CHOICES["position"], required=False, label=_("Position")
    )
    equipment = forms.CharField(
        required=False, max_length=50, strip=False, label=_("Equipment")
    )
    minutes = forms.ChoiceField(
        choices=CHOICES["minutes"], required=False, label=_("Time")
    )
    level = forms.ChoiceField(
        choices=CHOICES["level"], required=False, label=_("Level")
    )

    @property
    def chosen(self):
        """Return the names of the filters that narrow something."""
        return [name for name, value in self.cleaned_data.items() if value]

    def narrow(self, guides):
        """Return those of the guides that fit every filter chosen."""
        for name in self.chosen:
            guides = self.narrow_by(name, guides)
        return guides

    def narrow_by(self, name, guides):
        """Return those of the guides that fit one filter."""
        match name, self.cleaned_data[name]:
            case "area", area:
                return guides.for_area(area)
            case "audience", audience:
                return guides.suitable_for(audience)
            case "position", "seated":
                return guides.seated()
            case "position", position:
                return guides.beginning(position)
            case "equipment", "none":
                return guides.without_equipment()
            case "equipment", equipment:
                return guides.with_equipment(equipment)
            case "minutes", minutes:
                return guides.within(int(minutes))
            case "level", level:
                return guides.filter(level=level)


class SearchForm(forms.Form):
    """What a reader looks for. Unseen characters are dropped, not refused."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        max_length=200,
        required=False,
        error_messages={
            "max_length": _(
                "That is long for a search. Keep the two or three words that matter."
            )
        },
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, data):
        words = UNSEEN.sub(" ", data.get("q", ""))
        super().__init__({"q": words.encode(errors="ignore").decode()})
