"""A reader asks below a guide; the author answers from the admin's first page."""

import pytest
from playwright.sync_api import expect

from comments.models import Comment, Settings
from config import tick
from tests.factories import make_guide, make_staff

QUESTION = "I have a prolapse. Shall I sit for the low row? I breathe out & pull."
ANSWER = "Sit, take the lightest band, and breathe out as you pull."


@pytest.fixture
def guide(site):
    return make_guide(
        title="Two rows for a tired upper back", slug="two-rows", exercises=2
    )


@pytest.fixture
def author(site):
    return make_staff(
        username="ana", first_name="Ana", last_name="Reyes", name="Ana Reyes"
    )


def ask(page):
    page.goto("/guides/two-rows/")
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your name").fill("Moira")
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It has arrived")


def answer(page):
    """From the first page to the answer, with nothing but what it shows."""
    page.goto("/admin/")
    if "/login/" in page.url:
        page.get_by_label("Username").fill("ana")
        page.get_by_label("Password").fill("correct horse")
        page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana. This is what")
    page.get_by_role("link", name="Read and answer").click()
    page.get_by_label("Your answer").fill(ANSWER)
    page.get_by_role("button", name="Answer and publish").click()
    expect(page.get_by_text("Published your answer to Moira.")).to_be_visible()


def sees_both(page):
    page.goto("/guides/two-rows/")
    question = page.locator("article.comment", has_text="I have a prolapse")
    expect(question).to_contain_text("I breathe out & pull.")
    answered = page.locator("article.comment--author", has_text=ANSWER)
    expect(answered).to_contain_text("Ana Reyes")
    expect(answered).to_contain_text("Physiotherapist")
    page.goto("/questions/")
    expect(page.get_by_text(ANSWER)).to_be_visible()


def test_a_question_is_asked_in_its_place_answered_and_read(
    page, new_page, guide, author, mailoutbox
):
    asked_elsewhere = []
    page.on("framenavigated", lambda frame: asked_elsewhere.append(frame.url))

    ask(page)

    assert not [url for url in asked_elsewhere if "/comments/new/" in url]
    expect(page.get_by_text("Nobody else can see it until then.")).to_be_visible()
    receipt = page.url
    stranger = new_page()
    stranger.goto("/guides/two-rows/")
    expect(stranger.get_by_text("I have a prolapse")).to_have_count(0)

    Settings.load()
    Settings.objects.update(digest_hour=0)
    tick.turn()
    assert "/admin/comments/comment/" in mailoutbox[-1].body
    assert "prolapse" not in mailoutbox[-1].body

    answer(new_page())

    sees_both(stranger)
    page.goto(receipt)
    expect(page.get_by_role("heading", level=1)).to_have_text("It is answered")
    page.get_by_role("link", name="Read it there").click()
    expect(
        page.locator(f"#comment-{Comment.objects.roots().get().pk}")
    ).to_be_in_viewport()


def test_the_same_without_javascript(page_without_script, new_page, guide, author):
    page = page_without_script

    ask(page)
    answer(new_page(java_script_enabled=False))

    sees_both(page)


def test_a_refused_form_keeps_every_word_and_says_what_to_do(page, guide):
    page.goto("/guides/two-rows/")
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your name").fill("")
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_label("E-mail, if you like").fill("moira at home")

    page.get_by_role("button", name="Send the question").click()

    expect(page.get_by_label("Your name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("E-mail, if you like")).to_have_value("moira at home")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    expect(page).to_have_url("/guides/two-rows/")
    assert not Comment.objects.exists()


def test_what_was_sent_can_be_taken_back(page, guide):
    ask(page)

    page.get_by_role("link", name="Take it back").click()
    page.get_by_role("button", name="Take it back").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("It is taken back")
    assert not Comment.objects.filter(body__contains="prolapse").exists()


def test_the_assistant_moves_spam_away_and_answers_nobody_by_mistake(
    page, guide, sign_in, site
):
    from django.contrib.auth.models import Permission

    sam = make_staff(is_superuser=False, username="sam")
    sam.user_permissions.set(
        Permission.objects.filter(codename__in=["view_comment", "change_comment"])
    )
    guide.comments.create(name="Cheap Bands", body="Buy bands at my shop")
    sign_in(page, sam)

    page.goto("/admin/")
    page.get_by_role("link", name="Read them").click()
    expect(page.get_by_label("Your answer")).to_have_count(0)
    bands = page.get_by_role("form", name="Cheap Bands")
    bands.get_by_role("button", name="Spam").click()

    expect(page.get_by_text("Put among the spam.")).to_be_visible()
    assert Comment.objects.get().status == "spam"
