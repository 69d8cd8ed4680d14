"""Follow along: by keyboard, with large letters, without a script."""

import pytest
from playwright.sync_api import expect

from tests.browser.follow.follower import ROWS, Follower, enlarge
from tests.browser.test_everybody import AXE, NARROW, OVERFLOW, RULES, RUN, SMALL
from tests.factories import make_guide

pytestmark = pytest.mark.looks


def test_by_keyboard(page, guide):
    follow = Follower(page).open(guide.get_absolute_url())
    follow.press("Leave")
    follow.link.press("Enter")
    expect(follow.dialog.get_by_role("button", name="Next")).to_be_focused()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    follow.counts("1 of 3 set 1 of 2 2 is enough")
    page.keyboard.press("ArrowLeft")
    follow.counts("10 seconds then set 1 of 2")
    page.keyboard.press("Space")  # on "Next", which it presses
    follow.counts("1 of 3 set 1 of 2 2 is enough")
    follow.step.focus()
    page.keyboard.press("Space")
    expect(follow.dialog.get_by_role("button", name="Go on")).to_be_visible()

    page.keyboard.press("Escape")

    expect(follow.link).to_be_focused()


def test_what_goes_with_its_screen_hands_on_the_focus(page, at_work):
    next_ = at_work.dialog.get_by_role("button", name="Next", exact=True)
    at_work.next()
    at_work.dialog.get_by_role("button", name="That is enough").press("Enter")
    expect(at_work.step).to_contain_text("Next: ")
    expect(next_).to_be_focused()

    while next_.is_visible():
        next_.press("Enter")

    expect(at_work.step).to_have_text("That is all for today.")
    expect(at_work.step).to_be_focused()


def test_the_arrow_leads_back_from_the_end(page, follow):
    while follow.dialog.get_by_role("button", name="Next", exact=True).is_visible():
        follow.next()
    page.keyboard.press("ArrowRight")
    expect(follow.step).to_have_text("That is all for today.")

    page.keyboard.press("ArrowLeft")

    follow.counts("1 of 3 set 2 of 2 2 is enough")


def test_the_question_after_it_leads_to_the_questions(page, follow):
    while follow.dialog.get_by_role("button", name="Next", exact=True).is_visible():
        follow.next()

    follow.dialog.get_by_role("link", name="Ask a question").click()

    expect(follow.dialog).to_be_hidden()
    expect(page.locator("#questions")).to_be_in_viewport()
    assert page.url.endswith("#questions")


def test_every_screen_for_everybody(page, site, subtests, demo):
    follow = Follower(page)
    page.goto(ROWS)
    follow.link.click()
    page.evaluate(AXE)
    screens = {"name": 0, "setup": 1, "action": 5, "ready": 3, "work": 1, "rest": 1}
    for name, presses in (screens | {"end": 99, "stop": 0}).items():
        for _ in range(presses):
            if follow.dialog.get_by_role("button", name="Next").is_hidden():
                break
            follow.next()
        if name == "stop":
            follow.press("When to stop")
        elif name in ("ready", "work", "rest"):
            follow.press("Pause")
        for scheme in ("light", "dark"):
            with subtests.test(name, scheme=scheme):
                page.emulate_media(color_scheme=scheme)
                found = page.evaluate(RUN, [RULES, []])
                assert found == []
        with subtests.test(name, what="no target is too small"):
            assert [one for one in page.evaluate(SMALL) if "dialog" in one] == []
        with subtests.test(name, what="no scrolling on a phone"):
            tall = "(one) => one.scrollHeight - one.clientHeight"
            assert name == "stop" or follow.dialog.evaluate(tall) <= 0
        with subtests.test(name, what="320 px"):
            page.set_viewport_size(NARROW)
            assert page.evaluate(OVERFLOW) == []
            wide = "(one) => one.scrollWidth - one.clientWidth"
            assert follow.dialog.evaluate(wide) <= 0
            page.set_viewport_size({"width": 390, "height": 844})


@pytest.mark.parametrize(
    ("width", "height", "letters"), [(844, 390, "100%"), (390, 844, "200%")]
)
def test_where_it_scrolls_the_keys_stay(at_work, width, height, letters):
    page = at_work.page
    page.set_viewport_size({"width": width, "height": height})
    enlarge(page, letters)

    for top in (0, 9999):
        at_work.dialog.evaluate("(one, top) => { one.scrollTop = top }", top)
        for name in ("Back", "Pause", "Next", "When to stop"):
            key = at_work.dialog.get_by_role("button", name=name, exact=True)
            expect(key).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640)])
def test_large_letters_leave_the_number_in_sight(page, guide, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(guide.get_absolute_url())
    enlarge(page)
    follow = Follower(page)
    follow.link.click()
    follow.next(5)
    keys = follow.dialog.locator(".follow__keys").first
    for _ in range(2):
        number = follow.dialog.locator("[data-is=number]").bounding_box()
        assert number["y"] + number["height"] <= keys.bounding_box()["y"]
        assert keys.bounding_box()["height"] < 100
        leave = follow.dialog.get_by_role("button", name="Leave").first
        expect(leave).to_be_in_viewport(ratio=1)
        for label in follow.dialog.locator(".follow__band li:not(.is-here)").all():
            expect(label).to_be_hidden()
        expect(follow.dialog.locator(".is-here")).to_be_in_viewport(ratio=1)
        follow.next()


@pytest.mark.parametrize(
    ("width", "height", "letters"),
    [(390, 844, "200%"), (320, 640, "100%"), (320, 640, "200%")],
)
def test_the_pose_is_seen_with_large_letters(page, site, width, height, letters, demo):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(ROWS)
    enlarge(page, letters)
    follow = Follower(page)
    follow.link.click()
    picture = follow.dialog.locator(".follow__picture")
    next_ = follow.dialog.get_by_role("button", name="Next", exact=True)
    while "Next: " not in follow.step.inner_text():
        box = picture.bounding_box()
        assert box["height"] >= min(128, 0.17 * height) - 1, follow.step.inner_text()
        assert picture.locator(".plate:visible").bounding_box()["height"] > 100
        next_.click()


@pytest.mark.parametrize(
    ("width", "height", "letters"), [(390, 844, "200%"), (320, 640, "100%")]
)
def test_a_small_round_is_offered_above_the_fold(page, guide, width, height, letters):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(guide.get_absolute_url())
    enlarge(page, letters)
    follow = Follower(page)
    follow.link.click()

    small = follow.dialog.get_by_text("A small round: 2 times, one set").bounding_box()

    keys = follow.dialog.locator(".follow__keys").first.bounding_box()
    assert small["y"] + small["height"] <= keys["y"]


@pytest.mark.parametrize("letters", ["100%", "200%"])
def test_boxes_to_tick_stand_on_their_line(page, guide, letters):
    page.goto(guide.get_absolute_url())
    enlarge(page, letters)
    follow = Follower(page)
    follow.link.click()
    mark = follow.dialog.get_by_role("radio").first

    box = mark.bounding_box()

    line = mark.evaluate("""(one) => {
      const range = document.createRange();
      range.selectNodeContents(one.nextElementSibling);
      const { top, height } = range.getClientRects()[0];
      return top + height / 2;
    }""")
    assert abs(box["y"] + box["height"] / 2 - line) < 3


def test_a_rest_fits_a_phone_on_its_side(at_work):
    at_work.page.set_viewport_size({"width": 844, "height": 390})

    at_work.next()

    more = at_work.dialog.get_by_role("button", name="+ 30 s").bounding_box()
    keys = at_work.dialog.locator(".follow__keys").first.bounding_box()
    assert more["y"] + more["height"] <= keys["y"]


def test_without_script_the_link_leads_to_the_first_exercise(
    page_without_script, guide
):
    page_without_script.goto(guide.get_absolute_url())

    page_without_script.get_by_role("link", name="Follow along").click()

    expect(
        page_without_script.get_by_role("heading", name="Low Row")
    ).to_be_in_viewport()


def test_an_article_has_nothing_to_follow(page, site):
    page.goto(make_guide(kind="article").get_absolute_url())

    expect(page.get_by_role("link", name="Follow along")).to_have_count(0)
