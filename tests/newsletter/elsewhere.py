"""What another process does to the ledger; ``run`` is all that begins there."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import django


def run(answer, environment, what, *values):
    """Do what is named, as in that environment, and send what it returns."""
    from django.conf import settings
    from django.db import connections

    from config import env

    os.environ.update(environment)
    django.setup()
    # What was read before differs from one test to the next.
    settings.MAILERS["newsletter"] = env.mailer("NEWSLETTER_MAIL_URL", "")
    settings.BOUNCE_MAILBOX = env.mailbox("BOUNCE_MAILBOX_URL")
    try:
        answer.send(globals()[what](*values))
    finally:
        connections.close_all()


def fill(count, rate=60_000, connections=1):
    """Freeze a letter to so many readers and leave two out; tell how many get it."""
    from django.utils import timezone

    from guide.models import SiteSettings
    from newsletter import freezing
    from newsletter.models import Settings, Subscriber
    from tests.factories import make_issue

    SiteSettings.load()
    Settings.load()
    SiteSettings.objects.update(postal_address="4 Mill Lane")
    Settings.objects.update(
        sender_address="letter@example.org", rate=rate, connections=connections
    )
    emails = [f"reader{number}@example.org" for number in range(count)]
    Subscriber.objects.bulk_create(
        Subscriber(email=email, email_key=email, confirmed_at=timezone.now())
        for email in emails
    )
    Subscriber.objects.bulk_create(
        Subscriber(email=f"outside{number}@example.org", email_key=f"outside{number}")
        for number in range(2)
    )
    return freezing.freeze(make_issue(), by=None)


def work(gate=""):
    """Send until nothing is due; where there is a gate, wait for it to be opened."""
    from newsletter import sending
    from newsletter.models import Issue

    issue = Issue.objects.get()
    if gate:
        Path(f"{gate}.{os.getpid()}").touch()
        while not Path(gate).exists():
            time.sleep(0.001)
    while sending.work(issue):
        pass
    return "done"


def insist():
    """Send until everybody has it, whoever holds it up meanwhile."""
    from newsletter import sending
    from newsletter.models import Issue

    while not (issue := Issue.objects.get()).finished_at:
        if not sending.work(issue):
            time.sleep(0.01)
    return "done"


def press():
    """Pause it and let it go on until it is through; tell how often."""
    from newsletter.models import Issue

    times = 0
    while not (issue := Issue.objects.get()).finished_at:
        times += issue.pause()
        issue.resume()
        time.sleep(0.02)
    return times


def enqueue():
    """Give the letter to a worker."""
    from newsletter import tasks
    from newsletter.models import Issue

    tasks.send_issue.enqueue(Issue.objects.get().pk)


def later():
    """Let an hour pass for what is held or waits; tell how it stood before."""
    from django.db.models import F
    from django.utils import timezone

    from newsletter import ledger
    from newsletter.models import Delivery, Issue

    stood = report()
    Delivery.objects.filter(claimed_until__isnull=False).update(
        claimed_until=F("claimed_until") - timedelta(minutes=5)
    )
    ledger.sweep()
    Delivery.objects.queued().update(not_before=timezone.now())
    Issue.objects.update(slowness=0)
    return stood


def returned(count):
    """Freeze a letter and let it be accepted; tell where each copy comes back."""
    from newsletter.models import Delivery
    from tests.newsletter.returned import path_of

    fill(count)
    Delivery.objects.addressed().update(state=Delivery.State.SENT)
    return [path_of(row) for row in Delivery.objects.addressed()]


def collect():
    """Read the mailbox for returned letters to its end."""
    from newsletter import collecting

    while collecting.work():
        pass
    return told()


def collect_and_die(after):
    """Be killed between writing down so many mails and marking the last of them."""
    from newsletter import collecting

    class Dying(collecting.Mailbox):
        left = after

        def mark_read(self, uid):
            Dying.left -= 1
            if not Dying.left:
                os.kill(os.getpid(), signal.SIGKILL)
            super().mark_read(uid)

    collecting.Mailbox = Dying
    collecting.work()
    return "alive"


def told():
    """Tell what is written down of letters that came back."""
    from newsletter.models import Bounce, Settings, Subscriber

    return {
        "trouble": Settings.load().mailbox_trouble,
        "rows": Bounce.objects.count(),
        "times": sum(Bounce.objects.values_list("times", flat=True)),
        "stopped": Subscriber.objects.exclude(suppressed_at=None).count(),
        **report(),
    }


def report():
    """Tell how many of the addressed stand in each state."""
    from django.db.models import Count

    from newsletter.models import Delivery

    rows = Delivery.objects.addressed().values_list("state").annotate(n=Count("pk"))
    return dict(rows.order_by("state"))
