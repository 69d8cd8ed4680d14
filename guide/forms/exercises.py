"""What the author writes of an exercise."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.ids import is_id
from guide.forms.fields import LengthField
from guide.forms.guides import NamedOnceFormSet, Refusable
from guide.forms.steps import StepsField, write_lines
from guide.models import Exercise, Guide, Step


class ExerciseForm(Refusable, forms.ModelForm):
    setup = StepsField(label=_("Set up"))
    action = StepsField(label=_("Action"))
    clip_start = LengthField(
        label=_("begins in the video"),
        required=False,
        least=0,
        help_text=_("Minutes and seconds: 0:08."),
    )
    clip_end = LengthField(label=_("ends in the video"), required=False)

    class Meta:
        error_messages = {
            "name": {"required": _("Give it a name.")},
            "position": {
                "required": _("Write its place among the exercises: 1, 2, 3.")
            },
        }
        widgets = {
            "equipment": forms.CheckboxSelectMultiple,
            "areas": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        exercise = self.instance
        if "setup_from" in self.fields:
            others = Exercise.objects.exclude(pk=exercise.pk).filter(
                Q(guide=self._guide()) | Q(pk=exercise.setup_from_id)
            )
            self.fields["setup_from"].queryset = others
        if "guide" in self.fields and self._guide():
            # It may be a working copy, and stays where it is.
            here = Guide.with_copies.filter(pk=self._guide())
            self.fields["guide"].queryset = here
        for phase in Step.Phase.values:
            if exercise.pk and phase in self.fields:
                self.initial[phase] = write_lines(exercise.steps.filter(phase=phase))

    def _guide(self):
        """Return the id of its guide, or of the one chosen as far as it is known."""
        if self.instance.pk:
            return self.instance.guide_id
        chosen = self.data.get(self.add_prefix("guide")) if self.is_bound else None
        chosen = chosen or self.instance.guide_id or self.initial.get("guide")
        return int(chosen) if is_id(str(chosen)) else None

    def _save_m2m(self):
        super()._save_m2m()
        for phase in Step.Phase.values:
            if phase in self.changed_data:
                self.instance.write_steps(phase=phase, lines=self.cleaned_data[phase])


class ExerciseOfGuideField(forms.ModelChoiceField):
    def label_from_instance(self, exercise):
        return f"{exercise.guide.title}: {exercise.name}"


class VariationForm(forms.ModelForm):
    to = ExerciseOfGuideField(
        Exercise.objects.select_related("guide").order_by("guide__title", "position"),
        label=_("exercise"),
        error_messages={"required": _("Choose an exercise.")},
    )


class VariationFormSet(NamedOnceFormSet):
    """Offers the exercises of all guides, of its own those that stand beside it."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        exercise = self.instance
        others = form.fields["to"].queryset.filter(guide__copy_of=None)
        if exercise.guide_id and exercise.guide.copy_of_id:
            others = others.exclude(guide=exercise.guide.copy_of_id)
            others |= form.fields["to"].queryset.filter(guide=exercise.guide_id)
        form.fields["to"].queryset = others
