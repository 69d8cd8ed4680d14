"""What a first visit costs a reader, and the way through a page by keyboard."""

import gzip
from urllib.parse import urlsplit

import pytest
from django.db.models import Count
from django.urls import reverse
from playwright.sync_api import expect

from guide.models import Guide, Video
from tests.factories import make_comment, make_guide, make_staff

pytestmark = pytest.mark.looks

KIB = 1024
PACKED = ("text/", "application/javascript", "image/svg+xml")
FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const seen = one.labels?.[0] ?? one;
  return {
    html: one.outerHTML.slice(0, 100),
    ring: style.outlineStyle != "none" && parseFloat(style.outlineWidth) >= 2,
    inView: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
    whole: box.top >= 6 && box.bottom + 6 <= innerHeight,  // with its ring
    place: [...document.querySelectorAll("*")].indexOf(one),
  };
}"""


@pytest.fixture
def guide(site):
    video = Video.objects.create(
        title="Rows", provider="youtube", provider_id="dQw4w9WgXcQ", duration=255
    )
    guide = make_guide(exercises=2, video=video, suitability="General")
    make_comment(guide)
    return guide


def weight(response):
    """Return the bytes as they travel from a site that packs its texts."""
    body = response.body()
    kind = response.headers.get("content-type", "")
    return len(gzip.compress(body, 6)) if kind.startswith(PACKED) else len(body)


def test_a_guide_is_few_bytes_in_few_requests_from_one_host(new_page, site, demo):
    guide = Guide.objects.annotate(n=Count("comments")).latest("n")
    for width in (390, 1280):
        size = {"width": width, "height": 844}
        page = new_page(viewport=size, device_scale_factor=2)
        responses = []
        page.on("response", lambda response, to=responses: to.append(response))

        page.goto(guide.get_absolute_url())
        page.wait_for_load_state("networkidle")

        hosts = {urlsplit(response.url).netloc for response in responses}
        assert hosts == {urlsplit(site).netloc}
        assert len(responses) <= 12
        assert sum(map(weight, responses)) <= 120 * KIB
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_whom_a_guide_suits_stands_above_the_fold_of_a_phone(page, site, demo):
    for guide in Guide.objects.published().filter(verdicts__isnull=False).distinct():
        page.goto(guide.get_absolute_url())

        last = page.locator(".verdicts__row").last.bounding_box()

        assert last["y"] + last["height"] <= page.viewport_size["height"], guide


def test_those_of_the_typical_guide_do_so_between_the_bars_of_a_browser(
    new_page, site, demo
):
    page = new_page(viewport={"width": 390, "height": 664})
    page.goto(reverse("guide:detail", args=["two-rows-for-a-tired-upper-back"]))

    assert page.locator(".verdicts__row").count() == 4
    last = page.locator(".verdicts__row").last.bounding_box()
    assert last["y"] + last["height"] <= 664


def walk(page, steps):
    """Press Tab so often; each stop must be seen, ringed, and further down the page."""
    stops = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        assert stop["ring"], stop["html"]
        assert stop["inView"], stop["html"]
        stops.append(stop)
    places = [stop["place"] for stop in stops]
    assert places == sorted(places)
    return stops


def test_a_guide_by_keyboard(page, guide):
    page.goto(guide.get_absolute_url())

    stops = walk(page, 120)

    assert "#content" in stops[0]["html"]
    assert any("video__play" in stop["html"] for stop in stops)
    assert any("data-ask" in stop["html"] for stop in stops)
    assert any('name="email"' in stop["html"] for stop in stops)
    assert [stop["html"] for stop in stops if not stop["whole"]] == []


def test_the_skip_link_leads_past_the_head(page, guide):
    page.goto(guide.get_absolute_url())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_admins_first_page_by_keyboard(page, guide, sign_in):
    sign_in(page, make_staff(username="ben", first_name="Ben"))
    page.goto(reverse("admin:index"))

    stops = walk(page, 40)

    assert "#content-start" in stops[0]["html"]
    assert len(stops) > 20


def test_who_comes_to_an_exercise_by_a_link_finds_the_way_to_the_verdicts(page, guide):
    anchor = guide.exercises.last().anchor
    page.goto(guide.get_absolute_url())
    link = page.locator(".exercise").get_by_role("link", name="Is it for me?")
    expect(link).to_have_count(0)

    page.goto("about:blank")
    page.goto(f"{guide.get_absolute_url()}#{anchor}")
    expect(link).to_have_count(1)
    expect(link).to_be_in_viewport()
    link.click()

    expect(page.get_by_role("heading", name="Is it for me?")).to_be_in_viewport()
    expect(link).to_have_count(0)


def test_the_list_stands_on_the_first_screen_of_a_phone_below_folded_choices(
    page_without_script, site, demo
):
    page = page_without_script
    page.goto(reverse("guide:index"))
    area = page.get_by_label("Body area")
    expect(area).to_be_hidden()
    expect(page.locator(".entry__title").first).to_be_in_viewport()

    page.get_by_text("Narrow the list: body area, what is true").click()
    area.select_option(index=1)
    page.get_by_role("button", name="Show these guides").click()

    expect(area).to_be_visible()  # what is chosen is not folded away


def test_on_a_wide_screen_the_choices_stand_beside_the_list(new_page, site, demo):
    page = new_page(viewport={"width": 1280, "height": 900})

    page.goto(reverse("guide:index"))

    expect(page.get_by_label("Body area")).to_be_in_viewport()
    expect(page.get_by_text("Narrow the list:")).to_be_hidden()
    expect(page.locator(".entry__title").first).to_be_in_viewport()
