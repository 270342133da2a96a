from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scraper.demo import serving
from scraper.demo.__main__ import main
from tests.unit.demo.conftest import NOW
from tests.unit.demo.kit import Client

COMMAND = [sys.executable, "-m", "scraper.demo", "--size", "20"]


def is_gone(pid):
    """Tell whether process *pid* ends within five minutes."""
    for _ in range(6000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def memory(pid):
    """Return the resident memory of *pid* in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_the_child_serves_what_the_portal_of_the_parent_knows(served):
    with Client(served.base) as client:
        for n in (0, 1, 199):
            truth = served.portal.truth(n)
            body = client.get(truth.url.removeprefix(served.base)).body.decode()
            assert truth.published_at in body


def test_the_child_is_gone_after_the_block():
    with serving(5, now=NOW) as replica:
        pid = replica.pid
    assert is_gone(pid)


def test_the_child_is_gone_when_the_block_fails():
    with pytest.raises(KeyError), serving(5, now=NOW) as replica:
        raise KeyError("x")
    assert is_gone(replica.pid)


def test_the_child_does_not_outlive_a_killed_parent():
    script = (
        "import sys, time\nfrom scraper.demo import serving\n"
        "with serving(5) as replica:\n    print(replica.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    assert is_gone(pid)


def test_a_port_that_is_taken_is_said(served):
    port = served.base.rpartition(":")[2]
    with pytest.raises(RuntimeError, match="did not start"), serving(5, port=int(port)):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(number):
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        process.send_signal(number)
        assert process.wait(300) == 0


def test_the_end_of_standard_input_ends_the_server_where_asked():
    command = [*COMMAND, "--until-eof"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdin.close()
        assert process.wait(300) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--size", "250001"], "give a number"),
        (["--now", "2026-01-01T00:00"], "offset"),
    ],
)
def test_arguments_that_make_no_sense_are_said(capsys, arguments, said):
    assert main(arguments) == 1
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_the_largest_portal_stays_small():
    with serving(100_000, now=NOW) as replica, Client(replica.base) as client:

        def fetch(numbers):
            for n in numbers:
                assert client.get(replica.portal.headline(n).path).status == 200
            return memory(replica.pid)

        warm = fetch(range(0, 100_000, 125))
        assert fetch(range(60, 100_000, 125)) < warm + 8
        assert warm < 120


def test_a_client_that_does_not_read_does_not_fill_the_memory(served):
    path = served.portal.headline(0).path
    before = memory(served.pid)
    with Client(served.base) as slow, Client(served.base) as other:
        slow.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 200)
        assert other.get("/robots.txt").status == 200
        assert memory(served.pid) < before + 20
        assert all(slow.reply().status == 200 for _ in range(200))
