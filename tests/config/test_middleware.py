from datetime import UTC, datetime

from django.http import HttpResponse
from django.test import TestCase, override_settings
from django.urls import path
from django.utils import timezone

from config import health
from guide.models import SiteSettings


def noon(request):
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    return HttpResponse(timezone.localtime(moment).strftime("%H:%M"))


urlpatterns = [path("noon/", noon), path("livez", health.livez, name="livez")]


@override_settings(ROOT_URLCONF=__name__)
class SiteZoneTests(TestCase):
    def test_people_read_the_zone_of_the_site(self):
        SiteSettings.objects.update_or_create(pk=1, defaults={"zone": "Asia/Tokyo"})

        self.assertEqual(self.client.get("/noon/").content, b"21:00")
        self.assertEqual(timezone.get_current_timezone_name(), "UTC")

    def test_a_zone_that_is_none_breaks_no_page(self):
        SiteSettings.objects.update_or_create(pk=1, defaults={"zone": "../Tokyo"})

        self.assertEqual(self.client.get("/noon/").content, b"12:00")

    def test_a_health_check_asks_for_no_zone(self):
        with self.assertNumQueries(0):
            self.client.get("/livez")


@override_settings(ROOT_URLCONF=__name__)
class PermissionsPolicyTests(TestCase):
    def test_no_page_asks_for_camera_or_place(self):
        policy = self.client.get("/livez")["Permissions-Policy"]

        self.assertIn("camera=()", policy)
        self.assertIn("geolocation=()", policy)
