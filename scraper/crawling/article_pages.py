"""Article pages: from a response to a stored article, or a count of why there is none.

A page takes this way through a crawl:

1. ``Frontier.iter_leases()`` leases a URL, and ``request_for()`` makes the request.
2. The downloader middlewares decode, redirect or refuse the response.
3. ``ArticlePages.read()`` has a worker read it, joins further pages, and archives it.
4. The spider's callback returns the article; ``scraper.pipelines`` validate, deduplicate
   and store it, together with the visit that ``Frontier.keep()`` noted.
5. Every other end settles the lease too: see ``ItemOutcomes`` and ``EmptyResults``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request

from scraper.crawling import extension_of
from scraper.crawling.extensions import Archiver, Receipt
from scraper.crawling.failures import explain_failure, failure_key
from scraper.crawling.frontier import Frontier
from scraper.crawling.reader import Reader
from scraper.crawling.site_models import SiteModels
from scraper.crawling.visits import encoding_of, is_unchanged, page_of, validators_of
from scraper.discovery.pages import may_have_parts, parse_parts
from scraper.errors import ExtractionError, ScraperError
from scraper.reading import MOST_PARTS, join
from scraper.storage import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.crawling.scope import Portal, Scope
    from scraper.items import Article, Page
    from scraper.storage import Address, Lease

_logger = logging.getLogger(__name__)
_FIRST_ERROR = 300
"""Status from which on a response holds no page."""
_GONE = frozenset({"http_404", "http_410"})


class ArticlePages:
    """Reads article pages in the crawl's pool and counts their results.

    Stats: ``articles/requested``, ``articles/given``, ``articles/revisited``,
    ``articles/unchanged``, ``articles/gone``; ``articles/parts`` of further pages of an
    article; ``pages/failed/<reason>``; ``read/failed/<error class>`` and
    ``read/quarantined/<error class>``; ``articles/passed_over/<fault>``, which is
    ``out_of_range`` if only the page states its day (``links/out_of_range`` too).
    """

    def __init__(self, crawler: Crawler, scope: Scope) -> None:
        self._crawler = crawler
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

    async def _drop(self, lease: Lease, reason: str) -> None:
        self._count(f"articles/passed_over/{reason}")
        await self._frontier.settle(lease, Result.DROPPED, reason=reason)

    def _count_visit(self, lease: Lease) -> None:
        self._count("articles/revisited" if lease.visited_at else "articles/requested")

    def _count(self, name: str) -> None:
        self._crawler.stats.inc_value(name)

    @property
    def _frontier(self) -> Frontier:
        return Frontier.of(self._crawler)

    @property
    def _models(self) -> SiteModels:
        return extension_of(self._crawler, SiteModels)


def _moved_to(article: Article, lease: Lease, portal: Portal) -> str:
    """Return the URL that the article names as its own, "" if it was fetched from there."""
    own = portal.own_url(article.canonical_url) or ""
    is_other = own != lease.address.url and portal.is_article(own)
    return own if is_other else ""
