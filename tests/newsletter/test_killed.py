"""Senders as real processes on a database they share: killed, and several at once."""

import re
import subprocess
import sys
from collections import defaultdict
from email import message_from_bytes

import pytest
from django.conf import settings

from config.management.commands import serve
from newsletter import sending
from tests.newsletter.processes import environment, result, wait_until

READERS = 300


def test_after_a_kill_everybody_has_it_and_few_have_it_twice(elsewhere, sink):
    assert result(elsewhere("fill", READERS)) == READERS

    for part in (40, 120, 200):
        sender = elsewhere("work")
        wait_until(lambda part=part: len(sink.mails) >= part)
        sender.kill()
        sender.join()
        assert len(sink.mails) < READERS, "killed too late to tell anything"
        assert result(elsewhere("later")).get("sending", 0) <= 20
    assert result(elsewhere("work")) == "done"

    copies = defaultdict(list)
    for recipient, content in sink.mails:
        copies[recipient].append(message_from_bytes(content)["Message-ID"])
    assert len(copies) == READERS
    assert len(sink.mails) - READERS <= 3 * 20
    assert all(len(set(ids)) == 1 for ids in copies.values())
    assert result(elsewhere("report")) == {"sent": READERS}


def trouble(emails):
    """Return replies and drops of a bad day: one in ten later, one in fifty never."""
    replies = {email: ["450 4.7.1 later", "250 ok"] for email in emails[3::10]}
    replies |= {email: ["550 5.1.1 no"] for email in emails[5::50]}
    return {"replies": replies, "drops": emails[7::100]}


@pytest.mark.parametrize("connections", [1, 4])
def test_two_thousand_on_a_bad_day_with_three_kills(
    database, elsewhere, sink, connections
):
    readers = 2000
    emails = [f"reader{number}@example.org" for number in range(readers)]
    never = set(emails[5::50])
    sink.replies = trouble(emails)["replies"]
    sink.drops = set(trouble(emails)["drops"])
    assert result(elsewhere("fill", readers, 1_000_000, connections)) == readers

    stood = 0
    for part in (300, 800, 1200):
        sender = elsewhere("work")
        wait_until(lambda part=part: len(sink.mails) >= part)
        sender.kill()
        sender.join()
        assert len(sink.mails) < readers - len(never), "killed too late"
        held = result(elsewhere("later")).get("sending", 0)
        assert held <= 20
        stood += held
    for _turn in range(9):
        if result(elsewhere("later")).keys() <= {"sent", "failed"}:
            break
        result(elsewhere("work"))

    assert result(elsewhere("report")) == {
        "failed": len(never),
        "sent": readers - len(never),
    }
    copies = defaultdict(list)
    for recipient, content in sink.mails:
        copies[recipient].append(message_from_bytes(content)["Message-ID"])
    assert set(copies) == set(emails) - never
    assert all(len(set(ids)) == 1 for ids in copies.values())
    assert len(sink.mails) - len(copies) <= stood
    assert not sink.drops


def test_a_pause_pressed_all_the_time_stops_no_sender_and_loses_nobody(elsewhere, sink):
    readers = 600
    assert result(elsewhere("fill", readers, 1_000_000)) == readers

    senders = [elsewhere("insist") for _number in range(3)]
    presser = elsewhere("press")
    for sender in senders:
        assert result(sender) == "done"

    assert result(presser) > 0
    assert len(sink.mails) == readers
    assert len(set(sink.recipients)) == readers
    assert result(elsewhere("report")) == {"sent": readers}


def test_a_worker_that_is_asked_to_end_finishes_what_it_is_at(
    elsewhere, database, sink
):
    readers = 26  # two a second: longer than ten seconds, shorter than a turn
    result(elsewhere("fill", readers, 120))
    result(elsewhere("enqueue"))
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--only", "worker"],
        env=environment(database, sink),
        cwd=settings.BASE_DIR,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: sink.mails)
        server.terminate()
        server.wait(timeout=60)
    finally:
        server.kill()
        server.wait()

    assert result(elsewhere("report")) == {"sent": readers}
    assert len(sink.mails) == readers


def test_workers_that_are_free_join_in(elsewhere, database, sink):
    readers = 1000
    sink.pause = 0.1
    assert result(elsewhere("fill", readers, 1_000_000)) == readers
    workers = [
        subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--only", "worker"],
            env=environment(database, sink),
            cwd=settings.BASE_DIR,
            stderr=subprocess.DEVNULL,
        )
        for _number in range(2)
    ]
    try:
        result(elsewhere("enqueue"))
        wait_until(lambda: sink.open_now > 1)
        sink.pause = 0
        wait_until(lambda: len(sink.mails) == readers)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(timeout=60)

    assert len(set(sink.recipients)) == readers
    assert result(elsewhere("report")) == {"sent": readers}


def test_the_system_waits_longer_than_we_do_and_we_longer_than_a_turn():
    unit = (settings.BASE_DIR / "deploy" / "upright.service").read_text()
    [patience] = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)

    assert sending.TURN + 5 <= serve.GRACE <= int(patience) - 5


def test_several_senders_share_the_work_and_send_nothing_twice(
    elsewhere, sink, tmp_path
):
    assert result(elsewhere("fill", READERS)) == READERS
    gate = tmp_path / "gate"

    senders = [elsewhere("work", gate) for _number in range(3)]
    wait_until(lambda: len(list(tmp_path.glob("gate.*"))) == 3)
    gate.touch()
    for sender in senders:
        result(sender)

    assert len(sink.mails) == READERS
    assert len(set(sink.recipients)) == READERS
    assert sink.connections > 1
    assert result(elsewhere("report")) == {"sent": READERS}
