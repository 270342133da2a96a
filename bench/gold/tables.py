"""Figures as tables: for a terminal or a pipe, and as the Markdown of the docs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.gold.ours import ALONE, FULL, MODEL
from worlds.gold.oracle import NAME as ORACLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.gold.measuring import Measured
    from worlds.gold.scoring import PageScore

NAMES = {
    MODEL: "tinsach, model",
    FULL: "tinsach, full",
    ALONE: "tinsach, page alone",
    "trafilatura_precision": "trafilatura, prec.",
    "trafilatura_default": "trafilatura",
    ORACLE: "best of its blocks",
}
TEXT = {
    "f1": "f1",
    "precision": "prec",
    "recall": "recall",
    "page_f1": "mean",
    "page_sd": "± sd",
    "perfect": "perfect",
    "below_0.8": "<.8",
    "lost": "lost",
    "leaked": "leaked",
    "segments_f1": "seg f1",
    "segments_precision": "prec",
    "segments_recall": "recall",
    "starts": "starts",
    "ends": "ends",
}
FIELDS = {
    name: name
    for name in ("kind", "title", "lead", "authors", "agency", "date", "captions")
}
_PIPE_WIDTH = 100
_LINES = 3


def shown(value: float | None) -> str:
    """Return a share as .xxx, a count as it is, "-" for what was not measured."""
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}".removeprefix("0")


def print_tables(results: Iterable[Measured], worst: int) -> None:
    """Print each set's figures, then our *worst* pages of it."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    console = Console(width=width, highlight=False, soft_wrap=False)
    for result in results:
        pages = len(result.gold_set.rows)
        console.print(Text(f"{result.gold_set.name}: {pages} pages", "bold"))
        for columns in (TEXT, FIELDS):
            _print_table(console, result, columns)
        _print_worst(console, result, worst)


def _print_table(console: Console, result: Measured, columns: dict[str, str]) -> None:
    present = _present(result, columns)
    if not present:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True, min_width=max(map(len, NAMES.values())))
    for name in present:
        table.add_column(columns[name], justify="right", no_wrap=True)
    for key, row in _rows(result, present):
        table.add_row(key, *row)
    console.print(table)
    console.print()


def _present(result: Measured, columns: Iterable[str]) -> list[str]:
    found = {name for scores in result.scores.values() for name in scores.figures}
    return [name for name in columns if name in found]


def _rows(result: Measured, present: Sequence[str]) -> Iterable[tuple[str, list[str]]]:
    for key, scores in result.scores.items():
        cells = [shown(scores.figures.get(name)) for name in present]
        if set(cells) != {"-"}:
            yield NAMES.get(key, key), cells


def _print_worst(console: Console, result: Measured, worst: int) -> None:
    ceilings = {
        page.row["id"]: page.f1
        for page in (result.scores[ORACLE].pages if ORACLE in result.scores else ())
    }
    for page in result.scores[MODEL].worst(worst):
        _print_page(console, page, ceilings.get(page.row["id"]))


def _print_page(console: Console, page: PageScore, ceiling: float | None) -> None:
    best = "" if ceiling is None else f" (its blocks: {shown(ceiling)})"
    head = f"{shown(page.f1)}{best}  {page.row['id']}  {page.row.get('url', '')}"
    console.print(Text(head), overflow="fold")
    for sign, parts in (("-", page.lost()), ("+", page.kept())):
        for part in parts[:_LINES]:
            line = Text(f"  {sign} {' '.join(part.split())}")
            console.print(line, no_wrap=True, overflow="ellipsis")
        if len(parts) > _LINES:
            console.print(f"  {sign} … {len(parts) - _LINES} more")
    console.print()


def print_markdown(results: Sequence[Measured], cost: dict[str, float]) -> None:
    """Print the tables of docs/measurements.md."""
    for result in results:
        rows = len(result.gold_set.rows)
        print(f"**{result.gold_set.name}**, {rows} pages\n")
        for columns in (TEXT, FIELDS):
            if present := _present(result, columns):
                heads = ["", *(columns[name] for name in present)]
                print("| " + " | ".join(heads) + " |")
                print("|---" * len(heads) + "|")
                for key, cells in _rows(result, present):
                    print("| " + " | ".join([key, *cells]) + " |")
                print()
    if cost:
        print("| cost | |\n|---|---|")
        for name, value in cost.items():
            print(f"| {name} | {value:g} |")
