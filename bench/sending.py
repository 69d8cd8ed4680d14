"""A letter to 10,000 against one smtplib connection that sends a finished message.

Beside them, in the same turns, django-newsletter sends it to as many of its own.
"""

import json
import os
import re
import resource
import smtplib
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from bench import djn

READERS = 10_000
ROUNDS = 3
SIZE = 19_000
LINES, DELAY = 8, 5  # ms


def measure(folder, port):
    from newsletter.models import Issue

    fill()
    peer = djn.install(folder, READERS)
    with sink() as server:
        os.environ["NEWSLETTER_MAIL_URL"] = f"smtp://127.0.0.1:{server}"
        bare, ours, theirs, most = 0, 0, 0, 0
        for _round in range(ROUNDS):
            issue = another_issue()
            size = len(a_copy(issue))
            bare = max(bare, READERS / elsewhere("send_bare", issue.pk)["seconds"])
            told = elsewhere("send_ours", issue.pk)
            ours, most = max(ours, READERS / told["seconds"]), max(most, told["rss"])
            issue = Issue.objects.get(pk=issue.pk)
            assert issue.finished_at, "the letter is not finished"
            assert issue.deliveries.filter(state="sent").count() == READERS
            if peer:
                they = djn.send(peer, folder, server, words_of(issue))
                theirs = max(theirs, READERS / they["seconds"])
    yield "size of a letter", f"{size / 1000:.1f} KB", "about 19 KB"
    yield "bare smtplib, one connection", f"{bare:,.0f} letters/s", ""
    yield "through the ledger", f"{ours:,.0f} letters/s", ""
    yield "of bare smtplib", f"{100 * ours / bare:.0f} %", "≥ 65 %"
    yield "memory of the sender", f"{most / 1024:.0f} MB", "≤ 80 MB"
    if peer:
        yield "django-newsletter", f"{theirs:,.0f} letters/s", ""
        yield "django-newsletter, size of a letter", f"{they['size'] / 1000:.1f} KB", ""
        yield "our rate against it", f"{ours / theirs:.1f} times", "≥ 10 times"
    else:
        yield "django-newsletter", "NOT TO BE HAD HERE", "≥ 10 times: NOT MEASURED"
    yield from several_lines()
    yield freezing()


def several_lines():
    """Measure with as many lines on both sides, to a server that takes its time."""
    from newsletter.models import Settings

    Settings.objects.update(connections=LINES)
    with sink(DELAY) as server:
        os.environ["NEWSLETTER_MAIL_URL"] = f"smtp://127.0.0.1:{server}"
        bare = ours = 0
        for _round in range(ROUNDS):
            issue = another_issue()
            bare = max(
                bare, READERS / elsewhere("send_bare", issue.pk, LINES)["seconds"]
            )
            ours = max(ours, READERS / elsewhere("send_ours", issue.pk)["seconds"])
    Settings.objects.update(connections=1)
    yield f"{DELAY} ms a reply, {LINES} lines, bare", f"{bare:,.0f} letters/s", ""
    yield "the same through the ledger", f"{ours:,.0f} letters/s", ""
    yield "of bare smtplib with as many lines", f"{100 * ours / bare:.0f} %", "≥ 95 %"


def fill():
    """Make readers, the only ones who get letters."""
    from django.utils import timezone

    from newsletter.models import Settings, Subscriber

    Settings.objects.update(rate=100_000_000, sender_address="letter@example.org")
    Subscriber.objects.all().update(unsubscribed_at=timezone.now())
    add_readers("reader", READERS)


def add_readers(name, count):
    from django.utils import timezone

    from newsletter.models import Subscriber

    emails = (f"{name}{number}@example.org" for number in range(count))
    Subscriber.objects.bulk_create(
        (
            Subscriber(email=email, email_key=email, confirmed_at=timezone.now())
            for email in emails
        ),
        batch_size=2000,
    )


def another_issue():
    """Freeze a letter of about 19 KB."""
    from guide.models import Guide
    from newsletter import freezing
    from newsletter.models import Block, Issue

    number = Issue.objects.count()
    issue = Issue.objects.create(subject="A month", slug=f"a-month-{number}")
    for position, guide in enumerate(Guide.objects.published()[:4], 2):
        Block.objects.create(issue=issue, kind="guide", guide=guide, position=position)
    missing = SIZE - len(a_copy(issue))
    paragraph = "<p>Sit, breathe out, and stand up as slowly as you can.</p>"
    block = Block.objects.create(issue=issue, prose=paragraph * 10, position=1)
    each = (len(a_copy(issue)) - SIZE + missing) / 10
    block.prose = paragraph * round(missing / each)
    block.save()
    freezing.freeze(issue, by=None)
    return issue


def a_copy(issue):
    from newsletter import compose

    return compose.Letter(issue).fill(somebody())


def words_of(issue):
    """Return what stands in the HTML of a letter."""
    from newsletter import compose

    _subject, _text, page = compose.render(issue, somebody())
    words = re.search(r"<body[^>]*>(.*)</body>", page, re.DOTALL)[1]
    # Its own frame is shorter than ours: a paragraph makes up for it.
    return f"{words}<p>{'Stand tall and breathe out. ' * 36}</p>"


def somebody():
    import uuid

    from django.utils import timezone

    from newsletter import compose

    return compose.Recipient(
        uuid.uuid4(), "reader1@example.org", "t" * 43, timezone.now()
    )


def freezing():
    from newsletter.models import Subscriber

    add_readers("more", 100_000 - READERS)
    count = Subscriber.objects.reachable().count()
    begin = time.perf_counter()
    another_issue()
    seconds = time.perf_counter() - begin
    return f"freezing {count:,}", f"{seconds:.1f} s", "≤ 5 s"


# In a process of its own


def elsewhere(what, issue, lines=1):
    command = [sys.executable, "-m", "bench.sending", what, str(issue), str(lines)]
    return json.loads(subprocess.run(command, check=True, stdout=-1).stdout)


def send_bare(issue, lines):
    content = a_copy(issue)
    begin = time.perf_counter()
    threads = [
        threading.Thread(target=send_numbers, args=[content, range(n, READERS, lines)])
        for n in range(lines)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def send_numbers(content, numbers):
    host, port = os.environ["NEWSLETTER_MAIL_URL"].removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port), local_hostname="localhost") as line:
        for number in numbers:
            to = f"reader{number}@example.org"
            line.sendmail("letter@example.org", [to], content)


def send_ours(issue, _lines):
    from newsletter import sending

    begin = time.perf_counter()
    while sending.work(issue):
        pass
    return time.perf_counter() - begin


class Talk(socketserver.BaseRequestHandler):
    """As little of a mail server as both can talk to."""

    delay = 0
    replies = {
        b"EHLO": b"250-sink\r\n250 PIPELINING\r\n",
        b"DATA": b"354 ok\r\n",
        b"QUIT": b"221 ok\r\n",
    }

    def reply(self, verb):
        return self.replies.get(verb, b"250 ok\r\n")

    def handle(self):
        self.request.sendall(b"220 sink\r\n")
        buffer, in_data = b"", False
        while part := self.request.recv(65536):
            buffer += part
            if in_data:
                if not buffer.endswith(b"\r\n.\r\n"):
                    continue
                buffer, in_data = b"", False
                time.sleep(self.delay)
                self.request.sendall(b"250 ok\r\n")
            elif buffer.endswith(b"\r\n"):
                verbs = [line[:4].upper() for line in buffer.splitlines()]
                time.sleep(self.delay * len(verbs))
                self.request.sendall(b"".join(map(self.reply, verbs)))
                buffer, in_data = b"", verbs[-1] == b"DATA"


@contextmanager
def sink(delay=0):
    """A process that takes every mail, after so many ms a reply; gives its port."""
    command = [sys.executable, "-m", "bench.sending", "serve", str(delay)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()


def serve(delay):
    Talk.delay = int(delay) / 1000
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        server.serve_forever()


def most_memory():
    """Return the most KiB this process held; getrusage() counts its parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(what, *values):
    if what == "serve":
        return serve(*values)
    import django

    django.setup()
    from newsletter.models import Issue

    issue = Issue.objects.get(pk=values[0])
    seconds = {"send_bare": send_bare, "send_ours": send_ours}[what](
        issue, int(values[1])
    )
    print(json.dumps({"seconds": seconds, "rss": most_memory()}))
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
