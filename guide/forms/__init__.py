"""The forms of guides, by what they are about."""

from guide.forms.exercises import ExerciseForm, VariationForm, VariationFormSet
from guide.forms.fields import LengthField, MomentField
from guide.forms.guides import (
    ChoosesGuide,
    DosageForm,
    GuideForm,
    NamedOnceFormSet,
    PasteForm,
    PublishForm,
    RelatedForm,
    RelatedFormSet,
    RetireForm,
    SectionForm,
)
from guide.forms.media import PictureForm, VideoForm
from guide.forms.places import PlacedFormSet, PlaceField
from guide.forms.readers import FilterForm, SearchForm
from guide.forms.steps import StepForm, StepsFormSet, parse_steps, write_lines

__all__ = [
    "ChoosesGuide",
    "DosageForm",
    "ExerciseForm",
    "FilterForm",
    "GuideForm",
    "LengthField",
    "MomentField",
    "NamedOnceFormSet",
    "PasteForm",
    "PictureForm",
    "PlaceField",
    "PlacedFormSet",
    "PublishForm",
    "RelatedForm",
    "RelatedFormSet",
    "RetireForm",
    "SearchForm",
    "SectionForm",
    "StepForm",
    "StepsFormSet",
    "VariationForm",
    "VariationFormSet",
    "VideoForm",
    "parse_steps",
    "write_lines",
]
