import copy
import logging
import re
import traceback

from django.core.exceptions import PermissionDenied

from config import room

# What follows is a secret: whoever has the link may act or see as its owner does.
SECRET = re.compile(r"(?<!/admin)(/newsletter/+[^/\s]+/|/comments/|/preview/)\S+")


class Discreet(logging.Filter):
    """Keeps secrets of paths and the words of exceptions out of the log.

    An exception may quote what a form or a mail server was given; its class and the
    lines it came through are enough to find the fault.
    """

    def filter(self, record):
        # A copy: other handlers get the record as it was.
        record = copy.copy(record)
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = str(record.msg)  # a slip in a log line must not break its caller
        record.msg, record.args = SECRET.sub(r"\1…", message), ()
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            # A right that is missing is no fault to find.
            record.exc_info = record.exc_text = None
        elif record.exc_info:
            error = record.exc_info[1]
            record.exc_text = "\n".join(places(error))
            if room.is_lacking(error):
                record.exc_text += f"\n{room.left()}"
            record.exc_info = None
        return record


def places(error):
    """Return the class of an exception and the lines it passed, its causes first."""
    for one in reversed(room.behind(error)):
        lines = "".join(traceback.format_tb(one.__traceback__))
        yield f"{lines}{type(one).__module__}.{type(one).__qualname__}"
