from datetime import timedelta

from django.core import mail
from django.core.cache import caches
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from config import limits
from guide.models import page_version
from newsletter import views, waves
from newsletter.models import Settings, Subscriber, fold
from tests.factories import make_staff

URL = "/newsletter/"
BROKEN = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
}


def sign_ups(count, **ago):
    when = timezone.now() - timedelta(**ago)
    emails = [f"pills{number}@example.org" for number in range(count)]
    Subscriber.objects.bulk_create(
        Subscriber(email=email, email_key=fold(email), created_at=when, asked_at=when)
        for email in emails
    )


class LimitTests(TestCase):
    def post(self, email, place="192.0.2.1"):
        return self.client.post(URL, {"email": email}, REMOTE_ADDR=place).status_code

    def test_a_thousand_sign_ups_of_one_address_are_one_mail(self):
        with self.captureOnCommitCallbacks(execute=True):
            answers = [
                self.post("anna@example.org", f"10.0.{n // 250}.{n % 250}")
                for n in range(1_000)
            ]

        self.assertEqual(answers.count(303), views.PER_ADDRESS)
        self.assertEqual(answers.count(429), 1_000 - views.PER_ADDRESS)
        self.assertEqual(Subscriber.objects.count(), 1)
        self.assertEqual(len(mail.outbox), 1)

    def test_a_thousand_addresses_from_one_place_keep_nobody_else_out(self):
        answers = [self.post(f"a{n}@example.org") for n in range(1_000)]

        self.assertEqual(answers.count(303), views.PER_PLACE)
        self.assertEqual(Subscriber.objects.count(), views.PER_PLACE)
        self.assertEqual(self.post("otto@example.org", "198.51.100.7"), 303)
        self.assertIsNone(waves.current())

    def test_nobodys_mailbox_is_filled_by_way_of_our_form(self):
        for hour in range(3):
            # An hour has passed, and with it the count of the hour before.
            caches["limits"].delete_many(
                [limits._slot("sign-up-address", "anna@example.org")]
            )
            answers = [
                self.client.post(
                    URL, {"email": "anna@example.org"}, REMOTE_ADDR=f"10.0.{hour}.{n}"
                )
                for n in range(6)
            ]

        self.assertEqual({answer.status_code for answer in answers}, {429})
        self.assertContains(answers[0], "in about 24 hours", status_code=429)

    def test_a_household_is_one_place(self):
        answers = [
            self.post(f"a{n}@example.org", f"2001:db8::{n:x}")
            for n in range(1, views.PER_PLACE + 4)
        ]

        self.assertEqual(answers.count(303), views.PER_PLACE)

    def test_too_many_in_all_are_asked_to_wait_and_the_author_hears_of_it(self):
        version = page_version()
        for _number in range(views.IN_ALL - 2):
            limits.hit("sign-up-all", "", limit=views.IN_ALL, seconds=views.HOUR)

        answers = [self.post(f"a{n}@example.org", f"10.0.0.{n}") for n in range(5)]

        self.assertEqual(answers, [303, 303, 429, 429, 429])
        self.assertIn("More addresses came within an hour", waves.current().sentence)
        self.assertEqual(page_version(), version)


class WaveTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.author = make_staff(email="ana@example.org")
        make_staff(is_superuser=False, email="sam@example.org")

    def test_a_few_who_wait_are_no_wave(self):
        sign_ups(waves.MANY, hours=2)

        waves.tell()

        self.assertIsNone(waves.current())
        self.assertFalse(mail.outbox)

    def test_who_was_brought_along_by_a_file_is_not_counted(self):
        sign_ups(waves.MANY + 1, hours=2)
        Subscriber.objects.update(consent_page="import: list.csv")

        self.assertIsNone(waves.current())

    def test_who_confirmed_just_asked_or_asked_long_ago_is_not_counted(self):
        for ago in ({"minutes": 30}, {"hours": 30}):
            Subscriber.objects.all().delete()
            sign_ups(waves.MANY + 1, **ago)
            with self.subTest(ago):
                self.assertIsNone(waves.current())

        Subscriber.objects.update(
            created_at=timezone.now() - timedelta(hours=2), confirmed_at=timezone.now()
        )

        self.assertIsNone(waves.current())

    def test_the_author_gets_one_mail_a_day_with_nothing_that_was_typed(self):
        sign_ups(waves.MANY + 1, hours=2)
        version = page_version()

        for _minute in range(3):
            waves.tell()

        [message] = mail.outbox
        self.assertEqual(message.to, ["ana@example.org"])
        self.assertIn("201 addresses", message.body)
        self.assertNotIn("pills", str(message.message()))
        self.assertEqual(page_version(), version)
        day = timezone.now() - timedelta(hours=25)
        Settings.objects.update(warned_at=day)
        waves.tell()
        self.assertEqual(len(mail.outbox), 2)

    def test_where_the_mail_does_not_leave_it_is_tried_again(self):
        sign_ups(waves.MANY + 1, hours=2)
        with (
            override_settings(MAILERS={"default": BROKEN}),
            self.assertLogs("newsletter", "WARNING"),
        ):
            waves.tell()

        waves.tell()

        self.assertEqual(len(mail.outbox), 1)

    def test_the_first_screen_says_so(self):
        sign_ups(waves.MANY + 1, hours=2)
        self.client.force_login(self.author)

        response = self.client.get(reverse("admin:index"))

        self.assertContains(response, "Very many sign-ups at once")
        self.assertContains(response, "201 addresses were written into the form")
        self.assertNotContains(response, "pills")

    def test_a_tick_in_quiet_times_asks_little(self):
        Settings.objects.update(warned_at=timezone.now())

        with self.assertNumQueries(1):
            waves.tell()
