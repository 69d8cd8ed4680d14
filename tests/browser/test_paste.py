"""The author pastes an article she has, looks at what was doubtful, and has a draft."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from guide.models import Audience, Equipment, Guide, Topic
from tests.browser.test_everybody import AXE, NARROW, OVERFLOW, RULES, RUN, SMALL
from tests.factories import make_staff

ARTICLES = Path(__file__).parent.parent / "guide" / "articles"
TYPICAL = (ARTICLES / "typical.txt").read_text()
# As a browser hands over what was copied from a page: as text, and with its markup.
PASTE = """(box, [text, html]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  clipboardData.setData("text/html", html);
  box.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
  box.value = text;
  box.dispatchEvent(new InputEvent("input", {inputType: "insertFromPaste"}));
}"""


@pytest.fixture
def ana(site):
    Audience.objects.create(name="most people", slug="most-people")
    Equipment.objects.create(name="band", slug="band")
    return make_staff(username="ana", name="Ana Reyes")


def paste(page, text):
    page.goto("/admin/")
    page.get_by_role("link", name="Paste an article").click()
    page.get_by_label("Your article").fill(text)
    page.get_by_role("button", name="See what becomes of it").click()


def look_and_make(page):
    """Tick what wants a tick, make the draft, and see it."""
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is lost.")
    assert not Guide.objects.exists()
    for box in page.locator(".doubt--must input").all():
        box.check()
    page.get_by_role("button", name="Make the draft").click()

    expect(page.get_by_text("is a draft: no reader sees it.")).to_be_visible()
    expect(page.get_by_text("Still missing: ")).to_be_visible()
    guide = Guide.objects.get()
    page.goto(guide.get_absolute_url())
    expect(page.get_by_role("heading", name="Wide Row")).to_be_visible()
    expect(page.get_by_text("Keep your wrists straight.")).to_be_visible()
    expect(page.get_by_text("8–12").first).to_be_visible()


def test_the_typical_page_is_pasted_looked_at_and_made_a_draft(
    page, ana, sign_in, subtests
):
    paste(sign_in(page, ana), TYPICAL)

    line = page.get_by_role("link", name="line 43–48")
    line.click()
    expect(page.locator("#line-43")).to_be_in_viewport()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AXE)
        with subtests.test(scheme):
            assert page.evaluate(RUN, [RULES, []]) == []
    assert page.evaluate(SMALL) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate(OVERFLOW) == []
    look_and_make(page)


def test_the_same_without_javascript(page_without_script, ana, sign_in):
    paste(sign_in(page_without_script, ana), TYPICAL)

    look_and_make(page_without_script)


def test_from_the_pasted_text_to_its_readers(page, ana, sign_in, subtests):
    """She ticks, chooses and dates, and touches no word of it again."""
    Topic.objects.create(title="Upper back", slug="upper-back")
    paste(sign_in(page, ana), TYPICAL)
    for box in page.locator(".doubt--must input").all():
        box.check()
    page.get_by_role("button", name="Make the draft").click()

    page.get_by_role("button", name="Save and look at it").first.click()
    expect(page.get_by_text("Before it is published, this is missing:")).to_be_visible()
    expect(page.get_by_role("button", name="Publish now")).to_have_count(0)
    page.get_by_role("link", name="The day you reviewed it").click()
    page.get_by_label("Reviewed on").fill("2026-10-01")
    page.get_by_label("Review due on").fill("2028-10-01")
    page.get_by_role("button", name="Save and look at it").first.click()

    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Wide Row")).to_be_visible()
    for way, words in [
        ("On a desktop", "Keep your wrists straight."),
        ("In the dark", "Keep your wrists straight."),
        ("On paper", "for the fridge door"),
    ]:
        page.get_by_role("link", name=way).click()
        expect(frame.get_by_text(words)).to_be_visible()
        with subtests.test(way):
            page.evaluate(AXE)
            assert page.evaluate(RUN, [RULES, []]) == []
            assert page.evaluate(SMALL) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate(OVERFLOW) == []
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("is published.")).to_be_visible()

    page.context.clear_cookies()
    page.goto(Guide.objects.published().get().get_absolute_url())
    expect(page.get_by_role("heading", name="Wide Row")).to_be_visible()
    expect(page.get_by_text("Keep your wrists straight.")).to_be_visible()


def test_headings_come_along_until_a_word_is_changed(page, ana, sign_in):
    sign_in(page, ana).goto("/admin/guide/guide/paste/")
    box = page.get_by_label("Your article")
    said = page.get_by_text("Headings, lists and links came along.")
    rich = (ARTICLES / "headings.html").read_text()

    box.evaluate(PASTE, ["Heel raises, as plain text", rich])
    expect(said).to_be_visible()
    page.get_by_role("button", name="See what becomes of it").click()
    expect(page.get_by_role("heading", name="Two-leg Raise")).to_be_visible()

    page.get_by_role("button", name="Back to the text").click()
    expect(said).to_be_visible()
    box.press("End")
    box.press_sequentially("!")
    expect(said).not_to_be_visible()
    page.get_by_role("button", name="See what becomes of it").click()
    expect(page.get_by_role("heading", name="Two-leg Raise")).not_to_be_visible()
