"""Pages of an admin class besides those that Django gives it."""

import re

from django.urls import path


def urls(model_admin, pages, *, below="<path:object_id>/"):
    """Return the URLs of pages by their addresses, below a row or where it is said.

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
