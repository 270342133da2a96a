"""What the frontier is told and what it hands out: addresses, leases, visits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.items import Article
    from scraper.storage.records import Outcome


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
