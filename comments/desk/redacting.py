"""The desk's page on which words are struck out for good."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from comments import redaction, text
from comments.desk.seen import state_of
from config import adminpages


class RedactForm(forms.Form):
    """Which words to strike out: sentences to tick, and words to type or paste."""

    ticked = forms.MultipleChoiceField(
        label=gettext_lazy("Sentences to strike out"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    typed = forms.CharField(
        label=gettext_lazy("Words to strike out"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy(
            "One name or one run of words a line, as they stand in the text. Each is "
            "struck out wherever it stands."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
    )
    hides_name = forms.BooleanField(
        label=gettext_lazy("The name as well: “A reader” stands there then"),
        required=False,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, comment):
        super().__init__(data, initial={"seen": state_of(comment)})
        self.comment = comment
        # By their number: the words are in the page once, and not in what is sent.
        self.sentences = redaction.sentences(comment.body)
        self.fields["ticked"].choices = [*enumerate(self.sentences)]

    def clean_typed(self):
        lines = map(str.strip, text.normalise(self.cleaned_data["typed"]).split("\n"))
        phrases = list(dict.fromkeys(filter(None, lines)))
        if left := redaction.missing(self.comment.body, phrases):
            raise ValidationError(
                ngettext(
                    "This does not stand in the text: %(words)s.",
                    "These do not stand in the text: %(words)s.",
                    len(left),
                )
                % {"words": ", ".join(left)}
            )
        return phrases

    def clean(self):
        self.comment = self.comment.row.with_state().to_write().get()
        if self.cleaned_data.get("seen") != state_of(self.comment):
            raise ValidationError(
                _(
                    "Something changed while this page was open. Nothing was struck "
                    "out; open the comment again."
                )
            )
        if not self.errors and not (self.phrases or self.cleaned_data["hides_name"]):
            raise ValidationError(_("Tick or type what is to be struck out."))
        return self.cleaned_data

    @property
    def phrases(self):
        ticked = [self.sentences[int(n)] for n in self.cleaned_data["ticked"]]
        return [*ticked, *self.cleaned_data["typed"]]

    def strike(self, user):
        self.comment.redact(
            phrases=self.phrases,
            hides_name=self.cleaned_data["hides_name"],
            by=user,
            door="admin",
        )


class Redacting:
    """Adds the page to the admin of comments."""

    def get_urls(self):
        pages = {"redact": self.redact}
        return adminpages.urls(self, pages, below="<int:pk>/") + super().get_urls()

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def redact(self, request, pk):
        """Ask which words to strike out; on POST strike them."""
        comment = self.found(request, pk)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if comment.staff_id or comment.taken_back_at:
            raise Http404
        form = RedactForm(request.POST or None, comment=comment)
        if request.method == "POST":
            with transaction.atomic():
                if form.is_valid():
                    form.strike(request.user)
                    self.say(request, _("Struck out, for good."), comment=form.comment)
                    return redirect("admin:comments_comment_change", pk)
        context = self.context(request, _("Strike words out")) | {
            "original": comment,
            "form": form,
        }
        return render(request, "admin/comments/comment/redact.html", context)
