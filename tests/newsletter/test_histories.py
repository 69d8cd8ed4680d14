"""Random histories of readers: whoever is to get the next letter gets it.

Each reader of these tests keeps for herself what she did and what happened to her, in
words that know nothing of our columns; a letter is then held against that.
"""

import random
import re
import time
from datetime import timedelta
from unittest import mock

from django.core import mail
from django.db.models import DateTimeField, F
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from guide.models import SiteSettings
from newsletter import collecting, freezing, tasks
from newsletter.models import (
    Bounce,
    Delivery,
    ErasedAddress,
    Issue,
    Settings,
    Subscriber,
    fold,
)
from tests.factories import make_issue, make_subscriber
from tests.newsletter.returned import path_of, report

READERS = 6
STEPS = 150
PASSES = [
    timedelta(minutes=11),
    timedelta(minutes=40),
    timedelta(hours=5),
    timedelta(days=2),
    timedelta(days=15),
]


class Reader:
    """One person, as she would tell it herself."""

    def __init__(self, email):
        self.email = email
        self.begin_anew()

    def begin_anew(self):
        self.links = []  # (address, when it came)
        self.letters = []  # those that left for her
        self.has_confirmed = self.has_left = False
        self.confirmed = self.left = self.asked = None  # when
        self.answered = None
        self.paused_until = None
        self.stopped, self.is_by_hand, self.is_lifted = "", False, False

    def is_due(self, now):
        is_paused = self.paused_until is not None and self.paused_until > now
        is_on = self.has_confirmed and not self.has_left
        return is_on and not self.stopped and not is_paused


class World:
    """Readers, a clock that is moved, and all that may happen."""

    def __init__(self, test, seed):
        self.test, self.client, self.dice = test, test.client, random.Random(seed)
        self.now = timedelta(0)
        self.readers = [Reader(f"reader{n}@example.org") for n in range(READERS)]
        self.history = []

    def go_on(self):
        names, weights = zip(*self.ODDS, strict=True)
        [name] = self.dice.choices(names, weights)
        reader = self.dice.choice(self.readers)
        self.history.append((str(self.now), name, reader.email))
        getattr(self, name)(reader)

    ODDS = (
        ("asks", 20),
        ("presses", 20),
        ("leaves", 6),
        ("comes_back", 4),
        ("pauses", 5),
        ("bounces", 12),
        ("is_stopped_by_hand", 3),
        ("is_let_through", 4),
        ("is_erased", 2),
        ("time_passes", 14),
        ("a_letter_goes_out", 11),
    )

    def rows(self, reader):
        return Subscriber.objects.filter(email_key=fold(reader.email))

    def url(self, name, reader):
        row = self.rows(reader).first()
        return row and reverse(f"newsletter:{name}", args=[row.token])

    # What she does

    def asks(self, reader):
        due = self.kind_of_mail(reader)
        mail.outbox.clear()
        with self.test.captureOnCommitCallbacks(execute=True):
            self.client.post("/newsletter/", {"email": reader.email})
        reader.asked = self.now
        lately = timedelta(minutes=10)
        if reader.answered is not None and self.now - reader.answered < lately:
            return
        self.test.assertIn(due, mail.outbox[0].subject, self.history)
        reader.answered = self.now
        self.note_link(reader)

    def note_link(self, reader):
        [message] = mail.outbox
        if found := re.search(r"/newsletter/confirm/\S+", message.body):
            reader.links.append((found[0], self.now))

    def kind_of_mail(self, reader):
        if reader.is_by_hand:
            return "Why no letter"
        is_on = reader.has_confirmed and not reader.has_left
        return "on the list" if is_on and not reader.stopped else "Please confirm"

    def presses(self, reader):
        if not reader.links:
            return
        link, came = self.dice.choice(reader.links[-2:])
        age = (self.now - came).total_seconds()
        real = time.time()
        mail.outbox.clear()
        with (
            mock.patch("django.core.signing.time.time", return_value=real + age),
            self.test.captureOnCommitCallbacks(execute=True),
        ):
            response = self.client.post(link)
        if self.now - came > timedelta(days=7):
            self.test.assertEqual(response.status_code, 410, self.history)
            return
        self.test.assertEqual(response.status_code, 302, self.history)
        is_on = reader.has_confirmed and not reader.has_left
        is_lifting = reader.is_lifted or (reader.stopped and not reader.is_by_hand)
        if not is_on:
            reader.paused_until = None
        if not is_on or is_lifting:
            reader.confirmed, reader.is_lifted = len(self.history), False
        is_welcome = not is_on and not reader.is_by_hand
        self.test.assertEqual(len(mail.outbox), is_welcome, self.history)
        reader.has_confirmed, reader.has_left = True, False
        if not reader.is_by_hand:
            reader.stopped = ""

    def leaves(self, reader):
        if url := self.url("unsubscribe", reader):
            self.client.post(url, {"List-Unsubscribe": "One-Click"})
            if not reader.has_left:
                reader.has_left, reader.left = True, self.now

    def comes_back(self, reader):
        if url := self.url("come_back", reader):
            self.client.post(url)
            if reader.has_left and self.now - reader.left < timedelta(hours=1):
                reader.has_left = False

    def pauses(self, reader):
        if self.rows(reader).exists():
            days = self.dice.choice([1, 30])
            self.rows(reader).update(paused_until=timezone.now() + timedelta(days=days))
            reader.paused_until = self.now + timedelta(days=days)

    # What happens to her

    def bounces(self, reader):
        """Any letter that left may come back, an old one too."""
        if not reader.letters:
            return
        step, letter = self.dice.choice(reader.letters)
        delivery = Delivery.objects.get(issue=letter, subscriber__in=self.rows(reader))
        collecting.take(report(path_of(delivery), words=str(self.dice.random())))
        if reader.confirmed < step and not reader.stopped:
            reader.stopped = "this address does not exist"
            reader.is_lifted = False

    def is_stopped_by_hand(self, reader):
        if self.rows(reader).exists():
            self.rows(reader).suppress(reason="asked by phone", by_hand=True)
            reader.stopped = "asked by phone"
            reader.is_by_hand, reader.is_lifted = True, False

    def is_let_through(self, reader):
        """The author lifts whatever stopped letters; a mail with a button says so."""
        mail.outbox.clear()
        for row in self.rows(reader):
            row.let_through()
        tasks.answer_owed.func()
        is_told = bool(reader.stopped) and not reader.has_left
        self.test.assertEqual(len(mail.outbox), is_told, self.history)
        if is_told:
            self.note_link(reader)
            reader.answered = self.now
        if reader.stopped:
            reader.is_lifted = True
        reader.stopped, reader.is_by_hand = "", False

    def is_erased(self, reader):
        if self.rows(reader).exists():
            ErasedAddress.objects.remember(fold(reader.email))
            self.rows(reader).delete()
            reader.begin_anew()

    def time_passes(self, _reader):
        passed = self.dice.choice(PASSES)
        for model in (Subscriber, Issue, Delivery, Bounce):
            moments = [
                field.name
                for field in model._meta.fields
                if isinstance(field, DateTimeField)
            ]
            model.objects.update(**{name: F(name) - passed for name in moments})
        self.now += passed
        tasks.sweep()
        for reader in self.readers:
            never = not reader.has_confirmed and reader.asked is not None
            if never and self.now - reader.asked > timedelta(days=14):
                self.test.assertFalse(self.rows(reader).exists(), self.history)
                reader.begin_anew()

    def a_letter_goes_out(self, _reader):
        issue = make_issue()
        freezing.freeze(issue, by=None)
        got = set(
            Delivery.objects.filter(issue=issue, state="queued").values_list(
                "subscriber__email", flat=True
            )
        )
        for reader in self.readers:
            is_due = reader.is_due(self.now)
            self.test.assertEqual(reader.email in got, is_due, self.told(reader))
            if is_due:
                reader.letters.append((len(self.history), issue.pk))
        Delivery.objects.filter(issue=issue, state="queued").update(state="sent")
        self.can_read_why()

    def can_read_why(self):
        """Each who is on the list and gets no letter reads the reason on her page."""
        for reader in self.readers:
            if not reader.has_confirmed or reader.has_left:
                continue
            page = self.client.get(self.url("status", reader)).text
            if reader.stopped:
                self.test.assertIn(reader.stopped, page, self.told(reader))
            elif not reader.is_due(self.now):
                self.test.assertIn("paused", page, self.told(reader))

    def told(self, reader):
        return [
            step
            for step in self.history
            if step[2] == reader.email or step[1] == "time_passes"
        ]


@override_settings(RATE_LIMITS=False)
class HistoryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        SiteSettings.load()
        Settings.load()
        SiteSettings.objects.update(postal_address="4 Mill Lane")
        Settings.objects.update(
            sender_address="letter@example.org", welcome="<p>Hello.</p>"
        )
        make_subscriber(email="steady@example.org")

    def live(self, seed):
        world = World(self, seed)
        for _step in range(STEPS):
            world.go_on()
        self.assertTrue(any(reader.letters for reader in world.readers))

    def test_one_history(self):
        self.live(1)

    def test_another(self):
        self.live(2)

    def test_a_third(self):
        self.live(3)

    def test_a_fourth(self):
        self.live(4)

    def test_a_fifth(self):
        self.live(5)
