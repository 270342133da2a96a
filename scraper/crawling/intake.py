"""Answers of an article's address become articles, or are counted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request

from scraper.crawling.extensions.archiver import Archiver, Receipt
from scraper.crawling.failures import explain_failure, failure_key
from scraper.crawling.frontier import Frontier
from scraper.crawling.reader import Reader
from scraper.crawling.site_models import SiteModels
from scraper.crawling.visits import encoding_of, is_unchanged, page_of, validators_of
from scraper.discovery.listing import may_have_parts, parse_parts
from scraper.errors import ExtractionError, ScraperError
from scraper.reading import MOST_PARTS, join
from scraper.storage import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
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
