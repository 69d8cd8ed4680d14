"""The author's side of a comment's page: one press of a button decides it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import text
from comments.models import Comment, Status

# The name of a button, where it moves the comment, and what it then says.
MOVES = {
    "_approve": (Status.APPROVED, gettext_lazy("Published without an answer.")),
    "_reject": (Status.REJECTED, gettext_lazy("Rejected. Nobody else can see it.")),
    "_spam": (Status.SPAM, gettext_lazy("Put among the spam.")),
    "_restore": (Status.PENDING, gettext_lazy("It waits again.")),
    "_remove": (Status.REMOVED, gettext_lazy("Taken off the page.")),
}


class DeskForm(forms.ModelForm):
    """An answer, or a decision without one; never a change of what a reader wrote."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "class": "input"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Comment
        fields = ()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["seen"].initial = state_of(self.instance)
        if self.is_own:
            self.fields["answer"].initial = self.instance.body

    @property
    def may_answer(self):
        return self.user.has_perm("comments.add_comment")

    @property
    def is_own(self):
        """Whether this is an answer that the user wrote, and may correct."""
        return self.instance.staff_id == self.user.pk

    @property
    def button(self):
        """Return the name of the button that was pressed."""
        return next((name for name in self.data if name in BUTTONS), "_answer")

    def clean_answer(self):
        return text.normalise(self.cleaned_data["answer"])

    def clean(self):
        # Locked until the decision stands: of two people one is first.
        self.instance = Comment.objects.to_write().get(pk=self.instance.pk)
        now = state_of(self.instance)
        if self.cleaned_data.get("seen") != now:
            self.data = self.data.copy()
            self.data["seen"] = now
            raise ValidationError(self.what_happened())
        if self.button in {"_answer", "_correct"} and not self.may_answer:
            raise ValidationError(
                _(
                    "Your account may publish, reject and set apart spam; answering is "
                    "left to the author."
                )
            )
        if (self.button == "_correct" and not self.is_own) or (
            self.button == "_answer" and self.instance.staff_id
        ):
            raise ValidationError(
                _("One corrects one's own answers, and answers what readers wrote.")
            )
        answer = self.cleaned_data.get("answer", "")
        if self.button in {"_answer", "_correct"}:
            if not answer and not self.errors:
                self.add_error(
                    "answer",
                    _("Please write an answer, or publish it without one."),
                )
            if not self.user_has_a_name():
                raise ValidationError(
                    _(
                        "Readers would see your sign-in name. Give your account a "
                        "first and a last name before you answer."
                    )
                )
        elif answer and not self.is_own:
            self.add_error(
                "answer",
                _(
                    "You have written an answer here. Publish it, or empty the field "
                    "to go on without it."
                ),
            )
        return self.cleaned_data

    def what_happened(self):
        """Say in words what somebody did while the page was open."""
        last = self.instance.decisions.select_related("by").last()
        if self.instance.answers.answers().exists():
            what = _("It has an answer now.")
        else:
            what = _("It is now: %(state)s.") % {
                "state": self.instance.get_status_display()
            }
        who = last.by.get_short_name() or last.by if last and last.by else ""
        if who:
            what = _("%(who)s was here.") % {"who": who} + " " + what
        return _(
            "Something changed while this page was open. %(what)s Nothing of yours was "
            "published or lost; look again and press once more if you still want to."
        ) % {"what": what}

    def user_has_a_name(self):
        return hasattr(self.user, "author") or bool(self.user.get_full_name())

    def decide(self):
        """Do what the button says; return the sentence that tells of it."""
        comment = self.instance
        if self.button == "_answer":
            comment.answer(
                author=self.user, body=self.cleaned_data["answer"], door="admin"
            )
            return _("Published your answer to %(name)s.") % {"name": comment.name}
        if self.button == "_correct":
            comment.body = self.cleaned_data["answer"]
            comment.save()
            return _("Your answer is corrected.")
        to, sentence = MOVES[self.button]
        comment.move(to=to, by=self.user, door="admin")
        if to == Status.APPROVED and not comment.is_shown():
            return _(
                "Published, but it replies to a comment that is not: nobody sees it "
                "until that one is published too."
            )
        return sentence


BUTTONS = {"_answer", "_correct", *MOVES}


def state_of(comment):
    """Return what changes whenever somebody decides or answers a comment."""
    return ".".join(
        [
            comment.status,
            str(comment.decisions.count()),
            str(comment.answers.filter(staff__isnull=False).count()),
        ]
    )


def offered(comment):
    """Return the buttons that make sense for a comment in its state."""
    words = {
        "_approve": _("Publish without answer")
        if comment.status == Status.PENDING
        else _("Publish"),
        "_restore": _("Back to waiting"),
        "_remove": _("Take off the page"),
        "_spam": _("Spam"),
        "_reject": _("Reject"),
    }
    if comment.staff_id:
        is_shown = comment.status == Status.APPROVED
        return [(name, words[name]) for name in ["_remove" if is_shown else "_approve"]]
    names = {
        Status.PENDING: ["_approve", "_spam", "_reject"],
        Status.APPROVED: ["_restore", "_remove", "_spam", "_reject"],
    }.get(comment.status, ["_approve", "_restore"])
    return [(name, words[name]) for name in names]
