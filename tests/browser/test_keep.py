"""What the author types outlives a reload, a crash and a session that ran out."""

import re

from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from guide.models import Exercise, Guide
from tests.factories import make_guide, make_issue, make_staff

KEPT = """Object.keys(localStorage).filter((key) => key.startsWith("keep:")).length"""


def change(guide):
    return f"/admin/guide/guide/{guide.pk}/change/"


def offer(page):
    return page.get_by_text("You typed something here at")


def write(page, box, words):
    box.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def save(page):
    page.get_by_role("button", name="Save", exact=True).last.click()


def test_what_was_typed_is_taken_back(new_page, sign_in, becomes):
    guide = make_guide(exercises=1, published_at=None)
    page = sign_in(new_page(), make_staff(username="ana"))
    page.goto(change(guide))
    page.get_by_label("Title").fill("Typed")
    page.get_by_role("radio", name="article").check()
    page.get_by_label("Comments open").uncheck()
    write(page, page.get_by_role("textbox", name="Introduction"), "Half a thought")
    for n in range(2):
        page.get_by_role("button", name="Add another Section").click()
        section = page.locator(f"#sections-{n}")
        section.locator("[name$=heading]").fill(f"Section {n}")
        write(page, section.get_by_role("textbox", name="Text"), f"Words {n}")
    becomes(page, f"{KEPT} === 1")

    page.reload()
    expect(offer(page)).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value(guide.title)
    page.get_by_role("button", name="Put it back").click()

    expect(offer(page)).to_be_hidden()
    expect(page.get_by_label("Title")).to_have_value("Typed")
    expect(page.get_by_role("radio", name="article")).to_be_checked()
    expect(page.get_by_label("Comments open")).not_to_be_checked()
    for box, words in [
        (page.get_by_role("textbox", name="Introduction"), "Half a thought"),
        (page.locator("#sections-1").get_by_role("textbox", name="Text"), "Words 1"),
    ]:
        expect(box).to_have_text(words)

    # Another crash: it is still kept.
    page.reload()
    page.get_by_role("button", name="Put it back").click()
    expect(offer(page)).to_be_hidden()
    save(page)
    expect(page.locator(".messagelist")).to_be_visible()
    guide.refresh_from_db()
    assert (guide.title, guide.intro) == ("Typed", "<p>Half a thought</p>")
    assert [*guide.sections.values_list("heading", "prose")] == [
        (f"Section {n}", f"<p>Words {n}</p>") for n in range(2)
    ]
    page.goto(change(guide))
    expect(offer(page)).to_be_hidden()
    becomes(page, f"{KEPT} === 0")


def test_it_is_thrown_away_and_gone(new_page, sign_in, becomes):
    guide = make_guide()
    page = sign_in(new_page(), make_staff(username="ana"))
    page.goto(change(guide))
    page.get_by_label("Title").fill("Typed")
    becomes(page, f"{KEPT} === 1")
    page.goto("/admin/")
    page.goto(change(guide))

    page.get_by_role("button", name="Throw it away").click()

    expect(offer(page)).to_be_hidden()
    becomes(page, f"{KEPT} === 0")
    page.reload()
    expect(offer(page)).to_be_hidden()


def test_what_was_typed_and_taken_away_again_is_nothing(new_page, sign_in, becomes):
    guide = make_guide(title="Rows")
    page = sign_in(new_page(), make_staff(username="ana"))
    page.goto(change(guide))
    page.get_by_label("Title").fill("Typed")
    becomes(page, f"{KEPT} === 1")

    page.get_by_label("Title").fill("Rows")

    becomes(page, f"{KEPT} === 0")


def test_nobody_is_offered_what_somebody_else_typed(new_page, sign_in, becomes):
    guide = make_guide()
    page = sign_in(new_page(), make_staff(username="ana"))
    page.goto(change(guide))
    page.get_by_label("Title").fill("Typed")
    becomes(page, f"{KEPT} === 1")

    sign_in(page, make_staff(username="anna"))
    page.goto(change(guide))
    expect(page.locator("#header")).to_contain_text("anna")
    expect(offer(page)).to_be_hidden()

    sign_in(page, make_staff(username="bo"))
    page.goto(change(guide))
    expect(offer(page)).to_be_hidden()


def test_a_form_with_faults_is_kept_until_it_is_saved(new_page, sign_in, becomes):
    guide = make_guide()
    page = sign_in(new_page(), make_staff(username="ana"))
    page.goto(f"/admin/guide/exercise/add/?guide={guide.pk}")
    page.get_by_label("Name").fill("Low Row")
    page.get_by_label("ends in the video").fill("soon")
    save(page)
    expect(page.locator(".errornote")).to_be_visible()
    expect(offer(page)).to_be_hidden()

    page.goto(f"/admin/guide/exercise/add/?guide={guide.pk}")
    page.get_by_role("button", name="Put it back").click()
    expect(offer(page)).to_be_hidden()
    expect(page.get_by_label("Name")).to_have_value("Low Row")
    page.get_by_label("ends in the video").fill("")
    save(page)

    expect(page.locator(".messagelist")).to_be_visible()
    assert Exercise.objects.get().name == "Low Row"
    page.goto(f"/admin/guide/exercise/add/?guide={guide.pk}")
    expect(offer(page)).to_be_hidden()


def test_a_pasted_article_is_kept_until_it_is_a_draft(new_page, sign_in, becomes):
    page = sign_in(new_page(), make_staff(username="ana"))
    page.goto("/admin/guide/guide/paste/")
    page.get_by_label("Your article").fill("Low Row\n\nSet up\nSit tall.")
    becomes(page, f"{KEPT} === 1")

    for _ in range(2):  # what was looked at is no draft yet
        page.goto("/admin/guide/guide/paste/")
        page.get_by_role("button", name="Put it back").click()
        expect(page.get_by_label("Your article")).to_have_value(re.compile("Sit tall"))
        page.get_by_role("button", name="See what becomes of it").click()
        expect(page.get_by_text("Your text, line by line")).to_be_visible()
    for box in page.locator("[name=seen]").all():
        box.check()
    page.get_by_role("button", name="Make the draft").click()

    expect(page.get_by_text("is a draft: no reader sees it.")).to_be_visible()
    becomes(page, f"{KEPT} === 0")
    page.goto("/admin/guide/guide/paste/")
    expect(offer(page)).to_be_hidden()


def test_a_session_that_ran_out_loses_nothing(new_page, sign_in, faults):
    guide = make_guide(published_at=None)
    page = sign_in(new_page(), make_staff(username="ana"))
    page.goto(change(guide))
    page.get_by_label("Title").fill('Typed "twice" & <more>')
    write(page, page.get_by_role("textbox", name="Introduction"), "Half a thought")
    Session.objects.all().delete()

    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in, and go on")
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in and go on").click()
    expect(page.get_by_text("Please enter the correct")).to_be_visible()
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in and go on").click()

    expect(page.locator(".messagelist")).to_be_visible()
    guide.refresh_from_db()
    assert guide.title == 'Typed "twice" & <more>'
    assert guide.intro == "<p>Half a thought</p>"
    page.goto(change(guide))
    expect(offer(page)).to_be_hidden()


def test_without_script_the_form_is_as_it_was(page_without_script, sign_in):
    guide = make_guide(published_at=None)
    page = sign_in(page_without_script, make_staff(username="ana"))
    page.goto(change(guide))

    expect(offer(page)).to_be_hidden()
    page.get_by_label("Title").fill("Typed")
    save(page)

    expect(page.locator(".messagelist")).to_be_visible()
    assert Guide.objects.get(pk=guide.pk).title == "Typed"


def test_without_script_nothing_beside_a_box_leads_away_from_the_form(
    new_page, page_without_script, sign_in
):
    ana = make_staff(username="ana")
    guide = make_guide(exercises=1, published_at=None)
    letter = make_issue(guides=[guide])
    forms = [
        change(guide),
        f"/admin/guide/exercise/{guide.exercises.get().pk}/change/",
        f"/admin/newsletter/issue/{letter.pk}/change/",
        "/admin/comments/settings/",
    ]
    for page, is_shown in [(new_page(), True), (page_without_script, False)]:
        sign_in(page, ana)
        for form in forms:
            page.goto(form)
            beside = page.locator(".related-widget-wrapper-link[href]")
            assert beside.count() > 0, form
            assert beside.first.is_visible() == is_shown, form
            if not is_shown:
                expect(beside.filter(visible=True)).to_have_count(0)
