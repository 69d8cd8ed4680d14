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
    "vimeo": re.compile(r"/(?:video/|manage/videos/)?([^/]+)/?"),
}
# Its second half is a secret, without which Vimeo shows nothing.
_UNLISTED = re.compile(r"/(?:manage/videos/)?[0-9]{6,12}/[0-9a-f]{6,20}/?", re.ASCII)


def parse_id(provider, text):
    """Return the id of a video from the id itself or an address of it.

    Raises ``ValidationError`` with a sentence for everything else: other hosts,
    user info, ports, look-alike letters.
    """
    text = text.strip()
    if _IDS[provider].fullmatch(text):
        return text
    if url := _at(provider, text):
        candidates = parse_qs(url.query).get("v", [])[:1]
        if match := _PATHS[provider].fullmatch(url.path):
            candidates.append(match[1])
        for candidate in candidates:
            if _IDS[provider].fullmatch(candidate):
                return candidate
        if provider == "vimeo" and _UNLISTED.fullmatch(url.path):
            raise _refused(
                _(
                    "This video is unlisted at Vimeo, so your readers could not play "
                    "it here. Make it public there and paste its address again."
                )
            )
    raise not_an_address()


def provider_of(address):
    """Return the provider at whose host an address is, or ""."""
    return next((provider for provider in _HOSTS if _at(provider, address)), "")


def _at(provider, text):
    """Return the parts of an address at a provider's own host, or None.

    Browsers and messengers copy it with http:// or without any beginning.
    """
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    is_there = url.scheme in {"http", "https"} and url.netloc in _HOSTS[provider]
    return url if is_there else None


def not_an_address():
    return _refused(
        _(
            "This is no address of a video there. "
            "Copy it from the address bar while the video is open."
        )
    )


def _refused(sentence):
    return ValidationError({"provider_id": sentence})


def page_url(provider, video_id, start=None):
    """Return the address of the page where people watch it, from a second on."""
    if provider == "youtube":
        moment = f"&t={start}s" if start else ""
        return f"https://www.youtube.com/watch?v={video_id}{moment}"
    return f"https://vimeo.com/{video_id}{_fragment(start)}"


def frame_url(provider, video_id, start=None, end=None):
    """Return the address of the player, on the host that sets no cookie."""
    if provider == "youtube":
        url = f"https://www.youtube-nocookie.com/embed/{video_id}?autoplay=1&rel=0"
        return url + "".join(
            f"&{name}={second}"
            for name, second in [("start", start), ("end", end)]
            if second
        )
    url = f"https://player.vimeo.com/video/{video_id}?autoplay=1&dnt=1"
    return f"{url}{_fragment(start)}"  # Vimeo knows no end


def _fragment(start):
    return f"#t={start}s" if start else ""


def clock(seconds):
    """Return a moment as a player shows it: 4:05."""
    return f"{seconds // 60}:{seconds % 60:02}"


# An own file

# What calls itself ISO media and is a picture or a sound.
_NO_FILMS = {b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_NO_FILMS |= {b"mif1", b"msf1", b"crx ", b"M4A ", b"M4B ", b"M4P "}


def validate_file(file):
    """Raise ``ValidationError`` unless a file begins as its name says.

    What is stored already was looked at when it came; its file may even be missing.
    """
    if not file or getattr(file, "_committed", False):
        return
    if not file.name.lower().endswith((".mp4", ".webm")):
        return  # what its name says is refused by itself
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    if file.name.lower().endswith(".webm"):
        is_film = head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head
    else:
        is_film = head[4:8] == b"ftyp" and head[8:12] not in _NO_FILMS
    if not is_film:
        raise ValidationError(
            _(
                "What is in this file is not what its name says. "
                "Save the video as MP4 or WebM and try again."
            )
        )
