"""A video plays on the reader's click; before it no other host hears of her."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from guide.models import Exercise, Step, Video
from tests.factories import make_guide

pytestmark = pytest.mark.looks


@pytest.fixture
def foreign(page, site):
    """The addresses at other hosts that the page asked for; none is really reached."""
    asked = []

    def answer(route):
        asked.append(route.request)
        route.fulfill(body="<p>The player.</p>", content_type="text/html")

    page.route(lambda url: not url.startswith(site), answer)
    return asked


def make_video(**values):
    video = Video(title="The two rows", duration=255, **values)
    if video.provider == "own":
        video.file = ContentFile(b"0000ftypmp42", "rows.mp4")
        video.captions = ContentFile(
            b"WEBVTT\n\n00:00.000 --> 00:09.000\nPull.\n", "r.vtt"
        )
    video.save()
    make_guide(slug="two-rows", video=video, exercises=1)


def test_another_host_is_asked_after_the_click_only(page, foreign):
    make_video(provider="youtube", provider_id="dQw4w9WgXcQ")
    page.goto("/guides/two-rows/")
    page.wait_for_load_state("networkidle")
    assert foreign == []

    page.get_by_role("link", name="Watch the video").click()

    player = page.frame_locator("iframe")
    expect(player.get_by_text("The player.")).to_be_visible()
    assert foreign[0].url.startswith("https://www.youtube-nocookie.com/embed/dQw4")
    # YouTube refuses to play for a page that does not name itself.
    assert foreign[0].all_headers()["referer"] == page.url.split("/guides")[0] + "/"
    expect(page.get_by_role("link", name="Watch the video")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "IFRAME"


def test_an_own_video_is_fetched_after_the_click_only(page, foreign, site, becomes):
    make_video(provider="own")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/guides/two-rows/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if ".mp4" in url or ".vtt" in url]

    with page.expect_request("**/*.mp4"):
        page.get_by_role("link", name="Watch the video").click()

    expect(page.locator("video[controls] track[kind=captions]")).to_be_attached()
    becomes(page, "document.activeElement.tagName == 'VIDEO'")
    assert foreign == []


def test_without_script_the_link_leads_to_it(page_without_script):
    make_video(provider="own")
    page_without_script.goto("/guides/two-rows/")

    link = page_without_script.get_by_role("link", name="Watch the video")

    expect(link).to_have_attribute("href", Video.objects.get().file.url)


def until(page, words):
    """Wait for what a script finds of the player; the policy forbids its own way."""
    player = page.locator(".video video")
    for _ in range(200):
        if player.evaluate(f"player => {words}"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(words)


def test_a_clip_plays_in_the_player_above_and_stops_at_its_end(page, demo):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/guides/two-rows-for-a-tired-upper-back/")
    page.wait_for_load_state("networkidle")
    clip = page.get_by_role("link", name="Watch this exercise, 0:08 to 0:16")
    clip.scroll_into_view_if_needed()
    assert not [url for url in asked if ".mp4" in url]

    page.get_by_role("link", name="Watch this exercise, 0:00 to 0:08").click()

    player = page.locator(".video video")
    expect(player).to_be_focused()
    expect(player).to_be_in_viewport()
    until(page, "player.currentTime > 0.2")
    # The film is 16 seconds; by itself it halts where the exercise ends.
    player.evaluate("player => player.playbackRate = 4")
    until(page, "player.paused")
    assert 7.9 <= player.evaluate("player => player.currentTime") < 9.5

    page.get_by_role("link", name="Back to Low Row").click()
    expect(page.get_by_role("heading", name="Low Row", exact=True)).to_be_in_viewport()

    clip.click()
    until(page, "player.currentTime >= 8")
    expect(page.get_by_role("link", name="Back to Wide Row")).to_be_visible()
    expect(player).to_have_count(1)


def test_a_step_plays_from_its_moment_and_follow_along_leaves_it_out(page, demo):
    page.goto("/guides/two-rows-for-a-tired-upper-back/")
    step = page.locator(
        "li", has_text="Breathe in and lower for a slow count of three."
    )

    step.get_by_role("link", name="Watch from 0:10").click()

    player = page.locator(".video video")
    expect(player).to_be_focused()
    until(page, "player.currentTime >= 10")
    page.get_by_role("link", name="Back to Wide Row").click()
    expect(page.get_by_role("heading", name="Wide Row", exact=True)).to_be_in_viewport()

    page.get_by_role("link", name="Follow along, step by step").click()
    said = page.locator("dialog [data-is=step]")
    for _ in range(40):
        if said.inner_text().startswith("Breathe out and draw"):
            break
        page.locator("dialog [data-do=next]").click()
    expect(said).to_have_text("Breathe out and draw your elbows back along your ribs.")


def test_a_clip_at_a_provider_is_asked_for_after_the_click_only(page, foreign):
    make_video(provider="youtube", provider_id="dQw4w9WgXcQ")
    Exercise.objects.update(clip_start=8, clip_end=16)
    page.goto("/guides/two-rows/")
    page.wait_for_load_state("networkidle")
    assert foreign == []

    page.locator(".video__clip").click()

    expect(page.frame_locator("iframe").get_by_text("The player.")).to_be_visible()
    assert len(foreign) == 1
    assert foreign[0].url.endswith("&start=8&end=16")


def test_without_script_a_clip_leads_to_its_second(page_without_script):
    make_video(provider="own")
    Exercise.objects.update(clip_start=8, clip_end=16)
    page_without_script.goto("/guides/two-rows/")

    expect(page_without_script.locator(".video__clip")).to_have_attribute(
        "href", f"{Video.objects.get().file.url}#t=8,16"
    )


def test_without_script_a_step_leads_to_its_second(page_without_script):
    make_video(provider="own")
    Step.objects.filter(text="Pull.").update(at=42)
    page_without_script.goto("/guides/two-rows/")

    expect(page_without_script.locator(".steps__moment")).to_have_attribute(
        "href", f"{Video.objects.get().file.url}#t=42,255"
    )


def test_a_film_opened_on_its_own_plays_from_that_second(page, demo, site):
    film = Video.objects.get()

    page.goto(f"{site}{film.file.url}#t=8,16")

    player = page.locator("video")
    for _ in range(200):
        if player.evaluate("player => player.currentTime >= 8"):
            break
        page.wait_for_timeout(50)
    assert player.evaluate("player => player.currentTime") >= 8


def test_a_video_that_is_gone_says_so_and_opens_its_words(page, faults):
    make_video(provider="own", transcript="<p>Draw your elbows back.</p>")
    video = Video.objects.get()
    video.file.storage.delete(video.file.name)
    page.goto("/guides/two-rows/")
    said = page.get_by_text("The video cannot be played just now.")
    expect(said).to_be_hidden()

    page.get_by_role("link", name="Watch the video").click()

    expect(said).to_be_visible()
    expect(page.get_by_text("Draw your elbows back.")).to_be_visible()
