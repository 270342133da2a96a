"""What goes into a store as a question and comes out as an answer."""

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
    UNCHANGED: everything but the circumstances of the fetch was stored already; where
    another version of the site model made it, the record says so from then on.
    FORGOTTEN: it was forgotten before, so nothing was saved.
    """

    NEW = "new"
    REVISED = "revised"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Query:
    """Which articles; None asks for all.

    *section* is compared folded, "thoi-su" is "Thời sự". *since* is included, *until*
    is not; both are aware, and an article without a date lies in no such span. With
    *heads* an article is left out where the store has an earlier one of which it is a
    near-duplicate. *confidence* (0-1) is the least that an article has.
    Raises ConfigurationError for a naive time, a negative limit and another confidence.
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
    """An article found, and the place in its text with ``**`` around found words."""

    article: Article
    snippet: str


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One version of a site's model.

    *created_at* is when it was first saved. *current* is the version in use: the
    pinned one, else the one saved last.
    """

    site: str
    version: str
    pages: int
    created_at: datetime
    pinned: bool
    current: bool
