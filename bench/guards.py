"""What each guard holds: it is taken out of a copy of the source, and its rows must fall.

The guards are those of worlds/faults and worlds/hazards. Each row of worlds/faults that names
one is tested by a crawl of its own without it, and falls where the crawl ends under another
word, does not end within a minute, takes more than 50 MiB above a crawl without faults,
sends out what it should not, or loses a page. If a guard has a test of its own, that test
must fail instead. ``standing`` are the rows and tests that hold all the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import print_figures, say
from worlds.certificate import write_certificate
from worlds.faults.crawl import PORTAL, SECRETS, crawl, fetch
from worlds.faults.fault import Place
from worlds.faults.guards import GUARDS, Guard
from worlds.faults.server import serving
from worlds.hazards.catalogue import HAZARDS

if TYPE_CHECKING:
    import argparse

    from worlds.faults.fault import Fault

_PROJECT = Path(__file__).resolve().parents[1]
_MOST_MIB = 50
_LONGEST = 60.0
_SOON = {"TINSACH_RETRY_AFTER_MAX": 1.0, "CONCURRENT_REQUESTS": 1}
_HEAD = "| guard taken out | what comes of its rows |\n|---|---|"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only", default="", help="words of a guard's name; all of them"
    )


def run(options: argparse.Namespace) -> int:
    hazards = tuple(hazard.as_guard() for hazard in HAZARDS)
    guards = [guard for guard in GUARDS + hazards if options.only in guard.name]
    rows, standing = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        certificate = write_certificate(Path(folder))
        crawled = any(guard.rows and not guard.test for guard in guards)
        idle = min(_idle(certificate) for _ in range(3)) if crawled else 0.0
        lines = []
        for number, guard in enumerate(guards):
            copy = Path(folder) / str(number)
            guard.take_out(_PROJECT, copy)
            falls = _falls(guard, copy, certificate, idle)
            rows, standing = (
                rows + len(falls),
                standing + list(falls.values()).count(""),
            )
            said = "; ".join(f"{n}: {fall or 'STANDS'}" for n, fall in falls.items())
            lines.append(f"| {guard.name} | {said} |")
            say(lines[-1])
    if not options.json:
        print(_HEAD, *lines, sep="\n", end="\n\n")
    figures: dict[str, float] = {
        "guards.count": len(guards),
        "guards.rows": rows,
        "guards.standing": standing,
    }
    print_figures(figures, as_json=options.json)
    return int(standing > 0)


def _falls(guard: Guard, copy: Path, certificate: Path, idle: float) -> dict[str, str]:
    """Return what becomes without *guard* of each of its rows, or of its test."""
    if guard.test:
        return {guard.test: _test(guard, copy)}
    return {
        fault.name: _fetched(fault, copy)
        if fault.place is Place.INNER
        else _crawled(fault, guard, copy, certificate, idle)
        for fault in guard.rows
    }


def _crawled(
    fault: Fault, guard: Guard, copy: Path, certificate: Path, idle: float
) -> str:
    with serving([fault], certificate) as server, tempfile.TemporaryDirectory() as home:
        settings = _SOON | guard.settings
        try:
            done = crawl(
                *(server, [fault], Path(home)),
                settings=settings,
                product=copy,
                longest=_LONGEST,
            )
        except subprocess.TimeoutExpired:
            return "does not end"
        except RuntimeError:
            return "the crawl fails"
        asked = b"".join(server.received)
    if any(secret in asked for secret in SECRETS):
        return "sends what it should not"
    seen = done.end_of(fault)[0]
    if seen not in fault.ends:
        return seen or "not visited"
    if not done.goes_on(fault):
        return "the next page is lost"
    if (
        fault.ends == ("read",)
        and fault.place is Place.PAGE
        and not done.has_own(fault)
    ):
        return "other words are stored"
    mib = done.peak_mib - idle
    return f"{mib:.0f} MiB" if mib > _MOST_MIB else ""


def _fetched(fault: Fault, copy: Path) -> str:
    with serving([fault], name=PORTAL) as server:
        said = fetch(server, [fault], timeout=_LONGEST, product=copy)[fault.name]
    return "" if "private address" in said else said or "fetched"


def _test(guard: Guard, copy: Path) -> str:
    done = subprocess.run(  # noqa: S603  our own tests
        [sys.executable, "-m", "pytest", "-q", "-x", "--no-cov", guard.test],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        check=False,
    )
    return "fails" if done.returncode == 1 else ""


def _idle(certificate: Path) -> float:
    with serving([], certificate) as server, tempfile.TemporaryDirectory() as home:
        return crawl(server, [], Path(home), settings=_SOON).peak_mib
