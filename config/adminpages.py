"""Pages of the admin besides those that Django gives it."""

import re
from functools import wraps

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path


def urls(model_admin, pages, *, below="<path:object_id>/"):
    """Return the URLs of pages of an admin class by their addresses, below a row.

    Each is named for them: ``newsletter_issue_preview_html``.
    """
    model = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    return [
        path(
            f"{below}{address}/",
            model_admin.admin_site.admin_view(view),
            name=f"{model}_{re.sub(r'[/-]', '_', address)}",
        )
        for address, view in pages.items()
    ]


def for_staff_who(permission):
    """Let in who is signed in as staff and has a permission."""

    def decorated(view):
        @wraps(view)
        def checked(request, *args, **values):
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **values)

        return admin.site.admin_view(checked)

    return decorated
