"""The form that opens below a guide, where the reader stands."""

import pytest

from comments.models import Comment
from tests.factories import make_comment, make_guide

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
    page.get_by_role("button", name="Send the question").click()
    assert page.get_by_label("Your question").input_value() == "In or out?"

    page.get_by_label("Your name").fill("Tom")
    page.get_by_role("button", name="Send the question").click()

    page.get_by_role("heading", name="It has arrived").wait_for()
    page.get_by_role("link", name="Take it back").click()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("heading", name="It is taken back").wait_for()
    assert not Comment.objects.exists()
