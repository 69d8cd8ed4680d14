"""The red flags that the site comes with, as they are now."""

from importlib import import_module

improving = import_module("comments.migrations.0018_more_red_flags")
again = import_module("comments.migrations.0020_more_words_and_a_consents_version")
FIRST = import_module("comments.migrations.0004_red_flags").FLAGS
FLAGS = [
    (
        name,
        improving.improved(
            name, improving.improved(name, words.strip()), again.CHANGES
        ),
        text,
    )
    for name, words, text in FIRST
]
