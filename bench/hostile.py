"""Pages made to be slow or large: the time and memory of the worst of them.

Each make of worlds/hostile is read at ``--size`` bytes in every way that the product
reads such a document, each in a process of its own. Time is CPU time, memory the peak of
the resident set of that process, all that it has loaded included. A reading ends at
``--limit`` seconds. ``hostile.over_limit`` are those that take more than 5 s or 500 MB.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import re
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench import print_figures, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from worlds.hostile.make import Make

MOST_SECONDS, MOST_MIB = 5.0, 500 * 10**6 / (1 << 20)
_SIZE = 5_000_000
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


class Reading(NamedTuple):
    """What one way took for one make; *seconds* is the limit if it did not end."""

    name: str
    seconds: float
    mib: float

    @property
    def is_over(self) -> bool:
        return self.seconds > MOST_SECONDS or self.mib > MOST_MIB


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", default="", help="words of the names; all of them")
    parser.add_argument("--way", default="", help="one of worlds/hostile/readers.py")
    parser.add_argument("--size", type=int, default=_SIZE, help=f"bytes ({_SIZE})")
    parser.add_argument("--limit", type=int, default=60, help="seconds each (60)")


def run(options: argparse.Namespace) -> int:
    from worlds.hostile.catalogue import MAKES

    makes = [m for m in MAKES if all(w in m.name for w in options.only.split())]
    readings = []
    for reading in _measured(makes, options):
        readings.append(reading)
        mark = "  OVER" if reading.is_over else ""
        say(f"{reading.name:<40} {reading.seconds:6.2f} s {reading.mib:5.0f} MiB{mark}")
    print_figures(_figures(makes, readings, options), as_json=options.json)
    return int(any(reading.is_over for reading in readings))


def _figures(
    makes: list[Make], readings: list[Reading], options: argparse.Namespace
) -> dict[str, float]:
    slowest = max(readings, key=lambda reading: reading.seconds)
    largest = max(readings, key=lambda reading: reading.mib)
    say(f"slowest: {slowest.name}; largest: {largest.name}")
    return {
        "hostile.pages": len(makes),
        "hostile.readings": len(readings),
        "hostile.slowest_s": round(slowest.seconds, 2),
        "hostile.peak_mib": round(largest.mib, 1),
        "hostile.over_limit": sum(reading.is_over for reading in readings),
        "hostile.unended": sum(r.seconds >= options.limit for r in readings),
    }


def _measured(makes: list[Make], options: argparse.Namespace) -> Iterator[Reading]:
    from worlds.hostile.make import page
    from worlds.hostile.readers import WAYS, replica_model, run

    replica_model()
    for way in WAYS["page"].values():  # all that is loaded when it is first needed
        run(way, page())
    gc.collect()
    for make in makes:
        for name, way in WAYS[make.reader].items():
            if options.way in ("", name):
                yield _read(f"{make.name}: {name}", make, way, options)


def _read(
    name: str, make: Make, way: Callable[[bytes], object], options: argparse.Namespace
) -> Reading:
    """Return what *way* takes for *make*, in a fork of this process."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(
        target=_in_child, args=(sender, make.build(options.size), way, options.limit)
    )
    child.start()
    sender.close()
    with receiver:
        try:
            seconds, mib = receiver.recv()
        except EOFError:
            seconds, mib = float(options.limit), 0.0
    child.join()
    return Reading(name, seconds, mib)


def _in_child(
    sender: Connection, body: bytes, way: Callable[[bytes], object], limit: int
) -> None:
    from scraper.workers.process import MEMORY_ABOVE_START, limit_memory
    from worlds.hostile.readers import run

    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, limit)
    limit_memory(MEMORY_ABOVE_START)
    began = time.process_time()
    try:
        run(way, body)
    except MemoryError:
        os._exit(1)
    sender.send((time.process_time() - began, _peak_mib()))


def _peak_mib() -> float:
    """Return the peak of the resident set of this process."""
    found = _PEAK.search(Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
