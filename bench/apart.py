"""Peers beside us: each installed apart, for one run, and thrown away."""

import os
import subprocess
import sys


def install(home, packages):
    """Return the Python of an environment with these, or None where there is none."""
    python = str(home / "bin" / "python")
    try:
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *packages],
            check=True,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return python


def environment(**own):
    """Return what a peer's process may know of ours, and its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | own
