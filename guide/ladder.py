"""The ladder of an exercise: from the easiest of its variations to the hardest."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from guide.models import Exercise, Variation

Kind = Variation.Kind

# Of two that are as many steps down, the one without equipment is the easier.
_ORDER = [Kind.WITHOUT_EQUIPMENT, Kind.SEATED, Kind.PROGRESSION]


class Rung(NamedTuple):
    exercise: Exercise
    words: str
    is_here: bool = False
    is_on_chair: bool = False


def rungs(exercise, variations):
    """Return the rungs from easiest to hardest, or none where there is only one.

    Only the harder direction of a progression is stored, and only the easier one of
    the others; this reads both ways, over as many steps as the variations given reach.
    """
    steps = [(*v.step, v.kind) for v in variations if v.step]
    easier = _reach(exercise, [(high, low, kind) for low, high, kind in steps])
    harder = _reach(exercise, steps, but={found.pk for found, *_rest in easier})
    if not easier and not harder:
        return []
    easier.sort(key=lambda found: (-found[1], _ORDER.index(found[2])))
    ladder = [
        Rung(
            other,
            _join(
                _("easiest") if n == 0 and len(easier) > 1 else _("easier"),
                _how(exercise, other, kind),
                _whereabouts(exercise, other),
            ),
            is_on_chair=_is_on_chair(exercise, other),
        )
        for n, (other, _depth, kind) in enumerate(easier)
    ]
    ladder.append(Rung(exercise, _("you are here"), is_here=True))
    ladder += [
        Rung(
            other,
            _join(
                _("hardest") if n == len(harder) > 1 else _("harder"),
                _whereabouts(exercise, other),
            ),
        )
        for n, (other, _depth, kind) in enumerate(harder, 1)
    ]
    return ladder


def _reach(exercise, steps, but=()):
    """Return (exercise, how many steps away, kind of the last step), nearest first."""
    found, seen, edge = [], {exercise.pk, *but}, [exercise.pk]
    depth = 0
    while edge:
        depth += 1
        reached = []
        for start, end, kind in steps:
            if start.pk in edge and end.pk not in seen:
                seen.add(end.pk)
                reached.append(end.pk)
                found.append((end, depth, kind))
        edge = reached
    return found


def _how(exercise, other, kind):
    """Return what makes another exercise easier than this one, where one can tell."""
    if kind == Kind.WITHOUT_EQUIPMENT:
        return _("no equipment")
    return _("on a chair") if _is_on_chair(exercise, other) else ""


def _is_on_chair(exercise, other):
    return other.is_seated and not exercise.is_seated


def _whereabouts(exercise, other):
    if other.guide_id != exercise.guide_id:
        return ""
    if other.position == exercise.position + 1:
        return _("next on this page")
    return _("on this page")


def _join(*words):
    return ", ".join(filter(None, words))
