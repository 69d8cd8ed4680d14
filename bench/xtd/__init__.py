"""django-comments-xtd beside us: installed apart, for one run, and thrown away."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

PACKAGES = ["django-comments-xtd", "granian"]


def install(folder):
    """Return what starts it, or None where it cannot be had."""
    home = folder / "xtd"
    python = str(home / "bin" / "python")
    try:
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *PACKAGES],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        subprocess.run([python, "peer.py"], check=True, **where(folder))
    except (OSError, subprocess.CalledProcessError):
        return None
    return python


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
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        "cwd": Path(__file__).parent,
        "env": kept | {"XTD_DATABASE": f"{folder}/xtd.sqlite3"},
    }
