"""Every hazard, under the heading of its table."""

from __future__ import annotations

from worlds.hazards import (
    clock,
    crash,
    damage,
    environment,
    growth,
    network,
    page,
    place,
)

BY_KIND = {
    "Crash": crash.HAZARDS,
    "Disk": damage.HAZARDS,
    "Clock": clock.HAZARDS,
    "Place of the store": place.HAZARDS,
    "Growth": growth.HAZARDS,
    "Environment": environment.HAZARDS,
    "Network": network.HAZARDS,
    "Page": page.HAZARDS,
}
HAZARDS = tuple(hazard for hazards in BY_KIND.values() for hazard in hazards)
