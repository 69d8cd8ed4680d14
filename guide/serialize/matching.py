"""Which row that is there an item of the data is taken for, so that it keeps its id."""

import math

from django.db.models import Q

from guide.models import Exercise
from guide.serialize.keys import exercises_of

# What must agree for a row to be taken for the item, the surest first. What leads to an
# exercise from elsewhere must never come to lead to another one.
_SURELY = [{"uid"}, {"name", "place"}, {"name"}]
_ROUGHLY = [{"name", "place"}, {"name"}, {"place"}]


def known(data, guide):
    """Return data from elsewhere with the ids of the exercises that a guide has.

    One is known by its id, else by its name. The id of an exercise of another guide is
    left out: both would pass for one.
    """
    own = (guide.copy_of_id or guide.pk or 0) if guide else 0
    rows = exercises_of(guide.pk if guide else 0)
    pairs, _left = _pairs(rows, data["exercises"], "name", _SURELY)
    others = Exercise.objects.exclude(Q(guide=own) | Q(guide__copy_of=own))
    uids = [values["uid"] for values in data["exercises"]]
    taken = set(others.filter(uid__in=uids).values_list("uid", flat=True))

    def uid(number, values):
        if number in pairs:
            return pairs[number].uid
        return None if values["uid"] in taken else values["uid"]

    exercises = [
        values | {"uid": uid(number, values)}
        for number, values in enumerate(data["exercises"])
    ]
    return data | {"exercises": exercises}


def paired(rows, items, name):
    """Yield (position, the row it was or None, item); delete the rows that are left."""
    pairs, left = _pairs(rows, items, name, _ROUGHLY)
    for gone in left:
        gone.delete()
    for number, item in enumerate(items):
        yield number + 1, pairs.get(number), item


def _pairs(rows, items, name, ways):
    """Return the rows by the numbers of the items they are taken for, and the rest."""
    left, pairs = dict(enumerate(rows)), {}
    for way in ways:
        for number, item in enumerate(items):
            fitting = (
                place
                for place, row in left.items()
                if ("place" not in way or place == number)
                and ("name" not in way or getattr(row, name) == item[name])
                and ("uid" not in way or row.uid == item["uid"])
            )
            if number not in pairs and (place := next(fitting, None)) is not None:
                pairs[number] = left.pop(place)
    return pairs, left.values()


def kept(rows, wanted, key_of):
    """Return for each of the keys wanted its row, or None; delete the rows left over.

    A form that is open names rows by their ids, so those that stay keep them. The data
    list such rows by id: what does not come after the last one kept is made anew.
    """
    rows, kept, last = list(rows), [], 0
    by_key = {key_of(row): row for row in rows}
    for key in wanted:
        row = by_key.get(key)
        last = row.pk if row and row.pk > last else math.inf
        kept.append(row if last < math.inf else None)
    for row in rows:
        if row not in kept:
            row.delete()
    return kept
