"""Lines of a source that are a value: "Suitability: General", "Breathing: out"."""

import re

from django.utils.translation import gettext as _

from guide.models import Verdict
from guide.paste import doses, words
from guide.paste.state import HEADING, LEAD, NAME, add_new
from guide.paste.survey import Survey


class Values(Survey):
    def take_field(self, line):
        said = words.field(line.text)
        if not said:
            return False
        kind, value = said
        if not value:
            return False
        take = getattr(self, f"take_{kind.replace('-', '_')}", None)
        return bool(take and take(line, value))

    def take_suitability(self, line, value):
        if self.data["suitability"] or len(value) > 200 or self.exercises:
            return False
        self.data["suitability"] = value
        self.went(line, _("suitability"))
        everybody = re.fullmatch(
            r"general|everyone|everybody|most people|all|anyone", words.plain(value)
        )
        if everybody:
            slug = next(
                (
                    slug
                    for slug in self.rows.get("audiences", {})
                    if slug in {"general", "everybody", "most-people"}
                ),
                None,
            )
            found = [slug] if slug else []
        else:
            found = self.named("audiences", value)
        self.verdicts(found, "yes", line, value)
        return True

    def take_not_for(self, line, value):
        return self.take_verdict(line, value, "no")

    def take_ask_first(self, line, value):
        return self.take_verdict(line, value, "ask")

    def take_with_changes(self, line, value):
        return self.take_verdict(line, value, "change")

    def take_verdict(self, line, value, choice):
        """Read a verdict, and keep the words: a note may hang on them."""
        self.verdicts(self.named("audiences", value), choice, line, value)
        self.add(self.section or self.intro, line)
        return True

    def verdicts(self, slugs, choice, line, value):
        taken = {verdict["audience"] for verdict in self.data["verdicts"]}
        for slug in slugs:
            if slug not in taken:
                verdict = {"audience": slug, "choice": choice, "note": ""}
                self.data["verdicts"].append(verdict)
        if slugs:
            names = ", ".join(self.rows["audiences"][slug] for slug in slugs)
            self.doubt(
                _("Verdict “%(choice)s” for: %(names)s. Is that so?")
                % {"choice": Verdict.Choice(choice).label, "names": names},
                line,
                must=True,
            )
        else:
            self.doubt(
                _("“%(value)s” names no audience of this site: add the verdict.")
                % {"value": value[:80]},
                line,
                must=True,
            )

    def take_level(self, line, value):
        found = words.level(value)
        if not found or self.data["level"] or self.here:
            return False
        self.data["level"] = found
        self.went(line, _("level"), "read")
        return True

    def take_film_length(self, line, value):
        seconds = doses.minutes(value)
        if not seconds or self.film_seconds:
            return False
        self.film_seconds = (seconds, line)
        self.went(line, _("length of the video"), "read")
        return True

    def take_minutes(self, line, value):
        seconds = doses.minutes(value)
        if not seconds or self.data["minutes"] or self.exercises or len(value) > 40:
            return False
        self.data["minutes"] = max(1, round(seconds / 60))
        self.went(line, _("minutes"), "read")
        return True

    def take_author(self, line, value):
        if self.exercises or len(value) > 80:
            return False
        for name in self.rows.get("authors", ()):
            if words.plain(name) in words.plain(value):
                self.data["author"] = name
                self.went(line, _("author"), "read")
                return True
        self.put_aside(line, "authors")
        return True

    def take_breathing(self, line, value):
        return self.take_cue(line, value, "breathing", NAME)

    def take_caution(self, line, value):
        return self.take_cue(line, value, "caution", LEAD)

    def take_cue(self, line, value, name, longest):
        if not self.here or self.section or self.here.data[name]:
            return False
        if len(value) > longest or line.links:
            return False
        self.here.data[name] = value
        self.went(line, self.exercise_place(self.here.number, name))
        return True

    def take_position(self, line, value):
        found = words.position(value)
        if not self.here or self.section or not found or len(value) > 40:
            return False
        self.here.data["start_position"] = found
        place = _("exercise %(number)s, start position")
        self.went(line, place % {"number": self.here.number}, "read")
        return True

    def take_equipment(self, line, value):
        self.needs(value, line, self.here if not self.section else None)
        section = self.section or self.intro
        if self.here and self.section is None:
            section = self.section_of(
                self.here, "equipment", _("%(name)s: what you need")
            )
        self.add(section, line)
        return True

    def section_of(self, here, kind, heading):
        """Return the section that keeps words of a kind on one exercise."""
        for section in self.sections:
            if section.kind == kind and section.owner is here:
                return section
        heading = heading % {"name": here.name}
        section = self.new_section("after", kind, heading[:HEADING])
        section.owner = here
        return section

    def needs(self, text, line, here):
        """Remember the things that some words say one needs."""
        for thing in re.split(r",|;|\band\b|\bor\b|\n", text[:600]):
            thing = re.sub(
                r"^(?:an?|the|your|some|one|two|\d+)\b", "", thing.strip(" .•-")
            ).strip()
            if 2 < len(thing) <= 80:
                self.equipment.append((thing, line, here))

    def take_area(self, line, value):
        found = self.named("areas", value)
        if not found or not self.here:
            return False
        add_new(self.here.data["areas"], found)
        sentence = _("The body areas of %(name)s were read from its words.")
        self.overflow(line, sentence % {"name": self.here.name})
        return True

    def take_dose(self, line, value):
        """Keep a line of numbers in the prose; what it says is read at the end."""
        if not doses.counts(line.text):
            return False
        if self.here and self.section is None:
            section = self.section_of(self.here, "how-many", _("%(name)s: how many"))
        else:
            section = self.section or self.intro
            if not section.owner:
                self.dose_lines.append(line)
        self.add(section, line)
        return True
