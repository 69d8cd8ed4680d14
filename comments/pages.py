"""The admin's pages about a thread, and about all that one reader sent."""

import html
import re

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from comments import desk, entries, nameless, records
from comments.forms import AddressField
from comments.models import Comment
from guide import questions
from guide.models import Section

MOST_PINNED = 3


class OfThread:
    """Adds to the admin of comments what is done with a thread besides answering."""

    def get_urls(self):
        pages = {"pin": self.pin, "entry": self.entry, "record": self.record}
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"comments_comment_{name}",
            )
            for name, view in pages.items()
        ] + super().get_urls()

    def found(self, request, pk):
        comment = get_object_or_404(
            Comment.objects.select_related("guide", "root"), pk=pk
        )
        if not entries.may_keep_threads(request.user):
            raise PermissionDenied
        return comment

    @method_decorator(require_POST)
    def pin(self, request, pk):
        """Pin the thread of a comment, or unpin it where it is."""
        comment = self.found(request, pk)
        root = comment.root or comment
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
        comment = self.found(request, pk)
        if not entries.may_enter(request.user, comment):
            raise PermissionDenied
        answers = comment.answers.answers().order_by("created_at", "pk")
        form = entries.EntryForm(request.POST or None, comment=comment, answers=answers)
        if form.is_valid() and self.entered(request, comment, form):
            return redirect("admin:comments_comment_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("An entry of the guide’s questions"),
            "opts": self.opts,
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
        comment = self.found(request, pk)
        root = comment.root_id or comment.pk
        return as_file(records.of_thread(comment), f"thread-{root}.json")


def named(comments):
    """Return where else the names above these stand: answers and entries, with links.

    Who is called “Tom in Hull” is answered as Tom; a name in small letters is looked
    for whole.
    """
    nobody = str(_("A reader"))
    names = {
        part
        for one in comments
        if one.name != nobody
        for part in nameless.parts(one.name) or [one.name]
    }
    if not names:
        return []
    found = re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE
    )
    guides = {one.guide_id for one in comments}
    answers = Comment.objects.filter(staff__isnull=False, guide__in=guides)
    places = [
        (
            reverse("admin:comments_comment_change", args=[answer.pk]),
            _("Answer under “%(title)s”: %(words)s")
            % {"title": answer.guide.title, "words": desk.excerpt(answer)},
        )
        for answer in answers.select_related("guide").order_by("pk")
        if found.search(answer.body)
    ]
    sections = Section.objects.filter(guide__in=guides, kind=questions.KIND)
    return places + [
        (
            reverse("admin:guide_guide_change", args=[section.guide_id]),
            _("The questions of “%(title)s”") % {"title": section.guide.title},
        )
        for section in sections.select_related("guide").order_by("pk")
        if found.search(html.unescape(strip_tags(section.prose)))
    ]


class ReaderForm(forms.Form):
    address = AddressField(
        label=gettext_lazy("The reader’s e-mail address"),
        error_messages={
            "required": gettext_lazy("Please type the address."),
            "invalid": gettext_lazy("This is not a whole e-mail address."),
        },
        widget=forms.EmailInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )


class OfReader:
    """Adds the page on which all that one reader sent is found, handed out, erased.

    The address comes by POST alone: no log of a server holds it.
    """

    def get_urls(self):
        view = self.admin_site.admin_view(self.of_reader)
        return [
            path("reader/", view, name="comments_comment_of_reader"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def of_reader(self, request):
        if not request.user.has_perm("comments.delete_comment"):
            raise PermissionDenied
        form = ReaderForm(request.POST or None)
        found = None
        if form.is_valid():
            found = Comment.objects.of_reader(form.cleaned_data["address"])
            if "_export" in request.POST:
                return as_file(records.of_reader(found), "what-you-sent.json")
            if "_erase_now" in request.POST:
                return self.erased(request, found)
        context = {
            **self.admin_site.each_context(request),
            "title": _("All that one reader sent"),
            "opts": self.opts,
            "form": form,
            "found": found and found.select_related("guide").order_by("pk"),
            "named": named(found) if found else [],
            "asks": "_erase" in request.POST,
        }
        status = 422 if form.errors else 200
        template = "admin/comments/comment/of_reader.html"
        return render(request, template, context, status=status)

    def erased(self, request, found):
        """Erase them all; that it was done is kept, with numbers and no word."""
        comments = list(found.order_by("-pk"))
        with transaction.atomic():
            self.log_deletions(request, comments)
            for comment in comments:
                comment.erase(words=_("[Erased.]"), door="admin", by=request.user)
        words = ngettext(
            "%(count)d comment is erased.",
            "%(count)d comments are erased.",
            len(comments),
        ) % {"count": len(comments)}
        self.message_user(request, words, messages.SUCCESS)
        return redirect("admin:comments_comment_of_reader")


def as_file(data, name):
    response = JsonResponse(
        data, json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
