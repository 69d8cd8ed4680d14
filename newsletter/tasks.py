"""Nudges: the truth is in the tables, and what a lost task left the tick sweeps up."""

from datetime import timedelta

from django.tasks import task
from django_tasks_db.models import DBTaskResult

from newsletter import ledger, sending
from newsletter.models import Issue, Subscriber

FIRST = 50  # what a person waits for goes before every letter
LAST = -50
FORGET_AFTER = timedelta(days=14)


@task(priority=FIRST)
def answer_sign_up(subscriber_id):
    for subscriber in Subscriber.objects.owed_a_mail().filter(pk=subscriber_id):
        sending.answer(subscriber)


@task(priority=FIRST)
def answer_owed():
    """Answer what an earlier try could not; stop where there is still no server."""
    for subscriber in Subscriber.objects.owed_a_mail()[:100]:
        if not sending.answer(subscriber):
            break


@task(priority=LAST)
def send_issue(issue_id):
    """Send for a while, then queue up again behind everything else."""
    for issue in Issue.objects.sent().filter(pk=issue_id):
        if sending.work(issue):
            send_on(issue)


def send_on(issue):
    """Queue up for when the pace lets the next letter leave."""
    next_one = send_issue
    if moment := sending.pause(issue):
        if not send_issue.get_backend().supports_defer:
            return  # the tick comes back
        next_one = send_issue.using(run_after=moment)
    sending.nudged(issue)
    next_one.enqueue(issue.pk)


def send_due():
    """Nudge whatever should be under way and is not. Part of the tick."""
    if Subscriber.objects.owed_a_mail().exists() and not is_queued(answer_owed):
        answer_owed.enqueue()
    for issue in sending.waiting_issues():
        sending.nudged(issue)
        send_issue.enqueue(issue.pk)


def is_queued(its):
    """Whether the task waits already: without a worker each tick would add one."""
    return DBTaskResult.objects.ready().filter(task_path=its.module_path).exists()


def sweep():
    """Free what killed senders held; forget who never confirmed. Part of the tick."""
    ledger.sweep()
    Subscriber.objects.unconfirmed(older_than=FORGET_AFTER).delete()
