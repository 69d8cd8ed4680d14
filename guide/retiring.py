"""The admin's page "Retire": what readers of a guide that is gone read instead."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config import adminpages
from guide import forms
from guide.models import Guide


class Retiring:
    """Adds the page to the admin of guides that ``Publishing`` has pages in already."""

    def get_urls(self):
        pages = {"retire": self.retire}
        return adminpages.urls(self, pages, below="<int:pk>/") + super().get_urls()

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def retire(self, request, pk):
        """Ask what to read instead; retire a guide, or bring it back, when told to."""
        guide = get_object_or_404(Guide.objects.once_published(), pk=pk)
        if not self.has_change_permission(request, guide):
            raise PermissionDenied
        if "_back" in request.POST:
            guide.bring_back()
            return self.told(request, guide, _("“%(title)s” is back: readers see it."))
        form = forms.RetireForm(request.POST or None, guide=guide)
        if form.is_valid():
            guide.retire(**form.cleaned_data)
            return self.told(
                request,
                guide,
                _("“%(title)s” is retired. Its address says so, and what to read."),
            )
        title = _("Retired") if guide.retired_at else _("Retire")
        context = self.context(request, guide, title, form=form)
        status = 422 if form.errors else 200
        return render(request, "admin/guide/guide/retire.html", context, status=status)

    def told(self, request, guide, sentence):
        fields = ["retired at", "to read instead"]
        self.log_change(request, guide, [{"changed": {"fields": fields}}])
        self.message_user(request, sentence % {"title": guide}, messages.SUCCESS)
        return redirect("admin:guide_guide_change", guide.pk)
