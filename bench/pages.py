"""Reading pages: from the cache, and drawn anew."""

import io
import random
import time
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.models import Count
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from bench import server
from comments.models import Comment
from guide.models import Guide

ROUNDS = 3
WORDS = """
a after again and ankle arm back band because before bend better breathe but can chair
chest click day do doctor down each elbow evening exercise feel foot for hand have hip
hurt I if in is it knee last left lift little long many may morning my neck no not now
on once or out pain pull push right rest row shoulder should sit slowly so sore stand
still stop than that the then times to too twice up walk week when while with you
"""


def measure(folder, port):
    application = get_wsgi_application()
    guide = Guide.objects.annotate(n=Count("comments")).order_by("-n").first()
    url = guide.get_absolute_url()

    page = asker(application, port, url)
    (folder / "body.gz").write_bytes(page())
    bare = asker(application, port, "/bench/bare/")
    assert page() == bare()

    yield "size of the guide page, gzip", f"{len(page()) / 1024:.1f} KiB", "≤ 20 KiB"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page()
    yield "cached: queries", str(len(queries)), "1"
    cached, plain = in_turns(lambda: per_cpu_second(page), lambda: per_cpu_second(bare))
    yield "cached page, in process", f"{cached:,.0f} a CPU second", ""
    yield "bare view behind the same middleware", f"{plain:,.0f} a CPU second", ""
    yield "cached / bare, in process", f"{cached / plain:.0%}", "≥ 80 %"
    # Hardest of all to reach: nothing in front of the view but the page cache itself.
    with override_settings(MIDDLEWARE=settings.MIDDLEWARE[:1]):
        lean = asker(WSGIHandler(), port, "/bench/bare/")
    cached, plain = in_turns(lambda: per_cpu_second(page), lambda: per_cpu_second(lean))
    yield "cached / bare view without middleware", f"{cached / plain:.0%}", ""
    with server.running(port):
        cached, plain = in_turns(
            lambda: server.rate(port, url), lambda: server.rate(port, "/bench/bare/")
        )
    yield "cached page, granian, 2 processes", f"{cached:,.0f} a second", ""
    yield "bare view behind the same middleware", f"{plain:,.0f} a second", ""
    yield "cached / bare, granian", f"{cached / plain:.0%}", "≥ 80 %"

    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        page()
    yield "not cached: queries", str(len(queries)), "≤ 12"
    yield "not cached, whole response", f"{cpu_ms(anew(page)):.1f} ms CPU", ""

    yield from thread_of_500(application, port)


def thread_of_500(application, port):
    """Twenty roots with twenty-four answers each: one page of a thread holds them."""
    guide = Guide.objects.published().last()
    guide.comments.all().delete()
    start = timezone.now() - timedelta(days=30)
    chance = random.Random(1)  # no two texts alike, or gzip would have it easy
    for root in range(20):
        comments = []
        for n in range(25):
            comment = Comment(
                guide=guide,
                parent=comments[n // 3] if n else None,
                name=f"Reader {root}.{n}",
                body=" ".join(chance.choices(WORDS.split(), k=40)),
            )
            comment.save()
            comments.append(comment)
        ids = [comment.pk for comment in comments]
        Comment.objects.filter(pk__in=ids).update(
            created_at=start + timedelta(hours=root)
        )
        Comment.objects.filter(pk__in=ids).approve()
    page = asker(application, port, guide.get_absolute_url())
    tag = Template("{% load comments %}{% comment_thread guide 1 %}")

    def thread():
        return tag.render(Context({"guide": guide}))

    assert thread().count("<article") == 500
    with CaptureQueriesContext(connection) as queries:
        anew(page)()
    yield "500 comments: queries of the page", str(len(queries)), "≤ 12"
    yield "500 comments: the thread", f"{cpu_ms(thread):.1f} ms CPU", "≤ 15 ms"
    yield (
        "500 comments: the whole response",
        f"{cpu_ms(anew(page)):.1f} ms CPU",
        "≤ 25 ms",
    )


def asker(application, port, path):
    """Return what asks the site for a page the way a web server does."""
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": f"127.0.0.1:{port}",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }

    def start_response(status, headers):
        assert status == "200 OK", (path, status)

    def ask():
        response = application(dict(environ), start_response)
        body = b"".join(response)
        response.close()
        return body

    return ask


def anew(page):
    def ask():
        cache.clear()
        return page()

    return ask


def in_turns(*measures):
    rounds = [[measure() for measure in measures] for _ in range(ROUNDS)]
    return [max(results) for results in zip(*rounds, strict=True)]


def per_cpu_second(call, *, seconds=1.0):
    count, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        for _ in range(50):
            call()
        count += 50
    return count / (time.process_time() - start)


def cpu_ms(call, *, times=20):
    call()
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(times):
            call()
        best = min(best, (time.process_time() - start) / times)
    return best * 1000
