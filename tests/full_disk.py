"""Disks that are full, for tests."""

import resource
import sqlite3
from contextlib import closing, contextmanager

from django.db import OperationalError


@contextmanager
def room_for(size):
    """Let no file grow beyond so many bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def fill_database():
    """Raise what the ORM raises where SQLite's disk is full."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA max_page_count = 1")
        try:
            database.execute("CREATE TABLE much AS SELECT zeroblob(100000)")
        except sqlite3.Error as error:
            raise OperationalError from error
