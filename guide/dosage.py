"""A dosage into words, figures, data for machines, and the counts of follow-along."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# The most of each that may be written; holds and rests are seconds.
MOST = {
    "repetitions": 100,
    "sets": 20,
    "hold": 600,
    "rest": 600,
    "times_a_day": 24,
    "days_a_week": 7,
}
RANGES = tuple(MOST)

# What follow-along counts by where a dosage leaves it open. Six seconds are a calm
# repetition: two to go, one to stay, three to come back.
PACE = 6
REST = 60
# A tempo in figures: "4", "4 s", "3-1-3".
TEMPO = re.compile(r"\d{1,2}(?:\s?[-–/:]\s?\d{1,2})*(?=\s?s?$)")


def _span(ends):
    low, high = ends
    if low is None:
        return _("up to %(high)s") % {"high": high}
    return str(low) if low == high else f"{low}–{high}"


def _duration(ends):
    """Return seconds as people say them: 30 s, 1 min, 1–2 min."""
    if all(end is None or end % 60 == 0 for end in ends):
        ends = tuple(end and end // 60 for end in ends)
        return _("%(span)s\u00a0min") % {"span": _span(ends)}
    return _("%(span)s\u00a0s") % {"span": _span(ends)}


def figures(dosage):
    """Return up to four pairs (number, the words below it), largest matter first."""
    pairs = []
    if ends := dosage.range("repetitions"):
        words = _how(dosage, ngettext("time", "times", ends[1]))
        pairs.append((_span(ends), words))
    if ends := dosage.range("hold"):
        words = _("hold")
        if not pairs:
            words = _how(dosage, words)
        pairs.append((_duration(ends), words))
    if ends := dosage.range("sets"):
        words = ngettext("set", "sets", ends[1])
        if rest := dosage.range("rest"):
            words = _("%(sets)s, %(rest)s rest between") % {
                "sets": words,
                "rest": _duration(rest),
            }
        pairs.append((_span(ends), words))
    if ends := dosage.range("times_a_day"):
        pairs.append((_span(ends), ngettext("time a day", "times a day", ends[1])))
    if ends := dosage.range("days_a_week"):
        words = ngettext("day a week", "days a week", ends[1])
        if dosage.alternate_days:
            words = _("%(days)s, never two in a row") % {"days": words}
        pairs.append((_span(ends), words))
    if dosage.effort:
        pairs.append((str(dosage.effort), _("of 10: as hard as it should ever feel")))
    return pairs[:4]


def _how(dosage, words):
    side = _("each side") if dosage.each_side else ""
    return ", ".join(filter(None, [words, side, dosage.tempo]))


def words(dosage):
    """Return the dosage as one sentence, or ""."""
    sentence = "; ".join(_parts(dosage).values())
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def jsonld(dosage):
    """Return the dosage in the words of schema.org's ExercisePlan."""
    parts = _parts(dosage)
    often = [parts[name] for name in ("times_a_day", "days_a_week") if name in parts]
    others = [parts.get("sets"), parts.get("hold")]
    if "repetitions" in parts:  # else the words of the hold say it
        others += [_("each side") if dosage.each_side else "", dosage.tempo]
    said = {
        "repetitions": _quantity(dosage.range("repetitions")),
        "restPeriods": _quantity(dosage.range("rest"), unitCode="SEC"),
        "activityFrequency": "; ".join(often),
        "intensity": dosage.effort
        and _quantity(
            (dosage.effort, dosage.effort),
            unitText=_("of 10: as hard as it should ever feel"),
        ),
        "additionalVariable": [words for words in others if words],
    }
    return {name: value for name, value in said.items() if value}


def _quantity(ends, **unit):
    if ends is None:
        return None
    low, high = ends
    if low == high:
        size = {"value": low}
    else:
        size = {"minValue": low, "maxValue": high} if low else {"maxValue": high}
    return {"@type": "QuantitativeValue", **size, **unit}


def _parts(dosage):
    """Return the pieces of the sentence by what they are about, in its order."""
    parts = {}
    if ends := dosage.range("repetitions"):
        part = ngettext("%(n)s time", "%(n)s times", ends[1]) % {"n": _to(ends)}
        parts["repetitions"] = _on_each_side(dosage, part)
    if ends := dosage.range("hold"):
        part = ngettext("hold for %(n)s second", "hold for %(n)s seconds", ends[1]) % {
            "n": _to(ends)
        }
        parts["hold"] = part if parts else _on_each_side(dosage, part)
    if ends := dosage.range("sets"):
        parts["sets"] = ngettext("%(n)s set", "%(n)s sets", ends[1]) % {"n": _to(ends)}
    if ends := dosage.range("rest"):
        parts["rest"] = _("%(rest)s rest between sets") % {"rest": _duration(ends)}
    if ends := dosage.range("times_a_day"):
        parts["times_a_day"] = ngettext(
            "%(n)s time a day", "%(n)s times a day", ends[1]
        ) % {"n": _to(ends)}
    if ends := dosage.range("days_a_week"):
        part = ngettext("%(n)s day a week", "%(n)s days a week", ends[1]) % {
            "n": _to(ends)
        }
        if dosage.alternate_days:
            part = _("%(days)s, never two in a row") % {"days": part}
        parts["days_a_week"] = part
    return parts


def _on_each_side(dosage, part):
    """Say sides and tempo once: of the repetitions, or of a hold without any."""
    if dosage.each_side:
        part = _("%(times)s on each side") % {"times": part}
    return f"{part}, {dosage.tempo}" if dosage.tempo else part


def timer(dosage):
    """Return what follow-along counts, by name, or nothing where there is no count.

    Where a range is given ``least`` holds its lower end: so many are enough. It is 0
    in "up to 3". A repetition takes ``pace`` seconds, and what is held besides.
    """
    if dosage is None or not (dosage.range("repetitions") or dosage.range("hold")):
        return {}
    counts = {"pace": _pace(dosage.tempo), "sides": 2 if dosage.each_side else 1}
    for what, otherwise in [("repetitions", 1), ("sets", 1), ("hold", 0)]:
        low, high = dosage.range(what) or (otherwise, otherwise)
        counts |= {what: high, f"least-{what}": low or 0}
    counts["rest"] = (dosage.range("rest") or (REST, REST))[1]
    return counts


def _pace(tempo):
    """Return the seconds of a repetition: the sum of a tempo in figures, else ours."""
    if not (figures := TEMPO.match(tempo.strip())):
        return PACE
    return sum(map(int, re.findall(r"\d+", figures[0]))) or PACE


def _to(ends):
    low, high = ends
    if low is None or low == high:
        return _span(ends)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}
