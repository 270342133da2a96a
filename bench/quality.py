"""Quality of text and fields on gold sets, with the site model and each page alone.

Each set is read as ``tinsach extract`` reads it. Trafilatura, and with ``--peers`` other
extractors, read the same pages in the same run.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench import print_figures, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from bench.gold.measuring import Measured
    from worlds.gold.sets import GoldSet

WRONG_ARGUMENTS = 2


def register(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", help="gold sets (../shared/data)")
    add(
        "--sets",
        metavar="A,B",
        help="only these sets; replica, park and inserts are always there",
    )
    add("--sample", action="store_true", help="some sites of a large set")
    add(
        "--peers", action="store_true", help="resiliparse, readability, newspaper4k too"
    )
    add("--oracle", action="store_true", help="what a page's blocks could give at best")
    add("--no-cost", action="store_true", help="do not time it (some 90 seconds)")
    add("--worst", type=int, default=10, metavar="N", help="pages shown of a set (10)")
    add("--markdown", action="store_true", help="the tables of docs/measurements.md")
    add("--floors", type=Path, metavar="FILE", help="floors (bench/floors.json)")
    gate = parser.add_mutually_exclusive_group()
    gate.add_argument("--check", action="store_true", help="exit 1 under a floor")
    gate.add_argument("--raise-floors", action="store_true", help="never lowers one")


def run(options: argparse.Namespace) -> int:
    from scraper.errors import ConfigurationError

    try:
        with _open_sets(options) as sets:
            return _measure(options, sets)
    except ConfigurationError as error:
        say(f"bench quality: {error}")
        return WRONG_ARGUMENTS


def _measure(options: argparse.Namespace, sets: list[GoldSet]) -> int:
    from bench.gold.floors import FLOORS, load_floors
    from bench.gold.measuring import measure
    from bench.gold.peers import EXTRA, require

    if options.peers:
        require(EXTRA)
    gated = options.check or options.raise_floors
    floors_file = options.floors or FLOORS
    floors = load_floors(floors_file) if gated else {}
    wanted = {"others": not gated, "peers": options.peers, "oracle": options.oracle}
    results = [measure(gold_set, **wanted) for gold_set in sets]
    cost = {} if gated or options.no_cost else _cost(sets)
    _show(options, results, cost)
    figures = {key: value for each in results for key, value in each.held().items()}
    if options.raise_floors:
        return _raise(floors_file, floors, figures)
    return _check(floors, figures, options) if options.check else 0


def _show(
    options: argparse.Namespace, results: list[Measured], cost: dict[str, float]
) -> None:
    from bench.gold.tables import print_markdown, print_tables

    if options.json:
        print_figures(_flat(results) | cost, as_json=True)
    elif options.markdown:
        print_markdown(results, cost)
    else:
        print_tables(results, options.worst)
        print_figures(cost, as_json=False)


def _flat(results: list[Measured]) -> dict[str, float]:
    return {key: value for r in results for key, value in r.flat().items()}


def _cost(sets: list[GoldSet]) -> dict[str, float]:
    """Time the samples of the real sets, or of the generated ones if there are no real ones."""
    from bench.gold.cost import measure_cost
    from worlds.gold.made import NAMES

    real = [each.sampled() for each in sets if each.name not in NAMES]
    return measure_cost(real or sets)


def _check(
    floors: dict[str, float], figures: dict[str, float], options: argparse.Namespace
) -> int:
    from bench.gold.floors import missed, set_of

    out = sys.stderr if options.json else sys.stdout
    measured = {set_of(key) for key in figures}
    if absent := sorted({set_of(key) for key in floors} - measured):
        print(f"not measured, floors skipped: {', '.join(absent)}", file=out)
    lines = missed(figures, floors)
    held = sum(set_of(key) in measured for key in floors) - len(lines)
    print(*lines, f"{held} floors hold, {len(lines)} do not", sep="\n", file=out)
    return 1 if lines else 0


def _raise(path: Path, floors: dict[str, float], figures: dict[str, float]) -> int:
    from bench.gold.floors import raised, save_floors

    tighter = raised(figures, floors)
    for key, bound in tighter.items():
        if floors.get(key) != bound:
            say(f"{key}: {floors.get(key, 'none')} -> {bound:g}")
    save_floors(path, tighter)
    return 0


@contextmanager
def _open_sets(options: argparse.Namespace) -> Iterator[list[GoldSet]]:
    """Give the sets asked for: those of the folder, then those we make."""
    from worlds.gold.made import chosen_sets
    from worlds.gold.sets import SHARED_DATA, load_sets

    sets: list[GoldSet] = []
    if options.data or SHARED_DATA.is_dir():
        sets = load_sets(options.data or SHARED_DATA)
    else:
        say("no gold sets beside the project (../shared/data): only those we make")
    with tempfile.TemporaryDirectory() as folder:
        chosen = chosen_sets(sets, options.sets or "", Path(folder))
        samples = [sample for s in chosen if (sample := s.sampled()).rows]
        yield samples if options.sample else chosen
