"""Sixteen readers who press *Send* at the same moment, against the real server.

Then the same for django-comments-xtd, in turns: the best of three of each.
"""

import re
import threading
import time
import urllib.parse
from http.client import HTTPConnection

from django.db.models import Count

from bench import server, xtd
from comments.models import Comment
from guide.models import Guide

CLIENTS = 16
POSTS = 20
TURNS = 3


def measure(folder, port):
    ours = asking()
    before = Comment.objects.count()
    peer = xtd.install(folder)
    runs, theirs = [], []
    for turn in range(TURNS):
        with server.running(port):
            runs.append(Run(port, turn, form=ours, to=ours))
        if peer:
            with xtd.running(peer, folder, port):
                theirs.append(Run(port, turn, form="/form/", to="/comments/post/"))
    answers = [answer for run in runs for answer in run.answers]
    errors = [status for status, _ in answers if status not in (302, 303)]
    stored = Comment.objects.count() - before
    best = max(runs, key=lambda run: run.rate)
    waits = sorted(seconds for _, seconds in best.answers)
    yield f"posts by {CLIENTS} at once, {TURNS} times", str(len(answers)), ""
    yield "errors", str(len(errors)), "0"
    yield "acknowledged and stored", str(stored), "all"
    yield "posts a second", f"{best.rate:.0f}", ""
    yield "half wait no longer than", f"{waits[len(waits) // 2] * 1000:.0f} ms", ""
    yield (
        "99 of 100 wait no longer than",
        f"{waits[-len(waits) // 100] * 1000:.0f} ms",
        "",
    )
    if peer:
        other = max(run.rate for run in theirs)
        failed = sum(status != 302 for run in theirs for status, _ in run.answers)
        yield "django-comments-xtd, posts a second", f"{other:.0f}", ""
        yield "django-comments-xtd, errors", str(failed), ""
        yield "our rate against it", f"{best.rate / other:.2f} times", "> 1"
    else:
        yield "django-comments-xtd", "not to be had here", ""


def asking():
    """Return where one asks below the guide with the most comments."""
    return f"/comments/new/?guide={most_asked().pk}"


def most_asked():
    return Guide.objects.annotate(n=Count("comments")).order_by("-n").first()


class Run:
    """What sixteen readers were answered, and how quickly."""

    def __init__(self, port, turn, *, form, to):
        readers = [Reader(port, f"{turn}.{n}", form, to) for n in range(CLIENTS)]
        together([reader.open_forms for reader in readers])
        took = together([reader.send for reader in readers])
        self.answers = [answer for reader in readers for answer in reader.answers]
        self.rate = len(self.answers) / took


class Reader:
    def __init__(self, port, number, form, to):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.form, self.to = form, to
        self.number = number
        self.forms = []
        self.answers = []
        self.cookie = ""

    def ask(self, method, url, body=None):
        headers = {"Cookie": self.cookie}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, url, body, headers)
        response = self.connection.getresponse()
        return response, response.read().decode()

    def open_forms(self):
        for n in range(POSTS):
            self.forms.append(self.fill(f"Question {n} of {self.number}, please?"))

    def fill(self, text):
        """Return a form of the server's with these words, ready to be sent."""
        response, page = self.ask("GET", self.form)
        if cookie := response.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0].strip()
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
        words = {
            "name": f"Reader {self.number}",
            "email": f"reader{self.number}@example.org",
        }
        words |= {"body": text, "comment": text}  # each site reads its own
        return urllib.parse.urlencode(dict(hidden) | words)

    def send(self):
        for form in self.forms:
            start = time.perf_counter()
            response, _ = self.ask("POST", self.to, form)
            self.answers.append((response.status, time.perf_counter() - start))


def together(calls):
    threads = [threading.Thread(target=call) for call in calls]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start
