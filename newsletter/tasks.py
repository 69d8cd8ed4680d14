"""Nudges: the truth is in the tables, and what a lost task left the tick sweeps up."""

import logging
import smtplib
from datetime import timedelta
from functools import partial
from itertools import count

from django.tasks import task
from django_tasks_db.models import DBTaskResult

from config.tick import in_time
from newsletter import collecting, freezing, ledger, mail, sending
from newsletter.models import Bounce, Errand, Issue, Subscriber

logger = logging.getLogger(__name__)

FIRST = 50  # what a person waits for goes before every letter
LAST = -50
FORGET_AFTER = timedelta(days=14)
FORGOTTEN_AT_ONCE = 500  # readers in one commit: meanwhile nobody else writes


@task(priority=FIRST)
def answer_sign_up(subscriber_id):
    for subscriber in Subscriber.objects.owed_a_mail().filter(pk=subscriber_id):
        sending.answer(subscriber)


@task(priority=FIRST)
def send_link(subscriber_id):
    """Mail a reader the link to her own page; nobody has the id 0.

    The page that asked knows no more than this and so answers alike for everybody.
    """
    for subscriber in Subscriber.objects.filter(pk=subscriber_id):
        if errand := Errand.objects.ask_for_link(subscriber):
            sending.run(errand)


@task(priority=FIRST)
def run_errand(errand_id):
    for errand in Errand.objects.due().filter(pk=errand_id):
        sending.run(errand)


@task(priority=FIRST)
def answer_owed():
    """Send what an earlier try could not; stop where there is still no server."""
    for subscriber in Subscriber.objects.owed_a_mail()[:100]:
        if not sending.answer(subscriber):
            return
    for errand in Errand.objects.due().select_related("subscriber")[:100]:
        if not sending.run(errand):
            return


@task(priority=LAST)
def send_issue(issue_id):
    """Send for a while, then queue up again behind everything else."""
    for issue in Issue.objects.sent().filter(pk=issue_id):
        if sending.work(issue, when_it_goes=partial(ask_for_help, issue)):
            send_on(issue)


def ask_for_help(issue):
    """Leave a task behind for a worker that is free, where there is more than enough.

    Whoever takes it and finds that letters leave does the same: so all join in, and
    one always waits.
    """
    can_wait = send_issue.get_backend().supports_defer
    if can_wait and sending.is_much(issue) and not is_queued(send_issue, issue.pk):
        send_issue.enqueue(issue.pk)


def send_on(issue):
    """Queue up for when the pace lets the next letter leave."""
    if is_queued(send_issue, issue.pk):
        return  # whoever takes that one goes on
    next_one = send_issue
    if moment := sending.pause(issue):
        if not send_issue.get_backend().supports_defer:
            return  # the tick comes back
        next_one = send_issue.using(run_after=moment)
    sending.nudged(issue)
    next_one.enqueue(issue.pk)


def send_due():
    """Nudge what should be under way, begin what was scheduled. Part of the tick.

    What goes wrong with one that begins keeps none waiting that is under way.
    """
    if is_mail_owed() and not is_queued(answer_owed):
        answer_owed.enqueue()
    for issue in sending.waiting_issues():
        send(issue)
    for issue in freezing.begin_due():
        send(issue)
    for issue in Issue.objects.owed_a_mail():
        tell_author(issue)


def send(issue):
    """Have a worker begin with a letter, or go on with it."""
    sending.nudged(issue)
    send_issue.enqueue(issue.pk)


def tell_author(issue):
    """Mail her why a letter stopped by itself; where that fails she stays owed it.

    It is taken before it is sent: two ticks at once tell her once.
    """
    to, since = mail.authors(issue), issue.untold_since
    if not to or not issue.told(since=since):
        return
    try:
        mail.trouble(issue, to=to).send()
    except (smtplib.SMTPException, OSError) as error:
        # The words of the error may hold an address.
        logger.warning("The author is not told yet: %s", type(error).__name__)
        issue.owe_a_mail(since=since)


def is_mail_owed():
    return Subscriber.objects.owed_a_mail().exists() or Errand.objects.due().exists()


@task(priority=LAST)
def collect():
    """Read the mailbox for returned letters, then queue up for the rest of it."""
    if collecting.work():
        collect.enqueue()


def collect_when_due():
    """Have the mailbox read every few minutes. Part of the tick."""
    if collecting.is_due() and not is_queued(collect):
        collect.enqueue()


def is_queued(its, *args):
    """Whether the task waits already: without a worker each tick would add one."""
    given = {"args": list(args), "kwargs": {}}
    waiting = DBTaskResult.objects.ready().filter(task_path=its.module_path)
    return waiting.filter(args_kwargs=given).exists()


def sweep():
    """Free what killed senders held, let suppressions end, forget what is old.

    Part of the tick.
    """
    ledger.sweep()
    Subscriber.objects.lift_expired()
    Bounce.objects.forget_excerpts()
    Errand.objects.forget_addresses()
    forget_unconfirmed()


def forget_unconfirmed():
    """Forget who never pressed the button, as many as a turn has time for."""
    stale = Subscriber.objects.unconfirmed(older_than=FORGET_AFTER)
    for _batch in in_time(count()):
        if not stale.delete_oldest(FORGOTTEN_AT_ONCE):
            return
