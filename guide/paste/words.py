"""What a heading or a line of an exercise page says it is, British or American."""

import re
from functools import lru_cache

_HEADINGS = {
    "comments": r"(?:\d{1,5} |no |one )?(?:comments?|responses?|repl(?:y|ies)|"
    r"thoughts?)(?: (?:on|to) .{1,200})?|leave a (?:reply|comment).{0,80}|"
    r"post a comment.{0,40}|"
    r"(?:we|i) welcome your (?:comments|questions).{0,80}|join the (?:discussion|"
    r"conversation).{0,40}|(?:your )?comments? and questions|reader comments|"
    r"discussion|what do you think|have your say|add (?:a|your) comment.{0,40}",
    "letter": r"(?:.{0,60}\b)?news ?letter\b.{0,80}|(?:subscribe|sign up|join)\b.{0,60}"
    r"(?:list|updates|e-?mails?|free)\b.{0,60}|get (?:my|our) (?:free )?updates.{0,60}",
    "around": r"share(?: this| it)?(?: (?:post|page|article|on|via|with)\b.{0,60})?|"
    r"(?:click to )?(?:share|tweet|pin|e-?mail|print)(?: (?:this|it|on|to|a link)\b"
    r".{0,60})?|facebook|twitter|x|pinterest|whatsapp|linkedin|telegram|reddit|tumblr|"
    r"like this|like loading|loading|related(?: (?:posts?|articles?))?|"
    r"you (?:may|might) also like.{0,40}|(?:previous|next|older|newer) (?:posts?|"
    r"articles?)\b.{0,120}|"
    r"skip to (?:main )?content|menu|main menu|search|search for.{0,30}|home|"
    r"(?:posted|filed|published|tagged|categor(?:y|ies)|tags?|last (?:updated|"
    r"modified))\b(?: (?:in|on|under|by|as))?[: ].{1,160}|leave a comment \| .{1,80}|"
    r"(?:©|copyright).{0,120}|all rights reserved.{0,80}|back to top|read more|"
    r"privacy policy|cookie policy|powered by .{1,60}|by .{1,60} \| .{1,100}",
    "setup": r"(?:how to )?set[- ]?up(?: position)?(?: for .{1,60})?|"
    r".{1,50} set[- ]?up|(?:the |your )?start(?:ing)? position(?: for .{1,40})?|"
    r"(?:get|getting) (?:ready|set|into position).{0,30}|preparation|to begin|"
    r"set[- ]?up (?:is )?(?:the same )?as (?:for|in|with) .{1,80}|"
    r"(?:your )?position|where to start",
    "action": r"(?:the )?actions?(?: for .{1,60})?|.{1,50} actions?|"
    r"how (?:to do (?:it|this|them|the .{1,50})|you do it)|technique|"
    r"(?:the )?steps|step by step|(?:the )?movement|instructions?|execution|"
    r"(?:the )?method|directions?|what to do|do it|how to perform .{1,60}|"
    r"exercise (?:technique|action|steps|instructions)|performing the exercise|"
    r"the exercise itself|now move",
    "how-many": r"how (?:many|often|much)\b.{0,80}|dosage|dose|"
    r"(?:number of )?(?:repetitions|reps)\b.{0,60}|sets (?:and|&) rep.{0,40}|"
    r"(?:exercise )?(?:prescription|frequency|program(?:me)?)|"
    r"recommended (?:repetitions|reps|sets|dos\w+|exercise program(?:me)?).{0,40}|"
    r"(?:your )?training (?:plan|program(?:me)?)",
    "why": r"why\b.{1,100}|(?:the |main |health )?benefits?(?: of .{1,80})?|"
    r"what .{1,60} (?:can do|does|do) for you",
    "tips": r"(?:.{1,60} )?(?:tips|pointers|hints)\b.{0,80}|common mistakes.{0,40}|"
    r"good to know|form check",
    "safety": r"(?:exercise )?(?:safety|precautions?|cautions?|warnings?|"
    r"contraindications?)\b.{0,60}|when to stop.{0,40}|stop if.{0,60}|"
    r"who should (?:not|avoid).{0,60}|(?:.{1,40} )?avoid(?:ing)? injury.{0,40}|"
    r"before you (?:start|begin).{0,40}|is it safe.{0,60}|take care.{0,30}",
    "questions": r"(?:frequently asked |common |your |more )?questions(?: (?:and|&) "
    r"answers)?|faqs?|q ?(?:&|and) ?a",
    "equipment": r"equipment(?: (?:needed|required|list))?|what you(?:'ll| will)? need|"
    r"you(?:'ll| will)? need|materials?|gear|props",
    "notes": r"(?:foot)?notes?",
    "exercises": r"(?:the |your )?(?:\w+ ){0,3}exercises?(?: guide| routine)?|"
    r"the guide|exercise guide|.{1,50} exercises",
}
_HEADINGS = {kind: re.compile(pattern) for kind, pattern in _HEADINGS.items()}
# Sections of a guide by these names; all others are "other".
SECTIONS = {"how-many", "why", "tips", "safety", "questions"}
PHASES = {"setup", "action"}

_FIELDS = {
    "suitability": r"suitability|suitable(?: for)?|for whom|who is it for",
    "not-for": r"not suitable(?: for)?|unsuitable(?: for)?|not for now|not for",
    "ask-first": r"ask (?:first|your doctor)(?: if you (?:are|have))?",
    "with-changes": r"with changes|with care|modified for",
    "level": r"level|difficulty|intensity",
    "film-length": r"(?:video|film|clip)(?:'s)? (?:duration|length|time|running time)|"
    r"(?:duration|length) of (?:the )?video|running time",
    "minutes": r"duration|time(?: needed| required)?|length|takes",
    "equipment": r"equipment(?: (?:needed|required))?|what you(?:'ll| will)? need|"
    r"you(?:'ll| will)? need|props",
    "breathing": r"breathing(?: cue)?|breathe|breath",
    "caution": r"cautions?|warning|careful|take care|important",
    "position": r"start(?:ing)? position|position",
    "author": r"author|written by|by",
    "dose": r"repetitions|reps|sets|hold|rest|frequency|how (?:often|many)|"
    r"sets and reps|tempo|effort|dosage|times a day|days a week|holds?|"
    r"program(?:me)?|routine",
    "area": r"body (?:area|part)s?|areas?|works|target(?:s|ed)?(?: (?:area|muscle)s?)?",
}
_FIELDS = {kind: re.compile(pattern) for kind, pattern in _FIELDS.items()}
_LABELLED = re.compile(r"([^:]{2,40}?) ?: ?(.*)", re.DOTALL)
_DASHED = re.compile(r"([^:–—-]{2,40}?) (?:-|–|—) (.*)", re.DOTALL)

_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        1,
    )
}
_EXERCISE = re.compile(
    r"(?P<label>(?P<own>(?:[^\W\d][\w'’&-]{0,30} ){0,5})"
    r"(?:exercise|move) ?(?:#|no\.? |number )?"
    r"(?P<number>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|[a-h]))"
    r"\b(?: ?[-–—:.)|]+ ?| ?$)(?P<name>.{0,100})",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?P<number>\d{1,2})[.):] ?(?P<name>\D.{1,99})")
_MARKS = {
    "progression": r"progression|harder|advanced|progressed|next level",
    "easier": r"regression|easier|modification|modified|beginner",
    "seated": r"seated|sitting|seated version|on a chair",
    "without-equipment": r"without (?:equipment|(?:a )?bands?|weights?)|no equipment",
    "similar": r"similar|alternative|variation",
}
_MARK = re.compile(r" ?[(\[]([^()\[\]]{3,80})[)\]] ?$")
_SAME = re.compile(
    r"(?:(?:set ?-?up|position|start(?:ing position)?|begin|stand|sit)?,? ?(?:is )?"
    r"(?:exactly |just )?(?:the )?(?:same )?(?:set[- ]?up |start |position )?"
    r"as (?:for|in|with|described for)|same (?:as|set[- ]?up as)(?: for| in)?|"
    r"use the (?:same )?set[- ]?up (?:for|of|from)) "
    r"(?P<which>[^,;:.]{2,90}?)(?P<above> above)?"
    r"(?:(?:[,;:.] ?| )(?P<rest>(?:but|then|and|except|only|however)\b.{0,380})|[ .]*)",
    re.IGNORECASE | re.DOTALL,
)


def plain(text):
    """Return a short line as these rules read it."""
    text = text.replace("’", "'").casefold()
    return " ".join(text.split()).strip(" :.…*_#-–—»«|!?")


@lru_cache(maxsize=256)  # asked again and again of near lines
def heading(text):
    """Return what a heading announces, or ""."""
    if len(text) > 160:
        return ""
    text = plain(text)
    if not text:
        return ""
    for kind, pattern in _HEADINGS.items():
        if pattern.fullmatch(text):
            return kind
    return ""


@lru_cache(maxsize=256)
def field(text):
    """Return (kind, its words) of a line like "Suitability: General", or None."""
    for pattern in (_LABELLED, _DASHED):
        match = pattern.fullmatch(text) if len(text) <= 2000 else None
        if match is None:
            continue
        label = plain(match[1])
        for kind, names in _FIELDS.items():
            if names.fullmatch(label) and (match[2] or pattern is _LABELLED):
                return kind, match[2].strip()
    return None


@lru_cache(maxsize=256)
def phase(text):
    """Return (phase, what follows it in the line) of "Set up: stand tall", or None."""
    match = _LABELLED.fullmatch(text[:2000])
    if match and heading(match[1]) in PHASES:
        return heading(match[1]), text[match.start(2) :].strip()
    return None


@lru_cache(maxsize=256)
def exercise(text):
    """Return the parts of "Upper Back Exercise 2: Wide Row (progression)", or None.

    They are its own label (empty where it only counts), its number, name and mark.
    """
    if len(text) > 160 or not re.search(r"exercise|move", text, re.IGNORECASE):
        return None
    if re.match(r"(?:set[- ]?up|start|same|as) ", text, re.IGNORECASE):
        return None
    match = _EXERCISE.fullmatch(" ".join(text.split()))
    if not match or match["name"].endswith((",", ";")):
        return None
    name, mark = marked(match["name"].strip(" -–—:."))
    number = match["number"].casefold()
    label = match["label"] if match["own"].strip() else ""
    return label, _NUMBERS.get(number, number), name, mark


def numbered(text):
    """Return (number, name, mark) of a heading like "1. Low Row", or None."""
    match = _NUMBERED.fullmatch(text.strip()) if len(text) <= 110 else None
    return match and (match["number"], *marked(match["name"].strip()))


def marked(name):
    """Return a name without its mark, and the mark: "Wide Row (progression)"."""
    name = name.strip(" :")
    if match := _MARK.search(name):
        inside = plain(match[1])
        for mark, pattern in _MARKS.items():
            if re.fullmatch(
                rf"(?:an? |the )?(?:{pattern})(?: (?:of|version|for|on|than)\b.*)?",
                inside,
            ):
                return name[: match.start()].strip(), (mark, match[1])
    return name, None


@lru_cache(maxsize=256)
def same_setup(text):
    """Return (as for which exercise, what differs) of a set-up line, or None."""
    if len(text) > 500 or not re.search(r"\bas\b|set", text, re.I):
        return None
    match = _SAME.fullmatch(" ".join(text.split()))
    return match and (match["which"].strip(), (match["rest"] or "").strip())


_COUNT = {"the", "above", "previous", "last", "number", "no", "exercise", "move"}


def names_only(which, *names):
    """Say whether some words only name an exercise, and say nothing beside."""
    known = set(plain(" ".join(names)).split()) | _COUNT | _NUMBERS.keys()
    return all(
        word in known or word.isdecimal() or len(word) == 1
        for word in re.findall(r"[\w'-]+", plain(which))
    )


_TEACHES = re.compile(
    r"\b(?:teach(?:es)?|shows?|helps?|guides?) you\b|you(?:'ll| will)? (?:learn|"
    r"discover|find)\b|what (?:you|it)(?:'ll| will)? (?:learn|teach\w*)\b|learn how\b"
)
_PRODUCT = re.compile(
    r"\b(e-?books?|books?|paperback|kindle|dvds?|audio(?: ?book)?|cds?|podcast|"
    r"online course|courses?|online program(?:me)?)\b"
)
_BUY = re.compile(
    r"\b(?:buy|order|shop|look inside|available|download|pre-?order|"
    r"get (?:your|the|my)|read more|learn more|find out more|more about|add to cart|"
    r"take the course)\b"
)
_KINDS = [
    ("ebook", re.compile(r"e-?book|kindle")),
    ("audio", re.compile(r"audio|cd|podcast")),
    ("course", re.compile(r"course|program|dvd")),
]


def product(text):
    """Return the kind of thing for sale that some words name, or ""."""
    match = _PRODUCT.search(plain(text[:600]))
    if not match:
        return ""
    return next((kind for kind, pattern in _KINDS if pattern.match(match[1])), "book")


def teaches(text):
    return bool(_TEACHES.search(plain(text[:600])))


def sells(text):
    return bool(_BUY.search(plain(text[:600])))


_POSITIONS = {
    "side": r"lie (?:down )?on (?:your|one|the) (?:left |right )?side|"
    r"lying on (?:your|one) side|side[- ]lying",
    "ball": r"(?:sit|sitting|seated) (?:\w+ ){0,3}on (?:an? |the |your )?"
    r"(?:\w+ )?ball",
    "seated": r"sit\b|sitting|seated",
    "kneeling": r"kneel|(?:on )?all fours|on your hands and knees|four[- ]point",
    "lying": r"lie\b|lying",
    "supported": r"stand (?:\w+ ){0,6}(?:holding|hold on|supported|"
    r"with (?:one|a|your) hands? on)|supported standing|"
    r"standing,? (?:with support|supported)",
    "standing": r"stand(?:ing)?\b|face (?:the|a) (?:door|wall)",
}
_POSITIONS = {
    position: re.compile(rf"(?:start |begin |position )?(?:by |in )?(?:{pattern})")
    for position, pattern in _POSITIONS.items()
}


def position(text):
    """Return the start position that a set-up step begins with, or ""."""
    text = plain(text[:200])
    for name, pattern in _POSITIONS.items():
        if pattern.match(text):
            return name
    return ""


_LEVELS = [
    ("gentle", r"gentle|easy|beginners?|light|low|basic"),
    ("moderate", r"moderate|intermediate|medium"),
    ("strong", r"strong|advanced|hard|difficult|high|vigorous"),
]


def level(text):
    text = plain(text[:100])
    for name, pattern in _LEVELS:
        if re.match(rf"(?:{pattern})\b", text):
            return name
    return ""


_BIDS = re.compile(
    r"(?:repeat|do|perform|aim|then|now|return|hold|relax|rest|slowly|keep|lower|let|"
    r"breathe|finish|swap|change|continue|complete|switch|build)\b"
)
_BEGINS = re.compile(
    r"(?:stand|sit|lie|kneel|place|put|hold|start|begin|bend|lift|raise|keep|stretch|"
    r"step|reach|position|rest|grow|take|turn|press|pull|push|lean|lower|breathe|"
    r"slowly|"
    r"with|tie|loop|close|face|find)\b"
)


def bids(text):
    """Say whether a line that follows a list of steps reads like one more."""
    return bool(_BIDS.match(plain(text[:60])))


def begins(text):
    """Say whether a line reads like the first step of an exercise."""
    return bool(_BEGINS.match(plain(text[:60])))


_NO_EXERCISE = re.compile(
    r".*\b(?:reasons?|ways?|things|mistakes?|myths?|signs?|facts?|tips)\b.*|.*\?|.*:"
)


def may_name_an_exercise(text):
    return len(text) <= 80 and not _NO_EXERCISE.fullmatch(text.casefold())


_LETTER_LINE = re.compile(
    r"(?:your |enter your |\* ?)?(?:e-?mail|first name|last name|name)(?: address)?"
    r"(?: ?\*)?|(?:we|i)(?:'ll| will| shall| promise)? (?:never|not|promise)\b.{0,100}"
    r"(?:address|e-?mail|details|spam).{0,60}|submit|subscribe|sign (?:me )?up|"
    r"no spam.{0,60}|unsubscribe at any ?time.{0,40}|your (?:e-?mail )?address "
    r"(?:is|will be|stays).{0,80}|enter your .{0,60}e-?mail.{0,60}"
)
_CRUMBS = re.compile(r"\S[^|»>•]{0,40}(?: ?[|»>•] ?[^|»>•]{1,40}){2,12}")
_SHORTCODE = re.compile(r"\[/?[a-z][\w-]{1,40}(?: [^\[\]]{0,300})?/?\]")


_BYLINE = re.compile(
    r"(?:[Ww]ritten )?[Bb]y ([A-Z][\w.'’-]{0,30}(?: [\w.'’-]{1,30}){0,5})"
)


def byline(text):
    """Return the name in "By Ana Reyes", or ""."""
    match = _BYLINE.fullmatch(text) if len(text) <= 100 else None
    return match[1] if match else ""


def letter_line(text):
    """Say whether a line belongs to a box for a newsletter."""
    return len(text) <= 250 and bool(_LETTER_LINE.fullmatch(plain(text)))


def crumbs(text):
    """Say whether a line is a row of links: Home » Exercises » Rows."""
    return len(text) <= 400 and bool(_CRUMBS.fullmatch(text.strip()))


def shortcode(text):
    return len(text) <= 400 and bool(_SHORTCODE.fullmatch(text.strip()))
