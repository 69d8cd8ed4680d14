"""Phrases of the author's, found in what readers write: whole words, and not denied.

One phrase a line. ``swell*`` is any word that begins so, ``calf/calves`` either, ``…``
up to three words in between, ``+`` parts that must both be there. "No fever", "without
fever", "the fever is gone" are denied and do not count, unless the line begins with !.
A line that begins with ~ names what is meant otherwise: below "~chest press" the words
"the chest press is heavy" are none of "chest … heavy", but those of a chest beside it.
When in doubt a phrase counts: a text too many is read, one too few may be missed. So
only words that say nothing by themselves may stand between a denial and what it denies:
"no sign of bleeding", but not "I did not tell my doctor of the bleeding".
A list with an "or" is denied as a whole: "no fever, chest pain or numbness".
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from comments.folding import Folded, fold

GAP = 3  # words that "…" stands for
BEFORE, AFTER = 6, 6  # words within which a phrase is denied
LIST = 24  # words that a list may have which is denied as a whole
LISTED = 3  # words of another item of a list that is denied as a whole
SHOWN = 5  # places of one phrase that are remembered
STEM = 3  # letters at least before a *

# Possessive, so that no text makes it try again.
_TOKEN = re.compile(r"\w++(?:'\w++)*+|[.?!;:,()\n—–]")
_UNSAID = re.compile(r"[^\w'*/+…]+")  # between the words of a phrase
_BETWEEN = re.compile(r"[^\w'*]+")
_SPACED = re.compile(r" */ *")
_STOPS = frozenset(".?!;:()\n—–")


def _set(words):
    return frozenset(words.split())


_AUXILIARIES = _set(
    "am are can could did do does had has have is must should was were will would"
)
_PAIR = re.compile(rf"\b({'|'.join(sorted(_AUXILIARIES))}) not\b")
# These deny nothing that follows: they tell of a loss.
_ABLE, _HARDLY, _WISHES = _set("can could"), _set("hardly barely"), _set("want wish")
_LOST = re.compile(r"\b(can|could) (?:no longer|hardly|barely)\b")
_WISHED = re.compile(r"\bno longer(?= (?:want|wish)\b)")
_ONE = {"cannot": "cant", "cannt": "cant", "wont": "willnt", "aint": "isnt"}
_DENIALS = _set(
    "no not never without none nor neither free denies denied amnt arent didnt dont "
    "doesnt hadnt hasnt havent isnt wasnt werent"
)
# "Hardly a day without numbness", "nobody ruled out a clot".
_UNABLE = _set("cant couldnt hardly barely rarely seldom nobody impossible unable")
# What follows a denial that speaks of something else: "not sure", "no relief".
_BESIDE = _set(
    "matter doubt idea better best relief improvement improve improving improved "
    "change changed reason wonder help helped helping sure certain only just know "
    "understand sleep sleeping slept stop stopped ignore"
)
# What may stand between a denial and what it denies.
_FILLERS = _set(
    "a an any the my his her our one single more further real actual visible obvious "
    "sign signs symptom symptoms evidence trace hint history episode episodes of in at "
    "all ever yet life had have having has got get getting gets felt feel feeling "
    "feels been be being was were is are am noticed notice noticing experienced "
    "experience experiencing suffered suffer suffering seen really actually currently "
    "either there to longer"
)
# What follows where it is there now, or at times: "never had such pain before".
_NOW_THERE = _set("before until till except unless")
_NOW_THERE_PAIRS = {
    *(("like", "this"), ("like", "that"), ("like", "these")),
    *(("apart", "from"), ("at", "first"), (",", "now"), ("but", "now")),
    *(("only", "when"), ("only", "if"), ("only", "on"), ("only", "in")),
}
# What follows where a list tells what there is: "no doctor, numb or weak since May".
_HAPPENS = _set("since every daily when whenever")
# Where another thought begins.
_TURNS = _set(
    "but and because since when whenever while with due from after although though "
    "however except until till so then now if as plus"
)
_SUBJECTS = _set(
    "i i'm i've my we our he she it his her the this that there is are was am have has "
    "had feel feels"
)
_ENDED = _set("gone stopped vanished disappeared cleared free")
_ENDED_PAIRS = {("ruled", "out"), ("went", "away"), ("no", "longer"), ("no", "more")}
_BACK = _set("again back returned restarted started")
# It has not ended, or only for a while: "can a clot be ruled out", "gone when I rest",
# "no more than before"; or it ended something else: "chest pain stopped me".
_NOT_YET = _set("be almost nearly mostly partly half only")
_WHILE = _set("when whenever while if once soon only than me us him her")
_WHO = _set("i we he she they i've we've they've")
_HAS = _set("have has had just then now")


class Token(NamedTuple):
    word: str
    start: int
    end: int


class Part(NamedTuple):
    """Words in a row: of each the exact ones, the stems, and how far off it may be."""

    words: tuple


class Word(NamedTuple):
    exact: frozenset
    stems: tuple
    reach: int

    def fits(self, word):
        return word in self.exact or (bool(self.stems) and word.startswith(self.stems))


class Phrase(NamedTuple):
    parts: tuple
    is_deniable: bool
    is_exception: bool
    book: int


class Text:
    """A reader's text, cut into words once for all the phrases."""

    def __init__(self, typed):
        self.folded = Folded(typed)
        self.tokens = tokens(self.folded.text)
        self.denied = {}

    def found(self, *books):
        """Return what of the text meets each of these lists of phrases, as typed."""
        return [self.typed(spans) for spans in self.met(*books)]

    def met(self, *books):
        """Return where the text meets each of these lists: first word and end."""
        counting, exceptions = compiled(books)
        nothing = [frozenset() for _book in books]
        meant_else = [
            {place for start, end in spans for place in range(start, end)}
            for spans in self.places(*exceptions, nothing)
        ]
        return [list(spans) for spans in self.places(*counting, meant_else)]

    def places(self, phrases, openings, meant_else):
        """Return for each list the places of its phrases but for what is meant else."""
        met = [[{} for _part in phrase.parts] for phrase in phrases]
        for place, token in enumerate(self.tokens if phrases else ()):
            for number, part in openings.get(token.word[:STEM], ()):
                phrase, spans = phrases[number], met[number][part]
                if len(spans) == SHOWN and not phrase.is_exception:
                    continue
                end = self.match(phrase, part, place)
                if end and self.counts(phrase, place, end, meant_else[phrase.book]):
                    spans[place] = end
        found = [{} for _book in meant_else]
        for phrase, parts in zip(phrases, met, strict=True):
            if all(parts):
                for spans in parts:
                    found[phrase.book] |= dict.fromkeys(spans.items())
        return found

    def counts(self, phrase, place, end, meant_else):
        if not meant_else.isdisjoint(range(place, end)):
            return False
        is_deniable = phrase.is_deniable and not phrase.is_exception
        return not (is_deniable and self.is_denied(place, end))

    def typed(self, spans):
        """Return what stands there, each wording once, as it was typed."""
        words = (
            self.folded.as_typed(self.tokens[place].start, self.tokens[end - 1].end)
            for place, end in spans
        )
        return list(dict.fromkeys(words))

    def match(self, phrase, part, place):
        """Return where the part ends that begins at this word, or None.

        Each word is the first that fits: nothing is tried twice. What stands in between
        may deny it: "my calf is not swollen".
        """
        first, *others = phrase.parts[part].words
        if not first.fits(self.tokens[place].word):
            return None
        place += 1
        for word in others:
            for token in self.tokens[place : place + word.reach + 1]:
                place += 1
                if token.word in _STOPS:
                    return None
                if word.fits(token.word):
                    break
                if phrase.is_deniable and self.denies(place - 1):
                    return None
            else:
                return None
        return place

    def denies(self, place):
        """Whether this word denies what follows it: "not", but not "not only"."""
        after = [token.word for token in self.tokens[place + 1 : place + 2]]
        return self.tokens[place].word in _DENIALS and _BESIDE.isdisjoint(after)

    def is_denied(self, place, end):
        if (place, end) not in self.denied:
            self.denied[place, end] = self.is_denied_before(
                place
            ) or self.is_denied_after(end)
        return self.denied[place, end]

    def is_denied_before(self, place):
        later = [token.word for token in self.tokens[place : place + 2 * BEFORE]]
        is_asked = later[first_stop(later) :][:1] == ["?"]
        later = later[: first_stop(later)]
        if not _NOW_THERE.isdisjoint(later):
            return False
        if not _NOW_THERE_PAIRS.isdisjoint(pairwise(later)):
            return False
        is_list = "or" in later or "nor" in later
        between, telling, most = [], 0, 0  # of its own item, each word must be a filler
        for at in range(place - 1, max(-1, place - 1 - LIST), -1):
            word = self.tokens[at].word
            before = self.tokens[at - 1].word if at else ""
            if word in _STOPS or (len(between) == BEFORE and not is_list):
                return False
            if word == ",":
                # "No fever, chest pain or numbness" denies all three.
                if not is_list or not _SUBJECTS.isdisjoint(between):
                    return False
                if not _HAPPENS.isdisjoint(later):
                    return False
            elif word in _DENIALS or (before, word) == ("ruled", "out"):
                if between and between[-1] in _BESIDE:
                    return False
                # "Isn't chest pain dangerous?" denies nothing.
                is_question = is_asked and word.endswith("nt") and self.opens(at)
                return not (is_question or self.is_unable(at))
            elif word in _TURNS and before != "free":
                return False
            if word in {",", "or", "nor"}:
                is_list, telling, most = True, 0, LISTED
            elif word not in _FILLERS and word not in _TURNS:
                telling += 1
                if telling > most:
                    return False
            between.append(word)
        return False

    def opens(self, place):
        """Whether a sentence, or what follows a comma, begins with this word."""
        return not place or self.tokens[place - 1].word in _STOPS | {",", "why"}

    def is_unable(self, place):
        """Whether a denial is itself denied: "I can't walk without chest pain"."""
        reach = {"without": BEFORE, "free": 2, "out": 3}.get(self.tokens[place].word, 0)
        words = [token.word for token in self.tokens[max(0, place - reach) : place]]
        words = words[::-1][: first_stop(words[::-1])]
        return not (_DENIALS | _UNABLE).isdisjoint(words)

    def is_denied_after(self, end):
        words = [token.word for token in self.tokens[end : end + 3 * AFTER]]
        sentence = words[: first_stop(words)]
        if not _BACK.isdisjoint(sentence):
            return False
        for at, word in enumerate(sentence[:AFTER]):
            if word in _TURNS or word == ",":
                return False
            pair = (word, *sentence[at + 1 : at + 2])
            if word in _ENDED:
                return has_ended(sentence[:at], sentence[at + 1 :])
            if pair in _ENDED_PAIRS:
                return has_ended(sentence[:at], sentence[at + 2 :])
            if word in _DENIALS or word == "willnt":
                return False
        return False


def has_ended(before, after):
    """Whether what is told of here ended, and for good, by the words around "gone"."""
    who = next((word for word in reversed(before) if word not in _HAS), "")
    return (
        who not in _WHO and _NOT_YET.isdisjoint(before) and _WHILE.isdisjoint(after[:2])
    )


def first_stop(words):
    return next((at for at, word in enumerate(words) if word in _STOPS), len(words))


def tokens(folded):
    """Return the words and stops; "is not", "isn't" and "isnt" are one word.

    So are "can no longer" and "can hardly": they deny nothing, they tell of a loss.
    """
    found = []
    for match in _TOKEN.finditer(folded):
        word, start = plain(match[0]), match.start()
        last = [token.word for token in found[-2:]]
        if last == ["no", "longer"] and word in _WISHES:
            found[-2:] = [Token("dont", found[-2].start, found[-1].end)]
        elif taken := denied_verb(last, word):
            word, start = plain(f"{last[-taken]}nt"), found[-taken].start
            del found[-taken:]
        found.append(Token(word, start, match.end()))
    return found


def denied_verb(last, word):
    """Return how many of the last words make one with this: "can not", "can hardly"."""
    if word == "not" and last and last[-1] in _AUXILIARIES:
        return 1
    if word in _HARDLY and last and last[-1] in _ABLE:
        return 1
    return 2 if word == "longer" and last[-1:] == ["no"] and last[0] in _ABLE else 0


def plain(word):
    if word.endswith("n't"):
        word = f"{word[:-3]}nt"
    return _ONE.get(word, word.removesuffix("'s"))


def idle(lines):
    """Return those of the lines that no text can meet."""
    return [line for line in said(lines) if not parsed(line, 0).parts]


def too_short(lines):
    """Return the words of the lines that have too few letters before their star."""
    words = [word.strip("'") for word in _BETWEEN.split(fold(lines))]
    return [word for word in words if 1 < len(word) <= STEM and word.endswith("*")]


def twice(lines):
    """Return those of the lines that say the same as one before."""
    phrases = [(line, parsed(line, 0)) for line in said(lines)]
    return [
        line
        for at, (line, phrase) in enumerate(phrases)
        if phrase in (before for _line, before in phrases[:at])
    ]


def said(lines):
    return [line.strip() for line in lines.splitlines() if line.strip()]


@lru_cache(maxsize=20)
def compiled(books):
    """Return what counts of these lists, and what is meant otherwise, each indexed."""
    phrases = [
        phrase
        for book, lines in enumerate(books)
        for line in lines.splitlines()
        if (phrase := parsed(line, book)).parts
    ]
    return [
        indexed([phrase for phrase in phrases if phrase.is_exception == is_exception])
        for is_exception in (False, True)
    ]


def indexed(phrases):
    """Return the phrases, and which parts begin with which letters."""
    openings = {}
    for number, phrase in enumerate(phrases):
        for part, (words,) in enumerate(phrase.parts):
            for start in {word[:STEM] for word in (*words[0].exact, *words[0].stems)}:
                openings.setdefault(start, []).append((number, part))
    return phrases, openings


def parsed(line, book):
    line = fold(line).strip()
    is_deniable, is_exception = not line.startswith("!"), line.startswith("~")
    line = _UNSAID.sub(" ", line.replace("...", "…").replace("…", " … "))
    parts = [parsed_part(part) for part in line.split("+")]
    parts = tuple(part for part in parts if part.words)
    return Phrase(parts, is_deniable, is_exception, book)


def parsed_part(part):
    words, reach = [], 0
    part = _WISHED.sub("dont", _LOST.sub(lambda pair: plain(f"{pair[1]}nt"), part))
    part = _SPACED.sub("/", _PAIR.sub(lambda pair: plain(f"{pair[1]}nt"), part))
    for choice in part.split():
        if choice == "…":
            reach = GAP
            continue
        forms = [form for form in choice.split("/") if form.strip("*'…")]
        stems = {form[:-1] for form in forms if form.endswith("*")}
        exact = {plain(form) for form in forms if not form.endswith("*")}
        exact |= {stem for stem in stems if len(stem) < STEM}  # the form refuses it
        stems = tuple(sorted(stem for stem in stems if len(stem) >= STEM))
        if stems or exact:
            words.append(Word(frozenset(exact), stems, reach if words else 0))
            reach = 0
    return Part(tuple(words))
