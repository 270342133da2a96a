"""Answers of an article's address become articles, or are counted."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.crawling.failures import explain_failure, failure_key
from scraper.crawling.limit import LimitMiddleware
from scraper.crawling.pages import page_of
from scraper.crawling.site_models import SiteModels
from scraper.errors import ExtractionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.crawling.candidates import Candidate
    from scraper.crawling.scope import Scope
    from scraper.items import Article

_logger = logging.getLogger(__name__)


class Intake:
    """Reads pages in the crawl's pool and keeps the counts of what came of them.

    ``articles/requested``, ``pages/failed/<reason>``, ``read/failed/<error class>``,
    ``links/out_of_range`` where only the page told its day.
    """

    def __init__(self, crawler: Crawler, scope: Scope) -> None:
        self._crawler = crawler
        self._scope = scope

    async def take(self, response: Response, listed: Candidate) -> Article | None:
        """Return the article of *response*, None where there is none to keep."""
        self._count("articles/requested")
        article = await self._read(response, listed)
        if article is not None:
            if listed.time or self._scope.has(article.published_at):
                return article
            self._count("links/out_of_range")
        self._settle(response.request)
        return None

    def failed(self, failure: Failure) -> None:
        """Count and report a page that could not be fetched."""
        request = failure.request  # type: ignore[attr-defined]
        self._settle(request)
        key = failure_key(failure)
        if key == "limit":
            return
        self._count("articles/requested")
        self._count(f"pages/failed/{key}")
        _logger.warning("%s: %s", request.url, explain_failure(failure))

    def expect(self, listed: Iterable[Candidate]) -> None:
        """Take note of articles that will be fetched."""
        self._models.expect(candidate.url for candidate in listed)

    @property
    def _models(self) -> SiteModels:
        models = self._crawler.get_extension(SiteModels)
        if models is None:
            raise RuntimeError(
                "the extension scraper.crawling.site_models.SiteModels is missing"
            )
        return models

    async def _read(self, response: Response, listed: Candidate) -> Article | None:
        try:
            return await self._models.read(
                page_of(response), lambda article: _complete(article, listed)
            )
        except ExtractionError as error:
            self._count(f"read/failed/{type(error).__name__}")
            _logger.warning("%s", error)
            return None

    def _settle(self, request: object) -> None:
        limiter = self._crawler.get_downloader_middleware(LimitMiddleware)
        if limiter is not None:
            limiter.settle(request)  # type: ignore[arg-type]

    def _count(self, name: str) -> None:
        self._crawler.stats.inc_value(name)


def _complete(article: Article, listed: Candidate) -> Article:
    """Return *article* with the listing's time and section where the page has none."""
    if article.published_at is None and listed.time is not None:
        source = "url" if listed.dated else "listing"
        article = replace(article, published_at=listed.time, published_source=source)
    if not article.section and listed.section:
        article = replace(article, section=listed.section)
    return article
