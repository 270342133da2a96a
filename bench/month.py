"""A simulated month: a job every ten minutes over a portal that lives and changes.

The world is :mod:`worlds.living`: 400 articles a day, edits, takedowns, moved
addresses, a feed that dies, a section renamed, another template, a quiet night, an hour of
503s. The job runs in one process with virtual time, every hundredth run in a process of its
own. ``--days 2`` is a short world with all of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench import print_figures
from bench.months import A_DAY, EVERY, START
from bench.months.ledger import Ledger
from scraper.storage import open_store
from worlds.living import TWO_DAYS, Plan, World

if TYPE_CHECKING:
    import argparse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=30, help="virtual days (30)")
    parser.add_argument("--runs", type=int, help="the first so many runs only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the stores, kept")
    parser.add_argument(
        "--kills", type=int, default=0, help="real runs that are killed, then compared"
    )


def run(options: argparse.Namespace) -> int:
    options.runs = options.runs or options.days * A_DAY - 1
    plan = TWO_DAYS if options.days <= 2 else Plan()  # noqa: PLR2004
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        store = f"sqlite:///{folder}/month.db"
        found = _simulate(options, plan, store, archive=folder / "archive")
        figures = measure(options, plan, store, found["moments"])
        figures["month.days"] = options.days
        figures["month.seconds"] = round(found["seconds"], 1)
        _reextract(store, folder / "archive")
        figures |= dirty(options, plan, store)
        if options.kills:
            killed = f"sqlite:///{folder}/killed.db"
            _simulate(options, plan, killed, kills=options.kills)
            figures |= compare(options, plan, store, killed)
    print_figures(figures, as_json=options.json)
    return 0


def _simulate(
    options: argparse.Namespace,
    plan: Plan,
    store: str,
    *,
    kills: int = 0,
    archive: Path | None = None,
) -> dict[str, Any]:
    settings = {
        "LOG_LEVEL": "ERROR",
        "TINSACH_WORKERS": 1,
        "TINSACH_ARCHIVE": str(archive or ""),
    }
    spec = {
        "seed": options.seed,
        "start": START,
        "days": options.days,
        "runs": options.runs,
        "plan": plan.to_json(),
        "port": 0,
        "kills": kills,
        "store": store,
        "settings": settings,
    }
    done = subprocess.run(
        # Not -m: every worker would load the module, and Scrapy with it, once more.
        [sys.executable, "-c", "from bench.month_child import main; main()"],
        input=json.dumps(spec),
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _reextract(store: str, archive: Path) -> None:
    """Read the archive again by the site model of the end, as an operator would."""
    command = "from scraper.cli import main; raise SystemExit(main())"
    subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", command, "reextract", "--apply", "--store", store],
        env=os.environ | {"TINSACH_ARCHIVE": str(archive)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def measure(
    options: argparse.Namespace, plan: Plan, store: str, moments: dict[str, list[str]]
) -> dict[str, float]:
    """Return the figures of the runs in *store*; *moments* as in the ledger."""
    with open_store(store, create=False) as opened:
        ledger = Ledger(_world(options, plan), opened, _end(options), moments)
        return {
            **ledger.articles(),
            **ledger.events(),
            **ledger.runs(),
            **ledger.redesign(),
        }


def dirty(options: argparse.Namespace, plan: Plan, store: str) -> dict[str, float]:
    """Return what the template change left lost or dirty, after re-extraction."""
    with open_store(store, create=False) as opened:
        found = Ledger(_world(options, plan), opened, _end(options), {}).redesign()
    wanted = ("month.template_lost", "month.template_dirty")
    return {f"{name}_reextracted": found[name] for name in wanted if name in found}


def _world(options: argparse.Namespace, plan: Plan) -> World:
    start = datetime.fromisoformat(START)
    return World(options.seed, start=start, days=options.days, plan=plan)


def compare(
    options: argparse.Namespace, plan: Plan, store: str, killed: str
) -> dict[str, float]:
    """Return how many articles both stores hold, and how many of them differ."""
    one, other = (_contents(options, plan, each) for each in (store, killed))
    differ = [n for n in one.keys() | other.keys() if one.get(n) != other.get(n)]
    return {
        "month.kills": options.kills,
        "month.articles_never_killed": len(one),
        "month.articles_killed": len(other),
        "month.differ_after_kills": len(differ),
    }


def _end(options: argparse.Namespace) -> datetime:
    """Return when the run after the last one would begin."""
    runs: int = options.runs
    return datetime.fromisoformat(START) + (runs + 1) * EVERY


def _contents(
    options: argparse.Namespace, plan: Plan, store: str
) -> dict[int | None, tuple[object, ...]]:
    """Return what *store* says of each article of the world, by its number."""
    world = _world(options, plan)
    with open_store(store, create=False) as opened:
        return {
            world.locate(urlsplit(a.url).path): (
                urlsplit(a.url).path,
                a.title,
                a.text,
                a.gone_at is None,
            )
            for a in opened.iter_articles()
        }
