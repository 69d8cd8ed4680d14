"""A block that praises a book or a course, found and taken apart."""

import re

from guide.paste import lines, words
from guide.paste.state import HEADING

LINK = re.compile(r"https?://[^\s/@]+(?:/\S*)?|/(?!/)\S*")


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


def words_of_link(inline, link, text):
    """Return the words that lead to an address, or those before it."""
    if match := re.search(r"<a [^>]{1,2100}>([^<]{1,200})", inline):
        shown = lines.unescape(match[1]).strip()
        if shown != link:
            return shown
    before = text.partition(link)[0].strip(" :–-")
    return before if len(before) <= 60 else ""
