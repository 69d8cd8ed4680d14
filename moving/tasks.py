from functools import partial

from django.tasks import task

from config.giving_way import give_way
from moving import lists
from moving.models import ReaderList
from newsletter.tasks import LAST, is_queued


@task(priority=LAST)
def work_off(list_id):
    for its in ReaderList.objects.under_way().filter(pk=list_id):
        lists.work(its, between=partial(give_way, above=LAST))


def go_on():
    """Go on with lists that a killed worker left, forget the old. Part of the tick."""
    for its in ReaderList.objects.still():
        if not is_queued(work_off, its.pk):
            work_off.enqueue(its.pk)
    ReaderList.objects.old().delete()
