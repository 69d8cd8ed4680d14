"""Numbers as authors write them, to a dosage."""

import re
from types import SimpleNamespace

from django.utils.translation import gettext as _

from guide import dosage, serialize
from guide.models.guides import MOST_MINUTES
from guide.paste.state import empty

_WORDS = {
    word: number
    for number, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six"),
            *("seven", "eight", "nine", "ten", "eleven", "twelve"),
        )
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "once": 1, "twice": 2}
_N = (
    r"(?:\d{1,4}(?![\d.]\d)|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|fifteen|twenty|thirty|sixty)"
)
_SPAN = (
    rf"(?P<at_most>up to |at most |a maximum of |no more than |max\.? )?"
    rf"(?P<at_least>at least |a minimum of )?"
    rf"(?:between )?\b(?P<low>{_N})(?: ?(?:-|–|—|to|or|and) ?(?P<high>{_N}))?\b"
)
_SECONDS = r" ?(?P<unit>seconds?|secs?\.?|s\b|minutes?|mins?\.?)"
_HOW = r"(?: (?:slow|slower|gentle|controlled|smooth|good|full|complete|easy))*"
_WEEK = r" ?(?:a|per|each|every|in a|of the|/) ?week"
_DAY = r" ?(?:a|per|each|every|/) ?day"


def _patterns(*sources):
    return [re.compile(source) for source in sources]


_FIND = {
    "repetitions": _patterns(
        rf"\b(?:repetitions?|reps|repeats?) ?[:=] ?{_SPAN}",
        rf"{_SPAN}{_HOW} ?(?:repetitions?|reps?\b|repeats?\b)",
        rf"(?<!for )(?<!\w){_SPAN} (?:breaths\b|of each\b)",
        rf"{_SPAN} (?:on |for |per )?(?:each|both|either) (?:sides?|legs?|arms?)\b",
        rf"\bsets? of {_SPAN}",
        rf"\b\d{{1,2}} ?[x×] ?{_SPAN}(?! ?(?:seconds?|secs?|minutes?|mins?|s\b))",
        rf"\brepeat(?: (?:this|it|the \w+))? {_SPAN}",
        rf"{_SPAN} times\b(?!{_DAY}|{_WEEK}| (?:daily|weekly))",
    ),
    "sets": _patterns(
        rf"\bsets? ?[:=] ?{_SPAN}",
        rf"{_SPAN}{_HOW} ?(?:sets?|rounds?)\b",
        rf"(?<![\d–-])\b{_SPAN} ?[x×] ?\d",
    ),
    "hold": _patterns(
        rf"\bhold(?:ing)?(?: (?:this|it|there|still|each|the \w+|each \w+))?"
        rf"(?: for)? ?[:=]? ?{_SPAN}{_SECONDS}",
        rf"{_SPAN}[ -]?(?P<unit>second)s?[ -]hold",
    ),
    "rest": _patterns(
        rf"\brest(?:ing)?(?: (?:between|sets|for|about)){{0,3}} ?[:=]? ?{_SPAN}"
        rf"{_SECONDS}",
        rf"{_SPAN}{_SECONDS}(?:'s|’s)?(?: of)? (?:rest|pause|break)",
    ),
    "times_a_day": _patterns(
        rf"{_SPAN} times{_DAY}",
        rf"{_SPAN} times daily",
        rf"\b(?P<low>once|twice)(?: or (?P<high>twice))? ?(?:daily|{_DAY})",
    ),
    "days_a_week": _patterns(
        rf"\b(?:days? a week|days per week|frequency) ?[:=] ?{_SPAN}",
        rf"{_SPAN} (?:alternate |non-consecutive |separate )?(?:days?|times|sessions)"
        rf"{_WEEK}",
        rf"{_SPAN} (?:alternate |non-consecutive )days?\b",
        rf"{_SPAN} times weekly",
        rf"\b(?P<low>once|twice)(?: or (?P<high>twice))? ?(?:weekly|{_WEEK})",
    ),
}
_ALTERNATE = re.compile(
    r"\balternat(?:e|ing) days?|every (?:other|second) day|non-consecutive days"
    r"|\b(?:never|not) (?:on )?two days in a row|rest day (?:in )?between|day of rest"
)
_EVERY_DAY = re.compile(r"\b(?:every|each) day\b|\bdaily\b")
_SIDES = re.compile(
    r"\b(?:each|both|either|per|every) (?:sides?|legs?|arms?|foot|feet|hands?)\b"
)
_TEMPO = re.compile(r"\b(slowly|slow and controlled|at a slow pace|smoothly)\b")
_EFFORT = re.compile(r"\beffort ?:? (?:of )?(\d{1,2}) ?(?:/|of|out of) ?10\b")
_NUMBER = re.compile(rf"\b(?:{_N}|once|twice)\b")


def counts(text):
    """Return which matters some words give a number for."""
    text = _plain(text)
    if _EVERY_DAY.search(text) or _ALTERNATE.search(text):
        return {"days_a_week"} | _counts(text)
    return _counts(text)


def _counts(text):
    if not _NUMBER.search(text):
        return set()
    return {
        what
        for what, patterns in _FIND.items()
        if any(pattern.search(text) for pattern in patterns)
    }


class _Dose(SimpleNamespace):
    def range(self, what):
        low, high = getattr(self, what) or (None, None)
        return (low, high or low) if low or high else None


def words(data):
    """Return the data of a dosage as the page will say it."""
    return dosage.words(_Dose(**data))


def figures(data):
    """Return the data of a dosage as the page will show its numbers."""
    return dosage.figures(_Dose(**data))


def read(texts):
    """Return the dosage that some lines give, and sentences on what is doubtful.

    None where they give no number.
    """
    found, doubts = empty(serialize.DOSAGE), []
    plain = [_plain(text) for text in texts]
    for text in plain:
        for what, patterns in _FIND.items():
            span = next((m for p in patterns if (m := p.search(text))), None)
            if span is None:
                continue
            ends, doubt = _ends(span, what)
            if doubt:
                doubts.append(doubt)
            if ends and found[what] and found[what] != ends:
                doubts.append(
                    _("Two numbers for “%(what)s”: the first was taken.")
                    % {"what": what.replace("_", " ")}
                )
            elif ends:
                found[what] = ends
        found["alternate_days"] |= bool(_ALTERNATE.search(text))
        found["each_side"] |= bool(_SIDES.search(text))
        found["tempo"] = found["tempo"] or (
            m[1] if (m := _TEMPO.search(text)) and found["repetitions"] else ""
        )
        if (m := _EFFORT.search(text)) and 1 <= int(m[1]) <= 10:
            found["effort"] = found["effort"] or int(m[1])
        is_daily = _EVERY_DAY.search(text) and not _ALTERNATE.search(text)
        if is_daily and not found["days_a_week"] and not found["times_a_day"]:
            found["days_a_week"] = [7, None]
    if not any(found[what] for what in dosage.RANGES):
        return None, []
    doubts += _contradictions(found)
    return found, doubts


def minutes(text):
    """Return the seconds of a length like "4 min 15 sec" or "4:15", or None.

    What is longer than a guide may be is no length of one.
    """
    seconds = _length(_plain(text))
    return seconds if seconds and seconds <= 60 * MOST_MINUTES else None


def _length(text):
    if match := re.search(r"\b(\d{1,3}):(\d{2})\b", text):
        return int(match[1]) * 60 + int(match[2]) or None
    if parts := re.search(
        rf"\b(?P<n>{_N})(?: ?(?:-|–|to) ?(?P<more>{_N}))? ?(?:minutes?|mins?\b|m\b)"
        rf"(?:[., ]{{0,2}}(?:and )?(?P<sec>{_N}) ?(?:seconds?|secs?\b|s\b))?",
        text,
    ):
        whole = _number(parts["more"] or parts["n"]) * 60
        return whole + (_number(parts["sec"]) if parts["sec"] else 0) or None
    if match := re.search(rf"\b({_N}) ?(?:seconds?|secs?\b|s\b)", text):
        return _number(match[1]) or None
    return None


def _plain(text):
    return " ".join(text[:1000].casefold().replace("\u2011", "-").split())


def _number(word):
    return int(word) if word.isdecimal() else _WORDS[word]


def _ends(span, what):
    """Return the two ends of a range as a dosage keeps them, and a doubt or ""."""
    named = span.groupdict()
    low = _number(span["low"])
    high = _number(span["high"]) if named.get("high") else None
    if (named.get("unit") or "").startswith("m"):
        low, high = low * 60, high and high * 60
    words = {"words": span[0].strip()}
    if high == low:
        high = None
    most = dosage.MOST[what]
    if not 1 <= low <= most or (high is not None and not low < high <= most):
        return None, _("“%(words)s” is no number that fits: it was left out.") % words
    if named.get("at_most") and high is None:
        return [None, low], ""
    if named.get("at_least"):
        doubt = _("“%(words)s” has no upper end: only the lower one was taken.")
        return [low, high], "" if high else doubt % words
    return [low, high], ""


def _contradictions(found):
    """Take out what the database would refuse; return a sentence for each."""
    doubts = []
    if found["alternate_days"] and not found["days_a_week"]:
        found["days_a_week"] = [None, 4]  # every other day, said in days of a week
    days = found["days_a_week"]
    if found["alternate_days"] and days and max(filter(None, days)) > 4:
        found["alternate_days"] = False
        doubts.append(_("Every other day leaves four days a week at most."))
    if found["rest"] and found["sets"] and max(filter(None, found["sets"])) == 1:
        found["rest"] = None
        doubts.append(_("One set has no rest between sets: the rest was left out."))
    if found["each_side"] and not found["repetitions"] and not found["hold"]:
        found["each_side"] = False
        doubts.append(_("“Each side” has no number: it was left out."))
    return doubts
