"""Text as a check compares it: no case, accents, look-alikes or invisible marks.

Where each letter stood is kept, so that what was found can be shown as it was typed.
"""

import unicodedata
from itertools import pairwise

# Letters of other scripts that look like these; what a rule says is folded alike.
ALIKE = str.maketrans(
    "авеёкмнорстухіјѕԁһӏԛԝαεικνορτυχϲɑıɡɩ",
    "abeekmhopctyxijsdhiqwaeikvoptuxcaigi",
)
APOSTROPHES = "'’\u2018\u02bc\u2032\u0060\u00b4\u02b9"
UNSEEN = {"Cf", "Cs", "Co", "Mn", "Me"}  # categories: formats, halves, marks
FILLERS = "\u115f\u1160\u3164\uffa0"  # letters that show as nothing


class Folding(dict):
    """Each character's folded form, worked out when it is first met."""

    most = 5000  # kept; what is beyond is worked out again

    def __missing__(self, char):
        folded = fold_one(char)
        if len(self) < self.most:
            self[char] = folded
        return folded


def fold_one(char):
    if char in APOSTROPHES:
        return "'"
    if char == "\n":
        return char
    if char.isspace():
        return " "
    plain = unicodedata.normalize("NFKD", char).casefold().translate(ALIKE)
    letters = [
        c
        for c in unicodedata.normalize("NFKD", plain)
        if c not in FILLERS and unicodedata.category(c) not in UNSEEN
    ]
    # A few signs stand for whole sentences: a text does not grow by them.
    return "".join(letters[:3])


FOLDING = Folding()


class Folded:
    """A text folded, and where in the typed one each folded letter stands."""

    def __init__(self, typed):
        pieces = [FOLDING[char] for char in typed]
        self.typed = typed
        self.text = "".join(pieces)
        self.places = [place for place, piece in enumerate(pieces) for _letter in piece]

    def as_typed(self, start, end):
        """Return what stood at this part of the folded text."""
        return self.typed[self.places[start] : self.places[end - 1] + 1]


def fold(typed):
    return "".join([FOLDING[char] for char in typed])


# Within a name also these: A n n a, 4nna and Annna are all one.
LEET = str.maketrans("0134578$@|!l", "oieastbsaiii")


def skeleton(name):
    """Return what is left of a name for the eye: its letters, however they are set."""
    letters = fold(name).translate(LEET).replace("rn", "m").replace("vv", "w")
    letters = [letter for letter in letters if letter.isalpha()]
    return "".join(
        letter for before, letter in pairwise(["", *letters]) if letter != before
    )
