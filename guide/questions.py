"""The guide's own section of questions: each a heading, with its answer below."""

from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _

from guide import changes, prose, serialize
from guide.models import Guide, Section

KIND = Section.Kind.QUESTIONS


def add(guide, *, question, answer, by):
    """Write an entry: a question in plain text, its answer in prose.

    Readers of a published guide see it at once. Changes of it that wait get the entry
    too, and go on waiting; each state is a version of the history. Raises
    ``ValidationError`` where it does not fit.
    """
    entry = f"<h3>{escape(question)}</h3>{prose.clean(answer)}"
    with transaction.atomic():
        guide = Guide.objects.to_write().get(pk=guide.pk)
        if not changes.waits(guide):
            data = with_entry(changes.content(guide), entry)
            changes.saved(serialize.from_data(data, into=guide), by=by)
            return
        work = changes.working(guide)
        waiting = changes.content(work) if work is not guide else None
        if waiting:
            changes.discard(guide)
        _publish(with_entry(changes.content(guide), entry), guide, by=by)
        if waiting:
            changes.let_wait(guide, with_entry(waiting, entry), by=by)


def section_of(guide):
    """Return the section that holds the entries, None where there is none yet."""
    return guide.sections.filter(kind=KIND).first()


def with_entry(data, entry):
    """Return the data of a guide with an entry at the end of its questions."""
    sections = [*data["sections"]]
    places = [n for n, one in enumerate(sections) if one["kind"] == KIND]
    if places:
        section = sections[places[0]]
        sections[places[0]] = section | {"prose": section["prose"] + entry}
    else:
        sections.append(
            {
                "place": str(Section.Place.AFTER),
                "kind": str(KIND),
                "heading": _("Questions"),
                "prose": entry,
            }
        )
    return data | {"sections": sections}


def _publish(data, guide, *, by):
    changes.let_wait(guide, data, by=by)
    # Read anew: it knows its working copy as it was before.
    changes.publish(changes.newest(Guide.objects.get(pk=guide.pk)))
