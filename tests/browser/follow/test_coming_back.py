"""Follow along: where one was is kept, and a small round is enough."""

import pytest
from playwright.sync_api import expect

from guide.models import Dosage
from tests.browser.follow.follower import KEPT, Follower

pytestmark = pytest.mark.looks


@pytest.mark.parametrize("way", ["escape", "button", "back"])
def test_every_way_out_keeps_where_one_was(page, at_work, guide, way, becomes):
    if way == "escape":
        page.keyboard.press("Escape")
    elif way == "button":
        at_work.press("Leave")
    else:
        page.evaluate("history.back()")
    expect(at_work.dialog).to_be_hidden()
    expect(at_work.link).to_be_focused()
    becomes(page, "history.state === null")

    page.reload()
    at_work.link.click()
    expect(at_work.step).to_have_text("Go on where you stopped?")
    at_work.press("Go on: Low Row, set 1")

    at_work.counts("10 seconds then set 1 of 2")


def test_who_comes_back_to_a_later_set_has_rested_and_takes_her_place(at_work):
    at_work.next(2)
    at_work.counts("1 of 3 set 2 of 2 2 is enough")
    at_work.page.keyboard.press("Escape")
    at_work.link.click()

    at_work.press("Go on: Low Row, set 2")

    expect(at_work.step).to_have_text("Take your place.")
    at_work.counts("10 seconds then set 2 of 2")
    at_work.wait(10)
    at_work.counts("1 of 3 set 2 of 2 2 is enough")


def test_who_comes_back_to_the_other_side_is_told_to_change(page, guide):
    Dosage.objects.update(each_side=True)
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next(7)
    page.keyboard.press("Escape")
    follow.link.click()

    follow.press("Go on: Low Row, set 1")

    expect(follow.step).to_have_text("Change sides.")
    follow.counts("10 seconds then the other side")


def test_loaded_again_it_asks_and_one_press_of_back_leaves(page, at_work, becomes):
    page.reload()
    expect(at_work.step).to_have_text("Go on where you stopped?")

    page.evaluate("history.back()")

    expect(at_work.dialog).to_be_hidden()
    becomes(page, "history.state === null")
    page.evaluate("history.forward()")
    expect(at_work.step).to_have_text("Go on where you stopped?")


def test_a_small_round_is_offered_and_counted(page, follow):
    expect(follow.dialog.get_by_label("The whole round")).to_be_checked()
    follow.dialog.get_by_label("A small round: 2 times, one set").check()
    follow.next(4)
    follow.counts("10 seconds then you begin")
    follow.wait(10)
    follow.counts("1 of 2")
    follow.wait(12)

    expect(follow.step).to_contain_text("Next: ")
    expect(follow.dialog.get_by_label("A small round")).to_be_checked()
    follow.dialog.get_by_label("The whole round: 3 times, 2 sets").check()
    follow.next(4)
    follow.counts("10 seconds then set 1 of 2")


def test_a_small_round_is_gone_on_with(page, follow, guide):
    follow.dialog.get_by_label("A small round").check()
    while "Next: " not in follow.step.inner_text():
        follow.next()
    follow.next(5)
    follow.counts("1 of 2")
    page.reload()

    follow.press(f"Go on: {guide.exercises.last().name}, set 1")

    follow.counts("10 seconds then you begin")
    follow.wait(10)
    follow.counts("1 of 2")


def test_what_is_held_has_its_small_round(page, guide):
    Dosage.objects.update(
        repetitions_min=None, repetitions_max=None, hold_min=10, hold_max=30
    )
    follow = Follower(page).open(guide.get_absolute_url())

    expect(follow.dialog.get_by_text("held 30 seconds, 2 sets")).to_be_visible()
    expect(follow.dialog.get_by_text("held 10 seconds, one set")).to_be_visible()


def test_up_to_so_many_sets_may_be_one(page, guide):
    Dosage.objects.update(repetitions_min=None, sets_min=None)
    follow = Follower(page).open(guide.get_absolute_url())

    follow.dialog.get_by_label("A small round: 3 times, one set").check()
    follow.next(5)

    follow.counts("1 of 3")


@pytest.mark.parametrize("counts", [{"repetitions_min": 3, "sets_min": 2}, None])
def test_where_nothing_is_open_no_small_round_is_offered(page, guide, counts):
    dosages = Dosage.objects.all()
    dosages.update(**counts) if counts else dosages.delete()

    follow = Follower(page).open(guide.get_absolute_url())

    expect(follow.step).to_have_text("Low Row")
    expect(follow.dialog.get_by_text("How much today?")).to_be_hidden()


def test_one_may_begin_again(page, at_work):
    page.keyboard.press("Escape")
    at_work.link.click()

    at_work.press("From the start")

    expect(at_work.step).to_have_text("Low Row")
    assert page.evaluate(KEPT) == []


def test_after_a_day_it_begins_anew(page, at_work, becomes):
    page.keyboard.press("Escape")
    becomes(page, "history.state === null")
    page.clock.fast_forward("24:00:01")

    at_work.link.click()

    expect(at_work.step).to_have_text("Low Row")


def test_a_guide_that_became_shorter_goes_on_at_what_is_left(
    page, at_work, guide, becomes
):
    page.keyboard.press("Escape")
    becomes(page, "history.state === null")
    Dosage.objects.all().delete()
    guide.save()
    page.reload()
    at_work.link.click()

    at_work.press("Go on: Low Row, action")

    expect(at_work.step).to_have_text("Let go.")


def test_nothing_is_kept_before_the_click(page, guide):
    page.goto(guide.get_absolute_url())
    page.wait_for_load_state("networkidle")

    assert page.evaluate(KEPT) == []


def test_a_device_that_keeps_nothing_is_fine(page, guide):
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", {
          get() { throw new DOMException("refused", "SecurityError") }})"""
    )
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next()
    expect(follow.step).to_have_text("Sit down.")
    page.keyboard.press("Escape")

    follow.link.click()

    expect(follow.step).to_have_text("Low Row")
