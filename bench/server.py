"""The real server, and a client quick enough to measure it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager


@contextmanager
def running(port):
    """Run the web part of ``serve`` for as long as the block lasts."""
    command = [sys.executable, "manage.py", "serve", "--only", "web"]
    server = subprocess.Popen(
        [*command, "--port", str(port)],
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                ask(port, "/readyz")
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def ask(port, path):
    """Return the size of one whole answer, head and body, on a connection kept open."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(words(port, path))
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, rest = received.partition(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        while len(rest) < length:
            rest += connection.recv(65536)
    return len(head) + 4 + length


def words(port, path):
    head = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept-Encoding: gzip"]
    return "\r\n".join([*head, "", ""]).encode()


def rate(port, path, *, seconds=3, connections=4, ahead=8):
    """Return answers a second, each connection asking ``ahead`` at a time.

    Asked in bundles, so that this client costs little of the two cores.
    """
    size = ask(port, path)
    bundle, counts = words(port, path) * ahead, []
    end = time.perf_counter() + seconds

    def hammer():
        count = 0
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            while time.perf_counter() < end:
                connection.sendall(bundle)
                missing = size * ahead
                while missing > 0:
                    missing -= len(connection.recv(1 << 18))
                count += ahead
        counts.append(count)

    threads = [threading.Thread(target=hammer) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds
