"""The rows of a list in a form that was open for long, made to fit those there are.

The form names rows by their ids. Of one that was deleted since, what was sent would be
refused for ever; so it becomes a new row, or the row that came in its place meanwhile.
"""

MOST = 1000  # rows; Django takes no more


def fit(data, prefix, rows, *, fk, may_add):
    """Change what was sent under a prefix of these rows, where some are gone."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    count = int(total) if total.isdecimal() and len(total) < 5 else 0
    sent = [data.get(f"{prefix}-{n}-id", "") for n in range(min(count, MOST))]
    free = {str(row.pk): row for row in rows}
    ids = [pk if free.pop(pk, None) else "" for pk in sent]
    for n, pk in enumerate(ids):
        if not pk and (
            other := _in_its_place(free, data, f"{prefix}-{n}", fk, sent[n])
        ):
            ids[n] = str(other.pk)
            del free[ids[n]]
    if ids == sent:
        return
    new = [n for n, pk in enumerate(ids) if not pk and (may_add or not sent[n])]
    there = [n for n, pk in enumerate(ids) if pk]
    taken = [_take(data, f"{prefix}-{n}-") for n in range(len(sent))]
    for number, n in enumerate(there + new):
        for name, values in (taken[n] | {"id": [ids[n]]}).items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-INITIAL_FORMS"] = str(len(there))
    data[f"{prefix}-TOTAL_FORMS"] = str(len(there + new))


def _in_its_place(free, data, at, fk, was):
    """Return the row, not sent itself, beside which the one sent could not stand."""
    for row in free.values():
        constraints = row._meta.total_unique_constraints
        names = {name for one in constraints for name in one.fields} - {fk}
        is_only = bool(was) and row._meta.get_field(fk).unique
        named = [str(row.serializable_value(name)) for name in names]
        if is_only or (names and named == [data.get(f"{at}-{name}") for name in names]):
            return row
    return None


def _take(data, at):
    """Take what was sent of a row out of the data, by its names."""
    names = [name for name in data if name.startswith(at)]
    return {name.removeprefix(at): data.pop(name) for name in names}
