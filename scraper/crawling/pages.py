"""Pages of a crawl: sources that list articles, and the article pages themselves.

An article page takes this way through a crawl:

1. ``Frontier.iter_leases()`` leases a URL, and ``request_for()`` makes the request.
2. The downloader middlewares decode, redirect or refuse the response.
3. ``ArticlePages.read()`` has a worker read it, joins further pages, and archives it.
4. The spider's callback returns the article; ``scraper.pipelines`` validate, deduplicate
   and store it, together with the visit that ``Frontier.keep()`` noted.
5. Every other end settles the lease too: see ``ItemOutcomes`` and ``EmptyResults``.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scrapy import Request

from scraper.crawling.extensions import Archiver, Receipt
from scraper.crawling.failures import UNREACHABLE, explain_failure, failure_key
from scraper.crawling.frontier import Frontier
from scraper.crawling.leases import encoding_of, is_unchanged, page_of, validators_of
from scraper.crawling.reader import Reader, SiteModels
from scraper.discovery.pages import may_have_parts, parse_parts
from scraper.errors import ExtractionError, ScraperError
from scraper.reading import MOST_PARTS, join
from scraper.storage import AddressKind, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.crawling.scope import Portal, Scope
    from scraper.discovery import Link
    from scraper.items import Article, Page
    from scraper.storage import Address, Lease


_logger = logging.getLogger(__name__)
_FIRST_ERROR = 300
"""Status from which on a response holds no page."""
_GONE = frozenset({"http_404", "http_410"})
EMPTY = "empty"
_MAX_REFUSALS = 2
"""Sources that fail at the network before any has answered; then the crawl ends."""


class _Pages:
    """What the pages of a crawl, of either kind, have in common."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @property
    def _frontier(self) -> Frontier:
        return Frontier.of(self._crawler)

    async def _settle_failed(self, failure: Failure) -> tuple[Lease, str]:
        """Settle the lease of a page that could not be fetched; return it and why."""
        lease: Lease = failure.request.cb_kwargs["lease"]  # type: ignore[attr-defined]
        key = failure_key(failure)
        result = Result.GONE if key in _GONE else Result.FAILED
        await self._frontier.settle(lease, result, reason=key)
        return lease, key

    def _count(self, name: str, count: int = 1) -> None:
        if count:
            self._crawler.stats.inc_value(name, count)


class Sources(_Pages):
    """Counts ``sources/read/<kind>``, ``sources/unchanged`` and ``sources/failed/<reason>``.

    ``sources/at/<URL>`` is the number of new articles that the first page of a source
    listed, or the reason why it listed none: a failure, or ``empty``, also for a page that
    names only feeds. An empty source is read in full by every visit: if it were taken as
    unchanged, it would pass for one without news. ``links/articles`` counts the articles
    that sources list, ``links/known`` those of them that need no visit.

    *guessed* are URLs that may not be sources: a first visit that finds none is not a
    failure. If the first sources of a portal all fail at the network, the spider is closed
    as ``unreachable`` rather than after every retry of every source.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.guessed: set[str] = set()
        self._reached = False
        self._refusals = 0
        self._closing: asyncio.Future[None] | None = None

    async def read(
        self,
        response: Response,
        lease: Lease,
        parse: Callable[..., list[Link]],
        **options: Any,  # noqa: ANN401  those of parse
    ) -> list[Link] | None:
        """Return the links that *parse*, a function of scraper.discovery, finds in a worker.

        If nothing is new or this is not a source, settle *lease* and return None. *options*
        are other arguments of *parse*.
        """
        self._reached = True
        if is_unchanged(response, lease):
            self._count(f"sources/read/{lease.address.kind}")
            self._count("sources/unchanged")
            self._note(lease.address, 0)
            await self._frontier.settle(lease, Result.UNCHANGED)
            return None
        reader = Reader.of(self._crawler)
        try:
            links = await reader.find_links(page_of(response), parse, **options)
        except ScraperError as error:
            if not self._is_wrong_guess(lease):
                self._count("sources/failed/unreadable")
                self._note(lease.address, "unreadable")
                _logger.warning("source %s: %s", response.url, error)
            await self._frontier.settle(lease, Result.FAILED, reason="unreadable")
            return None
        self._count(f"sources/read/{lease.address.kind}")
        return links

    async def settle(
        self,
        response: Response,
        lease: Lease,
        listed: Sequence[Address],
        further: Address | None = None,
    ) -> list[Address]:
        """Settle *lease*, whose source *listed* these; return the articles that are new.

        *further* is the next page, which is visited if any article is new.
        """
        is_empty = all(map(self._is_no_listing, listed))
        # An empty source has none, or a 304 would hide it next time.
        validators = {} if is_empty else validators_of(response)
        settled = await self._frontier.settle(
            lease, Result.READ, links=tuple(listed), further=further, **validators
        )
        new = set(settled.new_links)
        articles = [each for each in listed if each.kind is AddressKind.ARTICLE]
        fresh = [each for each in articles if each.url in new]
        self._count("links/articles", len(articles))
        self._count("links/known", len(articles) - len(fresh))
        self._note(lease.address, EMPTY if is_empty else len(fresh))
        return fresh

    async def failed(self, failure: Failure) -> None:
        """Count, report and settle a source that could not be fetched."""
        lease, key = await self._settle_failed(failure)
        url = failure.request.url  # type: ignore[attr-defined]
        self._reached = self._reached or key not in UNREACHABLE
        is_missing = key in _GONE and _is_optional(lease.address)
        if is_missing or self._is_wrong_guess(lease):
            _logger.debug("%s: no more", url)
            return
        self._count(f"sources/failed/{key}")
        self._note(lease.address, key)
        _logger.warning("source %s: %s", url, explain_failure(failure))
        self._refusals += not self._reached
        if self._refusals >= _MAX_REFUSALS and self._closing is None:
            self._give_up(explain_failure(failure))

    def _is_no_listing(self, address: Address) -> bool:
        """Return True for a feed that a page names, or a source that is only guessed."""
        return address.kind is AddressKind.FEED or address.url in self.guessed

    def _is_wrong_guess(self, lease: Lease) -> bool:
        return lease.address.url in self.guessed and lease.visited_at is None

    def _give_up(self, reason: str) -> None:
        _logger.error("the portal cannot be reached: %s", reason)
        engine = self._crawler.engine
        self._closing = asyncio.ensure_future(
            engine.close_spider_async(reason="unreachable")
        )

    def _note(self, address: Address, found: int | str) -> None:
        if not _is_optional(address):
            self._crawler.stats.set_value(f"sources/at/{address.url}", found)


def _is_optional(address: Address) -> bool:
    """Return True for a page that may be missing: a day's archive, or one after the last."""
    return address.kind is AddressKind.DAY or address.page > 1


class ArticlePages(_Pages):
    """Reads article pages in the crawl's pool and counts their results.

    Stats: ``articles/requested``, ``articles/given``, ``articles/revisited``,
    ``articles/unchanged``, ``articles/gone``; ``articles/parts`` of further pages of an
    article; ``pages/failed/<reason>``; ``read/failed/<error class>`` and
    ``read/quarantined/<error class>``; ``articles/passed_over/<fault>``, which is
    ``out_of_range`` if only the page states its day (``links/out_of_range`` too).
    """

    def __init__(self, crawler: Crawler, scope: Scope) -> None:
        super().__init__(crawler)
        self._scope = scope

    async def read(
        self,
        response: Response,
        lease: Lease,
        portal: Portal,
        fault_of: Callable[[Article], str] = lambda _: "",
        finish: Callable[[Article], Article] = lambda article: article,
    ) -> Article | None:
        """Return the article of *response*; without one, settle *lease* and return None.

        *fault_of* returns why a page that reads like an article is not one, or "";
        *finish* returns the article with what the spider adds to it.
        """
        self._count_visit(lease)
        if is_unchanged(response, lease):
            self._count("articles/unchanged")
            await self._frontier.settle(lease, Result.UNCHANGED)
            return None
        article, failure = await self._read(response, lease, finish)
        if article is None:
            await self._frontier.settle(lease, Result.FAILED, reason=failure)
            return None
        if fault := self._range_fault(article, lease) or fault_of(article):
            self._count(f"articles/passed_over/{fault}")
            await self._frontier.settle(lease, Result.DROPPED, reason=fault)
            return None
        if not lease.visited_at and not article.fault:
            self._count("articles/given")
        moved = _moved_to(article, lease, portal)
        self._frontier.keep(article, lease, moved_to=moved, **validators_of(response))
        return article

    async def read_alone(self, response: Response) -> Article | None:
        """Return the article of a page without a lease; None, with a warning, on failure.

        Nothing is settled, learned or archived.
        """
        try:
            article = await self._models.read_alone(self._page_of(response))
            return await self._whole(response, article)
        except ExtractionError as error:
            _logger.warning("%s", error)
            return None

    async def failed(self, failure: Failure) -> None:
        """Count, report and settle a page that could not be fetched."""
        lease, key = await self._settle_failed(failure)
        self._count_visit(lease)
        has_vanished = bool(key in _GONE and lease.visited_at)
        self._count("articles/gone" if has_vanished else f"pages/failed/{key}")
        level = logging.INFO if has_vanished else logging.WARNING
        url = failure.request.url  # type: ignore[attr-defined]
        _logger.log(level, "%s: %s", url, explain_failure(failure))

    def expect(self, listed: Iterable[Address]) -> None:
        """Take note of articles that will be fetched."""
        self._models.expect(each.url for each in listed)

    async def _read(
        self,
        response: Response,
        lease: Lease,
        finish: Callable[[Article], Article],
    ) -> tuple[Article | None, str]:
        """Return the article of *response*, or None and the reason why there is none."""
        page, receipt = self._page_of(response), Receipt()
        archiver = Archiver.of(self._crawler)

        def complete(article: Article) -> Article:
            return finish(receipt.on(lease.address.complete(article)))

        try:
            article = await self._models.read(page, complete)
            article = await self._whole(response, article)
        except ExtractionError as error:
            fate = "quarantined" if error.harmful else "failed"
            self._count(f"read/{fate}/{type(error).__name__}")
            _logger.warning("%s", error)
            await archiver.keep(response, page, lease, receipt)
            return None, type(error).__name__
        await archiver.keep(response, page, lease, receipt, article)
        return receipt.on(article), ""

    async def _whole(self, response: Response, article: Article) -> Article:
        """Return *article* joined with its further pages; a joined one is not read again."""
        if not article.text:
            return article
        whole = join([article, *await self._further_parts(response)])
        if whole.extraction.parts > 1:
            self._models.unpark(response.url)
        return whole

    async def _further_parts(self, response: Response) -> list[Article]:
        """Return the articles of the pages after *response*, up to one that fails."""
        parts: list[Article] = []
        seen = {response.url}
        while len(parts) < MOST_PARTS - 1:
            url = await self._next_part(response)
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
            self._count("articles/parts")
            parts.append(part)
        return parts

    async def _next_part(self, response: Response) -> str:
        if not may_have_parts(response.body, response.url):
            return ""
        links = await Reader.of(self._crawler).find_links(
            page_of(response), parse_parts, encoding=encoding_of(response)
        )
        return links[0].url if links else ""

    async def _fetch(self, url: str, referer: str) -> Response:
        request = Request(url, headers={"Referer": referer}, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            raise ScraperError(str(error) or type(error).__name__) from error
        if response.status >= _FIRST_ERROR:
            raise ScraperError(f"status {response.status}")
        return response

    def _page_of(self, response: Response) -> Page:
        return page_of(response, getattr(self._crawler.spider, "hints", ()))

    def _range_fault(self, article: Article, lease: Lease) -> str:
        """Return why *article*, which no source dated, is not within the days asked for."""
        if lease.address.time or self._scope.has(article.published_at):
            return ""
        self._count("links/out_of_range")
        return "out_of_range"

    def _count_visit(self, lease: Lease) -> None:
        self._count("articles/revisited" if lease.visited_at else "articles/requested")

    @property
    def _models(self) -> SiteModels:
        return SiteModels.of(self._crawler)


def _moved_to(article: Article, lease: Lease, portal: Portal) -> str:
    """Return the URL that the article names as its own, "" if it was fetched from there."""
    own = portal.own_url(article.canonical_url) or ""
    is_other = own != lease.address.url and portal.is_article(own)
    return own if is_other else ""
