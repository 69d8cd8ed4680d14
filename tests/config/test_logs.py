import io
import logging

from django.conf import settings
from django.test import SimpleTestCase, TestCase
from django.urls import path

from config import logs
from tests.factories import make_staff

TOKEN = "aDdLp-1xq:9SFk"
ADDRESS = "ana@example.org"


def breaks(request, **kwargs):
    try:
        raise KeyError(ADDRESS)
    except KeyError as error:
        raise ValueError(f"no place for {ADDRESS}") from error


urlpatterns = [path("newsletter/confirm/<str:token>/", breaks)]


class LogTestCase:
    def setUp(self):
        self.stream = io.StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.addFilter(logs.Discreet())
        logging.getLogger().addHandler(handler)
        self.addCleanup(logging.getLogger().removeHandler, handler)

    @property
    def log(self):
        return self.stream.getvalue()


class DiscreetTests(LogTestCase, SimpleTestCase):
    def test_the_handler_of_the_site_is_discreet(self):
        handler = settings.LOGGING["handlers"]["stderr"]

        self.assertEqual(handler["filters"], ["discreet"])
        self.assertEqual(
            settings.LOGGING["filters"]["discreet"], {"()": "config.logs.Discreet"}
        )

    def test_what_follows_in_a_secret_path_is_cut(self):
        for line in [
            f"/newsletter/confirm/{TOKEN}/",
            f"/newsletter/status/{TOKEN}/?x=1",
            f"https://upright.example/comments/{TOKEN}/take-back/",
            f"/preview/{TOKEN}/print/",
        ]:
            logging.getLogger("x").warning("Not Found: %s", line)

        self.assertNotIn(TOKEN, self.log)
        self.assertIn("Not Found: /newsletter/confirm/…", self.log)
        self.assertIn("https://upright.example/comments/…", self.log)

    def test_other_paths_stay(self):
        for line in ["/guides/row/", "/admin/comments/comment/5/change/"]:
            logging.getLogger("x").warning("Not Found: %s", line)

            self.assertIn(line, self.log)

    def test_a_slip_in_a_log_line_does_not_break_its_caller(self):
        slip = logging.makeLogRecord({"msg": "two %s %s", "args": ("one",)})

        self.assertEqual(logs.Discreet().filter(slip).getMessage(), "two %s %s")


class RequestTests(LogTestCase, TestCase):
    def test_a_broken_view_is_told_by_class_and_place_alone(self):
        self.client.raise_request_exception = False

        with self.settings(ROOT_URLCONF=__name__):
            self.client.get(f"/newsletter/confirm/{TOKEN}/")

        self.assertIn("Internal Server Error: /newsletter/confirm/…", self.log)
        self.assertIn("builtins.KeyError", self.log)
        self.assertIn("builtins.ValueError", self.log)
        self.assertIn(", in breaks", self.log)
        self.assertNotIn(ADDRESS, self.log)
        self.assertNotIn(TOKEN, self.log)

    def test_a_right_that_is_missing_is_one_line(self):
        self.client.force_login(make_staff(is_superuser=False))

        response = self.client.get("/admin/guide/guide/")

        self.assertEqual(response.status_code, 403)
        self.assertEqual(
            self.log.splitlines(),
            ["Forbidden (Permission denied): /admin/guide/guide/"],
        )

    def test_a_refused_post_does_not_tell_the_secret(self):
        client = self.client_class(enforce_csrf_checks=True)

        response = client.post("/comments/aDdLp-1xq/take-back/")

        self.assertEqual(response.status_code, 403)
        self.assertIn("/comments/…", self.log)
        self.assertNotIn("aDdLp-1xq", self.log)
