"""How many: where a source says it, for the guide and for single exercises."""

from django.utils.translation import gettext as _

from guide.paste import doses
from guide.paste.state import State


class Dosing(State):
    def find_doses(self):
        said = self.find_own_doses() or list(self.dose_lines)
        if said:
            self.find_dose(said, is_guess=False)
        elif said := self.lines_with_numbers():
            self.find_dose(said, is_guess=True)
        if not self.data["dosage"]:
            self.find_doses_in_steps()

    def find_own_doses(self):
        """Read the numbers of single exercises; return the lines on those of all."""
        said = []
        for section in self.sections:
            if section.kind != "how-many" or not section.lines:
                continue
            owner = section.owner
            if not owner:
                said += section.lines
                continue
            owner.data["dosage"] = self.dose_of(section.lines, owner.name)
            if owner.data["dosage"]:
                self.doubt(
                    _("%(name)s has its own numbers: %(words)s")
                    % {"name": owner.name, "words": doses.words(owner.data["dosage"])},
                    *section.lines,
                )
        return said

    def lines_with_numbers(self):
        """Return the lines that say how many, wherever they stand."""
        return [
            line
            for section in [self.intro, *self.sections]
            if not section.owner
            for line in section.lines
            if len(doses.counts(line.text)) >= 2
        ]

    def find_dose(self, sources, *, is_guess):
        dosage = self.data["dosage"] = self.dose_of(sources, _("How many"))
        if not dosage:
            sentence = _("“How many” says no number that was understood.")
            self.doubt(sentence, *sources, must=True)
            return
        sentence = _("How many: %(words)s")
        if is_guess:
            sentence = _("How many was read from the text: %(words)s")
        self.doubt(sentence % {"words": doses.words(dosage)}, *sources, must=is_guess)

    def find_doses_in_steps(self):
        for here in self.exercises:
            texts = [step["text"] for step in here.data["action"]]
            if here.data["dosage"] or not any(
                "repetitions" in doses.counts(text) for text in texts
            ):
                continue
            here.data["dosage"], _doubts = doses.read(texts)
            if here.data["dosage"]:
                self.doubt(
                    _("%(name)s: the numbers come from its steps: %(words)s")
                    % {"name": here.name, "words": doses.words(here.data["dosage"])},
                    here.line,
                )

    def dose_of(self, sources, name):
        found, doubts = doses.read([line.text for line in sources])
        for sentence in doubts:
            self.doubt(f"{name}: {sentence}", *sources, must=True)
        return found
