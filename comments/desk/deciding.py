"""One comment decided by one press: an answer, or a decision without one."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import rights, text
from comments.desk import buttons
from comments.desk.seen import are_other_words, state_of, tokens_of
from comments.models import Act, Comment, SavedAnswer, Status
from config.ids import is_id

ANSWERING = {"_answer", "_correct"}


class DeskForm(forms.ModelForm):
    """What the buttons of a card send; never a change of what a reader wrote."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "input"}),
    )
    saved = forms.ModelChoiceField(
        SavedAnswer.objects.all(),
        label=gettext_lazy("Saved answers"),
        empty_label=gettext_lazy("Choose a saved answer"),
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the author"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Comment
        fields = ()

    def __init__(self, data=None, *, user, answers=None, door="admin", **kwargs):
        comment = kwargs["instance"]
        super().__init__(data, auto_id=f"id_{comment.pk}_%s", **kwargs)
        self.user = user
        self.door = door
        self.fields["seen"].initial = state_of(comment)
        self.fields["note"].initial = comment.note
        if self.is_own:
            self.fields["answer"].initial = comment.body
        elif answers is not None and self.may_answer:
            self.fields["answer"].initial = self.withdrawn(answers)
        if not self.fields["answer"].initial:
            # Lets a style tell an empty box from one in which somebody began to type.
            self.fields["answer"].widget.attrs["placeholder"] = " "

    def withdrawn(self, answers):
        """Return the words of an answer that the user took off the page again."""
        mine = [
            answer.body
            for answer in answers
            if answer.staff_id == self.user.pk and answer.status == Status.REMOVED
        ]
        return mine[-1] if mine else ""

    def offer(self, saved):
        """Let choose among saved answers without a query for each card."""
        field = self.fields["saved"]
        field.choices = [("", field.empty_label)] + [
            (answer.pk, answer.title) for answer in saved
        ]
        self.has_saved = bool(saved)

    @property
    def may_answer(self):
        return rights.may_answer(self.user)

    @property
    def is_own(self):
        """Whether this is an answer that the user wrote, and may correct."""
        return self.instance.staff_id == self.user.pk

    @property
    def name_shown(self):
        """Return the name under which readers see the user's answers."""
        person = getattr(self.user, "author", None)
        return person.name if person else self.user.get_full_name()

    @property
    def button(self):
        return buttons.pressed(self.data, among=buttons.NAMES, default="_answer")

    def insert_saved(self):
        """Put the saved answer that was chosen into the field; nothing is decided."""
        chosen = self.data.get("saved", "")
        saved = SavedAnswer.objects.filter(pk=chosen if is_id(chosen) else 0)
        typed = self.data.get("answer", "").strip()
        self.data = self.data.copy()
        self.data["answer"] = "\n\n".join(
            filter(None, [typed, *(answer.text for answer in saved)])
        )
        # Nothing is judged: it comes back as it was opened.
        self._errors = forms.utils.ErrorDict()

    def clean_answer(self):
        return text.normalise(self.cleaned_data["answer"])

    def clean_note(self):
        return text.one_line(self.cleaned_data["note"])

    def clean(self):
        # Locked until the decision stands: of two people one is first.
        self.instance = self.instance.row.with_state().to_write().get()
        self.check_seen()
        self.check_button()
        if self.button in ANSWERING:
            self.check_answer()
        else:
            self.check_no_answer()
        return self.cleaned_data

    def check_seen(self):
        before, now = self.cleaned_data.get("seen", ""), state_of(self.instance)
        if before != now:
            self.data = self.data.copy()
            self.data["seen"] = now
            raise ValidationError(
                _(
                    "Something changed while this page was open. %(what)s Nothing of "
                    "yours was published or lost; look again and press once more if "
                    "you still want to."
                )
                % {"what": self.what_happened(before, now)}
            )

    def what_happened(self, before, now):
        """Say in words what somebody did while the page was open."""
        if are_other_words(before, now):
            return _("It is in other words now.")
        last = self.instance.decisions.select_related("by").last()
        if self.instance.published_answers().exists():
            what = _("It has an answer now.")
        elif last and last.act == Act.REDACT:
            what = _("Words were struck out.")
        else:
            what = _("It is now: %(state)s.") % {"state": self.instance.tray_words}
        who = last.by.get_short_name() or last.by if last and last.by else ""
        if who:
            what = _("%(who)s was here.") % {"who": who} + " " + what
        return what

    def check_button(self):
        """Refuse what a card does not offer to this user, or of this comment."""
        is_answer = bool(self.instance.staff_id)
        if is_answer and not self.may_answer:
            raise ValidationError(rights.IS_HERS)
        if self.button == "_aside" and self.instance.status != Status.PENDING:
            raise ValidationError(_("Only what waits can be set aside."))
        if self.button in ANSWERING and not self.may_answer:
            raise ValidationError(
                _(
                    "Your account may publish, reject and sort out spam; answering is "
                    "left to the author."
                )
            )
        if (self.button == "_correct" and not self.is_own) or (
            self.button == "_answer" and is_answer
        ):
            raise ValidationError(
                _("One corrects one's own answers, and answers what readers wrote.")
            )

    def check_answer(self):
        if not self.cleaned_data.get("answer") and not self.errors:
            self.add_error("answer", self.what_is_missing())
        if not self.name_shown:
            raise ValidationError(
                _(
                    "Readers would see your sign-in name. Give your account a "
                    "first and a last name before you answer."
                )
            )

    def what_is_missing(self):
        if self.door == "mail":  # its page has no other button
            return _("Please write an answer. Nothing is published until then.")
        return _("Please write an answer, or publish it without one.")

    def check_no_answer(self):
        """Throw away no answer that was written, but for one that is stored."""
        answer = self.cleaned_data.get("answer")
        if not answer or self.is_own:
            return
        before = self.instance.withdrawn_answer(self.user)
        if before is None or answer != before.body:
            self.add_error(
                "answer",
                _(
                    "You have written an answer here. Publish it, or empty the field "
                    "to go on without it."
                ),
            )

    def decide(self):
        """Do what the button says; return the sentence that tells of it."""
        comment = self.instance
        how = {"by": self.user, "door": self.door}
        self.undoes = [comment]
        if self.button == "_answer":
            was_published = comment.status == Status.APPROVED
            answer = comment.answer(
                author=self.user, body=self.cleaned_data["answer"], door=self.door
            )
            self.undoes = [answer] if was_published else [comment]
            sentence = _("Published your answer to %(name)s.")
            if not comment.is_shown():
                sentence = _(
                    "Published your answer to %(name)s, who replies to a comment that "
                    "is not on the page: nobody sees it until that one is published "
                    "too."
                )
            return sentence % {"name": comment.name}
        if self.button == "_correct":
            comment.body = self.cleaned_data["answer"]
            comment.save()
            self.undoes = []
            return _("Your answer is corrected.")
        if self.button == "_aside":
            comment.set_aside(note=self.cleaned_data["note"], **how)
            return _("Set aside. It still waits.")
        if self.button == "_take_up":
            comment.take_up(**how)
            return _("Taken up again.")
        to, sentence = buttons.MOVES[self.button]
        comment.move(to=to, **how)
        if to == Status.APPROVED and not comment.is_shown():
            return _(
                "Published, but it replies to a comment that is not: nobody sees it "
                "until that one is published too."
            )
        return sentence

    @property
    def undo(self):
        """Return what takes back the decision that was just made, or ""."""
        return tokens_of(self.undoes)
