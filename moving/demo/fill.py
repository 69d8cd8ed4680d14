"""The demonstration into the tables; again keeps what is there."""

from datetime import datetime, time, timedelta
from importlib import import_module
from itertools import count
from secrets import token_urlsafe
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from comments import checks
from comments.models import Comment, Decision
from comments.models import Settings as CommentsSettings
from guide import changes
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
    Page,
    Promotion,
    RelatedGuide,
    SafetyNotice,
    Section,
    SiteSettings,
    Topic,
    Variation,
    Verdict,
)
from moving.demo import guides, letters, media, questions, site
from newsletter import drafting
from newsletter.models import Block, Delivery, Issue, Subscriber, fold
from newsletter.models import Settings as LetterSettings
from newsletter.questions import entries

REVIEW_AFTER = 730  # days
ZONE = ZoneInfo(site.SETTINGS["zone"])


def everything():
    """Fill the tables; returns the passwords of the users made, by their names."""
    media.check(_files())
    with transaction.atomic():
        now = timezone.now()
        ana, passwords = _people()
        author = _author(ana)
        _settings(SiteSettings, site.SETTINGS | {"author": author})
        _settings(CommentsSettings, site.COMMENTS)
        _settings(LetterSettings, site.LETTER)
        _pages()
        made = [
            (guide, words)
            for words in guides.GUIDES
            if (guide := _guide(words, author, now))
        ]
        clock = count(5, 7)  # so that no two answers bear the same minute
        for guide, words in made:
            _link(guide, words, now)
            for asked in questions.QUESTIONS.get(guide.slug, []):
                written_at = now - timedelta(days=asked["days_ago"])
                _question(asked, written_at, now=now, clock=clock, ana=ana, guide=guide)
        for guide, words in made:
            _changes(guide, words, ana)
        _readers(now)
        for words in letters.LETTERS:
            _letter(words, ana, now)
    return passwords


def _files():
    """Return the names of all files that the words speak of."""
    names = {site.AUTHOR["photo"]["name"]}
    names |= {words["cover"]["name"] for words in site.PROMOTIONS.values()}
    for words in guides.GUIDES:
        if "picture" in words:
            names.add(words["picture"]["name"])
        if film := words.get("video"):
            names |= {film["name"], film["captions"], film["poster"]["name"]}
        for exercise in words.get("exercises", []):
            pictures = [*exercise.get("step_pictures", {}).values()]
            pictures += [exercise["picture"]] if "picture" in exercise else []
            names |= {picture["name"] for picture in pictures}
    return names


def _moment(now, days_ago, at=time(18, 30)):
    """Return the site's evening of so many days ago."""
    day = (now - timedelta(days=days_ago)).astimezone(ZONE).date()
    return datetime.combine(day, at, ZONE)


# People


def _people():
    """Return Ana, and the passwords of those who were not there."""
    User = get_user_model()  # noqa: N806
    passwords = {}
    if not User.objects.filter(username="ana").exists():
        passwords["ana"] = token_urlsafe(12)
        User.objects.create_superuser(
            "ana",
            "ana@example.org",
            passwords["ana"],
            first_name="Ana",
            last_name="Reyes",
        )
    if not User.objects.filter(username="sam").exists():
        passwords["sam"] = token_urlsafe(12)
        sam = User.objects.create_user(
            "sam",
            "sam@example.org",
            passwords["sam"],
            first_name="Sam",
            is_staff=True,
        )
        assistants, is_new = Group.objects.get_or_create(name="Assistants")
        if is_new:
            assistants.permissions.set(
                Permission.objects.filter(
                    content_type__app_label="comments",
                    codename__in=["view_comment", "change_comment"],
                )
            )
        sam.groups.add(assistants)
    return User.objects.get(username="ana"), passwords


def _author(ana):
    if hasattr(ana, "author"):
        return ana.author
    photo = media.picture(**site.AUTHOR["photo"])
    return Author.objects.create(user=ana, **site.AUTHOR | {"photo": photo})


# What all pages share


def _settings(model, values):
    """Write what still has its default; what somebody chose stays."""
    row = model.load()
    untouched = {
        name: value
        for name, value in values.items()
        if getattr(row, name) == model._meta.get_field(name).get_default()
    }
    if untouched:
        for name, value in untouched.items():
            setattr(row, name, value)
        row.save()


def _pages():
    """Write the plain pages; one that somebody has changed stays."""
    rows = import_module("guide.migrations.0002_site_rows")
    first = [rows.PRIVACY.strip(), rows.CONTACT.strip()]
    for slug, title, prose in site.PAGES:
        page = Page.objects.filter(slug=slug).first() or Page(slug=slug)
        if page.pk is None or page.prose in first:
            page.title, page.prose = title, prose
            page.save()


def _topic(key):
    position, (title, _, intro) = next(
        (n, topic) for n, topic in enumerate(site.TOPICS) if topic[1] == key
    )
    return Topic.objects.get_or_create(
        slug=key,
        defaults={
            "title": title,
            "intro": intro,
            "position": position,
            "is_series": key in site.SERIES,
        },
    )[0]


def _audience(key):
    keys = [slug for slug, _ in site.AUDIENCES]
    return Audience.objects.get_or_create(
        slug=key,
        defaults={"name": dict(site.AUDIENCES)[key], "position": keys.index(key)},
    )[0]


def _area(key):
    return BodyArea.objects.get_or_create(
        place=key, defaults={"slug": key, "name": dict(site.AREAS)[key]}
    )[0]


def _equipment(key):
    name, substitute, is_household = next(
        rest for slug, *rest in site.EQUIPMENT if slug == key
    )
    return Equipment.objects.get_or_create(
        slug=key,
        defaults={"name": name, "substitute": substitute, "is_household": is_household},
    )[0]


def _notice(key):
    values = dict(site.NOTICES[key])
    return SafetyNotice.objects.get_or_create(
        title=values.pop("title"), defaults=values
    )[0]


def _promotion(key):
    values = dict(site.PROMOTIONS[key])
    promotion = Promotion.objects.filter(title=values["title"]).first()
    return promotion or Promotion.objects.create(
        **values | {"cover": media.picture(**values["cover"])}
    )


# Guides


def _guide(words, author, now):
    """Return the guide, made, or None where there is one at its address."""
    slug = words["slug"]
    is_there = Guide.objects.filter(slug=slug) or OldSlug.objects.filter(slug=slug)
    if is_there.exists():
        return None
    reviewed = words.get("reviewed_days_ago")
    today = now.astimezone(ZONE).date()
    guide = Guide.objects.create(
        **{
            name: words[name]
            for name in (
                *("kind", "title", "slug", "question", "summary", "intro"),
                *(
                    "suitability",
                    "level",
                    "minutes",
                    "figure",
                    "place",
                    "comments_open",
                ),
            )
            if name in words
        },
        author=author,
        topic=_topic(words["topic"]),
        picture=media.picture(**words["picture"]) if "picture" in words else None,
        video=media.video(**words["video"]) if "video" in words else None,
        promotion=_promotion(words["promotion"]) if "promotion" in words else None,
        reviewed_on=today - timedelta(days=reviewed),
        review_due_on=today
        + timedelta(days=words.get("review_due_in_days", REVIEW_AFTER - reviewed)),
        published_at=_moment(now, words["days_ago"]) if "days_ago" in words else None,
    )
    for audience, choice, note in words.get("verdicts", []):
        Verdict.objects.create(
            guide=guide, audience=_audience(audience), choice=choice, note=note
        )
    for position, section in enumerate(words["sections"]):
        Section.objects.create(guide=guide, position=position, **section)
    for key in words.get("notices", []):
        GuideNotice.objects.create(guide=guide, notice=_notice(key))
    _dosage(words, guide=guide)
    for position, exercise in enumerate(words.get("exercises", []), 1):
        _exercise(guide, position, exercise)
    return guide


def _exercise(guide, position, words):
    figures = words.get("figures", ("", ""))
    clip = words.get("clip", (None, None))
    exercise = Exercise.objects.create(
        guide=guide,
        position=position,
        **{
            name: words[name]
            for name in (
                *("name", "label", "lead", "start_position", "breathing", "caution"),
            )
            if name in words
        },
        figure_start=figures[0],
        figure_finish=figures[1],
        clip_start=clip[0],
        clip_end=clip[1],
        picture=media.picture(**words["picture"]) if "picture" in words else None,
        setup_from=guide.exercises.get(name=words["setup_from"])
        if "setup_from" in words
        else None,
    )
    exercise.equipment.set([_equipment(key) for key in words.get("equipment", [])])
    exercise.areas.set([_area(key) for key in words.get("areas", [])])
    for phase in ("setup", "action"):
        lines = words.get(phase, "").splitlines()
        pairs = [line.partition("||") for line in lines]
        exercise.write_steps(
            phase=phase, lines=[(text, note) for text, _, note in pairs]
        )
    for (phase, number), picture in words.get("step_pictures", {}).items():
        step = exercise.steps.get(phase=phase, position=number)
        step.picture = media.picture(**picture)
        step.save()
    for (phase, number), at in words.get("step_times", {}).items():
        exercise.steps.filter(phase=phase, position=number).update(at=at)
    _dosage(words, exercise=exercise)


def _dosage(words, **owner):
    if "dosage" not in words:
        return
    values = {}
    for name, value in words["dosage"].items():
        if isinstance(value, tuple):
            values[f"{name}_min"], values[f"{name}_max"] = value
        else:
            values[name] = value
    Dosage.objects.create(**owner, **values)


def _link(guide, words, now):
    """Write what points at other guides, now that those are there."""
    if "retired" in words:
        days_ago, slug, note = words["retired"]
        guide.retired_at = _moment(now, days_ago)
        guide.retire(instead=Guide.objects.filter(slug=slug).first(), note=note)
    for position, slug in enumerate(words.get("related", [])):
        if to := Guide.objects.filter(slug=slug).first():
            RelatedGuide.objects.create(guide=guide, to=to, position=position)
    for exercise in words.get("exercises", []):
        for kind, slug, name in exercise.get("variations", []):
            if to := Exercise.objects.filter(guide__slug=slug, name=name).first():
                Variation.objects.create(
                    exercise=guide.exercises.get(name=exercise["name"]),
                    kind=kind,
                    to=to,
                )


def _changes(guide, words, ana):
    """Remember a draft as saved; let wait what is to change of a published guide."""
    if "waiting" in words:
        data = changes.content(guide) | words["waiting"]
        changes.let_wait(guide, data, by=ana)
    elif guide.published_at is None:
        changes.saved(guide, by=ana)


# Questions and answers


def _question(words, written_at, *, parent=None, **of):
    """Write a comment as of its moment, what was decided of it, and what follows."""
    now, ana = of["now"], of["ana"]
    comment = Comment(
        guide=of["guide"],
        parent=parent,
        name=words["name"],
        email=words.get("email", ""),
        body=words["body"],
        created_at=written_at,
        # The newest are still to be reported: a mail of that kind arrives soon.
        reported_at=written_at if now - written_at > timedelta(days=1) else None,
    )
    came = {name: words[name] for name in ("trap", "seconds") if name in words}
    checks.judge(comment, checks.Sent(**came))
    comment.save()
    status = words.get("status", "approved")
    read_at = written_at + timedelta(hours=3)
    answer = None
    if "answer" in words:
        read_at = _tuesday(written_at, minutes=next(of["clock"]))
        answer = comment.answer(author=ana, body=words["answer"], door="admin")
    elif status != "pending":
        comment.move(to=status, by=ana, door="admin", reason=words.get("reason", ""))
    _backdate(comment, read_at)
    if answer:
        _backdate(answer, read_at, created_at=read_at)
    for reply in words.get("replies", []):
        _question(
            reply,
            (read_at if answer else written_at) + timedelta(days=reply["after"]),
            parent=answer or comment,
            **of,
        )


def _backdate(comment, moment, **values):
    if comment.decided_at:
        values["decided_at"] = moment
    if comment.approved_at:
        values["approved_at"] = moment
    if values:
        Comment.objects.filter(pk=comment.pk).update(**values)
    # A decision is final; that of a demonstration was never made.
    QuerySet.update(Decision.objects.filter(comment=comment), at=moment)


def _tuesday(moment, *, minutes):
    """Return the evening of the Tuesday that follows."""
    moment = moment.astimezone(ZONE)
    day = moment.date() + timedelta(days=(1 - moment.weekday()) % 7 or 7)
    evening = datetime.combine(day, time(19), ZONE)
    return evening + timedelta(minutes=minutes % 120)


# The letter


def _readers(now):
    for words in letters.READERS:
        asked_at = now - timedelta(days=words["asked"])
        Subscriber.objects.get_or_create(
            email_key=fold(words["email"]),
            defaults={
                "email": words["email"],
                "created_at": asked_at,
                "asked_at": asked_at,
                "mailed_at": asked_at + timedelta(minutes=1),
                "confirmed_at": asked_at + timedelta(minutes=9)
                if words.get("is_confirmed", True)
                else None,
                "consent_version": "1",
                "consent_page": "/",
                "suppressed_for": words.get("suppressed_for", ""),
                **{
                    column: now - timedelta(days=words[name])
                    for name, column in (
                        ("left", "unsubscribed_at"),
                        ("paused_until", "paused_until"),
                        ("suppressed", "suppressed_at"),
                    )
                    if name in words
                },
            },
        )


def _letter(words, ana, now):
    issue, is_new = Issue.objects.get_or_create(
        slug=words["slug"],
        defaults={name: words[name] for name in ("subject", "preheader")},
    )
    if not is_new:
        return
    blocks = list(_blocks(words))
    for block in blocks:
        block.issue = issue
    drafting.in_order(blocks)
    if "sent" in words:
        _send(issue, words, ana, now)


def _blocks(words):
    kinds = Block.Kind
    yield Block(prose=words["intro"])
    named = Guide.objects.filter(slug__in=words["guides"])
    guides = {guide.slug: guide for guide in named}
    for slug in words["guides"]:
        if slug in guides:
            yield Block(kind=kinds.GUIDE, guide=guides[slug])
    for guide, question, answer in entries(Guide.objects.published()):
        if question == words.get("question"):
            about = {"guide": guide, "question": question, "prose": answer}
            yield Block(kind=kinds.QUESTION, **about)
    for promotion in Promotion.objects.filter(title=words.get("promotion", ""))[:1]:
        yield Block(kind=kinds.PROMOTION, promotion=promotion)
    if words["closing"]:
        yield Block(prose=words["closing"])


def _send(issue, words, ana, now):
    """Write the ledger of a letter as it stood when all was sent."""
    issue.frozen_at = _moment(now, words["sent"], time(9))
    at_once = issue.frozen_at + timedelta(minutes=2)
    issue.finished_at = issue.frozen_at + timedelta(days=2)
    issue.sent_by = ana
    issue.save()
    for reader in letters.READERS:
        stopped = [reader.get(name, 0) for name in ("left", "paused", "suppressed")]
        if not reader["asked"] > words["sent"] >= max(stopped):
            continue
        state, reason, attempts = words["fates"].get(reader["email"], ("sent", "", 0))
        Delivery.objects.create(
            issue=issue,
            subscriber=Subscriber.objects.get(email_key=fold(reader["email"])),
            state=state,
            reason=reason,
            attempts=attempts,
        )
    issue.deliveries.update(changed_at=at_once)
    issue.deliveries.filter(attempts__gt=0).update(changed_at=issue.finished_at)
