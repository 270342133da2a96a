"""A replica portal that lives for some days of virtual time.

::

    with serving_world(seed=3, start=start, days=30) as replica:
        for event in replica.world.events():
            replica.set_time(event.time)  # requests to replica.base see it from here on
        replica.world.truth(7, at=moment).text

:class:`Plan` says what happens and when; :data:`TWO_DAYS` is all of it in two days.
"""

from __future__ import annotations

from worlds.living.child import ServedWorld, serving_world
from worlds.living.events import Event, Kind
from worlds.living.plan import TWO_DAYS, Plan
from worlds.living.world import World

__all__ = ["TWO_DAYS", "Event", "Kind", "Plan", "ServedWorld", "World", "serving_world"]
