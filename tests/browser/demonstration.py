"""The demonstration for tests that want it whole: made once, then copied."""

import shutil
import sqlite3

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection


class Demonstration:
    """Keeps its files, and its tables where a database of memory can be copied."""

    def __init__(self, folder):
        self.media, self.kept = folder / "media", folder / "kept"
        self.tables = None

    def put(self):
        """Put it into the database and into ``media``, as it was at first."""
        if self.tables:
            shutil.rmtree(self.media)
            shutil.copytree(self.kept, self.media)
            connection.ensure_connection()
            self.tables.backup(connection.connection)
            ContentType.objects.clear_cache()
            return
        # The first test of a run finds what migrations wrote; later ones do not.
        call_command("flush", interactive=False, verbosity=0)
        call_command("demo_content", verbosity=0)
        if connection.vendor == "sqlite":
            shutil.copytree(self.media, self.kept)
            self.tables = sqlite3.connect(":memory:", check_same_thread=False)
            connection.connection.backup(self.tables)
