"""A pasted source as lines, each with what its markup says of it."""

import re

from guide.paste import markup, plain
from guide.paste.lines import UNSEEN

_LOOKS_LIKE_HTML = re.compile(
    r"<(?:!--\s*wp:|/?(?:p|div|h[1-6]|ul|ol|li|br|b|strong|i|em|a|table|iframe|img|"
    r"article|section|span|meta|html|body)(?=[\s/>]))",
    re.IGNORECASE,
)
_EMBED = re.compile(
    r"\[(?:embed|youtube|vimeo|video)\s[^\[\]]{0,300}?"
    r"(https?://[^\s\[\]\"']{1,200})[^\[\]]{0,300}\]",
    re.IGNORECASE,
)
_EMBED_TAG = re.compile(r"\[/?(?:embed|youtube|vimeo|video)\]", re.IGNORECASE)
_CAPTION = re.compile(r"\[(/?)caption\b[^\[\]]{0,500}\]", re.IGNORECASE)


def lines_of(source):
    """Return the lines of a source: plain text, Markdown or HTML."""
    source = UNSEEN.sub("", source.replace("\r\n", "\n").replace("\r", "\n"))
    source = _EMBED.sub(r"\n\n\1\n\n", source)
    source = _EMBED_TAG.sub("\n\n", source)
    source = _CAPTION.sub(r"<\1figure>", source)
    if _LOOKS_LIKE_HTML.search(source) or "<figure>" in source:
        lines = markup.read(source)
    else:
        lines = plain.read(source)
    for number, line in enumerate(lines, 1):
        line.number = number
    return lines
