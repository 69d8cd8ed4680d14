"""A question that was answered becomes an entry of its guide's own questions."""

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import nameless, rights, text
from comments.models import Status
from guide import questions


def may_keep_threads(user):
    """Whether these are hers to keep: whoever answers also pins and hands out."""
    return rights.may_answer(user)


def may_enter(user, comment):
    """Whether she may make an entry of it: an answered question on the page."""
    return (
        may_keep_threads(user)
        and user.has_perm("guide.change_guide")
        and comment.staff_id is None
        and comment.taken_back_at is None
        and comment.status == Status.APPROVED
        and comment.published_answers().exists()
    )


class EntryForm(forms.Form):
    """The question and its answer as they will stand there: nobody's in particular."""

    question = forms.CharField(
        label=_("The question"),
        max_length=nameless.LONGEST_QUESTION,
        help_text=_("Becomes a heading."),
        error_messages={"required": _("Please write the question.")},
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    answer = forms.CharField(
        label=_("The answer"),
        max_length=20_000,
        help_text=_("An empty line makes a paragraph."),
        error_messages={"required": _("Please write the answer.")},
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
    )

    def __init__(self, data, *, comment, answers):
        self.comment = comment
        said = "\n\n".join(answer.body for answer in answers)
        question = nameless.nameless(comment.body, name=comment.name)
        answer = nameless.nameless(said, name=comment.name, keeps_links=True)
        initial = {"question": nameless.short(question), "answer": answer}
        super().__init__(data, initial=initial)

    def clean_question(self):
        return text.one_line(self.cleaned_data["question"])

    def clean_answer(self):
        return text.normalise(self.cleaned_data["answer"])

    def save(self, *, by):
        """Write it into the guide; returns False where it is an entry already."""
        with transaction.atomic():
            comment = self.comment.row.to_write().get()
            if comment.entered_at:
                return False
            questions.add(
                comment.guide,
                question=self.cleaned_data["question"],
                answer=text.to_html(self.cleaned_data["answer"], links=True),
                by=by,
            )
            comment.row.update(entered_at=timezone.now())
        return True
