"""What is known while a source is read, and where each of its lines went."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from guide import models, serialize
from guide.paste import lines, words

MOST_EXERCISES, MOST_SECTIONS = 30, 40


def _longest(model, name):
    return model._meta.get_field(name).max_length


# Characters that fit.
STEP = _longest(models.Step, "text")
LEAD = _longest(models.Exercise, "lead")
NAME = _longest(models.Exercise, "name")
HEADING = _longest(models.Section, "heading")
SUMMARY = _longest(models.Guide, "summary")


@dataclass
class Doubt:
    """A sentence for the author, the lines it is about, and whether she must look."""

    sentence: str
    lines: list
    must: bool = False

    @property
    def spans(self):
        """Return its lines as (first, last) of those that follow each other."""
        spans = []
        for number in self.lines:
            if spans and spans[-1][1] == number - 1:
                spans[-1] = (spans[-1][0], number)
            else:
                spans.append((number, number))
        return spans


@dataclass
class Result:
    data: dict
    shared: dict  # promotions and videos that the guide names, by their titles
    doubts: list
    lines: list


def empty(shape):
    """Return data of a shape in which nothing is said yet."""
    if "anyOf" in shape:
        return None
    if shape["type"] == "object":
        return {name: empty(one) for name, one in shape["properties"].items()}
    return {"array": [], "boolean": False}.get(shape["type"], "")


@dataclass
class Exercise:
    """An exercise while it is read."""

    data: dict
    line: object
    number: int
    level: int
    mark: tuple | None = None
    as_for: tuple | None = None  # (which, the line that says so)
    phase: str = ""
    named: set = field(default_factory=set)  # phases that have a heading
    has_dose: bool = False  # under a heading of its own
    marks: list = field(default_factory=list)  # [step, mark, its footnote or ""]
    runs: int = 0  # lists begun in no phase
    guess: str = ""  # the phase of the list begun last
    bullet: str = ""
    said: str = ""  # its number in the source
    whole: str = ""  # its heading in the source

    @property
    def name(self):
        return self.data["name"]

    @property
    def has_steps(self):
        return bool(self.data["setup"] or self.data["action"])


@dataclass
class Section:
    place: str
    kind: str
    heading: str
    line: object = None
    level: int = 0
    blocks: list = field(default_factory=list)
    owner: Exercise | None = None  # whose part it is
    spill: Exercise | None = None  # what had no place in that exercise
    is_sold: bool = False  # all of it became the promotion

    @property
    def lines(self):
        return [line for _kind, _html, line in self.blocks]


class State:
    def __init__(self, source, hints, rows):
        self.lines = source
        self.hints, self.rows = hints, rows
        self.doubts = {}
        self.data = empty(serialize.GUIDE) | {"kind": "exercise", "comments_open": True}
        self.shared = {"promotions": {}, "videos": {}}
        self.intro = Section("before", "intro", "")
        self.sections = []
        self.exercises = []
        self.here = None  # the exercise being read
        self.section = self.intro
        self.aside = ""  # what a run of lines set aside is
        self.set_aside = defaultdict(list)
        self.equipment = []
        self.dose_lines = []  # with numbers, outside of a section on them
        self.film_seconds = None
        self.films = []
        self.notes = False
        self.parted = (None, None)  # the rest of a line, and the line
        self.in_intro = _("introduction")
        self.in_section = _("section “%(heading)s”")

    def doubt(self, sentence, *about, must=False):
        doubt = self.doubts.setdefault(sentence, Doubt(sentence, set()))
        doubt.lines.update(line.number for line in about if line)
        doubt.must |= must

    def went(self, line, place, fate="kept"):
        if line.place and place not in line.place.split("; "):
            line.place = f"{line.place}; {place}"
        else:
            line.place = place
        line.fate = "kept" if "kept" in (fate, line.fate) else fate

    def take_back(self, line):
        """Let a line have gone nowhere yet: it goes elsewhere than it seemed."""
        line.place, line.fate = "", ""

    def put_aside(self, line, why):
        self.set_aside[why].append(line)
        self.went(line, _("set aside"), "aside")

    def place_of(self, section):
        if section is self.intro:
            return self.in_intro
        return self.in_section % {"heading": section.heading}

    def add(self, section, line):
        """Put a line into the prose of a section."""
        kind = "p"
        if line.kind == "heading":
            kind = "h3"
        elif line.kind == "item":
            kind = "ol" if line.marker.isalnum() else "ul"
        elif line.is_soft and section.blocks and section.blocks[-1][0] == "p":
            kind = "br"
        section.blocks.append((kind, line.html or lines.escape(line.text), line))
        self.went(line, self.place_of(section))

    def overflow(self, line, why=""):
        """Keep a line of an exercise for which the exercise has no place."""
        name = self.here.name
        section = next(
            (one for one in self.sections if one.spill is self.here),
            None,
        )
        if section is None:
            section = self.new_section("after", "other", name)
            section.spill = self.here
        self.add(section, line)
        self.doubt(
            why
            or _("%(name)s: a paragraph fits no part of it and stands below it.")
            % {"name": name},
            line,
            must=True,
        )

    def new_section(self, place, kind, heading, line=None, level=0):
        section = Section(place, kind, heading.strip(" :").strip() or heading)
        section.line, section.level = line, level
        self.sections.append(section)
        return section

    @staticmethod
    def exercise_place(number, part, step=0):
        part = {
            "name": _("name"),
            "lead": _("in a sentence"),
            "setup": _("set-up"),
            "action": _("action"),
            "breathing": _("breathing cue"),
            "caution": _("caution"),
            "setup_from": _("set up as for"),
        }[part]
        place = _("exercise %(number)s, %(part)s") % {"number": number, "part": part}
        return f"{place} {step}" if step else place

    def keys(self):
        """Return the keys of the exercises: a second of a name bears its number."""
        return list(serialize.numbered(one.name for one in self.exercises))

    def key(self, one):
        return self.keys()[one.number - 1]

    def slug(self):
        """Return the address that is known, else one of the title that is not taken."""
        if self.hints.get("slug"):
            return self.hints["slug"]
        title = self.hints.get("title") or self.data["title"]
        base = slugify(title)[:110].strip("-") or "guide"
        return models.free_slug(base, self.rows.get("slugs", ()))

    def named(self, kind, text):
        """Return the slugs of the rows that some words name."""
        rows = self.rows.get(kind, {})
        text = f" {words.plain(text[:2000])} "
        text = re.sub(r"[^\w']+", " ", text)
        found = []
        for slug, name in rows.items():
            for word in [words.plain(name), slug.replace("-", " ")]:
                word = re.sub(r"[^\w']+", " ", word).strip()
                if word and any(f" {form} " in text for form in forms(word)):
                    found.append((text.index(f" {word}"[:-1]), slug))
                    break
        return [slug for _at, slug in sorted(found)]


def kind_of_section(what):
    """Return the kind that a guide's section has whose heading is known as this."""
    return what if what in words.SECTIONS else "other"


def add_new(names, found):
    """Add to a list of names those found that are not in it."""
    names += [name for name in found if name not in names]


def forms(word):
    """Return a name as a text may have it: one or many."""
    yield word
    if word.endswith("s"):
        yield word[:-1]
    else:
        yield f"{word}s"
        yield f"{word}es"
