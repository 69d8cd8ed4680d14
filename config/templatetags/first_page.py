"""What the admin's first page says besides what waits."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config import mailbox

register = template.Library()


@register.simple_tag
def greeting():
    """Return the greeting of this time of day, in the site's zone."""
    hour = timezone.localtime().hour
    if 4 <= hour < 12:
        return _("Good morning")
    return _("Good afternoon") if 12 <= hour < 18 else _("Good evening")


@register.simple_tag
def found(app_list, label):
    """Return what the admin offers of a model, or None where the user may not see it.

    ``app_list`` is Django's, so who may do what is asked in one place only.
    """
    for app in app_list:
        for model in app["models"]:
            if model["model"]._meta.label_lower == label:
                return model if model["admin_url"] else None
    return None


@register.inclusion_tag("admin/shelf.html")
def shelf(app_list, label, words="", *, is_counted=True):
    """Draw the line of a model, in other words than its own where they are given."""
    model = found(app_list, label)
    if model is None:
        return {}
    return {
        "url": model["admin_url"],
        "words": words or model["name"],
        "count": model["model"]._default_manager.count() if is_counted else None,
    }


@register.simple_tag(takes_context=True)
def mails_url(context):
    """Return where the user reads mails, or "" where a mail server takes them."""
    is_open = mailbox.folders() and mailbox.may_look(context["user"])
    return reverse("mailbox:index") if is_open else ""
