"""The admin of guides says what a guide lacks, and publishes none that lacks it."""

from django.contrib import messages
from django.utils.translation import gettext as _

from guide import checklist


class NotYetError(Exception):
    """A guide is to be published that lacks something; what was written is undone."""

    def __init__(self, points):
        super().__init__(checklist.in_words(points))
        self.points = points


class Checking:
    """Adds the checklist to the form of a guide, and the refusal to publishing."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Save, look at what was saved, and undo it where it may not be published.

        Only the rows, with all that hangs on them, show what is there. The form then
        comes back as it was sent.
        """
        request.lacking = []
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotYetError as error:
            request.lacking = error.points
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **options):
        form = super().get_form(request, obj, change=change, **options)
        form.lacking = getattr(request, "lacking", [])
        return form

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        guide = form.instance
        is_new = guide.published_at and "published_at" in form.changed_data
        if is_new and (points := checklist.blocking(guide)):
            raise NotYetError(points)

    def render_change_form(self, request, context, *args, obj=None, **options):
        if obj:
            context["checklist"] = checklist.of(obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def only_ready(self, request, guides):
        """Return those of the guides that lack nothing; name the others."""
        held = []
        for guide in guides.exclude(pk__in=guides.published()):
            if points := checklist.blocking(guide):
                held.append(guide.pk)
                self.message_user(
                    request,
                    _("“%(guide)s” is not published yet. Missing: %(what)s.")
                    % {"guide": guide, "what": checklist.in_words(points)},
                    messages.WARNING,
                )
        return guides.exclude(pk__in=held)
