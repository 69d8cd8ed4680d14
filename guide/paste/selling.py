"""A block that praises a book or a course, found and taken apart."""

import re

from django.utils.translation import gettext as _

from guide.paste import lines, words
from guide.paste.state import HEADING, State

_LINK = re.compile(r"https?://[^\s/@]+(?:/\S*)?|/(?!/)\S*")


class Selling(State):
    def find_promotion(self):
        if self.rows.get("promotions", ()) is None:
            return
        for section in [self.intro, *self.sections]:
            if section.kind in {"equipment", "how-many"}:
                continue
            if span := found_in(section):
                self.promote(section, *span)
                return

    def promote(self, section, first, last):
        """Make some blocks of a section, or all of it, the promotion of the guide."""
        blocks = section.blocks[first:last]
        sources = [line for _kind, _html, line in blocks]
        is_whole = first == 0 and section is not self.intro
        heading = section.heading if is_whole else ""
        title = title_of(heading, blocks)
        source, link = link_of(sources)
        bullets, shown, needless = points_of(blocks, title, source, link)
        if not title or len(link) > 300 or not _LINK.fullmatch(link):
            return
        joined = " ".join([heading, *(line.text for line in sources)])
        self.data["promotion"] = title
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
        head = section.line if is_whole else None
        # Whether it is a heading is no question any more.
        about = {head.number} if head else set()
        self.doubts = {
            sentence: one for sentence, one in self.doubts.items() if one.lines != about
        }
        for line in sources:
            is_kept = line not in needless or line.text.strip(" .:") == title
            self.went_to_promotion(line, is_kept=is_kept)
        if head:
            self.went_to_promotion(head, is_kept=title in head.text)
        del section.blocks[first:last]
        section.is_sold = is_whole

    def went_to_promotion(self, line, *, is_kept):
        self.take_back(line)
        self.went(line, _("promotion"), "kept" if is_kept else "read")


def found_in(section):
    """Return (first, last) of the blocks that speak of something for sale, or None."""
    blocks = section.blocks
    heading = section.heading
    for first, (kind, _html, line) in enumerate(blocks):
        is_head = first == 0 and words.product(heading)
        if kind in {"ul", "ol"} or not (words.product(line.text) or is_head):
            continue
        teaches = sells = False
        for last in range(first, min(first + 12, len(blocks))):
            text = blocks[last][2].text
            teaches |= words.teaches(text)
            if blocks[last][2].links:
                sells = words.sells(text) or words.product(text)
                if sells and (teaches or is_head or last == first):
                    return (0 if is_head else first), last + 1
                break
    return None


def title_of(heading, blocks):
    """Return the title of a book: in quotes, in italics, or its heading."""
    for _kind, inline, line in blocks:
        if match := re.search(r"[“\"]([^“”\"]{3,110})[”\"]", line.text[:1000]):
            return match[1].strip(" .,")
        if match := re.search(r"<(?:em|strong)>([^<]{3,110})</", inline[:1000]):
            return lines.unescape(match[1]).strip(" .,:")
    heading = re.sub(
        r"\A(?:(?:my|our|the|a|new|latest|recommended) ){0,3}(?:e-?book|book|dvd|audio|"
        r"course)? ?[:–—-] ",
        "",
        heading,
        flags=re.IGNORECASE,
    ).strip()
    if heading:
        return heading[:HEADING]
    first = blocks[0][2].text
    match = re.match(r"[^:.!?]{3,110}", first)
    return match[0].strip() if match else first[:HEADING].strip()


def link_of(sources):
    """Return (line, link): the first that says where to buy, else the first of all."""
    links = [(line, link) for line in sources for link in line.links]
    return next((pair for pair in links if words.sells(pair[0].text)), links[0])


def points_of(blocks, title, source, link):
    """Return what it teaches, the words of its link, and the lines that say neither."""
    bullets, shown, needless = [], "", []
    for kind, inline, line in blocks:
        if line is source:
            shown = words_of_link(inline, link, line.text)
            rest = line.text.replace(link, "").replace(shown, "").strip(" :.–-")
            if not rest:
                continue
        if line.text.strip(" .:") == title or (
            kind != "ul" and line.text.endswith(":")
        ):
            needless.append(line)
            continue
        bullets.append(line.text.replace(link, "").strip(" :"))
    return bullets, shown, needless


def words_of_link(inline, link, text):
    """Return the words that lead to an address, or those before it."""
    if match := re.search(r"<a [^>]{1,2100}>([^<]{1,200})", inline):
        shown = lines.unescape(match[1]).strip()
        if shown != link:
            return shown
    before = text.partition(link)[0].strip(" :–-")
    return before if len(before) <= 60 else ""
