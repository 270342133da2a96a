"""How well near-duplicates are distinguished from look-alikes, and what it costs.

Stories of the replica's generator with ten near-duplicates each
(:mod:`bench.corpus.near_duplicates`) and
reports of one template (:mod:`bench.corpus.lookalikes`) go into one store, in an order
of chance. ``precision`` is the share of pairs in one cluster that are of one story,
``recall`` the share of near-duplicates that stand with their story. ``--pages`` does the same
with the real pages of a folder of gold sets as stories, and lists the clusters among
the pages themselves, which have no gold of near-duplicates.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import print_figures, say
from bench.clusters import cost, curve, pages, quality
from bench.clusters.corpus import make_corpus
from bench.corpus.articles import SIZE
from bench.corpus.near_duplicates import iter_families

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from bench.corpus.near_duplicates import Family

FAMILIES = 200
REPORTS = 60


def register(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--families", type=int, default=FAMILIES, help=f"stories ({FAMILIES})")
    add("--reports", type=int, default=REPORTS, help=f"of a template ({REPORTS})")
    add("--size", type=int, default=SIZE, help=f"articles stored ({SIZE:,}); 0: none")
    add("--window", type=int, default=cost.WINDOW, help=f"timed ({cost.WINDOW:,})")
    add("--curve", action="store_true", help="only print how thresholds were chosen")
    add("--pages", type=Path, help="gold sets to take the stories from")


def run(options: argparse.Namespace) -> int:
    families = _families(options)
    corpus = make_corpus(families, options.reports)
    if options.curve:
        print("\n".join(curve.iter_lines(corpus)))
        return 0
    figures = quality.score(corpus)
    if options.size:
        say(f"saving {options.size:,} articles")
        with tempfile.TemporaryDirectory() as folder:
            figures |= cost.measure(Path(folder), options.size, options.window)
    rounded = {name: round(value, 4) for name, value in figures.items()}
    print_figures(rounded, as_json=options.json)
    return 0


def _families(options: argparse.Namespace) -> Iterator[Family]:
    if not options.pages:
        return iter_families(options.families)
    articles = pages.load(options.pages)
    for line in pages.iter_lines(articles):
        say(line)
    return pages.iter_families(articles)
