"""Follow along: the screen that stays on, and the voice."""

import pytest
from playwright.sync_api import expect

from guide.models import Dosage
from tests.browser.follow.follower import Follower, call

pytestmark = pytest.mark.looks
LOCK = """() => {
  window.locks = [];
  const request = async () => {
    const lock = {released: false};
    lock.release = async () => {
      lock.released = true;
      lock.onrelease();
    };
    locks.push(lock);
    return lock;
  };
  Object.defineProperty(navigator, "wakeLock", {value: {request}});
}"""
NO_LOCK = """Object.defineProperty(navigator, "wakeLock", {value: undefined})"""
VOICES = """(() => {
  window.heard = [];
  const voice = {localService: true, lang: "en-GB"};
  window.SpeechSynthesisUtterance = function (text) { this.text = `${text}` };
  Object.defineProperty(window, "speechSynthesis", {value: {
    getVoices: () => [{localService: false, lang: "en-GB"}, voice],
    cancel: () => {},
    speak: (speech) => heard.push([speech.text, speech.voice === voice]),
  }});
})()"""


def test_the_screen_is_kept_on_and_let_go(page, guide, becomes):
    page.add_init_script(call(LOCK))
    follow = Follower(page).open(guide.get_absolute_url())
    expect(follow.dialog.get_by_text("Screen stays on")).to_be_visible()
    page.evaluate("locks[0].release()")
    expect(follow.dialog.get_by_text("Your screen may go dark")).to_be_visible()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(follow.dialog.get_by_text("Screen stays on")).to_be_visible()

    follow.press("Leave")

    becomes(page, "locks.length == 2 && locks.every((lock) => lock.released)")


def test_a_screen_that_may_go_dark_says_so(page, guide):
    page.add_init_script(NO_LOCK)

    follow = Follower(page).open(guide.get_absolute_url())

    expect(follow.dialog.get_by_text("Your screen may go dark")).to_be_visible()
    expect(follow.dialog.get_by_text("Screen stays on")).to_be_hidden()


def test_nothing_begins_unseen(at_work):
    # The phone slept through the set, the rest and more.
    at_work.page.clock.fast_forward(120_000)

    at_work.counts("20 seconds then set 2 of 2")
    expect(at_work.dialog.get_by_role("button", name="Go on")).to_be_visible()


def test_it_can_be_said_aloud_by_a_voice_of_the_device(page, guide):
    page.add_init_script(VOICES)
    follow = Follower(page).open(guide.get_absolute_url())
    follow.next()
    assert page.evaluate("heard") == []
    follow.press("Back")

    follow.press("Say it aloud")
    aloud = follow.dialog.get_by_role("button", name="Say it aloud", exact=True)
    mark = "(one) => getComputedStyle(one, '::before').content"
    assert "✓" in aloud.evaluate(mark)
    follow.next(5)
    follow.wait(6)

    heard = page.evaluate("heard")
    assert [text for text, _ in heard] == [
        "Low Row",
        "Set up, 1 of 1, Sit down.",
        "Action, 1 of 2, Pull.",
        "Action, 2 of 2, Let go.",
        "Take your place. 10 seconds then set 1 of 2",
        "set 1 of 2, 3 times",
        "2",
    ]
    assert all(is_own for _, is_own in heard)


def test_the_voice_says_each_number_once_and_when_a_hold_is_over(page, guide):
    Dosage.objects.update(hold_min=5, sets_min=1, sets_max=1, rest_min=None)
    page.add_init_script(VOICES)
    follow = Follower(page).open(guide.get_absolute_url())
    follow.press("Say it aloud")
    follow.next(5)
    page.evaluate("heard.length = 0")

    follow.wait(32)

    heard = [text for text, _ in page.evaluate("heard")]
    hold = ["Hold, and go on breathing.", "And back."]
    assert heard == [*hold, "2", *hold, "3", *hold]


def test_without_a_voice_it_is_not_offered(follow):
    expect(follow.dialog.get_by_text("Say it aloud")).to_be_hidden()
