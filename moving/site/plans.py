"""A row that guides share: in the file, on this site, and what is to be done."""

from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from guide import serialize
from guide.models import SafetyNotice, Video
from guide.serialize import SHARED
from moving.site.files import remove


def plans_for(content, keys, *, is_site):
    """Return a plan for each row in the file, in the order in which they are written.

    A site is made as the file says; beside a single guide what is here stays as it is.
    """
    return [
        Plan(kind, key, rows[key], keys, is_site=is_site)
        for kind, rows in ((kind, content[f"{kind}.json"]) for kind in SHARED)
        for key in sorted(rows, key=serialize.by_number)
    ]


class Plan:
    """A row in the file, the row it is here, and what will be done."""

    def __init__(self, kind, key, values, keys, *, is_site):
        self.kind, self.key, self.values = kind, key, values
        self.shared = SHARED[kind]
        self.files = {}  # what the row takes of files that were brought
        self.row = self._row(keys, is_site=is_site)
        here = serialize.row_to_data(self.row, keys) if self.row else {}
        files = [name for name in self.shared.files if values[name]]
        is_lost = any(self.row and here[name] is None for name in files)
        if self.row is None:
            self.state = "made"
        elif here == values or not (is_site or is_lost):
            self.state = "same"
        else:
            self.state = "changed"
        self.brings = []
        if self.state != "same":
            self.brings = [name for name in files if here.get(name) != values[name]]
        if kind == "pictures" and here and here["file"] not in (None, values["file"]):
            raise ValidationError(
                _(
                    "The picture “%(row)s” is on this site with another content. "
                    "Delete it in the admin and read the file in again."
                )
                % {"row": self.row}
            )

    def _row(self, keys, *, is_site):
        """Return the row of this site.

        A notice or a video of one guide is the same only if it says the same: a reader
        must not be told of other signs to stop.
        """
        model, key = self.shared.model, self.key
        if not is_site and model in {SafetyNotice, Video}:
            rows = model.objects.filter(title=serialize.name_of(key)).order_by("pk")
            same = (r for r in rows if serialize.row_to_data(r, keys) == self.values)
            return next(same, None)
        return model.objects.filter(pk=keys.find(model, key)).first()

    @property
    def place(self):
        return f"{self.kind}.json, “{self.key}”"

    def write(self, keys, report):
        model, row = self.shared.model, self.row
        if self.state != "same":
            row = row or model()
            for name in self.shared.files:
                before = getattr(row, name).name
                now = self.files.get(name, before if self.values[name] else "")
                if before and before != now:
                    transaction.on_commit(partial(remove, before), robust=True)
                self.files[name] = now
            for name, value in self.files.items():
                setattr(row, name, value)
            if self.shared.key in {"name", "title", "slug"}:
                setattr(row, self.shared.key, serialize.name_of(self.key))
            serialize.write_columns(
                row, self.shared.shape, self.values, keys=keys, place=self.place
            )
        keys.bind(model, self.key, row.pk)
        report.note(self.state, self.kind, str(row))
