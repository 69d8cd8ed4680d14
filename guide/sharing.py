"""What a page shows of itself elsewhere: its one address, and always a picture."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from guide import figures, pictures

LARGE = 1200  # pixels that a shared picture is shown in, at most


class Share(NamedTuple):
    """A picture as other sites want it; without a size where it is not known."""

    url: str
    alt: str
    width: int = 0
    height: int = 0


def absolute(path):
    """Return the whole address of a path; a store of media may give one itself."""
    return path if path.startswith("http") else f"{settings.SITE_URL}{path}"


def canonical(path, page=1):
    """Return the one address of a page; the first of several has no number."""
    return absolute(f"{path}?page={page}" if page > 1 else path)


def of_site():
    """Return the picture of a page that has none of its own."""
    path = f"{settings.STATIC_URL}share.png"
    return Share(absolute(path), _("Two people draw one band tight."), 1200, 630)


def of_guide(guide):
    """Return the picture of a guide: its own, its video's poster or its drawing."""
    if guide.picture:
        return of_picture(guide.picture)
    return of_video(guide)


def of_video(guide):
    """Return what stands for a guide's video: its poster, else the guide's own."""
    poster = guide.video and guide.video.poster
    if picture := poster or guide.picture:
        return of_picture(picture)
    return of_figure(guide.figure)


def of_figure(name):
    if name not in figures.FIGURES:
        return of_site()
    # The plain name, not the hashed one: it is fetched again years later.
    path = f"{settings.STATIC_URL}figures/{name}.png"
    return Share(absolute(path), str(figures.FIGURES[name]), 1040, 480)


def of_picture(picture):
    """Return a picture in the largest width that is shown anywhere."""
    fitting = [width for width in picture.widths if width <= LARGE]
    width = fitting[-1] if fitting else picture.width
    height = round(picture.height * width / picture.width) if width else 0
    alt = "" if picture.is_decorative else picture.alt
    return Share(absolute(pictures.url(picture, width)), alt, width, height)
