"""Files that were looked at and wait for the button that takes them in."""

import logging
from datetime import timedelta
from secrets import token_hex

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext_lazy

from config import media, room

logger = logging.getLogger(__name__)

FOLDER = media.PRIVATE  # handed out to nobody, and under a name nobody guesses
KEPT = timedelta(days=1)
NO_ROOM = gettext_lazy(
    "There is no room for the file on this machine. Nothing is lost."
)
GONE = gettext_lazy("The file is gone meanwhile. Choose it once more.")


def keep(file, *, ending):
    """Keep a file for a while; return what it is found by. Raises ``OSError``."""
    forget_old()
    arrival = token_hex(16)
    default_storage.save(name(arrival, ending=ending), file)
    return arrival


def no_room(error):
    """Return the sentence about a file that could not be kept, and log why."""
    logger.error("A file was not kept: %s", room.told(error))
    return NO_ROOM


def name(arrival, *, ending):
    return f"{FOLDER}/{arrival}.{ending}"


def forget_old():
    """Delete the files that nobody came back for. Part of the tick."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except OSError:
        return
    for file in names:
        path = f"{FOLDER}/{file}"
        if default_storage.get_modified_time(path) < timezone.now() - KEPT:
            default_storage.delete(path)
