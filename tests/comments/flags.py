"""The red flags that the site comes with, as they are now."""

from importlib import import_module

improving = import_module("comments.migrations.0018_more_red_flags")
FIRST = import_module("comments.migrations.0004_red_flags").FLAGS
FLAGS = [
    (name, improving.improved(name, words.strip()), text) for name, words, text in FIRST
]
