import logging

from django.conf import settings
from django.db import transaction
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from guide import search
from guide.models import Guide, PageVersion, Picture, bump

logger = logging.getLogger(__name__)

LAST = -60  # a picture shows without it; letters go before
A_TURN = 10
AT_ONCE = 3  # guides whose search entries are written while somebody waits


@task(priority=LAST)
def write_webp(picture_id):
    for picture in Picture.objects.owed_webp().filter(pk=picture_id):
        picture.write_webp()


def write_owed_webp():
    """Queue a few pictures that have no WebP yet. Part of the tick.

    One whose file is broken or gone fails, is tried four times, and then rests until
    its failure is forgotten, a week later: the file may have been put back.
    """
    known = DBTaskResult.objects.filter(task_path=write_webp.module_path).exclude(
        status=TaskResultStatus.SUCCESSFUL
    )
    resting = {its["args"][0] for its in known.values_list("args_kwargs", flat=True)}
    owed = Picture.objects.owed_webp().exclude(pk__in=resting)
    for pk in owed.values_list("pk", flat=True)[:A_TURN]:
        write_webp.enqueue(pk)


def show_what_came_due():
    """Make stored pages old once a moment that changes them has passed.

    The moments are those of all apps: a scheduled guide, the dates of a promotion.
    """
    now = timezone.now()
    with transaction.atomic():
        PageVersion.objects.get_or_create(defaults={"number": 1})
        seen = PageVersion.objects.select_for_update().get().seen_at
        if seen is None or any(
            (moment := next_moment(seen)) and moment <= now
            for next_moment in map(import_string, settings.MOMENTS)
        ):
            bump()
        PageVersion.objects.update(seen_at=now)


def index_at_once():
    """Write the entries that are owed where they are few; else the tick does it."""
    owed = Guide.objects.filter(indexed_at=None)[: AT_ONCE + 1]
    if len(owed.values_list("pk")) <= AT_ONCE:
        index_owed()


def index_owed():
    """Write the search entries of the guides that changed; return how many there were.

    Each guide is stamped before it is read, so that a change made meanwhile makes it
    owed again. Part of the tick.
    """
    count = 0
    owed = Guide.objects.filter(indexed_at=None).order_by("pk")
    for pk in owed.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                guide = Guide.objects.filter(pk=pk, indexed_at=None)
                if guide.mark(indexed_at=timezone.now()):
                    search.index(Guide.objects.get(pk=pk))
                    count += 1
        except Exception as error:  # one that fails keeps no other from being found
            logger.error("Guide %s not indexed: %s", pk, type(error).__name__)
    return count
