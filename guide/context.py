from django.conf import settings
from django.utils.functional import SimpleLazyObject

from guide.models import SiteSettings


def site(request):
    """Give each template the site's settings; the middleware has read them mostly."""
    known = getattr(request, "site", None)
    return {
        "site": known or SimpleLazyObject(SiteSettings.load),
        "site_url": settings.SITE_URL,
    }
