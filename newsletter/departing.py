"""The admin's pages that send a letter, and that show how it goes."""

from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from newsletter import checklist, forms, freezing, progress, tasks, waiting
from newsletter.models import Issue, Subscriber


class Departing:
    """What sends a letter, holds it up and lets it go on. Part of its admin class."""

    def ways_out(self):
        return {
            "send": self.send,
            "not-yet": self.not_yet,
            "pause": self.pause,
            "resume": self.resume,
            "cancel": self.cancel,
            "retry": self.retry,
        }

    @admin.display(description=_("state"))
    def state(self, issue):
        words = issue.state_in_words
        if issue.scheduled_at and not issue.frozen_at:
            return f"{words}: {freezing.moment(issue.scheduled_at)}"
        return words

    @admin.display(description=_("how it goes"))
    def progress(self, issue):
        context = {"issue": issue, **progress.of(issue)}
        return render_to_string("admin/newsletter/issue/progress.html", context)

    def sendable(self, request, object_id):
        issue = self.found(request, object_id)
        if not request.user.has_perm("newsletter.send_issue"):
            raise PermissionDenied
        return issue

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def send(self, request, object_id):
        """Say on GET to whom it goes and what is missing; on POST send or schedule."""
        issue = self.sendable(request, object_id)
        if request.method != "POST":
            if issue.frozen_at:
                return self.to("change", issue)
            when = {"at": issue.scheduled_at, "not_after": issue.not_after}
            return self.ask(request, issue, forms.ScheduleForm(initial=when))
        if "_at" not in request.POST:
            return self.freeze(request, issue)
        form = forms.ScheduleForm(request.POST)
        if not form.is_valid():
            return self.ask(request, issue, form)
        return self.schedule(request, issue, form)

    def ask(self, request, issue, form):
        context = self.context(request, issue, _("Send")) | {
            "missing": checklist.blocking(issue),
            "recipients": Subscriber.objects.reachable().count(),
            "left_out": freezing.left_out(),
            "form": form,
        }
        return render(request, "admin/newsletter/issue/send.html", context)

    def freeze(self, request, issue):
        try:
            with transaction.atomic():
                count = freezing.freeze(issue, by=request.user)
                self.log_change(request, issue, f"Sent to {count}.")
                transaction.on_commit(
                    partial(tasks.send_issue.enqueue, issue.pk), robust=True
                )
        except freezing.CannotSend as missing:
            self.message_user(request, str(missing), messages.ERROR)
            return self.to("send", issue)
        words = ngettext(
            "The letter is on its way to %s reader.",
            "The letter is on its way to %s readers.",
            count,
        )
        self.message_user(request, words % waiting.figure(count), messages.SUCCESS)
        return self.to("change", issue)

    def schedule(self, request, issue, form):
        if checklist.blocking(issue):
            return self.to("send", issue)  # which says what is missing
        try:
            is_scheduled = issue.schedule(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self.ask(request, issue, form)
        words = _("It goes out on %s.") % freezing.moment(issue.scheduled_at)
        return self.done(request, issue, is_scheduled, words)

    @method_decorator(require_POST)
    def not_yet(self, request, object_id):
        issue = self.sendable(request, object_id)
        return self.done(request, issue, issue.unschedule(), _("It is a draft again."))

    @method_decorator(require_POST)
    def pause(self, request, object_id):
        issue = self.sendable(request, object_id)
        words = _("The letter is paused. Who has it keeps it, the others wait.")
        return self.done(request, issue, issue.pause(), words)

    @method_decorator(require_POST)
    def resume(self, request, object_id):
        issue = self.sendable(request, object_id)
        with transaction.atomic():
            resumed = issue.resume()
            if resumed:
                self.begin(issue)
        return self.done(request, issue, resumed, _("The letter goes on."))

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def cancel(self, request, object_id):
        """Ask on GET, cancel on POST: there is no way back."""
        issue = self.sendable(request, object_id)
        if request.method == "POST":
            words = _("The letter is cancelled: nobody else gets it.")
            return self.done(request, issue, issue.cancel(), words)
        if not issue.is_under_way:
            return self.to("change", issue)
        context = self.context(request, issue, _("Cancel")) | progress.of(issue)
        return render(request, "admin/newsletter/issue/cancel.html", context)

    @method_decorator(require_POST)
    def retry(self, request, object_id):
        issue = self.sendable(request, object_id)
        with transaction.atomic():
            count = issue.retry()
            if count:
                self.begin(issue)
        words = ngettext(
            "%s letter is sent once more.", "%s letters are sent once more.", count
        )
        if issue.paused_at:
            words = ngettext(
                "%s letter waits with the others: the letter is paused still.",
                "%s letters wait with the others: the letter is paused still.",
                count,
            )
        return self.done(request, issue, count, words % waiting.figure(count))

    def begin(self, issue):
        transaction.on_commit(partial(tasks.send, issue), robust=True)

    def done(self, request, issue, has_changed, words):
        """Note what was done and say so, or that it was done or over before."""
        if has_changed:
            self.log_change(request, issue, str(words))
            self.message_user(request, words, messages.SUCCESS)
        else:
            state = Issue.objects.get(pk=issue.pk).state_in_words
            words = _("Nothing was changed. By now this is said of it: %s.") % state
            self.message_user(request, words, messages.WARNING)
        return self.to("change", issue)
