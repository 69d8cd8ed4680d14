"""What stands above and between the exercises: title, summary, prose."""

import re
from dataclasses import replace

from django.utils.translation import gettext as _

from guide.paste import lines, words
from guide.paste.state import HEADING, SUMMARY, State, kind_of_section


class Top(State):
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

    def write_sections(self):
        order = {"before": 0, "after": 1}
        for section in sorted(self.sections, key=lambda one: order[one.place]):
            prose = prose_of(section.blocks)
            if not prose:
                if section.line and not section.is_sold:
                    self.take_back(section.line)
                    self.put_aside(section.line, "headings")
                continue
            self.data["sections"].append(
                {
                    "place": section.place,
                    "kind": kind_of_section(section.kind),
                    "heading": section.heading[:HEADING],
                    "prose": prose,
                }
            )


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
