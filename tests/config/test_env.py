import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from config import env


class ValueTests(SimpleTestCase):
    def setUp(self):
        self.enterContext(mock.patch.dict(os.environ, clear=True))

    def test_the_real_environment_wins_over_the_file(self):
        os.environ["A"] = "real"
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / ".env"
            file.write_text("# a word\nA=file\nB='b=c'\n\n  C = \nnonsense\n")
            env.load(file)
            env.load(Path(folder) / "none")

        self.assertEqual(env.text("A"), "real")
        self.assertEqual(env.text("B"), "b=c")
        self.assertEqual(env.text("C", "default"), "default")

    def test_what_is_missing_is_named_with_its_reason(self):
        with self.assertRaisesMessage(
            ImproperlyConfigured, "KEY is not set. It signs."
        ):
            env.text("KEY", why="It signs.")

    def test_yes_and_no_and_numbers_are_read_or_refused(self):
        os.environ |= {"YES": "On", "NO": "0", "MAYBE": "maybe", "TWO": "2"}

        self.assertIs(env.flag("YES"), True)
        self.assertIs(env.flag("NO", True), False)
        self.assertIs(env.flag("NONE", True), True)
        self.assertEqual(env.number("TWO", 0), 2)
        for read in [env.flag, lambda name: env.number(name, 0)]:
            with self.assertRaisesMessage(ImproperlyConfigured, "MAYBE is 'maybe'"):
                read("MAYBE")

    def test_an_address_is_written_as_browsers_do(self):
        os.environ["SITE"] = "https://bücher.example:8443/"

        self.assertEqual(env.address("SITE", ""), "https://xn--bcher-kva.example:8443")
        self.assertEqual(env.address("NONE", "http://[::1]:80"), "http://[::1]:80")

    def test_databases(self):
        os.environ["DB"] = (
            "postgres://ana:p%40ss@db.example:5433/upright?sslmode=require"
        )

        postgres = env.database("DB", "")
        sqlite = env.database("NONE", "sqlite:////var/db.sqlite3")

        self.assertEqual(postgres["PASSWORD"], "p@ss")
        self.assertEqual((postgres["HOST"], postgres["PORT"]), ("db.example", 5433))
        self.assertEqual(postgres["OPTIONS"], {"sslmode": "require"})
        self.assertEqual(sqlite["NAME"], "/var/db.sqlite3")
        self.assertEqual(sqlite["OPTIONS"]["transaction_mode"], "IMMEDIATE")
        with self.assertRaises(ImproperlyConfigured):
            env.database("NONE", "mysql://x/y")

    def test_caches(self):
        os.environ["C"] = "redis://cache.example:6379/1"

        server = env.cache("C", "upright.example:pages", 1000)
        memory = env.cache("NONE", "upright.example:limits", 10_000)

        self.assertEqual(server["LOCATION"], "redis://cache.example:6379/1")
        self.assertEqual(server["KEY_PREFIX"], "upright.example:pages")
        self.assertEqual(server["OPTIONS"]["socket_timeout"], 1)
        self.assertEqual(memory["LOCATION"], "upright.example:limits")
        self.assertEqual(memory["OPTIONS"], {"MAX_ENTRIES": 10_000})

    def test_senders(self):
        os.environ |= {"A": "Upright <letter@example.org>", "B": "nobody", "C": "@x"}

        self.assertEqual(env.sender("A", ""), ("Upright", "letter@example.org"))
        self.assertEqual(env.sender("NONE", "a@localhost"), ("", "a@localhost"))
        for name in ["B", "C"]:
            with self.assertRaisesMessage(ImproperlyConfigured, "write an address"):
                env.sender(name, "")

    def test_mailers(self):
        os.environ |= {
            "A": "smtp://ana:p%40ss@mail.example:587?tls=on",
            "B": "smtps://mail.example",
            "C": "var/mail",
            "D": "ftp://x",
        }

        server = env.mailer("A", "")["OPTIONS"]
        self.assertEqual((server["host"], server["port"]), ("mail.example", 587))
        self.assertEqual(server["password"], "p@ss")
        self.assertTrue(server["use_tls"])
        self.assertEqual(env.mailer("B", "")["OPTIONS"]["port"], 465)
        self.assertEqual(env.mailer("C", "")["OPTIONS"], {"folder": "var/mail"})
        with self.assertRaises(ImproperlyConfigured):
            env.mailer("D", "")

    def test_a_mailbox_is_taken_apart(self):
        os.environ["BOX"] = "imaps://ana%40a.example:p%2Fss@imap.example/Back%20here"
        os.environ["PLAIN"] = "imaps://ana@imap.example:9993"

        box, plain = env.mailbox("BOX"), env.mailbox("PLAIN")

        self.assertEqual((box["username"], box["password"]), ("ana@a.example", "p/ss"))
        self.assertEqual((box["host"], box["port"]), ("imap.example", 993))
        self.assertEqual(box["folder"], "Back here")
        self.assertEqual((plain["port"], plain["folder"]), (9993, "INBOX"))
        self.assertIsNone(env.mailbox("NONE"))

    def test_a_mailbox_that_is_not_in_order_is_refused_without_its_password(self):
        for value in (
            *("imap://ana:horse@imap.example", "imaps://imap.example", "horse"),
            *("imaps://ana:horse@", "imaps://ana:ho/rse@imap.example:x"),
        ):
            with self.subTest(value):
                os.environ["BOX"] = value
                with self.assertRaises(ImproperlyConfigured) as refused:
                    env.mailbox("BOX")

                self.assertIn("imaps://user:password@host", str(refused.exception))
                self.assertNotIn("horse", str(refused.exception))

    def test_a_webhook_has_a_provider_that_is_known_and_a_secret(self):
        providers = ["mailgun", "postmark"]
        os.environ |= {"HOOK": "Postmark", "HOOK_SECRET": "user:horse"}

        self.assertEqual(env.webhook("HOOK", providers), ("postmark", "user:horse"))
        self.assertEqual(env.webhook("NONE", providers), ("", ""))
        for name, value, words in [
            ("HOOK_SECRET", "", "HOOK_SECRET is not set. It is how"),
            ("HOOK_SECRET", "horse", "write user:password"),
            ("HOOK", "pigeon", "write one of mailgun, postmark"),
        ]:
            with (
                self.subTest(words),
                mock.patch.dict(os.environ, {name: value}),
                self.assertRaisesMessage(ImproperlyConfigured, words),
            ):
                env.webhook("HOOK", providers)
        with (
            mock.patch.object(env, "find_spec", return_value=None),
            self.assertRaisesMessage(ImproperlyConfigured, "needs django-anymail"),
        ):
            env.webhook("HOOK", providers)


class SettingsTests(SimpleTestCase):
    """Each starts a Python of its own: settings are read once a process."""

    def read(self, expression, **environment):
        return subprocess.run(
            [sys.executable, "-c", f"from config import settings as s; {expression}"],
            cwd=settings.BASE_DIR,
            # A name that is set wins over .env, so what may be there is set here.
            env={
                "PATH": os.environ["PATH"],
                "DEBUG": "off",
                "SECRET_KEY": "k",
                "SITE_URL": "http://127.0.0.1:8000",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def test_without_a_key_it_refuses_to_start_and_says_why(self):
        run = self.read("", SECRET_KEY="")

        self.assertEqual(run.returncode, 1)
        self.assertIn("SECRET_KEY is not set. It signs", run.stderr)

    def test_the_scheme_of_the_address_decides_what_https_needs(self):
        names = "s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS"

        secure = self.read(f"print({names})", SITE_URL="https://upright.example/")
        plain = self.read(f"print({names})", SITE_URL="http://127.0.0.1:8000")

        self.assertEqual(secure.stdout.strip(), "True True 31536000")
        self.assertEqual(plain.stdout.strip(), "False False 0")

    def test_subdomains_are_bound_to_https_only_where_it_is_asked_for(self):
        names = "s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD"
        https = {"SITE_URL": "https://upright.example"}

        silent = self.read(f"print({names})", **https, HSTS_SUBDOMAINS="")
        asked = self.read(f"print({names})", **https, HSTS_SUBDOMAINS="on")

        self.assertEqual(silent.stdout.strip(), "False False")
        self.assertEqual(asked.stdout.strip(), "True True")

    def test_a_sender_with_a_name_is_taken_apart(self):
        run = self.read(
            "print(s.MAIL_FROM_NAME, s.DEFAULT_FROM_EMAIL)",
            MAIL_FROM="Upright <letter@example.org>",
        )

        self.assertEqual(run.stdout.strip(), "Upright letter@example.org")

    def test_every_variable_stands_in_the_example(self):
        example = (settings.BASE_DIR / ".env.example").read_text()
        code = (settings.BASE_DIR / "config" / "settings.py").read_text()

        for name in re.findall(r'env\.\w+\(\s*"(\w+)"', code):
            self.assertRegex(example, rf"(?m)^#? ?{name}=")

    def test_the_example_answers_to_the_host_that_is_filled_in(self):
        with mock.patch.dict(os.environ, SITE_URL="https://a.example", clear=True):
            env.load(settings.BASE_DIR / ".env.example")

            self.assertEqual(env.words("ALLOWED_HOSTS", "a.example"), ["a.example"])

    def test_a_webhook_without_a_secret_does_not_start(self):
        run = self.read("", BOUNCE_WEBHOOK="postmark", BOUNCE_WEBHOOK_SECRET="")

        self.assertEqual(run.returncode, 1)
        self.assertIn("BOUNCE_WEBHOOK_SECRET is not set", run.stderr)
