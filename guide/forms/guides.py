"""What the author writes of a guide, and how it is made, goes out and is retired."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guide import dosage
from guide.forms.fields import MomentField
from guide.forms.places import FIRST, PlacedFormSet, PlaceField
from guide.models import Guide


class Refusable:
    """Is not valid where its save would overwrite what somebody saved meanwhile.

    Nor where the guide as it would be does not fit.
    """

    overwrites = ""  # the sentence about it
    misfit = ()  # the sentences about that

    def clean(self):
        super().clean()
        if self.overwrites:
            self.add_error(None, self.overwrites)
        for sentence in self.misfit:
            self.add_error(None, sentence)


class GuideForm(Refusable, forms.ModelForm):
    class Meta:
        error_messages = {
            "title": {"required": _("Give it a title.")},
            "slug": {
                "required": _("Give it an address; its title will do."),
                "invalid": _(
                    "Write it with letters, numbers and hyphens: no spaces, no accents."
                ),
            },
            "summary": {"required": _("Say in a sentence or two what it is for.")},
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        }

    def clean_summary(self):
        """Make one line of it: it stands in lists, in the letter and for machines."""
        return " ".join(self.cleaned_data["summary"].split())

    def clean_reviewed_on(self):
        day = self.cleaned_data["reviewed_on"]
        if day and day > timezone.localdate():
            raise ValidationError(
                gettext("A review lies in the past. Write the day you read it.")
            )
        return day


class NamedOnceFormSet(forms.BaseInlineFormSet):
    """Says at its row what a guide or an exercise names twice."""

    def validate_unique(self):
        (constraint,) = self.model._meta.total_unique_constraints
        (name,) = set(constraint.fields) - {self.fk.name}
        seen = set()
        for form in self.forms:
            if not form.is_valid() or form in self.deleted_forms:
                continue
            row = form.cleaned_data.get(name)
            if row in seen:
                sentence = gettext("You named “%(name)s” twice. Keep one of the two.")
                form.add_error(name, sentence % {"name": row})
            elif row:
                seen.add(row)


class ChoosesGuide:
    """Offers no retired guide, unless it was chosen before."""

    guide_field = "guide"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if field := self.fields.get(self.guide_field):
            chosen = getattr(self.instance, f"{self.guide_field}_id")
            field.queryset = field.queryset.to_choose(chosen)


class SectionForm(forms.ModelForm):
    # Before the exercises or after them is its place.
    position = PlaceField(label=_("Number"), help_text=FIRST)


class RelatedForm(ChoosesGuide, forms.ModelForm):
    guide_field = "to"
    position = PlaceField(help_text=FIRST)


class RelatedFormSet(NamedOnceFormSet, PlacedFormSet):
    """Offers a guide any other, not itself."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if field := form.fields.get("to"):
            own = [self.instance.pk, self.instance.copy_of_id]
            field.queryset = field.queryset.exclude(pk__in=own)


class DosageForm(forms.ModelForm):
    class Meta:
        labels = {f"{what}_max": _("to") for what in dosage.RANGES}

    def __init__(self, *args, **options):
        """Name the second box of a range in full where it stands alone."""
        super().__init__(*args, **options)
        for what in dosage.RANGES:
            if field := self.fields.get(f"{what}_max"):
                first = self.fields[f"{what}_min"].label
                field.in_full = gettext("%(range)s, to") % {"range": first}
                field.widget.attrs["aria-label"] = field.in_full


class PasteForm(forms.Form):
    """An article as it was copied: its words, and the same with its markup."""

    MOST = 1_000_000
    TOO_LONG = _("A million characters fit. Paste one article at a time.")

    text = forms.CharField(
        label=_("Your article"),
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 16, "data-most": MOST, "data-too-long": TOO_LONG}
        ),
        help_text=_("Text or the HTML of a page; comments below it may come along."),
        error_messages={"required": _("Paste the text of your article first.")},
    )
    html = forms.CharField(
        required=False, strip=False, widget=forms.Textarea(attrs={"hidden": True})
    )

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\r\n", "\n")  # one, as in the box
        if not text.strip():
            raise ValidationError(self.fields["text"].error_messages["required"])
        if len(text) > self.MOST:
            raise ValidationError(self.TOO_LONG)
        return text

    def clean(self):
        """Take what has its markup, where it came along and fits."""
        super().clean()
        html, text = self.cleaned_data.get("html", ""), self.cleaned_data.get("text")
        html = html.replace("\r\n", "\n")
        fits = html.strip() and len(html) <= self.MOST
        self.cleaned_data["source"] = html if fits else text
        return self.cleaned_data


class PublishForm(forms.Form):
    """When a guide goes out."""

    use_required_attribute = False  # "Publish now" stands in the same form

    at = MomentField(
        error_messages={"required": _("Choose a day and a time, or publish now.")}
    )

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError(
                gettext("That moment has passed. Choose a later one, or publish now.")
            )
        return at


class RetireForm(forms.Form):
    """What readers of a retired guide are told."""

    instead = forms.ModelChoiceField(
        Guide.objects.none(),
        required=False,
        empty_label=_("Other guides of its topic"),
        label=_("To read instead"),
    )
    note = forms.CharField(
        required=False,
        max_length=Guide._meta.get_field("retired_note").max_length,
        label=_("A sentence for its readers"),
        help_text=Guide._meta.get_field("retired_note").help_text,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def __init__(self, *args, guide, **options):
        initial = {"instead": guide.instead_id, "note": guide.retired_note}
        super().__init__(*args, initial=initial, **options)
        others = Guide.objects.published().exclude(pk=guide.pk).order_by("title")
        self.fields["instead"].queryset = others

    def clean_note(self):
        return " ".join(self.cleaned_data["note"].split())
