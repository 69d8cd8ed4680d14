"""A reader's own pages: by a letter's link, then by one that was mailed to her."""

import json
import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from guide.models import SiteSettings
from newsletter import freezing, sending
from newsletter.models import Settings, Subscriber
from tests.factories import make_issue, make_subscriber


@pytest.fixture
def reader(site):
    SiteSettings.load()
    SiteSettings.objects.update(postal_address="4 Mill Lane")
    Settings.load()
    Settings.objects.update(sender_address="letter@example.org", rate=60_000)
    return make_subscriber(email="moira@example.org")


def send(subject):
    issue = make_issue(subject=subject)
    freezing.freeze(issue, by=None)
    sending.work(issue)


@pytest.mark.parametrize("has_script", [True, False])
def test_a_reader_pauses_moves_and_is_erased(new_page, reader, letter_box, has_script):
    page = new_page(java_script_enabled=has_script)
    send("October")
    _, link = letter_box("/newsletter/status/")

    page.goto(link)
    expect(page.get_by_text("Your mail provider took it.")).to_be_visible()
    expect(page.get_by_text("moira@example.org")).to_have_count(0)
    page.get_by_role("button", name="Pause for 2 months").click()
    expect(page.get_by_text("your letters are paused until")).to_be_visible()
    send_to_nobody("November")
    page.reload()
    expect(page.get_by_text("Not sent: paused at that time.")).to_be_visible()
    page.get_by_role("button", name="End the pause").click()
    expect(page.get_by_text("You have been on the list since")).to_be_visible()

    page.get_by_role("button", name="Send me a fresh link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
    _, fresh = letter_box("/newsletter/status/")
    page.goto(fresh)
    page.get_by_role("link", name="Have the letter sent to another address").click()
    page.get_by_label("The other address").fill("moira@new")
    page.get_by_role("button", name="Send the mail there").click()
    expect(page.get_by_text("Something in this address is not right")).to_be_visible()
    page.get_by_label("The other address").fill("moira@new.example")
    page.get_by_role("button", name="Send the mail there").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Look in the other mailbox"
    )
    message, link = letter_box("/newsletter/move/")
    assert message["To"] == "moira@new.example"
    page.goto(link)
    assert Subscriber.objects.get().email == "moira@example.org"
    page.get_by_role("button", name="Yes, send it here").click()
    expect(page.get_by_text("You have been on the list since")).to_be_visible()

    send("December")
    message, link = letter_box("/newsletter/status/")
    assert message["To"] == "moira@new.example"
    page.goto("/newsletter/")
    page.get_by_role("link", name="On the list already?").click()
    page.get_by_label("Your e-mail address").fill("moira@new.example")
    # One mail in ten minutes is enough, and two were asked for.
    reader.errands.all().delete()
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
    message, fresh = letter_box("/newsletter/status/")
    assert message["To"] == "moira@new.example"
    page.goto(fresh)
    with page.expect_download() as download:
        page.get_by_role("link", name="A copy of all we know of you").click()
    data = json.loads(download.value.path().read_text())
    assert [row["letter"] for row in data["deliveries"]].count("December") == 1
    page.get_by_role("link", name="Have it all erased").click()
    page.get_by_role("button", name="Erase it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is erased")
    assert not Subscriber.objects.exists()

    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("Nobody on the list has this link")
    )


def send_to_nobody(subject):
    before = len(mail.outbox)
    make_subscriber(unsubscribed_at=None)  # a letter needs somebody to go to
    send(subject)
    assert len(mail.outbox) == before + 1
    Subscriber.objects.exclude(email="moira@example.org").delete()
