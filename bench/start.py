"""What a start costs: ``tinsach`` as a user runs it once, and ``import scraper``.

Each is a process of its own, by the clock, ROUNDS of them in turn; the figures are
medians. The import is that of a process that imports the package, less a process that
imports nothing. One page of the replica is extracted, over the time of trafilatura's
command on it, and fetched from loopback, over the time that it takes to import Scrapy
and trafilatura. A crawl of the replica comes right after one that stored everything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench import print_figures, say
from scraper.crawling.fetch import fetch_page
from scraper.demo import serving

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

ROUNDS = 11
_QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")
_NOTHING_NEW = 3
"""The exit code of a crawl that stored nothing."""


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"processes of each ({ROUNDS})"
    )


def run(options: argparse.Namespace) -> int:
    print_figures(measure(options.rounds), as_json=options.json)
    return 0


def measure(rounds: int) -> dict[str, float]:
    """Return the medians of *rounds* processes of each kind, in milliseconds."""
    os.environ["TINSACH_CONTACT"] = "bench@example.com"
    with serving(1) as replica, tempfile.TemporaryDirectory() as folder:
        url = replica.portal.truth(0).url
        page = Path(folder) / "page.html"
        page.write_bytes(fetch_page(url, allow_private=True).body)
        spans = _time(_commands(url, page) | _crawl(replica.base, folder), rounds)
    found = {name: median(each) for name, each in spans.items()}
    return {
        "start.help_ms": round(found["help"], 1),
        "start.import_ms": round(found["import"] - found["nothing"], 1),
        "start.extract_ms": round(found["extract"], 1),
        "start.extract_vs_trafilatura": round(
            found["extract"] / found["trafilatura"], 3
        ),
        "start.fetch_ms": round(found["fetch"], 1),
        "start.fetch_vs_imports": round(found["fetch"] / found["imports"], 3),
        "start.nothing_new_ms": round(found["crawl"], 1),
    }


def _commands(url: str, page: Path) -> dict[str, tuple[list[str], Path | None]]:
    """Return what is timed by name: a command, and the file on its standard input."""
    python, tinsach = [sys.executable, "-c"], [sys.executable, "-m", "tinsach"]
    run_trafilatura = "from trafilatura.cli import main; main()"
    return {
        "help": ([*tinsach, "--help"], None),
        "nothing": ([*python, "pass"], None),
        "import": ([*python, "import scraper"], None),
        "extract": ([*tinsach, "extract", str(page)], None),
        "trafilatura": ([*python, run_trafilatura], page),
        "fetch": ([*tinsach, "fetch", "--allow-private", url], None),
        "imports": ([*python, "import scrapy, trafilatura"], None),
    }


def _crawl(portal: str, folder: str) -> dict[str, tuple[list[str], Path | None]]:
    """Return the crawl that is timed, after one that stores what the portal has."""
    command = [sys.executable, "-m", "tinsach", "crawl", "baotintuc"]
    command += ["-a", f"portal={portal}", "--store", f"sqlite:///{folder}/articles.db"]
    _milliseconds([*command, *_QUICK], None)
    return {"crawl": (command, None)}


def _time(
    commands: dict[str, tuple[list[str], Path | None]], rounds: int
) -> dict[str, list[float]]:
    for command, given in commands.values():
        _milliseconds(command, given)  # writes and warms what is read from the disk
    spans = {name: [0.0] * rounds for name in commands}
    for number in range(rounds):
        for name, (command, given) in commands.items():
            spans[name][number] = _milliseconds(command, given)
    for name, found in spans.items():
        say(f"{name}: {min(found):.1f} to {max(found):.1f} ms")
    return spans


def _milliseconds(command: Sequence[str], given: Path | None) -> float:
    with (given or Path(os.devnull)).open("rb") as stdin:
        started = time.perf_counter()
        done = subprocess.run(  # noqa: S603  this interpreter
            command, check=False, stdin=stdin, stdout=subprocess.DEVNULL
        )
        spent = (time.perf_counter() - started) * 1000
    if done.returncode not in {0, _NOTHING_NEW}:
        raise RuntimeError(f"{command} ended with {done.returncode}")
    return spent
