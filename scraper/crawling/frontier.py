"""The frontier of a crawl: due URLs are leased, and each lease is settled."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from scrapy import Request, signals
from scrapy.exceptions import CloseSpider

from scraper import clock
from scraper.crawling import Component
from scraper.crawling.leases import ARTICLE_STORED, ItemOutcomes, OpenLeases, lease_of
from scraper.crawling.store_client import StoreClient
from scraper.errors import JobHeld, StorageError
from scraper.storage import (
    Address,
    AddressKind,
    Jobs,
    Lease,
    Outcome,
    Result,
    Settled,
    Visit,
    Wanted,
)
from scraper.storage.visits import is_repeated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import datetime
    from typing import Concatenate

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scraper.items import Article


_logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
SOURCE_TIMEOUT = 30.0
"""Seconds after which the next source is fetched although this one has not answered."""
MAX_OPEN_LEASES = 100
"""URLs leased and not settled: enough for every connection, and flat in memory."""
MAX_OUTCOMES = 1000
"""Visits of earlier runs, of each kind, from which the URLs of a site are classified."""
STORE_FAILED = "store_failed"
JOB_HELD = "job_held"
UNSETTLED = "unsettled"
LIMIT_REACHED = "limit_reached"
WRONG_CLOCK = "wrong_clock"
_ARTICLE = frozenset({AddressKind.ARTICLE})


def job_of(spider: str, base: str, home: str = "") -> str:
    """Return the store's name for crawls of *base* by *spider*, whose own site is *home*."""
    return spider if base == home else f"{spider} {base}"


class Frontier(Component):
    """Extension: leases what a job visits next and settles each visit once.

    A lease is settled by its callback, by its errback, or when the item of its page has
    gone through the pipelines, whatever their result. A lease that no component works on
    any more is lost: it is reported, returned to the store for the next run, and closes
    the spider as ``unsettled``. Stats: ``frontier/leased``; ``frontier/unsettled`` of lost
    leases; ``frontier/released`` of leases still open when the run ended;
    ``frontier/repeated`` of sources that every run visits; ``frontier/ahead`` of URLs whose
    times lay ahead of the clock and that were due at once therefore.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._client = StoreClient.of(crawler)
        self._began: datetime
        self._open = OpenLeases()
        self._limit: int | None = None
        self._kept = 0
        self._has_asked = self._is_waiting = False
        self._has_more = True
        self._news = asyncio.Event()
        self._settled_one = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None
        connect = crawler.signals.connect
        connect(self._check_idle, signals.scheduler_empty)
        connect(self._release, signals.spider_closed)
        self._outcomes = ItemOutcomes(crawler, self)

    async def iter_leases(
        self,
        job: str,
        waves: Iterable[Iterable[Address]],
        *,
        host: str = "",
        also: Iterable[AddressKind] = (),
        limit: int | None = None,
        **filters: Any,  # noqa: ANN401
    ) -> AsyncIterator[Lease]:
        """Begin a run of *job* and yield leases until nothing is due any more.

        The sources of a wave come once all earlier *waves* are settled. *host* is the one
        that is fetched from. *also* are kinds of sources that only pages will name. With a
        *limit* no more articles are leased than are still wanted, and sources one by one,
        only while too few articles are due. *filters* are fields of
        :class:`~scraper.storage.Wanted`. Raises CloseSpider if another run holds the job
        or the host, if the store fails, if the limit is reached, if a lease was lost, or
        if the clock cannot be right.
        """
        self._limit = limit
        await self._begin(job, host)
        await self._set_due(self._began)
        kinds = {AddressKind.ARTICLE, *also}
        for wave in waves:
            sources = list(wave)
            await self.add(sources)
            repeated = sum(is_repeated(source) for source in sources)
            self._crawler.stats.inc_value("frontier/repeated", repeated)
            kinds |= {source.kind for source in sources}
            async for lease in self._iter_due(frozenset(kinds), filters):
                yield lease
        if self._open.lost():
            raise CloseSpider(UNSETTLED)
        if self._is_enough:
            raise CloseSpider(LIMIT_REACHED)

    async def add(self, addresses: Iterable[Address]) -> list[str]:
        """Add *addresses* without a visit; return the URLs that are new."""
        job, listed = self._client.job, list(addresses)
        now, anew = clock.now(), self._client.knows_nothing
        return await self._ask(Jobs.add, job, listed, at=now, anew=anew)

    async def outcomes(self, job: str) -> list[tuple[str, AddressKind, bool]]:
        """Return the results of earlier visits of *job*, see Jobs.list_outcomes()."""
        return await self._ask(Jobs.list_outcomes, job, MAX_OUTCOMES)

    async def settle(self, lease: Lease, result: Result, **fields: Any) -> Settled:  # noqa: ANN401
        """Settle *lease*; *fields* are others of a :class:`~scraper.storage.Visit`."""
        self._open.claim(lease)
        return await self._settle(self._visit(lease, result, fields))

    def claim(self, lease: Lease) -> bool:
        """Return True for the first component that is to settle *lease*, if it is open."""
        return self._open.claim(lease)

    async def settle_kept(self, lease: Lease) -> None:
        """Settle *lease* as keep() noted it, without its article: no pipeline stored it."""
        kept = self._open.kept(lease) or self._visit(lease, Result.READ, {})
        self._kept += lease.address.kind is AddressKind.ARTICLE
        await self._settle(replace(kept, article=None))

    async def settle_moved(self, lease: Lease) -> bool:
        """Settle *lease* if its page has moved to the URL of an article that is stored."""
        kept = self._open.kept(lease)
        if kept is None or not kept.moved_to:
            return False
        await self._settle(kept)
        return True

    def keep(self, article: Article, lease: Lease, **fields: Any) -> None:  # noqa: ANN401
        """Note that *lease* is to be settled with *article* once a pipeline stores it."""
        fields["article"] = article
        self._open.keep(lease, self._visit(lease, Result.READ, fields))

    async def store(self, article: Article) -> Settled:
        """Store *article* together with the visit of its page, if it has one.

        Raises StorageError.
        """
        alone = Visit(position=0, at=clock.now(), result=Result.READ)
        visit = self._open.claim_article(article.url)
        try:
            settled = await self._client.settle(
                replace(visit or alone, article=article), expected=len(self._open)
            )
            self._kept += visit is not None and settled.outcome is not Outcome.FORGOTTEN
        finally:
            self._done(visit or alone)
        self._crawler.signals.send_catch_log(
            ARTICLE_STORED,
            article=article,
            outcome=settled.outcome,
            as_read=visit and visit.article == article,
        )
        return settled

    def _visit(self, lease: Lease, result: Result, fields: dict[str, Any]) -> Visit:
        return Visit(position=lease.position, at=clock.now(), result=result, **fields)

    async def _settle(self, visit: Visit) -> Settled:
        settled = Settled()
        try:
            settled = await self._client.settle(visit, expected=len(self._open))
        except StorageError as error:
            self.give_up(error)
        self._done(visit, has_news=bool(settled.new_links))
        return settled

    def _done(self, visit: Visit, *, has_news: bool = False) -> None:
        self._open.close(visit.position)
        self._settled_one.set()
        is_short = self._has_more and len(self._open) <= MAX_OPEN_LEASES // 2
        if has_news or is_short or not self._open or self._limit is not None:
            self._news.set()

    def _check_idle(self) -> None:
        """Give up leases that are open although the engine is idle.

        Scrapy sends no spider_idle before start() has ended, and start() waits for them.
        """
        if self._is_waiting and _is_idle(self._crawler) and self._open.lose():
            self._settled_one.set()
            self._news.set()

    async def _release(self) -> None:
        """Report lost leases, and return all unsettled ones for the next run."""
        left, lost = self._open.unclaimed(), self._open.lost()
        if lost:
            self._crawler.stats.set_value("frontier/unsettled", len(lost))
            _logger.warning(
                "%d visits were never settled, %s the first: a middleware, a pipeline or"
                " the spider dropped the request or its response. They are left to the"
                " next run",
                *(len(lost), lost[0].address.url),
            )
        if left:
            self._crawler.stats.set_value("frontier/released", len(left) - len(lost))
            positions = [lease.position for lease in left]
            with suppress(StorageError):  # the next run leases them anyway
                await self._client.call(Jobs.release, self._client.run, positions)

    async def _begin(self, job: str, host: str) -> None:
        self._began = clock.now()
        if self._began < clock.EARLIEST:
            shown = clock.shown(self._began)
            _logger.error("the clock shows %s: %s", shown, clock.SET_CLOCK)
            raise CloseSpider(WRONG_CLOCK)
        if self._client.knows_nothing:  # a replay, which asks nobody
            job, host = f"{job} replay", ""
        begin = self._client.begin
        try:
            await begin(job, self._began, host=host, ended=self.give_up)
            if self._client.knows_nothing:
                await self._client.call(Jobs.forget, job)
        except StorageError as error:
            _logger.error("%s", error)  # noqa: TRY400
            raise CloseSpider(_reason_for(error)) from error

    async def _iter_due(
        self, kinds: frozenset[AddressKind], filters: dict[str, Any]
    ) -> AsyncIterator[Lease]:
        while not self._is_enough:
            self._news.clear()
            leases = await self._next(kinds, filters)
            for lease in leases:
                yield lease
                if _comes_alone(lease.address):
                    await self._wait_for(lease)
            # A visit that was settled during the query may have brought more.
            if not leases and not self._open and not self._news.is_set():
                return
            await self._wait(self._news)

    async def _wait_for(self, lease: Lease) -> None:
        """Wait until *lease* is settled before the next source is fetched.

        A source that lists everything should bring the news first: sources that would
        bring the same are visited less and less. Only one part of a sitemap is in memory.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(SOURCE_TIMEOUT):
                while lease in self._open:
                    self._settled_one.clear()
                    await self._wait(self._settled_one)

    async def _wait(self, event: asyncio.Event) -> None:
        self._is_waiting = True
        self._check_idle()
        try:
            await event.wait()
        finally:
            self._is_waiting = False

    @property
    def _is_enough(self) -> bool:
        return self._limit is not None and self._kept >= self._limit

    async def _next(
        self, kinds: frozenset[AddressKind], filters: dict[str, Any]
    ) -> list[Lease]:
        room = MAX_OPEN_LEASES - len(self._open)
        if self._limit is None:
            return await self._lease(kinds, room, filters)
        articles = self._open.count_articles()
        wanted = min(self._limit - self._kept - articles, room)
        return await self._next_few(kinds - _ARTICLE, wanted, filters)

    async def _next_few(
        self, sources: frozenset[AddressKind], wanted: int, filters: dict[str, Any]
    ) -> list[Lease]:
        """Lease *wanted* articles; if fewer are due, also a source that may bring more.

        The first source of a run is leased in any case: it lists what is new.
        """
        is_asking = len(self._open) > self._open.count_articles()
        leases: list[Lease] = []
        if self._has_asked and wanted:
            leases = await self._lease(_ARTICLE, wanted, filters)
        if len(leases) < wanted and not is_asking and sources:
            asked = await self._lease(sources, 1, filters)
            if not asked and not self._has_asked:
                leases = await self._lease(_ARTICLE, wanted, filters)
            leases += asked
        self._has_asked = True
        return leases

    async def _lease(
        self, kinds: frozenset[AddressKind], limit: int, filters: dict[str, Any]
    ) -> list[Lease]:
        at = clock.now()
        if at < self._began:
            await self._set_back(at)
        wanted = Wanted(
            run=self._client.run,
            began=self._began,
            at=at,
            limit=limit,
            kinds=kinds,
            **filters,
        )
        leases = await self._ask(Jobs.lease, self._client.job, wanted)
        self._open.add(leases)
        self._has_more = bool(leases)
        self._crawler.stats.inc_value("frontier/leased", len(leases))
        return leases

    async def _set_back(self, at: datetime) -> None:
        """Set the beginning of the run to *at*: the clock was set back meanwhile.

        Its visits from now on then come after its beginning, so nothing is visited twice.
        """
        apart = self._began - at
        self._began = at
        if apart > clock.SLACK:
            _logger.warning("the clock was set back in the run, by %s", apart)
            await self._set_due(at)

    async def _set_due(self, at: datetime) -> None:
        """Make URLs due *at* once that a wrong clock put into the future."""
        ahead = await self._ask(Jobs.set_due, self._client.job, at)
        self._crawler.stats.inc_value("frontier/ahead", ahead)

    async def _ask(
        self,
        method: Callable[Concatenate[Jobs, P], R],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> R:
        try:
            return await self._client.call(method, *arguments, **options)
        except StorageError as error:
            _logger.error("Stopping, the store fails: %s", error)  # noqa: TRY400
            raise CloseSpider(_reason_for(error)) from error

    def give_up(self, error: StorageError) -> None:
        """End the crawl since it cannot store any more; log that once."""
        if self._closing:
            return
        _logger.error("Stopping, articles cannot be stored: %s", error)
        close = self._crawler.engine.close_spider_async(reason=_reason_for(error))
        self._closing = asyncio.create_task(close)


def _reason_for(error: StorageError) -> str:
    return JOB_HELD if isinstance(error, JobHeld) else STORE_FAILED


def _is_idle(crawler: Crawler) -> bool:
    """Return True if no request waits, is under way or is worked on in *crawler*."""
    slot = crawler.engine._slot if crawler.crawling else None
    if slot is None or slot.closing is not None or slot.inprogress:
        return False
    return not slot.scheduler.has_pending_requests()


def _comes_alone(address: Address) -> bool:
    return address.lists_all or address.kind is AddressKind.SITEMAP


class EmptyResults(Component):
    """Spider middleware, the last one before the pipelines.

    A visit is dropped as ``no_item`` if neither an item nor a request with its lease comes
    out of the callback and the middlewares after it, unless the visit is settled already.
    Stats: ``articles/passed_over/no_item``.
    """

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        lease, is_open = lease_of(response), False
        async for each in result:
            is_item = each is not None and not isinstance(each, Request)
            is_open |= is_item or (lease is not None and lease_of(each) == lease)
            yield each
        if lease is None or is_open:
            return
        frontier = Frontier.of(self._crawler)
        if frontier.claim(lease):
            if lease.address.kind is AddressKind.ARTICLE:
                self._crawler.stats.inc_value("articles/passed_over/no_item")
            await frontier.settle(lease, Result.DROPPED, reason="no_item")
