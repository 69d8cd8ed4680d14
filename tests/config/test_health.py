from django.db import OperationalError, connection
from django.test import SimpleTestCase, TestCase, override_settings

from config import health


class LivezTests(SimpleTestCase):
    # A SimpleTestCase refuses every query.
    def test_it_answers_without_the_database(self):
        response = self.client.get("/livez")

        self.assertEqual(response.status_code, 200)
        self.assertIn("no-store", response["Cache-Control"])


class ReadyzTests(TestCase):
    def test_ready(self):
        self.assertEqual(self.client.get("/readyz").status_code, 200)

    def test_a_migration_that_is_missing_makes_it_503(self):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

        response = self.client.get("/readyz")

        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.content, b"not ready\n")

    def test_a_database_that_cannot_be_had_makes_it_503(self):
        def unreachable(*args):
            raise OperationalError("could not connect")

        with connection.execute_wrapper(unreachable):
            response = self.client.get("/readyz")

        self.assertEqual(response.status_code, 503)

    @override_settings(SECURE_SSL_REDIRECT=True)
    def test_the_check_of_a_load_balancer_is_not_redirected(self):
        for path in ["/livez", "/readyz"]:
            self.assertEqual(self.client.get(path).status_code, 200)

    def test_it_knows_the_migrations_of_every_app(self):
        self.assertIn(("guide", "0001_initial"), health.needed())
