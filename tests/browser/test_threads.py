"""A thread is pinned, read the other way round, and becomes part of its guide."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_comment, make_guide, make_staff


@pytest.fixture
def author(site):
    return make_staff(username="ana", name="Ana Reyes")


@pytest.fixture
def asked(author):
    guide = make_guide(title="Two rows", slug="two-rows", exercises=1)
    asked = make_comment(guide, name="Marjorie", body="I live in Hull. In or out?")
    asked.answer(author=author, body="Out, Marjorie.")
    make_comment(guide, name="Tom", body="And when?")
    return asked


def names(page):
    return page.locator(".thread article header > bdi").all_inner_texts()


def test_a_reader_turns_the_order_round(page_without_script, asked):
    page = page_without_script
    page.goto("/guides/two-rows/")
    assert names(page) == ["Marjorie", "Ana Reyes", "Tom"]

    page.get_by_role("link", name="Newest first").click()

    expect(page).to_have_url(re.compile("order=newest"))
    assert names(page) == ["Tom", "Marjorie", "Ana Reyes"]
    page.locator("article", has_text="Out, Marjorie").locator("time").click()
    expect(page).to_have_url(f"/guides/two-rows/#comment-{asked.replies.get().pk}")
    expect(page.get_by_role("link", name="Newest first")).to_be_visible()


def test_the_author_pins_it_and_writes_it_into_the_guide(
    page_without_script, author, asked, sign_in
):
    page = page_without_script
    make_comment(asked.guide, name="Later")
    sign_in(page, author)
    tom = asked.guide.comments.get(name="Tom")
    page.goto(f"/admin/comments/comment/{tom.pk}/change/")

    page.get_by_role("button", name="Pin the thread").click()
    expect(page.get_by_text("stands before all others")).to_be_visible()

    page.goto(f"/admin/comments/comment/{asked.pk}/change/")
    page.get_by_role("link", name="Make it an entry").click()
    question = page.get_by_label("The question")
    expect(question).to_have_value("I live in […]. In or out?")
    question.fill("In or out?")
    page.get_by_role("button", name="Write it into the guide").click()
    page.get_by_role("link", name="Read it there").click()

    entry = page.get_by_role("heading", name="In or out?", level=3)
    expect(entry).to_be_in_viewport()
    assert names(page)[0] == "Tom"
