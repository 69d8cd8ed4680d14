"""Works off a list that was brought: counts it, or takes it in where it was left."""

import time

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from moving import arrivals, subscribers
from moving.models import OvertakenError, ReaderList
from newsletter.models import Subscriber

TOLD_EVERY = 1  # seconds


def work(its, *, between=None):
    """Count a list or take it in, and note how that ended; whoever is overtaken stops.

    Only one who works where it was left gets on, so two at once take nobody in twice.
    ``between`` is called every second, outside of any transaction.
    """
    try:
        try:
            report = _work(its, between)
        except FileNotFoundError:
            _stop(its, str(arrivals.GONE))
        except ValidationError as error:
            _stop(its, " ".join(error.messages))
        else:
            _end(its, report)
    except (OvertakenError, ReaderList.DoesNotExist):
        return


def _work(its, between):
    with default_storage.open(its.path) as file:
        return subscribers.take_in(
            file,
            its.how(),
            is_dry_run=its.is_counting,
            onlooker=Noting(its, between),
        )


class Noting(subscribers.Onlooker):
    """Notes how far a list is, now and then: reading it is one half of the work.

    Raises ``OvertakenError`` where another got further.
    """

    def __init__(self, its, between):
        self.its, self.between = its, between
        if its.done:
            self.done, self.report = its.done, subscribers.Report.of(its.report)
        self.share = self.half = 0
        self.told_at = time.monotonic()

    def tell(self, share, words):
        if share < self.share:
            self.half = 50
        self.share = share
        if time.monotonic() - self.told_at >= TOLD_EVERY:
            self.told_at = time.monotonic()
            self.its.move(percent=self.half + int(50 * share))
            if self.between:
                self.between()

    def keep(self, done, report):
        self.its.move(done=done, report=report.as_data())


def _stop(its, trouble):
    its.refresh_from_db(fields=["done"])  # the last batch may have come to nothing
    its.move(trouble=trouble)


def _end(its, report):
    if its.is_counting:
        its.move(step=ReaderList.Step.COUNTED, report=report.as_data())
        return
    with transaction.atomic():
        its.move(step=ReaderList.Step.TAKEN, report=report.as_data())
        if its.by:
            note(its.by, _("Took in a list of readers. %s") % report.in_short)
    default_storage.delete(its.path)


def note(user, words):
    """Write down in the admin's own record who moved a list; no addresses."""
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Subscriber),
        object_repr=str(Subscriber._meta.verbose_name_plural),
        action_flag=CHANGE,
        change_message=words,
    )
