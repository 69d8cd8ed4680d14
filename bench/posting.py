"""Sixteen readers who press *Send* at the same moment, against the real server."""

import re
import threading
import time
import urllib.parse
from http.client import HTTPConnection

from django.db.models import Count

from bench import server
from comments.models import Comment
from guide.models import Guide

CLIENTS = 16
POSTS = 20


def measure(folder, port):
    guide = Guide.objects.annotate(n=Count("comments")).order_by("-n").first()
    before = Comment.objects.count()
    with server.running(port):
        readers = [Reader(port, guide.pk, n) for n in range(CLIENTS)]
        together([reader.open_forms for reader in readers])
        took = together([reader.send for reader in readers])
    answers = [answer for reader in readers for answer in reader.answers]
    errors = [status for status, _ in answers if status not in (302, 303)]
    waits = sorted(seconds for _, seconds in answers)
    yield f"posts by {CLIENTS} at once", str(len(answers)), ""
    yield "errors", str(len(errors)), "0"
    yield "acknowledged and stored", str(Comment.objects.count() - before), "all"
    yield "posts a second", f"{len(answers) / took:.0f}", ""
    yield "half wait no longer than", f"{waits[len(waits) // 2] * 1000:.0f} ms", ""
    yield (
        "99 of 100 wait no longer than",
        f"{waits[-len(waits) // 100] * 1000:.0f} ms",
        "",
    )


class Reader:
    def __init__(self, port, guide, number):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.url = f"/comments/new/?guide={guide}"
        self.number = number
        self.forms = []
        self.answers = []
        self.cookie = ""

    def ask(self, method, body=None):
        headers = {"Cookie": self.cookie}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, self.url, body, headers)
        response = self.connection.getresponse()
        return response, response.read().decode()

    def open_forms(self):
        for n in range(POSTS):
            response, page = self.ask("GET")
            if cookie := response.getheader("Set-Cookie"):
                self.cookie = cookie.partition(";")[0]
            hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
            words = {"name": f"Reader {self.number}", "body": f"Question {n}, please?"}
            self.forms.append(urllib.parse.urlencode(dict(hidden) | words))

    def send(self):
        for form in self.forms:
            start = time.perf_counter()
            response, _ = self.ask("POST", form)
            self.answers.append((response.status, time.perf_counter() - start))


def together(calls):
    threads = [threading.Thread(target=call) for call in calls]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start
