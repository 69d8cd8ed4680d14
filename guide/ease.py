"""How easily a text reads, by a published measure for English."""

import re

ENOUGH = 100  # words: fewer say nothing of a text
PLAIN = 60  # and above: Flesch's "standard", which most grown-ups read at ease

_sentence = re.compile(r"[.!?…:;]+(?=\s|$)|\n")
_word = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_vowels = re.compile(r"[aeiouy]+")
# "makes", "pulled", "scale": the last of these letters is not heard.
_silent = re.compile(r"(?:[^laeiouysxzcgh]es|[^tdaeiouy]ed|[^laeiouy]e|[aeiouy]le)\Z")


def score(text):
    """Return the Flesch reading ease of an English text, or None for a short one.

    Rudolf Flesch, "A new readability yardstick", Journal of Applied Psychology 32
    (1948): 206.835 - 1.015 words a sentence - 84.6 syllables a word. From 0 to 100 and
    a little beyond; the higher, the easier. Syllables are counted by the letters.
    """
    words = _word.findall(text)
    if len(words) < ENOUGH:
        return None
    sentences = sum(bool(_word.search(part)) for part in _sentence.split(text))
    syllables = sum(map(_syllables, words))
    return round(
        206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)
    )


def _syllables(word):
    word = word.lower()
    return max(1, len(_vowels.findall(word)) - bool(_silent.search(word)))
