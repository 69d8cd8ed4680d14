"""The form of an exercise, with its steps, its dosage and its variations."""

from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import models
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.ids import is_id
from guide import changes, forms
from guide.admin.bases import Asking, MoreRows, ShownAdmin
from guide.admin.guides import DosageInline
from guide.models import Exercise, Guide, Step, Variation
from guide.overwriting import Overwriting
from guide.publishing import Waiting, form_of


class ExerciseDosageInline(DosageInline):
    fk_name = "exercise"
    verbose_name = verbose_name_plural = gettext_lazy(
        "how many, where it differs from the guide's"
    )


class StepInline(Asking, admin.TabularInline):
    """The steps there are, with a picture and a moment; written in boxes above."""

    model = Step
    form = forms.StepForm
    formset = forms.StepsFormSet
    fields = ["picture", "at"]
    ordering = ["-phase", "position", "pk"]  # set-up, then action
    extra = 0
    can_delete = False
    verbose_name_plural = gettext_lazy(
        "single steps: a picture, a moment in the video (0:42)"
    )

    def has_add_permission(self, request, exercise=None):
        return False


class VariationInline(Asking, admin.TabularInline):
    model = Variation
    form = forms.VariationForm
    formset = forms.VariationFormSet
    fk_name = "exercise"
    extra = 0
    verbose_name_plural = gettext_lazy("variations: easier ones show by themselves")


@admin.register(Exercise)
class ExerciseAdmin(Waiting, Overwriting, MoreRows, ShownAdmin):
    form = forms.ExerciseForm
    list_display = ["name", "guide", "position", "start_position"]
    list_filter = ["start_position", "equipment", "areas"]
    list_select_related = ["guide"]
    ordering = ["guide__title", "position"]
    search_fields = ["name", "guide__title"]
    inlines = [StepInline, ExerciseDosageInline, VariationInline]
    fieldsets = [
        (None, {"fields": [("guide", "position"), "name", "label", "lead"]}),
        (
            gettext_lazy("At a glance"),
            {
                "fields": [
                    "start_position",
                    "equipment",
                    "breathing",
                    "areas",
                    "caution",
                ]
            },
        ),
        (
            gettext_lazy("Drawings"),
            {"fields": ["figure_start", "figure_finish", "picture"]},
        ),
        (
            gettext_lazy("Steps"),
            {
                "description": gettext_lazy(
                    "One step a line. A footnote follows its step after two bars: "
                    "“Draw your elbows back || Along the ribs, not out.” "
                    "Dots, dashes and numbers of a pasted list are taken off."
                ),
                "fields": ["setup_from", "setup", "action"],
            },
        ),
        (
            gettext_lazy("In the guide's video"),
            {
                "description": gettext_lazy(
                    "Where this exercise is shown. The page then offers to watch "
                    "just that."
                ),
                "fields": [("clip_start", "clip_end")],
            },
        ),
    ]

    def guide_of(self, exercise):
        return exercise.guide

    def get_queryset(self, request):
        """List what guides hold, not what waits to replace it."""
        return super().get_queryset(request).filter(guide__copy_of=None)

    def view_on_site(self, exercise):
        return changes.original(exercise.guide).get_absolute_url()

    def delete_view(self, request, object_id, extra_context=None):
        view = partial(super().delete_view, request, object_id, extra_context)
        if request.method != "POST":
            return view()
        try:
            return self.saved(request, view, self.back_to_the_guide)
        except ValidationError as error:
            for sentence in error.messages:
                self.message_user(request, sentence, messages.ERROR)
            exercise = self.get_object(request, unquote(object_id))
            return self.back_to_the_guide(request, exercise)

    def render_delete_form(self, request, context):
        exercise = context["object"]
        guide = exercise.guide
        own = changes.original(guide)
        context |= {
            "guide": own,
            "stays": changes.waits(own) and changes.counterpart(exercise, own),
            "borrowing": guide.exercises.filter(setup_from=exercise),
            "naming": guide.exercises.filter(variations__to=exercise),
            "leading": changes.leading_to(exercise),
        }
        return super().render_delete_form(request, context)

    def delete_model(self, request, exercise):
        super().delete_model(request, exercise)
        self.note_written(request, exercise)

    def response_delete(self, request, *args):
        return self.back_to_the_guide(request, request.written[0])

    def get_inlines(self, request, exercise):
        """Leave out the single steps until there are some."""
        inlines = super().get_inlines(request, exercise)
        return inlines if exercise else inlines[1:]

    def save_model(self, request, exercise, form, change):
        super().save_model(request, exercise, form, change)
        if exercise.clip_start is not None and not exercise.guide.video_id:
            self.message_user(
                request,
                _(
                    "The guide has no video yet. Once it has one, its page offers "
                    "this part of it."
                ),
                messages.WARNING,
            )

    def get_changeform_initial_data(self, request):
        """Give a new exercise the next place in the guide that the link names."""
        initial = super().get_changeform_initial_data(request)
        guide = str(initial.get("guide", ""))
        if not is_id(guide):
            initial.pop("guide", None)
        elif "position" not in initial:
            taken = Exercise.objects.filter(guide=guide)
            last = taken.aggregate(last=models.Max("position"))["last"] or 0
            initial["position"] = last + 1
        return initial

    def response_post_save_add(self, request, exercise):
        return self.back_to_the_guide(request, exercise)

    def response_post_save_change(self, request, exercise):
        return self.back_to_the_guide(request, exercise)

    def back_to_the_guide(self, request, row):
        guide = row if isinstance(row, Guide) else row.guide
        return redirect(f"{form_of(guide)}#exercises")
