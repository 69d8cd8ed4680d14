"""What changed between two versions of a guide, in lines a person reads."""

from difflib import SequenceMatcher
from typing import NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guide import dosage, prose, serialize
from guide.models import Dosage, Exercise, Guide, Section, Variation, Verdict

# Of words of two texts to compare: the time it takes grows with them.
MOST_PAIRS = 2_000_000

# The model that a list or group of the data describes, for the names of its columns.
MODELS = {
    "exercises": Exercise,
    "sections": Section,
    "verdicts": Verdict,
    "dosage": Dosage,
    "variations": Variation,
}
# What the data name otherwise than the columns.
NAMES = {
    "exercises": gettext_lazy("exercises"),
    "sections": gettext_lazy("sections"),
    "verdicts": gettext_lazy("verdicts"),
    "notices": gettext_lazy("safety notices"),
    "dosage": gettext_lazy("how many"),
    "variations": gettext_lazy("variations"),
    "setup": gettext_lazy("set up"),
    "action": gettext_lazy("action"),
    "clip": gettext_lazy("part of the video, seconds"),
}


class Line(NamedTuple):
    """A line of a comparison: where it stands, and its words as pairs (what, words).

    ``what`` is "same", "gone" or "new".
    """

    place: str
    pieces: list

    @property
    def is_other(self):
        """Say whether all of it was replaced."""
        return [what for what, _words in self.pieces] == ["gone", "new"]


def changed(before, after):
    """Return the lines that differ between two versions, in reading order."""
    names = _names(before, after)
    old, new = (list(_lines(_told_by(version, names))) for version in (before, after))
    found = []
    for what, a, b, c, d in _differences(old, new):
        if what != "equal":
            found += _compared(old[a:b], new[c:d])
    return found


def _names(*versions):
    """Return what rows are called, by kind and id; in the last version they are in.

    From the second of a name on it bears a number: another warning under the same
    heading is a change.
    """
    names = {}
    for version in versions:
        own = {one["uid"]: one["name"] for one in version.data["exercises"]}
        # First for their order, last for their names.
        exercises = ("exercise", own)
        for kind, called in [exercises, *version.names.items(), exercises]:
            names.setdefault(kind, {}).update(called)
    return {
        kind: dict(zip(called, serialize.numbered(called.values()), strict=True))
        for kind, called in names.items()
    }


def _told_by(version, names):
    """Return the data of a version with names for ids, in their order."""
    rows = serialize.Rows(names)
    # A database may have put the keys in an order of its own.
    data = serialize.fit(version.data, serialize.GUIDE)
    return serialize.with_keys(data, rows.name)


def _differences(old, new):
    return SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()


def _compared(gone, come):
    """Yield lines: what stands in one place before and after is one of them."""
    for place, text in gone:
        other = next((line for line in come if line[0] == place), None)
        if other:
            come.remove(other)
            yield Line(place, _words(text, other[1]))
        else:
            yield Line(place, [("gone", text)])
    for place, text in come:
        yield Line(place, [("new", text)])


def _words(before, after):
    """Return two texts as one, word by word; both whole where little of them stays."""
    old, new = before.split(), after.split()
    whole = [("gone", before), ("new", after)]
    if len(old) * len(new) > MOST_PAIRS:
        return whole
    pieces, stay = [], 0
    for what, a, b, c, d in _differences(old, new):
        if what == "equal":
            pieces.append(("same", " ".join(old[a:b])))
            stay += b - a
        else:
            pieces += [("gone", " ".join(old[a:b])), ("new", " ".join(new[c:d]))]
    pieces = [(what, words) for what, words in pieces if words]
    is_rewritten = {"gone", "new"} <= {what for what, _words in pieces}
    return whole if is_rewritten and 4 * stay < len(old) + len(new) else pieces


def _lines(data, place="", model=Guide):
    """Yield (place, words) for all that data hold, prose paragraph by paragraph."""
    for name, value in data.items():
        if name == "uid":
            continue
        label, value = _told(model, name, value)
        yield from _values(value, _within(place, label), name)


def _told(model, name, value):
    """Return the name of a column and its value as the author's form has them."""
    try:
        field = model and model._meta.get_field(name)
    except FieldDoesNotExist:
        field = None
    label = NAMES.get(name) or getattr(field, "verbose_name", name)
    if field and getattr(field, "choices", None):
        value = dict(field.flatchoices).get(value, value)
    if name in dosage.RANGES:
        label = Dosage._meta.get_field(f"{name}_min").verbose_name
    return str(label), value


def _values(value, place, name):
    if value in (None, "", []):
        return
    if isinstance(value, bool):
        yield place, _("yes") if value else _("no")
    elif isinstance(value, dict):
        yield from _lines(value, place, MODELS.get(name))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value, 1):
            yield from _item(one, place, name, number)
    elif isinstance(value, list):  # of names, or the two ends of a range
        words = " – " if isinstance(value[-1], int) else ", "
        yield place, words.join(str(one) for one in value if one is not None)
    elif str(value).startswith("<"):
        for line in prose.lines(value).split("\n"):
            if line.strip():
                yield place, " ".join(line.split())
    else:
        yield place, str(value)


def _item(one, place, name, number):
    """Yield the lines of one row of a list: a step is a line, as its author writes."""
    if "text" in one:
        yield place, " || ".join(filter(None, [one["text"], one["footnote"]]))
        rest = {
            key: value for key, value in one.items() if key not in {"text", "footnote"}
        }
        yield from _lines(rest, _within(place, str(number)))
        return
    title = one.get("name") or one.get("heading") or one.get("audience") or number
    yield from _lines(one, _within(place, str(title)), MODELS.get(name))


def _within(place, name):
    return f"{place}: {name}" if place else name
