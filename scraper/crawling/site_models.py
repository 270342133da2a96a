"""The site models of a crawl: used from the store, learned from its pages, kept."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Self

from scrapy import signals

from scraper.crawling.reader import Reader
from scraper.crawling.store_client import StoreClient
from scraper.errors import ExtractionError, StorageError
from scraper.items import Article
from scraper.options import MODELS
from scraper.sitemodel.digest import page_key
from scraper.sitemodel.lifecycle import KnownSite
from scraper.sitemodel.sample import Draw
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scrapy.crawler import Crawler

    from scraper.items import Extraction, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel
    from scraper.storage import Store

    Finish = Callable[[Article], Article]

_logger = logging.getLogger(__name__)

PARKED = 64
"""Pages kept in memory to be read again once their site's model is good."""
PARKED_BYTES = 1 << 20
"""A larger page is not kept; articles have some 300 kB."""


class SiteModels:
    """Extension: reads pages by the model of their site, and learns it meanwhile.

    A site starts with the store's model, the pinned one if there is one. What was read
    without a good model is read again at the end of the crawl and saved as it reads
    then. Models and samples go into the store that the pipelines write. Stats:
    ``model/followed``, ``model/none``, ``model/limited/<reason>``,
    ``model/learned``, ``model/read_again``, ``model/not_parked`` (too large or too many);
    ``model/fast``, ``model/careful/<reason>``; ``model/audited`` and of these
    ``model/differed``, ``model/agreement``, the sum of the shares of words on which both
    ways agreed; ``model/forgotten``, since too many differed.
    """

    creates_store = False
    """A crawl leaves that to its pipelines."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._url: str | None = crawler.settings.get("TINSACH_STORE")
        self._store: Store | None = None
        self._sites: dict[str, KnownSite] = {}
        self._draws: defaultdict[str, Draw] = defaultdict(Draw)
        self._parked: list[tuple[Page, Finish]] = []
        crawler.signals.connect(self._open, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def read(self, page: Page, finish: Finish) -> Article:
        """Return the article of *page* by the model of the moment.

        *finish* is what the crawl adds to an article, also where it is read again.
        Raises ExtractionError.
        """
        site = await self._site(site_of(page.url))
        model = site.model
        if site.wants(page_key(page.url)):
            reading = await self._reader.study(page, model)
            article = reading.article
            is_due = self.is_teaching(reading) and site.take(reading.digest)
        elif model and site.is_curious:
            article, is_due = await self._meet(page, site, model)
        else:
            article, is_due = await self._reader.read(page, model), False
        if is_due and await site.learn():
            self._count("learned")
        self._count_use(article)
        if site.hear(article.extraction):
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
        """Tell whether a site is learned from this page: a crawl asks for articles alone."""
        return True

    def expect(self, urls: Iterable[str]) -> None:
        """Let the pages to learn from be drawn from *urls*, which will be fetched."""
        for url in urls:
            self._draws[site_of(url)].offer(page_key(url))

    def unpark(self, url: str) -> None:
        """Do not read the page at *url* again at the end of the crawl."""
        self._parked = [each for each in self._parked if each[0].url != url]

    async def _meet(
        self, page: Page, site: KnownSite, model: SiteModel
    ) -> tuple[Article, bool]:
        met = await self._reader.study_if_unknown(page, model)
        if isinstance(met, Article):
            return met, False
        is_due = self.is_teaching(met) and site.take_stranger(met.digest)
        return met.article, is_due

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
            known = await asyncio.to_thread(KnownSite.load, name, self._store)
            known.drawn = self._draws[name]
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
        """Learn from the last pages, read the parked ones again, keep what was learned."""
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
        """Return the article by the model that is good by now, if it is one still."""
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
            site.save(store, keep=keep)
