import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.newsletter.processes import Files, Servers, environment
from tests.newsletter.sink import Sink


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    """Make databases with every table and nothing in them, of the kind under test."""
    if connection.vendor == "postgresql":
        made = Servers(connection.settings_dict)
    else:
        made = Files(tmp_path_factory.mktemp("elsewhere"))
    yield made
    made.drop("migrated")


@pytest.fixture
def database(databases):
    databases.copy("test")
    yield databases.url("test")
    databases.drop("test")


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def elsewhere(database, sink):
    started = []

    def start(*words):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.newsletter.elsewhere", *map(str, words)],
            env=environment(database, sink),
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
