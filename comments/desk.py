"""The author's side: what waits lies in trays, and one press of a button decides it."""

import hashlib
import re
import secrets
from collections import defaultdict
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.html import escape, linebreaks
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comments import checks, redaction, text
from comments.models import Act, Comment, SavedAnswer, Status, Tray

PER_PAGE = 20
MOST_PAGES = 500  # further back one searches
OTHERS = 3  # comments of the same reader

# The name of a button, where it moves the comment, and what it then says.
MOVES = {
    "_approve": (Status.APPROVED, gettext_lazy("Published without an answer.")),
    "_reject": (Status.REJECTED, gettext_lazy("Rejected. Nobody else can see it.")),
    "_spam": (Status.SPAM, gettext_lazy("Put among the spam.")),
    "_restore": (Status.PENDING, gettext_lazy("It waits again.")),
    "_remove": (Status.REMOVED, gettext_lazy("Taken off the page.")),
}
BUTTONS = {"_answer", "_correct", "_use", "_aside", "_take_up", *MOVES}


class Tab(NamedTuple):
    name: str
    words: str
    hint: str


# What waits; the last but one holds what was decided as well.
TABS = [
    Tab(
        Tray.URGENT,
        gettext_lazy("Urgent"),
        gettext_lazy("Words of your red flags stand in these."),
    ),
    Tab(
        Tray.ANSWER,
        gettext_lazy("To answer"),
        gettext_lazy("Questions that nobody else can see yet."),
    ),
    Tab(
        Tray.WAITING,
        gettext_lazy("Waiting"),
        gettext_lazy("Replies to what stands on a page; few need an answer."),
    ),
    Tab(
        Status.SPAM,
        gettext_lazy("Spam"),
        gettext_lazy("First what looks like it and waits, then what you called so."),
    ),
    Tab(
        Tray.ASIDE,
        gettext_lazy("Set aside"),
        gettext_lazy("They wait, but not in your way."),
    ),
    Tab(Status.APPROVED, gettext_lazy("Published"), ""),
    Tab(Status.REJECTED, gettext_lazy("Rejected"), ""),
    Tab(Status.REMOVED, gettext_lazy("Taken off"), ""),
]
NAMES = {str(tab.name) for tab in TABS}


# What lies where


def tabs(found, here):
    """Return each tab with the number of those that wait there."""
    found = found | {Status.SPAM: found.get(Tray.LIKELY, 0)}
    return [(tab, found.get(tab.name, 0), tab.name == here) for tab in TABS]


def first_tab(found):
    """Return the tab where the first work lies."""
    for tray in (Tray.URGENT, Tray.ANSWER, Tray.WAITING):
        if found.get(tray):
            return tray
    return Tray.ANSWER


def rows(tab, page, query=""):
    """Return a page of what lies under a tab, and whether more follow."""
    start = (page - 1) * PER_PAGE
    comments = Comment.objects.select_related("guide", "parent", "staff").with_state()
    if query:
        found = comments.filter(Q(name__icontains=query) | Q(body__icontains=query))
        return cut(found.order_by("-pk"), start)
    if tab in Tray.values:
        return cut(comments.in_tray(tab), start)
    decided = comments.filter(status=tab, staff=None).order_by("-created_at", "-pk")
    found, has_more = cut(decided, start)
    if tab == Status.SPAM and page == 1:
        found = [*comments.in_tray(Tray.LIKELY)[:PER_PAGE], *found]
    return found, has_more


def cut(comments, start):
    found = list(comments[start : start + PER_PAGE + 1])
    return found[:PER_PAGE], len(found) > PER_PAGE


# Cards


def cards(comments, *, user, saved, form=None):
    """Return the comments with all that one decides by, in two queries for all."""
    answers, others = {}, others_of(comments)
    below = Comment.objects.filter(parent__in=comments, staff__isnull=False)
    for answer in below.order_by("created_at", "pk"):
        answers.setdefault(answer.parent_id, []).append(answer)
    made = [
        Card(
            comment,
            form or DeskForm(instance=comment, user=user, answers=answers),
            answers.get(comment.pk, []),
            others.get(comment.pk, []),
        )
        for comment in comments
    ]
    for card, following in zip(made, [*made[1:], None], strict=False):
        card.form.offer(saved)
        card.then = following and following.comment.pk
    return made


class Card:
    """A comment with its context, as it lies on the desk."""

    def __init__(self, comment, form, answers, others):
        self.comment = comment
        self.form = form
        self.answers = [one for one in answers if one.status != Status.REMOVED]
        self.others = others
        self.mark = secrets.token_urlsafe(8)  # of its form, see config/keeping.py
        self.token = token_of(comment)
        is_hers = comment.staff_id and not form.may_answer
        self.buttons = [] if is_hers else offered(comment)
        is_waiting = comment.status == Status.PENDING
        self.reasons = checks.sentences(comment) if is_waiting else []
        self.is_urgent = is_waiting and comment.is_urgent
        self.body = marked(comment)

    @property
    def takes_answer(self):
        """Whether an answer is what one comes for; elsewhere it is a click away."""
        is_read = self.comment.status in {Status.PENDING, Status.APPROVED}
        return is_read and not self.comment.staff_id

    @property
    def may_set_aside(self):
        return self.comment.status == Status.PENDING and not self.comment.staff_id


def others_of(comments):
    """Return the newest other comments from the addresses of these, by their ids.

    The first of them knows their ``number``.
    """
    addresses = {comment.email for comment in comments if comment.email}
    if not addresses:
        return {}
    newest = [F("created_at").desc(), F("pk").desc()]
    found = (
        Comment.objects.filter(email__in=addresses)
        .annotate(
            number=Window(Count("pk"), partition_by=F("email")) - 1,
            place=Window(RowNumber(), partition_by=F("email"), order_by=newest),
        )
        # One more, for the comment itself may be among them.
        .filter(place__lte=OTHERS + 1)
        .select_related("guide")
        .order_by("place")
    )
    by_address = defaultdict(list)
    for one in found:
        by_address[one.email].append(one)
    return {
        comment.pk: [one for one in by_address[comment.email] if one != comment][
            :OTHERS
        ]
        for comment in comments
    }


def marked(comment):
    """Return the text as paragraphs, with the words that the checks found marked."""
    words = {word for found in comment.findings for word in found.get("words", [])}
    if not any(words):
        return mark_safe(comment.body_html)  # escaped when it was saved
    # The longest first, and never over a line: a paragraph may begin there.
    found = "|".join(
        redaction.pattern(word).pattern
        for word in sorted(filter(None, words), key=len, reverse=True)
    )
    pieces = re.split(f"({found})", comment.body, flags=re.IGNORECASE)
    html = [
        f"<mark>{escape(piece)}</mark>"
        if n % 2 and "\n" not in piece
        else escape(piece)
        for n, piece in enumerate(pieces)
    ]
    return mark_safe(linebreaks("".join(html)))


def offered(comment):
    """Return the buttons that make sense for a comment in its state."""
    words = {
        "_approve": _("Publish without answer")
        if comment.status == Status.PENDING
        else _("Publish"),
        "_restore": _("Back to waiting"),
        "_remove": _("Take off the page"),
        "_take_up": _("Take it up again"),
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
    if comment.tray == Tray.ASIDE:
        names = ["_take_up", *names]
    return [(name, words[name]) for name in names]


def saved_answers(user):
    """Return what the user may start an answer with."""
    may_answer = user.has_perm("comments.add_comment")
    return list(SavedAnswer.objects.all()) if may_answer else []


# One decision


class DeskForm(forms.ModelForm):
    """An answer, or a decision without one; never a change of what a reader wrote."""

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
            for answer in answers.get(self.instance.pk, [])
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

    def clean_note(self):
        return text.one_line(self.cleaned_data["note"])

    def clean(self):
        # Locked until the decision stands: of two people one is first.
        self.instance = Comment.objects.with_state().to_write().get(pk=self.instance.pk)
        now = state_of(self.instance)
        if self.cleaned_data.get("seen") != now:
            self.data = self.data.copy()
            self.data["seen"] = now
            raise ValidationError(self.what_happened())
        if self.instance.staff_id and not self.may_answer:
            raise ValidationError(
                _("What the author answered is hers to publish and to take off.")
            )
        if self.button == "_aside" and self.instance.status != Status.PENDING:
            raise ValidationError(_("Only what waits can be set aside."))
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
                self.add_error("answer", self.what_is_missing())
            if not self.user_has_a_name():
                raise ValidationError(
                    _(
                        "Readers would see your sign-in name. Give your account a "
                        "first and a last name before you answer."
                    )
                )
        elif answer and not self.is_own and answer != self.withdrawn_before():
            self.add_error(
                "answer",
                _(
                    "You have written an answer here. Publish it, or empty the field "
                    "to go on without it."
                ),
            )
        return self.cleaned_data

    def what_is_missing(self):
        if self.door == "mail":  # its page has no other button
            return _("Please write an answer. Nothing is published until then.")
        return _("Please write an answer, or publish it without one.")

    def withdrawn_before(self):
        before = self.instance.withdrawn_answer(self.user)
        return before and before.body

    def what_happened(self):
        """Say in words what somebody did while the page was open."""
        last = self.instance.decisions.select_related("by").last()
        if self.instance.answers.answers().exists():
            what = _("It has an answer now.")
        elif last and last.act == Act.REDACT:
            what = _("Words were struck out.")
        else:
            what = _("It is now: %(state)s.") % {"state": self.instance.tray_words}
        who = last.by.get_short_name() or last.by if last and last.by else ""
        if who:
            what = _("%(who)s was here.") % {"who": who} + " " + what
        return _(
            "Something changed while this page was open. %(what)s Nothing of yours was "
            "published or lost; look again and press once more if you still want to."
        ) % {"what": what}

    def user_has_a_name(self):
        return hasattr(self.user, "author") or bool(self.user.get_full_name())

    def name_shown(self):
        """Return the name under which readers see the user's answers."""
        person = getattr(self.user, "author", None)
        return person.name if person else self.user.get_full_name()

    def insert_saved(self):
        """Put the saved answer that was chosen into the field; nothing is decided."""
        chosen = self.data.get("saved", "")
        saved = SavedAnswer.objects.filter(pk=chosen if chosen.isdecimal() else 0)
        typed = self.data.get("answer", "").strip()
        self.data = self.data.copy()
        self.data["answer"] = "\n\n".join(
            filter(None, [typed, *(answer.text for answer in saved)])
        )
        # Nothing is judged: it comes back as it was opened.
        self._errors = forms.utils.ErrorDict()

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
            return _("Published your answer to %(name)s.") % {"name": comment.name}
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
        to, sentence = MOVES[self.button]
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
        return tokens(self.undoes)


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
        self.comment = Comment.objects.with_state().to_write().get(pk=self.comment.pk)
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


# Many at once


def move_chosen(chosen, *, button, user):
    """Decide those that are still as they were seen; return them, and how many not."""
    to, _sentence = MOVES[button]
    with transaction.atomic():
        found, changed = as_seen(chosen)
        may_answer = user.has_perm("comments.add_comment")
        found = [
            comment
            for comment in found
            if comment.status != to and (may_answer or not comment.staff_id)
        ]
        rows = Comment.objects.filter(pk__in=[comment.pk for comment in found])
        rows.move(to=to, by=user, door="admin")
    return found, changed


def undo(chosen, *, user):
    """Take back the last decision on each; return them, and how many had changed."""
    with transaction.atomic():
        found, changed = as_seen(chosen)
        undone = [one for one in found if one.undo(by=user, door="admin")]
    return undone, changed + len(found) - len(undone)


def as_seen(chosen):
    """Return the comments that are as the tokens say, locked; and how many are not."""
    seen = dict(token.partition(":")[::2] for token in chosen)
    ids = [int(pk) for pk in seen if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    rows = Comment.objects.with_state().filter(pk__in=ids).to_write().order_by("pk")
    found = [comment for comment in rows if seen[str(comment.pk)] == state_of(comment)]
    return found, len(seen) - len(found)


def tokens(comments):
    """Return these comments in the state they are in now, to be sent back later."""
    rows = Comment.objects.with_state().filter(pk__in=[one.pk for one in comments])
    return " ".join(map(token_of, rows))


def token_of(comment):
    return f"{comment.pk}:{state_of(comment)}"


def state_of(comment):
    """Return what changes whenever somebody decides, answers or edits a comment."""
    if not hasattr(comment, "decision_count"):
        comment = Comment.objects.with_state().get(pk=comment.pk)
    words = f"{comment.name}\0{comment.body}".encode()
    return ".".join(
        [
            comment.status,
            str(comment.decision_count),
            str(comment.answer_count),
            hashlib.sha256(words).hexdigest()[:12],
        ]
    )


def excerpt(comment, words=16):
    return Truncator(comment.body).words(words)
