"""What is known only once all lines are read, and what is amiss."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guide.paste.dosing import Dosing
from guide.paste.joining import Joining
from guide.paste.reader import Reader
from guide.paste.selling import Selling
from guide.paste.state import Result
from guide.paste.things import Things
from guide.paste.top import Top


class Ending(Selling, Joining, Dosing, Things, Top, Reader):
    def result(self):
        self.survey()
        for at, line in enumerate(self.lines):
            if not line.fate:
                self.take(at, line)
        self.finish()
        for line in self.lines:
            line.place = line.place or _("not needed")
            line.fate = line.fate or "aside"
        for doubt in self.doubts.values():
            doubt.lines = sorted(doubt.lines)
        doubts = sorted(self.doubts.values(), key=lambda one: (not one.must, one.lines))
        return Result(self.data, self.shared, doubts, self.lines)

    def finish(self):
        self.find_promotion()
        self.find_setups()
        self.find_variations()
        self.find_notes()
        self.find_doses()
        self.find_things()
        self.check_exercises()
        self.find_film()
        self.write_sections()
        self.write_top()
        self.say_what_is_aside()
        self.data["exercises"] = [one.data for one in self.exercises]
        self.data["kind"] = "exercise" if self.exercises else "article"
        self.data |= {
            name: value for name, value in self.hints.items() if name in self.data
        }

    def check_exercises(self):
        for here in self.exercises:
            data, names = here.data, {"name": here.name}
            if not here.has_steps and not data["setup_from"]:
                self.doubt(_("%(name)s has no steps.") % names, here.line, must=True)
            elif not data["action"]:
                self.doubt(
                    _("%(name)s has no Action heading.") % names, here.line, must=True
                )
            elif not data["setup"] and not data["setup_from"] and here.named:
                self.doubt(_("%(name)s has no Set up heading.") % names, here.line)

    def say_what_is_aside(self):
        for why, sources in self.set_aside.items():
            count = len(sources)
            sentence = {
                "comments": ngettext(
                    "Below the article stands %(n)d line of comments: it stays out.",
                    "Below the article stand %(n)d lines of comments: they stay out.",
                    count,
                ),
                "around": ngettext(
                    "%(n)d line belongs to the page around the article: it stays out.",
                    "%(n)d lines belong to the page around the article: they stay out.",
                    count,
                ),
                "letter": ngettext(
                    "%(n)d line belongs to a box for a letter: this site has its own.",
                    "%(n)d lines belong to a box for a letter: this site has its own.",
                    count,
                ),
                "pictures": ngettext(
                    "%(n)d line is a picture or its words: upload it by hand.",
                    "%(n)d lines are pictures or their words: upload them by hand.",
                    count,
                ),
                "shortcodes": ngettext(
                    "%(n)d line speaks to a plugin: it stays out.",
                    "%(n)d lines speak to a plugin: they stay out.",
                    count,
                ),
                "frames": ngettext(
                    "%(n)d line shows another site's page: it stays out.",
                    "%(n)d lines show other sites' pages: they stay out.",
                    count,
                ),
                "authors": ngettext(
                    "%(n)d line names an author who is not known here.",
                    "%(n)d lines name authors who are not known here.",
                    count,
                ),
                "headings": ngettext(
                    "%(n)d heading has nothing below it: it stays out.",
                    "%(n)d headings have nothing below them: they stay out.",
                    count,
                ),
            }[why]
            must = why in {"pictures", "frames", "headings", "comments"}
            self.doubt(sentence % {"n": count}, *sources, must=must)
