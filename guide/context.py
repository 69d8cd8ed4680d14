from django.conf import settings
from django.utils.functional import SimpleLazyObject

from guide.models import SiteSettings


def site(request):
    """Give each template the site's settings; one query where they are used."""
    return {
        "site": SimpleLazyObject(SiteSettings.load),
        "site_url": settings.SITE_URL,
    }
