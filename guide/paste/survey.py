"""What the lines of a source are, before they are read one after the other."""

from django.utils.translation import gettext as _

from guide.paste import lines, words
from guide.paste.lines import BOLD, GUESSED
from guide.paste.state import HEADING, LEAD, NAME, State

_AROUND = {"around", "comments", "letter"}


class Survey(State):
    def survey(self):
        """Find the title, where comments begin, and which lines are headings."""
        body = [line for line in self.lines if not line.is_around]
        self.has_markup = any(
            line.kind == "heading" and line.level <= BOLD for line in body
        )
        self.what = {}
        for at, line in enumerate(self.lines):
            if line.kind == "item" or line.is_around or len(line.text) > 160:
                continue
            kind = words.heading(line.text)
            said = line.kind == "text" and words.field(line.text)
            if said and said[1] and kind not in _AROUND:
                continue
            if kind and self.may_be_heading(at, line, kind):
                self.what[line.number] = kind
        self.find_title()
        self.find_end()

    def may_be_heading(self, at, line, kind):
        """Say whether a line of known words stands alone as a heading does."""
        if line.kind == "heading":
            return True
        if kind in _AROUND:
            return True
        if words.same_setup(line.text) or line.text.endswith((".", ",", ";")):
            return False
        if len(line.text) > 70 or (line.is_soft and kind not in words.PHASES):
            return False
        if kind in {"setup", "action"}:
            return True
        # A question in the text is no heading of a section.
        return not self.has_markup or line.text.endswith(":")

    def find_title(self):
        title = self.hints.get("title", "")
        body = [line for line in self.lines if not line.is_around]
        first = next(
            (line for line in body if line.kind == "heading" and line.level == 1), None
        )
        if first is None:
            said = [line for line in body if line.kind in {"text", "heading"}][:6]
            said = [line for line in said if not self.is_chaff(line)]
            first = said[0] if said and self.may_be_title(said[0]) else None
        if title:
            first = next(
                (
                    line
                    for line in body[:12]
                    if words.plain(line.text) == words.plain(title)
                ),
                None,
            )
        elif first is not None:
            title = first.text
        self.title = first
        self.data["title"] = title[:HEADING].strip()
        if first is not None:
            rest = first.text[HEADING:].strip()
            if rest and "title" not in self.hints:
                self.intro.blocks.append(("p", lines.escape(rest), first))
                self.doubt(
                    _("The title is too long: its end went to the introduction."),
                    first,
                    must=True,
                )
            self.went(first, _("title"))
            self.what.pop(first.number, None)

    def may_be_title(self, line):
        return (
            len(line.text) <= HEADING
            and not line.text.endswith((".", ":", "?"))
            and not words.field(line.text)
            and not words.exercise(line.text)
            and self.what.get(line.number, "exercises") in {"exercises", "why", "tips"}
        )

    def is_chaff(self, line):
        return (
            self.what.get(line.number) in {"around", "letter"}
            or words.crumbs(line.text)
            or words.letter_line(line.text)
        )

    def find_end(self):
        """Set aside what stands below the article: comments, and all after them."""
        last = max(
            (
                at
                for at, line in enumerate(self.lines)
                if self.what.get(line.number) in words.PHASES or self.is_labelled(line)
            ),
            default=0,
        )
        for at, line in enumerate(self.lines):
            if self.what.get(line.number) != "comments":
                continue
            if at > max(last, 3):
                for below in self.lines[at:]:
                    self.put_aside(below, "comments")
                return
            self.put_aside(line, "around")

    @staticmethod
    def is_labelled(line):
        return (
            line.kind in {"heading", "text", "item"}
            and not line.is_around
            and not line.text.endswith(".")
            and words.exercise(line.text) is not None
        )

    def is_heading(self, at):
        """Return the level of a heading, 0 where a line is none."""
        line = self.lines[at]
        if line.kind == "heading":
            return line.level
        if line.number in self.what:
            return GUESSED
        if line.kind == "text" and self.is_labelled(line) and not line.is_soft:
            return GUESSED
        if self.has_markup or line.kind != "text" or not line.gap:
            return 0
        text = line.text
        looks = (
            4 <= len(text) <= 70
            and len(text.split()) <= 9
            and text[0].isupper()
            and not text.endswith((".", ",", ";", ":", "!", "*", "†", "‡"))
            and not words.field(text)
            and not line.links
        )
        after = self.lines[at + 1] if at + 1 < len(self.lines) else None
        if not looks or after is None or after.is_around or after.fate:
            return 0
        if self.here and self.here.phase:
            # In a list without dots and stops a short line is one more step.
            before = self.lines[at - 1]
            if before.kind != "item" and not before.text.endswith((".", ":")):
                return 0
        return GUESSED

    def opens_exercise(self, at):
        """Return (label, number, name, mark) of an exercise that a line opens."""
        line = self.lines[at]
        if line.is_around or len(line.text) > 160:
            return None
        if self.is_labelled(line) and (line.kind != "item" or self.leads_to_phase(at)):
            return words.exercise(line.text)
        if line.number in self.what and self.what[line.number] != "action":
            return None
        if line.kind == "item":
            before = self.lines[at - 1] if at else None
            if (
                line.is_numbered
                and len(line.text) <= NAME
                and not line.text.endswith(".")
                and not (before and before.kind == "item" and line.marker != "1")
                and self.leads_to_phase(at)
            ):
                name, mark = words.marked(line.text)
                return "", line.marker, name, mark
            return None
        if not self.is_heading(at) or line.number in self.what:
            return None
        number, name, mark = words.numbered(line.text) or ("", line.text, None)
        if not mark:
            name, mark = words.marked(name)
        if self.leads_to_phase(at) and words.may_name_an_exercise(name):
            return "", number, name, mark
        if self.leads_to_steps(at) and words.may_name_an_exercise(name):
            return "", number, name, mark
        return None

    def leads_to_phase(self, at):
        """Say whether a phase begins below a line before anything else does."""
        for below in range(at + 1, min(at + 8, len(self.lines))):
            line = self.lines[below]
            if line.is_around or line.kind in {"film", "picture", "caption"}:
                continue
            if self.what.get(line.number) in words.PHASES or words.phase(line.text):
                return True
            if self.what.get(line.number) == "equipment":
                continue
            if line.kind == "item" or self.is_heading(below):
                return False
        return False

    def leads_to_steps(self, at):
        """Say whether a numbered list of things to do stands right below."""
        if self.lines[at].level > BOLD or self.lines[at] is self.title:
            return False
        items = []
        for line in self.lines[at + 1 : at + 16]:
            if line.kind == "heading":
                break
            if line.kind == "item":
                items.append(line)
            elif not items and len(line.text) > LEAD:
                return False
        count = sum(line.is_numbered for line in items)
        return count > 1 and words.begins(items[0].text)
