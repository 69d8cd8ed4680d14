"""Follow along: both rows of the typical page with the phone out of reach."""

import pytest
from playwright.sync_api import expect

from guide.models import Audience, Dosage, Guide, SafetyNotice, Variation, Verdict
from tests.browser.test_everybody import AXE, NARROW, OVERFLOW, RULES, RUN, SMALL
from tests.factories import make_guide

pytestmark = pytest.mark.looks

ROWS = "/guides/two-rows-for-a-tired-upper-back/"
KEPT = "Object.entries(localStorage)"
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


PLATE = """[...document.querySelectorAll("[data-is=picture] .plate")]
  .findIndex((plate) => !plate.hidden)"""


def put_two_pictures(page):
    page.evaluate("""() => {
      const plates = ["a", "b"].map(() => document.createElement("div"));
      for (const plate of plates) plate.className = "plate";
      document.querySelector("[data-is=picture]").replaceChildren(...plates);
    }""")


def enlarge(page, letters="200%"):
    page.evaluate(
        "(size) => { document.documentElement.style.fontSize = size }", letters
    )


def call(script):
    return f"({script})()"


class Follower:
    """A person with the dialog before her, and the clock of her phone."""

    def __init__(self, page):
        self.page = page
        self.dialog = page.locator("dialog[aria-labelledby=follow-step]")
        self.step = self.dialog.locator("#follow-step")
        self.count = self.dialog.locator(".follow__count")
        self.said = self.dialog.get_by_role("status")
        self.link = page.get_by_role("link", name="Follow along, step by step")

    def open(self, url):
        """Open it, on a clock that stands still until ``wait``."""
        self.page.clock.install(time="2026-11-20T18:00:00")
        self.page.goto(url)
        self.page.clock.pause_at("2026-11-20T19:00:00")
        self.link.click()
        return self

    def press(self, name):
        self.dialog.get_by_role("button", name=name, exact=True).first.click()

    def next(self, times=1):
        for _ in range(times):
            self.press("Next")

    def wait(self, seconds):
        """Let the clock run, and the fifth of a second until the page looks at it."""
        self.page.clock.run_for(seconds * 1000 + 200)

    def counts(self, words):
        assert " ".join(self.count.inner_text().split()) == words


@pytest.fixture
def guide(site):
    """Two exercises, 2 to 3 repetitions, 1 to 2 sets, 20 seconds of rest."""
    guide = make_guide(title="Two rows", slug="two-rows", exercises=2)
    dosage = Dosage(guide=guide, repetitions_min=2, repetitions_max=3, rest_min=20)
    dosage.sets_min, dosage.sets_max = 1, 2
    dosage.save()
    notice = SafetyNotice.objects.create(prose="<p>Pain in the chest</p>")
    guide.notices.add(notice)
    first = guide.exercises.first()
    first.name, first.breathing, first.caution = "Low Row", "Out as you pull", "Light."
    first.save()
    return guide


@pytest.fixture
def follow(page, guide):
    return Follower(page).open(guide.get_absolute_url())


@pytest.fixture
def at_work(follow):
    """In the first set: past name, set-up, two steps of action and ten seconds."""
    follow.next(5)
    return follow


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
