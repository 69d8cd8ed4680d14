"""The demonstration's own pictures and film, as ``drawings`` made them."""

from pathlib import Path

from django.core.files import File
from django.core.management.base import CommandError

from guide.models import Picture, Video

FOLDER = Path(__file__).resolve().parent.parent / "demo_media"


def check(named):
    """Raise ``CommandError``, with what to do, unless all these files are there."""
    missing = sorted(name for name in named if not (FOLDER / name).is_file())
    if missing:
        raise CommandError(
            f"Missing in {FOLDER}: {', '.join(missing)}. Take them from the repository "
            "or make them with “python -m drawings.media”. Nothing was changed."
        )


def picture(*, name, alt):
    """Store a picture as an upload would be."""
    with (FOLDER / name).open("rb") as file:
        stored = Picture(file=File(file, name=name), alt=alt)
        stored.save()
    return stored


def video(*, name, captions, poster, **values):
    """Store a silent film with its poster and captions."""
    with (FOLDER / name).open("rb") as film, (FOLDER / captions).open("rb") as text:
        return Video.objects.create(
            file=File(film, name=name),
            captions=File(text, name=captions),
            poster=picture(**poster),
            is_silent=True,
            **values,
        )
