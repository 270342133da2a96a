"""One site's crawl as a task: a process, what it said at its end, and whom it waits for."""

from __future__ import annotations

import json
import subprocess
import threading
import time
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
"""Processes that are started for a site one after the other, where they do not end well."""
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
"""Seconds between two looks at a site that another run holds: each is a process."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to crawl, and how: *store* is its URL, *settings* are Scrapy's that differ.

    *patience* are the seconds that a site is waited for which another run holds: one whose
    machine died holds it for ten minutes.
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
    """The processes of the crawls that are under way, to be ended before their time."""

    def __init__(self) -> None:
        self._children: set[subprocess.Popen[str]] = set()
        self._turn = threading.Lock()
        self.is_over = False

    @contextmanager
    def started(self, command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
        """Start a process and yield it; it is known until it has ended.

        Its group is its own: Ctrl-C on a terminal comes to it once, by end().
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
        """Let every crawl end in order, and wait for that; a signal meanwhile kills them."""
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
    """Crawl the site of *task* to its end, in a process of its own, one of *running*.

    A crawl that is killed or broken off is started again, and goes on where it was,
    unless *running* was ended.
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


def _crawl(task: Task, running: Running) -> dict[str, Any]:
    """Return what the process wrote; ``killed`` with the exit code where it wrote nothing."""
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
        said = child.stdout.read()  # its input stays open: while it is, so is this
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
