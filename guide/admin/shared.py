"""The rows that guides share, but for pictures and videos."""

from django.contrib import admin
from django.utils.html import format_html

from guide.admin.bases import Asking, ShownAdmin
from guide.models import (
    Audience,
    BodyArea,
    Equipment,
    Guide,
    Promotion,
    SafetyNotice,
    Topic,
)
from guide.publishing import form_of


@admin.register(Topic)
class TopicAdmin(ShownAdmin):
    list_display = ["title", "position", "is_series"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(Audience)
class AudienceAdmin(Asking, admin.ModelAdmin):
    list_display = ["name", "position"]
    prepopulated_fields = {"slug": ["name"]}

    def get_deleted_objects(self, audiences, request):
        """Name the guides that have a verdict for it, not the verdicts."""
        deleted, counts, lacking, protected = super().get_deleted_objects(
            audiences, request
        )
        if protected:
            guides = Guide.objects.filter(verdicts__audience__in=audiences)
            protected = [
                format_html('<a href="{}">{}</a>', form_of(guide), guide)
                for guide in guides.distinct().order_by("title")
            ] or protected
        return deleted, counts, lacking, protected


@admin.register(BodyArea)
class BodyAreaAdmin(Asking, admin.ModelAdmin):
    list_display = ["name", "place"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Equipment)
class EquipmentAdmin(Asking, admin.ModelAdmin):
    list_display = ["name", "substitute", "is_household"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(SafetyNotice)
class SafetyNoticeAdmin(Asking, admin.ModelAdmin):
    list_display = ["title", "level"]
    list_filter = ["level"]
    search_fields = ["title"]


@admin.register(Promotion)
class PromotionAdmin(Asking, admin.ModelAdmin):
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
