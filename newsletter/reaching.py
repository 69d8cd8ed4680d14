"""The author's view of her readers: their numbers, letters stopped or let through."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from config import adminpages
from guide.models import site_zone
from newsletter import forms, tasks
from newsletter.models import Subscriber


def numbers():
    """Return how many joined and left this month, and how many no letter reaches."""
    rows = Subscriber.objects
    now = timezone.localtime(timezone.now(), site_zone())
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return [
        (_("Get the letter"), rows.reachable().count(), "active"),
        (
            _("Joined this month"),
            rows.active().filter(confirmed_at__gte=month).count(),
            "",
        ),
        (_("Left this month"), rows.filter(unsubscribed_at__gte=month).count(), ""),
        (_("Wait for the button"), rows.filter(confirmed_at=None).count(), "waiting"),
        (_("Letters stopped"), rows.suppressed().count(), "stopped"),
        (_("Asked again in vain"), rows.asked_in_vain().count(), "asked"),
    ]


class Reaching:
    """What stops letters to a reader, or lets them through. Part of its admin class."""

    def get_urls(self):
        ways = {"lift": self.lift, "stop": self.stop}
        return adminpages.urls(self, ways) + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        context = {"numbers": numbers(), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {"may_reach": self.may_reach(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def may_reach(self, request):
        return request.user.has_perm("newsletter.change_subscriber")

    def reader(self, request, object_id):
        if not self.may_reach(request):
            raise PermissionDenied
        subscriber = self.get_object(request, object_id)
        if subscriber is None:
            raise Http404
        return subscriber

    @method_decorator(require_POST)
    def lift(self, request, object_id):
        """Let letters through again, and have the reader confirm that mails arrive."""
        subscriber = self.reader(request, object_id)
        with transaction.atomic():
            if lifted := subscriber.let_through():
                self.log_change(request, subscriber, "Let letters through again.")
                nudge = partial(tasks.answer_sign_up.enqueue, subscriber.pk)
                transaction.on_commit(nudge, robust=True)
        if lifted:
            words = _("Letters go there again. A mail with a button is on its way.")
            if subscriber.unsubscribed_at:
                words = _("It is lifted. This reader has left, so no mail was sent.")
            self.message_user(request, words, messages.SUCCESS)
        else:
            words = _("Nothing was changed: letters to this address are not stopped.")
            self.message_user(request, words, messages.WARNING)
        return self.back(subscriber)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def stop(self, request, object_id):
        """Ask why on GET; on POST send this reader nothing until it is lifted."""
        subscriber = self.reader(request, object_id)
        form = forms.StopForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            row = Subscriber.objects.filter(pk=subscriber.pk)
            with transaction.atomic():
                row.suppress(reason=form.cleaned_data["reason"], by_hand=True)
                self.log_change(request, subscriber, "Stopped letters by hand.")
            words = _("No letter goes there until you let them through again.")
            self.message_user(request, words, messages.SUCCESS)
            return self.back(subscriber)
        context = self.admin_site.each_context(request) | {
            "title": _("Stop letters"),
            "opts": self.opts,
            "subscriber": subscriber,
            "form": form,
        }
        return render(request, "admin/newsletter/subscriber/stop.html", context)

    def back(self, subscriber):
        url = reverse("admin:newsletter_subscriber_change", args=[subscriber.pk])
        return HttpResponseRedirect(url)
