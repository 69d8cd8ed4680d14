"""The desk's page about a reader: all that she sent, handed out and erased."""

import html
import re

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from comments import nameless, records, text
from comments.forms import AddressField
from comments.models import NOBODY, Comment
from config.copies import as_file
from guide import questions
from guide.models import Section

QUOTED = 16  # words of an answer


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
        context = self.context(request, _("All that one reader sent")) | {
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


def named(comments):
    """Return where else the names above these stand: answers and entries, with links.

    Who is called “Tom in Hull” is answered as Tom; a name in small letters is looked
    for whole.
    """
    names = {
        part
        for one in comments
        if one.name != str(NOBODY)
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
            % {"title": answer.guide.title, "words": text.excerpt(answer.body, QUOTED)},
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
