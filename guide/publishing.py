"""The admin's way from a form to the readers: changes wait, are looked at, go out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from config import adminpages
from config.ids import is_id
from guide import changes, checklist, comparing, forms, gone, views
from guide.models import Exercise, Guide, Version

# How one looks at a guide before readers do.
WAYS = {
    "phone": gettext_lazy("On a phone"),
    "desktop": gettext_lazy("On a desktop"),
    "dark": gettext_lazy("In the dark"),
    "print": gettext_lazy("On paper"),
}

WAITS = gettext_lazy("Readers see what you changed once you publish it.")
WAITS_RETIRED = gettext_lazy(
    "What you changed waits until you publish it. The guide stays retired."
)


def form_of(row):
    name = f"admin:guide_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


class Waiting:
    """Lets what is changed of a guide that readers see wait in its working copy.

    Its form is saved as ever, in a transaction that is rolled back; what stood there
    for that moment goes into the copy. From then on the copy's own form is written on.
    """

    def guide_of(self, row):
        """Return the guide that a row of this admin is, or is a piece of."""
        return row

    def get_object(self, request, object_id, from_field=None):
        """Find working copies and their pieces too, though no list shows them."""
        try:
            pk = self.opts.pk.to_python(object_id)
            return self.model._base_manager.filter(pk=pk).first()
        except (ValidationError, OverflowError):
            return None

    def changeform_view(self, request, object_id=None, *args, **options):
        def answer():
            return super(Waiting, self).changeform_view(
                request, object_id, *args, **options
            )

        row = object_id and self.get_object(request, unquote(object_id))
        if request.method == "POST":
            if object_id and row is None and self.has_change_permission(request):
                return gone.page(self, request)
            respond = self.response_change if object_id else self.response_add
            try:
                return self.saved(request, answer, respond)
            except ValidationError as error:
                request.misfit = error.messages
                return answer()
        elsewhere = self.written_elsewhere(row) if row else None
        if elsewhere is None:
            return answer()
        asked = request.GET.urlencode()
        return redirect(f"{elsewhere}?{asked}" if asked else elsewhere)

    def written_elsewhere(self, row):
        """Return the address of the form where this row is written on, or None."""
        guide = self.guide_of(row)
        there = changes.working(changes.original(guide))
        if there.pk == guide.pk:
            return None
        exercise = isinstance(row, Exercise) and changes.counterpart(row, there)
        return form_of(exercise or there)

    # What is saved

    def get_form(self, request, obj=None, change=False, **options):
        """Give the form what keeps its guide from being written into the copy."""
        form = super().get_form(request, obj, change=change, **options)
        form.misfit = getattr(request, "misfit", [])
        return form

    def saved(self, request, answer, respond):
        """Save by that answer, or let wait what it saves; return a response.

        Raises ``ValidationError`` where what would wait does not fit; nothing is saved.
        """
        request.written = None
        with transaction.atomic():
            response = answer()
            if request.written is None:
                return response
            guide, uid = request.written
            if not changes.waits(guide):
                changes.saved(guide, by=request.user)
                if Guide.with_copies.filter(pk=guide.pk, waiting_since__isnull=False):
                    self.say_it_waits(request, guide)
                return response
            data = changes.content(guide)
            transaction.set_rollback(True)
        copy = changes.let_wait(guide, data, by=request.user)
        self.log_change(request, self.piece(guide, uid), [{"changed": {}}])
        request.written = copy, uid
        if copy.waiting_since:
            self.say_it_waits(request, copy)
        there = self.piece(copy, uid)
        if "_continue" in request.POST:
            return redirect(form_of(there))
        return respond(request, there)

    def say_it_waits(self, request, guide):
        is_retired = changes.original(guide).retired_at
        self.message_user(request, WAITS_RETIRED if is_retired else WAITS)

    @staticmethod
    def piece(guide, uid):
        """Return that exercise of a guide, else the guide."""
        return guide.exercises.filter(uid=uid).first() or guide

    def note_written(self, request, row):
        """Note the guide that was written, and the exercise where it was that."""
        guide = Guide.with_copies.get(pk=self.guide_of(row).pk)
        request.written = guide, getattr(row, "uid", "")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.note_written(request, form.instance)

    def response_add(self, request, row, *args, **options):
        if changes.waits(request.written[0]):
            return HttpResponse()  # saved() answers
        return super().response_add(request, row, *args, **options)

    def response_change(self, request, row):
        if changes.waits(request.written[0]):
            return HttpResponse()  # saved() answers
        return super().response_change(request, row)


class Publishing(Waiting):
    """Adds to the admin of guides the pages from preview to history."""

    def get_urls(self):
        pages = {
            "preview": self.preview,
            "publish": self.publish,
            "discard": self.discard,
            "restore": self.restore,
        }
        return adminpages.urls(self, pages) + super().get_urls()

    def to(self, name, guide):
        return redirect(f"admin:guide_guide_{name}", guide.pk)

    def found(self, request, object_id, *, may_look=False):
        """Return the guide that readers know, for whoever may change, or look."""
        guide = self.get_object(request, unquote(object_id))
        if guide is None:
            raise Http404
        may = self.has_change_permission(request, guide)
        if not may and not (may_look and self.has_view_permission(request, guide)):
            raise PermissionDenied
        return changes.original(guide)

    def context(self, request, guide, title, **values):
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "guide": guide,
            "work": changes.working(guide),
            **values,
        }

    def render_change_form(self, request, context, *args, obj=None, **options):
        if obj:
            context["checklist"] = checklist.of(obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    @method_decorator(require_safe)
    def preview(self, request, object_id):
        """Show what was saved last as readers will see it, in one of the WAYS."""
        guide = self.found(request, object_id)
        version = changes.newest(guide)
        if version is None:
            words = _("Save it once; then you see here what readers will see.")
            self.message_user(request, words, messages.WARNING)
            return redirect(form_of(changes.working(guide)))
        return self.look(request, guide, version, forms.PublishForm())

    def look(self, request, guide, version, form):
        way = request.GET.get("as", "phone")
        if way not in WAYS:
            raise Http404
        frame = views.preview_address(guide, way)
        until = timezone.now() + views.PREVIEW_LASTS
        context = self.context(
            request,
            guide,
            _("Preview"),
            form=form,
            version=version,
            missing=changes.missing(guide),
            led_here=changes.led_here(guide),
            set_ups_lost=changes.set_ups_lost(guide),
            advice=checklist.advice(changes.working(guide)),
            ways=WAYS,
            way=way,
            frame=frame,
            link=settings.SITE_URL + views.preview_address(guide),
            until=until,
        )
        return render(request, "admin/guide/guide/preview.html", context)

    @method_decorator(require_POST)
    def publish(self, request, object_id):
        """Publish the version that was looked at, now or at the time given."""
        guide = self.found(request, object_id)
        version = self.version(request, guide)
        if "_not_yet" in request.POST:
            return self.withdrawn(request, guide)
        at = timezone.now() if "_now" in request.POST else None
        if "_at" in request.POST:
            form = forms.PublishForm(request.POST)
            if not form.is_valid():
                return self.look(request, guide, version, form)
            at = form.cleaned_data["at"]
        is_first = guide.published_at is None
        try:
            guide = changes.publish(version, at=at)
        except ValidationError as error:
            for sentence in error.messages:
                self.message_user(request, sentence, messages.ERROR)
            return self.to("preview", guide)
        self.log_change(request, guide, _("Published."))
        values = {"title": guide.title}
        if guide.retired_at:
            words = _("“%(title)s” is changed. It stays retired.")
        elif guide.is_scheduled:
            values["moment"] = date_format(
                timezone.localtime(guide.published_at), "j F Y, H:i"
            )
            words = _("“%(title)s” goes out on %(moment)s.")
        elif is_first:
            words = _("“%(title)s” is published.")
        else:
            words = _("Readers see “%(title)s” with your changes.")
        self.message_user(request, words % values, messages.SUCCESS)
        return redirect("admin:guide_guide_changelist")

    def withdrawn(self, request, guide):
        """Make a draft of a guide again whose moment lies ahead."""
        if Guide.objects.scheduled().filter(pk=guide.pk).withdraw():
            words = _("“%(title)s” is a draft again.") % {"title": guide.title}
            self.message_user(request, words, messages.SUCCESS)
        return self.to("preview", guide)

    @method_decorator(require_POST)
    def discard(self, request, object_id):
        """Drop the changes that wait; the history keeps them."""
        guide = self.found(request, object_id)
        changes.discard(guide)
        words = _("The changes are dropped. In the history you find them still.")
        self.message_user(request, words, messages.SUCCESS)
        return redirect(form_of(guide))

    def history_view(self, request, object_id, extra_context=None):
        """List the versions, and show what changed between two of them."""
        guide = self.found(request, object_id, may_look=True)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        versions = guide.versions.newest_first().select_related("saved_by__author")
        versions = versions.defer("data")  # but of the two that are compared
        two = [
            versions.filter(pk=number).first()
            for name in ("before", "after")
            if is_id(number := request.GET.get(name, ""))
        ]
        compared = two if len(two) == 2 and all(two) else None
        context = self.context(
            request,
            guide,
            _("History"),
            versions=versions,
            now=timezone.now(),
            compared=compared,
            changed=compared and comparing.changed(*compared),
            may_restore=self.has_change_permission(request, guide),
        )
        return render(request, "admin/guide/guide/history.html", context)

    @method_decorator(require_POST)
    def restore(self, request, object_id):
        """Write an older version into the form again; readers see it once published."""
        guide = self.found(request, object_id)
        try:
            work, lost = changes.restore(self.version(request, guide), by=request.user)
        except ValidationError as error:
            for sentence in error.messages:
                self.message_user(request, sentence, messages.ERROR)
            return self.to("history", guide)
        words = _("The version is in the form again. Look at it, then publish it.")
        self.message_user(request, words, messages.SUCCESS)
        for sentence in lost:
            self.message_user(request, sentence, messages.WARNING)
        return redirect(form_of(work))

    def version(self, request, guide):
        number = request.POST.get("version", "")
        if not is_id(number):
            raise Http404
        return get_object_or_404(Version, guide=guide, pk=number)
