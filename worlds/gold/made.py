"""The sets that the project makes itself, so that every clone has figures and floors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError
from worlds.gold import inserts, park, replica

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from worlds.gold.sets import GoldSet

_MAKERS = {
    replica.NAME: replica.write_replica,
    park.NAME: park.write_park,
    inserts.NAME: inserts.write_inserts,
}
WEIGHTS = {replica.NAME: (1.0, 0.3), park.NAME: (1.0, 0.6), inserts.NAME: (0.33, 0.03)}
"""What a page of a set counts beside a published one: its blocks, and to tell lists."""
NAMES = frozenset(_MAKERS)


def chosen_sets(found: list[GoldSet], asked: str, folder: Path) -> list[GoldSet]:
    """Return the sets *asked* for, with commas, of those *found* and those made here.

    Without a name all of them; those made are written into *folder*. Raises
    ConfigurationError for an unknown name.
    """
    names = asked.split(",") if asked else [*(s.name for s in found), *_MAKERS]
    sets = [*found, *write_made(folder, names)]
    if unknown := set(names) - {s.name for s in sets}:
        there = ", ".join(dict.fromkeys([*(s.name for s in found), *_MAKERS]))
        raise ConfigurationError(
            f"--sets: no {', '.join(sorted(unknown))}; there are {there}"
        )
    return [each for each in sets if each.name in names]


def write_made(folder: Path, only: Container[str] = NAMES) -> list[GoldSet]:
    """Write each of these sets, or *only* some, into a folder of its own in *folder*."""
    sets = []
    for name, write in _MAKERS.items():
        if name not in only:
            continue
        (folder / name).mkdir()
        sets.append(write(folder / name))
    return sets
