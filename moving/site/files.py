"""The pictures and videos of a zip: checked like uploads, written, taken away again."""

import logging
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from secrets import token_hex

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from config import room
from guide import pictures, serialize
from guide.models import Picture, Video

logger = logging.getLogger(__name__)


def path_of(file):
    return f"media/{file['sha256']}.{file['kind']}"


@contextmanager
def files_written(archive, plans, is_dry_run):
    """Check the files that the plans bring, write them; take them away on failure.

    Raises ``ValidationError`` for a file that is none of ours, or finds no room.
    """
    written = []
    try:
        for plan in plans:
            if plan.brings:
                with serialize.placed(plan.place):
                    bring = _bring_picture if plan.kind == "pictures" else _bring_video
                    bring(archive, plan, written, is_dry_run)
        yield
    except BaseException as failure:
        for name in written:
            remove(name)
        if isinstance(failure, OSError):
            logger.error("A file was not written: %s", room.told(failure))
            raise ValidationError(
                _("A file could not be written (%(why)s). Nothing was changed.")
                % {"why": failure.strerror or type(failure).__name__}
            ) from None
        raise


def _bring_picture(archive, plan, written, is_dry_run):
    content = archive.read(path_of(plan.values["file"]))
    if not pictures.is_kept(content):
        raise ValidationError(
            _(
                "It is no picture as this site keeps them. Upload it in the admin "
                "instead."
            )
        )
    picture = Picture(file=File(BytesIO(content), name="original.jpg"))
    picture.folder = plan.key
    pictures.validate(picture.file)
    folder = f"pictures/{plan.key}"
    plan.files = {"file": f"{folder}/original.jpg"}
    if is_dry_run:
        return
    # Where the database is new and the files are not, they are taken as they are.
    found = pictures.found(folder, content)
    if found is None:
        remove(folder)  # what no row speaks of
        written.append(folder)
        found = pictures.keep(picture.file)
    widths, (width, height) = found
    plan.files |= {"widths": widths, "width": width, "height": height, "webp_at": None}


def _bring_video(archive, plan, written, is_dry_run):
    """Check a video with its files as an upload, and store them under new names."""
    own = ("provider", "provider_id", "duration", "is_silent", "transcript")
    video = Video(
        title=serialize.name_of(plan.key), **{name: plan.values[name] for name in own}
    )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        for name in plan.shared.files:
            if name in plan.brings:
                path = path_of(plan.values[name])
                file = opened.enter_context(archive.copied(path, folder).open("rb"))
                kind = plan.values[name]["kind"]
                setattr(video, name, File(file, name=f"{token_hex(8)}.{kind}"))
            elif plan.row and plan.values[name]:
                setattr(video, name, getattr(plan.row, name).name)
        video.full_clean(exclude=["poster"])
        for name in plan.brings:
            file = getattr(video, name)
            target = file.field.generate_filename(video, file.name)
            if not is_dry_run:
                written.append(target)
                file.save(file.name, file.file, save=False)
            plan.files[name] = target


def remove(name):
    """Delete a file, or a folder with what is in it, as far as it is there."""
    with suppress(OSError):
        for file in default_storage.listdir(name)[1]:
            default_storage.delete(f"{name}/{file}")
    with suppress(OSError):
        default_storage.delete(name)
