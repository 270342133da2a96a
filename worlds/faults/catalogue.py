"""Every fault there is, by its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worlds.faults import bodies, connections, inner, refreshes, sources

if TYPE_CHECKING:
    from worlds.faults.fault import Fault, Place

FAULTS: tuple[Fault, ...] = (
    *connections.FAULTS,
    *bodies.FAULTS,
    *refreshes.FAULTS,
    *inner.FAULTS,
    *sources.FAULTS,
)


def of(*places: Place) -> list[Fault]:
    return [fault for fault in FAULTS if fault.place in places]
