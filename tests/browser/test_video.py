"""A video plays on the reader's click; before it no other host hears of her."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from guide.models import Video
from tests.factories import make_guide


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


def test_an_own_video_is_fetched_after_the_click_only(page, foreign, site):
    make_video(provider="own")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/guides/two-rows/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if ".mp4" in url or ".vtt" in url]

    page.get_by_role("link", name="Watch the video").click()

    expect(page.locator("video[controls] track[kind=captions]")).to_be_attached()
    page.wait_for_function("document.activeElement.tagName == 'VIDEO'")
    assert [url for url in asked if ".mp4" in url]
    assert foreign == []


def test_without_script_the_link_leads_to_it(page_without_script):
    make_video(provider="own")
    page_without_script.goto("/guides/two-rows/")

    link = page_without_script.get_by_role("link", name="Watch the video")

    expect(link).to_have_attribute("href", Video.objects.get().file.url)
