"""The entries of guides' sections of questions, as a letter takes them over."""

import re
from typing import NamedTuple

from guide import prose
from guide.models import Guide, Section

_entry = re.compile(r"<h3>(.*?)</h3>(.*?)(?=<h3>|\Z)", re.DOTALL)


class Entry(NamedTuple):
    """A question in plain words and its answer in prose."""

    guide: Guide
    question: str
    answer: str

    @property
    def key(self):
        """Return what names it in a form."""
        return f"{self.guide.pk}:{self.question}"


def entries(guides):
    """Return the entries of these guides, in the order in which they stand there."""
    sections = Section.objects.filter(
        kind=Section.Kind.QUESTIONS, guide__in=guides
    ).select_related("guide")
    return [
        Entry(section.guide, prose.words(heading), prose.clean(answer))
        for section in sections.order_by("guide__title", "guide", "position", "pk")
        for heading, answer in _entry.findall(section.prose)
        if prose.words(heading) and prose.clean(answer)
    ]
