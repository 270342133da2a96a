"""A long run over pages of which one in a hundred is a fault: nothing grows, nothing is lost.

The replica portal, served by worlds/faults/replica.py, is crawled by the real job in one
run. Growth is from the second tenth of the articles to the last, each by the least that
was held in it: resident memory, open files and processes of the crawl. *unaccounted* are visits of which the run's
report does not say what came of them, *lost* healthy articles that are not in the store.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from bench import print_figures, say
from scraper.demo.server import spawned
from scraper.demo.story import this_hour

if TYPE_CHECKING:
    import argparse

_CHILD = "import sys; from bench.load_child import main; main(*sys.argv[1:])"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=int, default=200_000, help="articles (200000)")


def run(options: argparse.Namespace) -> int:
    figures = measure(options.size)
    print_figures(figures, as_json=options.json)
    return 0


def measure(size: int) -> dict[str, float]:
    now = this_hour().isoformat()
    server = spawned("worlds.faults.replica", f"--size={size}", f"--now={now}")
    with server as (_, base), tempfile.TemporaryDirectory() as folder:
        say(f"{size} articles at {base}")
        done = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-c", _CHILD, base, folder, str(size), now],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    figures: dict[str, float] = json.loads(done.stdout)
    return {f"load.{name}": value for name, value in figures.items()}
