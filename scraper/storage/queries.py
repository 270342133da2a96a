"""What the store is asked for articles, what it finds, and what saving one did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.items import Article


class Outcome(StrEnum):
    """What saving an article did.

    REVISED: its words changed, and a new revision was made; CHANGED: other fields did.
    UNCHANGED: everything but the circumstances of the fetch was stored already; these are
    updated if another version of the site model was used. FORGOTTEN: it was forgotten
    before, so nothing was saved.
    """

    NEW = "new"
    REVISED = "revised"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions of articles; None is no condition.

    *section* is compared folded, "thoi-su" is "Thời sự". *since* is inclusive, *until*
    exclusive; both are aware, and an article without a date lies in no such span. With
    *heads* an article is left out if the store has an earlier near-duplicate of it.
    *confidence* (0-1) is the minimum. Raises ConfigurationError for a naive time, a
    negative limit and a confidence outside 0-1.
    """

    site: str | None = None
    section: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    heads: bool = False
    confidence: float = 0.0

    def __post_init__(self) -> None:
        for name, moment in (("since", self.since), ("until", self.until)):
            if moment is not None and moment.tzinfo is None:
                raise ConfigurationError(
                    f"{name} is {moment.isoformat()}, a time without a zone: add one"
                )
        if self.limit is not None and self.limit < 0:
            raise ConfigurationError(f"limit is {self.limit}: it cannot be negative")
        if not 0 <= self.confidence <= 1:
            raise ConfigurationError(f"confidence is {self.confidence}: from 0 to 1")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, and a passage of its text with ``**`` around found words."""

    article: Article
    snippet: str
