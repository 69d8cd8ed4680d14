"""Steps: written one a line, then each with its picture and its moment."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guide import video
from guide.bullets import DOTS
from guide.forms.fields import UNSEEN, LengthField
from guide.models import Step
from guide.models.exercises import MOST_STEPS

# A dot, a dash or a number that a pasted list brought along; "1.5 m" is none.
_BULLET = re.compile(
    rf"\A(?:[{DOTS}]|[-–—*](?!\S)|o\t|\(?\d{{1,2}}[.)]{{1,2}}(?!\d))\s*"
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


def parse_steps(text):
    """Return (text, footnote) a line; raise ``ValidationError`` naming a bad line.

    Forgives what pasting brings along: bullets, numbers, blank lines, unseen
    characters.
    """
    steps, faults = [], []
    for number, line in enumerate(text.splitlines(), 1):
        words, _bars, footnote = UNSEEN.sub("", line).partition("||")
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
