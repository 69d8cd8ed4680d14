"""The author and her assistant decide what readers wrote, by hand, by keys, by mail."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from comments import tasks
from comments.models import Comment, EmailAddress, SavedAnswer, Settings
from guide.models import SiteSettings
from tests.factories import make_comment, make_guide, make_staff

DESK = "/admin/comments/comment/"
# How far the letters of a button stand out from what lies under them, 1 to 21.
CONTRAST = """(button) => {
  const canvas = new OffscreenCanvas(1, 1);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const part = (n) => (n < 11 ? n / 3294.6 : ((n / 255 + .055) / 1.055) ** 2.4);
  const light = (colours) => {
    for (const colour of colours) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
    }
    const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
    return .2126 * part(r) + .7152 * part(g) + .0722 * part(b) + .05;
  };
  const under = [];
  for (let one = button; one; one = one.parentElement) {
    under.unshift(getComputedStyle(one).backgroundColor);
  }
  const back = light(under);
  const letters = light([getComputedStyle(button).color]);
  return Math.max(back, letters) / Math.min(back, letters);
}"""
KEPT = """Object.keys(localStorage).filter((key) => key.startsWith("keep:")).length"""


@pytest.fixture
def ana(site):
    return make_staff(
        username="ana",
        email="ana@example.org",
        first_name="Ana",
        last_name="Reyes",
        name="Ana Reyes",
    )


@pytest.fixture
def guide(site):
    return make_guide(title="Two rows", slug="two-rows")


@pytest.fixture
def asked(guide):
    """Three questions, the oldest first."""
    return [
        make_comment(guide, status="pending", name=name, body=f"{name} asks.")
        for name in ("Moira", "Tom", "Gill")
    ]


def card(page, name):
    return page.get_by_role("form", name=re.compile(f"^{name} "))


def state(comment):
    comment.refresh_from_db()
    return comment.status


@pytest.mark.parametrize("is_urgent", [True, False])
def test_from_new_mail_to_reader_told_takes_two_presses_and_the_typing(
    page_without_script, new_page, ana, guide, letter_box, is_urgent
):
    EmailAddress.objects.create(email="moira@example.org", confirmed_at=timezone.now())
    SiteSettings.objects.update(contact_email=ana.email)
    Settings.load()
    Settings.objects.update(digest_hour=0)
    comment = make_comment(
        guide,
        status="pending",
        name="Moira",
        email="moira@example.org",
        body="In or out?",
        is_urgent=is_urgent,
    )
    tasks.report_urgent() if is_urgent else tasks.send_digest()
    letter, link = letter_box("/comments/desk/")
    assert "In or out?" not in letter.as_string()

    page = page_without_script
    page.goto(link)  # the first press: "Read and answer" in the mail
    page.get_by_label("Your answer").fill("Out as you pull.")
    page.get_by_role("button", name="Answer and publish").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("It is published")
    reader = new_page()
    reader.goto("/guides/two-rows/")
    answered = reader.locator("article.comment--author", has_text="Out as you pull.")
    expect(answered).to_contain_text("Ana Reyes")
    assert state(comment) == "approved"

    # A minute, the time to undo it, passes; all else is done by the tick.
    Comment.objects.approved().mark(approved_at=timezone.now() - timedelta(minutes=1))
    call_command("tick")
    letter, own_page = letter_box("/comments/")
    assert letter["To"] == "moira@example.org"
    assert "You have an answer" in letter["Subject"]
    reader.goto(own_page)
    expect(reader.get_by_text("Out as you pull.")).to_be_visible()

    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This link has had its time"
    )


def test_a_card_is_answered_and_taken_back_without_script(
    page_without_script, sign_in, ana, asked
):
    page = sign_in(page_without_script, ana)
    SavedAnswer.objects.create(title="Breath", text="Out as you pull.")
    page.goto(DESK)
    card(page, "Moira").get_by_label("Saved answers").select_option("Breath")
    card(page, "Moira").get_by_role("button", name="Use this answer").click()
    box = page.get_by_label("Your answer")
    expect(box).to_have_value("Out as you pull.")
    box.fill("Out as you pull, Moira.")
    page.get_by_role("button", name="Answer and publish").click()

    expect(page.get_by_text("Published your answer to Moira.")).to_be_visible()
    expect(card(page, "Moira")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(card(page, "Moira").get_by_label("Your answer")).to_have_value(
        "Out as you pull, Moira."
    )
    assert state(asked[0]) == "pending"


def test_an_answer_that_is_begun_is_not_lost_without_script(
    page_without_script, sign_in, ana, asked
):
    page = sign_in(page_without_script, ana)
    page.goto(DESK)
    page.get_by_label("Tick the comment of Gill").check()
    card(page, "Moira").get_by_label("Your answer").fill("Out as you pull.")

    expect(card(page, "Tom").get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("form", name="Many at once")).to_have_count(0)
    expect(card(page, "Moira").get_by_text("nothing you typed is lost")).to_be_visible()
    # Told off for another decision, the answer stays.
    card(page, "Moira").get_by_role("button", name="Reject").click()
    box = page.get_by_label("Your answer")
    expect(box).to_have_value("Out as you pull.")
    page.get_by_role("button", name="Answer and publish").click()
    expect(card(page, "Tom").get_by_role("button", name="Reject")).to_be_visible()
    assert [state(one) for one in asked] == ["approved", "pending", "pending"]


def test_many_are_ticked_and_set_aside_without_script(
    page_without_script, sign_in, ana, asked
):
    page = sign_in(page_without_script, ana)
    page.goto(DESK)
    for name in ("Tom", "Gill"):
        page.get_by_label(f"Tick the comment of {name}").check()
    page.get_by_role("form", name="Many at once").get_by_role(
        "button", name="Spam"
    ).click()
    expect(page.get_by_text("2 comments are now spam.")).to_be_visible()
    assert [state(one) for one in asked] == ["pending", "spam", "spam"]

    moira = card(page, "Moira")
    moira.locator("summary", has_text="Set aside").click()
    moira.get_by_label("Note for the author").fill("Ask the ward.")
    moira.get_by_label("Note for the author").press("Enter")

    expect(page.get_by_text("Set aside. It still waits.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Set aside")).click()
    expect(card(page, "Moira")).to_contain_text("Ask the ward.")
    card(page, "Moira").get_by_role("button", name="Take it up again").click()
    expect(page.get_by_text("Taken up again.")).to_be_visible()
    asked[0].refresh_from_db()
    assert asked[0].tray == "answer"


def test_words_are_struck_out_by_ticking_and_by_selecting(
    page, page_without_script, sign_in, ana, guide
):
    comment = make_comment(guide, name="Tom", body="I am Tom Hill. My knee hurts.")
    url = reverse("admin:comments_comment_change", args=[comment.pk])
    plain = sign_in(page_without_script, ana)
    plain.goto(url)
    plain.get_by_role("link", name="Strike out").click()
    plain.get_by_label("My knee hurts.").check()
    plain.get_by_role("button", name="Strike it out for good").click()
    expect(plain.locator(".card__text")).to_have_text("I am Tom Hill. [removed]")

    sign_in(page, ana)
    page.goto(reverse("admin:comments_comment_redact", args=[comment.pk]))
    page.locator("#redact-text p").last.evaluate(
        """(one) => getSelection().setBaseAndExtent(
             one.firstChild, 5, one.firstChild, 13)"""
    )
    page.get_by_role("button", name="Take what I selected").click()
    expect(page.get_by_label("Words to strike out")).to_have_value("Tom Hill")
    page.get_by_role("button", name="Strike it out for good").click()

    expect(page.locator(".card__text")).to_have_text("I am [removed]. [removed]")


def test_keys_decide_until_they_are_switched_off(
    new_page, sign_in, ana, asked, becomes
):
    page = sign_in(new_page(viewport={"width": 1280, "height": 900}), ana)
    page.goto(DESK)

    def press(*keys):
        becomes(page, "document.readyState === 'complete'")
        for key in keys:
            page.keyboard.press(key)

    press("s")  # no card yet: nothing happens
    press("j", "j")
    expect(card(page, "Tom")).to_be_focused()
    press("s")
    expect(page.get_by_text("Put among the spam.")).to_be_visible()
    assert [state(one) for one in asked] == ["pending", "spam", "pending"]
    press("u")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert state(asked[1]) == "pending"

    press("k", "k", "a")  # the card that followed had the focus
    box = card(page, "Moira").get_by_label("Your answer")
    expect(box).to_be_focused()
    page.keyboard.type("just a jar, sir")
    press("Control+Enter")
    expect(page.get_by_text("Published your answer to Moira.")).to_be_visible()
    assert asked[0].replies.get().body == "just a jar, sir"

    press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Single keys do these").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    press("j", "s", "?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert state(asked[1]) == "pending"
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_label("Single keys do these")).not_to_be_checked()


def test_what_is_typed_outlives_a_reload_and_a_session(
    page, sign_in, ana, asked, becomes
):
    sign_in(page, ana)
    page.goto(DESK)
    card(page, "Tom").get_by_label("Your answer").fill("Half an answer")
    becomes(page, f"{KEPT} === 1")

    page.reload()
    expect(card(page, "Moira").get_by_role("status")).to_be_hidden()
    card(page, "Tom").get_by_role("button", name="Put it back").click()
    expect(card(page, "Tom").get_by_label("Your answer")).to_have_value(
        "Half an answer"
    )
    # The page of the comment offers it too: it is the same form.
    page.goto(reverse("admin:comments_comment_change", args=[asked[1].pk]))
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Your answer")).to_have_value("Half an answer")
    Session.objects.all().delete()
    page.get_by_role("button", name="Answer and publish").click()
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in and go on").click()

    expect(page.get_by_text("Published your answer to Tom.")).to_be_visible()
    assert asked[1].replies.get().body == "Half an answer"
    page.goto(DESK)
    becomes(page, f"{KEPT} === 0")


def test_two_at_work_do_not_undo_each_other(new_page, sign_in, ana, asked, site):
    Group.objects.get_or_create(name="Assistants")
    sam = make_staff(username="sam", first_name="Sam", last_name="Lee")
    hers, his = sign_in(new_page(), ana), sign_in(new_page(), sam)
    hers.goto(DESK)
    his.goto(DESK)
    card(his, "Moira").get_by_role("button", name="Reject").click()
    expect(his.get_by_text("Rejected.")).to_be_visible()

    card(hers, "Moira").get_by_label("Your answer").fill("Out as you pull.")
    card(hers, "Moira").get_by_role("button", name="Answer and publish").click()

    expect(hers.get_by_text("Sam was here. It is now: rejected.")).to_be_visible()
    expect(hers.get_by_label("Your answer")).to_have_value("Out as you pull.")
    assert state(asked[0]) == "rejected"
    assert not Comment.objects.filter(staff=ana).exists()


def test_a_button_is_read_under_the_mouse_and_in_focus(new_page, sign_in, ana, asked):
    SavedAnswer.objects.create(title="Breath", text="Out as you pull.")
    for scheme in ("light", "dark"):
        page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        sign_in(page, ana)
        for address in [
            DESK,
            reverse("admin:comments_comment_change", args=[asked[0].pk]),
            reverse("admin:comments_comment_redact", args=[asked[0].pk]),
        ]:
            page.goto(address)
            buttons = page.locator("#content .button:visible")
            kinds = dict.fromkeys(
                (one.get_attribute("class"), one.get_attribute("name"))
                for one in buttons.all()
            )
            for kind, name in kinds:
                button = page.locator(
                    f'#content .button[class="{kind}"]'
                    + (f"[name={name}]" if name else ":not([name])")
                ).first
                button.hover()
                assert button.evaluate(CONTRAST) >= 4.5, (address, kind, name)
                button.focus()
                page.mouse.move(0, 0)
                assert button.evaluate(CONTRAST) >= 4.5, (address, kind, name)
