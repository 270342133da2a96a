"""Reading in a crawl: the worker pool, and the site models that it learns and applies."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy import signals

from scraper.crawling import Component
from scraper.crawling.store_client import StoreClient
from scraper.errors import ExtractionError, StorageError
from scraper.items import Article
from scraper.options import MODELS
from scraper.sitemodel.learn import SmallestKeys
from scraper.sitemodel.lifecycle import KnownSite
from scraper.sitemodel.model import page_key
from scraper.urls import site_of
from scraper.workers.reader import ReaderPool, usable_cores

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from concurrent.futures import Future

    from scrapy.crawler import Crawler

    from scraper.discovery import Link
    from scraper.items import Extraction, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel
    from scraper.storage import Store

    Finish = Callable[[Article], Article]


_logger = logging.getLogger(__name__)
R = TypeVar("R")
PAGES_PER_WORKER = 8
"""Pages in the pool for each worker: one message being read, one ready."""


class Reader(Component):
    """Extension: owns the pool of a crawl and closes it with the spider.

    The pool is created for the first page: most crawls of a quiet night read none.

    Settings: ``TINSACH_WORKERS`` (0: one per core), ``TINSACH_READ_TIMEOUT`` (seconds per
    page), ``TINSACH_QUARANTINE`` (where pages that hang or kill their worker are kept).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._workers = self._setting("TINSACH_WORKERS") or usable_cores()
        self._timeout = self._setting("TINSACH_READ_TIMEOUT")
        quarantine = crawler.settings.get("TINSACH_QUARANTINE")
        self._quarantine = Path(quarantine) if quarantine else None
        self._is_open = False
        self._pool: ReaderPool | None = None
        self._room = asyncio.Semaphore(self._workers * PAGES_PER_WORKER)
        self._last: list[Callable[[], Awaitable[None]]] = []
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    async def read(self, page: Page, model: SiteModel | None = None) -> Article:
        """Return the article of *page* by *model*, without blocking the reactor.

        At most PAGES_PER_WORKER pages per worker are in the pool. Others wait here and
        hold back downloads by Scrapy's ``SCRAPER_SLOT_MAX_ACTIVE_SIZE``. Raises
        ExtractionError.
        """
        return await self._in_pool(lambda pool: pool.submit(page, model))

    async def study(self, page: Page, model: SiteModel | None = None) -> Reading:
        """Return what read() returns, and the page's digest."""
        return await self._in_pool(lambda pool: pool.study(page, model))

    async def study_if_unknown(self, page: Page, model: SiteModel) -> Article | Reading:
        """Return what read() does, or study() if *model* has no such template."""
        return await self._in_pool(lambda pool: pool.study_if_unknown(page, model))

    async def find_links(
        self,
        page: Page,
        parse: Callable[..., list[Link]],
        **options: Any,  # noqa: ANN401  those of parse
    ) -> list[Link]:
        """Return the links that *parse*, a function of scraper.discovery, finds in *page*.

        Raises DiscoveryError or ExtractionError.
        """
        return await self._in_pool(lambda pool: pool.find_links(page, parse, **options))

    def at_end(self, last: Callable[[], Awaitable[None]]) -> None:
        """Register *last* to be awaited before the workers end."""
        self._last.append(last)

    async def _in_pool(self, submit: Callable[[ReaderPool], Future[R]]) -> R:
        """Return the result of what *submit* gives the pool, as soon as there is room."""
        async with self._room:
            if not self._is_open:
                raise RuntimeError(
                    "pages are read between spider_opened and spider_closed"
                )
            if self._pool is None:
                self._pool = self._new_pool()
            return await asyncio.wrap_future(submit(self._pool))

    def _new_pool(self) -> ReaderPool:
        _logger.debug("reading in %d processes", self._workers)
        return ReaderPool(
            workers=self._workers, timeout=self._timeout, quarantine=self._quarantine
        )

    def _open(self) -> None:
        self._is_open = True

    async def _close(self) -> None:
        try:
            for last in self._last:
                await last()
        finally:
            self._is_open = False
            if self._pool is not None:
                pool, self._pool = self._pool, None
                await asyncio.to_thread(pool.close)


PARKED = 64
"""Pages kept in memory until the model of their site is good and they are read again."""
PARKED_BYTES = 1 << 20
"""Larger pages are not kept; an article page has some 300 kB."""


class SiteModels(Component):
    """Extension: reads pages by the model of their site, and learns it meanwhile.

    A site starts with the store's model, the pinned one if there is one. Pages read
    without a good model are read again at the end of the crawl, and the result is saved.
    Models and samples go into the store that the pipelines write. Stats:
    ``model/followed``, ``model/none``, ``model/limited/<reason>``,
    ``model/learned``, ``model/read_again``, ``model/not_parked`` (too large or too many);
    ``model/fast``, ``model/careful/<reason>``; ``model/audited`` and of these
    ``model/differed``, ``model/agreement``, the sum of the shares of words on which both
    paths agreed; ``model/forgotten``, because too many differed.
    """

    creates_store = False
    """The pipelines of a crawl create it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._url: str | None = crawler.settings.get("TINSACH_STORE")
        self._store: Store | None = None
        self._sites: dict[str, KnownSite] = {}
        self._expected: defaultdict[str, SmallestKeys] = defaultdict(SmallestKeys)
        self._parked: list[tuple[Page, Finish]] = []
        crawler.signals.connect(self._open, signals.spider_opened)

    async def read(self, page: Page, finish: Finish) -> Article:
        """Return the article of *page* by the present model of its site.

        *finish* adds what the crawl knows to an article, also if it is read again.
        Raises ExtractionError.
        """
        site = await self._site(site_of(page.url))
        model = site.model
        if site.wants(page_key(page.url)):
            reading = await self._reader.study(page, model)
            article = reading.article
            is_due = self.is_teaching(reading) and site.add(reading.digest)
        elif model and site.studies_unknown:
            article, is_due = await self._read_or_study(page, site, model)
        else:
            article, is_due = await self._reader.read(page, model), False
        if is_due and await site.learn():
            self._count("learned")
        self._count_use(article)
        if site.count_audit(article.extraction):
            self._count("forgotten")
        if model is None and article.text:
            self._park(page, finish)
        return finish(article)

    async def read_alone(self, page: Page) -> Article:
        """Return the article of *page* by the stored model; nothing is learned from it.

        Raises ExtractionError.
        """
        site = await self._site(site_of(page.url))
        return await self._reader.read(page, site.model)

    def is_teaching(self, _reading: Reading) -> bool:
        """Return True if the site may be learned from this page; here, always."""
        return True

    def expect(self, urls: Iterable[str]) -> None:
        """Draw the pages to learn from among *urls*, which will be fetched."""
        for url in urls:
            self._expected[site_of(url)].offer(page_key(url))

    def unpark(self, url: str) -> None:
        """Do not read the page at *url* again at the end of the crawl."""
        self._parked = [each for each in self._parked if each[0].url != url]

    async def _read_or_study(
        self, page: Page, site: KnownSite, model: SiteModel
    ) -> tuple[Article, bool]:
        found = await self._reader.study_if_unknown(page, model)
        if isinstance(found, Article):
            return found, False
        is_due = self.is_teaching(found) and site.add_unknown(found.digest)
        return found.article, is_due

    def _park(self, page: Page, finish: Finish) -> None:
        if len(self._parked) < PARKED and len(page.body) <= PARKED_BYTES:
            self._parked.append((page, finish))
        else:
            self._count("not_parked")

    @property
    def _reader(self) -> Reader:
        return Reader.of(self._crawler)

    async def _site(self, name: str) -> KnownSite:
        if name not in self._sites:
            models = self._store.models if self._store else None
            known = await asyncio.to_thread(KnownSite.load, name, models)
            known.expected = self._expected[name]
            self._sites.setdefault(name, known)
        return self._sites[name]

    def _count_use(self, article: Article) -> None:
        extraction = article.extraction
        if not extraction.model_version:
            self._count("none")
        elif extraction.model_limited:
            self._count(f"limited/{extraction.model_limited}")
        else:
            self._count("followed")
        self._count_way(extraction)

    def _count_way(self, extraction: Extraction) -> None:
        if extraction.method == "fast":
            self._count("fast")
        elif extraction.not_fast:
            self._count(f"careful/{extraction.not_fast}")
        if extraction.audit:
            self._count("audited")
            stats = self._crawler.stats
            agreed = stats.get_value("model/agreement", 0.0)
            stats.set_value("model/agreement", agreed + (extraction.agreement or 0.0))
        if extraction.audit == "differed":
            self._count("differed")

    def _count(self, name: str) -> None:
        self._crawler.stats.inc_value(f"model/{name}")

    def _open(self) -> None:
        from scraper.storage import open_store

        self._reader.at_end(self._end)
        try:
            self._store = open_store(self._url, create=self.creates_store)
        except StorageError as error:
            _logger.debug("no site model is known: %s", error)

    async def _end(self) -> None:
        """Learn from the last pages, read the parked ones again, save what was learned."""
        if self._store is None:
            return
        if StoreClient.of(self._crawler).has_lost_job:
            self._store.close()
            return
        try:
            for site in self._sites.values():
                if site.has_more_to_learn() and await site.learn():
                    self._count("learned")
            read = (self._read_again(*parked) for parked in self._parked)
            again = [article for article in await asyncio.gather(*read) if article]
            await asyncio.to_thread(self._keep, self._store, again)
        except StorageError as error:
            _logger.warning("site models are not kept: %s", error)
        finally:
            self._store.close()

    async def _read_again(self, page: Page, finish: Finish) -> Article | None:
        """Return the article by the model learned meanwhile, None if it is not an article."""
        model = self._sites[site_of(page.url)].model
        if model is None:
            return None
        try:
            article = finish(await self._reader.read(page, model))
        except ExtractionError:
            return None
        return article if article.title and article.text else None

    def _keep(self, store: Store, again: list[Article]) -> None:
        stored = store.known(article.url for article in again)
        kept = [article for article in again if article.url in stored]
        store.save(kept)
        self._crawler.stats.inc_value("model/read_again", len(kept))
        keep = MODELS.read(self._crawler.settings)
        for site in self._sites.values():
            site.save(store.models, keep=keep)
