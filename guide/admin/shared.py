"""The rows that guides share, but for pictures and videos."""

from django.contrib import admin

from guide.admin.bases import Asking, ShownAdmin
from guide.models import (
    Audience,
    BodyArea,
    Equipment,
    Promotion,
    SafetyNotice,
    Topic,
)


@admin.register(Topic)
class TopicAdmin(ShownAdmin):
    list_display = ["title", "position", "is_series"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(Audience)
class AudienceAdmin(Asking, admin.ModelAdmin):
    list_display = ["name", "position"]
    prepopulated_fields = {"slug": ["name"]}


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
