"""Follow along: what the guide says to this reader."""

import pytest
from playwright.sync_api import expect

from guide.models import Audience, Variation, Verdict
from tests.browser.follow.follower import Follower, enlarge
from tests.browser.test_everybody import AXE, NARROW, OVERFLOW, RULES, RUN, SMALL
from tests.factories import make_guide

pytestmark = pytest.mark.looks


@pytest.fixture
def mine(page, guide):
    """Four verdicts of the guide: two readers ticked, three that the page names."""
    for name, choice, note in [
        ("prolapse", "change", "sit"),
        ("pregnant", "change", "sit, light band"),
        ("new hip", "ask", "until your surgeon agrees"),
        ("after birth", "yes", "from 6 weeks"),
    ]:
        audience = Audience.objects.create(name=name, slug=name.replace(" ", "-"))
        Verdict.objects.create(guide=guide, audience=audience, choice=choice, note=note)

    def tick(slugs):
        page.add_init_script(f"localStorage.setItem('not-for-me', '{slugs}')")
        return Follower(page).open(guide.get_absolute_url())

    return tick


def seated_sister_of(exercise, *, guide):
    sister = guide.exercises.last()
    sister.name, sister.start_position = "Seated Row", "seated"
    sister.save()
    Variation.objects.create(exercise=exercise, kind="seated", to=sister)
    return sister


def test_what_the_guide_says_to_her_stands_first_at_each_exercise(guide, mine):
    follow = mine("prolapse pregnant after-birth")
    told = follow.dialog.locator("[data-is=mine]")
    expect(told.get_by_text("With changes")).to_be_visible()
    assert told.locator("dd").text_content() == (
        "Prolapse (you): sit; pregnant (you): sit, light band"
    )
    expect(follow.said).to_contain_text("Low Row, With changes, Prolapse (you): sit")
    expect(follow.dialog.get_by_role("link", name="On a chair")).to_have_count(0)

    follow.next()

    expect(told).to_be_hidden()
    while "Next: " not in follow.step.inner_text():
        follow.next()
    expect(told).to_contain_text("Prolapse (you)")


@pytest.mark.parametrize("slugs", ["", "after-birth", "somebody-else"])
def test_to_whom_it_is_suitable_or_silent_nothing_is_said(guide, mine, slugs):
    seated_sister_of(guide.exercises.first(), guide=make_guide(exercises=1))

    follow = mine(slugs)

    expect(follow.step).to_have_text("Low Row")
    expect(follow.dialog.locator("[data-is=mine]")).to_be_hidden()


def test_with_changes_the_sister_on_a_chair_is_a_tap_away(page, guide, mine):
    other = make_guide(title="Rows on a chair", exercises=1)
    sister = seated_sister_of(guide.exercises.first(), guide=other)
    follow = mine("prolapse")

    follow.dialog.get_by_role("link", name="On a chair: Seated Row").click()

    page.wait_for_url(f"**{sister.get_absolute_url()}")


def test_the_sister_on_the_same_page_is_followed_at_once(page, guide, mine):
    seated_sister_of(guide.exercises.first(), guide=guide)
    follow = mine("prolapse")

    follow.dialog.get_by_role("link", name="On a chair: Seated Row").click()

    expect(follow.step).to_have_text("Next: Seated Row")
    expect(follow.dialog.get_by_role("button", name="Next")).to_be_focused()
    expect(follow.dialog.get_by_role("link", name="On a chair")).to_have_count(0)


def test_where_she_should_ask_first_no_chair_is_offered(guide, mine):
    seated_sister_of(guide.exercises.first(), guide=make_guide(exercises=1))

    follow = mine("new-hip")

    expect(follow.dialog.locator("[data-is=mine]")).to_contain_text("until your surg")
    expect(follow.dialog.get_by_role("link", name="On a chair")).to_have_count(0)


def test_her_verdict_for_everybody(page, guide, mine, subtests):
    seated_sister_of(guide.exercises.first(), guide=make_guide(exercises=1))
    follow = mine("prolapse pregnant new-hip")
    page.clock.resume()
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        with subtests.test(scheme):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(RUN, [RULES, []]) == []
    for letters in ("100%", "200%"):
        with subtests.test(letters):
            follow.press("Leave")
            page.set_viewport_size(NARROW)
            enlarge(page, letters)
            follow.link.click()
            assert page.evaluate(OVERFLOW) == []
            assert [one for one in page.evaluate(SMALL) if "chair" in one] == []
            wide = "(one) => one.scrollWidth - one.clientWidth"
            assert follow.dialog.evaluate(wide) <= 0
