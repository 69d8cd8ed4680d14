"""Lists in the author's forms grow on a phone without a script; with one, as before."""

from django.urls import reverse
from playwright.sync_api import expect

from guide.models import Guide, SafetyNotice
from tests.browser.test_everybody import AXE, OVERFLOW, RULES, RUN, SMALL
from tests.factories import make_full_guide, make_guide, make_staff


def form_of(guide):
    return reverse("admin:guide_guide_change", args=[guide.pk])


def add(page, what):
    page.get_by_role("button", name=f"Add another {what}").click()


def test_sections_notices_and_related_guides_without_a_script(
    page_without_script, site, sign_in
):
    page = sign_in(page_without_script, make_staff())
    notice = SafetyNotice.objects.create(title="Stop", prose="<p>Dizzy.</p>")
    make_guide(title="Rows on a chair")
    page.goto(reverse("admin:guide_guide_add"))
    page.get_by_label("Title").fill("Two rows")
    page.get_by_label("Address:", exact=True).fill("two-rows")
    page.get_by_label("Summary").fill("A band and a door.")

    for n in range(2):
        add(page, "Section")
        section = page.locator(f"#sections-{n}")
        expect(section).to_be_in_viewport()
        section.get_by_label("Heading").fill(f"Part {n}")
        section.get_by_label("Text").fill(f"Words {n}")
    add(page, "Safety notice")
    page.locator("#guidenotice_set-0").get_by_role("combobox").select_option("Stop")
    add(page, "Related guide")
    related = page.locator("#related_links-0").get_by_role("combobox")
    related.select_option("Rows on a chair")
    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(page.locator(".messagelist .success")).to_be_visible()
    guide = Guide.objects.get(slug="two-rows")
    assert [section.heading for section in guide.sections.all()] == ["Part 0", "Part 1"]
    assert list(guide.notices.all()) == [notice]
    assert guide.related_links.get().to.title == "Rows on a chair"


def test_a_form_refused_after_a_new_row_says_why_where_one_looks(
    page_without_script, site, sign_in
):
    page = sign_in(page_without_script, make_staff())
    page.goto(form_of(make_guide(published_at=None)))
    add(page, "Section")
    expect(page.locator("#sections-0")).to_be_in_viewport()
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(page.locator(".errornote")).to_be_in_viewport()


def test_what_readers_see_waits_for_the_row_too(page_without_script, site, sign_in):
    page = sign_in(page_without_script, make_staff())
    guide = make_full_guide()
    count = guide.sections.count()
    page.goto(form_of(guide))
    page.get_by_label("Title").fill("Typed")
    add(page, "Section")

    expect(page.get_by_text("Changes wait since")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Typed")
    expect(page.locator(f"#sections-{count}")).to_be_in_viewport()
    assert Guide.objects.get(pk=guide.pk).title != "Typed"


def test_with_a_script_nothing_is_saved_for_it(page, site, sign_in):
    sign_in(page, make_staff())
    page.goto(form_of(make_guide(published_at=None)))
    button = page.get_by_role("button", name="Add another Section")
    expect(button).to_have_count(1)
    button.click()

    expect(page.locator("#sections-0")).to_be_visible()
    expect(page.get_by_text("What you typed is saved first.")).to_have_count(0)
    assert "row=" not in page.url
    page.evaluate(AXE)
    assert page.evaluate(RUN, [RULES, []]) == []


def test_the_buttons_have_room_for_a_thumb(page_without_script, site, sign_in):
    page = sign_in(page_without_script, make_staff())
    page.goto(form_of(make_guide(published_at=None)))

    assert page.locator(".more-rows button").count() == 4
    assert page.evaluate(SMALL) == []
    assert page.evaluate(OVERFLOW) == []
