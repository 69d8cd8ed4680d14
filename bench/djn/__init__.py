"""django-newsletter beside us: the same letter to as many by way of the same sink."""

import json
import subprocess
from pathlib import Path

from bench import apart

PACKAGES = ["django-newsletter", "sorl-thumbnail"]


def install(folder, readers):
    """Return what starts it, with its readers, or None where it cannot be had."""
    home = folder / "djn"
    python = apart.install(home, PACKAGES)
    if python is None:
        return None
    made = run(python, folder, "make", str(readers))
    return None if made.returncode else python


def send(python, folder, port, page):
    """Return how long it took for all, and how many bytes a letter has."""
    (folder / "djn" / "letter.html").write_text(page)
    sent = run(python, folder, "send", str(port), stdout=subprocess.PIPE)
    sent.check_returncode()
    return json.loads(sent.stdout)


def run(python, folder, *words, **options):
    return subprocess.run(
        [python, "-W", "ignore", "peer.py", *words],
        check=False,
        cwd=Path(__file__).parent,
        env=apart.environment(DJN_HOME=str(folder / "djn")),
        **options,
    )
