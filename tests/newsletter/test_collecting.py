"""The mailbox for returned letters, read from a real server where one is installed."""

import re
import socket
import threading
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes
from unittest import mock
from urllib.parse import unquote

import pytest
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from newsletter import bounces, collecting, headers, sending, tasks
from newsletter.models import Bounce, Settings, Subscriber
from tests.factories import make_staff, make_subscriber
from tests.newsletter import dovecot as imap
from tests.newsletter.processes import result
from tests.newsletter.returned import BOUNCES_TO, path_of, plain, report
from tests.newsletter.test_returning import make_sent
from tests.newsletter.test_sending import frozen, get_ready

NOWHERE = {
    "host": "127.0.0.1",
    "port": 1,
    "username": "bounce@upright.example",
    "password": "correct horse",
    "folder": "INBOX",
}


@pytest.fixture(scope="module")
def server():
    if imap.COMMAND is None:
        pytest.skip("no dovecot on this machine")
    with imap.Dovecot() as server:
        yield server


@pytest.fixture
def mailbox(server, settings, monkeypatch):
    """The mailbox, empty, as the site is told of it."""
    server.empty()
    settings.BOUNCE_MAILBOX = server.options
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    monkeypatch.setenv("BOUNCE_MAILBOX_URL", server.url)
    return server


def trouble():
    return Settings.load().mailbox_trouble


@pytest.mark.django_db
class TestReading:
    def test_what_lies_there_is_read_and_marked(self, mailbox):
        reader = make_subscriber()
        mailbox.deliver(report(path_of(make_sent(reader))))
        mailbox.deliver(plain(BOUNCES_TO, "Hello?"))
        Subscriber.objects.update(confirmed_at=timezone.now() - timedelta(days=9))

        tasks.collect_when_due()

        reader.refresh_from_db()
        assert reader.stopped_because == "this address does not exist"
        assert Bounce.objects.count() == 2
        assert mailbox.flags() == ["RS", "RS"]
        assert trouble() == ""

    def test_a_second_time_nothing_is_read(self, mailbox):
        mailbox.deliver(plain(BOUNCES_TO, "Hello?"))

        assert not collecting.work()
        assert not collecting.work()

        assert Bounce.objects.get().times == 1

    def test_what_somebody_looked_at_in_a_mail_program_is_read_all_the_same(
        self, mailbox
    ):
        mailbox.deliver(plain(BOUNCES_TO, "Hello?"), is_seen=True)

        collecting.work()

        assert Bounce.objects.count() == 1

    def test_another_folder(self, mailbox, settings):
        settings.BOUNCE_MAILBOX = mailbox.options | {"folder": "Returned"}
        mailbox.deliver(plain(BOUNCES_TO, "Hello?"), folder=".Returned")
        mailbox.deliver(plain(BOUNCES_TO, "Mine."))

        collecting.work()

        assert Bounce.objects.count() == 1
        assert mailbox.flags() == [""]

    def test_a_few_at_a_time_until_all_are_read(self, mailbox):
        for number in range(5):
            mailbox.deliver(plain(BOUNCES_TO, f"Hello {number}?"))

        with mock.patch.object(collecting, "MOST", 2):
            assert collecting.work()
            assert Bounce.objects.count() == 2
            tasks.collect.enqueue()

        assert Bounce.objects.count() == 5

    def test_without_time_nothing_is_begun(self, mailbox):
        mailbox.deliver(plain(BOUNCES_TO, "Hello?"))

        assert collecting.work(seconds=-1)

        assert not Bounce.objects.exists()

    def test_of_a_large_mail_the_beginning_is_read(self, mailbox):
        delivery = make_sent(make_subscriber())
        large = f"Content-Type: message/rfc822\n\n{'x' * 75}\n" * 40_000
        content = report(path_of(delivery), extra=large)
        assert len(content) > 10 * bounces.LARGEST
        mailbox.deliver(content)

        collecting.work()

        assert Bounce.objects.get().delivery == delivery
        assert mailbox.flags() == ["RS"]

    def test_one_that_cannot_be_understood_does_not_hold_up_the_next(self, mailbox):
        mailbox.deliver(b"\0\xff\n\n\0")
        mailbox.deliver(b"")
        mailbox.deliver(b"Subject: =?utf-8?b?////?=\n\n")
        mailbox.deliver(plain(BOUNCES_TO, "Hello?"))

        collecting.work()

        assert set(mailbox.flags()) == {"RS"}
        assert Bounce.objects.count() == 4

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            (
                {"password": "correct horse"},
                "it does not accept the name and password of the site",
            ),
            ({"folder": "No such"}, "it has no folder “No such”"),
            ({"folder": 'No "such\\'}, 'it has no folder “No "such\\”'),
            ({"folder": "Größe"}, "it has no folder “Größe”"),
        ],
    )
    def test_what_is_wrong_is_said_in_words(
        self, mailbox, settings, caplog, wrong, words
    ):
        settings.BOUNCE_MAILBOX = mailbox.options | wrong

        assert not collecting.work()

        assert trouble() == words
        assert not re.search("horse|word|@", caplog.text)

    def test_what_cannot_be_marked_is_not_read(self, mailbox, settings):
        settings.BOUNCE_MAILBOX = mailbox.options | {"folder": "Returned"}
        mailbox.deliver(plain(BOUNCES_TO, "Hello?"), folder=".Returned")

        with mailbox.unwritable(".Returned"):
            collecting.work()

        assert trouble() == "it does not let the site mark what it has read"
        assert not Bounce.objects.exists()

    def test_a_certificate_of_another_is_not_believed(self, mailbox, monkeypatch):
        monkeypatch.delenv("SSL_CERT_FILE")

        collecting.work()

        assert trouble() == "its certificate is not in order"

    def test_trouble_ends_with_the_next_reading(self, mailbox, settings):
        settings.BOUNCE_MAILBOX = NOWHERE
        collecting.work()
        assert trouble()

        settings.BOUNCE_MAILBOX = mailbox.options
        collecting.work()

        assert trouble() == ""
        assert Settings.load().mailbox_down_since is None


@pytest.mark.django_db
def test_a_letter_goes_out_comes_back_and_its_reader_is_told(
    mailbox, settings, client, sink
):
    get_ready()
    Settings.objects.update(bounce_address=BOUNCES_TO)
    settings.MAILERS = sink.mailers
    gone, leaving = make_subscriber(), make_subscriber()
    sending.work(frozen())
    letters = {to: message_from_bytes(content) for to, content in sink.mails}
    path = {letters[to]["Message-ID"]: to for to in letters}
    [back] = [
        sender
        for sender in sink.senders
        if path[f"<{headers.delivery_of(sender)}@testserver>"] == gone.email
    ]
    ways = letters[leaving.email]["List-Unsubscribe"]
    subject = unquote(ways.partition("?subject=")[2].rstrip(">"))

    mailbox.deliver(report(back))
    mailbox.deliver(plain(BOUNCES_TO, "", Subject=subject))
    collecting.work()

    assert set(Subscriber.objects.reachable()) == set()
    page = client.get(reverse("newsletter:status", args=[gone.token])).text
    assert "letters to you stopped" in page
    assert "Sent back: this address does not exist." in page
    page = client.get(reverse("newsletter:status", args=[leaving.token])).text
    assert "You left the list" in page


def test_killed_between_writing_down_and_marking_nothing_is_lost_or_done_twice(
    mailbox, elsewhere
):
    paths = result(elsewhere("returned", 6))
    for path in paths:
        mailbox.deliver(report(path))

    for after in (1, 3):
        reading = elsewhere("collect_and_die", after)
        reading.join(60)
        assert reading.exitcode == -9
    assert mailbox.flags().count("RS") == 2

    assert result(elsewhere("collect")) == {
        "trouble": "",
        "rows": 6,
        "times": 8,
        "stopped": 6,
        "failed": 6,
    }
    assert set(mailbox.flags()) == {"RS"}


def test_two_that_read_at_once_write_each_down_once(mailbox, elsewhere):
    paths = result(elsewhere("returned", 40))
    for path in paths:
        mailbox.deliver(report(path))

    both = [elsewhere("collect") for _number in range(2)]

    for reading in both:
        assert result(reading)["trouble"] == ""
    told = result(elsewhere("told"))
    assert (told["rows"], told["stopped"], told["failed"]) == (40, 40, 40)


@override_settings(BOUNCE_MAILBOX=NOWHERE)
class TroubleTests(TestCase):
    def test_a_server_that_is_not_there_is_said_on_the_first_screen(self):
        self.client.force_login(make_staff())
        self.assertNotContains(self.client.get(reverse("admin:index")), "mailbox for")

        with self.assertLogs("newsletter") as log:
            tasks.collect_when_due()

        page = self.client.get(reverse("admin:index"))
        self.assertContains(page, "The mailbox for returned letters cannot be read")
        self.assertContains(page, "it does not answer. Tell who runs the site")
        self.assertNotIn("horse", "".join(log.output))
        with override_settings(BOUNCE_MAILBOX=None):
            page = self.client.get(reverse("admin:index"))
            self.assertNotContains(page, "mailbox for returned")

    def test_it_says_since_when(self):
        before = timezone.now() - timedelta(days=2)
        Settings.load()
        Settings.objects.update(mailbox_down_since=before, mailbox_trouble="x")

        collecting.work()

        self.assertEqual(Settings.load().mailbox_down_since, before)
        self.assertEqual(trouble(), "it does not answer")

    def test_it_is_tried_every_five_minutes(self):
        self.assertTrue(collecting.is_due())
        self.assertFalse(collecting.is_due())
        five = timezone.now() - timedelta(minutes=5)
        Settings.objects.update(mailbox_tried_at=five)
        self.assertTrue(collecting.is_due())

    def test_where_no_mailbox_is_named_none_is_read(self):
        with override_settings(BOUNCE_MAILBOX=None):
            self.assertFalse(collecting.is_due())
            self.assertFalse(collecting.work())

    def test_a_silent_server_and_one_that_talks_nonsense(self):
        for says in (b"", b"HTTP/1.0 400 Bad Request\r\n\r\n"):
            with self.subTest(says), Odd(says) as port:
                there = NOWHERE | {"port": port}
                with (
                    override_settings(BOUNCE_MAILBOX=there),
                    mock.patch.object(collecting, "TIMEOUT", 0.5),
                ):
                    collecting.work()

                self.assertEqual(trouble(), "it does not answer")


class Odd:
    """A server that says one thing, or nothing, and holds the line."""

    def __init__(self, says):
        self.says = says

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()
        return self.socket.getsockname()[1]

    def serve(self):
        with suppress(OSError):
            self.line, _address = self.socket.accept()
            self.line.sendall(self.says)

    def __exit__(self, *error):
        self.line.close()
        self.socket.close()
