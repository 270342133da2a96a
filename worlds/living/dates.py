"""The days on which the portal itself changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scraper.demo.lexicon import DIRECTORY, Directory, Section
from worlds.living.events import Event, Kind
from worlds.living.rhythm import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worlds.living.plan import Plan

FEED = "/tin-moi-nhat.rss"
"""The feed that dies: the newest items of all sections."""
RENAMED = Section("y-te", 564, 0, "Y tế - Sức khỏe")
"""The section Y tế (suc-khoe) as it is called later."""

_LATER = DIRECTORY.renamed(RENAMED)
_AFTER_OUTAGE = timedelta(hours=1)


class Dates:
    """The moments of *plan* in a world that begins at *start*."""

    def __init__(self, plan: Plan, start: datetime) -> None:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)

        def moment(after: timedelta | None) -> datetime | None:
            return None if after is None else midnight + after

        night, outage = moment(plan.night), moment(plan.outage)
        self.night = Span(night, night + plan.night_lasts) if night else None
        self.outage = Span(outage, outage + plan.outage_lasts) if outage else None
        self.feed_dies = moment(plan.feed_dies)
        self.renamed = moment(plan.renamed)
        self.redesigned = moment(plan.redesigned)

    @property
    def closed(self) -> list[Span]:
        """The spans within which nothing happens to articles.

        The night is without news; what is done in an outage, or shortly after, might
        never have been seen otherwise.
        """
        spans = [self.night] if self.night else []
        if self.outage:
            spans.append(Span(self.outage.start, self.outage.end + _AFTER_OUTAGE))
        return spans

    def sections(self, moment: datetime) -> Directory:
        return _LATER if _is_past(self.renamed, moment) else DIRECTORY

    def is_redesigned(self, moment: datetime) -> bool:
        return _is_past(self.redesigned, moment)

    def is_down(self, moment: datetime) -> bool:
        return self.outage is not None and moment in self.outage

    def is_dead(self, path: str, moment: datetime) -> bool:
        return path == FEED and _is_past(self.feed_dies, moment)

    def events(self, base: str) -> Iterator[Event]:
        """Yield what happens to the portal, its addresses below *base*."""
        if self.feed_dies:
            yield Event(self.feed_dies, Kind.FEED_DEATH, address=base + FEED)
        if self.renamed:
            old = base + DIRECTORY.by_id[RENAMED.id].path
            new = base + RENAMED.path
            yield Event(self.renamed, Kind.RENAME, address=old, detail=new)
        if self.redesigned:
            yield Event(self.redesigned, Kind.REDESIGN)
        for kind, span in ((Kind.QUIET_NIGHT, self.night), (Kind.OUTAGE, self.outage)):
            if span:
                yield Event(span.start, kind, until=span.end)


def _is_past(date: datetime | None, moment: datetime) -> bool:
    return date is not None and moment >= date
