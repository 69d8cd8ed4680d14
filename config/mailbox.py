"""Every mail in the browser, for staff, where a mailer is a folder and not a server."""

import base64
import re
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from config.adminpages import for_staff_who

PER_PAGE = 50
SHOWN_HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Date",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Message-ID",
]
# A mail is foreign ground: no script, no form, no other host. Its links open outside.
HTML_POLICY = {
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'self'"],
}


def landing():
    """Return the senders without a mail server, each with the folder in its place."""
    return {
        sender: Path(mailer["OPTIONS"]["folder"])
        for sender, mailer in settings.MAILERS.items()
        if mailer["BACKEND"] == "config.mail.FolderBackend"
    }


def folders():
    return set(landing().values())


def may_look(user):
    return user.has_perm(settings.MAILBOX_PERMISSION)


@require_safe
def index(request):
    if not folders():
        raise Http404
    files = [file for folder in folders() for file in folder.glob("*.eml")]
    files.sort(key=lambda file: file.name, reverse=True)
    page = Paginator(files, PER_PAGE).get_page(request.GET.get("page"))
    mails = [(file.stem, parse(file)) for file in page]
    context = {
        **admin.site.each_context(request),
        "page": page,
        "mails": mails,
        "landing": landing(),
    }
    return render(request, "admin/mailbox_index.html", context)


@require_safe
def detail(request, name):
    mail = parse(find(name))
    text = mail.get_body(("plain",))
    context = {
        **admin.site.each_context(request),
        "name": name,
        "mail": mail,
        "headers": [(header, mail[header]) for header in SHOWN_HEADERS if mail[header]],
        "text": text.get_content() if text else "",
        "has_html": mail.get_body(("html",)) is not None,
    }
    return render(request, "admin/mailbox_detail.html", context)


@require_safe
@xframe_options_sameorigin
@csp_override(HTML_POLICY)
def html(request, name):
    mail = parse(find(name))
    body = mail.get_body(("html",))
    if body is None:
        raise Http404
    content = body.get_content()
    for part in mail.walk():
        cid = part.get("Content-ID", "").strip("<> ")
        if cid and part.get_content_maintype() == "image":
            data = base64.b64encode(part.get_content()).decode("ascii")
            content = content.replace(
                f"cid:{cid}", f"data:{part.get_content_type()};base64,{data}"
            )
    # Inside the frame a link would be stuck in the sandbox.
    content, found = re.subn(
        r"<head\b[^>]*>", r'\g<0><base target="_blank">', content, count=1, flags=re.I
    )
    return HttpResponse(content if found else f'<base target="_blank">{content}')


def find(name):
    """Return the file of that name; the pattern of the URL allows no path in it."""
    for folder in folders():
        file = folder / f"{name}.eml"
        if file.is_file():
            return file
    raise Http404


def parse(file):
    return message_from_bytes(file.read_bytes(), policy=policy.default)


# Who may see to whom mails go.
for_its_readers = for_staff_who(settings.MAILBOX_PERMISSION)
urlpatterns = [
    path("", for_its_readers(index), name="index"),
    path("<slug:name>/", for_its_readers(detail), name="detail"),
    path("<slug:name>/html/", for_its_readers(html), name="html"),
]
