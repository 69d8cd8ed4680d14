"""A letter is looked at while it is written, with and without script."""

import pytest
from playwright.sync_api import expect

from newsletter.models import Block
from tests.factories import make_issue, make_staff


@pytest.fixture
def write(sign_in):
    """Opens the form of a letter whose look is unfolded, from the list of letters."""

    def write(page):
        issue = make_issue(intro="<p>As saved</p>")
        sign_in(page, make_staff())
        page.goto("/admin/newsletter/issue/")
        page.get_by_role("link", name=issue.subject).click()
        page.get_by_text("How it looks, as it is typed").click()

    return write


def words(page):
    return page.frame_locator(".live iframe:not(.is-coming)").locator("body")


def test_the_look_follows_what_is_typed(page, write):
    write(page)
    expect(words(page)).to_contain_text("As saved")

    page.get_by_role("textbox", name="Text").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("As typed")

    expect(words(page)).to_contain_text("As typed")
    page.get_by_label("How to look at it").select_option("As plain text")
    expect(words(page).locator("pre")).to_contain_text("As typed")
    expect(page.locator("iframe")).to_have_count(1)
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("iframe[name=look-4]:not(.is-coming)")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(1)
    assert Block.objects.get().prose == "<p>As saved</p>"
    # However often one looked, Back leads where one came from.
    page.go_back()
    expect(page).to_have_url("/admin/newsletter/issue/")


def test_without_a_script_it_is_shown_by_a_button(page_without_script, write):
    page = page_without_script
    write(page)
    box = page.locator("textarea")
    box.fill("<p>As typed</p>")

    page.get_by_role("button", name="Show it").click()

    expect(words(page)).to_contain_text("As typed")
    assert Block.objects.get().prose == "<p>As saved</p>"
    expect(box).to_have_value("<p>As typed</p>")
