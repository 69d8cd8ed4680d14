"""What leads from a guide and its exercises to others: written once all are there."""

from django.utils.translation import gettext as _

from guide.models import Exercise, Guide, RelatedGuide, Variation
from guide.serialize import matching
from guide.serialize.checking import placed
from guide.serialize.columns import save_checked


def link(guide, data, *, keys):
    """Write what leads to other guides; return a sentence for each that is not here."""
    links = _Links(guide, data, keys)
    links.write_of_exercises(data["exercises"])
    links.write_instead(data["instead"])
    links.write_related(data["related"])
    return links.missing


def drop_variations(guide, data, keys):
    """Delete those that the data do not name: what comes may lead the other way."""
    named = {values["uid"]: values["variations"] for values in data["exercises"]}
    for row in _variations(guide):
        way = {"kind": row.kind} | keys.of_exercise(row.to)
        if way not in named.get(row.exercise.uid, []):
            row.delete()


def _variations(guide):
    rows = Variation.objects.filter(exercise__guide=guide).order_by("pk")
    return rows.select_related("exercise", "to")


class _Links:
    """What leads away from one guide, and the sentences about what is not here."""

    def __init__(self, guide, data, keys):
        self.guide, self.keys = guide, keys
        self.own_key = keys.of_guide(guide, data)
        self.missing = []

    def write_of_exercises(self, exercises):
        here, before = self.keys.exercises(self.guide.pk), list(_variations(self.guide))
        rows, new = Exercise.objects.in_bulk(here.values()), []
        for number, (pk, values) in enumerate(
            zip(here.values(), exercises, strict=True), 1
        ):
            place = f"exercises {number}"
            self.write_set_up(rows[pk], values["setup_from"], place)
            theirs = [row for row in before if row.exercise_id == pk]
            new += self.new_variations(rows[pk], theirs, values["variations"], place)
        # Once all that go are gone: what comes may lead the other way.
        for at, row in new:
            with placed(at):
                save_checked(row)

    def write_set_up(self, exercise, named, place):
        if named is None:
            return
        if isinstance(named, str):
            named = {"guide": self.own_key, "exercise": named}
        if to := self.exercise_at(named, f"{place}, setup_from"):
            exercise.setup_from_id = to
            with placed(place):
                save_checked(exercise)

    def new_variations(self, exercise, rows, variations, place):
        """Return (place, row) for each that is not there; delete what is not named."""
        ways = {}
        for number, named in enumerate(variations, 1):
            at = f"{place}, variations {number}"
            if to := self.exercise_at(named, at):
                ways[at] = named["kind"], to
        kept = matching.kept(rows, ways.values(), lambda row: (row.kind, row.to_id))
        return [
            (at, Variation(exercise=exercise, kind=kind, to_id=to))
            for (at, (kind, to)), row in zip(ways.items(), kept, strict=True)
            if row is None
        ]

    def write_instead(self, key):
        instead = key and self.guide_at(key, "instead")
        if instead != self.guide.instead_id:
            self.guide.instead_id = instead
            with placed("instead"):
                self.guide.full_clean()
            self.guide.save()

    def write_related(self, related):
        rows = {row.to_id: row for row in self.guide.related_links.all()}
        for position, key in enumerate(related, 1):
            at = f"related {position}"
            to = self.guide_at(key, at)
            if to is None:
                continue
            row = rows.pop(to, None) or RelatedGuide(guide=self.guide, to_id=to)
            if row.pk is None or row.position != position:
                row.position = position
                with placed(at):
                    save_checked(row)
        for row in rows.values():
            row.delete()

    def exercise_at(self, named, place):
        """Return the id of an exercise by its guide and its key there, or None."""
        is_here = named["guide"] == self.own_key
        guide = self.guide.pk if is_here else self.guide_at(named["guide"], place)
        if guide is None:
            return None
        to = self.keys.exercises(guide).get(named["exercise"])
        if to is None:
            self.missing.append(
                _("%(place)s: “%(guide)s” has no exercise “%(name)s”.")
                % {
                    "place": place,
                    "guide": self.keys.name(Guide, named["guide"]),
                    "name": self.keys.name(Exercise, named["exercise"]),
                }
            )
        return to

    def guide_at(self, key, place):
        """Return the id of a guide by its key, or None."""
        guide = self.keys.find(Guide, key)
        if guide is None:
            self.missing.append(
                _("%(place)s: there is no guide “%(guide)s”.")
                % {"place": place, "guide": self.keys.name(Guide, key)}
            )
        return guide
