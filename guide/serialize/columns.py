"""The columns of one row as data, and back.

How a kind of column is told, and how it is read again, stands here side by side.
"""

import hashlib
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.db import models

from guide import pictures
from guide.models import Picture
from guide.serialize.checking import placed
from guide.serialize.shapes import SHARED, columns


def row_to_data(row, keys):
    """Return a row that guides share; a file that is lost is None."""
    shared = next(one for one in SHARED.values() if one.model is type(row))
    return columns_to_data(row, shared.shape, keys)


def columns_to_data(row, shape, keys):
    return {field.name: _value(row, field, keys) for field in columns(shape, type(row))}


def _value(row, field, keys):
    value = field.value_from_object(row)
    if isinstance(field, models.FileField):
        return file_to_data(value, is_picture=isinstance(row, Picture))
    if field.remote_field:
        return keys.of(field.related_model, value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def file_to_data(file, *, is_picture=False):
    """Return what tells a file, or None where there is none, or none we can read."""
    if not file:
        return None
    try:
        with file.storage.open(file.name) as stream:
            if is_picture:
                digest = hashlib.sha256(pictures.bare(stream.read()))
            else:
                digest = hashlib.file_digest(stream, "sha256")
    except (OSError, ValueError):
        return None
    kind = PurePosixPath(file.name).suffix.lower().removeprefix(".")
    return {"sha256": digest.hexdigest(), "kind": kind}


def write_columns(row, shape, values, *, keys, place=""):
    """Set the columns of a row from data, check the row and save it.

    Its files are not touched: who brings them has set them.
    """
    with placed(place):
        for field in columns(shape, type(row)):
            if not isinstance(field, models.FileField):
                value = _parsed(field, values[field.name], keys)
                setattr(row, field.attname, value)
        save_checked(row)


def save_checked(row):
    row.full_clean()
    row.save()


def _parsed(field, value, keys):
    if value is None:
        return None
    if field.remote_field:
        try:
            return keys.get(field.related_model, value)
        except ValidationError as error:
            raise ValidationError({field.name: error}) from None
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    if isinstance(field, models.DateField):
        return date.fromisoformat(value)
    return value
