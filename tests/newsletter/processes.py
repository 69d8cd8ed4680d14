"""Databases that processes share, and what is asked of those processes."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from django.conf import settings


def migrate(url):
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, env=environment(url), cwd=settings.BASE_DIR, check=True)


@cache
def migrated_file():
    """Return an SQLite file with every table, to be copied; one is made for a run."""
    folder = tempfile.TemporaryDirectory(prefix="upright-migrated-")
    atexit.register(folder.cleanup)
    file = Path(folder.name) / "migrated"
    migrate(f"sqlite:///{file}")
    return file


class Files:
    """Databases that are files."""

    def __init__(self, folder):
        self.folder = folder

    def url(self, name):
        return f"sqlite:///{self.folder}/{name}"

    def copy(self, name):
        shutil.copy(migrated_file(), self.folder / name)

    def close(self):
        """What is in the folder goes with it."""

    def drop(self, name):
        for file in self.folder.glob(f"{name}*"):  # with what a killed one leaves
            file.unlink()


class Servers:
    """Databases of the server under test, beside its own."""

    def __init__(self, its):
        self.its = its
        self.execute(f"CREATE DATABASE {self.name('migrated')}")
        migrate(self.url("migrated"))

    def name(self, name):
        return f"elsewhere_{os.getpid()}_{name}"

    def url(self, name):
        host = f"{self.its['HOST'] or 'localhost'}:{self.its['PORT'] or 5432}"
        who = f"{self.its['USER']}:{self.its['PASSWORD']}"
        return f"postgres://{who}@{host}/{self.name(name)}"

    def copy(self, name):
        its = self.name("migrated")
        self.execute(f"CREATE DATABASE {self.name(name)} TEMPLATE {its}")

    def drop(self, name):
        self.execute(f"DROP DATABASE {self.name(name)} WITH (FORCE)")

    def close(self):
        self.drop("migrated")

    def execute(self, sql):
        import psycopg

        known = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
        where = {known[key]: self.its[key] for key in known if self.its[key]}
        with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
            server.execute(sql)


def environment(url, sink=None):
    host, port = sink.server.server_address if sink else ("127.0.0.1", 1)
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "DEBUG": "off",
        "SECRET_KEY": "only-for-tests",
        "SITE_URL": "http://testserver",
        "NEWSLETTER_MAIL_URL": f"smtp://{host}:{port}",
    }


def wait_until(is_so, seconds=60):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.001)


def result(process):
    """Return what a process answers; of one that dies there is no answer."""
    assert process.answer.poll(60), "it never answered"
    said = process.answer.recv()
    process.join(60)
    assert process.exitcode == 0
    return said
