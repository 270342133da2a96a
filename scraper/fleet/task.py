"""The crawl of one site as a task: its place in the order, its process, its retries.

``python -m scraper.fleet.task`` is that process. Its standard input is one line of JSON
with ``spider``, ``arguments``, ``store`` and ``settings`` of Scrapy; when the input ends,
so does the crawl, at once. Its standard output is one line with ``status``, ``said`` and
the counts of the summary, or ``error``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper import clock
from scraper.crawling.frontier import JOB_HELD, STORE_FAILED, job_of
from scraper.crawling.spiders import list_sites
from scraper.errors import ConfigurationError, ScraperError
from scraper.fleet import connected_to_ray
from scraper.import_path import module_command
from scraper.storage.jobs import FRESH
from scraper.urls import NAMES_A_USER, has_user, is_http

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scraper.storage import Store


_ANY = "news"
"""The spider for sites that have none of their own."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Site:
    """A spider and its arguments; *job* is the name of its crawls in the store."""

    spider: str
    job: str
    arguments: Mapping[str, str] = field(default_factory=dict)


def named(names: Iterable[str], arguments: Mapping[str, str]) -> list[Site]:
    """Return the sites of *names*, which are spiders or URLs, without duplicates.

    *arguments* apply to all of them. Raises ConfigurationError for any other name.
    """
    return _named(names, _homes(), arguments)


def all_of(store: Store, arguments: Mapping[str, str]) -> list[Site]:
    """Return every site with a spider, and those that *store* has crawls of without one."""
    homes = _homes()
    return _named([*homes, *_explored(store)], homes, arguments)


def in_turn(sites: Iterable[Site], store: Store) -> list[Site]:
    """Return *sites* in the order of their last crawls, those never crawled first."""
    began = store.jobs.latest()
    waiting = {job: at for job, at in began.items() if not clock.is_ahead(at)}
    return sorted(sites, key=lambda site: waiting.get(site.job, _NEVER))


def _homes() -> dict[str, str]:
    """Return the site of each spider, if it has one."""
    return {row.spider: row.home for row in list_sites() if row.home}


def _named(
    names: Iterable[str], homes: Mapping[str, str], arguments: Mapping[str, str]
) -> list[Site]:
    sites = (_site(name, homes.get(name), arguments) for name in names)
    return list({site.job: site for site in sites}.values())


def _site(name: str, own: str | None, arguments: Mapping[str, str]) -> Site:
    if own is not None:
        base = arguments.get("portal", "").rstrip("/") or own
        return Site(name, job_of(name, base, own), arguments)
    address = name if "://" in name else f"https://{name}"
    parts = urlsplit(address)
    if not is_http(address) or (address != name and "." not in parts.netloc):
        raise ConfigurationError(
            f"{name} is neither a spider (`tinsach sites` lists them) nor a URL"
        )
    if has_user(address):
        raise ConfigurationError(f"{name} {NAMES_A_USER}")
    home = f"{parts.scheme}://{parts.netloc}".lower()
    return Site(_ANY, job_of(_ANY, home), {**arguments, "site": address})


def _explored(store: Store) -> Iterator[str]:
    for job in store.jobs.latest():
        spider, _, home = job.partition(" ")
        if spider == _ANY and is_http(home):
            yield home


_FAILED = 1
_COUNTED = ("new", "revised", "lost")
_TRIES = 5
"""Processes started for a site, one after the other, if they are killed."""
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
"""Seconds between two attempts at a site that another run holds; each is a process."""
PATIENCE = FRESH.total_seconds() + 60
"""Seconds until a site held by a dead machine is released."""


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
    began = clock.monotonic()
    running = running or Running()
    tries, pause = 0, _PAUSE
    while True:
        answer = _crawl(task, running)
        reason = answer.get("reason")
        is_cut = "killed" in answer or reason == STORE_FAILED
        is_waiting = reason == JOB_HELD and clock.monotonic() - began < task.patience
        tries += is_cut
        is_tried_again = is_waiting or (is_cut and tries < _TRIES)
        if running.is_over or not is_tried_again:
            return _ended(task, answer, clock.monotonic() - began)
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


def iter_ended_on_ray(
    tasks: Sequence[Task], *, address: str | None, jobs: int | None
) -> Iterator[Ended]:
    """Run *tasks* in order on the cluster at *address*; yield each as it ends.

    *address* is as for :func:`scraper.fleet.connected_to_ray`; *jobs* limits how many run
    at a time (default: the CPUs of the cluster). A task is retried if its worker or
    machine dies.
    """
    with connected_to_ray(address) as ray:
        crawl = ray.remote(num_cpus=1, max_retries=-1, retry_exceptions=False)(run)
        pending: list[Any] = []
        waiting = iter(tasks)
        most = jobs or max(1, int(ray.cluster_resources().get("CPU", 1)))
        while True:
            while len(pending) < most and (task := next(waiting, None)):
                pending.append(crawl.remote(task))
            if not pending:
                return
            (done,), pending = ray.wait(pending, num_returns=1)
            yield ray.get(done)


def _crawl(task: Task, running: Running) -> dict[str, Any]:
    """Return the output of the process, or its exit code as ``killed`` without output."""
    spec = {
        "spider": task.site.spider,
        "arguments": dict(task.site.arguments),
        "store": task.store,
        "settings": dict(task.settings),
    }
    with running.started(module_command("scraper.fleet.task")) as child:
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
    counts = {name: answer[name] for name in _COUNTED}
    return Ended(job, answer["status"], answer["said"], **counts, seconds=seconds)


def main() -> None:
    spec = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(_run_spec(spec), ensure_ascii=False), flush=True)  # noqa: T201


def _run_spec(spec: dict[str, Any]) -> dict[str, Any]:
    from scraper.crawling.run import RunOptions, run_crawl
    from scraper.monitoring.recorder import verdict_of
    from scraper.monitoring.run_report import build_report

    options = RunOptions(store=spec["store"], settings=spec["settings"])
    try:
        outcome = run_crawl(spec["spider"], spec["arguments"], options=options)
    except ScraperError as error:
        return {"error": str(error)}
    report = build_report(outcome.stats, spider=spec["spider"], reason=outcome.reason)
    verdict = verdict_of(outcome.stats, report)
    counts = {name: getattr(report, name) for name in _COUNTED}
    return {
        "status": int(verdict.status),
        "said": verdict.said,
        "reason": outcome.reason,
        **counts,
    }


def _end_with_parent() -> None:
    """End this process like a kill once its parent is gone; a crawl survives that."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
