import uuid

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from config import adminpages
from config.keeping import Keeping
from config.mailbox import HTML_POLICY
from guide.admin import Asking
from guide.models import SiteSettings
from newsletter import checklist, compose, drafting, forms, postbox, sending
from newsletter.departing import Departing
from newsletter.models import Block, Issue, Settings

# How one looks at a letter before its readers do.
WAYS = {
    "phone": _("On a phone"),
    "desktop": _("On a desktop"),
    "dark": _("In the dark"),
    "text": _("As plain text"),
}


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
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        return is_draft(obj) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(Issue)
class IssueAdmin(Departing, Keeping, Asking, admin.ModelAdmin):
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
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return is_draft(obj) and super().has_delete_permission(request, obj)

    def get_urls(self):
        ways = {
            "preview": self.preview,
            "preview/html": self.preview_html,
            "preview/typed": self.preview_typed,
            "test": self.send_test,
            **self.ways_out(),
        }
        return adminpages.urls(self, ways) + super().get_urls()

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
            context["ways"] = self.has_change_permission(request, obj) and WAYS
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
        return framed(page, is_dark=request.GET.get("as") == "dark")

    @method_decorator([require_POST, xframe_options_sameorigin])
    @method_decorator(csp_override(HTML_POLICY))
    def preview_typed(self, request, object_id):
        """Show a draft as it stands in its form: what is sent here is not saved.

        What could not be saved as it is typed is shown as it was, or left out.
        """
        issue = self.found(request, object_id)
        if not self.has_change_permission(request, issue):
            raise PermissionDenied
        form = self.get_form(request, issue, change=True)(request.POST, instance=issue)
        form.is_valid()
        _subject, text, page = compose.render(
            issue, self.recipient(request), rows=self.typed_parts(request, issue)
        )
        way = request.POST.get("_as")
        if way == "text":
            return render(request, "admin/newsletter/issue/text.html", {"text": text})
        return framed(page, is_dark=way == "dark")

    def typed_parts(self, request, issue):
        """Return the parts as they stand in the form, None where it has none."""
        for formset, inline in self.get_formsets_with_inlines(request, issue):
            prefix = formset.get_default_prefix()
            options = self.get_formset_kwargs(request, issue, inline, prefix)
            parts = formset(**options)
            parts.is_valid()
            return parts.in_order()
        return None

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


def framed(page, *, is_dark):
    """Return the answer that shows the HTML of a mail in a frame."""
    page = in_one_light(page, is_dark=is_dark)
    # Inside the frame a link would be stuck in the sandbox.
    return HttpResponse(page.replace("<head>", '<head><base target="_blank">', 1))


def in_one_light(page, *, is_dark):
    """Return the HTML of a mail as it looks by day, or in the dark, on any device."""
    here, scheme = ("all", "dark") if is_dark else ("not all", "light")
    return page.replace("(prefers-color-scheme: dark)", here).replace(
        'content="light dark"', f'content="{scheme}"'
    )


def is_draft(issue):
    """Whether a letter can be changed still; None stands for one to begin."""
    return issue is None or issue.frozen_at is None
