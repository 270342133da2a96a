"""Floors: what the figures may not fall under, pinned in ``bench/floors.json``.

One flat object, ``SET.FIGURE`` (with the model) and ``SET.alone.FIGURE`` (each page by
itself) to a bound; the sample of a large set is the set ``SET.sample``. What counts
faults has a ceiling instead. The spread, the two halves
of an f1 (one may be traded for the other) and the number of pages have neither.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from bench.gold.ours import OURS
from scraper.errors import ConfigurationError

FLOORS = Path(__file__).resolve().parent.parent / "floors.json"
CEILINGS = frozenset({"missing", "leaked", "below_0.8", "lost"})
_WITHOUT = frozenset(
    {"pages", "page_sd", "precision", "recall", "segments_precision", "segments_recall"}
)
_STEP = 1000
"""A floor is one unit in the third decimal under its figure: noise does not pin."""


def load_floors(path: Path) -> dict[str, float]:
    """Return the floors in the file at *path*; empty if it does not exist."""
    if not path.exists():
        return {}
    try:
        floors: dict[str, float] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"{path}: no JSON object of floors: {error}") from None
    return floors


def set_of(key: str) -> str:
    return split(key)[0]


def split(key: str) -> tuple[str, str, str]:
    """Return set, extractor ("" for us with the model) and figure of *key*.

    A figure may hold a dot itself (``below_0.8``).
    """
    for ceiling in CEILINGS:
        if key.endswith(f".{ceiling}"):
            return (*_owner(key.removesuffix(f".{ceiling}")), ceiling)
    owner, _, figure = key.rpartition(".")
    return (*_owner(owner), figure)


def _owner(owner: str) -> tuple[str, str]:
    name, _, extractor = owner.rpartition(".")
    return (name, extractor) if extractor in OURS and name else (owner, "")


def missed(figures: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Return a line for each floor of a measured set that does not hold."""
    measured = {set_of(key) for key in figures}
    lines = []
    for key, bound in floors.items():
        if set_of(key) not in measured:
            continue
        found = figures.get(key)
        if found is None:
            lines.append(f"{key}: not measured, its floor is {bound:g}")
        elif _is_ceiling(key) and found > bound:
            lines.append(f"{key}: {found:g} is over its ceiling {bound:g}")
        elif not _is_ceiling(key) and found < bound:
            lines.append(f"{key}: {found:g} is under its floor {bound:g}")
    return lines


def raised(figures: dict[str, float], floors: dict[str, float]) -> dict[str, float]:
    """Return *floors*, tightened where *figures* are better, never loosened."""
    tighter = dict(floors)
    for key, value in figures.items():
        if split(key)[2] in _WITHOUT:
            continue
        if _is_ceiling(key):
            tighter[key] = min(value, floors.get(key, value))
        else:
            bound = _just_under(value)
            tighter[key] = max(bound, floors.get(key, bound))
    return dict(sorted(tighter.items()))


def save_floors(path: Path, floors: dict[str, float]) -> None:
    path.write_text(json.dumps(floors, indent=1) + "\n", "utf-8")


def _is_ceiling(key: str) -> bool:
    return split(key)[2] in CEILINGS


def _just_under(value: float) -> float:
    """Return the floor for *value*; a figure that is whole stays so."""
    if value >= 1:
        return value
    return max(0, math.floor(round(value * _STEP, 6)) - 1) / _STEP
