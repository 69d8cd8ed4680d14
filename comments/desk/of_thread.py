"""The desk's pages about a thread: pinned, made an entry of its guide, handed out."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from comments import entries, nameless, records
from comments.models import Comment
from config import adminpages
from config.copies import as_file
from guide import questions

MOST_PINNED = 3


class OfThread:
    """Adds to the admin of comments what is done with a thread besides answering."""

    def get_urls(self):
        pages = {"pin": self.pin, "entry": self.entry, "record": self.record}
        return adminpages.urls(self, pages, below="<int:pk>/") + super().get_urls()

    def to_keep(self, request, pk):
        """Return a comment of a thread that is this user's to keep."""
        comment = get_object_or_404(
            Comment.objects.select_related("guide", "root"), pk=pk
        )
        if not entries.may_keep_threads(request.user):
            raise PermissionDenied
        return comment

    @method_decorator(require_POST)
    def pin(self, request, pk):
        """Pin the thread of a comment, or unpin it where it is."""
        comment = self.to_keep(request, pk)
        root = comment.thread_root
        pinned = Comment.objects.roots().pinned().filter(guide=comment.guide_id)
        if root.pinned_at:
            comment.unpin()
            words = _("The thread stands in its own place again.")
        elif pinned.count() >= MOST_PINNED:
            words = _(
                "Three threads are pinned below this guide already. Unpin one of them "
                "first."
            )
            self.message_user(request, words, messages.WARNING)
            return redirect("admin:comments_comment_change", pk)
        else:
            comment.pin()
            words = _("The thread stands before all others below its guide.")
        self.message_user(request, words, messages.SUCCESS)
        return redirect("admin:comments_comment_change", pk)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def entry(self, request, pk):
        """Show what the entry would say; write it into the guide when told to."""
        comment = self.to_keep(request, pk)
        if not entries.may_enter(request.user, comment):
            raise PermissionDenied
        answers = comment.published_answers()
        form = entries.EntryForm(request.POST or None, comment=comment, answers=answers)
        if form.is_valid() and self.entered(request, comment, form):
            return redirect("admin:comments_comment_change", pk)
        context = self.context(request, _("An entry of the guide’s questions")) | {
            "comment": comment,
            "answers": answers,
            "form": form,
            "gap": nameless.GAP,
        }
        status = 422 if form.errors else 200
        template = "admin/comments/comment/entry.html"
        return render(request, template, context, status=status)

    def entered(self, request, comment, form):
        """Write the entry; returns whether it stands in the guide now."""
        try:
            is_new = form.save(by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return False
        if not is_new:
            self.message_user(request, _("It is an entry already."), messages.WARNING)
            return True
        section = questions.section_of(comment.guide)
        words = _("It stands among the guide’s own questions.")
        where = f"{comment.guide.get_absolute_url()}#part-{section.pk}"
        look = format_html('{} <a href="{}">{}</a>', words, where, _("Read it there"))
        self.message_user(request, look, messages.SUCCESS)
        return True

    @method_decorator(require_safe)
    def record(self, request, pk):
        """Hand out the whole thread with every decision, as a file."""
        comment = self.to_keep(request, pk)
        name = f"thread-{comment.thread_root.pk}.json"
        return as_file(records.of_thread(comment), name)
