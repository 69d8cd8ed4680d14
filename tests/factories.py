"""Makers of rows for tests: each takes what matters and fills in the rest."""

import io
import itertools
from datetime import UTC, date, datetime

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from comments.models import Comment, Status
from guide.models import (
    Audience,
    Author,
    BodyArea,
    Dosage,
    Equipment,
    Exercise,
    Guide,
    GuideNotice,
    OldSlug,
    Picture,
    Promotion,
    RelatedGuide,
    SafetyNotice,
    Section,
    Step,
    Topic,
    Variation,
    Verdict,
    Video,
)
from moving.demo import media
from newsletter.models import Block, Issue, Subscriber

_numbers = itertools.count(1)


def make_staff(*, is_superuser=True, permissions=(), **values):
    """Return a user of the admin; with an ``Author`` where ``name`` is given."""
    n = next(_numbers)
    name, title = values.pop("name", ""), values.pop("title", "Physiotherapist")
    values = {"username": f"staff{n}", "email": f"staff{n}@example.org"} | values
    user = get_user_model().objects.create_user(
        password="correct horse", is_staff=True, is_superuser=is_superuser, **values
    )
    user.user_permissions.set(permissions)
    if name:
        Author.objects.create(user=user, name=name, title=title)
    return user


def make_guide(*, exercises=0, **values):
    """Return a published guide with so many exercises of three steps each."""
    n = next(_numbers)
    guide = Guide(
        **{
            "title": f"Guide {n}",
            "slug": f"guide-{n}",
            "summary": "A summary.",
            "published_at": timezone.now(),
        }
        | values
    )
    guide.save()
    for position in range(1, exercises + 1):
        exercise = Exercise.objects.create(
            guide=guide, position=position, name=f"Exercise {n}.{position}"
        )
        exercise.write_steps(phase="setup", lines=[("Sit down.", "")])
        exercise.write_steps(
            phase="action", lines=[("Pull.", "Slowly."), ("Let go.", "")]
        )
    return guide


def make_ready_guide(**values):
    """Return a draft with two exercises that lacks nothing to be published."""
    n = next(_numbers)
    guide = make_guide(
        exercises=2,
        **{
            "published_at": None,
            "suitability": "General",
            "author": Author.objects.create(name=f"Ana {n}", title="Physiotherapist"),
            "reviewed_on": date(2026, 1, 1),
            "review_due_on": date(2028, 1, 1),
        }
        | values,
    )
    audience = Audience.objects.create(name=f"group {n}", slug=f"group-{n}")
    Verdict.objects.create(guide=guide, audience=audience, choice="yes")
    Dosage.objects.create(guide=guide, repetitions_min=8)
    return guide


def make_asked(question="In or out?", answer="<p>Out.</p>", **values):
    """Return a guide with an entry in its section of questions."""
    guide = make_guide(**values)
    Section.objects.create(
        guide=guide,
        kind=Section.Kind.QUESTIONS,
        heading="Questions",
        prose=f"<h3>{question}</h3>{answer}",
    )
    return guide


def make_promotion(**values):
    n = next(_numbers)
    values = {"title": f"Book {n}", "link": "https://example.org/book"} | values
    return Promotion.objects.create(**values)


def make_picture(**values):
    """Return a stored picture; no two are alike."""
    n = next(_numbers)
    buffer = io.BytesIO()
    Image.new("RGB", (500, 300), (n % 256, n // 256 % 256, 90)).save(buffer, "JPEG")
    file = ContentFile(buffer.getvalue(), name="room.jpg")
    picture = Picture(**{"file": file, "alt": f"Room {n}."} | values)
    picture.save()
    return picture


def make_full_guide(**values):
    """Return a guide with everything set that a guide can have."""
    n = next(_numbers)
    other = make_guide(exercises=1)
    film = (media.FOLDER / "low-row.mp4").read_bytes()
    words = (media.FOLDER / "low-row.vtt").read_bytes()
    guide = make_guide(
        **{
            "kind": Guide.Kind.EXERCISE,
            "question": "Tired?",
            "intro": "<p>Hello.</p>",
            "suitability": "General",
            "level": Guide.Level.GENTLE,
            "minutes": 4,
            "topic": Topic.objects.create(
                title="Back",
                slug=f"back-{n}",
                intro="<p>So.</p>",
                position=3,
                is_series=True,
            ),
            "place": 2,
            "author": Author.objects.create(
                name=f"Ana {n}",
                title="Physiotherapist",
                credentials="22 years",
                registration="PT 1",
                photo=make_picture(),
                bio="<p>Me.</p>",
            ),
            "video": Video.objects.create(
                title="Rows",
                file=ContentFile(film, name="rows.mp4"),
                captions=ContentFile(words, name="rows.vtt"),
                duration=16,
                poster=make_picture(),
                is_silent=True,
                transcript="<p>Pull.</p>",
            ),
            "picture": make_picture(),
            "figure": "low-row-start",
            "promotion": Promotion.objects.create(
                kind=Promotion.Kind.EBOOK,
                title="Book",
                cover=make_picture(is_decorative=True, alt=""),
                bullets="one\ntwo",
                link="/books/",
                link_text="Look",
                starts_at=datetime(2026, 1, 1, tzinfo=UTC),
                ends_at=datetime(2026, 2, 1, tzinfo=UTC),
            ),
            "reviewed_on": date(2026, 1, 1),
            "review_due_on": date(2028, 1, 1),
            "published_at": datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC),
            "comments_open": False,
        }
        | values
    )
    for position, choice in enumerate(Verdict.Choice.values):
        audience = Audience.objects.create(
            name=f"group {choice}", slug=f"{choice}-{n}", position=9 - position
        )
        Verdict.objects.create(
            guide=guide, audience=audience, choice=choice, note=f"note {choice}"
        )
    for level in ("stop", "note"):
        notice = SafetyNotice.objects.create(
            level=level, prose=f"<p>{level} {n}</p>", emergency="Call now."
        )
        GuideNotice.objects.create(guide=guide, notice=notice)
    for position, place in enumerate(Section.Place.values):
        Section.objects.create(
            guide=guide,
            place=place,
            kind=Section.Kind.TIPS,
            heading=f"Heading {place}",
            prose="<ul><li>Tug <strong>twice</strong>.</li></ul>",
            position=position,
        )
    areas = [
        BodyArea.objects.create(name=name, slug=f"{name}-{n}", place=place)
        for name, place in [("Wrist", None), ("Ankle", None)]
    ]
    things = [
        Equipment.objects.create(
            name=name, slug=f"{name}-{n}", substitute="a scarf", is_household=True
        )
        for name in ("wall", "band")
    ]
    one, two = (
        Exercise.objects.create(
            guide=guide,
            position=position,
            name="Row",
            label=f"Upper Back {position}",
            lead="Elbows back.",
            start_position=Exercise.Position.STANDING,
            breathing="Out as you pull",
            caution="Light.",
            figure_start="low-row-start",
            figure_finish="low-row-finish",
            picture=make_picture(),
            clip_start=8 * position - 8,
            clip_end=8 * position,
        )
        for position in (1, 2)
    )
    two.setup_from = one
    two.save()
    for exercise in (one, two):
        for thing, area in zip(things, areas, strict=True):
            exercise.equipment.add(thing)
            exercise.areas.add(area)
        for phase in Step.Phase.values:
            for position in (1, 2):
                Step.objects.create(
                    exercise=exercise,
                    phase=phase,
                    position=position,
                    text=f"{phase} {position}",
                    footnote="Slowly.",
                    picture=make_picture(),
                    at=exercise.clip_start + 3 * position,
                )
    for owner in ({"guide": guide}, {"exercise": one}):
        Dosage.objects.create(
            **owner,
            **{
                f"{what}_{end}": number + (end == "max")
                for number, what in [
                    *((8, "repetitions"), (2, "sets"), (5, "hold"), (60, "rest")),
                    *((1, "times_a_day"), (2, "days_a_week")),
                ]
                for end in ("min", "max")
            },
            tempo="slowly",
            alternate_days=True,
            each_side=True,
            effort=5,
            note="New to this?",
        )
    Variation.objects.create(
        exercise=two, kind=Variation.Kind.PROGRESSION, to=other.exercises.get()
    )
    Variation.objects.create(exercise=two, kind=Variation.Kind.SIMILAR, to=one)
    for position, to in enumerate([make_guide(), other]):
        RelatedGuide.objects.create(guide=guide, to=to, position=position)
    OldSlug.objects.create(guide=guide, slug=f"old-{n}")
    return guide


def make_comment(guide=None, *, status=Status.APPROVED, **values):
    n = next(_numbers)
    guide = guide or (values["parent"].guide if "parent" in values else make_guide())
    comment = Comment(
        **{
            "guide": guide,
            "name": f"Reader {n}",
            "body": f"Question {n}?",
            "status": status,
        }
        | values
    )
    comment.save()
    return comment


def make_subscriber(*, is_confirmed=True, **values):
    n = next(_numbers)
    subscriber = Subscriber(
        **{
            "email": f"reader{n}@example.org",
            "confirmed_at": timezone.now() if is_confirmed else None,
        }
        | values
    )
    subscriber.save()
    return subscriber


def make_issue(*, intro="<p>Hello.</p>", guides=(), closing="", **values):
    n = next(_numbers)
    issue = Issue(**{"subject": f"Letter {n}", "slug": f"letter-{n}"} | values)
    issue.save()
    if intro:
        make_block(issue, prose=intro)
    for guide in guides:
        make_block(issue, kind="guide", guide=guide)
    if closing:
        make_block(issue, prose=closing)
    return issue


def make_block(issue, **values):
    """Add a part to the end of a letter."""
    position = issue.blocks.count() + 1
    return Block.objects.create(issue=issue, position=position, **values)
