"""The figures of docs/performance.md in one go; three quarters of an hour when idle.

Each benchmark runs in a process of its own, one after the other. FILE is written after
each of them and keeps the figures of those that do not run; ``python -m
bench.performance`` makes the tables of the page from it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench import say
from bench.performance.measured import Measured, Run, machine, versions
from bench.performance.tables import FIGURES
from scraper import clock

if TYPE_CHECKING:
    import argparse

BENCHES: dict[str, tuple[str, ...]] = {
    "speed": (),
    "start": (),
    "fetching": (),
    "growth": (),
    "near_duplicates": (),
    "crawl": (),
    "memory": (),
    "month": ("--days", "2"),
    "park": (),
}
"""The benchmarks, with their options."""


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", type=Path, default=FIGURES, metavar="FILE", help=f"({FIGURES.name})"
    )
    parser.add_argument(
        "--only", nargs="+", choices=[*BENCHES], default=[*BENCHES], metavar="NAME"
    )


def run(options: argparse.Namespace) -> int:
    """Return 1 if a benchmark failed; the others are measured nevertheless."""
    measured = Measured.load(options.json)
    failed = []
    for name in options.only:
        say(f"--- {name}")
        found = _measure(name)
        if found is None:
            failed.append(name)
            continue
        measured.runs[name] = found
        measured.save(options.json)
        say(f"{name}: {found.seconds:.0f} s, {found.figures}")
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _measure(name: str) -> Run | None:
    load, started = os.getloadavg()[0], time.perf_counter()
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-m", "bench", name, "--json", *BENCHES[name]],
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        return None
    return Run(
        day=f"{clock.now():%Y-%m-%d}",
        load=round(load, 2),
        seconds=round(time.perf_counter() - started, 1),
        machine=machine(),
        versions=versions(),
        figures=json.loads(done.stdout),
    )
