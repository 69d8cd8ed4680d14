"""What a guide lacks, to be published and to be good. Each rule stands here once.

The rules read plain data, of a row or of a pasted article, so that both are told the
same. A picture without words is in no guide: ``guide_picture_has_words`` sees to it;
here it is only asked whether the words are more than the name of a file.
"""

import re
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guide import ease, prose
from guide.models import Guide, OldSlug, Page, Step, Topic, Variation, Video

SHORTEST = 30  # characters of a summary that says something
MOST_SENTENCES = 2
LAST_KEY = 2**63 - 1  # a database has no greater one

_link = re.compile(r'<a href="([^"]*)"')
_ends_sentence = re.compile(r"[.!?…]+[”’\"')]*(?=\s|$)")
_file_name = re.compile(
    r"\s*|\S+\.(?:jpe?g|png|webp|avif)|(?:img|dscn?|pxl|image)[\W_]*\d+\S*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Point:
    """One thing that is missing, as one ends a sentence: "a topic"."""

    what: str
    at: str  # the anchor of what mends it
    is_blocking: bool = False
    exercise: int | None = None  # which of the data's exercises it is about
    form: str = ""  # the address of the form that mends it
    opens: int | None = None  # the key of the exercise whose form that is

    @property
    def url(self):
        """Return where to mend it."""
        return f"{self.form}{self.at}"

    @property
    def sentence(self):
        return capfirst(self.what)


def of(guide):
    """Return the points that a saved guide lacks, those that block publishing first.

    Seven queries, however long it is, one more for a part of a series, and up to four
    where it links to pages of ours.
    """
    rows = Rows(guide)
    points = [
        *lacking(rows.data),
        *_of_the_series(rows.guide),
        *_of_media(rows),
        *_of_links(rows),
    ]
    return [_placed(point, rows) for point in _blocking_first(points)]


def blocking(guide):
    """Return the points without which a guide is not published."""
    return [point for point in of(guide) if point.is_blocking]


def advice(guide):
    """Return the points that would make it better, and hold up nothing."""
    return [point for point in of(guide) if not point.is_blocking]


def in_words(points):
    """Return points as one line: a topic, an author."""
    return ", ".join(point.what for point in points)


def lacking(data):
    """Return what the data of a guide lack, in the shape of ``serialize.GUIDE``."""
    points = [*_of_everything(data)]
    if data["kind"] == Guide.Kind.EXERCISE:
        points += [*_of_exercises(data)]
    return _blocking_first(points)


def _blocking_first(points):
    return sorted(points, key=lambda point: not point.is_blocking)


# Rules on data


def _must(what, at, **where):
    return Point(what, at, is_blocking=True, **where)


def _of_everything(data):
    if not data["author"]:
        yield _must(_("an author"), "#id_author")
    if not data["reviewed_on"]:
        yield _must(_("the day you reviewed it"), "#id_reviewed_on")
    if not data["review_due_on"]:
        yield _must(_("the day its next review is due"), "#id_review_due_on")
    if not data["topic"]:
        yield Point(_("a topic"), "#id_topic")
    if not (data["video"] or data["picture"] or data["figure"]):
        yield Point(_("a video, a picture or a lead drawing"), "#id_figure")
    yield from _of_the_summary(data)
    yield from _of_the_words(data)


def _of_the_summary(data):
    summary = data["summary"].strip()
    if summary == data["title"].strip():
        yield Point(_("a summary that says more than the title"), "#id_summary")
    elif len(summary) < SHORTEST:
        yield Point(_("a summary of a whole sentence"), "#id_summary")
    elif len(_ends_sentence.findall(summary)) > MOST_SENTENCES:
        yield Point(_("a summary of two sentences at most"), "#id_summary")


def _of_the_words(data):
    """Judge English alone: the measure knows no other language."""
    if not (get_language() or settings.LANGUAGE_CODE).startswith("en"):
        return
    parts = [data["intro"], *(section["prose"] for section in data["sections"])]
    score = ease.score("\n".join(prose.lines(part) for part in parts))
    if score is not None and score < ease.PLAIN:
        yield Point(
            _(
                "shorter sentences and plainer words in its texts: their ease of "
                "reading is %(score)s (Flesch), and 60 to 100 suits most readers"
            )
            % {"score": score},
            "#id_intro",
        )


def _of_exercises(data):
    exercises = data["exercises"]
    if not data["suitability"].strip():
        yield _must(_("the suitability"), "#id_suitability")
    if not data["verdicts"]:
        yield _must(_("at least one verdict"), "#verdicts-group")
    if not exercises:
        yield _must(_("an exercise"), "#exercises")
    for n, one in enumerate(exercises):
        if not (one["setup"] or one["action"]):
            what = _("the steps of “%(name)s”") % {"name": one["name"]}
            yield _must(what, "#id_action", exercise=n)
    if not data["dosage"]:
        yield from _of_how_many(exercises)
    if not data["level"]:
        yield Point(_("a level"), "#id_level")
    if not data["minutes"]:
        yield Point(_("the minutes"), "#id_minutes")
    if not data["notices"]:
        yield Point(_("a safety notice"), "#guidenotice_set-group")
    if exercises and not any(map(_can_sit, exercises)):
        yield Point(_("a variation for those who must sit"), "#exercises")
    for n, one in enumerate(exercises):
        if not one["breathing"]:
            what = _("a breathing cue for “%(name)s”") % {"name": one["name"]}
            yield Point(what, "#id_breathing", exercise=n)


def _of_how_many(exercises):
    """Ask for the guide's own where no exercise has one, else of those without."""
    if not any(one["dosage"] for one in exercises):
        yield _must(_("how many, how often"), "#dosage-group")
        return
    for n, one in enumerate(exercises):
        if not one["dosage"]:
            what = _("how many, how often of “%(name)s”") % {"name": one["name"]}
            yield _must(what, "#dosage-group", exercise=n)


def _can_sit(exercise):
    return exercise["start_position"] in {"seated", "ball"} or any(
        way["kind"] == Variation.Kind.SEATED for way in exercise["variations"]
    )


# Rules on rows that guides share


def _of_the_series(guide):
    """Name another part at the same place: which of them comes first is then chance."""
    if guide.place is None:
        return
    parts = Guide.objects.to_choose().parts_of(guide.topic).filter(place=guide.place)
    if other := parts.exclude(pk__in=[guide.pk, guide.copy_of_id]).first():
        what = _("a place of its own in the series: “%(title)s” has %(place)s too")
        yield Point(what % {"title": other, "place": guide.place}, "#id_place")


def _of_media(rows):
    film = rows.guide.video
    if film and film.provider == Video.Provider.OWN and not film.is_silent:
        form = reverse("admin:guide_video_change", args=[film.pk])
        if not film.captions:
            what = _("captions of the video, or a tick at “nobody speaks in it”")
            yield _must(what, "#id_captions", form=form)
        if not film.transcript:
            what = _("a transcript of the video, or a tick at “nobody speaks in it”")
            yield _must(what, "#id_transcript", form=form)
    for picture in rows.pictures:
        if not (picture.is_decorative or says_something(picture.alt)):
            what = _("words for what the picture “%(name)s” shows")
            form = reverse("admin:guide_picture_change", args=[picture.pk])
            yield _must(what % {"name": picture}, "#id_alt", form=form)


def says_something(alt):
    """Say whether the words of a picture are more than the name of a file."""
    return not _file_name.fullmatch(alt)


def _of_links(rows):
    """Name the links to this site that a reader would find nothing behind."""
    for path, at in dead_links(rows.texts):
        what = _("another address for the link to %(path)s, which leads nowhere")
        yield Point(what % {"path": path}, at)


def dead_links(texts, there=()):
    """Return the path of each dead link to this site, with the place of its text.

    ``texts`` are pairs of HTML and its place; ``there`` says of more kinds of pages
    which of them exist, as ``_THERE`` does.
    """
    paths = {}
    for html, at in texts:
        for address in _link.findall(html):
            if path := _own_path(unescape(address)):
                paths.setdefault(path, at)
    dead = _dead(paths, _THERE | dict(there))
    return [(path, at) for path, at in paths.items() if path in dead]


def _own_path(address):
    """Return the path of an address on this site, or None."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in {"", "http", "https"} or not parts.path:
        return None
    own_host = urlsplit(settings.SITE_URL).netloc
    is_own = parts.netloc == own_host if parts.netloc else parts.path.startswith("/")
    return unquote(parts.path) if is_own else None


def _dead(paths, there):
    """Return those of the paths that no page stands at; nothing is fetched."""
    dead, asked = set(), {name: {} for name in there}
    for path in paths:
        match = _match(path)
        if match is None:
            dead.add(path)
        elif match.view_name in asked:
            (value,) = match.kwargs.values()
            asked[match.view_name].setdefault(value, set()).add(path)
    for name, wanted in asked.items():
        found = there[name](list(wanted)) if wanted else ()
        for value in wanted.keys() - set(found):
            dead |= wanted[value]
    return dead


def _match(path):
    """Return what stands at a path, or where Django leads on to with a slash."""
    for address in (path, f"{path}/"):
        try:
            return resolve(address)
        except Resolver404:
            continue
    return None


def _guides_at(slugs):
    published = Guide.objects.published()
    now = published.filter(slug__in=slugs).values_list("slug")
    once = OldSlug.objects.filter(slug__in=slugs, guide__in=published)
    return _values(now.order_by().union(once.values_list("slug")).order_by())


def _values(rows):
    return [value for (value,) in rows]


_THERE = {
    "guide:detail": _guides_at,
    "guide:handout": _guides_at,
    "guide:short": lambda keys: _values(
        Guide.objects.published()
        .filter(pk__in=[key for key in keys if key <= LAST_KEY])
        .values_list("pk")
    ),
    "guide:topic": lambda slugs: _values(
        Topic.objects.in_use().filter(slug__in=slugs).values_list("slug")
    ),
    "guide:page": lambda slugs: _values(
        Page.objects.filter(slug__in=slugs).values_list("slug")
    ),
}


# A guide's rows as the rules read them


class Rows:
    """A guide and what hangs on it, read once."""

    def __init__(self, guide):
        self.guide = Guide.with_copies.select_related(
            "author__photo",
            "dosage",
            "picture",
            "promotion__cover",
            "topic",
            "video__poster",
        ).get(pk=guide.pk)
        self.exercises = list(
            self.guide.exercises.select_related("dosage", "picture").prefetch_related(
                "variations"
            )
        )
        self.steps = list(
            Step.objects.filter(exercise__guide=guide).select_related("picture")
        )
        self.sections = list(self.guide.sections.all())

    @cached_property
    def data(self):
        """Return what the rules read of ``serialize.GUIDE``."""
        guide = self.guide
        return {
            "kind": guide.kind,
            "title": guide.title,
            "summary": guide.summary,
            "suitability": guide.suitability,
            "level": guide.level,
            "minutes": guide.minutes,
            "topic": guide.topic_id,
            "author": guide.author_id,
            "intro": guide.intro,
            "figure": guide.figure,
            "picture": guide.picture_id,
            "video": guide.video_id,
            "verdicts": guide.verdicts.exists(),
            "notices": guide.guidenotice_set.exists(),
            "dosage": _says_how_many(guide),
            "sections": [{"prose": section.prose} for section in self.sections],
            "exercises": [self._exercise(exercise) for exercise in self.exercises],
            "reviewed_on": guide.reviewed_on,
            "review_due_on": guide.review_due_on,
        }

    def _exercise(self, exercise):
        phases = {step.phase for step in self.steps if step.exercise_id == exercise.pk}
        return {
            "name": exercise.name,
            "start_position": exercise.start_position,
            "breathing": exercise.breathing,
            "setup": Step.Phase.SETUP in phases,
            "action": Step.Phase.ACTION in phases,
            "dosage": _says_how_many(exercise),
            "variations": [{"kind": way.kind} for way in exercise.variations.all()],
        }

    @property
    def texts(self):
        """Return each of its texts with the anchor of its box."""
        yield self.guide.intro, "#id_intro"
        for section in self.sections:
            yield section.prose, "#sections-group"

    @property
    def pictures(self):
        """Return the pictures on its page, each once."""
        guide = self.guide
        found = [
            guide.picture,
            guide.author and guide.author.photo,
            guide.promotion and guide.promotion.cover,
            guide.video and guide.video.poster,
            *(exercise.picture for exercise in self.exercises),
            *(step.picture for step in self.steps),
        ]
        return list(dict.fromkeys(filter(None, found)))


def _says_how_many(row):
    dosage = getattr(row, "dosage", None)
    return dosage is not None and dosage.says_something


def _placed(point, rows):
    """Return a point with the address of the form that mends it."""
    if point.form:
        return point
    if point.exercise is None:
        form = reverse("admin:guide_guide_change", args=[rows.guide.pk])
        return replace(point, form=form)
    exercise = rows.exercises[point.exercise]
    form = reverse("admin:guide_exercise_change", args=[exercise.pk])
    return replace(point, form=form, opens=exercise.pk)
