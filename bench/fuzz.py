"""Mutated inputs for everything that reads untrusted input: nothing may break.

Each target of worlds/fuzz is given its share of the inputs in a process of its own, within
a worker's limit of memory. With atheris installed, which follows what the code does, it
makes the inputs out of the seeds (one core a target, Python code of the product
instrumented); else, or with ``--plain``, worlds/fuzz/mutate.py does, the same ones for the
same seed. What raises anything but a ScraperError, takes longer than ``--limit`` seconds
or ends its process is a finding: its bytes are kept in ``--findings``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bench import print_figures, say

if TYPE_CHECKING:
    import argparse

_CHILD = "import sys; from bench.fuzz_child import main; main(sys.argv[1])"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--inputs", type=int, default=500_000, help="in all (500000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", help="this one only")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds each (30)")
    parser.add_argument("--plain", action="store_true", help="without atheris")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))


def run(options: argparse.Namespace) -> int:
    from worlds.fuzz.targets import TARGETS

    options.findings.mkdir(parents=True, exist_ok=True)
    guided = not options.plain and find_spec("atheris") is not None
    figures: dict[str, float] = {"fuzz.guided": float(guided)}
    total = findings = 0
    started = time.monotonic()
    for name, target in TARGETS.items():
        if options.target in (None, name):
            wanted = options.inputs * target.share // 1000
            found = _fuzz(name, wanted, options, guided=guided)
            figures |= {f"fuzz.{name}": wanted, f"fuzz.{name}_findings": found}
            total, findings = total + wanted, findings + found
    figures |= {
        "fuzz.inputs": total,
        "fuzz.findings": findings,
        "fuzz.seconds": round(time.monotonic() - started, 1),
    }
    print_figures(figures, as_json=options.json)
    return int(findings > 0)


def _fuzz(name: str, wanted: int, options: argparse.Namespace, *, guided: bool) -> int:
    """Run *wanted* inputs of target *name*, on after each finding; return those found."""
    done = findings = 0
    began = time.monotonic()
    while done < wanted:
        spec = {
            "target": name,
            "first": done,
            "count": wanted - done,
            "seed": options.seed + findings,
            "limit": options.limit,
            "findings": str(options.findings),
            "guided": guided,
        }
        child = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-c", _CHILD, json.dumps(spec)],
            capture_output=True,
            check=False,
        )
        said = child.stderr.decode(errors="replace")
        reached = _reached(options.findings / f"{name}.at", wanted - done)
        if child.returncode == 0:
            break
        findings += 1
        say(f"{name}: a finding at input {done + reached}:\n{said[-1500:]}")
        done += reached + 1
    say(
        f"{name}: {wanted} inputs, {findings} findings, {time.monotonic() - began:.0f} s"
    )
    return findings


def _reached(path: Path, otherwise: int) -> int:
    """Return the number of the input at which a child ended."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return otherwise
