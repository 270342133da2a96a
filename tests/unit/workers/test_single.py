"""In processes of their own: a fork is safe with one thread only, and pytest has more."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from scraper.workers import SingleReader

PROGRAM = """
import json, sys, threading, time
sys.path.insert(0, sys.argv[1])
from worker_tasks import behave
from scraper.errors import ScraperError
from scraper.items import Page
from scraper.workers import SingleReader

if sys.argv[2] == "threads":
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
with SingleReader(timeout=float(sys.argv[3]), task=behave) as reader:
    for verb in sys.argv[4:]:
        body = b"x" * 5_000_000 if verb == "large" else b"<html>"
        page = Page(f"https://example.org/{verb}", body, content_type="text/html")
        print(json.dumps(["begins", verb]), flush=True)
        try:
            told = ["article", reader.submit(page).result().url]
        except ScraperError as error:
            told = [type(error).__name__, str(error)]
        print(json.dumps([*told, reader._pool is None]), flush=True)
"""


def start(*verbs: str, threads: str = "none", limit: float = 0.5) -> subprocess.Popen:
    folder = str(Path(__file__).parent)
    command = [sys.executable, "-c", PROGRAM, folder, threads, str(limit), *verbs]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def outcomes(*verbs: str, threads: str = "none") -> list[list]:
    with start(*verbs, threads=threads) as child:
        out, _ = child.communicate(timeout=300)
    assert child.returncode == 0
    return [line for line in map(json.loads, out.splitlines()) if line[0] != "begins"]


def test_each_page_is_read_in_a_fork_whatever_the_one_before_did():
    verbs = ("good", "hang", "hang_in_c", "segfault", "leave", "eat_memory", "large")
    told = outcomes(*verbs, "raises", "no_article", "good-2")
    kinds = [kind for kind, _, forked in told if forked]
    assert kinds == [
        *("article", "ExtractionTimeout", "ExtractionTimeout", "ExtractionError"),
        *("ExtractionError", "ExtractionError", "article", "ExtractionError"),
        *("NoMainContent", "article"),
    ]
    causes = ("longer than 0.5 s", "longer than 0.5 s", "(SIGSEGV)", "exit code 3")
    for (_, message, _), cause in zip(told[1:5], causes, strict=True):
        assert cause in message
    assert "needed more than 2048 MiB" in told[5][1]


@pytest.mark.slow
def test_a_process_with_threads_is_not_forked():
    told = outcomes("good", "hang", "good-2", threads="threads")
    assert [kind for kind, _, _ in told] == ["article", "ExtractionTimeout", "article"]
    assert not any(forked for _, _, forked in told)


def test_a_page_under_way_ends_with_the_process_that_waits_for_it():
    with start("hang_in_c", limit=300) as parent:
        assert parent.stdout
        parent.stdout.readline()
        [child] = children_of(parent.pid)
        parent.kill()
        parent.wait()
        deadline = monotonic() + 30
        while is_alive(child) and monotonic() < deadline:
            sleep(0.05)
        assert not is_alive(child)


def test_an_interrupt_ends_the_page_under_way():
    with start("hang_in_c", limit=300) as parent:
        assert parent.stdout
        parent.stdout.readline()
        [child] = children_of(parent.pid)
        while cpu_time(child) < 0.1:  # a signal just after the fork is lost to Python
            sleep(0.02)
        parent.send_signal(signal.SIGINT)
        parent.wait(timeout=60)
        assert not is_alive(child)


def test_a_number_without_sense_is_refused():
    with pytest.raises(Exception, match="timeout is 0; it must be more than 0"):
        SingleReader(timeout=0)


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = monotonic() + 30
    while not (found := path.read_text().split()) and monotonic() < deadline:
        sleep(0.02)
    return [int(each) for each in found]


def cpu_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
