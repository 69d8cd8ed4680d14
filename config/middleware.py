from django.apps import apps
from django.conf import settings
from django.utils import timezone


class PermissionsPolicyMiddleware:
    """Says which powers of the browser no page of ours asks for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class SiteZoneMiddleware:
    """Shows dates in the site's zone; health checks and media need no database."""

    shows_no_dates = frozenset({"livez", "readyz", "media"})

    def __init__(self, get_response):
        self.get_response = get_response
        self.site_settings = apps.get_model(settings.SITE_SETTINGS)

    def __call__(self, request):
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request, view, args, kwargs):
        # Here and not earlier: the page cache takes its version in the hook before.
        if request.resolver_match.view_name not in self.shows_no_dates:
            # The templates read the same row: one query for both.
            request.site = self.site_settings.load()
            timezone.activate(request.site.zone_info)
