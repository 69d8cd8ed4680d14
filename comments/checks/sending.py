"""How a comment came: the trap, the clock, the same again, its links."""

import re

FASTEST = 3  # seconds; nobody reads and writes in less
LINKS = 2
LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"']++")


def trap_is_filled(comment, known):
    return found("trap") if known.sent.trap else None


def was_quick(comment, known):
    return found("quick") if known.sent.seconds < FASTEST else None


def was_said_before(comment, known):
    return found("said_before") if known.said_before else None


def has_many_links(comment, known):
    held = links(known)
    return found("links", held) if len(held) > LINKS else None


def links(known):
    folded = known.text.folded
    return [folded.as_typed(*match.span()) for match in LINK.finditer(folded.text)]


def found(check, words=(), **more):
    return {"check": check, "words": list(words)} | more
