"""Several sites crawled on this machine, until the command is told to end."""

from __future__ import annotations

import signal
import socket
import threading
import time

import pytest

from tests.unit.cli.kit import start

_PATIENT = ("-s", "DOWNLOAD_TIMEOUT=4", "-s", "RETRY_TIMES=30")


@pytest.fixture
def silent():
    """A portal that has no robots.txt and never sends a page; and what to wait for."""
    asked = threading.Event()
    kept = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection = listener.accept()[0]
                except OSError:
                    return
                kept.append(connection)
                if b"robots.txt" in connection.recv(4096):
                    connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
                    connection.recv(4096)
                asked.set()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    for connection in kept:
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_to_the_command_alone_ends_the_crawls_in_order(
    silent, tmp_path, number: int, code: int
) -> None:
    """As systemd (KillMode=mixed) and Docker send it: the crawls do not get it."""
    base, asked = silent
    home = {"TINSACH_HOME": str(tmp_path), "TINSACH_ALLOW_PRIVATE": "1"}
    with start("crawl", base, "--jobs", "1", *_PATIENT, env=home) as child:
        try:
            assert asked.wait(60)
            began = time.monotonic()
            child.send_signal(number)
            assert child.wait(30) == code
            assert time.monotonic() - began < 30
            assert b"Traceback" not in child.stderr.read()
        finally:
            child.kill()
    with start("runs", "list", env=home) as listed:
        assert b"interrupted" in listed.stdout.read()
