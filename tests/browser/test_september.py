"""A reader whose letters stopped in September asks why, and gets the next one."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from guide.models import SiteSettings
from newsletter import freezing, sending
from newsletter.models import Delivery, Issue, Settings, Subscriber
from tests.factories import make_issue, make_subscriber

FULL = "the mailbox is full (552 5.2.2)"


@pytest.fixture
def moira(site):
    """On the list since spring; her mailbox was full when September's letter came."""
    SiteSettings.load()
    Settings.load()
    SiteSettings.objects.update(postal_address="Ana Reyes, 1 Hill Road, Hull")
    Settings.objects.update(sender_address="letter@example.org", rate=60_000)
    joined, september = (timezone.now() - timedelta(days=days) for days in (240, 75))
    moira = make_subscriber(email="moira@example.org", confirmed_at=joined)
    letter = make_issue(subject="September", frozen_at=september, finished_at=september)
    Delivery.objects.create(issue=letter, subscriber=moira, state="failed", reason=FULL)
    Delivery.objects.update(changed_at=september)
    Subscriber.objects.filter(pk=moira.pk).suppress(reason=FULL)
    Subscriber.objects.update(suppressed_at=september)
    return moira


def send(**values):
    """Send a letter as the site does."""
    issue = make_issue(**values)
    freezing.freeze(issue, by=None)
    while sending.work(issue):
        pass
    return issue


@pytest.mark.parametrize("has_script", [True, False])
def test_the_september_story(new_page, moira, letter_box, mailoutbox, has_script):
    page = new_page(java_script_enabled=has_script)
    make_subscriber()
    october = send(subject="October")
    assert mailoutbox
    assert [moira.email] not in [message.to for message in mailoutbox]
    assert moira.deliveries.get(issue=october).state == "skipped"

    # She writes her address into the box once more, with a slip in it.
    page.goto("/newsletter/")
    page.get_by_label("E-mail").fill("moira@example.ogr")
    page.get_by_role("button", name="Send me the letter").click()
    page.get_by_role("button", name="Yes, use that").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")

    # The mail explains it, and leads to the page that tells of each letter.
    mail, link = letter_box("/newsletter/status/")
    assert mail["To"] == moira.email
    words = mail.get_body(("plain",)).get_content()
    assert "because: the mailbox is full." in " ".join(words.split())
    page.goto(link)
    lede = page.locator(".lede")
    expect(lede).to_contain_text("letters to you stopped on")
    expect(page.get_by_text("Sent back: the mailbox is full.")).to_be_visible()

    # The button, and nothing before it, lets letters go to her again.
    _mail, confirm = letter_box("/newsletter/confirm/")
    page.goto(confirm)
    expect(page.get_by_text("because: the mailbox is full")).to_be_visible()
    assert not Subscriber.objects.reachable().filter(pk=moira.pk).exists()
    page.get_by_role("button", name="Yes, send me the letter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on the list")
    page.goto(link)
    expect(lede).to_contain_text("You have been on the list since")

    # And the next letter comes.
    mailoutbox.clear()
    november = send(subject="November: sit tall")
    [letter] = [message for message in mailoutbox if message.to == [moira.email]]
    assert letter.message()["Subject"] == "November: sit tall"
    assert moira.deliveries.get(issue=november).state == "sent"
    assert Issue.objects.get(pk=november.pk).finished_at
    page.goto(link)
    expect(page.get_by_text("Your mail provider took it.")).to_be_visible()
