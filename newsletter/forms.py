from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guide import prose
from guide.forms import ChoosesGuide, MomentField, PlacedFormSet, PlaceField
from guide.models import Guide
from newsletter import addresses, drafting, questions, typos
from newsletter.models import PAUSES, Block, fold


class SignUpForm(forms.Form):
    """One field, and one that only a machine fills in."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Write the address to which the letter shall go."),
            "max_length": _("An address has at most 254 characters. Is it one only?"),
        },
        widget=forms.EmailInput(
            attrs={"class": "input", "autocomplete": "email", "spellcheck": "false"}
        ),
    )
    website2 = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    # Of the page that asks about a slip: it was answered, and where the form stood.
    is_sure = forms.BooleanField(required=False)
    page = forms.CharField(max_length=200, required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, auto_id="letter_%s", label_suffix="", **options)

    def clean_email(self):
        return addresses.read(self.cleaned_data["email"])

    @property
    def is_by_a_machine(self):
        return bool(self.cleaned_data.get("website2"))

    @property
    def folded(self):
        return addresses.without_detours(self.cleaned_data["email"])

    @property
    def meant(self):
        """Return the address to ask about, or "" where she was asked or none is."""
        typed = self.cleaned_data
        return "" if typed["is_sure"] else typos.meant(typed["email"])


class StopForm(forms.Form):
    """Why letters to one reader stop."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_(
            "The reader can read it, in the mail that answers when she asks again and "
            "on the page that says where her letters went."
        ),
        error_messages={"required": _("Write in a few words why letters stop.")},
    )

    def clean_reason(self):
        return " ".join(self.cleaned_data["reason"].split())


class LinkForm(SignUpForm):
    """The address to which the link to a reader's own page is mailed."""

    website2 = is_sure = page = None


class AddressForm(LinkForm):
    """The address to which letters shall go instead."""

    is_sure = forms.BooleanField(required=False)

    def __init__(self, *args, subscriber=None, **options):
        super().__init__(*args, **options)
        self.subscriber = subscriber
        self.fields["email"].label = _("The other address")

    def clean_email(self):
        email = super().clean_email()
        if fold(email) == self.subscriber.email_key:
            raise ValidationError(
                gettext("Letters go to this address already. Write the other one.")
            )
        return email


class PauseForm(forms.Form):
    """For how long no letter shall come; zero ends a pause."""

    months = forms.TypedChoiceField(
        coerce=int, choices=[(number, number) for number in (*PAUSES, 0)]
    )


class ScheduleForm(forms.Form):
    """When a letter goes out, and after which moment it does not."""

    use_required_attribute = False  # "Send now" stands on the same page

    at = MomentField(
        label=_("Goes out at"),
        error_messages={"required": _("Choose a day and a time, or send now.")},
    )
    not_after = MomentField(
        label=_("Not after"),
        required=False,
        help_text=_(
            "If it could not begin by then, because the site was down say, it does not "
            "go out, and you get a mail."
        ),
    )


class IssueForm(forms.ModelForm):
    COUNTED = {
        "subject": _("characters. Phones show about 40, most programs 60."),
        "preheader": _(
            "characters. Mail programs show it beside the subject, phones about 40 "
            "of them, others 90."
        ),
    }

    class Meta:
        error_messages = {
            "subject": {
                "required": _("Give it a subject: what is in it."),
                "max_length": _("120 characters fit. Say it shorter."),
            },
            "slug": {
                "invalid": _(
                    "Write it with letters, numbers and hyphens: no spaces, no "
                    "accents. Left empty, it is made of the subject."
                ),
                "unique": _(
                    "Another letter has this address. Change it, or leave it empty."
                ),
            },
            "preheader": {"max_length": _("140 characters fit. Say it shorter.")},
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if slug := self.fields.get("slug"):
            slug.required = False
            slug.help_text = _("In the archive. Left empty, it is made of the subject.")
        for name in self.COUNTED.keys() & self.fields.keys():
            words = (self.data if self.is_bound else self.initial).get(name)
            # admin.js counts on while one types.
            self.fields[name].help_text = format_html(
                '<span data-counts="id_{}">{}</span> {}',
                *(name, len(words or ""), self.COUNTED[name]),
            )

    def clean_slug(self):
        """Make one where none was written: without JavaScript nothing else does."""
        subject = self.cleaned_data.get("subject", "")
        return self.cleaned_data["slug"] or drafting.free_slug(subject, self.instance)


class BlockForm(ChoosesGuide, forms.ModelForm):
    """One part of a letter: its place, and the one box that its kind has."""

    BOXES = {
        Block.Kind.PROSE: "prose",
        Block.Kind.GUIDE: "guide",
        Block.Kind.QUESTION: "entry",
        Block.Kind.PROMOTION: "promotion",
    }
    position = PlaceField()
    kind = forms.ChoiceField(choices=Block.Kind, widget=forms.HiddenInput)
    entry = forms.ChoiceField(label=_("Question"))

    class Meta:
        error_messages = {
            "guide": {"required": _("Choose a guide, or tick “Take it out”.")},
            "promotion": {"required": _("Choose one, or tick “Take it out”.")},
            "prose": {"required": _("Write something, or tick “Take it out”.")},
        }

    def __init__(self, *args, entries=(), **options):
        super().__init__(*args, **options)
        self.entries = {entry.key: entry for entry in entries}
        if self.instance.pk:
            del self.fields["kind"]
        self.box = self.BOXES[self._kind()]
        for box in set(self.BOXES.values()) - {self.box}:
            self.fields.pop(box, None)
        self.fields[self.box].required = True
        if self.box == "entry":
            self._offer_entries()
        if self.box == "guide":
            self.fields["guide"].label_from_instance = _named

    @property
    def title(self):
        """Return what stands above it: its kind, and what it names."""
        kind = capfirst(Block.Kind(self._kind()).label)
        if not self.instance.pk:
            return _("New: %(kind)s") % {"kind": kind}
        is_text = self.instance.kind == Block.Kind.PROSE
        words = prose.words(self.instance.prose) if is_text else self.instance.in_words
        return f"{kind}: {Truncator(words).words(8)}"

    @property
    def content(self):
        """Return its one box."""
        return self[self.box]

    def _kind(self):
        """Return the kind of a part that there is, that was sent, or is offered."""
        kind = self.instance.kind
        if not self.instance.pk:
            sent = self.data.get(self.add_prefix("kind")) if self.is_bound else None
            kind = sent or self.initial.get("kind") or kind
        return kind if kind in self.BOXES else Block.Kind.PROSE

    def _offer_entries(self):
        chosen = ""
        block = self.instance
        if block.pk:
            chosen = questions.Entry(block.guide, block.question, block.prose)
            chosen = self.entries.setdefault(chosen.key, chosen)
            self.kept, self.answer = block.prose, chosen.answer
            chosen = chosen.key
        guides = {}
        for entry in self.entries.values():
            guides.setdefault(entry.guide.title, []).append((entry.key, entry.question))
        field = self.fields["entry"]
        field.choices = [("", BLANK_CHOICE_LABEL), *guides.items()]
        field.initial = chosen
        field.error_messages |= {
            "required": _("Choose a question, or tick “Take it out”."),
            "invalid_choice": _(
                "This question was changed meanwhile. Choose it once more."
            ),
        }
        if not self.entries:
            field.help_text = _(
                "No guide has any yet: they stand in its section of questions, each "
                "below a heading."
            )

    def has_changed(self):
        """Ignore a new part in whose box nothing was written.

        An answer that reads differently in its guide by now is taken over.
        """
        if self.instance.pk:
            return super().has_changed() or self._reads_differently()
        if self.box == "prose":
            return bool(prose.clean(self.data.get(self.add_prefix("prose"), "")))
        return self.box in self.changed_data

    def _reads_differently(self):
        return self.box == "entry" and self.answer != self.kept

    def clean_prose(self):
        words = self.cleaned_data["prose"]
        if not prose.clean(words):
            raise ValidationError(self.fields["prose"].error_messages["required"])
        return words

    def clean_entry(self):
        """Take over what the entry says now."""
        entry = self.entries[self.cleaned_data["entry"]]
        self.instance.guide = entry.guide
        self.instance.question, self.instance.prose = entry.question, entry.answer
        return entry.key


def _named(guide):
    """Return a guide as one chooses it; one that readers cannot see says why."""
    if guide.retired_at:
        return _("%s (retired)") % guide
    return str(guide) if guide.is_published else _("%s (not published yet)") % guide


class BlocksFormSet(PlacedFormSet):
    """The parts of a letter in their order."""

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"entries": self.entries}

    @cached_property
    def entries(self):
        return questions.entries(Guide.objects.published())

    @property
    def media(self):
        """Load what any of the forms needs: they differ, unlike those of others."""
        return sum((form.media for form in self.forms), self.empty_form.media)

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Take it out")

    def validate_unique(self):
        """Say at its row what the letter names twice."""
        seen = set()
        for form in self.forms:
            box = form.box
            if box not in ("guide", "promotion") or form in self.deleted_forms:
                continue
            row = form.cleaned_data.get(box) if form.is_valid() else None
            if row and box in seen:
                form.add_error(box, _("One promotion is enough for a letter."))
            elif row in seen:
                form.add_error(box, _("This guide stands in the letter already."))
            elif row:
                seen.add(box if box == "promotion" else row)
