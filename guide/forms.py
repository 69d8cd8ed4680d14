"""What readers may ask of the list of guides, and what the author writes steps with."""

import re
from datetime import timedelta

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guide import dosage, pictures, video
from guide.bullets import DOTS
from guide.models import (
    Exercise,
    Guide,
    Step,
    Video,
)


class FilterForm(forms.Form):
    """What the list of guides is narrowed by; what it does not know is refused."""

    CHOICES = {
        # To sit means a version to do sitting down, not only what begins there.
        "position": [
            ("seated", _("I need to sit")),
            *(
                (position.value, position.label)
                for position in Exercise.Position
                if position not in {"seated", "ball"}
            ),
        ],
        "equipment": [("none", _("No equipment"))],
        "minutes": [
            ("5", _("5 minutes at most")),
            ("10", _("10 minutes at most")),
            ("20", _("20 minutes at most")),
        ],
        "level": Guide.Level.choices,
    }

    # Which of these are known to readers, the count of what is left says; see filters.
    area = forms.CharField(
        required=False, max_length=50, strip=False, label=_("Body area")
    )
    audience = forms.CharField(
        required=False, max_length=50, strip=False, label=_("What is true of you")
    )
    position = forms.ChoiceField(
        choices=CHOICES["position"], required=False, label=_("Position")
    )
    equipment = forms.CharField(
        required=False, max_length=50, strip=False, label=_("Equipment")
    )
    minutes = forms.ChoiceField(
        choices=CHOICES["minutes"], required=False, label=_("Time")
    )
    level = forms.ChoiceField(
        choices=CHOICES["level"], required=False, label=_("Level")
    )

    @property
    def chosen(self):
        """Return the names of the filters that narrow something."""
        return [name for name, value in self.cleaned_data.items() if value]

    def narrow(self, guides):
        """Return those of the guides that fit every filter chosen."""
        for name in self.chosen:
            guides = self.narrow_by(name, guides)
        return guides

    def narrow_by(self, name, guides):
        """Return those of the guides that fit one filter."""
        match name, self.cleaned_data[name]:
            case "area", area:
                return guides.for_area(area)
            case "audience", audience:
                return guides.suitable_for(audience)
            case "position", "seated":
                return guides.seated()
            case "position", position:
                return guides.beginning(position)
            case "equipment", "none":
                return guides.without_equipment()
            case "equipment", equipment:
                return guides.with_equipment(equipment)
            case "minutes", minutes:
                return guides.within(int(minutes))
            case "level", level:
                return guides.filter(level=level)


class SearchForm(forms.Form):
    """What a reader looks for. Unseen characters are dropped, not refused."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        max_length=200,
        required=False,
        error_messages={
            "max_length": _(
                "That is long for a search. Keep the two or three words that matter."
            )
        },
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, data):
        words = _UNSEEN.sub(" ", data.get("q", ""))
        super().__init__({"q": words.encode(errors="ignore").decode()})


# What the author writes with


class NamedOnceFormSet(forms.BaseInlineFormSet):
    """Says at its row what a guide or an exercise names twice."""

    def validate_unique(self):
        (constraint,) = self.model._meta.total_unique_constraints
        (name,) = set(constraint.fields) - {self.fk.name}
        seen = set()
        for form in self.forms:
            if not form.is_valid() or form in self.deleted_forms:
                continue
            row = form.cleaned_data.get(name)
            if row in seen:
                sentence = gettext("You named “%(name)s” twice. Keep one of the two.")
                form.add_error(name, sentence % {"name": row})
            elif row:
                seen.add(row)


EMPTY_FILE = _("There is nothing in this file. Choose another.")


class SendsFiles:
    """Asks once more for the file that a refused form cannot keep."""

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self._errors:
            for name in self.fields:
                if self.add_prefix(name) in self.files and name not in self._errors:
                    self.add_error(name, gettext("Choose the file once more."))


class Refusable:
    """Is not valid where its save would overwrite what somebody saved meanwhile.

    Nor where the guide as it would be does not fit.
    """

    overwrites = ""  # the sentence about it
    misfit = ()  # the sentences about that

    def clean(self):
        super().clean()
        if self.overwrites:
            self.add_error(None, self.overwrites)
        for sentence in self.misfit:
            self.add_error(None, sentence)


class GuideForm(Refusable, forms.ModelForm):
    class Meta:
        error_messages = {
            "title": {"required": _("Give it a title.")},
            "slug": {
                "required": _("Give it an address; its title will do."),
                "invalid": _(
                    "Write it with letters, numbers and hyphens: no spaces, no accents."
                ),
            },
            "summary": {"required": _("Say in a sentence or two what it is for.")},
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        }

    def clean_summary(self):
        """Make one line of it: it stands in lists, in the letter and for machines."""
        return " ".join(self.cleaned_data["summary"].split())

    def clean_reviewed_on(self):
        day = self.cleaned_data["reviewed_on"]
        if day and day > timezone.localdate():
            raise ValidationError(
                gettext("A review lies in the past. Write the day you read it.")
            )
        return day


class RetireForm(forms.Form):
    """What readers of a retired guide are told."""

    instead = forms.ModelChoiceField(
        Guide.objects.none(),
        required=False,
        empty_label=_("Other guides of its topic"),
        label=_("To read instead"),
    )
    note = forms.CharField(
        required=False,
        max_length=Guide._meta.get_field("retired_note").max_length,
        label=_("A sentence for its readers"),
        help_text=Guide._meta.get_field("retired_note").help_text,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def __init__(self, *args, guide, **options):
        initial = {"instead": guide.instead_id, "note": guide.retired_note}
        super().__init__(*args, initial=initial, **options)
        others = Guide.objects.published().exclude(pk=guide.pk).order_by("title")
        self.fields["instead"].queryset = others

    def clean_note(self):
        return " ".join(self.cleaned_data["note"].split())


class ChoosesGuide:
    """Offers no retired guide, unless it was chosen before."""

    guide_field = "guide"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if field := self.fields.get(self.guide_field):
            chosen = getattr(self.instance, f"{self.guide_field}_id")
            field.queryset = field.queryset.to_choose(chosen)


FIRST = _("1 stands first. Empty comes last.")


class PlaceField(forms.IntegerField):
    """The place of a row in its list, as a number from 1; left empty, the last."""

    LAST = 999

    default_error_messages = dict.fromkeys(
        ["invalid", "min_value", "max_value"],
        _("Write the place as a number: 1 stands on top."),
    )

    def __init__(self, **options):
        options = {"label": _("Place"), "required": False} | options
        super().__init__(min_value=1, max_value=self.LAST, **options)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"inputmode": "numeric"}

    def clean(self, value):
        return super().clean(value) or self.LAST


class PlacedFormSet(forms.BaseInlineFormSet):
    """Shows and keeps its rows as first, second, third, whatever numbers they had."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.initial["position"] = index + 1 if form.instance.pk else None

    def save(self, commit=True):
        saved = super().save(commit)
        if commit:
            rows = self.in_order()
            kept = self.model.objects.filter(pk__in=[row.pk for row in rows])
            kept = dict(kept.values_list("pk", "position"))
            for position, row in enumerate(rows, 1):
                if kept[row.pk] != position:
                    row.position = position
                    row.save()
        return saved

    def in_order(self):
        """Return the rows by their places; one that was moved goes before another."""
        gone = set(self.deleted_forms)
        rows = []
        for n, form in enumerate(self.forms):
            if form.instance.pk and form not in gone:
                before = form.initial.get("position") or PlaceField.LAST
                place = form.instance.position
                rows.append((place, (place > before) - (place < before), n, form))
        return [
            form.instance for *_order, form in sorted(rows, key=lambda row: row[:3])
        ]


class SectionForm(forms.ModelForm):
    # Before the exercises or after them is its place.
    position = PlaceField(label=_("Number"), help_text=FIRST)


class RelatedForm(ChoosesGuide, forms.ModelForm):
    guide_field = "to"
    position = PlaceField(help_text=FIRST)


class RelatedFormSet(NamedOnceFormSet, PlacedFormSet):
    """Offers a guide any other, not itself."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if field := form.fields.get("to"):
            own = [self.instance.pk, self.instance.copy_of_id]
            field.queryset = field.queryset.exclude(pk__in=own)


class MomentField(forms.SplitDateTimeField):
    """A day and a time as the author's clock shows them, a year ahead at most."""

    MOST_AHEAD = timedelta(days=366)

    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date", "aria-label": _("Day")},
        date_format="%Y-%m-%d",
        time_attrs={"type": "time", "aria-label": _("Time")},
        time_format="%H:%M",
    )
    default_error_messages = {
        "required": _("Choose a day and a time."),
        "incomplete": _("Choose a day and a time."),
        "invalid_date": _("Choose the day once more."),
        "invalid_time": _("Write the time like 18:00."),
        "too_far": _("That is more than a year ahead. Is the year right?"),
        "no_such_time": _(
            "The clocks change that night: this time does not exist, or comes twice. "
            "Choose one an hour earlier or later."
        ),
    }

    def compress(self, parts):
        try:
            moment = super().compress(parts)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(self.error_messages["no_such_time"]) from None
        if moment and moment > timezone.now() + self.MOST_AHEAD:
            raise ValidationError(self.error_messages["too_far"])
        return moment


class PublishForm(forms.Form):
    """When a guide goes out."""

    use_required_attribute = False  # "Publish now" stands in the same form

    at = MomentField(
        error_messages={"required": _("Choose a day and a time, or publish now.")}
    )

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError(
                gettext("That moment has passed. Choose a later one, or publish now.")
            )
        return at


class DosageForm(forms.ModelForm):
    class Meta:
        labels = {f"{what}_max": _("to") for what in dosage.RANGES}

    def __init__(self, *args, **options):
        """Name the second box of a range in full where it stands alone."""
        super().__init__(*args, **options)
        for what in dosage.RANGES:
            if field := self.fields.get(f"{what}_max"):
                first = self.fields[f"{what}_min"].label
                field.in_full = gettext("%(range)s, to") % {"range": first}
                field.widget.attrs["aria-label"] = field.in_full


class PasteForm(forms.Form):
    """An article as it was copied: its words, and the same with its markup."""

    MOST = 1_000_000
    TOO_LONG = _("A million characters fit. Paste one article at a time.")

    text = forms.CharField(
        label=_("Your article"),
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 16, "data-most": MOST, "data-too-long": TOO_LONG}
        ),
        help_text=_("Text or the HTML of a page; comments below it may come along."),
        error_messages={"required": _("Paste the text of your article first.")},
    )
    html = forms.CharField(
        required=False, strip=False, widget=forms.Textarea(attrs={"hidden": True})
    )

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\r\n", "\n")  # one, as in the box
        if not text.strip():
            raise ValidationError(self.fields["text"].error_messages["required"])
        if len(text) > self.MOST:
            raise ValidationError(self.TOO_LONG)
        return text

    def clean(self):
        """Take what has its markup, where it came along and fits."""
        super().clean()
        html, text = self.cleaned_data.get("html", ""), self.cleaned_data.get("text")
        html = html.replace("\r\n", "\n")
        fits = html.strip() and len(html) <= self.MOST
        self.cleaned_data["source"] = html if fits else text
        return self.cleaned_data


MOST_STEPS = 40
# A dot, a dash or a number that a pasted list brought along; "1.5 m" is none.
_BULLET = re.compile(
    rf"\A(?:[{DOTS}]|[-–—*](?!\S)|o\t|\(?\d{{1,2}}[.)]{{1,2}}(?!\d))\s*"
)
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\u200b\u2060\ufeff\ufffe\uffff]")


def parse_steps(text):
    """Return (text, footnote) a line; raise ``ValidationError`` naming a bad line.

    Forgives what pasting brings along: bullets, numbers, blank lines, unseen
    characters.
    """
    steps, faults = [], []
    for number, line in enumerate(text.splitlines(), 1):
        words, _bars, footnote = _UNSEEN.sub("", line).partition("||")
        words = " ".join(_BULLET.sub("", words.strip()).split())
        footnote = " ".join(footnote.replace("||", " ").split())
        if fault := _fault(number, words, footnote):
            faults.append(fault)
        elif words:
            steps.append((words, footnote))
    if len(steps) > MOST_STEPS:
        faults = [
            gettext("%(most)s steps fit; these are %(count)s. Is it two exercises?")
            % {"most": MOST_STEPS, "count": len(steps)}
        ]
    if faults:
        raise ValidationError(faults[:3])
    return steps


def _fault(number, words, footnote):
    if footnote and not words:
        return gettext("Line %(number)s is a footnote without its step.") % {
            "number": number
        }
    longest = Step._meta.get_field("text").max_length
    for sentence, part in [
        (
            gettext(
                "Line %(number)s has %(count)s characters; %(longest)s fit. "
                "Make two steps of it."
            ),
            words,
        ),
        (
            gettext(
                "The footnote in line %(number)s has %(count)s characters; "
                "%(longest)s fit."
            ),
            footnote,
        ),
    ]:
        if len(part) > longest:
            values = {"number": number, "count": len(part), "longest": longest}
            return sentence % values
    return ""


def write_lines(steps):
    """Return steps as the author writes them, one a line."""
    return "\n".join(
        f"{step.text} || {step.footnote}" if step.footnote else step.text
        for step in steps
    )


class StepsField(forms.CharField):
    """One step a line, with its footnote after two bars."""

    widget = forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"})

    def __init__(self, **options):
        super().__init__(required=False, strip=False, **options)
        # What pasting brings along is taken off, not refused.
        self.validators = []

    def clean(self, value):
        return parse_steps(super().clean(value))


class LengthField(forms.CharField):
    """Minutes and seconds as one says them, 4:15, kept as seconds."""

    def __init__(self, *, least=1, **options):
        super().__init__(max_length=10, **options)
        self.least = least

    def prepare_value(self, value):
        if isinstance(value, int):
            return f"{value // 60}:{value % 60:02}"
        return value

    def clean(self, value):
        value = super().clean(value)
        if value in self.empty_values:
            return None
        if match := re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", value, re.ASCII):
            minutes, seconds = int(match[1] or 0), int(match[2])
            total = minutes * 60 + seconds
            if total >= self.least and (match[1] is None or seconds < 60):
                return total
        raise ValidationError(_("Write minutes and seconds: 4:15."))

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class ExerciseForm(Refusable, forms.ModelForm):
    setup = StepsField(label=_("Set up"))
    action = StepsField(label=_("Action"))
    clip_start = LengthField(
        label=_("begins in the video"),
        required=False,
        least=0,
        help_text=_("Minutes and seconds: 0:08."),
    )
    clip_end = LengthField(label=_("ends in the video"), required=False)

    class Meta:
        error_messages = {
            "name": {"required": _("Give it a name.")},
            "position": {
                "required": _("Write its place among the exercises: 1, 2, 3.")
            },
        }
        widgets = {
            "equipment": forms.CheckboxSelectMultiple,
            "areas": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        exercise = self.instance
        if "setup_from" in self.fields:
            others = Exercise.objects.exclude(pk=exercise.pk).filter(
                Q(guide=self._guide()) | Q(pk=exercise.setup_from_id)
            )
            self.fields["setup_from"].queryset = others
        if "guide" in self.fields and self._guide():
            # It may be a working copy, and stays where it is.
            here = Guide.with_copies.filter(pk=self._guide())
            self.fields["guide"].queryset = here
        for phase in Step.Phase.values:
            if exercise.pk and phase in self.fields:
                self.initial[phase] = write_lines(exercise.steps.filter(phase=phase))

    def _guide(self):
        """Return the key of its guide, or of the one chosen as far as it is known."""
        if self.instance.pk:
            return self.instance.guide_id
        chosen = self.data.get(self.add_prefix("guide")) if self.is_bound else None
        chosen = chosen or self.instance.guide_id or self.initial.get("guide")
        return int(chosen) if str(chosen).isdecimal() else None

    def _save_m2m(self):
        super()._save_m2m()
        for phase in Step.Phase.values:
            if phase in self.changed_data:
                self.instance.write_steps(phase=phase, lines=self.cleaned_data[phase])


class StepForm(forms.ModelForm):
    at = LengthField(label=_("in the video"), required=False, least=0)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "picture" in self.fields:
            self.fields["picture"].label = self.instance.text
        if "at" in self.fields:
            label = f"{self.instance.text} {self.fields['at'].label}"
            self.fields["at"].widget.attrs |= {"size": 6, "aria-label": label}


class StepsFormSet(forms.BaseInlineFormSet):
    """Chooses what belongs to steps whose words are written in the boxes above."""

    def clean(self):
        """Refuse moments at which another exercise is shown, by the clip just typed."""
        super().clean()
        start, end = self.instance.clip_start, self.instance.clip_end
        if start is None:
            return
        if end is None:
            sentence = gettext("The exercise begins at %(start)s in the video.")
        else:
            sentence = gettext(
                "The exercise goes from %(start)s to %(end)s in the video. "
                "Choose a moment in between."
            )
        clip = {"start": video.clock(start), "end": end and video.clock(end)}
        for form in self.forms:
            at = getattr(form, "cleaned_data", {}).get("at")
            if at is not None and not (start <= at and (end is None or at < end)):
                form.add_error("at", sentence % clip)

    def save_existing(self, form, obj, commit=True):
        """Write that alone: the boxes have just written, or dropped, the row."""
        if commit:
            Step.objects.filter(pk=obj.pk).update(picture=obj.picture, at=obj.at)
        return obj


class ExerciseOfGuideField(forms.ModelChoiceField):
    def label_from_instance(self, exercise):
        return f"{exercise.guide.title}: {exercise.name}"


class VariationForm(forms.ModelForm):
    to = ExerciseOfGuideField(
        Exercise.objects.select_related("guide").order_by("guide__title", "position"),
        label=_("exercise"),
        error_messages={"required": _("Choose an exercise.")},
    )


class VariationFormSet(NamedOnceFormSet):
    """Offers the exercises of all guides, of its own those that stand beside it."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        exercise = self.instance
        others = form.fields["to"].queryset.filter(guide__copy_of=None)
        if exercise.guide_id and exercise.guide.copy_of_id:
            others = others.exclude(guide=exercise.guide.copy_of_id)
            others |= form.fields["to"].queryset.filter(guide=exercise.guide_id)
        form.fields["to"].queryset = others


class PictureForm(SendsFiles, forms.ModelForm):
    # Checked here, before anything of Django's looks into the file.
    file = forms.FileField(
        label=_("file"),
        validators=[pictures.validate],
        widget=AdminFileWidget(
            attrs={"accept": ".jpg,.jpeg,.png,.webp,.avif", "aria-label": _("file")}
        ),
        help_text=_("JPEG, PNG, WebP or AVIF, at most 10 MB."),
        error_messages={"required": _("Choose a picture."), "empty": EMPTY_FILE},
    )


class VideoForm(SendsFiles, forms.ModelForm):
    duration = LengthField(
        label=_("length"),
        help_text=_("Minutes and seconds: 4:15."),
        error_messages={"required": _("Write how long it is: 4:15.")},
    )

    class Meta:
        error_messages = {
            "title": {"required": _("Give it a title.")},
            "file": {"empty": EMPTY_FILE},
            "captions": {"empty": EMPTY_FILE},
        }
        # A file's label is a legend, which names no input.
        widgets = {
            "file": AdminFileWidget(
                attrs={"accept": ".mp4,.webm", "aria-label": _("own file")}
            ),
            "captions": AdminFileWidget(
                attrs={"accept": ".vtt", "aria-label": _("captions (WebVTT)")}
            ),
        }

    def clean(self):
        """Take a pasted address for the choice of where the video is."""
        super().clean()
        address = self.cleaned_data.get("provider_id", "")
        is_own = self.cleaned_data.get("provider") == Video.Provider.OWN
        file = self.cleaned_data.get("file")
        if address and not (is_own and file):
            if provider := video.provider_of(address):
                self.cleaned_data["provider"] = provider
            elif is_own:
                raise video.not_an_address()
        elif not (file if is_own else address):
            self._ask_for("file" if is_own else "provider_id")
        return self.cleaned_data

    def _ask_for(self, name):
        """Say at its field where the video may be, unless that says more already."""
        if name not in self.errors:
            (somewhere,) = Video._meta.constraints
            self.add_error(name, somewhere.violation_error_message)
