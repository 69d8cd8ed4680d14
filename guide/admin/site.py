"""What all pages of the site share, and those that are no guide."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guide.admin.bases import Asking, OneRowAdmin, ShownAdmin
from guide.models import Author, Page, SiteSettings


@admin.register(SiteSettings)
class SiteSettingsAdmin(OneRowAdmin):
    long_texts = ("tagline", "postal_address", "disclaimer")
    fieldsets = [
        (None, {"fields": ["name", "headline", "tagline", "author"]}),
        (
            _("Behind the pages"),
            {"fields": ["zone", "contact_email", "postal_address", "disclaimer"]},
        ),
    ]


@admin.register(Author)
class AuthorAdmin(Asking, admin.ModelAdmin):
    list_display = ["name", "title", "user"]
    list_select_related = ["user"]

    def view_on_site(self, author):
        return reverse("guide:about")


@admin.register(Page)
class PageAdmin(ShownAdmin):
    list_display = ["title", "slug", "updated_at"]
    prepopulated_fields = {"slug": ["title"]}
