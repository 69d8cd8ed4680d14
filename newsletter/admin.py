import smtplib
import uuid

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value, unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from config.keeping import Keeping
from config.mailbox import HTML_POLICY
from guide.admin import OneRowAdmin
from guide.models import SiteSettings
from newsletter import (
    checklist,
    compose,
    deliverability,
    drafting,
    forms,
    mail,
    postbox,
    sending,
    timeline,
)
from newsletter.departing import Departing
from newsletter.models import Block, Bounce, Delivery, Issue, Settings, Subscriber
from newsletter.reaching import Reaching

# How one looks at a letter before its readers do.
WAYS = {
    "phone": _("On a phone"),
    "desktop": _("On a desktop"),
    "dark": _("In the dark"),
    "text": _("As plain text"),
}


@admin.register(Settings)
class SettingsAdmin(OneRowAdmin):
    long_texts = ("promise",)

    def get_urls(self):
        view = self.admin_site.admin_view(self.deliverability)
        name = "newsletter_settings_deliverability"
        return [path("deliverability/", view, name=name), *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def deliverability(self, request):
        """Say what is looked at; on POST look, which takes seconds, and show it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        points = deliverability.look() if request.method == "POST" else None
        context = self.admin_site.each_context(request) | {
            "title": _("Do mails arrive?"),
            "opts": self.opts,
            "points": points,
            "faults": sum(point.tone == "stop" for point in points or []),
        }
        return render(request, "admin/newsletter/settings/deliverability.html", context)

    def response_change(self, request, settings):
        if "_welcome" not in request.POST:
            return super().response_change(request, settings)
        if not settings.welcome:
            words = _("The welcome mail is empty, so nobody gets one.")
            self.message_user(request, words, messages.WARNING)
        elif not request.user.email:
            words = _("Your account has no address yet, so the mail goes nowhere.")
            self.message_user(request, words, messages.ERROR)
        else:
            self.send_welcome(request)
        return HttpResponseRedirect(request.path)

    def send_welcome(self, request):
        try:
            mail.trial_welcome(request.user.email).send()
        except (smtplib.SMTPException, OSError):
            words = _("Saved. The mail server does not answer: try again in a while.")
            self.message_user(request, words, messages.ERROR)
        else:
            words = _("Saved. The welcome mail is on its way to %s.")
            self.message_user(request, words % request.user.email, messages.SUCCESS)


class Unchanged:
    """Rows that are looked at: nothing is added or changed by hand."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class BlockInline(admin.StackedInline):
    """The parts of a letter, each with the one box of its kind."""

    model = Block
    form = forms.BlockForm
    formset = forms.BlocksFormSet
    template = "admin/newsletter/issue/blocks.html"
    fields = ["position", "kind", "prose", "guide", "entry", "promotion"]
    extra = 0
    # What a new letter offers, and one that holds nothing.
    BEGINS = ("prose", "guide", "prose")

    def get_formset(self, request, obj=None, **options):
        formset = super().get_formset(request, obj, **options)
        formset.extra = len(self.offered(request, obj))
        return formset

    def offered(self, request, issue):
        """Return the kinds of parts to write that are not there yet."""
        if not self.has_add_permission(request, issue):
            return []
        kind = request.GET.get("add")
        if kind in Block.Kind:
            return [kind]
        return [] if issue and issue.blocks.exists() else self.BEGINS

    def has_change_permission(self, request, obj=None):
        is_draft = obj is None or obj.frozen_at is None
        return is_draft and super().has_change_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        is_draft = obj is None or obj.frozen_at is None
        return is_draft and super().has_add_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(Issue)
class IssueAdmin(Departing, Keeping, admin.ModelAdmin):
    form = forms.IssueForm
    list_display = ["subject", "state", "frozen_at"]
    # Drafts on top, whatever a database thinks of a moment that is none.
    ordering = [F("frozen_at").desc(nulls_first=True), "-pk"]
    search_fields = ["subject"]
    prepopulated_fields = {"slug": ["subject"]}
    inlines = [BlockInline]
    save_on_top = True

    def get_fieldsets(self, request, obj=None):
        words = ["subject", "slug", "preheader"]
        if obj and obj.frozen_at:
            return [(None, {"fields": ["progress", *words]})]
        return [(None, {"fields": words})]

    def get_readonly_fields(self, request, obj=None):
        return ["progress"] if obj and obj.frozen_at else []

    def has_change_permission(self, request, obj=None):
        is_draft = obj is None or obj.frozen_at is None
        return is_draft and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_draft = obj is None or obj.frozen_at is None
        return is_draft and super().has_delete_permission(request, obj)

    def get_urls(self):
        ways = {
            "preview": self.preview,
            "preview/html": self.preview_html,
            "test": self.send_test,
            **self.ways_out(),
        }
        return [
            path(
                f"<path:object_id>/{way}/",
                self.admin_site.admin_view(view),
                name=f"newsletter_issue_{way.replace('/', '_').replace('-', '_')}",
            )
            for way, view in ways.items()
        ] + super().get_urls()

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj and obj.frozen_at else None

    def change_view(self, request, object_id, *args, **options):
        """Save a draft, unless it was sent while the form stood open."""
        if request.method != "POST":
            return super().change_view(request, object_id, *args, **options)
        with transaction.atomic():
            issue = self.get_object(request, unquote(object_id))
            if issue and super().has_change_permission(request, issue):
                # Sending waits until all of the form is saved, and the form for it.
                issue = Issue.objects.select_for_update().get(pk=issue.pk)
                if issue.frozen_at:
                    words = _("This letter was sent meanwhile: nothing was changed.")
                    self.message_user(request, words, messages.ERROR)
                    return self.to("change", issue)
            return super().change_view(request, object_id, *args, **options)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Say of each part that is offered which kind it is."""
        options = super().get_formset_kwargs(request, obj, inline, prefix)
        kinds = inline.offered(request, obj if obj.pk else None)
        return options | {"initial": [{"kind": kind} for kind in kinds]}

    def render_change_form(self, request, context, *args, obj=None, **options):
        if obj and not obj.frozen_at:
            context["checklist"] = checklist.of(obj)
        context["new_guides"] = drafting.new_guides(obj).count()
        context["kinds"] = Block.Kind
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def response_add(self, request, issue, *args, **options):
        return self.led_on(request, issue) or super().response_add(
            request, issue, *args, **options
        )

    def response_change(self, request, issue):
        return self.led_on(request, issue) or super().response_change(request, issue)

    def led_on(self, request, issue):
        """Lead on to the preview, or to the part whose button saved the form."""
        if "_preview" in request.POST:
            return self.to("preview", issue)
        form = reverse("admin:newsletter_issue_change", args=[issue.pk])
        if "_new_guides" in request.POST:
            self.say_what_is_new(request, drafting.add_new_guides(issue))
            return HttpResponseRedirect(f"{form}#blocks-group")
        kind = request.POST.get("_add")
        if kind in Block.Kind:
            place = f"#blocks-{issue.blocks.count()}"
            return HttpResponseRedirect(f"{form}?add={kind}{place}")
        return None

    def say_what_is_new(self, request, count):
        if not count:
            words = _("No guide is new since the last letter.")
            self.message_user(request, words, messages.WARNING)
            return
        words = ngettext(
            "%s new guide stands in the letter.",
            "%s new guides stand in the letter.",
            count,
        )
        self.message_user(request, words % count, messages.SUCCESS)

    # Preview and test; how it is sent stands in departing.py

    def found(self, request, object_id):
        issue = self.get_object(request, unquote(object_id))
        if issue is None:
            raise Http404
        if not self.has_view_or_change_permission(request, issue):
            raise PermissionDenied
        return issue

    def to(self, way, issue):
        return HttpResponseRedirect(
            reverse(f"admin:newsletter_issue_{way}", args=[issue.pk])
        )

    def context(self, request, issue, title):
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "issue": issue,
            "may_send": request.user.has_perm("newsletter.send_issue"),
        }

    @staticmethod
    def recipient(request):
        """Return the author as one of her readers; her links lead nowhere."""
        return compose.Recipient(
            uuid.uuid4(), request.user.email, "preview", timezone.now()
        )

    @method_decorator(require_safe)
    def preview(self, request, object_id):
        issue = self.found(request, object_id)
        way = request.GET.get("as", "phone")
        if way not in WAYS:
            raise Http404
        _subject, text, _page = compose.render(issue, self.recipient(request))
        context = self.context(request, issue, _("Preview")) | {
            "text": text,
            "sender": Settings.load().sender_name or SiteSettings.load().name,
            "checklist": [] if issue.frozen_at else checklist.of(issue),
            "ways": WAYS,
            "way": way,
        }
        return render(request, "admin/newsletter/issue/preview.html", context)

    @method_decorator([require_safe, xframe_options_sameorigin])
    @method_decorator(csp_override(HTML_POLICY))
    def preview_html(self, request, object_id):
        issue = self.found(request, object_id)
        _subject, _text, page = compose.render(issue, self.recipient(request))
        page = in_one_light(page, is_dark=request.GET.get("as") == "dark")
        # Inside the frame a link would be stuck in the sandbox.
        return HttpResponse(page.replace("<head>", '<head><base target="_blank">', 1))

    @method_decorator(require_POST)
    def send_test(self, request, object_id):
        issue = self.found(request, object_id)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if not request.user.email:
            words = _("Your account has no address yet, so the test goes nowhere.")
            self.message_user(request, words, messages.ERROR)
        elif not Settings.load().sender_address:
            words = _("There is no sender: write one in the settings of the letter.")
            self.message_user(request, words, messages.ERROR)
        else:
            try:
                sending.send_test(issue, self.recipient(request), note=_("Test"))
            except postbox.Lost:
                words = _("The mail server does not answer. Try again in a while.")
                self.message_user(request, words, messages.ERROR)
            except postbox.Refused as refused:
                words = _("The mail server did not take it: %s.") % refused.reason
                self.message_user(request, words, messages.ERROR)
            else:
                words = _("A test is on its way to %s.") % request.user.email
                self.message_user(request, words, messages.SUCCESS)
        return self.to("preview", issue)


def in_one_light(page, *, is_dark):
    """Return the HTML of a mail as it looks by day, or in the dark, on any device."""
    here, scheme = ("all", "dark") if is_dark else ("not all", "light")
    return page.replace("(prefers-color-scheme: dark)", here).replace(
        'content="light dark"', f'content="{scheme}"'
    )


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
        return delivery.subscriber or _("erased")

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
        if not value.isdecimal():
            return queryset
        return queryset.filter(delivery__issue=value)


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
