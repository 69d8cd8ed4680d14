from django.conf import settings
from django.utils.functional import SimpleLazyObject

from guide import sharing
from guide.models import SiteSettings


def site(request):
    """Give each template the site's settings; the middleware has read them mostly.

    A view that knows a better picture, or an address with a number, says its own.
    """
    known = getattr(request, "site", None)
    return {
        "site": known or SimpleLazyObject(SiteSettings.load),
        "site_url": settings.SITE_URL,
        "canonical": sharing.canonical(request.path),
        "share": sharing.of_site(),
    }
