import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import (
    Client,
    RequestFactory,
    SimpleTestCase,
    TestCase,
    override_settings,
)

from config import broken


class ServerErrorTests(TestCase):
    def test_it_asks_nothing_that_could_break_again(self):
        with self.assertNumQueries(0):
            response = broken.server_error(RequestFactory().get("/"))

        self.assertEqual(response.status_code, 500)
        self.assertIn(b"Something broke on our side", response.content)
        self.assertNotIn(b"{%", response.content)

    def test_without_room_neither(self):
        with self.assertNumQueries(0):
            response = broken.no_room(RequestFactory().post("/", {"words": "Hello"}))

        self.assertEqual(response.status_code, 507)
        self.assertNotIn(b"{%", response.content)

    def test_nor_where_what_came_is_broken_too(self):
        form = "&".join(f"a{n}=1" for n in range(9))
        kinds = {
            "a-form": "application/x-www-form-urlencoded",
            "cut": "multipart/form-data",
        }
        for name, kind in kinds.items():
            with self.subTest(name), override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=5):
                request = RequestFactory().post("/", form, content_type=kind)

                self.assertEqual(broken.no_room(request).status_code, 507)


class BadRequestTests(TestCase):
    def test_what_cannot_be_read_is_no_fault_of_ours(self):
        client = Client(enforce_csrf_checks=True)
        client.cookies["csrftoken"] = "a" * 32
        for kind in ["utf-7", "latin-1"]:
            response = client.post(
                "/search/",
                "name=x",
                content_type=f"application/x-www-form-urlencoded; charset={kind}",
            )

            self.assertContains(response, "came broken", status_code=400)


class NginxTests(SimpleTestCase):
    """What nginx says by itself it says with pages of ours."""

    def test_its_pages_are_there_and_bring_nothing_that_is_not(self):
        conf = (settings.BASE_DIR / "deploy/nginx.conf").read_text()
        names = re.findall(r"error_page [\d ]+ /static/(\S+);", conf)

        self.assertEqual(len(names), 2)
        for name in names:
            with self.subTest(name):
                page = Path(finders.find(name)).read_text()
                (style,) = re.findall('href="/static/([^"]+)"', page)
                self.assertTrue(finders.find(style))
                self.assertIn("<h1>", page)
