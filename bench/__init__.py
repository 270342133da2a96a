"""Figures of quality and speed, each beside its peers in the same run.

Each module here is a benchmark: its ``register(parser)`` adds the options it takes, its
``run(options)`` measures, prints and returns the exit code. What they are made of sits
in the packages beside them. Results go to standard output, progress to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.pool import Pool


def print_figures(figures: dict[str, float], *, as_json: bool) -> None:
    """Print *figures* as one flat JSON object, or one a line."""
    if as_json:
        print(json.dumps(figures))
        return
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        print(f"{name:<{width}}  {value:,.3f}")


def say(line: str) -> None:
    """Tell on standard error how far the benchmark is."""
    print(line, file=sys.stderr, flush=True)


def spread(values: Sequence[float]) -> float:
    """Return the largest of *values* less the smallest, over their median."""
    return (max(values) - min(values)) / median(values)


def fork_pool() -> Pool:
    """Return a pool of forks of this process, one a core.

    SIGTERM, by which a pool ends them, does so whatever handler this process has.
    """
    default = signal.SIGTERM, signal.SIG_DFL
    return get_context("fork").Pool(os.cpu_count(), signal.signal, default)


def family_of(pid: int) -> set[int]:
    """Return the process *pid* and those that descend from it, if it still runs."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    family, found = {pid} & parents.keys(), 0
    while len(family) > found:
        found = len(family)
        family |= {child for child, parent in parents.items() if parent in family}
    return family
