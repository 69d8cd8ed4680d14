"""Equipment, areas, topic and start positions that a source names."""

from django.utils.translation import gettext as _

from guide.models import Exercise
from guide.paste import words
from guide.paste.state import add_new
from guide.paste.values import Values


class Things(Values):
    def find_things(self):
        """Match what is named to the rows and the positions there are."""
        self.find_equipment()
        for here in self.exercises:
            data = here.data
            about = " ".join([data["name"], data["label"], data["lead"], here.whole])
            add_new(data["areas"], self.named("areas", about))
        topics = self.named("topics", self.data["title"])
        self.data["topic"] = topics[0] if topics else None
        guessed = self.guess_positions() + self.share_set_ups()
        if guessed:
            names = [f"{one.name} {position_of(one)}" for one in guessed]
            self.doubt(
                _("Start positions were read from the steps: %(which)s.")
                % {"which": ", ".join(names)},
                *[one.line for one in guessed],
            )

    def find_equipment(self):
        for section in self.sections:
            if section.kind == "equipment":
                for line in section.lines:
                    if not words.field(line.text):
                        self.needs(line.text, line, section.owner)
        for thing, line, here in self.equipment:
            found = self.named("equipment", thing)
            for one in [here] if here else self.exercises:
                add_new(one.data["equipment"], found)
            if not found:
                self.doubt(
                    _("“%(thing)s” is no equipment of this site yet.")
                    % {"thing": thing},
                    line,
                )
        for here in self.exercises:
            data = here.data
            steps = " ".join(step["text"] for step in data["setup"] + data["action"])
            found = self.named("equipment", f"{data['name']} {steps}")
            add_new(data["equipment"], found)

    def guess_positions(self):
        """Read start positions from the first steps; return the exercises guessed."""
        guessed = []
        for here in self.exercises:
            if here.data["start_position"]:
                continue
            texts = [step["text"] for step in here.data["setup"][:3]]
            if not here.data["setup"] and not here.data["setup_from"]:
                texts = [step["text"] for step in here.data["action"][:1]]
            found = next(filter(None, map(words.position, [here.whole, *texts])), "")
            here.data["start_position"] = found
            if found:
                guessed.append(here)
        return guessed

    def share_set_ups(self):
        """Let exercises set up alike begin alike and need the same; return as above."""
        guessed, keys = [], self.keys()
        for here in self.exercises:
            if not here.data["setup_from"]:
                continue
            other = self.exercises[keys.index(here.data["setup_from"])].data
            add_new(here.data["equipment"], other["equipment"])
            if not here.data["start_position"] and other["start_position"]:
                here.data["start_position"] = other["start_position"]
                guessed.append(here)
        return guessed


def position_of(one):
    return Exercise.Position(one.data["start_position"]).label
