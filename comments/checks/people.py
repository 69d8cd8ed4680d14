"""Who a comment says its writer is: the author's name imitated, a name in full."""

import re

from comments.checks.sending import found
from comments.folding import fold, skeleton

TITLES = {"dr", "doctor", "prof", "professor", "mr", "mrs", "ms", "miss", "sir"}
SHORTEST = 4  # letters of a name that another may contain

# What speaks of health; beside it a full name tells too much.
HEALTH = """
!pain*/ache*/aching/hurt*/sore*/numb*/tingl*/stiff*/swell*/swollen/cramp*/spasm*
!injur*/fractur*/broke*/sprain*/strain*/torn/tear/surg*/operat*/replace*/scar*
!pregnan*/birth*/miscarr*/caesar*/cesar*/menopaus*/period*/prolapse*/incontinen*/leak*
!bladder/bowel*/pelvic/womb/uterus/hysterectom*/vagin*/prostate/bleed*/hernia*/diastas*
!disc/discs/slipped/sciatic*/scolio*/spine/spinal/vertebra*/osteopor*/arthr*/rheuma*
!cancer*/tumo*/chemo*/diabet*/heart/stroke/blood/pressure/asthma/lung*/epilep*
!depress*/anxi*/panic/migrain*/dizz*/fever*/infect*/inflam*/disease*/illness*/ill/sick
!doctor*/physio*/hospital*/surgeon*/medic*/tablet*/pill/pills/diagnos*/symptom*/therap*
!hip/hips/knee/knees/shoulder*/back/neck/elbow/wrist/ankle/foot/feet/calf
""".strip()

# Possessive, and begun where no such sign stands before: each is read once.
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++")
SPELLED_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++ ?[(\[]?(?:at|@)[)\]]? ?[\w-]++(?: ?[(\[]?(?:dot|\.)[)\]]? ?"
    r"(?:com|org|net|info|co|uk|de|eu|at|ch|fr|nl|ie|au|ca|nz|us))\b"
)
PHONE = re.compile(r"(?<![\w.,/+-])(?:\+|\(?0)[\d ()./-]{7,24}+")
DIGITS = 9, 15  # of a number that can be called

# On the text as typed: only there it is seen what is a name.
WORD = r"[^\W\d_]++(?:['’-][^\W\d_]++)*+\.?"
SAID = re.compile(
    rf"\b(?:[Mm]y (?:full )?name is|[Ii] am called|[Ii] am|[Ii]['’]m|[Ss]igned,?)"
    rf" ({WORD} {WORD}(?: {WORD})?)"
)
TITLED = re.compile(rf"\b(?:Dr|Prof|Mr|Mrs|Ms|Miss|Doctor|Professor)\b\.? ({WORD})")


def imitates_author(comment, known):
    if comment.staff_id:
        return None
    name = skeleton(comment.name)
    words = [fold(word).strip(".,") for word in comment.name.split()]
    seen = {skeleton(word) for word in words}
    is_titled = not TITLES.isdisjoint(words)
    for own in map(bare, known.names):
        whole = skeleton("".join(own))
        parts = [skeleton(word) for word in own]
        if len(parts) > 1:
            is_alike = whole in name or seen.issuperset(parts)
            is_alike |= is_titled and parts[-1] in seen
        else:
            is_alike = whole == name
        if len(whole) >= SHORTEST and is_alike:
            return found("imitation", [comment.name])
    return None


def bare(name):
    """Return the words of an author's name, without titles and what follows it."""
    words = [word.strip(".") for word in fold(name).partition(",")[0].split()]
    return [word for word in words if word and word not in TITLES]


def says_who_she_is(comment, known):
    """Find a way to reach her, and beside words about health her full name."""
    told = dict.fromkeys(contacts(known.text.folded))
    if known.health:
        told |= dict.fromkeys(names(comment, known))
    return found("privacy", told) if told else None


def contacts(folded):
    for pattern in (MAIL, SPELLED_MAIL):
        for match in pattern.finditer(folded.text):
            yield folded.as_typed(*match.span())
    for match in PHONE.finditer(folded.text):
        number = match[0].rstrip(" ()./-")
        if DIGITS[0] <= sum(map(str.isdigit, number)) <= DIGITS[1]:
            yield folded.as_typed(match.start(), match.start() + len(number))


def names(comment, known):
    own = {word for name in known.names for word in bare(name)}
    if is_full_name(comment.name):
        yield comment.name
    for match in SAID.finditer(comment.body):
        words = [word for word in match[1].split() if is_capital(word)]
        if len(words) > 1 and match[1].startswith(" ".join(words)):
            yield " ".join(words).rstrip(".")
    for match in TITLED.finditer(comment.body):
        if is_capital(match[1]) and fold(match[1]).strip(".") not in own:
            yield match[0].rstrip(".")


def is_full_name(name):
    """Whether a name is a first and a last one: "Anna Schmidt", not "Tom in Hull"."""
    words = [word.rstrip(".") for word in name.split()]
    whole = [word for word in words if is_capital(word) and len(word) > 1]
    return len(whole) == len(words) and 1 < len(words) < 5


def is_capital(word):
    letters = word.replace("-", "").replace("'", "").replace("’", "").rstrip(".")
    return letters.isalpha() and letters[0].isupper()
