"""What a start costs: ``tinsach --help`` as a user runs it, and ``import scraper``.

Each is a process of its own, by the clock, ROUNDS of them in turn; the figures are
medians. The import is that of a process that imports the package, less a process that
imports nothing.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench import print_figures, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

ROUNDS = 11


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"processes of each ({ROUNDS})"
    )


def run(options: argparse.Namespace) -> int:
    print_figures(measure(options.rounds), as_json=options.json)
    return 0


def measure(rounds: int) -> dict[str, float]:
    """Return the medians of *rounds* processes of each kind, in milliseconds."""
    commands = {
        "help": _help(),
        "nothing": [sys.executable, "-c", "pass"],
        "import": [sys.executable, "-c", "import scraper"],
    }
    for command in commands.values():
        _milliseconds(command)  # writes and warms what is read from the disk
    spans = {name: [0.0] * rounds for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            spans[name][number] = _milliseconds(command)
    for name, found in spans.items():
        say(f"{name}: {min(found):.1f} to {max(found):.1f} ms")
    bare = median(spans["nothing"])
    return {
        "start.help_ms": round(median(spans["help"]), 1),
        "start.import_ms": round(median(spans["import"]) - bare, 1),
    }


def _help() -> list[str]:
    """Return the console script beside this Python; without one, what it runs."""
    script = Path(sys.executable).with_name("tinsach")
    if script.is_file():
        return [str(script), "--help"]
    run_main = "import sys; from scraper.cli import main; sys.exit(main(['--help']))"
    return [sys.executable, "-c", run_main]


def _milliseconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return (time.perf_counter() - started) * 1000
