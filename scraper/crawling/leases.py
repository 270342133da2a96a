"""Leases: the request for one, what is kept of its response, and what settles it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from isal import isal_zlib
from scrapy import Request, signals
from scrapy.exceptions import DropItem

from scraper import clock
from scraper.crawling import header_of
from scraper.crawling.scope import priority_of
from scraper.extraction.encoding import header_encoding
from scraper.items import Page
from scraper.storage import AddressKind, Lease, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.crawling.frontier import Frontier
    from scraper.items import Article, Hint
    from scraper.storage import Visit

    Origin = Response | Failure | None


_SNIFFED_BYTES = 1000
"""Bytes of a response within which its first tag stands."""


def page_of(response: Response, hints: tuple[Hint, ...] = ()) -> Page:
    """Return the page of *response*, with the spider's *hints*.

    The encoding is only that of the HTTP header.
    """
    return Page(
        url=response.url,
        body=response.body,
        content_type=header_of(response, "Content-Type") or None,
        encoding=encoding_of(response),
        status=response.status,
        fetched_at=clock.now(),
        hints=hints,
    )


def encoding_of(response: Response) -> str | None:
    """Return the name of the encoding that the HTTP header declares, if any."""
    declared = header_of(response, "Content-Type")
    return header_encoding(declared) if declared else None


def date_of(response: Response) -> datetime | None:
    """Return the time that the server states, None without a valid one."""
    try:
        moment = parsedate_to_datetime(header_of(response, "Date"))
    except (OverflowError, ValueError):
        return None
    return moment if moment.tzinfo else None


def source_kind_of(response: Response) -> AddressKind | None:
    """Return the kind of source that *response* begins like, None if it is not one."""
    start = response.body[:_SNIFFED_BYTES].replace(b"\0", b"").lower()  # of UTF-16 too
    if any(tag in start for tag in (b"<urlset", b"<sitemapindex")):
        return AddressKind.SITEMAP
    is_feed = any(tag in start for tag in (b"<rss", b"<feed", b"<rdf:rdf"))
    return AddressKind.FEED if is_feed else None


CONDITIONS = ("If-None-Match", "If-Modified-Since")
"""Headers of a conditional request."""
SOURCE_PRIORITY = 10**9
"""Priority of the sources that every run visits: before all articles."""


def request_for(
    lease: Lease, callback: Callable[..., Any], errback: Callable[..., Any]
) -> Request:
    """Return the request that visits *lease*, which is passed to both callbacks.

    Status 304 reaches the callback of a conditional request. The frontier ensures that
    each URL is visited once: Scrapy filters nothing.
    """
    address = lease.address
    is_article = address.kind is AddressKind.ARTICLE
    is_first = not is_article and address.page == 1
    conditions = _conditions(lease)
    answers = [HTTPStatus.NOT_MODIFIED] if conditions else []
    return Request(
        address.url,
        callback=callback,
        errback=errback,
        cb_kwargs={"lease": lease},
        headers=conditions,
        priority=SOURCE_PRIORITY
        if is_first
        else priority_of(address.time or address.changed),
        meta={"handle_httpstatus_list": answers},
        dont_filter=True,
    )


def _conditions(lease: Lease) -> dict[str, str]:
    """Return the conditional headers; none for the first visit of a day to a source.

    A server may give one ETag to everything it lists, and answer 304 for years.
    """
    is_source = lease.address.kind is not AddressKind.ARTICLE
    last = lease.visited_at
    if is_source and last and last.date() != clock.now().date():
        return {}
    named = zip(CONDITIONS, (lease.etag, lease.last_modified), strict=True)
    return {name: value for name, value in named if value}


def is_unchanged(response: Response, lease: Lease) -> bool:
    """Return True if the server says so, or the bytes are those of the last visit.

    A page that has moved since then counts as changed.
    """
    if response.status == HTTPStatus.NOT_MODIFIED:
        return True
    if response.url != lease.address.url:
        return False
    return bool(lease.content_hash) and hash_of(response) == lease.content_hash


def validators_of(response: Response) -> dict[str, str]:
    """Return the validators of the next conditional request, as fields of a Visit."""
    return {
        "etag": header_of(response, "ETag"),
        "last_modified": header_of(response, "Last-Modified"),
        "content_hash": hash_of(response),
    }


def hash_of(response: Response) -> str:
    """Return 16 hex digits by which a changed body is noticed.

    Two checksums, since nobody gains by a page that passes for unchanged: a cryptographic
    hash takes ten times as long, .24 ms a page (2026-11-30).
    """
    body = response.body
    return f"{isal_zlib.crc32(body):08x}{isal_zlib.adler32(body):08x}"


_logger = logging.getLogger(__name__)
ARTICLE_STORED = object()
"""Signal: an *article* is committed, with an *outcome*; *as_read* if unchanged since."""
DUPLICATE = "duplicate"
"""Why a pipeline drops a second copy: if the page has moved, the two are one article."""
_LONGEST_REASON = 200
"""Characters kept of the reason for which a pipeline drops an item."""
_PASSED_OVER = "articles/passed_over"


class Rejected(DropItem):
    """An article that a pipeline of this project drops, and has counted."""


class ItemOutcomes:
    """Settles the visits of a crawl's *frontier* by the fate of their items.

    The lease is found by the response that Scrapy sends with every signal about an item,
    since a pipeline may return a copy, a dict or nothing. Stats:
    ``articles/passed_over/<reason>`` for ``dropped_by_pipeline`` and ``not_stored``;
    ``articles/not_stored`` counts items on which a pipeline failed,
    ``pages/failed/spider_error`` pages on which the spider failed.
    """

    def __init__(self, crawler: Crawler, frontier: Frontier) -> None:
        self._crawler = crawler
        self._frontier = frontier
        self._has_stored = False
        self._tasks: set[asyncio.Future[Any]] = set()
        connect = crawler.signals.connect
        connect(self._item_dropped, signals.item_dropped)
        connect(self._item_failed, signals.item_error)
        connect(self._item_passed, signals.item_scraped)
        connect(self._article_stored, ARTICLE_STORED)
        connect(self._callback_failed, signals.spider_error)
        connect(self._finish, signals.spider_closed)

    async def _item_dropped(self, response: Origin, exception: DropItem) -> None:
        lease = self._claim(response)
        if lease is None:
            return
        reason = " ".join(str(exception).split())[:_LONGEST_REASON] or "dropped"
        if reason == DUPLICATE and await self._frontier.settle_moved(lease):
            return
        if not isinstance(exception, Rejected):
            self._count(lease, f"{_PASSED_OVER}/dropped_by_pipeline")
        again = reason.endswith("/blocked")
        result = Result.FAILED if again else Result.DROPPED
        await self._frontier.settle(lease, result, reason=reason)

    async def _item_failed(self, response: Origin) -> None:
        if lease := self._claim(response):
            self._crawler.stats.inc_value("articles/not_stored")
            await self._frontier.settle(lease, Result.FAILED, reason="pipeline_failed")

    async def _item_passed(self, response: Origin) -> None:
        """Settle a visit whose item was not stored, or stored as that of another page."""
        lease = self._claim(response)
        if lease is None:
            return
        if not self._has_stored:
            self._count(lease, f"{_PASSED_OVER}/not_stored")
            self._warn_once()
        else:
            self._leave_as_stored(lease.address.url)
        await self._frontier.settle_kept(lease)

    def _warn_once(self) -> None:
        if self._crawler.stats.get_value(f"{_PASSED_OVER}/not_stored") == 1:
            _logger.warning(
                "no pipeline stores what this crawl finds: ITEM_PIPELINES does not have"
                " scraper.pipelines.StorePipeline"
            )

    def _article_stored(self, article: Article, as_read: bool) -> None:
        self._has_stored = True
        if not as_read:
            self._leave_as_stored(article.url)

    def _leave_as_stored(self, url: str) -> None:
        """Exclude the page at *url* from rereading: pipelines have changed its article."""
        from scraper.crawling.reader import SiteModels  # the downloader has no models

        models = self._crawler.get_extension(SiteModels)
        if models is not None:
            models.unpark(url)

    def _callback_failed(self, response: Origin) -> None:
        """Settle a visit on whose response the spider or a spider middleware failed.

        Scrapy does not wait for handlers of this signal.
        """
        if lease := self._claim(response):
            self._count(lease, "pages/failed/spider_error")
            settle = self._frontier.settle
            task = asyncio.ensure_future(
                settle(lease, Result.FAILED, reason="spider_error")
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _finish(self) -> None:
        await asyncio.gather(*self._tasks)

    def _claim(self, response: Origin) -> Lease | None:
        lease = lease_of(response)
        return lease if lease and self._frontier.claim(lease) else None

    def _count(self, lease: Lease, name: str) -> None:
        if lease.address.kind is AddressKind.ARTICLE:
            self._crawler.stats.inc_value(name)


def lease_of(origin: Response | Failure | Request | None) -> Lease | None:
    """Return the lease that *origin*, or its request, carries."""
    request = getattr(origin, "request", None) or origin
    carried = getattr(request, "cb_kwargs", None) or {}
    lease = carried.get("lease")
    return lease if isinstance(lease, Lease) else None


@dataclass(slots=True)
class _Open:
    """An open lease; it is settled with *visit* once its article is stored."""

    lease: Lease
    visit: Visit | None = None
    is_claimed: bool = False
    is_lost: bool = False


class OpenLeases:
    """Leases by position, each claimed by the one component that settles it.

    A lease is lost if no component works on it any more; it can still be claimed.
    """

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}

    def __len__(self) -> int:
        """Return the number of leases that are not lost."""
        return sum(not each.is_lost for each in self._open.values())

    def __contains__(self, lease: Lease) -> bool:
        found = self._find(lease)
        return found is not None and not found.is_lost

    def count_articles(self) -> int:
        """Return the number of leases of articles that are not lost."""
        return sum(
            each.lease.address.kind is AddressKind.ARTICLE and not each.is_lost
            for each in self._open.values()
        )

    def add(self, leases: Iterable[Lease]) -> None:
        self._open |= {lease.position: _Open(lease) for lease in leases}

    def keep(self, lease: Lease, visit: Visit) -> None:
        """Note that *lease* is settled with *visit* once its article is stored."""
        self._open.setdefault(lease.position, _Open(lease)).visit = visit

    def claim(self, lease: Lease) -> bool:
        """Return True for the first who claims *lease*, if it is open."""
        found = self._find(lease)
        if found is None or found.is_claimed:
            return False
        found.is_claimed = True
        return True

    def kept(self, lease: Lease) -> Visit | None:
        """Return the visit that waits for the article of *lease*, if there is one."""
        found = self._find(lease)
        return found.visit if found else None

    def claim_article(self, url: str) -> Visit | None:
        """Claim the lease whose page gave the article at *url*; return its visit.

        Articles are matched by URL, not identity: a pipeline may return a changed copy.
        """
        for each in self._open.values():
            article = each.visit.article if each.visit else None
            if article is not None and article.url == url and self.claim(each.lease):
                return each.visit
        return None

    def close(self, position: int) -> None:
        self._open.pop(position, None)

    def lose(self) -> bool:
        """Mark unclaimed leases as lost; return True if there are any."""
        found = [e for e in self._open.values() if not e.is_claimed and not e.is_lost]
        for each in found:
            each.is_lost = True
        return bool(found)

    def lost(self) -> list[Lease]:
        return [each.lease for each in self._open.values() if each.is_lost]

    def unclaimed(self) -> list[Lease]:
        """Return the unclaimed leases, including lost ones."""
        return [each.lease for each in self._open.values() if not each.is_claimed]

    def _find(self, lease: Lease) -> _Open | None:
        """Return the open entry of *lease*.

        A URL may have been settled and leased again meanwhile, such as a page that was
        visited as an article and is a section.
        """
        found = self._open.get(lease.position)
        return found if found and found.lease == lease else None
