"""The frontier in a crawl: what is due is handed out, what came of it is settled."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from scraper import clock
from scraper.crawling.store_client import StoreClient
from scraper.errors import JobHeld, StorageError
from scraper.storage import Address, AddressKind, Lease, Result, Settled, Visit, Wanted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scraper.items import Article

_logger = logging.getLogger(__name__)
ARTICLE_STORED = object()
"""Signal: an article is committed; *article*, and the *outcome* that it had."""
PATIENCE = 30.0
"""Seconds after which the next source is asked though this one has not answered."""
AHEAD = 100
"""Addresses leased and not settled: enough for every connection, and flat in memory."""
REMEMBERED = 1000
"""Visits of earlier runs, of each kind, that tell what the addresses of a site are."""
STORE_FAILED = "store_failed"
JOB_HELD = "job_held"
DUPLICATE = "duplicate"
"""Why a pipeline drops what came already: where it has moved, the two are one."""


def job_of(spider: str, base: str, home: str = "") -> str:
    """Return what the store calls the crawls of *base* by *spider*, whose own site is *home*."""
    return spider if base == home else f"{spider} {base}"


class Frontier:
    """Extension: leases what a job visits next and settles each visit once.

    Every lease that was handed out is settled, by its callback, by its errback, or when
    the item that it gave has gone through the pipelines. Stats: ``frontier/leased``.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._client = StoreClient.of(crawler)
        self._began: datetime
        self._open: set[int] = set()
        self._has_more = True
        self._kept: dict[int, tuple[Article, Visit]] = {}
        self._news = asyncio.Event()
        self._settled_one = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None
        connect = crawler.signals.connect
        connect(self._item_lost, signals.item_dropped)
        connect(self._item_lost, signals.item_error)
        connect(self._item_passed, signals.item_scraped)
        connect(self._callback_failed, signals.spider_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the frontier of *crawler*; raises RuntimeError where it has none."""
        frontier = crawler.get_extension(cls)
        if frontier is None:
            raise RuntimeError(
                "the extension scraper.crawling.frontier.Frontier is missing"
            )
        return frontier

    async def iter_leases(
        self,
        job: str,
        waves: Iterable[Iterable[Address]],
        *,
        host: str = "",
        also: Iterable[AddressKind] = (),
        **narrower: Any,  # noqa: ANN401
    ) -> AsyncIterator[Lease]:
        """Begin a run of *job* and yield what it visits, until nothing is due any more.

        Sources of a later one of *waves* come once all of the waves before is settled.
        *host* is the one that is asked. *also* are kinds of sources that only pages will
        name. *narrower* is of :class:`~scraper.storage.Wanted`. Raises CloseSpider where
        another run holds the job or the host, or the store fails.
        """
        await self._begin(job, host)
        kinds = {AddressKind.ARTICLE, *also}
        for wave in waves:
            sources = list(wave)
            await self.add(sources)
            kinds |= {source.kind for source in sources}
            async for lease in self._iter_due(frozenset(kinds), narrower):
                yield lease

    async def add(self, addresses: Iterable[Address]) -> list[str]:
        """Note *addresses* beside any visit; return those that are new."""
        options = {"at": clock.now(), "anew": self._client.knows_nothing}
        job, listed = self._client.job, list(addresses)
        found: list[str] = await self._ask("jobs.add", job, listed, **options)
        return found

    async def outcomes(self, job: str) -> list[tuple[str, AddressKind, bool]]:
        """Return what earlier visits of *job* gave, see Jobs.list_outcomes()."""
        found: list[tuple[str, AddressKind, bool]] = await self._ask(
            "jobs.list_outcomes", job, REMEMBERED
        )
        return found

    async def settle(self, lease: Lease, result: Result, **told: Any) -> Settled:  # noqa: ANN401
        """Settle *lease*; *told* is what else a :class:`~scraper.storage.Visit` holds."""
        return await self._settle(self._visit(lease, result, told))

    def keep(self, article: Article, lease: Lease, **told: Any) -> None:  # noqa: ANN401
        """Let *lease* be settled with *article*, once the pipelines have let it pass."""
        told["article"] = article
        self._kept[id(article)] = article, self._visit(lease, Result.READ, told)

    async def store(self, article: Article) -> Settled:
        """Store *article*, and with it the visit that it was kept for, if any.

        Raises StorageError.
        """
        alone = Visit(position=0, at=clock.now(), result=Result.READ, article=article)
        _, visit = self._kept.pop(id(article), (article, alone))
        try:
            settled = await self._client.settle(visit)
        finally:
            self._done(visit)
        self._crawler.signals.send_catch_log(
            ARTICLE_STORED, article=article, outcome=settled.outcome
        )
        return settled

    def _visit(self, lease: Lease, result: Result, told: dict[str, Any]) -> Visit:
        return Visit(position=lease.position, at=clock.now(), result=result, **told)

    async def _settle(self, visit: Visit) -> Settled:
        settled = Settled()
        try:
            settled = await self._client.settle(visit)
        except StorageError as error:
            self.give_up(error)
        self._done(visit, has_news=bool(settled.new_links))
        return settled

    def _done(self, visit: Visit, *, has_news: bool = False) -> None:
        self._open.discard(visit.position)
        self._settled_one.set()
        is_short = self._has_more and len(self._open) <= AHEAD // 2
        if has_news or is_short or not self._open:
            self._news.set()

    async def _item_lost(
        self,
        item: Any,  # noqa: ANN401
        exception: BaseException | None = None,
    ) -> None:
        """Settle the lease of an item that a pipeline dropped or failed on."""
        _, visit = self._kept.pop(id(item), (item, None))
        if visit is not None and visit.moved_to and str(exception) == DUPLICATE:
            await self._settle(visit)
        elif visit is not None:
            reason = str(exception or "pipeline_failed")
            again = exception is None or reason.endswith("/blocked")
            result = Result.FAILED if again else Result.DROPPED
            lost = Visit(
                position=visit.position, at=visit.at, result=result, reason=reason
            )
            await self._settle(lost)

    async def _item_passed(self, item: Any) -> None:  # noqa: ANN401
        """Settle the lease of an item that no pipeline stored: there may be none."""
        _, visit = self._kept.pop(id(item), (item, None))
        if visit is not None:
            await self._settle(replace(visit, article=None))

    async def _callback_failed(self, response: Response) -> None:
        """Settle a lease on whose answer the spider failed, which is a fault of ours."""
        request = response.request
        lease = request.cb_kwargs.get("lease") if request else None
        if isinstance(lease, Lease) and lease.position in self._open:
            if lease.address.kind is AddressKind.ARTICLE:
                self._crawler.stats.inc_value("pages/failed/spider_error")
            await self.settle(lease, Result.FAILED, reason="spider_error")

    async def _begin(self, job: str, host: str) -> None:
        self._began = clock.now()
        if self._client.knows_nothing:  # a replay, which asks nobody
            job, host = f"{job} replay", ""
        begin = partial(self._client.call, "jobs.begin")
        try:
            self._client.run = await begin(job, self._began, host=host)
            if self._client.knows_nothing:
                await self._client.call("jobs.forget", job)
        except StorageError as error:
            _logger.error("%s", error)  # noqa: TRY400
            reason = JOB_HELD if isinstance(error, JobHeld) else STORE_FAILED
            raise CloseSpider(reason) from error
        self._client.job = job

    async def _iter_due(
        self, kinds: frozenset[AddressKind], narrower: dict[str, Any]
    ) -> AsyncIterator[Lease]:
        while True:
            self._news.clear()
            leases = await self._lease(kinds, narrower)
            for lease in leases:
                yield lease
                if _comes_alone(lease.address):
                    await self._wait_for(lease)
            # A visit that was settled while the store was asked may have brought more.
            if not leases and not self._open and not self._news.is_set():
                return
            await self._news.wait()

    async def _wait_for(self, lease: Lease) -> None:
        """Let *lease* be settled before another source is asked.

        What lists everything is to have brought the news: sources that would have
        brought the same are asked less and less. Of a sitemap one part is in memory.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while lease.position in self._open:
                    self._settled_one.clear()
                    await self._settled_one.wait()

    async def _lease(
        self, kinds: frozenset[AddressKind], narrower: dict[str, Any]
    ) -> list[Lease]:
        wanted = Wanted(
            run=self._client.run,
            began=self._began,
            at=clock.now(),
            limit=AHEAD - len(self._open),
            kinds=kinds,
            **narrower,
        )
        leases: list[Lease] = await self._ask("jobs.lease", self._client.job, wanted)
        self._open |= {lease.position for lease in leases}
        self._has_more = bool(leases)
        self._crawler.stats.inc_value("frontier/leased", len(leases))
        return leases

    async def _ask(self, method: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        try:
            return await self._client.call(method, *arguments, **options)
        except StorageError as error:
            _logger.error("Stopping, the store fails: %s", error)  # noqa: TRY400
            raise CloseSpider(STORE_FAILED) from error

    def give_up(self, error: StorageError) -> None:
        """End the crawl, whose store fails; said once."""
        if self._closing:
            return
        _logger.error("Stopping, articles cannot be stored: %s", error)
        close = self._crawler.engine.close_spider_async(reason=STORE_FAILED)
        self._closing = asyncio.create_task(close)


def _comes_alone(address: Address) -> bool:
    return address.lists_all or address.kind is AddressKind.SITEMAP
