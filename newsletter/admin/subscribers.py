from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from newsletter import timeline
from newsletter.admin.unchanged import Unchanged
from newsletter.models import Subscriber
from newsletter.reaching import Reaching


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"
    states = {
        "waiting": (_("waits for the button"), Q(confirmed_at=None)),
        "active": (_("gets the letter"), None),
        "paused": (_("paused"), None),
        "left": (
            _("left"),
            Q(confirmed_at__isnull=False, unsubscribed_at__isnull=False),
        ),
        "stopped": (_("letters stopped"), Q(suppressed_at__isnull=False)),
        "asked": (_("asked again in vain"), None),
    }

    def lookups(self, request, model_admin):
        return [(name, words) for name, (words, _rows) in self.states.items()]

    def queryset(self, request, queryset):
        if self.value() == "active":
            return queryset.reachable()
        if self.value() == "asked":
            return queryset.asked_in_vain()
        if self.value() == "paused":
            return queryset.paused()
        _words, rows = self.states.get(self.value(), (None, None))
        return queryset.filter(rows) if rows else queryset


@admin.register(Subscriber)
class SubscriberAdmin(Reaching, Unchanged, admin.ModelAdmin):
    list_display = ["email", "state", "created_at", "confirmed_at"]
    list_filter = [StateFilter]
    search_fields = ["email_key"]
    show_full_result_count = False
    readonly_fields = ["state", "stopped_at", "timeline"]
    always = ["email", "state", "created_at", "confirmed_at"]
    where_set = [
        "unsubscribed_at",
        "paused_until",
        "suppressed_at",
        "suppressed_until",
        "lifted_at",
        "mail_refusal",
        "consent_version",
        "consent_page",
    ]
    # In the words of the rest of the page, which says why at the top.
    called = {"suppressed_at": "stopped_at"}

    def get_fields(self, request, obj=None):
        return [
            *self.always,
            *(
                self.called.get(name, name)
                for name in self.where_set
                if getattr(obj, name, "")
            ),
            "timeline",
        ]

    @admin.display(description=_("state"))
    def state(self, subscriber):
        if subscriber.suppressed_at:
            return _("letters stopped: %s") % subscriber.suppressed_for
        if subscriber.confirmed_at is None:
            if subscriber.mail_refusal:
                return _("the mail with the button was sent back")
            return _("waits for the button")
        if subscriber.unsubscribed_at:
            return _("left")
        return _("paused") if subscriber.is_paused else _("gets the letter")

    @admin.display(description=_("letters stopped at"))
    def stopped_at(self, subscriber):
        return display_for_value(subscriber.suppressed_at, "")

    @admin.display(description=_("what happened"))
    def timeline(self, subscriber):
        context = {"moments": timeline.of(subscriber)}
        return render_to_string("admin/newsletter/subscriber/timeline.html", context)

    def delete_model(self, request, subscriber):
        subscriber.erase()

    def delete_queryset(self, request, queryset):
        for subscriber in queryset:
            subscriber.erase()

    def get_deleted_objects(self, objs, request):
        """Name the readers alone: all that is known of them goes with them."""
        _all, _counts, missing, protected = super().get_deleted_objects(objs, request)
        counts = {self.opts.verbose_name_plural: len(objs)}
        return [str(subscriber) for subscriber in objs], counts, missing, protected

    # The record outlives the reader: it names none.

    def log_change(self, request, subscriber, message):
        return super().log_change(request, nameless(subscriber), message)

    def log_deletions(self, request, queryset):
        return super().log_deletions(request, list(map(nameless, queryset)))


def nameless(subscriber):
    """Return a reader as she is written down where her address must not stay."""
    return Subscriber(pk=subscriber.pk, email=f"reader {subscriber.pk}")
