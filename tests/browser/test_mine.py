"""Hide what is not for me: ticked once, kept on the device, true on every list."""

import pytest
from playwright.sync_api import expect

from guide.models import Audience, Topic, Verdict
from guide.tasks import index_owed
from tests.browser.test_everybody import AXE, NARROW, OVERFLOW, RULES, RUN
from tests.factories import make_guide


@pytest.fixture
def guides(site):
    prolapse = Audience.objects.create(name="prolapse", slug="prolapse")
    pregnant = Audience.objects.create(name="pregnant", slug="pregnant")
    topic = Topic.objects.create(title="Back", slug="back")
    for title, audience, choice, note in [
        ("Jumps", prolapse, "no", "in the first year"),
        ("Rows", prolapse, "ask", "until your surgeon agrees"),
        ("Breath", prolapse, "yes", ""),
        ("On the back", pregnant, "no", ""),
    ]:
        guide = make_guide(title=title, slug=title.lower().replace(" ", "-"))
        guide.topic = topic
        guide.save()
        Verdict.objects.create(guide=guide, audience=audience, choice=choice, note=note)
    index_owed()


def tick(page, name):
    if not page.get_by_label(name).is_visible():
        page.get_by_text("Hide what is not for me").click()
    page.get_by_label(name).check()


def shown(page):
    return set(page.locator(".entry:visible .entry__title").all_inner_texts())


def test_a_tick_hides_what_says_not_for_now_and_tells_the_rest(page, guides):
    page.goto("/guides/")
    expect(page.get_by_role("status")).to_be_empty()

    tick(page, "Prolapse")

    assert shown(page) == {"Rows", "Breath", "On the back"}
    expect(page.get_by_role("status")).to_have_text(
        "Not for you now, and hidden here: 1"
    )
    expect(page.get_by_text("Ask first: prolapse, until your surgeon")).to_be_visible()
    expect(page.get_by_text("Not for now: pregnant")).to_be_hidden()


def test_a_plain_yes_and_silence_do_not_look_alike(page, guides):
    make_guide(title="Why rest helps", kind="article")
    page.goto("/guides/")

    tick(page, "Prolapse")

    def entry(title):
        return page.locator(".entry", has_text=title)

    expect(entry("Breath").get_by_text("Suitable: prolapse")).to_be_visible()
    expect(
        entry("On the back").get_by_text("Says nothing about: prolapse")
    ).to_be_visible()
    for title in ["Breath", "Rows", "Why rest helps"]:
        expect(entry(title).get_by_text("Says nothing")).to_have_count(
            0 if title[0] == "W" else 1
        )
        expect(entry(title)).not_to_contain_text("Says nothing about: p")


def test_where_nobody_can_tick_silence_is_told_without_a_name(page, guides):
    page.goto("/guides/")
    tick(page, "Prolapse")

    page.goto("/")
    entry = page.locator(".entry", has_text="On the back")
    expect(entry.get_by_text("Does not name all that you ticked.")).to_be_visible()
    entry = page.locator(".entry", has_text="Breath")
    expect(entry.get_by_text("Does not name")).to_be_hidden()
    page.goto("/guides/breath/")
    expect(page.get_by_text("Not all that you ticked is named")).to_be_hidden()
    page.goto("/guides/on-the-back/")
    expect(page.locator(".verdicts")).to_contain_text(
        "Not all that you ticked is named here. "
        "Is something about you not named here? Ask first."
    )


def test_what_she_looked_for_is_found_and_says_its_verdict(page, guides):
    page.goto("/guides/")
    tick(page, "Prolapse")

    page.goto("/search/?q=prolapse")

    def found(title):
        return page.locator(".found", has=page.get_by_role("link", name=title))

    expect(found("Jumps")).to_contain_text("Not for now: prolapse, in the first year")
    expect(found("Rows")).to_contain_text("Ask first: prolapse, until your surgeon")
    expect(page.get_by_text("Does not name")).to_have_count(3)
    expect(page.get_by_text("Does not name").filter(visible=True)).to_have_count(0)
    page.goto("/search/?q=back")
    expect(found("On the back").get_by_text("Does not name")).to_be_visible()
    expect(found("On the back").get_by_text("Not for now")).to_be_hidden()


def test_what_nobody_can_tick_any_more_is_forgotten(page, guides):
    page.goto("/guides/")
    tick(page, "Prolapse")
    page.evaluate("localStorage.setItem('not-for-me', 'gone prolapse')")

    page.reload()

    entry = page.locator(".entry", has_text="Breath")
    expect(entry.get_by_text("Says nothing")).to_be_hidden()


def test_it_is_remembered_here_and_on_other_pages(page, guides):
    page.goto("/guides/")
    tick(page, "Prolapse")
    tick(page, "Pregnant")

    page.reload()
    assert shown(page) == {"Rows", "Breath"}
    page.goto("/topics/back/")
    assert shown(page) == {"Rows", "Breath"}
    page.goto("/")
    assert shown(page) == {"Rows", "Breath"}
    expect(page.get_by_role("status")).to_have_text(
        "Not for you now, and hidden here: 2"
    )
    page.get_by_role("link", name="Change what is true of me").click()
    page.get_by_text("Hide what is not for me").click()
    expect(page.get_by_label("Prolapse")).to_be_checked()


def test_what_is_hidden_can_be_shown_and_says_why(page, guides):
    page.goto("/guides/")
    tick(page, "Prolapse")

    page.get_by_role("button", name="Show them").press("Enter")

    assert len(shown(page)) == 4
    expect(page.get_by_text("Not for now: prolapse, in the first")).to_be_visible()
    again = page.get_by_role("button", name="Hide them again")
    expect(again).to_be_focused()
    again.press("Enter")
    assert "Jumps" not in shown(page)
    expect(page.get_by_role("button", name="Show them")).to_be_focused()


def test_nothing_is_written_before_she_ticks_and_nothing_stays_after(page, guides):
    count = "localStorage.length"
    page.goto("/")
    page.goto("/guides/")
    assert page.evaluate(count) == 0

    tick(page, "Prolapse")
    assert page.evaluate("localStorage.getItem('not-for-me')") == "prolapse"
    page.get_by_label("Prolapse").uncheck()

    assert page.evaluate(count) == 0
    assert len(shown(page)) == 4
    expect(page.get_by_role("status")).to_be_empty()


def test_a_browser_that_keeps_nothing_hides_it_on_this_page(page, guides):
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error() }})"
    )
    page.goto("/guides/")

    tick(page, "Prolapse")

    assert "Jumps" not in shown(page)
    page.reload()
    assert "Jumps" in shown(page)


def test_the_way_back_knows_what_was_ticked_meanwhile(page, guides):
    page.goto("/guides/")
    page.goto("/topics/back/")
    tick(page, "Prolapse")

    page.go_back()

    expect(page.get_by_text("hidden here: 1")).to_be_visible()


def test_a_guide_marks_what_it_says_to_her(page, guides):
    page.goto("/guides/")
    tick(page, "Prolapse")

    page.goto("/guides/rows/")

    expect(page.locator(".verdicts")).to_contain_text("Prolapse (you), until")
    page.goto("/guides/on-the-back/")
    expect(page.locator(".verdicts").get_by_text("(you)")).to_be_hidden()


def test_without_scripts_the_box_is_not_there(page_without_script, guides):
    page_without_script.goto("/guides/")

    expect(page_without_script.get_by_text("Hide what is not")).to_be_hidden()
    assert len(shown(page_without_script)) == 4


def test_it_is_for_everybody(page, guides, subtests):
    for url in ["/guides/", "/topics/back/", "/", "/search/?q=prolapse"]:
        page.emulate_media(color_scheme="light")
        page.goto(url)
        if url in {"/guides/", "/topics/back/"}:
            tick(page, "Prolapse")
            page.get_by_role("button", name="Show them").click()
        page.evaluate(AXE)
        with subtests.test("light", url=url):
            assert page.evaluate(RUN, [RULES, []]) == []
        with subtests.test("dark", url=url):
            page.emulate_media(color_scheme="dark")
            assert page.evaluate(RUN, ["color-contrast", []]) == []
        with subtests.test("320 px", url=url):
            page.set_viewport_size(NARROW)
            assert page.evaluate(OVERFLOW) == []
            assert page.locator(".mine, .found").first.is_visible()
