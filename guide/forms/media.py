"""Pictures and videos, with the files that are sent along."""

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guide import pictures, video
from guide.forms.fields import LengthField
from guide.models import Video

EMPTY_FILE = _("There is nothing in this file. Choose another.")


class SendsFiles:
    """Asks once more for the file that a refused form cannot keep."""

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self._errors:
            for name in self.fields:
                if self.add_prefix(name) in self.files and name not in self._errors:
                    self.add_error(name, gettext("Choose the file once more."))


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
