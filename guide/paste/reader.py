"""One line of a source after the other, into sections, exercises and steps."""

import re

from django.utils.translation import gettext as _

from guide import serialize
from guide.models.exercises import MOST_STEPS
from guide.paste import words
from guide.paste.films import Films
from guide.paste.lines import BOLD, GUESSED
from guide.paste.notes import Notes
from guide.paste.state import (
    HEADING,
    LEAD,
    MOST_EXERCISES,
    MOST_SECTIONS,
    NAME,
    STEP,
    Exercise,
    empty,
    kind_of_section,
)
from guide.paste.values import Values

_MARKED = re.compile(
    r" ?\*{1,3}(?![\w*])| ?[†‡§]{1,2}| ?[¹²³⁴⁵⁶⁷⁸⁹]{1,2}(?!\w)|"
    r" ?[(\[]\^?(?:\d{1,2}|[a-c])[)\]]"
)
_INNER_NOTE = re.compile(r" ?\(\*{1,2} ?([^()*]{3,300})\)")
_SENTENCE = re.compile(r"(?<=[.!?;]) ")


class Reader(Values, Notes, Films):
    def take(self, at, line):
        if line.is_around:
            return self.put_aside(line, "around")
        if line.kind in {"picture", "caption"}:
            return self.put_aside(line, "pictures")
        if line.kind == "film":
            return self.take_film(line)
        if words.shortcode(line.text):
            return self.put_aside(line, "shortcodes")
        what = self.what.get(line.number, "")
        if what == "around" or words.crumbs(line.text):
            return self.put_aside(line, "around")
        opened = self.opens_exercise(at)
        if opened and len(self.exercises) < MOST_EXERCISES:
            return self.open_exercise(at, line, *opened)
        if what == "letter" or (words.letter_line(line.text) and len(line.text) < 250):
            self.aside = "letter" if what == "letter" else self.aside
            return self.put_aside(line, "letter")
        if at < 8 and (by := words.byline(line.text)) and not self.exercises:
            return self.take_author(line, by)
        level = self.is_heading(at)
        if self.aside == "letter":
            if not level and len(line.text) < 200 and line.kind != "item":
                return self.put_aside(line, "letter")
            self.aside = ""
        if what in words.PHASES and (self.here or not self.exercises):
            return self.open_phase(line, what)
        if level:
            return self.open_section(at, line, level, what)
        if self.take_note(line):
            return None
        if (said := words.phase(line.text)) and (self.here or not self.exercises):
            return self.open_phase(line, *said)
        if self.take_field(line):
            return None
        if self.here and self.section is None:
            return self.take_in_exercise(at, line)
        return self.add(self.section, line)

    # Sections

    def open_section(self, at, line, level, what):
        """Begin the section of a heading, unless it is but a part of another thing."""
        self.notes = what == "notes"
        self.aside = ""
        if what == "notes":
            if self.here:
                self.here.phase = ""
            return self.went(line, _("footnotes"), "read")
        if what == "equipment" and self.gathers(at):
            self.section = self.equipment_section(line)
            return None
        inside = self.here and self.is_deeper(level, self.here.level)
        if self.here and what == "how-many" and not inside:
            later = any(
                self.opens_exercise(below) for below in range(at + 1, len(self.lines))
            )
            inside = later or any(one.has_dose for one in self.exercises[:-1])
        if self.here and inside:
            return self.open_aside_section(line, level, what)
        current = self.section
        if (
            current
            and current is not self.intro
            and not what
            and line.level < GUESSED
            and current.level < line.level
        ):
            return self.add(current, line)
        if what == "exercises" and self.opens_soon(at):
            self.here, self.section = None, self.intro
            return self.went(line, _("heading of the exercises"), "read")
        if len(self.sections) >= MOST_SECTIONS or len(line.text) > HEADING:
            if len(self.sections) >= MOST_SECTIONS:
                self.doubt(
                    _("There are more headings than a page needs: see the last part."),
                    must=True,
                )
            return self.add(self.sections[-1] if self.sections else self.intro, line)
        kind = kind_of_section(what)
        place = "after" if self.exercises else "before"
        self.section = self.new_section(place, kind, line.text, line, level)
        self.here = None
        if line.kind != "heading" and not what:
            self.doubt(
                _("Is “%(heading)s” a heading? It was taken for one.")
                % {"heading": line.text},
                line,
            )
        return self.went(line, self.place_of(self.section))

    @staticmethod
    def is_deeper(level, other):
        return level > other and other < BOLD and level <= BOLD

    def opens_soon(self, at):
        below = range(at + 1, min(at + 6, len(self.lines)))
        return any(self.opens_exercise(n) for n in below)

    def gathers(self, at):
        """Say whether short items stand below a heading, as things one needs do."""
        after = self.lines[at + 1 : at + 2]
        return bool(after and len(after[0].text) <= 120 and after[0].kind != "heading")

    def equipment_section(self, line):
        place = "after" if self.exercises and not self.here else "before"
        section = self.new_section(place, "equipment", line.text[:HEADING], line)
        section.owner = self.here
        self.went(line, self.place_of(section))
        return section

    def open_aside_section(self, line, level, what):
        """Begin what belongs to an exercise but has no place in it: a section after."""
        kind = kind_of_section(what)
        heading = f"{self.here.name}: {line.text.strip(' :')}"[:HEADING]
        self.section = self.new_section("after", kind, heading, line, level)
        self.section.owner = self.here
        self.here.has_dose |= kind == "how-many"
        if kind != "how-many":
            self.doubt(
                _("“%(heading)s” stood within %(name)s: it is a section after it now.")
                % {"heading": line.text, "name": self.here.name},
                line,
            )
        self.went(line, self.place_of(self.section))

    # Exercises

    def open_exercise(self, at, line, label, number, name, mark):
        if not name:
            after = self.lines[at + 1] if at + 1 < len(self.lines) else None
            if (
                after
                and after.kind in {"heading", "text"}
                and not after.fate
                and len(after.text) <= NAME
                and after.number not in self.what
                and not after.text.endswith((".", ":"))
            ):
                name, mark = words.marked(after.text)
                self.went(after, self.exercise_place(len(self.exercises) + 1, "name"))
        if not name:
            name = label or _("Exercise %(n)s") % {"n": number}
            self.doubt(
                _("%(name)s has no name of its own.") % {"name": name}, line, must=True
            )
        if not self.is_labelled(line) and not self.leads_to_phase(at):
            self.doubt(
                _("“%(name)s” was taken for an exercise. Is it one?") % {"name": name},
                line,
                must=True,
            )
        label = label if label and label != name and len(label) <= NAME else ""
        self.start(line, name, label, number, mark, self.is_heading(at) or GUESSED)

    def start(self, line, name, label="", number="", mark=None, level=GUESSED):
        if len(name) > NAME:
            self.doubt(
                _("The name “%(name)s” was cut: 80 characters fit.") % {"name": name},
                line,
                must=True,
            )
        data = empty(serialize.EXERCISE)
        data |= {"name": name[:NAME].strip(), "label": label}
        self.here = Exercise(data, line, len(self.exercises) + 1, level, mark)
        self.here.said, self.here.whole = str(number), line.text if line else name
        self.exercises.append(self.here)
        self.section, self.notes, self.aside = None, False, ""
        if line:
            self.went(line, self.exercise_place(self.here.number, "name"))
            if len(name) > NAME:
                self.overflow(line)

    def open_phase(self, line, phase, rest=""):
        if not self.here:
            self.start(None, self.data["title"] or _("Exercise 1"), level=0)
            self.doubt(
                _("No heading names the exercise: it bears the title of the page."),
                line,
            )
        here = self.here
        here.phase, here.bullet = phase, ""
        here.named.add(phase)
        self.section, self.notes = None, False
        self.went(line, self.exercise_place(here.number, phase), "read")
        same = words.same_setup(rest or line.text) if phase == "setup" else None
        if same:
            self.borrow(line, *same)
        elif rest:
            self.step(line, rest)

    def borrow(self, line, which, rest):
        self.here.as_for = (which, line)
        self.went(line, self.exercise_place(self.here.number, "setup_from"), "read")
        if rest:
            self.step(line, rest.strip())

    def take_in_exercise(self, at, line):
        here = self.here
        same = words.same_setup(line.text)
        if same and here.phase != "action":
            here.phase = "setup"
            return self.borrow(line, *same)
        if not here.phase:
            return self.take_unphased(at, line)
        if line.kind == "item":
            here.bullet = here.bullet or line.marker
            return self.step(line)
        if here.bullet and not words.bids(line.text):
            # Below a list a paragraph is no step, unless more of the list follows.
            after = self.lines[at + 1 : at + 2]
            if not after or after[0].kind != "item" or not line.text.endswith(":"):
                return self.overflow(line)
        return self.step(line)

    def take_unphased(self, at, line):
        """Take a line of an exercise that says not whether it is set-up or action."""
        here = self.here
        if line.kind == "item":
            before = self.lines[at - 1]
            if before.kind != "item" or before.fate == "read" or not here.runs:
                here.runs += 1
                if here.runs <= 2:
                    here.guess = self.guess_phase(at)
                if here.runs == 1:
                    self.doubt_phase(here, line)
            here.phase = here.guess
            here.bullet = line.marker
            self.step(line)
            here.phase = ""
            return None
        if not self.list_follows(at):
            here.phase = "action"
            self.doubt(
                _(
                    "%(name)s has no list and no headings: each paragraph became a "
                    "step of its action."
                )
                % {"name": here.name},
                line,
                must=True,
            )
            return self.step(line)
        if here.has_steps and line.text.endswith(":") and len(line.text) <= 40:
            return self.went(line, self.exercise_place(here.number, "action"), "read")
        if here.has_steps and words.bids(line.text):
            here.phase = "action"
            self.step(line)
            here.phase = ""
            return None
        free = not here.has_steps and not here.data["lead"]
        if free and len(line.text) <= LEAD and not line.links:
            here.data["lead"] = line.text
            return self.went(line, self.exercise_place(here.number, "lead"))
        return self.overflow(line)

    def rest_of_exercise(self, at):
        for below in range(at, min(at + 200, len(self.lines))):
            line = self.lines[below]
            what = self.what.get(line.number, "")
            if below > at and (
                self.opens_exercise(below)
                or (self.is_heading(below) and what not in words.PHASES)
            ):
                return
            yield line, what or (words.phase(line.text) or ("",))[0]

    def list_follows(self, at):
        return self.here.has_steps or any(
            line.kind == "item" or what in words.PHASES
            for line, what in self.rest_of_exercise(at)
        )

    def guess_phase(self, at):
        """Return what a list is that stands under no heading."""
        here = self.here
        runs, before = 0, False
        for line, what in self.rest_of_exercise(at):
            if what in words.PHASES:
                return "setup"
            is_item = line.kind == "item"
            runs += is_item and not before
            before = is_item
        if here.runs > 1 or runs < 2:
            return "action"
        return "setup"

    def doubt_phase(self, here, line):
        if here.guess == "setup":
            sentence = _("%(name)s has no Set up heading: its first list was taken.")
        else:
            sentence = _(
                "%(name)s has no Set up and no Action heading: "
                "its list was taken for the action."
            )
        self.doubt(sentence % {"name": here.name}, line, must=True)

    def step(self, line, text=None):
        here = self.here
        steps = here.data[here.phase]
        text = " ".join((line.text if text is None else text).split())
        if len(steps) >= MOST_STEPS:
            return self.overflow(
                line,
                _("%(name)s has more than %(most)s steps: the rest stands below it.")
                % {"name": here.name, "most": MOST_STEPS},
            )
        text, _bars, footnote = text.partition("||")
        text, footnote = text.strip(), " ".join(footnote.replace("||", " ").split())
        if inner := _INNER_NOTE.search(text):
            footnote = f"{footnote} {inner[1]}".strip()
            text = f"{text[: inner.start()]}{text[inner.end() :]}".strip()
        if not text:
            return self.overflow(line)
        parts = split(text, STEP)
        if len(parts) > 1:
            self.doubt(
                _("A step of %(name)s is long: it was parted.") % {"name": here.name},
                line,
                must=True,
            )
        if len(steps) + len(parts) > MOST_STEPS or len(parts) > 5:
            return self.overflow(line)
        for part in parts:
            step = empty(serialize.STEP) | {"text": part}
            steps.append(step)
            self.went(line, self.exercise_place(here.number, here.phase, len(steps)))
            for match in _MARKED.finditer(part[1:]):
                here.marks.append([step, match[0].strip(), ""])
        if footnote:
            self.footnote(here, steps[-1], footnote, line)
        for address in line.links:
            self.doubt(
                _("A step holds no link: %(address)s was left out.")
                % {"address": address[:200]},
                line,
                must=True,
            )
        return None


def split(text, longest):
    """Return a text in parts of at most that length, between its sentences."""
    parts = []
    while len(text) > longest:
        cuts = [match.start() for match in _SENTENCE.finditer(text[:longest])]
        cut = cuts[-1] if cuts else text.rfind(" ", 0, longest)
        cut = cut if cut > 0 else longest
        parts.append(text[:cut].strip())
        text = text[cut:].strip()
        if len(parts) > 5:
            break
    return [*parts, text]
