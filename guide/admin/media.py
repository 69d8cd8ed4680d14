"""Pictures and videos, and what to do where their files are gone."""

from functools import partial

from django.contrib import admin, messages
from django.db import models, transaction
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guide import forms, tasks
from guide.admin.bases import Asking
from guide.models import Picture, Video


class FilesAdmin(Asking, admin.ModelAdmin):
    """Says at the form of a row which of its files are gone."""

    def render_change_form(self, request, context, *args, obj=None, **options):
        self.say_what_is_gone(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def response_change(self, request, row):
        if "_continue" not in request.POST:  # else its form says so
            self.say_what_is_gone(request, row)
        return super().response_change(request, row)

    def say_what_is_gone(self, request, row):
        for field in self.opts.fields if row else ():
            file = isinstance(field, models.FileField) and getattr(row, field.name)
            if file and file._committed and not file.storage.exists(file.name):
                self.message_user(
                    request,
                    _(
                        "The file is gone from the server: %(file)s of “%(row)s”. "
                        "Choose it again."
                    )
                    % {"file": field.verbose_name, "row": row},
                    messages.WARNING,
                )


@admin.register(Picture)
class PictureAdmin(FilesAdmin):
    form = forms.PictureForm
    fields = ["thumbnail", "file", "alt", "is_decorative"]
    readonly_fields = ["thumbnail"]
    list_display = ["thumbnail", "__str__", "width", "height"]
    list_display_links = ["__str__"]
    search_fields = ["alt"]

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, picture):
        if not picture.pk or not picture.file:
            return "–"
        return format_html(
            '<img class="thumbnail" src="{}" alt="" width="120">', picture.small
        )

    def save_model(self, request, picture, form, change):
        super().save_model(request, picture, form, change)
        if "file" in form.changed_data:
            transaction.on_commit(partial(tasks.write_webp.enqueue, picture.pk))


@admin.register(Video)
class VideoAdmin(FilesAdmin):
    form = forms.VideoForm
    list_display = ["title", "provider", "length", "has_captions"]
    list_filter = ["provider"]
    search_fields = ["title"]
    fieldsets = [
        (None, {"fields": ["title", "provider", "file", "provider_id"]}),
        (
            gettext_lazy("Around it"),
            {"fields": ["duration", "poster", "is_silent", "captions", "transcript"]},
        ),
    ]

    @admin.display(description=gettext_lazy("captions"), boolean=True)
    def has_captions(self, video):
        return bool(video.captions) or video.is_silent

    def save_model(self, request, video, form, change):
        super().save_model(request, video, form, change)
        is_ours = video.provider == Video.Provider.OWN
        if is_ours and not video.captions and not video.is_silent:
            self.message_user(
                request,
                _(
                    "Some of your readers cannot hear it: add captions, or tick "
                    "“nobody speaks in it”."
                ),
                messages.WARNING,
            )
