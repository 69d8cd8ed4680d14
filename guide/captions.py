"""Captions of a video: what is wrong with a WebVTT file, line by line."""

import re
from itertools import pairwise
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guide.video import clock

MAX_BYTES = 512 * 1024  # three hours of talk are a fifth of it
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(?:\s+(.*))?", re.ASCII)
_SETTING = re.compile(r"(vertical|line|position|size|align|region):[^\s:]+", re.ASCII)
_BLOCK = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")


class Cue(NamedTuple):
    line: int
    start: float
    end: float


def validate(file, *, seconds):
    """Raise ``ValidationError``, naming lines, unless the captions fit their video.

    Of captions stored already only the end is looked at: the video may be another.
    """
    if not file or (file._committed and not file.storage.exists(file.name)):
        return
    if not file._committed and not file.name.lower().endswith(".vtt"):
        return  # what its name says is refused by itself
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("The captions have more than 512 KB. Are they those of another video?")
        )
    cues, faults = read(_content(file))
    if file._committed:
        faults = []
    # The length is kept in whole seconds, and it may have been rounded down.
    late = [cue for cue in cues if seconds and cue.end >= seconds + 1]
    if late:
        fault = _("the cue ends after the end of the video, %(end)s.")
        faults.append(_at(late[0].line, fault % {"end": clock(seconds)}))
    if faults:
        raise ValidationError(faults[:3])


def _content(file):
    if file._committed:
        with file.storage.open(file.name) as stored:
            return stored.read()
    file.seek(0)  # an upload stays open: it is still to be stored
    content = file.read()
    file.seek(0)
    return content


def read(content):
    """Return the cues of a WebVTT file, and its faults in sentences."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [], [_at(line, _("this is not UTF-8. Save the file as UTF-8."))]
    if "\0" in text:
        return [], [_("This is no text. Choose the WebVTT file of the captions.")]
    lines = re.split(r"\r\n|\n|\r", text)
    if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        return [], [_at(1, _("a WebVTT file begins with the word WEBVTT."))]
    cues, faults = _cues(lines)
    if not cues and not faults:
        faults = [_("The file has no cue: nothing would ever be shown.")]
    return cues, faults + _out_of_order(cues)


def _cues(lines):
    """Return the cues, and the faults of single lines."""
    cues, faults = [], []
    for first, block in _blocks(lines):
        number, times = first, block[0]
        if "-->" not in times:
            if _BLOCK.match(times) or first == 1:
                if "-->" in "".join(block):
                    number = first + next(n for n, b in enumerate(block) if "-->" in b)
                    faults.append(_at(number, _("an empty line is missing before it.")))
                continue
            number, times = first + 1, block[1] if len(block) > 1 else ""
            if "-->" not in times:
                faults.append(
                    _at(first, _("no times of a cue stand above these words."))
                )
                continue
        cue, fault = _cue(number, times)
        if cue:
            cues.append(cue)
        extra = [
            n for n, line in enumerate(block, first) if n > number and "-->" in line
        ]
        if not fault and extra:
            number, fault = extra[0], _("an empty line is missing before it.")
        if fault:
            faults.append(_at(number, fault))
    return cues, faults


def _blocks(lines):
    """Return (number of its first line, lines) of what empty lines part."""
    block = []
    for number, line in enumerate([*lines, ""], 1):
        if line:
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(number, times):
    """Return a cue and nothing, or None and what is wrong with its times."""
    match = _TIMES.fullmatch(times)
    if not match:
        return None, _("write the times of a cue like 00:04.000 --> 00:06.500.")
    start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:8])
    for setting in (match[9] or "").split():
        if not _SETTING.fullmatch(setting):
            return None, _("“%(setting)s” is no setting of a cue.") % {
                "setting": setting[:40]
            }
    if end <= start:
        return None, (
            _("the cue ends before it starts.")
            if end < start
            else _("the cue ends at the moment it starts.")
        )
    return Cue(number, start, end), ""


def _out_of_order(cues):
    faults = []
    for before, cue in pairwise(cues):
        if cue.start < before.start:
            fault = _("the cue starts before the one above it.")
        elif cue.start < before.end:
            fault = _("the cue starts while the one above it is still shown.")
        else:
            continue
        faults.append(_at(cue.line, fault))
    return faults


def _seconds(parts):
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _at(line, fault):
    return _("Line %(line)s: %(fault)s") % {"line": line, "fault": fault}
