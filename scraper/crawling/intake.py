"""Answers of an article's address become articles, or are counted."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from scrapy import Request, signals

from scraper.archive import ArchiveWriter, Capture, archive_folder
from scraper.crawling.failures import explain_failure, failure_key
from scraper.crawling.frontier import Frontier
from scraper.crawling.reader import Reader
from scraper.crawling.site_models import SiteModels
from scraper.crawling.store_client import StoreClient
from scraper.crawling.visits import encoding_of, is_unchanged, page_of, validators_of
from scraper.discovery.listing import may_have_parts, parse_parts
from scraper.errors import ExtractionError, ScraperError
from scraper.reading import MOST_PARTS, join
from scraper.storage import Result, forgotten_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response
    from twisted.python.failure import Failure

    from scraper.crawling.candidates import Portal
    from scraper.crawling.scope import Scope
    from scraper.items import Article, Page
    from scraper.storage import Address, Lease


_FAILED = 300
"""Status from which on an answer is no page."""


class Parts:
    """Stats: ``articles/parts`` counts the pages that were fetched beside the first."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    async def whole(self, response: Response, article: Article) -> Article:
        """Return *article* with what the pages after *response* say, if there are any.

        A page that cannot be had or read ends it; what is there is kept.
        """
        found, seen = [article], {response.url}
        while len(found) < MOST_PARTS:
            url = await self._next(response)
            if not url or url in seen:
                break
            seen.add(url)
            try:
                response = await self._fetch(url, response.url)
                part = await Reader.of(self._crawler).read(page_of(response))
            except ScraperError as error:
                _logger.warning("%s: the article is cut here: %s", url, error)
                break
            if not part.text:
                break
            self._crawler.stats.inc_value("articles/parts")
            found.append(part)
        return join(found)

    async def _next(self, response: Response) -> str:
        if not may_have_parts(response.body, response.url):
            return ""
        reader, encoding = Reader.of(self._crawler), encoding_of(response)
        links = await reader.find_links(
            page_of(response), parse_parts, encoding=encoding
        )
        return links[0].url if links else ""

    async def _fetch(self, url: str, referer: str) -> Response:
        request = Request(url, headers={"Referer": referer}, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            raise ScraperError(str(error) or type(error).__name__) from error
        if response.status >= _FAILED:
            raise ScraperError(f"status {response.status}")
        return response


@dataclass(slots=True)
class Receipt:
    """Where a page was put, "" until it is; an article read again has it too."""

    reference: str = ""

    def on(self, article: Article) -> Article:
        """Return *article* with the reference of its page."""
        return replace(article, archive=self.reference) if self.reference else article


class Archiver:
    """Extension: writes pages into the folder of the setting ``TINSACH_ARCHIVE``.

    "1" is ``archive`` in TINSACH_HOME, "" keeps none, as does a replay. What answers 304, or with the bytes
    of the last visit, does not come here. Pages are packed and written by one thread; a
    page waits for its own, so that a reference never names what is not written. Stats:
    ``archive/pages``, ``archive/failed``: a disk that is full, or a folder that is
    gone, ends the archive, not the crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        is_replay = bool(crawler.settings.get("TINSACH_REPLAY"))
        setting = "" if is_replay else crawler.settings.get("TINSACH_ARCHIVE")
        folder = archive_folder(str(setting or ""))
        self._writer = ArchiveWriter(folder) if folder else None
        self._out: frozenset[str] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the archiver of *crawler*; raises RuntimeError where it has none."""
        archiver = crawler.get_extension(cls)
        if archiver is None:
            raise RuntimeError(
                "the extension scraper.crawling.intake.Archiver is missing"
            )
        return archiver

    async def keep(
        self,
        response: Response,
        page: Page,
        lease: Lease,
        receipt: Receipt,
        article: Article | None = None,
    ) -> None:
        """Write *page*, of *response*, and note in *receipt* where.

        Not where *article*, which was read from it, is one to be kept out.
        """
        if self._writer is None or await self._is_forgotten(page, article):
            return
        asked = response.request.headers if response.request else None
        capture = Capture(page, lease.address, _pairs(asked), _pairs(response.headers))
        written = self._thread.submit(self._writer.write, capture)
        try:
            receipt.reference = await asyncio.wrap_future(written)
        except OSError as error:
            self._fail(error)
        else:
            self._crawler.stats.inc_value("archive/pages")

    async def _is_forgotten(self, page: Page, article: Article | None) -> bool:
        """Tell whether the page is to be kept out, by its address or by its own word."""
        if self._out is None:
            self._out = await StoreClient.of(self._crawler).call("forgotten_ids")
        if not self._out:
            return False
        urls = [page.url, *([article.canonical_url] if article else [])]
        return any(forgotten_id(url) in self._out for url in urls)

    def _fail(self, error: OSError) -> None:
        self._crawler.stats.inc_value("archive/failed")
        if self._writer is not None:
            _logger.error("Pages are archived no more: %s", error)
        self._writer = None

    def _close(self) -> None:
        self._thread.shutdown()
        try:
            if self._writer is not None:
                self._writer.check()
        except OSError as error:
            self._fail(error)


def _pairs(headers: Headers | None) -> tuple[tuple[str, str], ...]:
    """Return *headers* one by one, as text in one line each."""
    return tuple(
        (name.decode("latin-1"), " ".join(value.decode("latin-1").split()))
        for name, values in (headers or {}).items()
        for value in values
    )


_logger = logging.getLogger(__name__)
_GONE = frozenset({"http_404", "http_410"})


class Intake:
    """Reads pages in the crawl's pool and keeps the counts of what came of them.

    ``articles/requested``, ``articles/given``, ``articles/revisited``, ``articles/unchanged``,
    ``articles/gone``; ``pages/failed/<reason>``; ``read/failed/<error class>`` and
    ``read/quarantined/<error class>``; ``articles/passed_over/<fault>``, which
    ``out_of_range`` is where only the page told its day (``links/out_of_range`` too).
    """

    def __init__(self, crawler: Crawler, scope: Scope) -> None:
        self._crawler = crawler
        self._scope = scope
        self._parts = Parts(crawler)

    async def take(
        self,
        response: Response,
        lease: Lease,
        portal: Portal,
        fault_of: Callable[[Article], str] = lambda _: "",
        finish: Callable[[Article], Article] = lambda article: article,
    ) -> Article | None:
        """Return the article of *response*, None, and *lease* is settled, for none.

        *fault_of* says what keeps a page that reads like an article from being one;
        *finish* returns the article with what the spider adds to it.
        """
        self._count_visit(lease)
        if is_unchanged(response, lease):
            self._count("articles/unchanged")
            await self._frontier.settle(lease, Result.UNCHANGED)
            return None
        article, fault = await self._read(response, lease, finish)
        if article is None:
            await self._frontier.settle(lease, Result.FAILED, reason=fault)
            return None
        if not lease.address.time and not self._scope.has(article.published_at):
            self._count("links/out_of_range")
            await self._drop(lease, "out_of_range")
            return None
        if fault := fault_of(article):
            await self._drop(lease, fault)
            return None
        if not lease.visited_at and not article.fault:
            self._count("articles/given")
        moved = _moved_to(article, lease, portal)
        told = validators_of(response)
        self._frontier.keep(article, lease, moved_to=moved, **told)
        return article

    async def read_alone(self, response: Response) -> Article | None:
        """Return the article of a page that no lease asked for.

        Nothing is settled, learned or archived. None, with a warning, for a page that
        cannot be read.
        """
        try:
            article = await self._models.read_alone(self._page_of(response))
            return await self._whole(response, article)
        except ExtractionError as error:
            _logger.warning("%s", error)
            return None

    async def failed(self, failure: Failure) -> None:
        """Count, report and settle a page that could not be fetched."""
        request = failure.request  # type: ignore[attr-defined]
        lease: Lease = request.cb_kwargs["lease"]
        key = failure_key(failure)
        self._count_visit(lease)
        is_gone = key in _GONE
        result = Result.GONE if is_gone else Result.FAILED
        await self._frontier.settle(lease, result, reason=key)
        if is_gone and lease.visited_at:
            self._count("articles/gone")
            _logger.info("%s: %s", request.url, explain_failure(failure))
            return
        self._count(f"pages/failed/{key}")
        _logger.warning("%s: %s", request.url, explain_failure(failure))

    def expect(self, listed: Iterable[Address]) -> None:
        """Take note of articles that will be fetched."""
        self._models.expect(each.url for each in listed)

    def _page_of(self, response: Response) -> Page:
        return page_of(response, getattr(self._crawler.spider, "hints", ()))

    async def _drop(self, lease: Lease, reason: str) -> None:
        self._count(f"articles/passed_over/{reason}")
        await self._frontier.settle(lease, Result.DROPPED, reason=reason)

    def _count_visit(self, lease: Lease) -> None:
        self._count("articles/revisited" if lease.visited_at else "articles/requested")

    @property
    def _frontier(self) -> Frontier:
        return Frontier.of(self._crawler)

    @property
    def _models(self) -> SiteModels:
        models = self._crawler.get_extension(SiteModels)
        if models is None:
            raise RuntimeError(
                "the extension scraper.crawling.site_models.SiteModels is missing"
            )
        return models

    async def _read(
        self,
        response: Response,
        lease: Lease,
        finish: Callable[[Article], Article],
    ) -> tuple[Article | None, str]:
        """Return the article of *response*, or None and the reason why there is none."""
        page, kept = self._page_of(response), Receipt()
        archiver = Archiver.of(self._crawler)

        def complete(article: Article) -> Article:
            return finish(kept.on(lease.address.complete(article)))

        try:
            article = await self._models.read(page, complete)
            article = await self._whole(response, article)
        except ExtractionError as error:
            fate = "quarantined" if error.harmful else "failed"
            self._count(f"read/{fate}/{type(error).__name__}")
            _logger.warning("%s", error)
            await archiver.keep(response, page, lease, kept)
            return None, type(error).__name__
        await archiver.keep(response, page, lease, kept, article)
        return kept.on(article), ""

    async def _whole(self, response: Response, article: Article) -> Article:
        """Return *article* with its further pages; such a one is not read again."""
        whole = await self._parts.whole(response, article) if article.text else article
        if whole.extraction.parts > 1:
            self._models.unpark(response.url)
        return whole

    def _count(self, name: str) -> None:
        self._crawler.stats.inc_value(name)


def _moved_to(article: Article, lease: Lease, portal: Portal) -> str:
    """Return the address that the article says is its own, "" where it was found there."""
    own = portal.own_url(article.canonical_url) or ""
    is_other = own != lease.address.url and portal.is_article(own)
    return own if is_other else ""
