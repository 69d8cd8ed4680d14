"""A guide on paper: the pages it takes, the size of its letters, its blacks."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from guide.models import Guide, Picture

WIDE = {"width": 1280, "height": 900}
LETTERS = """() => [...document.querySelectorAll(".handout *")].flatMap((one) => {
  const {fontSize, color} = getComputedStyle(one);
  const says = [...one.childNodes].some((node) => node.nodeType == 3
    && node.data.trim());
  return says && one.checkVisibility() && !one.closest("svg")
    ? [[parseFloat(fontSize), color, one.textContent.trim().slice(0, 40)]] : [];
})"""


@pytest.fixture
def demo(site):
    call_command("demo_content", verbosity=0)


def pages(page, size):
    """Return on how many sheets of that size the browser prints a page."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size)))


def address(guide, query=""):
    return reverse("guide:handout", args=[guide.slug]) + query


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_every_guide_of_the_demonstration_takes_two_pages_at_most(
    page, demo, subtests, size
):
    guides = list(Guide.objects.published())
    assert len(guides) > 8
    for guide in guides:
        with subtests.test(guide.slug):
            page.goto(address(guide))
            assert 1 <= pages(page, size) <= 2


def test_portraits_keep_two_exercises_on_two_pages(page, demo):
    guide = Guide.objects.get(slug="two-rows-for-a-tired-upper-back")
    assert guide.exercises.count() == 2
    file = io.BytesIO()
    Image.new("RGB", (1000, 1600), "seagreen").save(file, "JPEG")
    portrait = Picture(file=ContentFile(file.getvalue(), "tall.jpg"), alt="Standing.")
    portrait.save()
    guide.exercises.update(picture=portrait)

    page.goto(address(guide))

    assert pages(page, "Letter") <= 2
    page.emulate_media(media="print")
    picture = page.locator(".handout__pictures img").first
    assert picture.bounding_box()["height"] <= 14 * 16
    page.emulate_media(media="screen")
    page.set_viewport_size(WIDE)
    page.goto(guide.get_absolute_url())
    picture = page.locator(".exercise .plate img").first
    picture.scroll_into_view_if_needed()
    assert picture.bounding_box()["height"] <= 0.8 * WIDE["height"]


def test_letters_on_paper_are_black_and_large_enough(page, demo):
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(address(Guide.objects.get(slug="two-rows-for-a-tired-upper-back")))

    letters = page.evaluate(LETTERS)

    assert len(letters) > 60
    assert [one for one in letters if one[0] < 14] == []
    assert {color for _, color, _ in letters} == {"rgb(0, 0, 0)"}
    steps = page.locator(".steps--setup > li, .steps--action > li")
    assert steps.count() > 10
    assert {
        step.evaluate("one => getComputedStyle(one).fontSize") for step in steps.all()
    } == {"16px"}
    for selector in (".masthead", ".foot", ".handout__bar", ".skip"):
        expect(page.locator(selector)).to_be_hidden()
    band = page.locator(".handout .figure .b").first
    assert band.evaluate("one => getComputedStyle(one).strokeDasharray") != "none"


def test_larger_type_is_larger_by_two_fifths(page, demo):
    page.emulate_media(media="print")
    page.goto(address(Guide.objects.published().filter(kind="exercise")[0]))
    step = page.locator(".steps--action > li").first
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    normal = step.evaluate(size)
    page.emulate_media(media="screen")

    page.get_by_role("link", name="Larger type").click()

    page.emulate_media(media="print")
    assert step.evaluate(size) == pytest.approx(1.4 * normal)
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Normal type").click()
    expect(page).not_to_have_url(re.compile("type="))


def test_the_button_opens_the_print_dialogue(page, demo):
    page.add_init_script("window.print = () => { window.asked = true }")
    guide = Guide.objects.published()[0]
    page.goto(guide.get_absolute_url())
    page.get_by_role("link", name="Print on paper").click()
    expect(page.get_by_text("choose Print in the menu")).to_be_hidden()

    page.get_by_role("button", name="Print this page").click()

    assert page.evaluate("window.asked")
    page.get_by_role("link", name="Back to the guide").click()
    expect(page).to_have_url(re.compile(guide.get_absolute_url() + "$"))


def test_without_scripts_a_sentence_says_how_to_print(page_without_script, demo):
    page = page_without_script
    page.goto(address(Guide.objects.published()[0]))

    expect(page.get_by_text("choose Print in the menu")).to_be_visible()
    expect(page.get_by_role("button", name="Print this page")).to_be_hidden()
