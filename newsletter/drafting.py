"""What a letter begins with: the guides that are new, and a draft once a month."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from guide.models import Guide, site_zone
from newsletter.models import Block, Issue, Settings

# How far a first letter looks back.
MONTH = timedelta(days=31)


def draft_when_due():
    """Make the month's draft on its day; return it, or None. Part of the tick.

    A site that never had one begins on the day itself, not on the way to it.
    """
    settings = Settings.load()
    day, last = settings.draft_day, settings.drafted_at
    today = timezone.localtime(timezone=site_zone())
    month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if day is None or today.day < day or (last and last >= month):
        return None
    with transaction.atomic():
        row = Settings.objects.filter(drafted_at=last)
        is_first = row.mark(drafted_at=today)  # of two ticks in one moment
        is_wanted = last or today.day == day
        if is_first and is_wanted and not Issue.objects.drafts().exists():
            return draft(today)
    return None


def draft(today):
    """Make a draft of the guides that are new, or none where nothing is."""
    if not new_guides().exists():
        return None
    subject = _("The letter of %(month)s") % {"month": date_format(today, "F Y")}
    issue = Issue.objects.create(subject=subject, slug=free_slug(subject))
    add_new_guides(issue)
    return issue


def free_slug(subject, issue=None):
    """Return an address for a letter that no other has."""
    others = Issue.objects.exclude(pk=issue.pk if issue else None)
    slug = slugify(subject)[:100] or "letter"
    slug = first = "feed-letter" if slug == "feed" else slug
    number = 1
    while others.filter(slug=slug).exists():
        number += 1
        slug = f"{first}-{number}"
    return slug


def new_guides(issue=None):
    """Return the guides published since the last letter that are not in this one."""
    last = Issue.objects.sent().aggregate(last=Max("frozen_at"))["last"]
    since = last or timezone.now() - MONTH
    guides = Guide.objects.published().filter(published_at__gt=since)
    if issue and issue.pk:
        named = issue.blocks.filter(kind=Block.Kind.GUIDE).values("guide")
        guides = guides.exclude(pk__in=named)
    return guides.in_reading_order()


def add_new_guides(issue):
    """Add the guides that are new behind the letter's last one; return how many.

    Where it has none they stand behind its first text.
    """
    new = [
        Block(issue=issue, kind=Block.Kind.GUIDE, guide=guide)
        for guide in new_guides(issue)
    ]
    if new:
        with transaction.atomic():
            blocks = list(issue.blocks.all())
            places = [n for n, block in enumerate(blocks, 1) if block.guide_id]
            place = places[-1] if places else min(1, len(blocks))
            in_order([*blocks[:place], *new, *blocks[place:]])
    return len(new)


def in_order(blocks):
    """Save the blocks whose place in the letter is another than it was."""
    for position, block in enumerate(blocks, 1):
        if block.position != position or block.pk is None:
            block.position = position
            block.save()
