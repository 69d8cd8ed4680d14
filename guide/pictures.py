"""Uploaded pictures: checked before decoding, stored anew without metadata."""

import io
import warnings
from pathlib import PurePosixPath
from secrets import token_hex

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
WIDTHS = (400, 800, 1200)
LARGEST = 2400  # pixels of the longer side


def upload_to(picture, filename):
    """Return a name that says nothing of the uploaded file's; its folder is new."""
    return f"pictures/{picture.folder or token_hex(8)}/original.jpg"


def validate(file):
    """Raise ``ValidationError``, with what to do, unless we can show the picture.

    What is stored already was looked at when it came; its file may even be missing.
    """
    if getattr(file, "_committed", False):
        return
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("The picture has more than 10 MB. Save it smaller and try again.")
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            file.seek(0)
            with Image.open(file, formats=FORMATS) as image:
                pixels = image.width * image.height
                if pixels <= MAX_PIXELS:
                    _shrink(image)
    except Image.DecompressionBombError:
        pixels = MAX_PIXELS + 1
    except (OSError, ValueError, SyntaxError):
        raise ValidationError(
            _("This is no picture we can read. Use JPEG, PNG, WebP or AVIF.")
        ) from None
    finally:
        file.seek(0)
    if pixels > MAX_PIXELS:
        raise ValidationError(
            _("The picture has more than 50 megapixels. Save it smaller and try again.")
        )


def store(file):
    """Replace an upload by a clean JPEG of it and write the smaller widths.

    Takes a ``FieldFile`` that is not saved yet; returns the list of widths written,
    the original's last, and the size of that one in pixels. Nothing of the camera's
    metadata is kept but the orientation, which is turned into pixels.
    """
    validate(file)
    with Image.open(file, formats=FORMATS) as image:
        _shrink(image)
        upright = ImageOps.exif_transpose(image)
    if upright.mode not in {"RGB", "L"}:
        layer = upright.convert("RGBA")
        upright = Image.new("RGB", layer.size, "white")
        upright.paste(layer, mask=layer.getchannel("A"))
    file.save("original.jpg", _jpeg(upright), save=False)
    widths = [width for width in WIDTHS if width < upright.width]
    for width in widths:
        smaller = upright.resize(
            (width, max(1, round(upright.height * width / upright.width))),
            Image.Resampling.LANCZOS,
        )
        default_storage.save(_name(file.name, width), _jpeg(smaller))
    return [*widths, upright.width], upright.size


def url(picture, width):
    """Return the address of a ``Picture`` in one of its widths."""
    if width == picture.width:
        return picture.file.url
    return default_storage.url(_name(picture.file.name, width))


def _shrink(image):
    """Decode a picture at the size we keep: a JPEG never stands in memory whole."""
    image.draft(None, (LARGEST, LARGEST))
    image.thumbnail((LARGEST, LARGEST))
    image.load()


def _name(name, width):
    return str(PurePosixPath(name).with_name(f"{width}.jpg"))


def _jpeg(image):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=82, optimize=True, progressive=True)
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
