import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# Seconds between TERM and KILL: the worker ends after the task that it is at, and one
# that sends letters lasts 20. A child that has nothing to do ends at once.
GRACE = 30
WEB_GRACE = 8  # for the requests under way
LONGEST_PAUSE = 30  # seconds before a child that keeps dying is started again


class Command(BaseCommand):
    help = (
        "Run the web server, the worker and the tick as children; start again the one "
        "that dies; TERM or Ctrl-C stops them all."
    )

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument("--workers", default="2", help="web processes, one a core")
        parser.add_argument(
            "--threads", default="2", help="a web process; SQLite wants few"
        )
        parser.add_argument(
            "--only", nargs="+", choices=["web", "worker", "tick"], metavar="PART"
        )

    def handle(self, *, host, port, only, **options):
        parts = only or ["web", "worker", "tick"]
        if "web" in parts:
            refuse_taken_port(host, port)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())

        commands = self.commands(host=host, port=port, **options)
        children = [Child(part, commands[part]) for part in parts]
        if "web" in parts:
            self.stdout.write(f"Serving on http://{host}:{port}/ (Ctrl-C stops).")
            self.stdout.flush()
        while not stop.wait(0.5):
            for child in children:
                if said := child.keep_alive():
                    self.stderr.write(said)

        for child in children:
            child.process.terminate()
        deadline = time.monotonic() + GRACE
        for child in children:
            child.end_by(deadline)

    def commands(self, *, host, port, workers, threads, **options):
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        granian = {
            "--interface": "wsgi",
            "--host": host,
            "--port": port,
            "--workers": workers,
            "--blocking-threads": threads,
            "--workers-kill-timeout": str(WEB_GRACE),
            "--log-level": "warning",
        }
        return {
            "web": [
                *[sys.executable, "-m", "granian"],
                *[word for option in granian.items() for word in option],
                *["--no-ws", "--respawn-failed-workers", "config.wsgi:application"],
            ],
            "worker": [*manage, "db_worker", "--queue-name", "*", "--no-reload"],
            "tick": [*manage, "tick", "--every", "60"],
        }


class Child:
    """A process with a group of its own, so that its children end with it."""

    def __init__(self, name, command):
        self.name = name
        self.command = command
        self.pause = 1
        self.start()

    def start(self):
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with(os.getpid()),
        )
        self.start_again_at = None

    def keep_alive(self):
        """Start again what has ended, after a pause; return a word about it."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
            return ""
        if self.process.poll() is None:
            return ""
        self.end_group()
        lived = now - self.started
        self.pause = 1 if lived > LONGEST_PAUSE else min(self.pause * 2, LONGEST_PAUSE)
        self.start_again_at = now + self.pause
        return f"{self.name} ended ({self.process.returncode}); starting it again."

    def end_by(self, deadline):
        while self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.start_again_at is None:
            self.end_group()
            self.process.wait()

    def end_group(self):
        """End the child and whatever it has left behind."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def end_with(parent):
    """Return what makes a child end when we are killed; Linux can, others cannot."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def before_exec():
        libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def refuse_taken_port(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be had ({error.strerror}). "
                f"Try another: PORT={int(port) + 1} make demo"
            ) from None
