"""A guide leaves as a file and comes back, on a phone and without scripts."""

from django.urls import reverse
from playwright.sync_api import expect

from guide.models import Guide, SafetyNotice
from tests.browser.test_everybody import AXE, NARROW, OVERFLOW, RULES, RUN, SMALL, WIDE
from tests.factories import make_full_guide, make_staff


def carry(page, guide, tmp_path):
    """Download a guide and bring its file to the page that says what is in it."""
    page.goto(reverse("admin:guide_guide_change", args=[guide.pk]))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    SafetyNotice.objects.update(prose="<p>Other signs.</p>")
    page.goto(reverse("admin:guide_guide_changelist"))
    page.get_by_role("link", name="Read in a file").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look what is in it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(guide.title)


def test_down_and_up_without_scripts(page_without_script, site, sign_in, tmp_path):
    page = sign_in(page_without_script, make_staff())
    guide = make_full_guide(title="Two rows")

    carry(page, guide, tmp_path)
    expect(page.get_by_text("New on this site")).to_be_visible()
    page.get_by_label("Beside it, as a draft").check()
    page.get_by_role("button", name="Take it in").click()

    expect(page.get_by_text("“Two rows” has arrived as a draft.")).to_be_visible()
    assert Guide.objects.drafts().get().slug == f"{guide.slug}-2"


def test_what_is_in_a_file_is_read_by_everybody(
    page, site, sign_in, tmp_path, subtests
):
    sign_in(page, make_staff())
    guide = make_full_guide(title="Two rows")
    Guide.objects.exclude(pk=guide.pk).delete()

    carry(page, guide, tmp_path)
    page.get_by_text("Here already").click()

    page.evaluate(AXE)
    for name, size, scheme in [
        ("phone", None, "light"),
        ("dark", None, "dark"),
        ("narrow", NARROW, "light"),
        ("desktop", WIDE, "light"),
    ]:
        with subtests.test(name):
            page.emulate_media(color_scheme=scheme)
            if size:
                page.set_viewport_size(size)
            assert page.evaluate(RUN, [RULES, []]) == []
            assert page.evaluate(OVERFLOW) == []
            assert page.evaluate(SMALL) == []
