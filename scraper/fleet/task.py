"""The crawl of one site as a task: its process, its result, and its retries."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scraper.clock import monotonic
from scraper.crawling.frontier import JOB_HELD, STORE_FAILED
from scraper.import_path import module_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.fleet.sites import Site

_CHILD = "scraper.fleet.crawl_once"
_FAILED = 1
_TRIES = 5
"""Processes started for a site, one after the other, if they are killed."""
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
"""Seconds between two attempts at a site that another run holds; each is a process."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to crawl, and how: *store* is a URL, *settings* are Scrapy settings.

    *patience* is how many seconds to wait for a site that another run holds. A run whose
    machine died holds its site for ten minutes.
    """

    site: Site
    store: str | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    patience: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How the crawl of a site ended: *status* is an exit code of ``tinsach crawl``."""

    job: str
    status: int
    said: str
    new: int = 0
    revised: int = 0
    lost: int = 0
    seconds: float = 0.0


class Running:
    """The processes of the running crawls, so that they can be ended."""

    def __init__(self) -> None:
        self._children: set[subprocess.Popen[str]] = set()
        self._turn = threading.Lock()
        self.is_over = False

    @contextmanager
    def started(self, command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
        """Start a process and yield it; it is registered until it has ended.

        It has its own process group, so that Ctrl-C reaches it only through end().
        """
        with self._turn:
            child = subprocess.Popen(  # noqa: S603  this interpreter, a module of ours
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                process_group=0,
            )
            self._children.add(child)
            if self.is_over:
                child.terminate()
        with child:
            yield child
        self._children.discard(child)

    def end(self) -> None:
        """Let every crawl shut down, and wait for that; a signal meanwhile kills them."""
        self.is_over = True
        with self._turn:
            children = self._children.copy()
        try:
            for child in children:
                child.terminate()
            for child in children:
                child.wait()
        except BaseException:
            for child in children:
                child.kill()
            raise


def run(task: Task, running: Running | None = None) -> Ended:
    """Crawl the site of *task* in its own process, which is registered in *running*.

    A crawl that is killed or interrupted is restarted and resumed, unless *running* was
    ended.
    """
    began = monotonic()
    running = running or Running()
    tries, pause = 0, _PAUSE
    while True:
        answer = _crawl(task, running)
        reason = answer.get("reason")
        is_cut = "killed" in answer or reason == STORE_FAILED
        is_waiting = reason == JOB_HELD and monotonic() - began < task.patience
        tries += is_cut
        is_tried_again = is_waiting or (is_cut and tries < _TRIES)
        if running.is_over or not is_tried_again:
            return _ended(task, answer, monotonic() - began)
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def iter_ended(tasks: Sequence[Task], *, jobs: int) -> Iterator[Ended]:
    """Run *tasks* in order on this machine, *jobs* at a time; yield each as it ends.

    The threads only wait for processes. If the caller stops or is interrupted, the
    running crawls are ended first.
    """
    running = Running()
    pool = ThreadPoolExecutor(jobs)
    waiting = [pool.submit(run, task, running) for task in tasks]
    try:
        for done in as_completed(waiting):
            yield done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        running.end()


def _crawl(task: Task, running: Running) -> dict[str, Any]:
    """Return the output of the process, or its exit code as ``killed`` without output."""
    spec = {
        "spider": task.site.spider,
        "arguments": dict(task.site.arguments),
        "store": task.store,
        "settings": dict(task.settings),
    }
    with running.started(module_command(_CHILD)) as child:
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("a process without pipes")
        child.stdin.write(f"{json.dumps(spec)}\n")
        child.stdin.flush()
        said = child.stdout.read()  # its input stays open until it has ended
    answer: dict[str, Any] = (
        json.loads(said) if said.endswith("\n") else {"killed": child.returncode}
    )
    return answer


def _ended(task: Task, answer: Mapping[str, Any], seconds: float) -> Ended:
    job = task.site.job
    if "killed" in answer:
        said = f"killed {_TRIES} times (exit code {answer['killed']})"
        return Ended(job, _FAILED, said, seconds=seconds)
    if "error" in answer:
        return Ended(job, _FAILED, answer["error"], seconds=seconds)
    counts = {name: answer[name] for name in ("new", "revised", "lost")}
    return Ended(job, answer["status"], answer["said"], **counts, seconds=seconds)
