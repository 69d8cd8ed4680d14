"""Which exercise is set up as for another, and which is another's variation."""

import re

from django.utils.translation import gettext as _

from guide import serialize
from guide.paste import words
from guide.paste.state import STEP, State, empty


class Joining(State):
    def find_setups(self):
        lent = {}  # numbers of exercises, and those whose set-up they share
        for here in self.exercises:
            if not here.as_for:
                continue
            which, line = here.as_for
            other = self.exercise_called(which, here)
            if other and not words.names_only(which, other.name, other.data["label"]):
                other = None  # it says more than which exercise
            lender = other
            while lender is not None and lender is not here:
                lender = lent.get(lender.number)
            if lender is here:
                other = None  # they would send each other round in a circle
            if other is None:
                self.doubt(
                    _("%(name)s is set up as for “%(which)s”, which is not here.")
                    % {"name": here.name, "which": which[:80]},
                    line,
                    must=True,
                )
                here.data["setup"].insert(
                    0, empty(serialize.STEP) | {"text": line.text[:STEP]}
                )
                self.went(line, self.exercise_place(here.number, "setup", 1))
            else:
                here.data["setup_from"] = self.key(other)
                lent[here.number] = other

    def find_variations(self):
        slug = self.slug()
        joined = {}  # numbers of exercises, and of those that they lead to
        for here in self.exercises:
            if not here.mark:
                continue
            mark, said = here.mark
            base = re.search(r"\b(?:of|for|than) (.+)", said)
            other = self.exercise_called(base[1], here) if base else None
            if not base and here.number > 1:
                other = self.exercises[here.number - 2]
            from_, to = (here, other) if mark == "easier" else (other, here)
            if other is None or self.are_joined(to, from_, joined):
                self.doubt(
                    _("%(name)s (%(mark)s) could not be joined to another exercise.")
                    % {"name": here.name, "mark": said},
                    here.line,
                    must=True,
                )
                continue
            joined.setdefault(from_.number, set()).add(to.number)
            if not base:
                self.doubt(
                    _("%(name)s (%(mark)s) was joined to %(other)s before it.")
                    % {"name": here.name, "mark": said, "other": other.name},
                    here.line,
                )
            kind = "progression" if mark == "easier" else mark
            from_.data["variations"].append(
                {"kind": kind, "guide": slug, "exercise": self.key(to)}
            )

    @staticmethod
    def are_joined(start, end, joined):
        """Say whether an exercise leads to another already, over any way, or back."""
        for one, other in [(start, end), (end, start)]:
            reached, edge = set(), {one.number}
            while edge:
                reached |= edge
                edge = set().union(*(joined.get(n, ()) for n in edge)) - reached
            if other.number in reached:
                return True
        return False

    def exercise_called(self, which, here):
        """Return the exercise that some words name, or None."""
        said = words.plain(which)
        others = [one for one in self.exercises if one is not here]
        if re.fullmatch(r"(?:the )?(?:previous|last|above|exercise above)", said):
            before = [one for one in others if one.number < here.number]
            return before[-1] if before else None
        found = words.exercise(f"{which.strip('.')}:")
        number = str(found[1]) if found else ""
        if m := re.fullmatch(r"(?:number |no )?(\d{1,2})", said):
            number = m[1]
        for one in others:
            names = {words.plain(one.name), words.plain(one.data["label"])} - {""}
            if said in names or said.removeprefix("the ") in names:
                return one
        for one in others:
            if number and (one.said == number or str(one.number) == number):
                return one
        return next(
            (one for one in others if words.plain(one.name) in said and one.name), None
        )
