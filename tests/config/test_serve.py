import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.test import SimpleTestCase

from tests.newsletter.processes import migrated_file
from tests.ports import held_port


def wait_for(fact, *, seconds=60):
    """Return the first true answer of a question asked again and again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := fact():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {fact.__doc__ or fact.__name__}")


class RunningSite(SimpleTestCase):
    """A site as processes of its own, over a database of its own."""

    parts = []

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.database = f"{folder.name}/db.sqlite3"
        holder = cls.enterClassContext(held_port())
        cls.port = holder.getsockname()[1]
        cls.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.with_worker",
            "DATABASE_URL": f"sqlite:///{cls.database}",
            "SECRET_KEY": "only-for-tests",
        }
        shutil.copy(migrated_file(), cls.database)
        cls.prepare()
        cls.serve = cls.manage("serve", "--port", str(cls.port), *cls.parts)
        cls.addClassCleanup(cls.end)

    @classmethod
    def prepare(cls):
        pass

    @classmethod
    def manage(cls, *words):
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=cls.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @classmethod
    def shell(cls, code):
        subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code],
            cwd=settings.BASE_DIR,
            env=cls.environment,
            check=True,
        )

    @classmethod
    def end(cls):
        if cls.serve.poll() is None:
            cls.serve.terminate()
            cls.serve.wait(30)

    def is_ready(self):
        """The site is ready."""
        url = f"http://127.0.0.1:{self.port}/readyz"
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(url, timeout=5).status == 200


class ServeTests(RunningSite):
    def children(self):
        # Wide, for else ps cuts a row at the width of a screen that is none.
        rows = subprocess.check_output(["ps", "-wweo", "pid=,ppid=,args="], text=True)
        return {
            int(pid): words
            for pid, parent, words in (row.split(None, 2) for row in rows.splitlines())
            if int(parent) == self.serve.pid
        }

    def child(self, word):
        return next((pid for pid, row in self.children().items() if word in row), None)

    def test_what_dies_is_started_again_and_term_ends_all(self):
        wait_for(self.is_ready)
        first = wait_for(lambda: self.child("db_worker"))

        os.kill(first, signal.SIGKILL)
        wait_for(lambda: self.child("db_worker") not in (None, first))
        wait_for(self.is_ready)
        children = self.children()
        self.serve.terminate()
        self.serve.wait(30)

        self.assertEqual(len(children), 3)
        self.assertEqual(self.serve.returncode, 0)
        for pid in children:
            with self.assertRaises(ProcessLookupError):
                os.kill(pid, 0)

    def test_a_taken_port_is_said_and_not_served(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = str(other.getsockname()[1])

            refused = subprocess.run(
                [sys.executable, "manage.py", "serve", "--port", port],
                cwd=settings.BASE_DIR,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )

        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"Port {port} cannot be had", refused.stderr)


class SharedPageTests(RunningSite):
    """What one process writes shows at the next request, whichever process answers."""

    parts = ["--only", "web"]

    @classmethod
    def prepare(cls):
        cls.shell(
            "from tests.factories import *; from comments.models import Status;"
            "guide = make_guide(title='The low row', slug='low-row');"
            "make_comment(guide, body='Do I breathe out?', status=Status.PENDING);"
            "make_guide(title='The wide row', slug='wide-row',"
            " published_at=timezone.now() + timezone.timedelta(days=1))"
        )

    def setUp(self):
        wait_for(self.is_ready)

    def read(self, path):
        """Return what a dozen readers see, each by a connection of her own."""
        url = f"http://127.0.0.1:{self.port}{path}"
        pages = [urllib.request.urlopen(url).read().decode() for _ in range(12)]
        self.assertEqual(len(set(pages)), 1)
        return pages[0]

    def test_an_approved_comment(self):
        self.assertNotIn("Do I breathe out?", self.read("/guides/low-row/"))

        self.shell("from comments.models import *; Comment.objects.pending().approve()")

        self.assertIn("Do I breathe out?", self.read("/guides/low-row/"))

    def test_a_guide_saved_in_a_shell(self):
        before = self.read("/guides/low-row/")

        self.shell(
            "from guide.models import *; guide = Guide.objects.get(slug='low-row');"
            "guide.summary = 'One band, one chair.'; guide.save()"
        )

        self.assertNotIn("One band, one chair.", before)
        self.assertIn("One band, one chair.", self.read("/guides/low-row/"))

    def test_a_scheduled_guide_whose_moment_comes(self):
        # Where a busy machine lets the moment pass before it is read, a later one.
        for seconds in [2, 10, 50]:
            moment = datetime.now(UTC) + timedelta(seconds=seconds)
            self.schedule(moment)
            before = self.read("/guides/")
            if datetime.now(UTC) < moment:
                break
        self.assertNotIn("The wide row", before)

        time.sleep(max(0, (moment - datetime.now(UTC)).total_seconds()))

        self.assertIn("The wide row", self.read("/guides/"))
        self.assertIn("The wide row", self.read("/guides/wide-row/"))

    def schedule(self, moment):
        # By hand, for a shell takes seconds to start on a busy machine.
        with sqlite3.connect(self.database, timeout=20) as database:
            database.execute(
                "UPDATE guide_guide SET published_at = ? WHERE slug = 'wide-row'",
                [f"{moment:%Y-%m-%d %H:%M:%S.%f}"],
            )
            database.execute("UPDATE guide_pageversion SET number = number + 1")
