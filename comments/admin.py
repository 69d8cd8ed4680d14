from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comments import checks, desk, pages
from comments.models import Closing, Comment, RedFlag, Settings, Status
from guide.admin import OneRowAdmin

EARLIER = 20


class ClosingInline(admin.TabularInline):
    model = Closing
    extra = 1
    verbose_name = _("guide with days of its own")
    verbose_name_plural = _("guides with days of their own")


@admin.register(Settings)
class SettingsAdmin(OneRowAdmin):
    inlines = [ClosingInline]


@admin.register(RedFlag)
class RedFlagAdmin(admin.ModelAdmin):
    list_display = ["name", "is_active"]


class StateFilter(admin.SimpleListFilter):
    """What waits is what one comes for; the other states are a click away."""

    title = _("state")
    parameter_name = "state"
    template = "admin/comments/comment/tabs.html"

    def lookups(self, request, model_admin):
        return [*Status.choices, ("all", _("all"))]

    def queryset(self, request, queryset):
        state = self.value() or Status.PENDING
        if state == "all":
            return queryset
        # What is no state may hold a NUL, which PostgreSQL refuses to look for.
        return queryset.filter(status=state) if state in Status else queryset.none()

    def choices(self, changelist):
        for state, words in self.lookup_choices:
            is_here = (self.value() or Status.PENDING) == state
            yield {
                "selected": is_here,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: state}, ["p"]
                ),
                "display": words,
                "count": changelist.result_count if is_here else "",
            }


class Desk(ChangeList):
    def get_results(self, request):
        """Offer "show all" after a search alone: a state is not one."""
        super().get_results(request)
        if not self.query:
            self.full_result_count = self.result_count


@admin.register(Comment)
class CommentAdmin(pages.OfThread, pages.OfReader, admin.ModelAdmin):
    form = desk.DeskForm
    fields = ["answer", "seen"]
    actions = ["approve", "reject", "spam", "restore"]
    list_display = ["excerpt", "name", "guide", "created_at", "reasons"]
    list_filter = [StateFilter]
    list_select_related = ["guide"]
    list_per_page = 50
    search_fields = ["name", "body"]
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    view_on_site = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("guide", "parent", "staff")

    def get_changelist(self, request, **kwargs):
        return Desk

    def get_list_display(self, request):
        """Name the state where all stand together; elsewhere the tab does."""
        if request.GET.get("state") == "all":
            return [*self.list_display, "status"]
        return self.list_display

    def get_ordering(self, request):
        """Return the longest waiting first; of what is decided, the newest."""
        state = request.GET.get("state", Status.PENDING)
        if state == "all":
            return ["-pk"]  # no index holds the dates of all states together
        return ["created_at"] if state == Status.PENDING else ["-created_at"]

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        """Delete comments one by one: what is deleted takes its answers along."""
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)
        return actions

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser

    # Who decided what stands in Decision; Django's own log would keep it past erasure.
    def log_change(self, request, obj, message):
        return None

    @admin.display(description=_("text"))
    def excerpt(self, comment):
        return Truncator(comment.body).words(16)

    @admin.display(description=_("held for"))
    def reasons(self, comment):
        return " ".join(checks.sentences(comment))

    @admin.action(description=_("Publish"), permissions=["change"])
    def approve(self, request, queryset):
        self.move(request, queryset, to=Status.APPROVED)

    @admin.action(description=_("Reject"), permissions=["change"])
    def reject(self, request, queryset):
        self.move(request, queryset, to=Status.REJECTED)

    @admin.action(description=_("Spam"), permissions=["change"])
    def spam(self, request, queryset):
        self.move(request, queryset, to=Status.SPAM)

    @admin.action(description=_("Back to waiting"), permissions=["change"])
    def restore(self, request, queryset):
        self.move(request, queryset, to=Status.PENDING)

    def move(self, request, queryset, *, to):
        chosen = list(queryset.values_list("pk", flat=True))
        count = Comment.objects.filter(pk__in=chosen).move(
            to=to, by=request.user, door="admin"
        )
        words = ngettext(
            "%(count)d comment is now %(state)s.",
            "%(count)d comments are now %(state)s.",
            count,
        ) % {"count": count, "state": to.label}
        if left := len(chosen) - count:
            words += " " + ngettext(
                "%(count)d was there already.", "%(count)d were there already.", left
            ) % {"count": left}
        self.message_user(request, words, messages.SUCCESS)

    def get_form(self, request, obj=None, **kwargs):
        return partial(super().get_form(request, obj, **kwargs), user=request.user)

    def render_change_form(self, request, context, **kwargs):
        comment = context["original"]
        thread = comment.root_id or comment.pk
        earlier = (
            Comment.objects.filter(Q(pk=thread) | Q(root=thread))
            .filter(created_at__lte=comment.created_at)
            .exclude(pk__in=[comment.pk, comment.parent_id or 0])
            .order_by("-created_at", "-pk")[:EARLIER]
        )
        context |= {
            "earlier": list(reversed(earlier)),
            "answers": comment.answers.filter(staff__isnull=False),
            "decisions": comment.decisions.select_related("by"),
            "buttons": desk.offered(comment),
            "reasons": checks.sentences(comment),
        }
        return super().render_change_form(request, context, **kwargs)

    def render_delete_form(self, request, context):
        count = dict(context["model_count"])
        context["below"] = count.get(self.opts.verbose_name_plural, 1) - 1
        return super().render_delete_form(request, context)

    def save_model(self, request, comment, form, change):
        form.sentence = form.decide()
        request.decided = form

    def response_change(self, request, comment):
        """Open what waits next; what was just decided is one click away."""
        form = request.decided
        here = reverse("admin:comments_comment_change", args=[comment.pk])
        words = _("Undo") if form.button in desk.MOVES else _("Look again")
        self.message_user(
            request,
            format_html('{} <a href="{}">{}</a>', form.sentence, here, words),
            messages.SUCCESS,
        )
        if not form.cleaned_data["seen"].startswith(Status.PENDING):
            return HttpResponseRedirect(here)
        if waiting := Comment.objects.pending().order_by("created_at", "pk").first():
            here = reverse("admin:comments_comment_change", args=[waiting.pk])
        else:
            here = reverse("admin:comments_comment_changelist")
        return HttpResponseRedirect(here)
