"""What is to happen in a world, and when."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

MOST_ARTICLES = 600
_MONTH = 30


@dataclass(frozen=True)
class Plan:
    """How much happens to articles, and when the portal itself changes.

    *articles* are a day's, *takedowns* and *moves* those of 30 days, *edited* is a
    share of all articles. The times count from the midnight (Vietnam) with which the
    first day begins; None is never, and so is a time after the world's end. The night
    and the outage last as long as their ``_lasts`` says. Raises ValueError if
    *articles* is not within 1..600 or *edited* not within 0..1.
    """

    articles: int = 400
    edited: float = 0.1
    takedowns: int = 20
    moves: int = 30
    feed_dies: timedelta | None = timedelta(days=8, hours=10, minutes=40)
    renamed: timedelta | None = timedelta(days=11, hours=9, minutes=20)
    redesigned: timedelta | None = timedelta(days=19, hours=10)
    night: timedelta | None = timedelta(days=13, hours=21, minutes=30)
    night_lasts: timedelta = timedelta(hours=8, minutes=30)
    outage: timedelta | None = timedelta(days=16, hours=14)
    outage_lasts: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        if not 1 <= self.articles <= MOST_ARTICLES:
            raise ValueError(
                f"{self.articles} articles a day: give 1 to {MOST_ARTICLES}"
            )
        if not 0 <= self.edited <= 1:
            raise ValueError(f"edited is {self.edited}: give a share from 0 to 1")

    def scaled(self, a_month: int, days: int) -> int:
        """Return how many of *a_month* fall to *days*: two at least, or none of none."""
        return max(2, round(a_month * days / _MONTH)) if a_month else 0

    def to_json(self) -> str:
        """Return the plan as a line of JSON, times in seconds."""
        return json.dumps(asdict(self), default=timedelta.total_seconds)

    @classmethod
    def from_json(cls, line: str) -> Plan:
        """Return the plan of :meth:`to_json`."""
        given: dict[str, Any] = json.loads(line)
        times = {f.name for f in fields(cls) if "timedelta" in str(f.type)}
        spans = {
            name: timedelta(seconds=value)
            for name, value in given.items()
            if name in times and value is not None
        }
        return cls(**(given | spans))


TWO_DAYS = Plan(
    feed_dies=timedelta(hours=10, minutes=40),
    night=timedelta(hours=21, minutes=30),
    renamed=timedelta(days=1, hours=9, minutes=20),
    outage=timedelta(days=1, hours=12),
    redesigned=timedelta(days=1, hours=15),
)
"""Everything of a month within two days."""
