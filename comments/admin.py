from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from comments import rights, text, thread
from comments.desk import buttons, cards, many, seen, tabs
from comments.desk.deciding import DeskForm
from comments.desk.of_reader import OfReader
from comments.desk.of_thread import OfThread
from comments.desk.redacting import Redacting
from comments.models import Closing, Comment, RedFlag, SavedAnswer, Settings
from config import keeping
from config.ids import is_id
from guide.admin import Asking, OneRowAdmin

EARLIER = 20
TRIED = 200  # of the last questions, with a red flag that was saved


class ClosingInline(Asking, admin.TabularInline):
    model = Closing
    extra = 1
    verbose_name = gettext_lazy("guide with days of its own")
    verbose_name_plural = gettext_lazy("guides with days of their own")


@admin.register(Settings)
class SettingsAdmin(OneRowAdmin):
    long_texts = ("invitation", "away_note", "answer_note", "consent")
    inlines = [ClosingInline]


@admin.register(RedFlag)
class RedFlagAdmin(Asking, admin.ModelAdmin):
    list_display = ["name", "urgency", "state"]

    @admin.display(description=gettext_lazy("state"), ordering="is_active")
    def state(self, flag):
        return _("in use") if flag.is_active else _("switched off")

    def save_model(self, request, flag, form, change):
        """Save it, and say how often it would have been met of late."""
        super().save_model(request, flag, form, change)
        questions = Comment.objects.filter(staff=None).order_by("-pk")[:TRIED]
        questions = questions.only("name", "body")
        if not questions:
            return
        words = ngettext(
            "Its words stand in %(met)s of the last %(count)s question.",
            "Its words stand in %(met)s of the last %(count)s questions.",
            len(questions),
        ) % {"met": len(flag.meets(questions)), "count": len(questions)}
        self.message_user(request, words, messages.INFO)


@admin.register(SavedAnswer)
class SavedAnswerAdmin(Asking, keeping.Keeping, admin.ModelAdmin):
    list_display = ["title", "text"]
    fields = ["title", "text"]


@admin.register(Comment)
class CommentAdmin(Redacting, OfThread, OfReader, admin.ModelAdmin):
    """The desk: its list is cards in tabs, and the page of a comment one card more."""

    def has_add_permission(self, request):
        return False

    # The desk

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def changelist_view(self, request, extra_context=None):
        """Show what lies under a tab; on POST decide many at once, or undo."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self.decide_many(request)
        counts = Comment.objects.count_trays()
        query = text.one_line(request.GET.get("q", ""))[:100]
        tab = request.GET.get("tab", "")
        if tab not in tabs.NAMES:
            tab = tabs.first(counts)
        page = thread.number(request.GET.get("page", "1")) or 1
        if page > tabs.MOST_PAGES:
            raise Http404
        comments, has_more = tabs.lying(tab, page, query)
        saved = cards.saved_answers(request.user)
        context = self.context(request, _("Questions")) | {
            "tabs": tabs.numbered(counts, here=tab if not query else None),
            "hint": tabs.hint(tab),
            "tab": tab,
            "query": query,
            "cards": cards.of(comments, user=request.user, saved=saved),
            "emails": [comment.email for comment in comments],
            "saved": {answer.pk: answer.text for answer in saved},
            "keep": keeping.keep(request),
            "may_decide": self.has_change_permission(request),
            "number": page,
            "newer": page - 1,
            "older": page + 1 if has_more and page < tabs.MOST_PAGES else 0,
        }
        return render(request, "admin/comments/comment/desk.html", context)

    def decide_many(self, request):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if "undo" in request.POST:
            tokens = request.POST["undo"].split()
            done, changed = many.undo(tokens, user=request.user)
            words, otherwise = self.undone_words(done), rights.IS_HERS
        else:
            tokens = request.POST.getlist(
                "shown" if "all" in request.POST else "chosen"
            )
            button = buttons.pressed(request.POST, among=buttons.MOVES)
            if not tokens or button is None:
                self.message_user(
                    request,
                    _("Tick the comments first, then press a button."),
                    messages.WARNING,
                )
                return HttpResponseRedirect(self.desk_address(request))
            done, changed = many.move(tokens, button=button, user=request.user)
            words = self.moved_words(done, buttons.MOVES[button][0].label)
            otherwise = _("Nothing changed.")
        left = ngettext(
            "%(count)d was changed meanwhile and is left as it is.",
            "%(count)d were changed meanwhile and are left as they are.",
            changed,
        ) % {"count": changed}
        said = [words for words, number in [(words, done), (left, changed)] if number]
        words = " ".join(said) or otherwise
        self.say(request, words, undo=seen.tokens_of(done))
        # A browser keeps the old anchor where none is named: the card that followed.
        at = done[0].pk if "undo" in request.POST and done else ""
        return HttpResponseRedirect(self.desk_address(request, then=str(at)))

    @staticmethod
    def moved_words(done, state):
        return ngettext(
            "%(count)d comment is now %(state)s.",
            "%(count)d comments are now %(state)s.",
            len(done),
        ) % {"count": len(done), "state": state}

    @staticmethod
    def undone_words(done):
        if len(done) == 1:
            return _("Taken back. It is now: %(state)s.") % {
                "state": done[0].tray_words
            }
        return ngettext(
            "%(count)d decision is taken back.",
            "%(count)d decisions are taken back.",
            len(done),
        ) % {"count": len(done)}

    # One comment

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show a comment with its record; on POST do what the button says."""
        comment = self.found(request, object_id)
        form = None
        if request.method == "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            form = DeskForm(request.POST, instance=comment, user=request.user)
            if form.button == "_use":
                form.insert_saved()
            else:
                with transaction.atomic():
                    if form.is_valid():
                        return self.decided(request, form)
                comment = self.found(request, object_id)
                form.instance = comment
        saved = cards.saved_answers(request.user)
        (card,) = cards.of([comment], user=request.user, saved=saved, form=form)
        decisions = list(comment.decisions.select_related("by"))
        context = self.context(request, text.excerpt(comment.body, 6)) | {
            "original": comment,
            "card": card,
            "emails": [comment.email],
            "above": earlier_than(comment),
            "decisions": decisions,
            "may_undo": bool(decisions)
            and decisions[-1].may_be_undone
            and rights.may_undo(request.user, comment),
            "may_decide": self.has_change_permission(request),
            "may_delete": self.has_delete_permission(request, comment),
            "saved": {answer.pk: answer.text for answer in saved},
            "tab": request.POST.get("tab", ""),
            "keep": keeping.keep(request),
        }
        return render(request, "admin/comments/comment/change_form.html", context)

    def decided(self, request, form):
        """Do it, say it with the way to undo it, and go back to the desk."""
        sentence = form.decide()
        keeping.remember(request)
        self.say(request, sentence, undo=form.undo, comment=form.instance)
        return HttpResponseRedirect(self.desk_address(request))

    # For all its pages

    def found(self, request, pk):
        """Return a comment as the desk shows it; a 404 where there is none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Comment.objects.select_related("guide", "parent", "staff").with_state()
        pk = str(pk)
        return get_object_or_404(rows, pk=pk if is_id(pk) else 0)

    def context(self, request, title):
        """Return what every page of the admin shows, below this title."""
        shared = self.admin_site.each_context(request)
        return shared | {"title": title, "opts": self.opts}

    def desk_address(self, request, *, then=""):
        """Return where one was on the desk, at that card or the one that follows."""
        here = reverse("admin:comments_comment_changelist")
        tab = request.POST.get("tab", "")
        query = f"?{urlencode({'tab': tab})}" if tab in tabs.NAMES else ""
        then = then or request.POST.get("then", "")
        return f"{here}{query}" + (f"#card-{then}" if is_id(then) else "")

    def say(self, request, words, *, undo="", comment=None):
        """Leave a message for the next page, with the way to undo and to look."""
        if undo:
            words = format_html(
                '{} <button form="undo" name="undo" value="{}">{}</button>',
                words,
                undo,
                _("Undo"),
            )
        if comment:
            here = reverse("admin:comments_comment_change", args=[comment.pk])
            words = format_html('{} <a href="{}">{}</a>', words, here, _("Look again"))
        self.message_user(request, words, messages.SUCCESS)

    # Erasing

    def response_delete(self, request, obj_display, obj_id):
        self.message_user(request, _("Erased for ever."), messages.SUCCESS)
        return HttpResponseRedirect(self.desk_address(request))

    def render_delete_form(self, request, context):
        count = dict(context["model_count"])
        context["below"] = count.get(self.opts.verbose_name_plural, 1) - 1
        return super().render_delete_form(request, context)


def earlier_than(comment):
    """Return what stands before a comment in its thread, but for what it answers."""
    earlier = (
        Comment.objects.of_thread(comment)
        .filter(created_at__lte=comment.created_at)
        .exclude(pk__in=[comment.pk, comment.parent_id or 0])
        .order_by("-created_at", "-pk")
    )
    return list(reversed(earlier[:EARLIER]))
