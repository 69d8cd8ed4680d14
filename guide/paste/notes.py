"""Footnotes: bound to the steps that bear their marks."""

import re

from django.utils.translation import gettext as _

from guide.paste.state import STEP, State

_NOTE = re.compile(
    r"(\*{1,3}|[†‡§]{1,2}|[¹²³⁴⁵⁶⁷⁸⁹]{1,2}|[(\[]\^?(?:\d{1,2}|[a-c])[)\]]):? ?(\S.*)",
    re.DOTALL,
)
_SUPERSCRIPT = {ord(a): b for a, b in zip("¹²³⁴⁵⁶⁷⁸⁹", "123456789", strict=True)}


class Notes(State):
    def footnote(self, here, step, words_, line):
        """Bind a note to its step, as far as it fits."""
        joined = f"{step['footnote']} {words_}".strip()
        if len(joined) <= STEP:
            step["footnote"] = joined
            phase, number = next(
                (phase, n)
                for phase in ("setup", "action")
                for n, one in enumerate(here.data[phase], 1)
                if one is step
            )
            place = self.exercise_place(here.number, phase, number)
            self.went(line, _("%(place)s, footnote") % {"place": place})
            return
        was, self.here = self.here, here
        self.overflow(
            line,
            _("A footnote of %(name)s is too long: it stands below the exercise.")
            % {"name": here.name},
        )
        self.here = was

    def take_note(self, line):
        """Bind a line that begins with a mark to the step that bears the mark."""
        mark, text = mark_of(line, self.notes)
        if not mark:
            return False
        if line.kind == "item" and not self.notes:
            # A star before each line of a list is a dot, not a mark.
            bullets = self.here and self.here.bullet.startswith("*")
            if line.marker != "*" or bullets:
                return False
        around = ([self.here] if self.here else []) + self.exercises
        for here in around:
            for entry in here.marks:
                step, its_mark, note = entry
                if same_mark(its_mark) == same_mark(mark) and not note:
                    entry[2] = text
                    self.footnote(here, step, text, line)
                    return True
        if self.notes:
            self.doubt(_("A footnote belongs to no step."), line, must=True)
        return False

    def find_notes(self):
        """Take the marks of bound footnotes off their steps; name the others."""
        for here in self.exercises:
            notes = {same_mark(mark): n for _step, mark, n in here.marks if n}
            for step, mark, note in here.marks:
                if not note and same_mark(mark) in notes:
                    note = notes[same_mark(mark)]
                    if not step["footnote"]:
                        step["footnote"] = note[:STEP]
                if note:
                    step["text"] = unmarked(step["text"], mark)
                elif mark[0] in "*†‡":
                    self.doubt(
                        _("A step of %(name)s has the mark %(mark)s and no footnote.")
                        % {"name": here.name, "mark": mark},
                        here.line,
                        must=True,
                    )


def same_mark(mark):
    """Return a mark so that (1), [1], [^1] and ¹ are one."""
    return mark.strip(" ()[]^:").translate(_SUPERSCRIPT)


def mark_of(line, in_notes):
    """Return the mark with which a line begins, as steps bear it, and its words."""
    if line.kind == "item":
        if line.marker == "*" or in_notes:
            return (line.marker if line.marker != "•" else ""), line.text
        return "", ""
    match = _NOTE.fullmatch(line.text)
    return (match[1], match[2].strip()) if match else ("", "")


def unmarked(text, mark):
    """Return a step without the mark of its footnote."""
    at = text.rfind(mark)
    if at < 1:
        return text
    rest = text[at + len(mark) :]
    return f"{text[:at].rstrip()}{rest}".strip()
