from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from newsletter import timeline
from newsletter.admin.unchanged import Unchanged
from newsletter.models import Delivery


class ByLetter(admin.RelatedFieldListFilter):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.title = _("letter")


@admin.register(Delivery)
class DeliveryAdmin(Unchanged, admin.ModelAdmin):
    """One letter's ledger, reached from the letter."""

    list_display = ["reader", "fate", "letter", "changed_at"]
    list_filter = ["state", ("issue", ByLetter)]
    list_select_related = ["subscriber", "issue"]
    list_display_links = None
    show_full_result_count = False
    ordering = ["-changed_at"]

    @admin.display(description=_("reader"), ordering="subscriber__email")
    def reader(self, delivery):
        """Lead to the page that tells all that is known of her."""
        if not delivery.subscriber:
            return _("erased")
        url = reverse(
            "admin:newsletter_subscriber_change", args=[delivery.subscriber_id]
        )
        return format_html('<a href="{}">{}</a>', url, delivery.subscriber)

    @admin.display(description=_("letter"), ordering="issue")
    def letter(self, delivery):
        url = reverse("admin:newsletter_issue_change", args=[delivery.issue_id])
        return format_html('<a href="{}">{}</a>', url, delivery.issue)

    @admin.display(description=_("what happened"))
    def fate(self, delivery):
        return timeline.fate(delivery)

    def has_module_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
