"""A list of readers comes from elsewhere: on a phone, large ones, without scripts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from moving import tasks
from moving.models import ReaderList
from newsletter.models import Subscriber
from tests.browser.test_everybody import AXE, NARROW, OVERFLOW, RULES, RUN, SMALL, WIDE
from tests.factories import make_staff

SCRIPT = "text/javascript"


@pytest.fixture
def bring(site, sign_in, tmp_path, settings):
    """Brings a file to the page; a large one waits for the worker."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    def bring(page, content):
        sign_in(page, make_staff())
        file = tmp_path / "list.csv"
        file.write_text(content)
        page.goto(reverse("admin:newsletter_subscriber_changelist"))
        page.get_by_role("link", name="Take in a list").click()
        page.get_by_label("File").set_input_files(file)
        page.get_by_role("button", name="Look what is in it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("list.csv")

    return bring


def work_off():
    tasks.work_off.func(ReaderList.objects.get().pk)


def look_again(page):
    """Let the seconds pass after which a page looks; it counts them once loaded."""
    page.wait_for_load_state()
    page.clock.run_for(5000)


def large():
    note = "x" * 1000
    rows = "".join(f"r{n}@example.org,yes,{note}\n" for n in range(1000))
    return f"email,confirmed,note\n{rows}"


def test_columns_are_chosen_and_counted_without_scripts(page_without_script, bring):
    page = page_without_script
    bring(page, "Wer;Wann\nEva;3/4/2020\nanna@example.org;3/4/2020\n")
    expect(page.get_by_text("Which column holds the addresses?")).to_be_visible()

    page.get_by_label("The address").select_option(label="Wer: Eva")
    page.get_by_label("When they confirmed").select_option(label="Wann: 3/4/2020")
    page.get_by_label("3/4/2025").select_option(label="the third of April")
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("new: the letter goes to them")).to_be_visible()
    expect(page.get_by_text("an address that cannot be right")).to_be_visible()
    assert not Subscriber.objects.exists()
    page.get_by_role("button", name="Take them in").click()

    expect(page.get_by_text("All of it is in place.")).to_be_visible()
    assert Subscriber.objects.get().confirmed_at.month == 4


def test_the_page_of_a_large_list_goes_on_by_itself(page, bring):
    page.clock.install()
    bring(page, large())
    expect(page.get_by_text("The list is looked through.")).to_be_visible()

    ReaderList.objects.update(percent=40)
    look_again(page)
    expect(page.locator(".facts dd")).to_have_text("40 %")
    work_off()
    look_again(page)
    page.get_by_role("button", name="Take them in").click()
    expect(page.get_by_text("The list is being taken in.")).to_be_visible()
    work_off()
    look_again(page)

    expect(page.get_by_text("All of it is in place.")).to_be_visible()
    assert Subscriber.objects.count() == 1000


def test_without_scripts_a_link_tells_how_far_it_is(page_without_script, bring):
    page = page_without_script
    bring(page, large())

    work_off()
    page.get_by_role("link", name="How it stands now").click()

    expect(page.get_by_role("button", name="Take them in")).to_be_visible()


def test_its_pages_are_read_by_everybody(page, bring, subtests):
    # Loaded by the test alone: two who load a page at once get in each other's way.
    page.route("**/js/progress*.js", lambda route: route.fulfill(content_type=SCRIPT))
    bring(page, large())
    assert_fits_everybody(page, subtests, ReaderList.Step.COUNTING)
    work_off()
    page.reload()
    page.locator("summary").click()
    assert_fits_everybody(page, subtests, ReaderList.Step.COUNTED)
    page.get_by_role("button", name="Take them in").click()
    expect(page.get_by_text("The list is being taken in.")).to_be_visible()
    ReaderList.objects.update(trouble="The database stopped.")
    page.reload()
    assert_fits_everybody(page, subtests, "stopped")
    page.get_by_role("button", name="Go on with it").click()
    expect(page.get_by_text("The list is being taken in.")).to_be_visible()
    work_off()
    page.reload()
    assert_fits_everybody(page, subtests, ReaderList.Step.TAKEN)


def assert_fits_everybody(page, subtests, step):
    page.evaluate(AXE)
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            with subtests.test(str(step), size=size, scheme=scheme):
                assert page.evaluate(RUN, [RULES, []]) == []
                assert page.evaluate(OVERFLOW) == []
                assert page.evaluate(SMALL) == []
