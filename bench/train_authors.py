"""Train the chooser of authors on gold sets, and measure it on sites that it did not see.

Five folds by registrable domain, as ``python -m bench train`` has them. With ``--write``
trees grown on all pages become part of the package; those of the folds stay beside the
labellers of the folds, for ``python -m bench quality``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from bench import fork_pool, print_figures, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bench.training.authoring import AuthorPage

_NOTE = """Trees that choose authors, written by ``python -m bench train_authors --write``.

Grown on {pages} pages of {sites} sites: {sets}."""


def register(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", help="gold sets (../shared/data)")
    add("--write", action="store_true", help="write the weights into the package")
    add("--worst", type=int, default=0, metavar="N", help="wrong pages shown of a set")


def run(options: argparse.Namespace) -> int:
    from bench.train import WRONG_ARGUMENTS, golds_of
    from bench.training import sets_to_train_on
    from bench.training.authoring import author_page
    from scraper.errors import ConfigurationError

    try:
        sets = sets_to_train_on(options.data)
    except ConfigurationError as error:
        say(f"bench train_authors: {error}")
        return WRONG_ARGUMENTS
    with fork_pool() as pool:
        read = pool.imap(author_page, golds_of(sets), chunksize=4)
        pages = [page for page in read if page is not None]
    print_figures(_figures(pages, options.worst), as_json=options.json)
    if options.write:
        _write(pages)
    return 0


def _figures(pages: Sequence[AuthorPage], worst: int) -> dict[str, float]:
    """Return the share of pages with the right authors by set, none seen by its judge."""
    from bench.training.authoring import folded, grow_without
    from bench.training.folds import FOLDS, fold_of

    trees = [grow_without(pages, fold).compiled() for fold in range(FOLDS)]
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for page in pages:
        chosen = page.chosen(trees[fold_of(page.site)])
        if folded(chosen) == page.right:
            right[page.set_name] += 1
            continue
        wrong[page.set_name] += 1
        if wrong[page.set_name] <= worst:
            say(f"{page.set_name} {page.name}: {sorted(page.right)}, not {chosen}")
    names = sorted({*right, *wrong})
    return {
        f"authors.{name}": round(right[name] / (right[name] + wrong[name]), 4)
        for name in names
    }


def _write(pages: Sequence[AuthorPage]) -> None:
    from bench.train import WEIGHTS
    from bench.training.authoring import grow_without
    from bench.training.folds import FOLDS, authors_path_of
    from bench.training.trees import module, write_section

    note = _NOTE.format(
        pages=len(pages),
        sites=len({page.site for page in pages}),
        sets=", ".join(sorted({page.set_name for page in pages})),
    )
    write_section(WEIGHTS, module({"authors": grow_without(pages)}, note))
    for fold in range(FOLDS):
        without = f"{note}\n\nWithout the sites of fold {fold}."
        source = module({"authors": grow_without(pages, fold)}, without)
        authors_path_of(fold).write_text(source, "utf-8")
