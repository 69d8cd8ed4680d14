from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.ids import is_id
from newsletter.admin.unchanged import Unchanged
from newsletter.models import Bounce, Issue


class MatchFilter(admin.SimpleListFilter):
    title = _("whose it is")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("nobody", _("nobody’s that is known"))]

    def queryset(self, request, queryset):
        return queryset.unmatched() if self.value() == "nobody" else queryset


class LetterFilter(admin.SimpleListFilter):
    title = _("letter")
    parameter_name = "letter"
    LAST = 12

    def lookups(self, request, model_admin):
        sent = Issue.objects.sent().only("subject", "frozen_at")
        return [(issue.pk, issue.subject) for issue in sent[: self.LAST]]

    def queryset(self, request, queryset):
        value = self.value() or ""
        return queryset.filter(delivery__issue=value) if is_id(value) else queryset


@admin.register(Bounce)
class BounceAdmin(Unchanged, admin.ModelAdmin):
    """What came back by mail, at sending or by word of the provider."""

    list_display = ["received_at", "reason", "reader", "letter", "door", "times"]
    list_filter = [MatchFilter, "kind", "door", LetterFilter]
    list_select_related = ["subscriber", "delivery__issue"]
    show_full_result_count = False
    readonly_fields = ["reader", "letter"]
    always = ["received_at", "kind", "reason", "status", "reader", "letter", "door"]

    def get_fields(self, request, obj=None):
        return [*self.always, "times", *(["excerpt"] if obj and obj.excerpt else [])]

    @admin.display(description=_("reader"))
    def reader(self, bounce):
        if bounce.subscriber:
            return bounce.subscriber
        return _("erased since") if bounce.delivery_id else _("nobody that is known")

    @admin.display(description=_("letter"))
    def letter(self, bounce):
        return bounce.delivery.issue if bounce.delivery else _("none that is known")

    def has_delete_permission(self, request, obj=None):
        return False
