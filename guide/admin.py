import re
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.keeping import Keeping
from guide import changes, forms, tasks
from guide.models import (
    Audience,
    Author,
    BodyArea,
    Dosage,
    Equipment,
    Exercise,
    Guide,
    GuideNotice,
    Page,
    Picture,
    Promotion,
    RelatedGuide,
    SafetyNotice,
    Section,
    SiteSettings,
    Step,
    Topic,
    Variation,
    Verdict,
    Video,
)
from guide.models.guides import REVIEWS_AHEAD
from guide.overwriting import Overwriting
from guide.pasting import Pasting
from guide.publishing import Publishing, Waiting, form_of
from guide.retiring import Retiring
from guide.video import clock


class OneParagraph(AdminTextareaWidget):
    """A box for a long text that stays one paragraph."""

    def __init__(self):
        super().__init__(attrs={"rows": 2})

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value and " ".join(value.split())


class LongTexts:
    """Draws those of ``long_texts`` so that one sees the whole sentence."""

    long_texts = ()

    def formfield_for_dbfield(self, field, request, **options):
        if field.name in self.long_texts:
            options["widget"] = OneParagraph
        return super().formfield_for_dbfield(field, request, **options)


class ShownAdmin(Keeping, LongTexts, admin.ModelAdmin):
    """A model whose rows have, or stand on, a page of the site."""

    def view_on_site(self, row):
        return row.get_absolute_url()


class OneRowAdmin(LongTexts, admin.ModelAdmin):
    """Settings: their line opens the form of the one row there is."""

    long_texts = (
        "tagline",
        "postal_address",
        "disclaimer",
        "invitation",
        "away_note",
        "answer_note",
        "consent",
        "promise",
    )

    def changelist_view(self, request, extra_context=None):
        row = self.model.load()
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(SiteSettings)
class SiteSettingsAdmin(OneRowAdmin):
    fieldsets = [
        (None, {"fields": ["name", "headline", "tagline", "author"]}),
        (
            gettext_lazy("Behind the pages"),
            {"fields": ["zone", "contact_email", "postal_address", "disclaimer"]},
        ),
    ]


# Guides


class FilesAdmin(admin.ModelAdmin):
    """Says at the form of a row which of its files are gone."""

    def render_change_form(self, request, context, *args, obj=None, **options):
        self.say_what_is_gone(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def response_change(self, request, row):
        if "_continue" not in request.POST:  # else its form says so
            self.say_what_is_gone(request, row)
        return super().response_change(request, row)

    def say_what_is_gone(self, request, row):
        for field in self.opts.fields if row else ():
            file = isinstance(field, models.FileField) and getattr(row, field.name)
            if file and file._committed and not file.storage.exists(file.name):
                self.message_user(
                    request,
                    _(
                        "The file is gone from the server: %(file)s of “%(row)s”. "
                        "Choose it again."
                    )
                    % {"file": field.verbose_name, "row": row},
                    messages.WARNING,
                )


class DosageInline(admin.StackedInline):
    model = Dosage
    form = forms.DosageForm
    fk_name = "guide"
    verbose_name = verbose_name_plural = gettext_lazy("how many, how often")
    fieldsets = [
        (
            None,
            {
                "description": gettext_lazy(
                    "For a single number leave the second box empty, for “up to 3” "
                    "the first."
                ),
                "fields": [
                    ("repetitions_min", "repetitions_max", "tempo", "each_side"),
                    ("sets_min", "sets_max", "rest_min", "rest_max"),
                    ("hold_min", "hold_max"),
                    ("times_a_day_min", "times_a_day_max"),
                    ("days_a_week_min", "days_a_week_max", "alternate_days"),
                    ("effort", "note"),
                ],
            },
        )
    ]


class VerdictInline(admin.TabularInline):
    model = Verdict
    formset = forms.NamedOnceFormSet
    extra = 1
    fields = ["choice", "audience", "note"]


class SectionInline(admin.StackedInline):
    model = Section
    form = forms.SectionForm
    formset = forms.PlacedFormSet
    extra = 0
    fields = [("place", "kind", "position"), "heading", "prose"]


class NoticeInline(admin.TabularInline):
    model = GuideNotice
    formset = forms.NamedOnceFormSet
    extra = 0


class RelatedInline(admin.TabularInline):
    model = RelatedGuide
    form = forms.RelatedForm
    formset = forms.RelatedFormSet
    fk_name = "guide"
    extra = 0
    verbose_name_plural = gettext_lazy(
        "related guides: the page adds others up to three"
    )
    fields = ["to", "position"]


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("published", _("published")),
            ("scheduled", _("scheduled")),
            ("draft", _("draft")),
            ("waiting", _("changes wait")),
            ("retired", _("retired")),
            ("review", _("review due within 60 days")),
        ]

    def queryset(self, request, guides):
        match self.value():
            case "published":
                return guides.published()
            case "scheduled":
                return guides.scheduled()
            case "draft":
                return guides.drafts()
            case "waiting":
                return guides.with_changes()
            case "retired":
                return guides.retired()
            case "review":
                return guides.review_due(before=timezone.localdate() + REVIEWS_AHEAD)
        return guides


@admin.register(Guide)
class GuideAdmin(Pasting, Publishing, Retiring, Overwriting, ShownAdmin):
    form = forms.GuideForm
    actions = ["withdraw"]
    list_display = ["title", "state", "topic", "published_at", "review_due_on"]
    list_filter = [StateFilter, "topic", "kind"]
    list_select_related = ["topic", "working_copy"]
    search_fields = ["title", "question", "summary"]
    date_hierarchy = "published_at"
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["exercise_list", "old_addresses"]
    radio_fields = {"kind": admin.HORIZONTAL}
    save_on_top = True
    long_texts = ("suitability",)
    inlines = [VerdictInline, DosageInline, SectionInline, NoticeInline, RelatedInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "kind",
                    "title",
                    "slug",
                    "old_addresses",
                    ("topic", "place"),
                    "author",
                ]
            },
        ),
        (
            gettext_lazy("On top of the page"),
            {
                "fields": [
                    "question",
                    "summary",
                    "suitability",
                    ("minutes", "level"),
                    "video",
                    "picture",
                    "figure",
                ]
            },
        ),
        (gettext_lazy("Text"), {"fields": ["intro"]}),
        (gettext_lazy("Exercises"), {"fields": ["exercise_list"]}),
        (
            gettext_lazy("At the end of the page"),
            {"fields": ["promotion", ("reviewed_on", "review_due_on")]},
        ),
        (
            gettext_lazy("Below the page"),
            {"fields": ["comments_open"]},
        ),
    ]

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        """Delete guides one by one: what hangs on each is said there."""
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(self, guides, request):
        """Refuse to delete a guide together with what readers wrote below it."""
        deleted, counts, lacking, protected = super().get_deleted_objects(
            guides, request
        )
        for guide in guides:
            if guide.copy_of_id:
                protected.append(_("Changes that wait are dropped at their form."))
            if number := guide.comments.count():
                protected.append(
                    ngettext(
                        "It has %(number)d comment, which would be lost with it.",
                        "It has %(number)d comments, which would be lost with it.",
                        number,
                    )
                    % {"number": number}
                )
        return deleted, counts, lacking, protected

    @admin.display(description=gettext_lazy("state"))
    def state(self, guide):
        if guide.published_at is None:
            return _("draft")
        if guide.retired_at:
            state = _("retired")
        else:
            state = _("published") if guide.is_published else _("scheduled")
        if changes.working(guide) is not guide:
            return _("%(state)s, changes wait") % {"state": state}
        return state

    def view_on_site(self, guide):
        return changes.original(guide).get_absolute_url()

    @admin.display(description=gettext_lazy("exercises"))
    def exercise_list(self, guide):
        """Show the exercises with links to their own forms: they hold lists too."""
        return loader.render_to_string(
            "admin/guide/guide/exercise_list.html",
            {
                "guide": guide,
                "exercises": guide.exercises.all() if guide.pk else [],
            },
        )

    @admin.display(description=gettext_lazy("old addresses"))
    def old_addresses(self, guide):
        known = changes.original(guide).old_slugs.all() if guide.pk else []
        slugs = [old.slug for old in known]
        return ", ".join(slugs) or _("none")

    def save_model(self, request, guide, form, change):
        super().save_model(request, guide, form, change)
        for exercise in guide.exercises_beyond_its_video():
            self.message_user(
                request,
                _(
                    "“%(exercise)s” goes on after the end of the video, %(end)s. Open "
                    "the exercise and write earlier moments."
                )
                % {"exercise": exercise, "end": clock(guide.video.duration)},
                messages.WARNING,
            )

    def response_add(self, request, guide, post_url_continue=None):
        return self.led_on(request, guide) or super().response_add(
            request, guide, post_url_continue
        )

    def response_change(self, request, guide):
        return self.led_on(request, guide) or super().response_change(request, guide)

    def led_on(self, request, guide):
        """Lead on to the preview, or to the exercise whose button saved this form."""
        if "_preview" in request.POST:
            return self.to("preview", guide)
        wanted = request.POST.get("_exercise")
        if wanted == "new":
            query = {"guide": guide.pk}
            return redirect(reverse("admin:guide_exercise_add", query=query))
        theirs = Exercise.objects.filter(pk=_number(wanted))
        exercise = theirs.filter(guide=guide).first()
        if exercise is None and guide.copy_of_id:  # the button was the guide's own
            was = theirs.filter(guide=guide.copy_of_id).first()
            exercise = was and changes.counterpart(was, guide)
        return redirect(form_of(exercise)) if exercise else None

    def get_changeform_initial_data(self, request):
        author = getattr(request.user, "author", None) or SiteSettings.load().author
        return {"author": author} | super().get_changeform_initial_data(request)

    @admin.action(description=gettext_lazy("Back to draft"), permissions=["change"])
    def withdraw(self, request, guides):
        count = guides.withdraw()
        self.message_user(
            request,
            ngettext(
                "%(count)s guide is a draft again; its readers see “not here”.",
                "%(count)s guides are drafts again; their readers see “not here”.",
                count,
            )
            % {"count": count},
            messages.SUCCESS,
        )


def _number(text):
    return int(text) if text and text.isascii() and text.isdecimal() else None


class ExerciseDosageInline(DosageInline):
    fk_name = "exercise"
    verbose_name = verbose_name_plural = gettext_lazy(
        "how many, where it differs from the guide's"
    )


class StepInline(admin.TabularInline):
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


class VariationInline(admin.TabularInline):
    model = Variation
    form = forms.VariationForm
    formset = forms.VariationFormSet
    fk_name = "exercise"
    extra = 0
    verbose_name_plural = gettext_lazy("variations: easier ones show by themselves")


@admin.register(Exercise)
class ExerciseAdmin(Waiting, Overwriting, ShownAdmin):
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
        if not re.fullmatch(r"[0-9]{1,18}", guide):
            initial.pop("guide", None)  # no key of the database has more digits
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


# What guides are made of


@admin.register(Picture)
class PictureAdmin(FilesAdmin):
    form = forms.PictureForm
    fields = ["thumbnail", "file", "alt", "is_decorative"]
    readonly_fields = ["thumbnail"]
    list_display = ["thumbnail", "__str__", "width", "height"]
    list_display_links = ["__str__"]
    search_fields = ["alt"]

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, picture):
        if not picture.pk or not picture.file:
            return "–"
        return format_html(
            '<img class="thumbnail" src="{}" alt="" width="120">', picture.small
        )

    def save_model(self, request, picture, form, change):
        super().save_model(request, picture, form, change)
        if "file" in form.changed_data:
            transaction.on_commit(partial(tasks.write_webp.enqueue, picture.pk))


@admin.register(Video)
class VideoAdmin(FilesAdmin):
    form = forms.VideoForm
    list_display = ["title", "provider", "length", "has_captions"]
    list_filter = ["provider"]
    search_fields = ["title"]
    fieldsets = [
        (None, {"fields": ["title", "provider", "file", "provider_id"]}),
        (
            gettext_lazy("Around it"),
            {"fields": ["duration", "poster", "is_silent", "captions", "transcript"]},
        ),
    ]

    @admin.display(description=gettext_lazy("captions"), boolean=True)
    def has_captions(self, video):
        return bool(video.captions) or video.is_silent

    def save_model(self, request, video, form, change):
        super().save_model(request, video, form, change)
        is_ours = video.provider == Video.Provider.OWN
        if is_ours and not video.captions and not video.is_silent:
            self.message_user(
                request,
                _(
                    "Some of your readers cannot hear it: add captions, or tick "
                    "“nobody speaks in it”."
                ),
                messages.WARNING,
            )


@admin.register(Promotion)
class PromotionAdmin(admin.ModelAdmin):
    list_display = ["title", "kind", "starts_at", "ends_at"]
    list_filter = ["kind"]
    search_fields = ["title"]
    fields = [
        "kind",
        "title",
        "cover",
        "bullets",
        "link",
        "link_text",
        ("starts_at", "ends_at"),
    ]


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_display = ["name", "title", "user"]
    list_select_related = ["user"]

    def view_on_site(self, author):
        return reverse("guide:about")


@admin.register(Topic)
class TopicAdmin(ShownAdmin):
    list_display = ["title", "position", "is_series"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(Page)
class PageAdmin(ShownAdmin):
    list_display = ["title", "slug", "updated_at"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(Audience)
class AudienceAdmin(admin.ModelAdmin):
    list_display = ["name", "position"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(BodyArea)
class BodyAreaAdmin(admin.ModelAdmin):
    list_display = ["name", "place"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Equipment)
class EquipmentAdmin(admin.ModelAdmin):
    list_display = ["name", "substitute", "is_household"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(SafetyNotice)
class SafetyNoticeAdmin(admin.ModelAdmin):
    list_display = ["title", "level"]
    list_filter = ["level"]
    search_fields = ["title"]
