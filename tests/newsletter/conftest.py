import multiprocessing
import os
from multiprocessing import forkserver
from unittest import mock

import pytest
from django.db import connection

from tests.newsletter import elsewhere as there
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
    made.close()


@pytest.fixture
def database(databases):
    databases.copy("test")
    yield databases.url("test")
    databases.drop("test")


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def processes(databases):
    """Splits off processes on the database of a test, with Django in them already.

    Each is one of its own, to kill and to run beside others; only what it would read
    in a second at its start has been read before.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.newsletter.ready"])
    with mock.patch.dict(os.environ, environment(databases.url("test"))):
        forkserver.ensure_running()
    return context


@pytest.fixture
def elsewhere(processes, database, sink):
    started = []

    def start(*words):
        answer, at_work = processes.Pipe(duplex=False)
        told = (at_work, environment(database, sink), *words)
        process = processes.Process(target=there.run, args=told, daemon=True)
        process.start()
        at_work.close()  # so that the end of a process is heard
        process.answer = answer
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.join()
        process.answer.close()
