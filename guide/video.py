"""Addresses of videos at other hosts: only a strictly parsed id is ever kept."""

import re
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_IDS = {
    "youtube": re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII),
    "vimeo": re.compile(r"[0-9]{6,12}", re.ASCII),
}
_HOSTS = {
    "youtube": {
        "www.youtube.com",
        "youtube.com",
        "m.youtube.com",
        "youtu.be",
        "www.youtube-nocookie.com",
    },
    "vimeo": {"vimeo.com", "www.vimeo.com", "player.vimeo.com"},
}
_PATHS = {
    "youtube": re.compile(r"/(?:embed/|shorts/|live/)?([^/]+)/?"),
    "vimeo": re.compile(r"/(?:video/)?([^/]+)/?"),
}


def parse_id(provider, text):
    """Return the id of a video from the id itself or an address of it.

    Raises ``ValidationError`` with a sentence for everything else: other hosts,
    user info, ports, look-alike letters.
    """
    text = text.strip()
    if _IDS[provider].fullmatch(text):
        return text
    try:
        url = urlsplit(text)
        is_plain = url.scheme == "https" and url.netloc in _HOSTS[provider]
    except ValueError:
        is_plain = False
    if is_plain:
        candidates = parse_qs(url.query).get("v", [])[:1]
        if match := _PATHS[provider].fullmatch(url.path):
            candidates.append(match[1])
        for candidate in candidates:
            if _IDS[provider].fullmatch(candidate):
                return candidate
    raise not_an_address()


def provider_of(address):
    """Return the provider whose video an address is, or ""."""
    for provider in _HOSTS:
        if "/" in address:  # a bare id may be of either
            try:
                parse_id(provider, address)
            except ValidationError:
                continue
            return provider
    return ""


def not_an_address():
    return ValidationError(
        {
            "provider_id": _(
                "This is no address of a video there. "
                "Copy it from the address bar while the video is open."
            )
        }
    )


def page_url(provider, video_id):
    """Return the address of the page where people watch it."""
    if provider == "youtube":
        return f"https://www.youtube.com/watch?v={video_id}"
    return f"https://vimeo.com/{video_id}"


def frame_url(provider, video_id):
    """Return the address of the player, on the host that sets no cookie."""
    if provider == "youtube":
        return f"https://www.youtube-nocookie.com/embed/{video_id}?autoplay=1&rel=0"
    return f"https://player.vimeo.com/video/{video_id}?autoplay=1&dnt=1"
