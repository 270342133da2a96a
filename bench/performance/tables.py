"""Tables of figures between the marks that name them in the page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.performance.measured import Measured
from worlds.marked import with_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.performance.measured import Run

_HERE = Path(__file__).parent
FIGURES = _HERE / "figures.json"
PAGE = _HERE.parents[1] / "docs" / "performance.md"
_BEGIN = re.compile(r"<!-- figures: (\w+) -->\n")
_END = "<!-- end of figures -->"
_SPREAD = "_spread"


def written(page: str) -> str:
    """Return *page* with all its tables; raises KeyError for an unknown one."""
    goals = tomllib.loads((_HERE / "goals.toml").read_text("utf-8"))
    measured = Measured.load(FIGURES)
    for begin in _BEGIN.finditer(page):
        name = begin[1]
        lines = "\n".join(_lines(goals[name], measured.runs.get(name)))
        page = with_part(page, begin[0], _END, f"{lines}\n")
    return page


def _lines(rows: list[dict[str, Any]], run: Run | None) -> Iterator[str]:
    figures = run.figures if run else {}
    has_spread = any(name.endswith(_SPREAD) for name in figures)
    columns = ["figure", "goal", "found", *["spread"] * has_spread]
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        name = row["figure"]
        if run and name not in figures and "goal" not in row:
            continue  # of a peer that is not installed
        cells = [
            f"`{name}`: {row['is']}",
            row.get("goal", ""),
            _number(figures.get(name)),
            *[_number(figures.get(name + _SPREAD))] * has_spread,
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield _taken(run) if run else "Not measured yet."


def _number(value: float | None) -> str:
    """Return *value* with three digits that count."""
    if value is None:
        return ""
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}".rstrip("0").rstrip(".")


def _taken(run: Run) -> str:
    libraries = ", ".join(f"{name} {number}" for name, number in run.versions.items())
    return (
        f"Measured on {run.day} in {run.seconds:.0f} seconds, load {run.load:.1f} at the"
        f" start; {run.machine}; {libraries}."
    )
