"""What is known only once all lines are read: links, numbers, title, what is amiss."""

import re
from dataclasses import replace

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guide import serialize
from guide.models import Exercise
from guide.paste import doses, lines, selling, words
from guide.paste.reader import Reader, same_mark
from guide.paste.state import HEADING, STEP, SUMMARY, Result, empty


class Ending(Reader):
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

    def find_promotion(self):
        if self.rows.get("promotions", ()) is None:
            return
        for section in [self.intro, *self.sections]:
            if section.kind in {"equipment", "how-many"}:
                continue
            if span := selling.found_in(section):
                self.promote(section, *span)
                return

    def promote(self, section, first, last):
        blocks = section.blocks[first:last]
        sources = [line for _kind, _html, line in blocks]
        texts = [line.text for line in sources]
        links = [(line, link) for line in sources for link in line.links]
        line, link = next(
            ((one, link) for one, link in links if words.sells(one.text)), links[0]
        )
        whole = first == 0 and section is not self.intro
        title = selling.title_of(section.heading if whole else "", blocks)
        bullets, shown, needless = [], "", []
        for kind, inline, source in blocks:
            if source is line:
                shown = selling.words_of_link(inline, link, source.text)
                rest = source.text.replace(link, "").replace(shown, "").strip(" :.–-")
                if not rest:
                    continue
            if source.text.strip(" .:") == title or (
                kind != "ul" and source.text.endswith(":")
            ):
                needless.append(source)
                continue
            bullets.append(source.text.replace(link, "").strip(" :"))
        if not title or len(link) > 300 or not selling.LINK.fullmatch(link):
            return
        self.data["promotion"] = title
        joined = " ".join([section.heading if whole else "", *texts])
        self.shared["promotions"][title] = {
            "kind": words.product(title) or words.product(joined) or "book",
            "cover": None,
            "bullets": "\n".join(bullets),
            "link": link,
            "link_text": (shown or _("Look inside"))[:60],
            "starts_at": None,
            "ends_at": None,
        }
        if title in self.rows.get("promotions", ()):
            self.shared["promotions"] = {}
            sentence = _(
                "“%(title)s” is here already: what is pasted of it was left out."
            )
        else:
            sentence = _(
                "“%(title)s” becomes a promotion of its own. Look at its words and its "
                "link there."
            )
        self.doubt(sentence % {"title": title}, *sources)
        about = {section.line.number} if whole and section.line else set()
        self.doubts = {
            sentence: one for sentence, one in self.doubts.items() if one.lines != about
        }
        for source in sources:
            source.place, source.fate = "", ""
            is_kept = source not in needless or source.text.strip(" .:") == title
            self.went(source, _("promotion"), "kept" if is_kept else "read")
        if whole and section.line:
            section.line.place, section.line.fate = "", ""
            is_kept = title in section.line.text
            self.went(section.line, _("promotion"), "kept" if is_kept else "read")
        del section.blocks[first:last]
        section.is_sold = whole

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

    def key(self, one):
        """Return the key of an exercise: a second of a name bears its number."""
        keys = serialize.numbered(other.name for other in self.exercises)
        return list(keys)[one.number - 1]

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

    def find_doses(self):
        said = []
        for section in self.sections:
            sources = [line for _kind, _html, line in section.blocks]
            if section.kind != "how-many" or not sources:
                continue
            owner = section.owner
            if owner:
                owner.data["dosage"] = self.dose_of(sources, owner.name)
                if owner.data["dosage"]:
                    self.doubt(
                        _("%(name)s has its own numbers: %(words)s")
                        % {
                            "name": owner.name,
                            "words": doses.words(owner.data["dosage"]),
                        },
                        *sources,
                    )
            else:
                said += sources
        said = said or list(self.dose_lines)
        guessed = False
        if not said:
            for section in [self.intro, *self.sections]:
                if section.owner:
                    continue
                for _kind, _html, line in section.blocks:
                    if len(doses.counts(line.text)) >= 2:
                        said.append(line)
            guessed = bool(said)
        if said:
            self.data["dosage"] = self.dose_of(said, _("How many"))
            if self.data["dosage"]:
                sentence = (
                    _("How many was read from the text: %(words)s")
                    if guessed
                    else _("How many: %(words)s")
                )
                self.doubt(
                    sentence % {"words": doses.words(self.data["dosage"])},
                    *said,
                    must=guessed,
                )
            else:
                self.doubt(
                    _("“How many” says no number that was understood."),
                    *said,
                    must=True,
                )
        for here in self.exercises:
            if self.data["dosage"] or here.data["dosage"]:
                continue
            texts = [step["text"] for step in here.data["action"]]
            if any("repetitions" in doses.counts(text) for text in texts):
                here.data["dosage"], _doubts = doses.read(texts)
                if here.data["dosage"]:
                    self.doubt(
                        _("%(name)s: the numbers come from its steps: %(words)s")
                        % {
                            "name": here.name,
                            "words": doses.words(here.data["dosage"]),
                        },
                        here.line,
                    )

    def dose_of(self, sources, name):
        found, doubts = doses.read([line.text for line in sources])
        for sentence in doubts:
            self.doubt(f"{name}: {sentence}", *sources, must=True)
        return found

    def find_things(self):
        """Match equipment, areas, topic and start positions to the rows there are."""
        for section in self.sections:
            if section.kind == "equipment":
                for _kind, _html, line in section.blocks:
                    if not words.field(line.text):
                        self.needs(line.text, line, section.owner)
        for thing, line, here in self.equipment:
            found = self.named("equipment", thing)
            for slug in found:
                for one in [here] if here else self.exercises:
                    if slug not in one.data["equipment"]:
                        one.data["equipment"].append(slug)
            if not found:
                self.doubt(
                    _("“%(thing)s” is no equipment of this site yet.")
                    % {"thing": thing},
                    line,
                )
        for here in self.exercises:
            data = here.data
            steps = " ".join(step["text"] for step in data["setup"] + data["action"])
            for slug in self.named("equipment", f"{data['name']} {steps}"):
                if slug not in data["equipment"]:
                    data["equipment"].append(slug)
            about = " ".join([data["name"], data["label"], data["lead"], here.whole])
            for slug in self.named("areas", about):
                if slug not in data["areas"]:
                    data["areas"].append(slug)
        topics = self.named("topics", self.data["title"])
        self.data["topic"] = topics[0] if topics else None
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
        for here in self.exercises:
            # Set up alike, two exercises begin alike and need the same.
            if not here.data["setup_from"]:
                continue
            keys = [self.key(one) for one in self.exercises]
            other = self.exercises[keys.index(here.data["setup_from"])].data
            for slug in other["equipment"]:
                if slug not in here.data["equipment"]:
                    here.data["equipment"].append(slug)
            if not here.data["start_position"] and other["start_position"]:
                here.data["start_position"] = other["start_position"]
                guessed.append(here)
        if guessed:
            self.doubt(
                _("Start positions were read from the steps: %(which)s.")
                % {
                    "which": ", ".join(
                        f"{one.name} {position_of(one)}" for one in guessed
                    )
                },
                *[one.line for one in guessed],
            )

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

    def find_film(self):
        seconds, source = self.film_seconds or (None, None)
        may_add = self.rows.get("videos", {}) is not None
        if seconds and not self.data["minutes"]:
            self.data["minutes"] = max(1, round(seconds / 60))
            self.doubt(
                _("Minutes: %(n)s, from the length of the video.")
                % {"n": self.data["minutes"]},
                source,
            )
        for n, (line, (provider, video_id)) in enumerate(self.films):
            if n == 0 and seconds and may_add:
                self.data["video"] = self.film_title(provider, video_id)
                if self.data["video"] not in self.rows.get("videos", {}):
                    self.shared["videos"][self.data["video"]] = {
                        "provider": provider,
                        "file": None,
                        "provider_id": video_id,
                        "duration": seconds,
                        "poster": None,
                        "captions": None,
                        "is_silent": False,
                        "transcript": "",
                    }
                continue
            if n == 0 and (known := self.film_known(provider, video_id)):
                self.data["video"] = known
                continue
            line.place, line.fate = "", ""
            address = line.links[0]
            if address.startswith("//"):
                address = f"https:{address}"
            line.text = line.html = ""
            line.text = address
            line.html = lines.link_to(address, lines.escape(address))
            self.add(self.intro, line)
            self.doubt(
                _("The video could not be made of the text: add it by hand.")
                if n == 0
                else _("A guide has one video: the address of another is a link now."),
                line,
                must=True,
            )

    def film_known(self, provider, video_id):
        for title, where in (self.rows.get("videos") or {}).items():
            if tuple(where) == (provider, video_id):
                return title
        return None

    def film_title(self, provider, video_id):
        if known := self.film_known(provider, video_id):
            return known
        base = title = (self.hints.get("title") or self.data["title"])[:110] or "Video"
        number = 2
        while title in self.rows.get("videos", {}):
            title, number = f"{base} ({number})", number + 1
        return title

    # On top of the page

    def write_sections(self):
        order = {"before": 0, "after": 1}
        for section in sorted(self.sections, key=lambda one: order[one.place]):
            prose = prose_of(section.blocks)
            if not prose:
                if section.line and not section.is_sold:
                    section.line.place, section.line.fate = "", ""
                    self.put_aside(section.line, "headings")
                continue
            kind = section.kind if section.kind in words.SECTIONS else "other"
            self.data["sections"].append(
                {
                    "place": section.place,
                    "kind": kind,
                    "heading": section.heading[:HEADING],
                    "prose": prose,
                }
            )

    def write_top(self):
        """Give the page its question, summary, introduction, title and address."""
        blocks = self.intro.blocks
        title = self.hints.get("title") or self.data["title"]
        if not title:
            title = self.exercises[0].name if self.exercises else _("Untitled")
            self.doubt(_("The text has no title."), must=True)
        self.data["title"] = title
        self.data["slug"] = self.slug()
        self.take_question(blocks)
        self.take_summary(blocks)
        if not self.data["summary"]:
            self.data["summary"] = title
            self.doubt(
                _("No first paragraph fits the summary: the title stands there."),
                must=True,
            )
        self.data["intro"] = prose_of(blocks)

    def take_question(self, blocks):
        """Take the question with which a page begins."""
        if not blocks or blocks[0][0] != "p" or blocks[0][2].links:
            return
        if words.field(blocks[0][2].text):
            return
        line = blocks[0][2]
        asked = re.match(r"(?:[^.!?]{3,160}\?\s*){1,2}", line.text[:400])
        if not asked or len(asked[0].strip()) > 160:
            return
        rest = line.text[asked.end() :].strip()
        if len(rest) > SUMMARY and blocks[0][1] != lines.escape(line.text):
            return  # its emphasis would go
        self.data["question"] = asked[0].strip()
        line.place = ""
        self.went(line, _("question"))
        blocks.pop(0)
        if rest:
            rest_line = replace(line, text=rest)
            blocks.insert(0, ("p", lines.escape(rest), rest_line))
            self.went(line, self.in_intro)
            self.parted = (rest_line, line)

    def take_summary(self, blocks):
        """Take the first paragraph for the summary, where it is short enough."""
        if not blocks or blocks[0][0] != "p" or words.field(blocks[0][2].text):
            return
        last = 1
        while last < len(blocks) and blocks[last][0] == "br":
            last += 1
        first = [line for _kind, _html, line in blocks[:last]]
        text = " ".join(line.text for line in first)
        if len(text) > SUMMARY or text.endswith(":") or any(x.links for x in first):
            return
        self.data["summary"] = text
        del blocks[:last]
        for line in first:
            if line is self.parted[0]:
                line = self.parted[1]
            line.place = line.place.replace(self.in_intro, _("summary"))
            self.doubt(
                _("The first paragraph became the summary. Does it stand alone?"), line
            )

    def slug(self):
        """Return an address made of the title that is not taken."""
        title = self.hints.get("title") or self.data["title"]
        base = slugify(self.hints.get("slug") or title)[:110].strip("-") or "guide"
        slug, number, taken = base, 2, self.rows.get("slugs", ())
        if self.hints.get("slug"):
            return self.hints["slug"]
        while slug in taken:
            slug, number = f"{base}-{number}", number + 1
        return slug

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


def unmarked(text, mark):
    """Return a step without the mark of its footnote."""
    at = text.rfind(mark)
    if at < 1:
        return text
    rest = text[at + len(mark) :]
    return f"{text[:at].rstrip()}{rest}".strip()


def position_of(one):
    return Exercise.Position(one.data["start_position"]).label


def prose_of(blocks):
    """Return blocks as the HTML that a guide allows, with lists put together."""
    parts, open_list = [], ""
    for kind, inline, _line in blocks:
        if open_list and kind != open_list:
            parts.append(f"</{open_list}>")
            open_list = ""
        if kind in {"ul", "ol"}:
            if not open_list:
                parts.append(f"<{kind}>")
                open_list = kind
            parts.append(f"<li>{inline}</li>")
        elif kind == "br" and parts and parts[-1].endswith("</p>"):
            parts[-1] = f"{parts[-1].removesuffix('</p>')}<br>{inline}</p>"
        else:
            kind = "p" if kind == "br" else kind
            parts.append(f"<{kind}>{inline}</{kind}>")
    if open_list:
        parts.append(f"</{open_list}>")
    return "".join(parts)
