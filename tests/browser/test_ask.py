"""The form that opens below a guide, where the reader stands."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from comments import tasks
from comments.models import Comment, RedFlag
from tests.factories import make_comment, make_guide, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guide():
    return make_guide()


def test_nothing_is_asked_for_before_the_readers_click(page, guide):
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(guide.get_absolute_url())

    assert not [url for url in asked if "/comments/" in url]
    assert page.context.cookies() == []


def test_an_error_stands_in_place_and_the_text_stays(page, guide):
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill("In or out?")
    page.get_by_label("Your name").fill("")

    page.get_by_role("button", name="Send the question").click()

    name = page.locator("[aria-invalid=true]")
    name.wait_for()
    assert page.url.endswith(guide.get_absolute_url())
    assert page.get_by_label("Your question").input_value() == "In or out?"
    assert page.locator(":focus").get_attribute("href") == "#id_name"

    name.fill("Tom")
    page.get_by_role("button", name="Send the question").click()
    page.get_by_role("heading", name="It has arrived").wait_for()
    assert Comment.objects.get().body == "In or out?"


def test_after_a_preview_help_is_seen_first(new_page, guide):
    RedFlag.objects.create(name="bleeding", words="bleed*", text="Call today.")
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill("I am bleeding. May I go on?")

    page.get_by_role("button", name="Preview").click()

    help_ = page.get_by_role("alert").filter(has_text="Call today.")
    expect(help_).to_be_focused()
    expect(help_.get_by_role("heading")).to_be_in_viewport()


def test_one_form_is_open_and_what_was_typed_moves_along(page, guide):
    comment = make_comment(guide, name="Nell")
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill("In or out?")

    page.get_by_role("link", name="Reply to Nell").click()
    page.get_by_label("Your reply").wait_for()

    assert page.locator("form.ask").count() == 1
    assert page.get_by_label("Your reply").input_value() == "In or out?"
    page.get_by_label("Your name").fill("Tom")
    page.get_by_role("button", name="Send the reply").click()
    page.get_by_role("heading", name="It has arrived").wait_for()
    assert Comment.objects.get(parent=comment).name == "Tom"


def test_when_it_does_not_get_through_the_text_stays(page, guide, faults):
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill("In or out?")
    page.context.set_offline(True)

    page.get_by_role("button", name="Send the question").click()

    page.get_by_text("It did not get through.").wait_for()
    faults.clear()  # the broken line was meant
    assert page.get_by_label("Your question").input_value() == "In or out?"
    page.context.set_offline(False)
    page.get_by_label("Your name").fill("Tom")
    page.get_by_role("button", name="Send the question").click()
    page.get_by_role("heading", name="It has arrived").wait_for()


def test_where_the_form_cannot_be_fetched_the_link_leads_to_it(page, guide, faults):
    page.goto(guide.get_absolute_url())
    page.route(
        "**/comments/new/**",
        lambda route: (
            route.abort()
            if route.request.resource_type == "fetch"
            else route.continue_()
        ),
    )

    page.get_by_role("link", name="Ask a question").click()

    page.get_by_role("heading", name="Ask a question").wait_for()
    faults.clear()  # the broken line was meant


def test_without_script_it_is_a_page_of_its_own(page_without_script, guide):
    page = page_without_script
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill("In or out?")
    page.get_by_label("Your name").fill("")
    page.get_by_role("button", name="Send the question").click()
    assert page.get_by_label("Your question").input_value() == "In or out?"

    page.get_by_label("Your name").fill("Tom")
    page.get_by_role("button", name="Send the question").click()

    page.get_by_role("heading", name="It has arrived").wait_for()
    page.get_by_role("link", name="Take it back").click()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("heading", name="It is taken back").wait_for()
    assert not Comment.objects.exists()


def test_the_name_suggested_will_do(page, guide):
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    suggested = page.get_by_label("Your name").input_value()
    page.get_by_label("Your question").fill("In or out?")

    page.get_by_role("button", name="Send the question").click()

    page.get_by_role("heading", name="It has arrived").wait_for()
    assert suggested
    assert Comment.objects.get().name == suggested


def test_typing_at_once_replaces_the_name_suggested(page, guide):
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your name").wait_for()

    page.keyboard.type("Tom")

    assert page.get_by_label("Your name").input_value() == "Tom"


@pytest.mark.parametrize("has_script", [True, False])
def test_a_preview_sends_nothing_and_the_text_goes_on(new_page, guide, has_script):
    page = new_page(java_script_enabled=has_script)
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your name").fill("Tom")
    page.get_by_label("Your question").fill("In <or> out?")

    page.get_by_role("button", name="Preview").click()

    shown = page.get_by_role("region", name="This is how it will look")
    expect(shown).to_contain_text("In <or> out?")
    assert page.url.endswith(guide.get_absolute_url()) is has_script
    if has_script:
        expect(shown).to_be_focused()
    assert not Comment.objects.exists()

    page.get_by_label("Your question").fill("In or out, then?")
    page.get_by_role("button", name="Send the question").click()

    page.get_by_role("heading", name="It has arrived").wait_for()
    assert Comment.objects.get().body == "In or out, then?"


def test_enter_in_the_name_sends_and_does_not_preview(page, guide):
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill("In or out?")

    page.get_by_label("Your name").press("Enter")

    page.get_by_role("heading", name="It has arrived").wait_for()


@pytest.mark.parametrize("has_script", [True, False])
def test_the_receipt_is_her_own_page(new_page, guide, has_script):
    RedFlag.objects.all().delete()
    RedFlag.objects.create(name="Blood", words="bleeding", text="Ring your doctor.")
    page = new_page(java_script_enabled=has_script)
    page.goto(f"{reverse('comments:new')}?guide={guide.pk}")
    page.get_by_label("Your name").fill("Anna Schmidt")
    page.get_by_label("Your question").fill("My back aches, with bleeding.")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("alert")).to_contain_text("Ring your doctor.")

    page.get_by_role("button", name="Publish as “Anna”").click()
    expect(page.get_by_role("button", name="Publish as")).to_have_count(0)
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("Your question").fill("My back aches.")
    page.get_by_role("button", name="Send it like this").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("It has arrived")
    expect(page.get_by_role("alert")).to_have_count(0)
    comment = Comment.objects.get()
    assert (comment.name, comment.body) == ("Anna", "My back aches.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Get a copy").click()
    assert "My back aches." in download.value.path().read_text()


@pytest.mark.parametrize("has_script", [True, False])
def test_who_confirms_her_address_is_told_until_she_stops_it(
    new_page, guide, letter_box, mailoutbox, has_script
):
    page = new_page(java_script_enabled=has_script)
    page.goto(f"{reverse('comments:new')}?guide={guide.pk}")
    page.get_by_label("Your question").fill("In or out?")
    page.get_by_label("E-mail, if you like").fill("moira@example.org")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_text("by a mail to m…@example.org")).to_be_visible()
    receipt = page.url
    tasks.mail_receipts()
    letter, way_back = letter_box("/comments/")
    assert (letter["To"], way_back) == ("moira@example.org", receipt)

    _letter, confirm = letter_box("/comments/confirm/")
    page.goto(confirm)
    page.get_by_role("button", name="Yes, write to me").click()
    expect(page.get_by_text("moira@example.org gets a short mail")).to_be_visible()
    comment = Comment.objects.get()
    comment.answer(author=make_staff(name="Ana Reyes"), body="Out as you pull.")
    Comment.objects.approved().mark(approved_at=timezone.now() - timedelta(minutes=2))
    tasks.announce()
    letter, own_page = letter_box("/comments/")
    assert "You have an answer" in letter["Subject"]
    page.goto(own_page)
    expect(page.get_by_text("Out as you pull.")).to_be_visible()

    _letter, stop = letter_box("/comments/mails/")
    page.goto(stop)
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The mails have stopped")
    comment.answer(author=make_staff(name="Bea"), body="Slowly.")
    Comment.objects.approved().mark(approved_at=timezone.now() - timedelta(minutes=2))
    tasks.announce()
    assert len(mailoutbox) == 2
