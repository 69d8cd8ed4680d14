"""django-comments-xtd beside us: installed apart, for one run, and thrown away."""

import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench import apart

PACKAGES = ["django-comments-xtd", "granian"]


def install(folder):
    """Return what starts it, or None where it cannot be had."""
    python = apart.install(folder / "xtd", PACKAGES)
    if python is None:
        return None
    made = subprocess.run([python, "peer.py"], check=False, **where(folder))
    return None if made.returncode else python


@contextmanager
def running(python, folder, port):
    """Serve it as we are served: the same server, processes and threads."""
    options = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "2"]
    address = ["--port", str(port), "--log-level", "critical"]
    server = subprocess.Popen(
        [python, "-m", "granian", *options, *address, "peer:application"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **where(folder),
    )
    try:
        for _ in range(200):
            try:
                urlopen(f"http://127.0.0.1:{port}/form/", timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(30)


def where(folder):
    return {
        "cwd": Path(__file__).parent,
        "env": apart.environment(XTD_DATABASE=f"{folder}/xtd.sqlite3"),
    }
