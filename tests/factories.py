"""Makers of rows for tests: each takes what matters and fills in the rest."""

import itertools

from django.contrib.auth import get_user_model
from django.utils import timezone

from comments.models import Comment, Status
from guide.models import Author, Exercise, Guide
from newsletter.models import Issue, IssueGuide, Subscriber

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


def make_issue(*, guides=(), **values):
    n = next(_numbers)
    issue = Issue(
        **{"subject": f"Letter {n}", "slug": f"letter-{n}", "intro": "<p>Hello.</p>"}
        | values
    )
    issue.save()
    for position, guide in enumerate(guides):
        IssueGuide.objects.create(issue=issue, guide=guide, position=position)
    return issue
