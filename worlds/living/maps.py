"""The sitemaps of a world: a day of rows at a time, kept until the day changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from scraper.demo import site
from scraper.demo.pages import Chrome, Part
from scraper.demo.story import VIETNAM

if TYPE_CHECKING:
    from worlds.living.view import View
    from worlds.living.world import World


class Maps:
    def __init__(self, world: World) -> None:
        self._world = world
        self._days: dict[tuple[date, bool], tuple[datetime, Part]] = {}

    def between(
        self, start: datetime, end: datetime, view: View
    ) -> tuple[list[Part], datetime]:
        """Return a map of what *view* shows from *start* until *end*, and its time.

        No parts if nothing was published then.
        """
        published = self._world.between(start, end)
        shown = published[: max(0, view.size - published.start)]
        if not shown:
            return [], start
        newest = self._world.times[shown[-1]]
        first = self._world.times[shown[0]].date()
        days = [
            newest.date() - timedelta(days=k)
            for k in range((newest.date() - first).days + 1)
        ]
        rows = [self._rows(day, view) for day in days]
        body = [part for _, part in rows]
        parts = [site.SITEMAP_START.encode(), *body, site.SITEMAP_END.encode()]
        return parts, max(changed for changed, _ in rows)

    def _rows(self, day: date, view: View) -> tuple[datetime, Part]:
        """Return the rows of *day*, the newest first, and when they last changed."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
        published = self._world.between(midnight, midnight + timedelta(days=1))
        shown = published[: max(0, view.size - published.start)]
        newest = self._world.times[shown[-1]] if shown else midnight
        changed = self._world.chronicle.last_mark(day, view.now)
        version = max(newest, changed or newest)
        is_over = day < view.now.date()
        known = self._days.get((day, is_over))
        if known and known[0] == version:
            return known
        rows = "".join(
            site.sitemap_row(view.headline(n), view.base, view.lastmod(n))
            for n in view.on_day(day)
        )
        # A day that is over changes a few times more: worth packing once each time.
        part = Chrome(rows) if is_over else rows.encode()
        self._days[day, is_over] = version, part
        return version, part
