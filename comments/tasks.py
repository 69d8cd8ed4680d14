import logging
from datetime import timedelta
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import mail
from comments.models import Comment, Settings

logger = logging.getLogger(__name__)

A_DAY = timedelta(days=1)
QUIET = timedelta(minutes=15)
MOST_AT_ONCE = 500
KEPT_FOR = timedelta(days=30)
BATCHES = 20  # a turn


def report_new():
    """Tell the author of the questions she has not heard of; the tick calls this.

    The first is told at once, what follows within a quarter of an hour together: a
    flood of questions does not become one of mails. A mail that cannot be sent leaves
    them owed. They are taken before it is sent: two ticks at once tell her once.
    """
    to = mail.desk()
    if not to or not Comment.objects.unreported().exists() or was_told_lately():
        return
    with transaction.atomic():
        waiting = Comment.objects.unreported().select_for_update(of=["self"])
        waiting = waiting.select_related("guide").order_by("created_at")
        new = list(waiting[:MOST_AT_ONCE])
        taken = Comment.objects.filter(pk__in=[comment.pk for comment in new])
        taken.mark_reported(timezone.now())
    if not new:
        return
    try:
        mail.new_comments(new, to=to).send()
    except OSError as error:
        # The words of the error may hold an address.
        logger.error("New questions not reported: %s", type(error).__name__)
        taken.mark_reported(None)
    except Exception:
        taken.mark_reported(None)
        raise


def forget_refused():
    """Erase what was rejected, or put among the spam, 30 days ago. Part of the tick.

    No page shows it, so none becomes old. What readers wrote below it is theirs: of
    what has answers the place is kept, without its words.
    """
    refused = Comment.objects.refused(before=timezone.now() - KEPT_FOR)
    has_answers = Exists(Comment.objects.filter(parent=OuterRef("pk")).order_by())
    for _batch in range(BATCHES):
        alone = refused.filter(~has_answers).order_by("status", "-created_at")
        pks = list(alone.values_list("pk", flat=True)[:MOST_AT_ONCE])
        if not pks:
            break
        refused.filter(pk__in=pks).forget()
    for comment in refused.filter(has_answers).order_by("pk")[:MOST_AT_ONCE]:
        comment.erase(words=_("[Erased.]"), door="tick")


def was_told_lately():
    """Return whether questions that still wait were reported a moment ago."""
    return (
        Comment.objects.pending()
        .filter(reported_at__gt=timezone.now() - QUIET)
        .exists()
    )


def forget_senders():
    """Forget after a day what came from one place, and throw the key to it away."""
    yesterday = timezone.now() - A_DAY
    old = Comment.objects.filter(sender__gt="", created_at__lt=yesterday)
    QuerySet.update(old, sender="")  # readers see no difference
    stale = Settings.objects.filter(day_key_at__lt=yesterday)
    QuerySet.update(stale, day_key=token_urlsafe(), day_key_at=timezone.now())
