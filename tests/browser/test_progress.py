"""The page of a letter that goes out, with and without script."""

import pytest
from playwright.sync_api import expect

from guide.models import SiteSettings
from newsletter import freezing, sending
from newsletter.models import Issue, Settings
from tests.factories import make_issue, make_staff, make_subscriber


@pytest.fixture
def letter(site):
    """A letter to three readers, of which one leaves each time it is worked at."""
    Settings.load()
    SiteSettings.load()
    Settings.objects.update(sender_address="letter@example.org", rate=1)
    SiteSettings.objects.update(postal_address="1 Hill Road, Hull")
    for _number in range(3):
        make_subscriber()
    issue = make_issue(subject="December: sit tall")
    freezing.freeze(issue, by=None)
    return issue


def send_one(letter):
    """Let the next one leave, as if the minute of its pace had passed."""
    Issue.objects.update(paced_until=None)
    letter.refresh_from_db()
    sending.work(letter)


def open_page(page, letter, sign_in):
    sign_in(page, make_staff(username="ana", name="Ana Reyes"))
    page.goto(f"/admin/newsletter/issue/{letter.pk}/change/")
    return page


def number(page, words):
    return page.locator(".facts > div", has_text=words).locator("dd")


def assert_tells(page, *, accepted, waiting):
    expect(number(page, "Accepted by their mail servers")).to_have_text(str(accepted))
    expect(number(page, "Still waiting")).to_have_text(str(waiting))


def test_the_numbers_move_by_themselves_while_it_goes_out(page, letter, sign_in):
    page.clock.install()
    open_page(page, letter, sign_in)
    assert_tells(page, accepted=0, waiting=3)
    page.get_by_role("link", name="Every recipient, one by one").focus()

    for sent in (1, 2):
        send_one(letter)
        page.clock.run_for(5000)
        assert_tells(page, accepted=sent, waiting=3 - sent)
        # Whoever walks by keys stands where she stood.
        expect(page.get_by_role("link", name="Every recipient")).to_be_focused()

    send_one(letter)
    page.clock.run_for(5000)
    expect(page.locator("#state")).to_have_text("Sent")
    assert_tells(page, accepted=3, waiting=0)
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)


def test_a_pause_pressed_elsewhere_shows_by_itself(page, letter, sign_in):
    page.clock.install()
    open_page(page, letter, sign_in)

    letter.pause()
    page.clock.run_for(5000)

    expect(page.locator("#state")).to_have_text("Paused")
    page.get_by_role("button", name="Let it go on").click()
    expect(page.locator("#state")).to_have_text("Under way")
    assert_tells(page, accepted=1, waiting=2)


def test_a_server_that_is_away_for_a_while_stops_no_looking(page, letter, sign_in):
    page.clock.install()
    open_page(page, letter, sign_in)
    answers = []
    page.route("**/change/", lambda route: answers.append(route) or route.fulfill())

    send_one(letter)
    with page.expect_response("**/change/"):
        page.clock.run_for(5000)
    page.unroute("**/change/")
    for _turn in range(20):  # the page may be at that answer still
        page.clock.run_for(5000)

    assert_tells(page, accepted=1, waiting=2)
    assert answers


def test_without_script_a_link_tells_how_it_stands_now(
    page_without_script, letter, sign_in
):
    page = open_page(page_without_script, letter, sign_in)
    assert_tells(page, accepted=0, waiting=3)

    for sent in (1, 2):
        send_one(letter)
        page.get_by_role("link", name="How it stands now").click()
        assert_tells(page, accepted=sent, waiting=3 - sent)

    send_one(letter)
    page.get_by_role("link", name="How it stands now").click()
    expect(page.locator("#state")).to_have_text("Sent")
    expect(page.get_by_role("link", name="How it stands now")).to_have_count(0)
