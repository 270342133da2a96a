"""Sites and shards on a Ray cluster; a task is retried if its worker or machine dies."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from scraper.errors import ConfigurationError
from scraper.fleet.extracting import Extracted, Job, extract
from scraper.fleet.task import run
from scraper.storage.jobs import FRESH
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.fleet.task import Ended, Task

PATIENCE = FRESH.total_seconds() + 60
"""Seconds until a site held by a dead machine is released."""


def iter_ended(
    tasks: Sequence[Task], *, address: str | None, jobs: int | None
) -> Iterator[Ended]:
    """Run *tasks* in order on the cluster at *address*; yield each as it ends.

    None starts a cluster on this machine for the run. *jobs* limits how many run at a
    time (default: the CPUs of the cluster). Raises ConfigurationError if Ray is not
    installed or no cluster answers.
    """
    with connected(address) as ray:
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


def iter_extracted(
    jobs: Sequence[Job], *, address: str | None, workers: int | None
) -> Iterator[Extracted]:
    """Extract the shards of *jobs*, each a block of a Ray dataset; yield the results.

    *workers* limits how many are read at a time. Raises what iter_ended() does.
    """
    with connected(address):
        import ray.data as datasets

        datasets.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        rows = datasets.from_items(
            [asdict(job) for job in jobs], override_num_blocks=len(jobs)
        )
        tasks = datasets.TaskPoolStrategy(size=workers)
        for row in rows.map(_extract, num_cpus=1, compute=tasks).iter_rows():
            yield Extracted(**row)


def _extract(row: dict[str, Any]) -> dict[str, Any]:
    return asdict(extract(Job(**row), _pool()))


@cache
def _pool() -> ReaderPool:
    """Return the reader of this Ray process, in a worker that may hang or die."""
    return ReaderPool(workers=1)


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """Yield the module ``ray``, connected to *address* or to a new cluster."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise ConfigurationError(
            "--engine ray: Ray is not installed; pip install 'tinsach[ray]'"
        ) from None
    # Without an address, Ray uses any cluster of this machine, even a dead one.
    own = {"address": "local", "include_dashboard": False}
    options = {"address": address} if address else own
    try:
        ray.init(**options, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ConfigurationError(f"--address {address}: {error}") from error
    try:
        with redirect_stdout(sys.stderr):  # Ray reports dead workers on standard output
            yield ray
    finally:
        ray.shutdown()
