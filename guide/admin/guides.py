"""The list of guides, and the form of one with all that hangs on it."""

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.shortcuts import redirect
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.ids import is_id
from guide import changes, forms
from guide.admin.bases import Asking, MoreRows, ShownAdmin
from guide.models import (
    Dosage,
    Exercise,
    Guide,
    GuideNotice,
    RelatedGuide,
    Section,
    SiteSettings,
    Verdict,
)
from guide.models.guides import REVIEWS_AHEAD
from guide.overwriting import Overwriting
from guide.pasting import Pasting
from guide.publishing import Publishing, form_of
from guide.retiring import Retiring
from guide.video import clock


class VerdictInline(Asking, admin.TabularInline):
    model = Verdict
    formset = forms.NamedOnceFormSet
    extra = 1
    fields = ["choice", "audience", "note"]


class DosageInline(Asking, admin.StackedInline):
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


class SectionInline(Asking, admin.StackedInline):
    model = Section
    form = forms.SectionForm
    formset = forms.PlacedFormSet
    extra = 0
    fields = [("place", "kind", "position"), "heading", "prose"]


class NoticeInline(Asking, admin.TabularInline):
    model = GuideNotice
    formset = forms.NamedOnceFormSet
    extra = 0


class RelatedInline(Asking, admin.TabularInline):
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
class GuideAdmin(Pasting, Publishing, Retiring, Overwriting, MoreRows, ShownAdmin):
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
        wanted = request.POST.get("_exercise", "")
        if wanted == "new":
            query = {"guide": guide.pk}
            return redirect(reverse("admin:guide_exercise_add", query=query))
        theirs = Exercise.objects.filter(pk__in=[wanted] if is_id(wanted) else [])
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
