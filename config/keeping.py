"""What is typed in the admin's forms is kept on the device until it is saved.

``static/js/keep.js`` does the keeping. It knows a form by the mark it was opened with;
here the marks of forms that were saved are told to the next one that opens. A page may
hold several such forms.
"""

import secrets

FIELD = "_form"
SESSION_KEY = "saved_forms"
MOST = 50  # marks; whoever saves more leaves at worst an offer too many


class Keeping:
    """Marks the forms of a model, and remembers which of them were saved."""

    def render_change_form(self, request, context, *args, **options):
        context["keep"] = keep(request)
        # Without the place in the page that its address may name: a form that is
        # refused opens at its top, where the reasons stand.
        options["form_url"] = options.get("form_url") or request.get_full_path()
        return super().render_change_form(request, context, *args, **options)

    def log_addition(self, request, row, message):
        remember(request)
        return super().log_addition(request, row, message)

    def log_change(self, request, row, message):
        remember(request)
        return super().log_change(request, row, message)


def keep(request):
    """Return what admin/keep.html writes into a form that is opened."""
    return {
        "mark": secrets.token_urlsafe(8),
        "sent": request.POST.get(FIELD, ""),
        "saved": " ".join(request.session.get(SESSION_KEY, [])),
    }


def remember(request):
    """Note that the form that was sent is saved."""
    saved = request.session.get(SESSION_KEY, [])
    mark = request.POST.get(FIELD, "")[:20]
    if mark and mark not in saved:
        request.session[SESSION_KEY] = [*saved, mark][-MOST:]
