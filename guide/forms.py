"""What readers may ask of the list of guides, and what the author writes steps with."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guide.models import Audience, BodyArea


class FilterForm(forms.Form):
    """The filters of the list, all of them links; what it does not know is refused."""

    SITTING = [("seated", _("I need to sit"))]
    NOTHING = [("none", _("No equipment"))]
    MINUTES = [("5", _("5 minutes at most")), ("10", _("10 minutes at most"))]

    area = forms.ModelChoiceField(
        BodyArea.objects, to_field_name="slug", required=False
    )
    audience = forms.ModelChoiceField(
        Audience.objects, to_field_name="slug", required=False
    )
    position = forms.ChoiceField(choices=SITTING, required=False)
    equipment = forms.ChoiceField(choices=NOTHING, required=False)
    minutes = forms.ChoiceField(choices=MINUTES, required=False)

    def narrow(self, guides):
        """Return those of the guides that fit every filter chosen."""
        chosen = self.cleaned_data
        if area := chosen["area"]:
            guides = guides.for_area(area)
        if audience := chosen["audience"]:
            guides = guides.suitable_for(audience)
        if chosen["position"]:
            guides = guides.seated()
        if chosen["equipment"]:
            guides = guides.without_equipment()
        if chosen["minutes"]:
            guides = guides.within(int(chosen["minutes"]))
        return guides
