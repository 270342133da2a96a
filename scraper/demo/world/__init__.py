"""A replica portal that lives for some days of virtual time."""

from __future__ import annotations

from scraper.demo.world.child import ServedWorld, serving_world
from scraper.demo.world.events import Event, Kind
from scraper.demo.world.plan import TWO_DAYS, Plan
from scraper.demo.world.world import World

__all__ = ["TWO_DAYS", "Event", "Kind", "Plan", "ServedWorld", "World", "serving_world"]
