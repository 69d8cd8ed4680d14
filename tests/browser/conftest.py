import re
import time
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from tests.browser.demonstration import Demonstration

# What a browser says of an answer that is meant: a refused form, a page that is gone.
MEANT = re.compile(
    r"Failed to load resource: .* status of (403|404|410|422|429|500|507)"
)


@pytest.fixture
def faults():
    """What went wrong in any page: script errors, breaches of the policy."""
    return []


@pytest.fixture
def new_page(new_page, faults):
    """Opens pages that report what goes wrong in them; nothing may, in any test."""

    def open_page(**options):
        # Nothing moves, so that no colour is met half-way to another.
        page = new_page(**{"reduced_motion": "reduce"} | options)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: hear(page, message))
        return page

    def hear(page, message):
        if message.type in ("error", "warning") and not MEANT.match(message.text):
            faults.append(f"{page.url}: {message.text}")

    yield open_page
    assert faults == []


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    return Demonstration(tmp_path_factory.mktemp("demonstration"))


@pytest.fixture
def demo(site, settings, demonstration):
    """The whole demonstration; each test may do with it what it likes."""
    settings.MEDIA_ROOT = demonstration.media
    demonstration.put()


@pytest.fixture
def sign_in(site):
    """Gives a page the session of a user, without the form."""

    def sign_in(page, user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": site}]
        )
        return page

    return sign_in


@pytest.fixture
def letter_box(mailoutbox):
    """Returns the newest mail as its reader gets it, and an address in it."""

    def open_letter(link):
        """Return the mail and the first of its addresses that holds ``link``."""
        sent = mail.outbox[-1].message().as_bytes()
        letter = message_from_bytes(sent, policy=policy.default)
        text = letter.get_body(("plain",)).get_content()
        found = re.search(rf"https?://\S*{link}\S*", text)
        assert found, text
        return letter, found[0]

    return open_letter


@pytest.fixture
def becomes():
    """Waits until a page says yes: asked from here, for its policy forbids eval."""

    def becomes(page, question):
        for _ in range(200):
            if page.evaluate(question):
                return
            time.sleep(0.05)
        pytest.fail(f"not within 10 s: {question}")

    return becomes
