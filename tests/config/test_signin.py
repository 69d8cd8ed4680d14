from django.contrib.auth import get_user_model
from django.test import TestCase, override_settings

from config import signin

URL = "/admin/login/"


class SignInTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = get_user_model().objects.create_superuser(
            "ana", password="correct horse"
        )

    def sign_in(self, password="wrong", *, name="ana", **extra):
        return self.client.post(URL, {"username": name, "password": password}, **extra)

    def test_the_right_password_signs_in(self):
        response = self.sign_in("correct horse")

        self.assertRedirects(response, "/admin/", fetch_redirect_response=False)

    def test_the_form_is_shown_and_kept_by_nobody(self):
        response = self.client.get(URL)

        self.assertContains(response, "password")
        self.assertIn("no-store", response["Cache-Control"])

    def test_failures_from_one_address_are_bounded(self):
        for n in range(signin.FAILURES_PER_ADDRESS):
            self.assertEqual(self.sign_in(name=f"guess{n}").status_code, 200)

        response = self.sign_in("correct horse")

        self.assertContains(response, "short pause", status_code=429)
        self.assertGreater(int(response["Retry-After"]), 0)
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_failures_on_one_name_are_bounded_wherever_they_come_from(self):
        for n in range(signin.FAILURES_PER_NAME):
            self.sign_in(name=["ana", " ANA "][n % 2], REMOTE_ADDR=f"203.0.113.{n}")

        response = self.sign_in("correct horse", REMOTE_ADDR="198.51.100.9")

        self.assertEqual(response.status_code, 429)
        other = self.sign_in(name="bo", REMOTE_ADDR="198.51.100.9")
        self.assertEqual(other.status_code, 200)

    def test_signing_in_often_is_no_failure(self):
        for _ in range(signin.FAILURES_PER_NAME + 5):
            self.assertEqual(self.sign_in("correct horse").status_code, 302)
            self.client.logout()

    def test_success_does_not_excuse_earlier_failures(self):
        for _ in range(signin.FAILURES_PER_ADDRESS - 1):
            self.sign_in()
        self.assertEqual(self.sign_in("correct horse").status_code, 302)
        self.client.logout()
        self.sign_in()

        self.assertEqual(self.sign_in().status_code, 429)

    @override_settings(RATE_LIMITS=False)
    def test_load_tests_can_switch_it_off(self):
        for _ in range(signin.FAILURES_PER_NAME + 1):
            self.assertEqual(self.sign_in().status_code, 200)

    def test_other_methods_are_refused(self):
        self.assertEqual(self.client.put(URL).status_code, 405)
