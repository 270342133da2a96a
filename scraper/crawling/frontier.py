"""The frontier in a crawl: what is due is handed out, what came of it is settled."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from scraper import clock
from scraper.crawling.leases import ARTICLE_STORED, ItemOutcomes, OpenLeases
from scraper.crawling.store_client import StoreClient
from scraper.errors import JobHeld, StorageError
from scraper.storage import (
    Address,
    AddressKind,
    Lease,
    Outcome,
    Result,
    Settled,
    Visit,
    Wanted,
)
from scraper.storage.visits import is_repeated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from datetime import datetime

    from scrapy.crawler import Crawler

    from scraper.items import Article

_logger = logging.getLogger(__name__)
PATIENCE = 30.0
"""Seconds after which the next source is asked though this one has not answered."""
AHEAD = 100
"""Addresses leased and not settled: enough for every connection, and flat in memory."""
REMEMBERED = 1000
"""Visits of earlier runs, of each kind, that tell what the addresses of a site are."""
STORE_FAILED = "store_failed"
JOB_HELD = "job_held"
UNSETTLED = "unsettled"
LIMIT_REACHED = "limit_reached"
WRONG_CLOCK = "wrong_clock"
_ARTICLE = frozenset({AddressKind.ARTICLE})


def job_of(spider: str, base: str, home: str = "") -> str:
    """Return what the store calls the crawls of *base* by *spider*, whose own site is *home*."""
    return spider if base == home else f"{spider} {base}"


class Frontier:
    """Extension: leases what a job visits next and settles each visit once.

    Every lease that was handed out is settled: by its callback, by its errback, or when
    the item of its page has gone through the pipelines, whatever these made of it. One
    that nothing in the crawl works on any more is lost: it is reported, given back to
    the store for the next run, and closes the spider as ``unsettled``. Stats:
    ``frontier/leased``, ``frontier/unsettled``, and ``frontier/released`` of leases
    that the run ended before; ``frontier/repeated`` of sources that are visited again
    and again; ``frontier/ahead`` of addresses whose times lay ahead of the clock, which
    were due at once therefore.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
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
        limit: int | None = None,
        **narrower: Any,  # noqa: ANN401
    ) -> AsyncIterator[Lease]:
        """Begin a run of *job* and yield what it visits, until nothing is due any more.

        Sources of a later one of *waves* come once all of the waves before is settled.
        *host* is the one that is asked. *also* are kinds of sources that only pages will
        name. With a *limit* no more articles are leased than are still wanted, and
        sources one by one, only while too few articles are due. *narrower* is of
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
            async for lease in self._iter_due(frozenset(kinds), narrower):
                yield lease
        if self._open.lost():
            raise CloseSpider(UNSETTLED)
        if self._is_enough:
            raise CloseSpider(LIMIT_REACHED)

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
        self._open.claim(lease)
        return await self._settle(self._visit(lease, result, told))

    def claim(self, lease: Lease) -> bool:
        """Return True for the first component that is to settle *lease*, if it is open."""
        return self._open.claim(lease)

    async def settle_kept(self, lease: Lease) -> None:
        """Settle *lease* as keep() noted it, its article left out: no pipeline stored it."""
        kept = self._open.kept(lease) or self._visit(lease, Result.READ, {})
        self._kept += lease.address.kind is AddressKind.ARTICLE
        await self._settle(replace(kept, article=None))

    async def settle_moved(self, lease: Lease) -> bool:
        """Settle *lease*, whose article is stored already, if it has moved there."""
        kept = self._open.kept(lease)
        if kept is None or not kept.moved_to:
            return False
        await self._settle(kept)
        return True

    def keep(self, article: Article, lease: Lease, **told: Any) -> None:  # noqa: ANN401
        """Let *lease* be settled with *article*, once the pipelines have let it pass."""
        told["article"] = article
        self._open.keep(lease, self._visit(lease, Result.READ, told))

    async def store(self, article: Article) -> Settled:
        """Store *article*, and with it the visit of the page that it came from, if any.

        Raises StorageError.
        """
        alone = Visit(position=0, at=clock.now(), result=Result.READ)
        visit = self._open.claim_article(article.url)
        try:
            settled = await self._client.settle(
                replace(visit or alone, article=article)
            )
            self._kept += visit is not None and settled.outcome is not Outcome.FORGOTTEN
        finally:
            self._done(visit or alone)
        told = {
            "outcome": settled.outcome,
            "as_read": visit and visit.article == article,
        }
        self._crawler.signals.send_catch_log(ARTICLE_STORED, article=article, **told)
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
        self._open.close(visit.position)
        self._settled_one.set()
        is_short = self._has_more and len(self._open) <= AHEAD // 2
        if has_news or is_short or not self._open or self._limit is not None:
            self._news.set()

    def _check_idle(self) -> None:
        """Give up the leases that are open although the engine has nothing to do.

        Scrapy asks no spider_idle before start() has ended, and start() waits for them.
        """
        if self._is_waiting and _is_idle(self._crawler) and self._open.lose():
            self._settled_one.set()
            self._news.set()

    async def _release(self) -> None:
        """Report what was lost; let the next run visit what this one has not settled."""
        left, lost = self._open.unclaimed(), self._open.lost()
        if lost:
            self._crawler.stats.set_value("frontier/unsettled", len(lost))
            _logger.warning(
                "%d visits were never settled, %s the first: a middleware, a pipeline or"
                " the spider dropped the request or its answer. They are left to the"
                " next run",
                *(len(lost), lost[0].address.url),
            )
        if left:
            self._crawler.stats.set_value("frontier/released", len(left) - len(lost))
            positions = [lease.position for lease in left]
            with suppress(StorageError):  # the next run takes them all the same
                await self._client.call("jobs.release", self._client.run, positions)

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
                await self._client.call("jobs.forget", job)
        except StorageError as error:
            _logger.error("%s", error)  # noqa: TRY400
            raise CloseSpider(_reason_for(error)) from error

    async def _iter_due(
        self, kinds: frozenset[AddressKind], narrower: dict[str, Any]
    ) -> AsyncIterator[Lease]:
        while not self._is_enough:
            self._news.clear()
            leases = await self._next(kinds, narrower)
            for lease in leases:
                yield lease
                if _comes_alone(lease.address):
                    await self._wait_for(lease)
            # A visit that was settled while the store was asked may have brought more.
            if not leases and not self._open and not self._news.is_set():
                return
            await self._wait(self._news)

    async def _wait_for(self, lease: Lease) -> None:
        """Let *lease* be settled before another source is asked.

        What lists everything is to have brought the news: sources that would have
        brought the same are asked less and less. Of a sitemap one part is in memory.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
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
        self, kinds: frozenset[AddressKind], narrower: dict[str, Any]
    ) -> list[Lease]:
        room = AHEAD - len(self._open)
        if self._limit is None:
            return await self._lease(kinds, room, narrower)
        articles = self._open.count_articles()
        wanted = min(self._limit - self._kept - articles, room)
        return await self._next_few(kinds - _ARTICLE, wanted, narrower)

    async def _next_few(
        self, sources: frozenset[AddressKind], wanted: int, narrower: dict[str, Any]
    ) -> list[Lease]:
        """Lease *wanted* articles; if fewer are due, a source that may bring more.

        The first source of a run is asked in any case: it knows what is new.
        """
        is_asking = len(self._open) > self._open.count_articles()
        leases: list[Lease] = []
        if self._has_asked and wanted:
            leases = await self._lease(_ARTICLE, wanted, narrower)
        if len(leases) < wanted and not is_asking and sources:
            asked = await self._lease(sources, 1, narrower)
            if not asked and not self._has_asked:
                leases = await self._lease(_ARTICLE, wanted, narrower)
            leases += asked
        self._has_asked = True
        return leases

    async def _lease(
        self, kinds: frozenset[AddressKind], limit: int, narrower: dict[str, Any]
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
            **narrower,
        )
        leases: list[Lease] = await self._ask("jobs.lease", self._client.job, wanted)
        self._open.add(leases)
        self._has_more = bool(leases)
        self._crawler.stats.inc_value("frontier/leased", len(leases))
        return leases

    async def _set_back(self, at: datetime) -> None:
        """Let the run have begun *at*: the clock was set back meanwhile.

        What it visits from now on has visits after its beginning, so that it visits
        nothing twice.
        """
        apart = self._began - at
        self._began = at
        if apart > clock.SLACK:
            _logger.warning("the clock was set back in the run, by %s", apart)
            await self._set_due(at)

    async def _set_due(self, at: datetime) -> None:
        """Let what a wrong clock put into the future be due *at* once."""
        ahead = await self._ask("jobs.set_due", self._client.job, at)
        self._crawler.stats.inc_value("frontier/ahead", ahead)

    async def _ask(self, method: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        try:
            return await self._client.call(method, *arguments, **options)
        except StorageError as error:
            _logger.error("Stopping, the store fails: %s", error)  # noqa: TRY400
            raise CloseSpider(_reason_for(error)) from error

    def give_up(self, error: StorageError) -> None:
        """End the crawl, which cannot store any more; said once."""
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
