"""What the frontier is told and what it hands out: addresses, leases, visits."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


class AddressKind(StrEnum):
    ARTICLE = "article"
    FEED = "feed"
    SECTION = "section"
    DAY = "day"
    SITEMAP = "sitemap"


class Result(StrEnum):
    """What came of a visit.

    READ: the page was read; UNCHANGED: nothing is new there, by the server's word or by
    its bytes; GONE: 404 or 410; DROPPED: it is no article to keep; FAILED: it could not be
    fetched or read, and is tried again.
    """

    READ = "read"
    UNCHANGED = "unchanged"
    GONE = "gone"
    DROPPED = "dropped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is, as a source lists it.

    *time* is when it was published: what the address states (*dated*), else what the
    source says, None where neither does. *changed* is a sitemap's time, that of the last
    change. *page* counts the pages of a source, which are visited when the one before says
    so: those of a section, and 2 for the parts of a sitemap. *alias* is another spelling under which
    the store may have the article: a mirror's original.
    """

    url: str
    kind: AddressKind = AddressKind.ARTICLE
    section: str = ""
    page: int = 1
    time: datetime | None = None
    dated: bool = False
    changed: datetime | None = None
    alias: str = ""

    @property
    def lists_all(self) -> bool:
        """Tell a source that lists what every section brings: the first page of one."""
        is_list = self.kind not in (AddressKind.ARTICLE, AddressKind.DAY)
        return is_list and self.page == 1 and not self.section

    def complete(self, article: Article) -> Article:
        """Return *article* with the listing's time and section where it has none."""
        if article.published_at is None and self.time is not None:
            source = "url" if self.dated else "listing"
            article = replace(article, published_at=self.time, published_source=source)
        if not article.section and self.section:
            article = replace(article, section=self.section)
        return article


@dataclass(frozen=True, slots=True)
class Lease:
    """An address to visit, and what is known from the last visit.

    *visited_at* is None for the first one. *etag*, *last_modified* are the server's,
    *content_hash* is of the bytes; "" where there is none.
    """

    position: int
    address: Address
    visited_at: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What came of the lease at *position*.

    *reason* says why it was dropped or failed. *article* is stored, *links* are added in
    the same transaction, and *further*, the next page, where any of them was new. *moved_to* is the address that the page has by now, where that
    is another one: it is visited from then on instead of this one.
    """

    position: int
    at: datetime
    result: Result
    reason: str = ""
    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""
    article: Article | None = None
    links: tuple[Address, ...] = ()
    further: Address | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a visit did to its article, if it had one, and which of its links were new."""

    outcome: Outcome | None = None
    new_links: tuple[str, ...] = ()
