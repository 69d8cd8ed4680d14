"""The entries of a guide, written anew when it was saved."""

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.text import capfirst

from guide import prose, reading
from guide.models import SearchEntry, SearchWord
from guide.search.folding import WORD, fold, one_line, words

MOST_WORDS = 300_000  # characters


def index(guide):
    """Write the entries of a guide anew, from all that stands on its page."""
    pieces = [
        entry for path in settings.SEARCHED for entry in import_string(path)(guide)
    ]
    whole = SearchEntry(
        kind=SearchEntry.Kind.GUIDE,
        title=guide.title,
        text=one_line(f"{guide.question} {guide.summary} {prose.words(guide.intro)}"),
    )
    everything = list(_about(guide))
    for entry in [whole, *pieces]:
        entry.guide = guide
        entry.title, entry.text = one_line(entry.title)[:200], one_line(entry.text)
        entry.title_words = words(entry.title)
        entry.text_words = words(entry.text)[:MOST_WORDS]
        everything += [entry.title, entry.text]
    # PostgreSQL holds a megabyte of one text's words at most.
    whole.text_words = words(" ".join(everything))[:MOST_WORDS]
    guide.entries.all().delete()
    SearchEntry.objects.bulk_create([whole, *pieces])
    if guide.is_published:
        own = [*_about(guide)]
        for entry in [whole, *pieces]:
            if entry.kind != SearchEntry.Kind.QUESTION:
                own += [entry.title, entry.text]
        _remember(" ".join(own))


def _about(guide):
    """Yield the words by which a guide is found though no piece of it says them."""
    if guide.topic:
        yield guide.topic.title
    for verdict in guide.verdicts.select_related("audience"):
        yield f"{verdict.audience} {verdict.note}"


def entries(guide):
    """Return the entries of a guide's own words: exercises, sections, transcript."""
    Kind = SearchEntry.Kind  # noqa: N806
    found = [
        SearchEntry(
            kind=Kind.SECTION,
            address=f"#part-{part.pk}",
            title=part.heading,
            text=prose.words(part.prose),
        )
        for part in guide.sections.all()
    ]
    exercises = guide.exercises.prefetch_related("steps", "equipment", "areas")
    for exercise in reading.numbered(exercises):
        parts = [exercise.lead, exercise.caution, exercise.breathing]
        for step in sorted(exercise.steps.all(), key=lambda s: s.phase == "action"):
            parts += [step.text, step.footnote]
        for thing in exercise.equipment.all():
            parts += [thing.name, thing.substitute]
        parts += [area.name for area in exercise.areas.all()]
        found.append(
            SearchEntry(
                kind=Kind.EXERCISE,
                address=f"#{exercise.anchor}",
                title=exercise.name,
                text=" ".join(map(_sentence, filter(None, [exercise.label, *parts]))),
            )
        )
    if guide.video and guide.video.transcript:
        found.append(
            SearchEntry(
                kind=Kind.TRANSCRIPT,
                address="#video",
                title=guide.video.title,
                text=prose.words(guide.video.transcript),
            )
        )
    return found


def _sentence(text):
    """Return a text that begins and ends as a sentence: "but stand" of a set-up too."""
    text = capfirst(text)
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def _remember(text):
    """Keep the author's words for “did you mean”; what readers wrote may be erased."""
    shown = {}
    for match in WORD.finditer(text):
        word = fold(match[0])
        if 4 <= len(word) <= 60 and not word.isdigit():
            shown.setdefault(word, match[0].lower()[:60])
    SearchWord.objects.bulk_create(
        [
            SearchWord(word=word, length=len(word), shown=as_written)
            for word, as_written in shown.items()
        ],
        ignore_conflicts=True,
    )
