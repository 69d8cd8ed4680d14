"""A reader joins, the author writes and sends a letter, the reader reads and leaves."""

import pytest
from playwright.sync_api import expect

from guide.models import SiteSettings
from newsletter.models import Delivery, Issue, Settings, Subscriber
from tests.factories import make_asked, make_staff, make_subscriber


@pytest.fixture
def author(site):
    settings = Settings.load()
    settings.sender_address = "letter@example.org"
    settings.save()
    site_settings = SiteSettings.load()
    site_settings.postal_address = "Ana Reyes, 1 Hill Road, Hull"
    site_settings.save()
    make_asked(title="Two rows for a tired upper back", slug="two-rows")
    return make_staff(username="ana", first_name="Ana", name="Ana Reyes")


def join(page, letter_box):
    page.goto("/guides/two-rows/")
    page.get_by_label("E-mail").fill("Moira@example.org")
    page.get_by_role("button", name="Send me the letter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")

    _, link = letter_box("/newsletter/confirm/")
    page.goto(link)
    assert not Subscriber.objects.active().exists()
    page.get_by_role("button", name="Yes, send me the letter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on the list")


def write(page, *, greeting):
    """Compose, preview, test and send, as the admin offers it."""
    page.goto("/admin/")
    page.get_by_role("link", name="New letter").click()
    page.get_by_label("Subject").fill("December: sit tall")
    page.locator("#id_slug").fill("december-sit-tall")
    greeting(page)
    page.get_by_role("button", name="Add the guide that is new").click()
    page.get_by_role("button", name="Add a question").click()
    page.get_by_label("Question").select_option(label="In or out?")
    page.get_by_label("Place").last.fill("2")
    page.get_by_role("button", name="Save and look at it").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("December: sit tall")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Dear all, it is dark by four.").first).to_be_visible()
    order = [block.kind for block in Issue.objects.get().blocks.all()]
    assert order == ["prose", "question", "guide"]
    page.get_by_role("link", name="As plain text").click()
    expect(page.get_by_text("“In or out?”")).to_be_visible()
    page.get_by_role("button", name="Send a test to me").click()
    expect(page.get_by_text("A test is on its way to")).to_be_visible()

    page.get_by_role("link", name="Send …").click()
    go = page.get_by_role("button", name="Send it to 1 reader")
    expect(go).to_be_visible()
    assert not Delivery.objects.exists()
    go.click()
    expect(page.get_by_text("The letter is on its way to 1 reader.")).to_be_visible()


def by_keys(page):
    expect(page.locator("[data-counts=id_subject]")).to_have_text("18")
    page.get_by_role("textbox", name="Text").first.click()
    page.keyboard.type("Dear all, it is dark by four.")


def as_html(page):
    page.locator("#id_blocks-0-prose").fill("<p>Dear all, it is dark by four.</p>")


def read_and_leave(page, letter_box):
    letter, link = letter_box("/newsletter/status/")
    assert letter["To"] == "Moira@example.org"
    assert letter["Subject"] == "December: sit tall"
    assert "/newsletter/unsubscribe/" in letter["List-Unsubscribe"]
    assert "Dear all" in letter.get_body(("html",)).get_content()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Where your letters went")
    page.get_by_role("link", name="on the web").click()
    expect(page.get_by_text("Dear all, it is dark by four.")).to_be_visible()

    _, link = letter_box("/newsletter/unsubscribe/")
    page.goto(link)
    assert Subscriber.objects.active().count() == 1
    page.get_by_role("button", name="Leave the list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left")
    assert not Subscriber.objects.active().exists()


def test_a_reader_joins_gets_a_letter_and_leaves(
    page, new_page, author, sign_in, letter_box
):
    join(page, letter_box)
    write(sign_in(new_page(), author), greeting=by_keys)

    assert Delivery.objects.get().state == Delivery.State.SENT
    assert Issue.objects.sent().count() == 1
    read_and_leave(page, letter_box)


def test_the_same_without_javascript(
    page_without_script, new_page, author, sign_in, letter_box
):
    page = page_without_script

    join(page, letter_box)
    write(sign_in(new_page(java_script_enabled=False), author), greeting=as_html)

    read_and_leave(page, letter_box)


def test_a_mail_program_leaves_by_one_post_without_a_page(db, client):
    reader = make_subscriber()

    response = client.post(
        f"/newsletter/unsubscribe/{reader.token}/",
        {"List-Unsubscribe": "One-Click"},
    )

    assert response.status_code == 200
    assert not response.cookies
    assert not Subscriber.objects.active().exists()
