import uuid
from email import message_from_bytes, policy
from urllib.parse import unquote

from django.test import TestCase, override_settings
from django.utils import timezone

from config import mail
from newsletter import bounces, compose, headers
from newsletter.models import Settings
from tests.factories import make_issue

SITE = override_settings(SITE_URL="https://upright.example", IS_HTTPS=True)


class ReturnPathTests(TestCase):
    def test_it_leads_back_to_its_delivery(self):
        delivery = uuid.uuid4()

        path = headers.return_path(delivery, "bounce@upright.example")

        local, _at, domain = path.partition("@")
        self.assertTrue(local.startswith("bounce+"))
        self.assertLessEqual(len(local), 64)
        self.assertEqual(domain, "upright.example")
        self.assertEqual(headers.delivery_of(path), delivery)
        self.assertEqual(headers.delivery_of(path.upper()), delivery)

    def test_nobody_makes_one_up(self):
        path = headers.return_path(uuid.uuid4(), "bounce@upright.example")
        other = headers.return_path(uuid.uuid4(), "bounce@upright.example")
        local, _at, domain = path.partition("@")
        mixed = f"{local[:34]}{other[34:]}"

        for address in (
            *(mixed, f"{local[:-1]}@{domain}", f"bounce@{domain}", "", "+@", "ü+ü@x"),
            f"bounce+{'a' * 40}@{domain}",
        ):
            with self.subTest(address):
                self.assertIsNone(headers.delivery_of(address))

    def test_it_outlives_a_change_of_the_key(self):
        delivery = uuid.uuid4()
        with override_settings(SECRET_KEY="old"):
            path = headers.return_path(delivery, "bounce@upright.example")

        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
            self.assertEqual(headers.delivery_of(path), delivery)
        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
            self.assertIsNone(headers.delivery_of(path))

    def test_that_of_an_answer_tells_whose_it_was_and_when_it_left(self):
        now = timezone.now()

        path = headers.return_path_of_answer(7, now, "bounce@upright.example")

        self.assertEqual(headers.answer_of(path.upper()), (7, now))
        self.assertIsNone(headers.delivery_of(path))
        for wrong in (
            headers.return_path(uuid.uuid4(), "bounce@upright.example"),
            f"bounce+{'a' * 40}@upright.example",
            "bounce@upright.example",
        ):
            self.assertIsNone(headers.answer_of(wrong))

    def test_without_an_address_letters_come_back_to_the_sender(self):
        Settings.objects.update(sender_address="letter@upright.example")
        recipient = compose.Recipient(uuid.uuid4(), "a@b.example", "t", timezone.now())

        self.assertEqual(compose.Letter(make_issue()).return_path(recipient), "")
        Settings.objects.update(bounce_address="back@upright.example")
        path = compose.Letter(make_issue()).return_path(recipient)

        self.assertEqual(headers.delivery_of(path), recipient.delivery)


@SITE
class LetterHeaderTests(TestCase):
    def message(self):
        Settings.objects.update(sender_address="letter@upright.example")
        self.recipient = compose.Recipient(
            uuid.uuid4(), "a@b.example", "token", timezone.now()
        )
        content = compose.Letter(make_issue()).fill(self.recipient)
        return message_from_bytes(content, policy=policy.default)

    def test_a_letter_says_whose_it_is_and_how_to_leave(self):
        message = self.message()

        self.assertEqual(
            message["Message-ID"], f"<{self.recipient.delivery}@upright.example>"
        )
        self.assertRegex(message["List-Id"], r"<letter\.upright\.example>$")
        self.assertEqual(
            message["List-Archive"], "<https://upright.example/newsletter/issues/>"
        )
        self.assertEqual(
            message["List-Unsubscribe"],
            "<https://upright.example/newsletter/unsubscribe/token/>",
        )
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        for name in ("From", "To", "Date", "Subject", "Message-ID", "MIME-Version"):
            self.assertEqual(len(message.get_all(name, [])), 1, name)

    def test_one_click_is_offered_under_https_alone(self):
        with override_settings(IS_HTTPS=False):
            self.assertNotIn("List-Unsubscribe-Post", self.message())

    def test_what_the_site_writes_by_itself_says_so_and_has_an_id_of_its_domain(self):
        message = mail.message(
            "newsletter/mail/trouble", {"issue": make_issue()}, to="ana@example.org"
        ).message()

        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        self.assertRegex(message["Message-ID"], r"@upright\.example>$")


@override_settings(BOUNCE_MAILBOX={"host": "imap.example"})
@SITE
class LeaveByMailTests(TestCase):
    TOKEN = "t0ken-_" + "A" * 36

    def message(self):
        recipient = compose.Recipient(
            uuid.uuid4(), "a@b.example", self.TOKEN, timezone.now()
        )
        content = compose.Letter(make_issue()).fill(recipient)
        return message_from_bytes(content, policy=policy.default)

    def setUp(self):
        Settings.objects.update(
            sender_address="letter@upright.example",
            bounce_address="bounce@upright.example",
        )

    def test_where_a_mailbox_is_read_one_leaves_by_mail_too(self):
        self.assertEqual(
            self.message()["List-Unsubscribe"],
            f"<https://upright.example/newsletter/unsubscribe/{self.TOKEN}/>, "
            f"<mailto:bounce@upright.example?subject=leave%20{self.TOKEN}>",
        )

    def test_what_a_mail_program_sends_then_is_understood(self):
        ways = self.message()["List-Unsubscribe"]
        subject = unquote(ways.partition("?subject=")[2].rstrip(">"))

        verdict = bounces.read(f"Subject: {subject}\n\n".encode())

        self.assertEqual((verdict.kind, verdict.token), ("leave", self.TOKEN))

    def test_else_there_is_one_way(self):
        with override_settings(BOUNCE_MAILBOX=None):
            self.assertNotIn("mailto:", self.message()["List-Unsubscribe"])
        Settings.objects.update(bounce_address="")
        self.assertNotIn("mailto:", self.message()["List-Unsubscribe"])
