"""A guide on paper: the pages it takes, the size of its letters, its blacks."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from guide.models import Guide, Picture
from tests.factories import make_comment

pytestmark = pytest.mark.looks

STEP = "Wait one second and feel the muscles between your shoulder blades, neck long."
WIDE = {"width": 1280, "height": 900}
LETTERS = """() => [...document.querySelectorAll(".handout *")].flatMap((one) => {
  const {fontSize, color} = getComputedStyle(one);
  const says = [...one.childNodes].some((node) => node.nodeType == 3
    && node.data.trim());
  return says && one.checkVisibility() && !one.closest("svg")
    ? [[parseFloat(fontSize), color, one.textContent.trim().slice(0, 40)]] : [];
})"""


def pages(page, size):
    """Return on how many sheets of that size the browser prints a page."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size)))


def address(guide, query=""):
    return reverse("guide:handout", args=[guide.slug]) + query


def test_a_name_of_one_long_word_stays_on_the_sheet(page, two_rows):
    two_rows.exercises.update(name="Schulterblattstabilisierungsgrundübung" * 2)
    page.goto(address(two_rows))

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == page.viewport_size["width"]


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


def test_a_guide_printed_from_its_page_leaves_out_what_paper_cannot_do(page, two_rows):
    for n in range(30):
        make_comment(two_rows, body=f"Does a scarf do? {n}")
    page.goto(two_rows.get_absolute_url())

    assert pages(page, "A4") <= 7
    page.emulate_media(media="print")
    for name in [".thread", ".letter", ".masthead__search", ".video", "form"]:
        expect(page.locator(name).filter(visible=True)).to_have_count(0)
    expect(page.locator(".exercise").first).to_be_visible()


def picture(size):
    file = io.BytesIO()
    Image.new("RGB", size, "seagreen").save(file, "JPEG")
    made = Picture(file=ContentFile(file.getvalue(), "room.jpg"), alt="Standing.")
    made.save()
    made.write_webp()
    made.refresh_from_db()
    return made


@pytest.fixture
def two_rows(demo):
    guide = Guide.objects.get(slug="two-rows-for-a-tired-upper-back")
    assert guide.exercises.count() == 2
    return guide


def lengthen(guide, steps):
    """Give each phase so many steps; a set-up that is borrowed is one that grows."""
    for exercise in guide.exercises.all():
        for phase in ["action"] if exercise.setup_from_id else ["setup", "action"]:
            there = exercise.steps.filter(phase=phase).order_by("position")
            for step in there[steps:]:
                step.delete()
            for n in range(there.count(), steps):
                exercise.steps.create(phase=phase, position=100 + n, text=STEP)


@pytest.mark.parametrize("size", ["A4", "Letter"])
@pytest.mark.parametrize("steps", [3, 4, 5])
def test_pictures_everywhere_keep_two_exercises_on_two_pages(
    page, two_rows, subtests, steps, size
):
    lengthen(two_rows, steps)
    portrait = picture((1000, 1600))
    for shape in [portrait, picture((1600, 1000))]:
        for whole in [shape, None]:
            two_rows.exercises.update(figure_start="", figure_finish="", picture=whole)
            for exercise in two_rows.exercises.all():
                exercise.steps.update(picture=shape)

            page.goto(address(two_rows))

            with subtests.test(portrait=shape == portrait, whole=bool(whole)):
                assert pages(page, size) <= 2


def test_a_step_has_its_picture_beside_it_large_enough_to_be_seen(page, two_rows):
    two_rows.exercises.update(figure_start="", figure_finish="")
    lengthen(two_rows, 5)
    for exercise in two_rows.exercises.all():
        exercise.steps.update(picture=picture((1000, 1600)))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # of A4, in its margins

    page.goto(address(two_rows))

    for step in page.locator(".steps--action > li").all():
        words, drawn = step.bounding_box(), step.locator("img").bounding_box()
        assert drawn["height"] >= 70
        assert drawn["width"] / drawn["height"] == pytest.approx(1000 / 1600, abs=0.02)
        assert words["y"] <= drawn["y"] < words["y"] + 2
    setup, action = page.locator(".handout__phase").all()[:2]
    assert setup.bounding_box()["y"] == action.bounding_box()["y"]


def test_a_portrait_leaves_room_for_the_words_on_paper_and_screen(page, two_rows):
    two_rows.exercises.update(picture=picture((1000, 1600)))

    page.goto(address(two_rows))

    page.emulate_media(media="print")
    drawn = page.locator(".handout__pictures img").first
    assert drawn.bounding_box()["height"] <= 14 * 16
    page.emulate_media(media="screen")
    page.set_viewport_size(WIDE)
    page.goto(two_rows.get_absolute_url())
    drawn = page.locator(".exercise .plate img").first
    drawn.scroll_into_view_if_needed()
    assert drawn.bounding_box()["height"] <= 0.8 * WIDE["height"]


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
