import smtplib

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config import adminpages
from guide.admin import OneRowAdmin
from newsletter import deliverability, mail
from newsletter.models import Settings


@admin.register(Settings)
class SettingsAdmin(OneRowAdmin):
    long_texts = ("promise",)

    def get_urls(self):
        pages = {"deliverability": self.deliverability}
        return adminpages.urls(self, pages, below="") + super().get_urls()

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
