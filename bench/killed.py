"""A thousand comments, while the web server is killed three times without a word.

Whoever got no answer presses *Send* again, as people do. What was acknowledged must be
there afterwards, and once.
"""

import os
import signal
import subprocess
import sys
import time
from http.client import HTTPException

from django.db.models import Count

from bench import server
from bench.posting import Reader, asking, together
from comments.models import Comment

POSTS, CLIENTS, KILLS = 1000, 8, 3
PATIENCE = 60  # seconds that a server may take to stand up again


def measure(folder, port):
    url = asking()
    senders = [Sender(port, n, url, url) for n in range(CLIENTS)]
    with server.running(port) as process:
        together([sender.open_one for sender in senders])
        killer = Killer(process.pid, senders)
        together([killer.work, *(sender.send_all for sender in senders)])
    acknowledged = [secret for sender in senders for secret in sender.acknowledged]
    stored = set(Comment.objects.values_list("secret", flat=True))
    lost = [secret for secret in acknowledged if secret not in stored]
    bodies = Comment.objects.filter(body__startswith="Post ").values("body")
    twice = bodies.annotate(n=Count("pk")).filter(n__gt=1).count()
    yield "times the web server was killed", str(killer.kills), str(KILLS)
    yield "posts without an answer, sent again", str(sum(s.again for s in senders)), ""
    yield "acknowledged", str(len(acknowledged)), str(POSTS)
    yield "acknowledged and lost", str(len(lost)), "0"
    yield "stored twice", str(twice), "0"
    if lost or twice or len(acknowledged) < POSTS or killer.kills < KILLS:
        sys.exit("Not what the design promises.")


class Sender(Reader):
    again = 0

    def open_one(self):
        self.form = self.fill("TEXT")  # one form does: another text, another comment
        self.acknowledged = []

    def send_all(self):
        for n in range(POSTS // CLIENTS):
            self.send_one(self.form.replace("TEXT", f"Post+{n}+of+{self.number}"))

    def send_one(self, form):
        until = time.monotonic() + PATIENCE
        had_no_answer = False
        while time.monotonic() < until:
            try:
                response, _page = self.ask("POST", self.to, form)
            except (OSError, HTTPException):
                had_no_answer = True
                self.connection.close()
                time.sleep(0.1)
                continue
            self.again += had_no_answer
            if response.status == 303:
                place = response.getheader("Location")
                self.acknowledged.append(place.strip("/").rpartition("/")[2])
            return


class Killer:
    """Kills the server with all its processes whenever a quarter of the posts is in."""

    kills = 0

    def __init__(self, supervisor, senders):
        self.supervisor, self.senders = supervisor, senders

    def work(self):
        for number in range(1, KILLS + 1):
            if not self.comes_to(POSTS * number // (KILLS + 1)):
                return
            os.killpg(self.web(), signal.SIGKILL)
            self.kills += 1
            self.comes_to(self.count() + 1)

    def comes_to(self, number):
        until = time.monotonic() + PATIENCE
        while self.count() < number and time.monotonic() < until:
            time.sleep(0.002)
        return self.count() >= number

    def count(self):
        return sum(len(sender.acknowledged) for sender in self.senders)

    def web(self):
        """Return the one child of the supervisor, which leads a group of its own."""
        rows = subprocess.check_output(["ps", "-eo", "pid=,ppid="], text=True)
        pairs = [tuple(map(int, row.split())) for row in rows.splitlines()]
        return next(pid for pid, parent in pairs if parent == self.supervisor)
