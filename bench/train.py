"""Train the labeller on gold sets, and measure it on sites that it did not see.

Five folds by registrable domain: each page is read by a labeller that saw no page of its
site. With ``--write`` one that saw them all becomes part of the package.
"""

from __future__ import annotations

import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bench import fork_pool, print_figures, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bench.training.examples import Gold, PageRow
    from bench.training.trees import Grown
    from scraper.extraction.labeller import Labeller
    from worlds.gold.sets import GoldSet

    Parts = dict[str, Grown]

E = TypeVar("E")
WRONG_ARGUMENTS = 2
WEIGHTS = Path(__file__).parent.parent / "scraper" / "extraction" / "weights.py"
_BINS = 10
_NOTE = """Trees of the labeller, written by ``python -m bench train --write``.

Grown on {pages} pages of {sites} sites: {sets}."""


def register(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", help="gold sets (../shared/data)")
    add("--sets", metavar="A,B", help="only these sets")
    add("--worst", type=int, default=10, metavar="N", help="pages shown of a set (10)")
    add("--peers", action="store_true", help="trafilatura and the oracle beside it")
    add("--write", action="store_true", help="write the weights into the package")
    add("--output", type=Path, metavar="DIR", help="write them there")


def run(options: argparse.Namespace) -> int:
    from bench.training import sets_to_train_on
    from scraper.errors import ConfigurationError
    from worlds.gold.made import chosen_sets

    try:
        sets = sets_to_train_on(options.data)
        with tempfile.TemporaryDirectory() as folder:
            _train(chosen_sets(sets, options.sets or "", Path(folder)), options)
    except ConfigurationError as error:
        say(f"bench train: {error}")
        return WRONG_ARGUMENTS
    return 0


def _train(sets: list[GoldSet], options: argparse.Namespace) -> None:
    from bench.training.examples import block_rows
    from bench.training.folds import FOLDS, fold_of, path_of
    from bench.training.growing import grow_article, grow_body, grow_good
    from bench.training.trees import module, write_section
    from scraper.errors import ConfigurationError

    golds = list(golds_of(sets))
    sites = {gold.site for gold in golds}
    say(f"{len(golds)} pages of {len(sites)} sites")
    if len({fold_of(site) for site in sites}) == 1:
        raise ConfigurationError("all pages are of one fold: add sets of other sites")
    blocks = _each(block_rows, golds)
    say(f"{sum(len(rows.shares) for rows in blocks if rows)} blocks")
    first_grown = [
        grow_body(_others(golds, blocks, f)).compiled() for f in range(FOLDS)
    ]
    blocks = [
        rows and rows.doubted(first_grown[fold_of(gold.site)])
        for gold, rows in zip(golds, blocks, strict=True)
    ]
    say("grown once, to learn which gold to doubt")
    by_fold: list[Parts] = [
        {"body": grow_body(_others(golds, blocks, fold))} for fold in range(FOLDS)
    ]
    say("grown again, and read to learn what an article is and which texts are right")
    first = _read(golds, by_fold)
    for fold, parts in enumerate(by_fold):
        others = _others(golds, first, fold)
        parts |= {"article": grow_article(others), "good": grow_good(others)}
    say("read again, by labellers that did not see the site")
    pages = _read(golds, by_fold)
    _report(sets, golds, pages, options)
    if options.write or options.output:
        known = [page for page in first if page]
        parts = {
            "body": grow_body([rows for rows in blocks if rows]),
            "article": grow_article(known),
            "good": grow_good(known),
        }
        named = ", ".join(each.name for each in sets)
        note = _NOTE.format(pages=len(golds), sites=len(sites), sets=named)
        folder = options.output
        if folder:
            (folder / WEIGHTS.name).write_text(module(parts, note), "utf-8")
        else:
            write_section(WEIGHTS, module(parts, note))
        for fold, parts in enumerate(by_fold):
            without = f"{note}\n\nWithout the sites of fold {fold}."
            path = folder / path_of(fold).name if folder else path_of(fold)
            path.write_text(module(parts, without), "utf-8")


def golds_of(sets: Sequence[GoldSet]) -> Iterator[Gold]:
    """Yield the pages of *sets* with their gold, one after the other."""
    from bench.training.examples import Gold
    from worlds.gold.made import WEIGHTS

    for each in sets:
        rows = {row["id"]: row for row in each.rows}
        for name, page in each.iter_pages():
            weights = WEIGHTS.get(each.name, (1.0, 1.0))
            yield Gold(each.name, each.sites[name], rows[name], page, *weights)


def _others(golds: Sequence[Gold], examples: Sequence[E | None], fold: int) -> list[E]:
    """Return the *examples* of pages whose site is not in *fold*."""
    from bench.training.folds import fold_of

    pairs = zip(golds, examples, strict=True)
    return [e for gold, e in pairs if e is not None and fold_of(gold.site) != fold]


def _each(work: Callable[[Gold], E], golds: Sequence[Gold]) -> list[E]:
    with fork_pool() as pool:
        return pool.map(work, golds, chunksize=4)


def _read(golds: Sequence[Gold], by_fold: Sequence[Parts]) -> list[PageRow | None]:
    """Return what the labeller of its fold makes of each page."""
    from bench.training.folds import fold_of

    work = [(gold, by_fold[fold_of(gold.site)]) for gold in golds]
    with fork_pool() as pool:
        return pool.map(_read_one, work, chunksize=16)


def _read_one(work: tuple[Gold, Parts]) -> PageRow | None:
    from bench.training.examples import page_row

    gold, parts = work
    return page_row(gold, _labeller(tuple(parts.items())))


@cache
def _labeller(parts: tuple[tuple[str, Grown], ...]) -> Labeller:
    """Return the labeller of *parts*; what has not grown yet is sure of itself."""
    from scraper.extraction.labeller import Labeller, Trees

    compiled = {name: part.compiled() for name, part in parts}
    sure = Trees((), lambda: 9.0)
    return Labeller(*(compiled.get(name, sure) for name in ("body", "article", "good")))


def _report(
    sets: list[GoldSet],
    golds: Sequence[Gold],
    pages: Sequence[PageRow | None],
    options: argparse.Namespace,
) -> None:
    """Print the figures of each set, and how far confidence and truth are apart."""
    from bench.gold.measuring import Measured, beside
    from bench.gold.ours import MODEL
    from bench.gold.tables import print_tables
    from worlds.gold.scoring import score

    found: dict[str, dict[str, Mapping[str, object]]] = {s.name: {} for s in sets}
    for gold, page in zip(golds, pages, strict=True):
        prediction = page.prediction if page else {"kind": "error"}
        found[gold.set_name][gold.row["id"]] = prediction
    results = [
        Measured(each, {MODEL: score(each.rows, found[each.name])}) for each in sets
    ]
    if options.peers:
        for result in results:
            beside(result, peers=False, oracle=True)
    off = calibration_error([page for page in pages if page])
    figures = {key: value for each in results for key, value in each.flat().items()}
    figures["calibration_error"] = off
    if options.json:
        print_figures(figures, as_json=True)
        return
    print_tables(results, options.worst)
    print(f"calibration error {off:.3f}", file=sys.stdout)


def calibration_error(pages: Sequence[PageRow]) -> float:
    """Return how far confidence is from the share of right texts, over ten bins (0-1)."""
    from bench.training.growing import RIGHT

    bins: dict[int, list[tuple[float, bool]]] = {}
    for page in pages:
        if page.f1 is not None:
            confidence = float(page.prediction["extraction"]["confidence"])
            at = min(_BINS - 1, int(confidence * _BINS))
            bins.setdefault(at, []).append((confidence, page.f1 >= RIGHT))
    total = sum(map(len, bins.values()))
    apart = (
        abs(sum(c for c, _ in each) - sum(right for _, right in each))
        for each in bins.values()
    )
    return sum(apart) / max(1, total)
