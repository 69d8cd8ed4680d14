"""Follow along: both rows of the typical page with the phone out of reach."""

import pytest
from playwright.sync_api import expect

from guide.models import Dosage, Guide
from tests.browser.follow.follower import KEPT, ROWS, Follower

pytestmark = pytest.mark.looks
PLATE = """[...document.querySelectorAll("[data-is=picture] .plate")]
  .findIndex((plate) => !plate.hidden)"""


def put_two_pictures(page):
    page.evaluate("""() => {
      const plates = ["a", "b"].map(() => document.createElement("div"));
      for (const plate of plates) plate.className = "plate";
      document.querySelector("[data-is=picture]").replaceChildren(...plates);
    }""")


def test_both_rows_by_pressing_only_next(page, site, demo):
    follow = Follower(page).open(ROWS)
    seen = []
    while follow.dialog.get_by_role("button", name="Next", exact=True).is_visible():
        text = follow.said.text_content()
        seen.append(text)
        if "Take your place" in text or "Rest." in text or text.startswith("set "):
            # Timed parts end by themselves, with the phone on a chair.
            before = follow.said.text_content()
            for _ in range(90):
                follow.page.clock.run_for(1000)
                if follow.said.text_content() != before:
                    break
            else:
                pytest.fail(f"{before} does not end")
        else:
            follow.next()

    expect(follow.step).to_have_text("That is all for today.")
    assert seen[0] == "Low Row"
    assert "Next: Wide Row" in seen
    assert [text for text in seen if text.startswith("set ")] == [
        f"set {n} of 3, 12 times" for n in (1, 2, 3)
    ] * 2
    assert sum("Rest." in text for text in seen) == 4
    guide = Guide.objects.get(slug=ROWS.split("/")[2])
    for exercise in guide.exercises.all():
        for step in exercise.steps.all():
            assert any(step.text in text for text in seen), step.text
    expect(follow.dialog.locator(".dose")).to_contain_text("never two in a row")
    assert page.evaluate(KEPT) == []


def test_repetitions_and_rest_are_counted(at_work):
    at_work.counts("1 of 3 set 1 of 2 2 is enough")
    at_work.wait(6)
    at_work.counts("2 of 3 set 1 of 2 2 is enough")
    at_work.wait(12)
    at_work.counts("20 seconds then set 2 of 2")
    at_work.wait(10)
    at_work.counts("10 seconds then set 2 of 2")

    at_work.wait(10)

    at_work.counts("1 of 3 set 2 of 2 2 is enough")
    expect(at_work.said).to_have_text("set 2 of 2, 3 times")


def test_words_and_picture_go_there_and_back_in_every_repetition(at_work):
    for n in (1, 2, 3):
        at_work.counts(f"{n} of 3 set 1 of 2 2 is enough")
        expect(at_work.step).to_have_text("Pull.")
        at_work.wait(2.8)
        expect(at_work.step).to_have_text("Let go.")
        assert at_work.said.text_content() == "set 1 of 2, 3 times"
        at_work.wait(2.8)


def test_four_steps_begin_and_end_where_the_picture_begins(page, guide):
    lines = [(line, "") for line in ("Grow.", "Pull.", "Wait.", "Let go.")]
    guide.exercises.first().write_steps(phase="action", lines=lines)
    page.emulate_media(reduced_motion="no-preference")
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next(7)
    put_two_pictures(page)
    seen = []
    for _ in range(4):
        follow.wait(0.2)
        seen.append((follow.step.inner_text(), page.evaluate(PLATE)))
        follow.wait(0.9)

    assert seen == [("Grow.", 0), ("Pull.", 1), ("Wait.", 1), ("Let go.", 0)]


def test_steps_too_long_to_read_in_time_leave_the_name_and_the_breath(page, guide):
    lines = [("Breathe out and draw your elbows back along your ribs.", "")]
    lines += [("Breathe in and let the band take your arms home.", "")]
    guide.exercises.first().write_steps(phase="action", lines=lines)
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next(5)
    for _ in range(6):
        expect(follow.step).to_have_text("Low Row")
        expect(follow.dialog.get_by_text("Out as you pull")).to_be_visible()
        follow.wait(1)

    follow.press("Pause")
    for _ in range(4):
        follow.press("Slower")

    expect(follow.step).to_have_text(lines[0][0])


def test_the_picture_keeps_its_size_in_a_set(page, guide):
    lines = [("Pull.", ""), ("Let the band take your arms home again, slow.", "")]
    guide.exercises.first().write_steps(phase="action", lines=lines)
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next(5)
    tops = "(one) => one.getBoundingClientRect().top"
    before = follow.count.evaluate(tops)
    expect(follow.step).to_have_text("Pull.")

    follow.wait(3)

    expect(follow.step).to_contain_text("Let the band")
    assert follow.count.evaluate(tops) == before


def test_the_breath_is_told_where_one_moves(follow):
    breath = follow.dialog.get_by_text("Out as you pull")
    follow.next()
    expect(breath).to_be_hidden()
    follow.next()
    expect(breath).to_be_visible()
    follow.next(2)
    expect(breath).to_be_hidden()
    follow.next()
    expect(breath).to_be_visible()


def test_rest_can_be_longer_and_enough_is_enough(at_work):
    at_work.next()
    at_work.wait(5)
    at_work.press("+ 30 s")
    at_work.counts("45 seconds then set 2 of 2")

    at_work.press("That is enough")

    expect(at_work.step).to_contain_text("Next: ")


def test_below_the_least_number_of_sets_nothing_is_called_enough(page, guide):
    Dosage.objects.update(sets_min=2)
    follow = Follower(page).open(guide.get_absolute_url())

    follow.next(6)

    follow.counts("20 seconds then set 2 of 2")
    expect(page.get_by_role("button", name="That is enough")).to_be_hidden()


def test_a_pause_stops_the_clock(at_work):
    at_work.wait(6)
    at_work.press("Pause")
    at_work.wait(100)
    at_work.counts("2 of 3 set 1 of 2 2 is enough")
    at_work.press("Go on")

    at_work.wait(6)

    at_work.counts("3 of 3 set 1 of 2 2 is enough")


def test_back_goes_back(at_work):
    at_work.press("Back")
    at_work.counts("10 seconds then set 1 of 2")

    at_work.press("Back")

    expect(at_work.step).to_have_text("Let go.")
    expect(at_work.dialog.get_by_role("button", name="Pause")).to_be_hidden()


def test_the_reader_sets_the_pace(follow):
    follow.next(4)
    follow.press("Slower")
    expect(follow.said).to_have_text("7 seconds each")
    follow.next()
    follow.wait(6)
    follow.counts("1 of 3 set 1 of 2 2 is enough")

    follow.wait(1)

    follow.counts("2 of 3 set 1 of 2 2 is enough")


def test_what_is_held_is_counted_down_between_there_and_back(page, guide):
    Dosage.objects.update(
        hold_min=5, hold_max=10, sets_min=1, sets_max=1, rest_min=None, rest_max=None
    )
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next(5)
    follow.counts("1 of 3 2 is enough")
    follow.wait(3)
    expect(follow.step).to_have_text("Hold, and go on breathing.")
    follow.counts("10 seconds 1 of 3 5 seconds are enough")
    follow.wait(9)
    follow.counts("1 second 1 of 3 5 seconds are enough")
    follow.wait(1)
    expect(follow.step).to_have_text("Let go.")

    follow.wait(3)

    follow.counts("2 of 3 2 is enough")


def test_each_side_has_its_turn(page, guide):
    Dosage.objects.update(each_side=True)
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next(5)
    follow.counts("1 of 3 set 1 of 2, one side 2 is enough")
    follow.next()
    expect(follow.step).to_have_text("Change sides.")

    follow.wait(10)

    follow.counts("1 of 3 set 1 of 2, the other side 2 is enough")


def test_without_a_number_one_step_follows_the_other(page, guide):
    Dosage.objects.all().delete()
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next(4)

    expect(follow.step).to_contain_text("Next: ")
    expect(follow.count).to_be_hidden()


def test_when_to_stop_is_one_tap_away_and_stops_the_clock(at_work):
    at_work.press("When to stop")
    panel = at_work.page.get_by_role("dialog", name="When to stop")
    expect(panel.get_by_text("Pain in the chest")).to_be_visible()
    expect(panel.get_by_text("Low Row: Light.")).to_be_visible()
    at_work.wait(60)

    at_work.page.keyboard.press("Escape")

    expect(panel).to_be_hidden()
    at_work.counts("1 of 3 set 1 of 2 2 is enough")
    expect(at_work.dialog.get_by_role("button", name="Go on")).to_be_visible()


def test_the_caution_of_the_present_exercise_comes_first(page, guide):
    second = guide.exercises.last()
    second.name, second.caution = "Wide Row", "Lighter."
    second.save()
    follow = Follower(page).open(guide.get_absolute_url())
    cautions = page.locator("[data-is=notices] .exercise__caution")
    follow.press("When to stop")
    expect(cautions).to_have_text(["Low Row: Light.", "Wide Row: Lighter."])
    page.keyboard.press("Escape")
    while "Next: " not in follow.step.inner_text():
        follow.next()

    follow.press("When to stop")

    expect(cautions).to_have_text(["Wide Row: Lighter.", "Low Row: Light."])


def test_many_sets_are_told_in_words(page, guide):
    Dosage.objects.update(sets_max=999)
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next(5)
    marks = follow.dialog.locator(".follow__band li")
    expect(marks).to_have_text(["Set 1"])
    follow.counts("1 of 3 set 1 of 999 2 is enough")
    follow.next()
    expect(marks).to_have_text(["Set 2 next"])

    follow.next(2)

    expect(marks).to_have_text(["Set 3 next"])
    at = follow.dialog.locator("[data-is=band]").evaluate(
        "(one) => +one.style.getPropertyValue('--at')"
    )
    assert 0 < at < 0.01


def test_ten_sets_have_their_marks(page, guide):
    Dosage.objects.update(sets_max=10)
    follow = Follower(page).open(guide.get_absolute_url())

    follow.next(7)

    expect(follow.dialog.locator(".follow__band li")).to_have_count(10)
    expect(follow.dialog.locator(".is-here")).to_have_text("Set 2")


def test_a_borrowed_set_up_is_walked_through(page, guide):
    first, second = guide.exercises.all()
    second.write_steps(phase="setup", lines=[("Turn your palms.", "")])
    second.setup_from = first
    second.save()
    follow = Follower(page).open(guide.get_absolute_url())
    while "Next: " not in follow.step.inner_text():
        follow.next()

    follow.next()
    expect(follow.step).to_have_text("Sit down.")
    follow.next()
    expect(follow.step).to_have_text("Turn your palms.")


def test_a_set_up_with_a_but_begins_where_one_stands(page, guide):
    first, second = guide.exercises.all()
    second.write_steps(phase="setup", lines=[("but stand.", "")])
    second.setup_from = first
    second.save()
    follow = Follower(page).open(guide.get_absolute_url())
    while "Next: " not in follow.step.inner_text():
        follow.next()

    follow.next()

    expect(follow.step).to_have_text("As for Exercise 1, but stand.")
    follow.dialog.get_by_text("The set-up of Low Row").click()
    expect(follow.dialog.get_by_text("Sit down.")).to_be_visible()


def test_a_footnote_and_a_caution_stand_with_what_they_are_about(follow):
    expect(follow.dialog.locator("> .follow__words")).to_contain_text("Light.")

    follow.next(2)

    expect(follow.dialog.get_by_text("* Slowly.")).to_be_visible()
    expect(follow.dialog.get_by_text("Out as you pull")).to_be_visible()
