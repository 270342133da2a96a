"""What hostile servers do, what a crawl makes of it, in which time and memory.

Each fault of worlds/faults is tested by a crawl of its own, with the product's own limits and
no second try; a redirect into this network by the one-off fetch. *seconds* are from the
first request to the visit's end, *memory* is the peak of the crawl's own process above
that of a crawl without faults (MiB). ``held`` is the share of faults that end as they
should, with the healthy page after them stored. Without ``--json`` the table is Markdown.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import print_figures, say
from scraper.crawling.failures import ROBOTS_UNREACHABLE
from worlds.certificate import write_certificate
from worlds.faults.catalogue import FAULTS
from worlds.faults.crawl import PORTAL, crawl, fetch
from worlds.faults.fault import Place
from worlds.faults.server import serving

if TYPE_CHECKING:
    import argparse

    from worlds.faults.fault import Fault

LONGEST_WAIT = 5.0
"""In place of the 300 s that a host's Retry-After is honoured for."""
_HEAD = (
    "| fault | what the server does | expected | seen | next page | s | MiB | guard |\n"
    "|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Row:
    fault: Fault
    seen: str
    goes_on: bool
    seconds: float
    mib: float

    @property
    def is_held(self) -> bool:
        return self.seen in self.fault.ends and self.goes_on

    @property
    def next_page(self) -> str:
        if not self.goes_on:
            return "LOST"
        return "not asked for" if self.seen == ROBOTS_UNREACHABLE else "stored"

    def __str__(self) -> str:
        fault = self.fault
        name = f"{fault.name} ({fault.advisory})" if fault.advisory else fault.name
        cells = (
            name,
            f"{fault.place}: {fault.does}",
            " or ".join(fault.ends[:2]),
            self.seen,
            self.next_page,
            f"{self.seconds:.1f}",
            f"{self.mib:.0f}",
            fault.guard,
        )
        return f"| {' | '.join(cells)} |"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", default="", help="names, with commas; all of them")


def run(options: argparse.Namespace) -> int:
    only = set(options.only.split(",")) - {""}
    rows = measure([fault for fault in FAULTS if not only or fault.name in only])
    figures = {
        "faults.count": len(rows),
        "faults.held": sum(row.is_held for row in rows) / len(rows),
        "faults.seconds": max(row.seconds for row in rows),
        "faults.mib": max(row.mib for row in rows),
    }
    if not options.json:
        print(_HEAD, *rows, sep="\n", end="\n\n")
    print_figures(figures, as_json=options.json)
    return int(any(not row.is_held for row in rows))


def measure(faults: list[Fault]) -> list[Row]:
    """Return a row for each of *faults*, met one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = write_certificate(Path(folder))
        idle = min(_crawl(None, certificate).mib for _ in range(3))
        rows = []
        for fault in faults:
            row = (
                _fetch(fault)
                if fault.place is Place.INNER
                else _crawl(fault, certificate, idle)
            )
            say(str(row))
            rows.append(row)
    return rows


def _crawl(fault: Fault | None, certificate: Path, idle: float = 0.0) -> Row:
    faults = [fault] if fault else []
    settings = {"TINSACH_RETRY_AFTER_MAX": LONGEST_WAIT, "CONCURRENT_REQUESTS": 1}
    with serving(faults, certificate) as server, tempfile.TemporaryDirectory() as home:
        done = crawl(server, faults, Path(home), settings=settings)
        if fault is None:
            return Row(FAULTS[0], "", True, 0.0, done.peak_mib)
        asked = server.first_asked(fault) or 0.0
    seen, at = done.end_of(fault)
    return Row(fault, seen, done.goes_on(fault), at - asked, done.peak_mib - idle)


def _fetch(fault: Fault) -> Row:
    with serving([fault], name=PORTAL) as server:
        began = time.time()
        said = fetch(server, [fault], timeout=120)[fault.name]
    seen = "private" if "private address" in said else said
    return Row(fault, seen, True, time.time() - began, 0.0)
