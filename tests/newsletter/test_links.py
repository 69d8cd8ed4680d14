"""Whatever a mail of the letter links to: looking at it changes nothing."""

import re
from email import message_from_bytes, policy

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, TestCase
from django.utils import timezone

from guide.models import SiteSettings
from newsletter import freezing, sending, tasks
from newsletter.mail import answer, trouble, wave
from newsletter.models import Settings, Subscriber
from tests.factories import make_guide, make_issue, make_staff, make_subscriber

FOLDERS = settings.BASE_DIR / "templates/newsletter/mail"
URL = re.compile(r"https?://testserver[^\s\"'<>]*")


def everything():
    """Return every row of every table but sessions, which belong to who signs in."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model is not Session
    }


class LinksInMailsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.author = make_staff()
        SiteSettings.objects.update(postal_address="4 Mill Lane")
        Settings.objects.update(sender_address="letter@example.org", rate=60_000)

    def send_each(self):
        """Send one mail of every kind; return the folders they were made from."""
        now = timezone.now()
        kinds = {"issue", "trouble", "wave", "link", "move", "moved"}
        reader = make_subscriber()
        issue = make_issue(guides=[make_guide(exercises=1)], subject="December")
        freezing.freeze(issue, by=self.author)
        sending.work(issue)
        stopped = {"suppressed_at": now, "suppressed_for": "full"}
        Settings.objects.update(welcome='<p><a href="/guides/">Begin</a></p>')
        for subscriber in (
            reader,
            make_subscriber(is_confirmed=False),
            make_subscriber(unsubscribed_at=now),
            make_subscriber(**stopped),
            make_subscriber(**stopped, is_suppressed_by_hand=True),
            make_subscriber(lifted_at=now),
            make_subscriber(is_welcome_owed=True),
        ):
            answer(subscriber).send(using="default")
            kinds.add(str(subscriber.kind_of_answer))
        trouble(issue, to="ana@example.org").send(using="default")
        wave("Many.").send(using="default")
        for kind in ("link", "move", "moved"):
            reader.errands.create(kind=kind, email="new@example.org" * (kind != "link"))
        tasks.answer_owed.call()
        return kinds

    def links(self):
        for message in mail.outbox:
            sent = message_from_bytes(
                message.message().as_bytes(), policy=policy.default
            )
            whole = [str(value) for value in sent.values()]
            whole += [
                part.get_content() for part in sent.walk() if not part.is_multipart()
            ]
            for words in whole:
                yield from URL.findall(words.replace("&amp;", "&"))

    def test_each_kind_of_mail_is_looked_at(self):
        kinds = {folder.name for folder in FOLDERS.iterdir()}

        self.assertEqual(self.send_each(), kinds)

    def test_looking_at_a_link_changes_nothing(self):
        self.send_each()
        links = set(self.links())
        paths = {link.removeprefix("http://testserver") for link in links}
        for part in ("unsubscribe", "status", "confirm", "move", "issues"):
            self.assertTrue(any(f"/newsletter/{part}/" in path for path in paths), part)
        self.assertTrue(any(path.startswith("/admin/") for path in paths))
        readers = [Client(), Client()]
        readers[1].force_login(self.author)
        before = everything()

        for client in readers:
            for path in sorted(paths):
                for method in ("get", "head", "options"):
                    with self.subTest(path, method=method):
                        response = getattr(client, method)(path)

                        self.assertLess(response.status_code, 500)
                        self.assertEqual(everything(), before)

        self.assertTrue(Subscriber.objects.active().exists())
