import re
import tempfile
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path

from django.core import mail as django_mail
from django.core.mail import mailers
from django.test import TestCase, override_settings
from django.utils import timezone

from config import mail
from guide.models import SiteSettings

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {
                        "hello/subject.txt": "\nGood evening,\n  {{ name }} & all\n",
                        "hello/body.txt": (
                            "\n{% if no %}\nno\n{% endif %}\n\n\nDear {{ name }}, at "
                            '{{ moment|date:"H:i" }} on {{ site.name }}, '
                            "{{ site_url }}\n\n"
                        ),
                        "hello/body.html": (
                            '{% extends "mail/base.html" %}'
                            "{% block content %}<p>Dear {{ name }}</p>{% endblock %}"
                        ),
                        "plain/subject.txt": "Plain",
                        "plain/body.txt": "Only words.",
                    },
                ),
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ]
        },
        "DIRS": ["templates"],
    }
]
MOMENT = timezone.datetime(2026, 7, 1, 12, tzinfo=timezone.UTC)


@override_settings(TEMPLATES=TEMPLATES, SITE_URL="https://upright.example")
class MessageTests(TestCase):
    def hello(self, **how):
        context = {"name": "Tom & <Ana>", "moment": MOMENT}
        return mail.message("hello", context, **{"to": "tom@example.org"} | how)

    def test_the_subject_is_one_line_and_nothing_in_it_is_escaped(self):
        self.assertEqual(self.hello().subject, "Good evening, Tom & <Ana> & all")

    def test_the_text_is_as_written_in_the_zone_of_the_site(self):
        SiteSettings.objects.update_or_create(pk=1, defaults={"zone": "Asia/Tokyo"})

        self.assertEqual(
            self.hello().body,
            "Dear Tom & <Ana>, at 21:00 on Upright, https://upright.example\n",
        )

    def test_the_page_is_escaped_and_carries_its_styles_inline(self):
        (page,) = self.hello().alternatives

        self.assertEqual(page.mimetype, "text/html")
        self.assertIn(">Dear Tom &amp; &lt;Ana&gt;</p>", page.content)
        self.assertIn('<p style="', page.content)
        self.assertIn("prefers-color-scheme: dark", page.content)

    def test_without_a_page_the_text_goes_alone(self):
        self.assertEqual(
            mail.message("plain", {}, to=["tom@example.org"]).alternatives, []
        )

    @override_settings(DEFAULT_FROM_EMAIL="hello@upright.example")
    def test_it_comes_from_the_site_by_name(self):
        self.assertEqual(self.hello().from_email, "Upright <hello@upright.example>")

    @override_settings(
        MAIL_FROM_NAME="The letter", DEFAULT_FROM_EMAIL="hello@upright.example"
    )
    def test_a_name_in_the_settings_comes_before_that_of_the_site(self):
        self.assertEqual(self.hello().from_email, "The letter <hello@upright.example>")

    def test_headers_are_kept_and_it_is_sent_by_the_mailer_named(self):
        self.hello(headers={"List-Id": "letter"}).send(using="newsletter")

        (sent,) = django_mail.outbox
        self.assertEqual(sent.message()["List-Id"], "letter")
        self.assertEqual(sent.to, ["tom@example.org"])

    def test_a_long_link_in_a_header_is_a_link_still(self):
        link = f"<https://upright.example/{'a' * 90}/>"

        content = self.hello(headers={"List-Unsubscribe": link}).message().as_bytes()

        self.assertIn(f"\nList-Unsubscribe: {link}\n".encode(), content)

    @override_settings(DEFAULT_FROM_EMAIL="hello@upright.example")
    def test_it_comes_from_one_sender_whatever_stands_in_the_name(self):
        for name in (
            *("Ana Reyes, Köln", "Upright: Übungen", 'Ana "Row" Müller', "a@b für"),
            "Praxis für Bewegung, Ana Müller-Österreicher und Söhne, Düsseldorf",
            "日本" * 25,
        ):
            with self.subTest(name), override_settings(MAIL_FROM_NAME=name):
                content = self.hello().message().as_bytes()

                lines = re.search(rb"^From: (.*\n(?: .*\n)*)", content, re.M)[0]
                self.assertLessEqual(max(map(len, lines.splitlines())), 76)
                words = lines.decode().partition(":")[2].replace("\n", "")
                [(its_name, address)] = getaddresses([words.strip()])
                self.assertEqual(address, "hello@upright.example")
                self.assertEqual(str(make_header(decode_header(its_name))), name)

    def test_links_are_absolute(self):
        self.assertEqual(mail.absolute("/feed/"), "https://upright.example/feed/")


class FolderTests(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "new" / "mail"
        options = {"OPTIONS": {"folder": str(self.folder)}}
        mailer = {"BACKEND": "config.mail.FolderBackend", **options}
        self.enterContext(override_settings(MAILERS={"default": mailer}))

    def test_each_message_is_a_file_that_only_the_site_can_read(self):
        letters = [
            django_mail.EmailMessage(f"Grüße {n}", "body", to=["a@example.org"])
            for n in range(3)
        ]

        count = mailers.default.send_messages(letters)

        files = sorted(self.folder.iterdir())
        self.assertEqual(count, 3)
        self.assertEqual([file.suffix for file in files], [".eml"] * 3)
        self.assertEqual({file.stat().st_mode & 0o777 for file in files}, {0o600})
        parsed = [
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in files
        ]
        self.assertEqual(
            [m["Subject"] for m in parsed], [f"Grüße {n}" for n in range(3)]
        )
