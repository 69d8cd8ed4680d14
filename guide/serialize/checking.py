"""Data of unknown origin: they fit their shape, or a sentence names the place."""

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guide import prose

MOST_ITEMS = 1000  # of a list in the data

# Of the types that shapes name: what they are here, and in words.
TYPES = {
    "null": type(None),
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}
WORDS = {
    "null": gettext_lazy("null"),
    "string": gettext_lazy("a text"),
    "integer": gettext_lazy("a whole number"),
    "boolean": gettext_lazy("true or false"),
    "array": gettext_lazy("a list"),
    "object": gettext_lazy("a group of named values"),
}


def fit(data, shape, place=""):
    """Return data in a shape as ``to_data`` would write them.

    Keys are put in order, prose is cleaned, moments are told in UTC. Where the data do
    not fit it raises ``ValidationError`` with a sentence that names the place.
    """
    shapes = shape.get("anyOf", [shape])
    for one in shapes:
        if type(data) is TYPES[one["type"]]:
            return _FITS.get(one["type"], _fit_other)(data, one, place)
    wanted = _(" or ").join(str(WORDS[one["type"]]) for one in shapes)
    raise _misfit(place, _("here belongs %(what)s.") % {"what": wanted})


def _fit_object(data, shape, place):
    if "properties" not in shape:
        names = {"type": "string"} | shape["propertyNames"]
        return {
            fit(name, names, place): fit(
                value, shape["additionalProperties"], _within(place, f"“{name}”")
            )
            for name, value in data.items()
        }
    shapes = shape["properties"]
    for name in shapes:
        if name not in data:
            raise _misfit(place, _("“%(name)s” is missing.") % {"name": name})
    for name in data:
        if name not in shapes:
            raise _misfit(place, _("“%(name)s” is not known.") % {"name": name[:40]})
    return {
        name: fit(data[name], shapes[name], _within(place, name)) for name in shapes
    }


def _fit_array(data, shape, place):
    least, most = shape.get("minItems", 0), shape.get("maxItems", MOST_ITEMS)
    if not least <= len(data) <= most:
        raise _misfit(
            place,
            _("there are %(count)s entries; %(least)s to %(most)s belong here.")
            % {"count": len(data), "least": least, "most": most},
        )
    shapes = shape.get("prefixItems") or [shape["items"]] * len(data)
    return [
        fit(item, one, f"{place} {number}")
        for number, (item, one) in enumerate(zip(data, shapes, strict=True), 1)
    ]


def _fit_integer(data, shape, place):
    if not shape["minimum"] <= data <= shape["maximum"]:
        raise _misfit(
            place,
            _("the number must lie between %(least)s and %(most)s.")
            % {"least": shape["minimum"], "most": shape["maximum"]},
        )
    return data


def _fit_string(data, shape, place):
    if re.search("[\0\ud800-\udfff]", data):
        raise _misfit(place, _("it holds a character that is none."))
    if "pattern" in shape and not re.fullmatch(shape["pattern"], data):
        raise _misfit(place, _("“%(text)s” cannot stand here.") % {"text": data[:80]})
    if "contentMediaType" in shape:
        return prose.clean(data)
    if "format" not in shape:
        return data
    try:
        if shape["format"] == "date":
            return date.fromisoformat(data).isoformat()
        moment = datetime.fromisoformat(data)
        if moment.tzinfo:
            return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        pass
    raise _misfit(
        place,
        _("“%(text)s” is no date, or has no time zone. Write 2026-10-01 for a day, ")
        % {"text": data[:40]}
        + _("2026-10-01T09:00:00+00:00 for a moment."),
    )


def _fit_other(data, shape, place):
    return data


_FITS = {
    "object": _fit_object,
    "array": _fit_array,
    "integer": _fit_integer,
    "string": _fit_string,
}


def _misfit(place, sentence):
    return ValidationError(_at(place, sentence))


@contextmanager
def placed(place):
    """Put the place before each sentence that is raised."""
    try:
        yield
    except ValidationError as error:
        faults = {NON_FIELD_ERRORS: error.messages}
        if hasattr(error, "error_dict"):
            faults = error.message_dict
        raise ValidationError(
            [
                _at(_within(place, name), message)
                for name, messages in faults.items()
                for message in messages
            ]
        ) from None


def _at(place, sentence):
    return f"{place}: {sentence}" if place else sentence


def _within(place, name):
    names = [place, "" if name == NON_FIELD_ERRORS else name]
    return ", ".join(filter(None, names))
