"""Uploaded pictures: checked before decoding, stored anew without metadata."""

import contextlib
import io
import logging
import warnings
from pathlib import PurePosixPath
from secrets import token_hex

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

logger = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
# Pillow holds a WebP four times over, 16 bytes a pixel: more would not fit 300 MB.
MAX_WEBP_PIXELS = 13_000_000
WIDTHS = (400, 800, 1200)
LARGEST = 2400  # pixels of the longer side
STRIP = 96  # rows of the smaller picture made together
QUALITY = {
    "JPEG": {"quality": 82, "optimize": True},
    "WEBP": {"quality": 80, "method": 4},
}

# Pillow refuses what claims more than twice this, before it takes memory for it.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2


def upload_to(picture, filename):
    """Return a name that says nothing of the uploaded file's; its folder is new."""
    return f"pictures/{picture.folder or token_hex(8)}/original.jpg"


def validate(file):
    """Raise ``ValidationError``, with what to do, unless we can show the picture.

    What is stored already was looked at when it came; its file may even be missing.
    """
    if not getattr(file, "_committed", False):
        _as_kept(file)


def store(file):
    """Replace an upload by a clean JPEG of it and write the smaller widths.

    Takes a ``FieldFile`` that is not saved yet; returns the list of widths written,
    the original's last, and the size of that one in pixels. Nothing of the camera's
    metadata is kept but the orientation, which is turned into pixels.
    """
    image = _as_kept(file)
    file.save("original.jpg", _packed(image, "JPEG"), save=False)
    widths = [*(width for width in WIDTHS if width < image.width), image.width]
    written = []
    try:
        for width, smaller in _in_widths(image, widths[:-1]):
            target, content = _beside(file.name, width), _packed(smaller, "JPEG")
            written.append(default_storage.save(target, content))
    except OSError:
        _clear(file.name, written)
        raise
    return widths, image.size


def write_webp(picture):
    """Write a stored picture as WebP beside each of its JPEGs; again is the same."""
    with (
        default_storage.open(picture.file.name) as file,
        Image.open(file, formats=["JPEG"]) as image,
    ):
        image.load()
    for width, smaller in _in_widths(image, picture.widths):
        target = name(picture, width, "webp")
        default_storage.delete(target)  # half a file, of a worker that was killed
        default_storage.save(target, _packed(smaller, "WEBP"))


def url(picture, width, kind="jpg"):
    """Return the address of a ``Picture`` in one of its widths."""
    return default_storage.url(name(picture, width, kind))


def name(picture, width, kind="jpg"):
    if width == picture.width:
        return str(PurePosixPath(picture.file.name).with_suffix(f".{kind}"))
    return _beside(picture.file.name, width, kind)


def forget(picture):
    """Delete the files of a picture that nothing shows any more."""
    kinds = ("jpg", "webp")
    _clear(
        picture.file.name,
        [name(picture, width, kind) for kind in kinds for width in picture.widths],
    )


def _clear(original, others):
    for gone in {original, *others}:
        default_storage.delete(gone)
    with contextlib.suppress(OSError):  # the folder holds something that is not ours
        default_storage.delete(str(PurePosixPath(original).parent))


def _beside(original, width, kind="jpg"):
    return str(PurePosixPath(original).with_name(f"{width}.{kind}"))


def _as_kept(file):
    """Return an upload as we keep it, decoded once however often it is looked at."""
    upload = file.file if hasattr(file, "_committed") else file
    if not hasattr(upload, "as_kept"):
        upload.as_kept = _read(upload)
    return upload.as_kept


def _read(upload):
    if upload.size > MAX_BYTES:
        raise ValidationError(
            _("The picture has more than 10 MB. Save it smaller and try again.")
        )
    begins_well = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata, which is not kept
            upload.seek(0)
            with Image.open(upload, formats=FORMATS) as image:
                begins_well = True
                refusal = _refusal(image)
                kept = None if refusal else _shrunk(image)
    except Image.DecompressionBombError:
        raise ValidationError(
            _("The picture has more than 50 megapixels. Save it smaller and try again.")
        ) from None
    except Exception as error:  # each format breaks in ways of its own
        logger.info("A picture could not be read: %s", type(error).__name__)
        if begins_well:
            raise ValidationError(
                _("The picture is incomplete. Copy it from the camera once more.")
            ) from None
        raise ValidationError(
            _("This is no picture we can read. Use JPEG, PNG, WebP or AVIF.")
        ) from None
    finally:
        upload.seek(0)
    if refusal:
        raise ValidationError(refusal)
    return kept


def _refusal(image):
    """Return why a picture that is whole is none for us, or ""."""
    # A JPEG of two pictures is a photograph with its depth.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        return _("This picture moves. Save one frame of it, or add it as a video.")
    if image.format == "WEBP" and image.width * image.height > MAX_WEBP_PIXELS:
        return _(
            "This is a WebP of more than %(most)s megapixels. Save it smaller, or as a "
            "JPEG, and try again."
        ) % {"most": MAX_WEBP_PIXELS // 1_000_000}
    return ""


def _shrunk(image):
    """Return a picture at the size we keep: upright, in sRGB, on white, without notes.

    A JPEG is decoded at a half or a quarter, and no large picture stands in memory
    twice: what it takes to make it smaller is done strip by strip.
    """
    share = LARGEST / max(image.size)
    if share < 1:
        image.draft(None, tuple(round(side * share) for side in image.size))
    image.load()
    small = _in_strips(image, max(image.size) // LARGEST)
    share = min(1, LARGEST / max(small.size))
    # A copy in any case: what read the file holds more memory than its pixels.
    size = tuple(max(1, round(side * share)) for side in small.size)
    small = small.resize(size, Image.Resampling.BICUBIC, reducing_gap=2)
    small.info = image.info
    upright = _in_srgb(_on_white(_turned(small)))
    upright.info = {}  # else a JPEG takes its comment along
    return upright


def _in_strips(image, times):
    """Return a picture that many times smaller, in a mode that can be resized."""
    if times < 2:
        return _plain(image)
    small = None
    for top in range(0, image.height, STRIP * times):
        bottom = min(top + STRIP * times, image.height)
        strip = _plain(image.crop((0, top, image.width, bottom))).reduce(times)
        if small is None:
            height = -(-image.height // times)
            small = Image.new(strip.mode, (strip.width, height))
        small.paste(strip, (0, top // times))
    return small


def _plain(strip):
    """Return a picture, or a piece of it, in a mode that can be made smaller."""
    if strip.mode == "RGBA":
        return strip
    if strip.mode.startswith("I;16"):
        return strip.point(lambda value: value / 256).convert("L")
    if strip.has_transparency_data:
        return strip.convert("RGBA")
    return strip if strip.mode in {"L", "RGB", "CMYK"} else strip.convert("RGB")


def _turned(image):
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # notes that nobody can read turn nothing
        return image


def _on_white(image):
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    white.info = image.info
    return white


def _in_srgb(image):
    """Return a picture in the colours that every screen takes for granted."""
    if profile := image.info.get("icc_profile"):
        # One that is broken, or of another kind of picture, says nothing of colours.
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            return ImageCms.profileToProfile(
                image,
                io.BytesIO(profile),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
    return image if image.mode == "L" else image.convert("RGB")


def _in_widths(image, widths):
    """Return (width, picture), the largest first: each is made from the one before."""
    for width in sorted(widths, reverse=True):
        if width != image.width:
            height = max(1, round(image.height * width / image.width))
            image = image.resize((width, height), Image.Resampling.LANCZOS)
        yield width, image


def _packed(image, kind):
    buffer = io.BytesIO()
    image.save(buffer, kind, **QUALITY[kind])
    return ContentFile(buffer.getvalue())


def is_kept(content):
    """Say whether these are the bytes of a picture as ``store`` leaves it."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            return max(image.size) <= LARGEST and bare(content) == content
    except (OSError, ValueError, SyntaxError):
        return False


def keep(file):
    """Store a picture to the byte as another site of ours had stored it."""
    content = file.read()
    widths, size = store(file)
    default_storage.delete(file.name)
    default_storage.save(file.name, ContentFile(content))
    return widths, size


def found(folder, content):
    """Return widths and size where a picture lies in a folder whole, else None."""
    try:
        with default_storage.open(f"{folder}/original.jpg") as file:
            is_same = file.read() == content
    except OSError:
        return None
    with Image.open(io.BytesIO(content)) as image:
        size = image.size
    smaller = [width for width in WIDTHS if width < size[0]]
    if is_same and all(default_storage.exists(f"{folder}/{w}.jpg") for w in smaller):
        return [*smaller, size[0]], size
    return None


def bare(data):
    """Return a JPEG without all that is no picture: notes, a preview, what follows it.

    Pixels stay as they are packed. Raises ``ValueError`` for what is no JPEG.
    """
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    kept, at = [data[:2]], 2
    while True:
        marker, size = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4])
        if len(marker) < 2 or marker[0] != 0xFF or size < 2:
            raise ValueError("no JPEG, or a part of one")
        end = at + 2 + size
        if marker[1] == 0xDA:  # a scan: packed pixels follow, up to the next marker
            end = _end_of_scan(data, end)
        # APP0 says how dense, APP14 in which colours; other notes are not needed.
        if not (0xE1 <= marker[1] <= 0xEF or marker[1] == 0xFE) or marker[1] == 0xEE:
            kept.append(data[at:end])
        at = end
        if data[at : at + 2] == b"\xff\xd9":
            return b"".join([*kept, b"\xff\xd9"])


def _end_of_scan(data, at):
    """Return where the next marker stands that neither pads nor restarts a scan."""
    while (at := data.find(b"\xff", at)) != -1:
        if data[at + 1 : at + 2] not in _IN_A_SCAN:
            return at
        at += 2
    raise ValueError("a JPEG without its end")


_IN_A_SCAN = {b"\x00", *(bytes([0xD0 + n]) for n in range(8))}
