"""Spiders of sites about which little is known: the crawl finds sources and articles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from scraper.crawling.frontier import Frontier
from scraper.crawling.middlewares.politeness import RobotsMiddleware
from scraper.crawling.visits import encoding_of
from scraper.discovery import Link, parse_listing
from scraper.sites.explorer import Explorer, guesses, note_doubt
from scraper.storage import Address, AddressKind
from spiders.base import PortalSpider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.items import Article
    from scraper.storage import Lease


class ExploredSpider(PortalSpider):
    """A spider whose subclass may know nothing but the home page.

    Feeds, sitemap and the form of articles' URLs are used if they are known; sections,
    further feeds and sitemaps are found beside them, and URLs are judged by their results,
    see :class:`~scraper.sites.explorer.Explorer`.
    """

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        super().__init__(name, **arguments)
        self.explorer = Explorer(self.portal)

    async def prepare(self) -> Iterable[AddressKind]:
        """Remember what earlier runs found."""
        self.explorer.remember(await self._frontier.outcomes(self.job))
        return tuple(AddressKind)

    def listed(
        self, lease: Lease, links: list[Link]
    ) -> tuple[list[Address], Address | None]:
        """Return the articles and sources that a source leads to, and its next page."""
        kind, further = lease.address.kind, None
        if kind is AddressKind.FEED:
            listed = self.explorer.by_feed(links)
        elif kind is AddressKind.SITEMAP:
            listed = self.explorer.by_sitemap(links)
        else:
            listed, further = self._on_page(links, lease)
        return [*self.parts(links, lease.address), *self.wanted(listed)], further

    async def parse_article(
        self, response: Response, lease: Lease | None = None
    ) -> Article | None:
        if lease is None:
            return await self.article_pages.read_alone(response)
        fault_of = partial(self.explorer.fault_of, lease)
        article = await self.article_pages.read(
            response, lease, self.portal, fault_of, note_doubt
        )
        await self._visit(self.explorer.visited(lease, article))
        return article

    async def article_failed(self, failure: Failure) -> None:
        await super().article_failed(failure)
        await self._visit(self.explorer.visited(_lease_of(failure), None))

    async def source_failed(self, failure: Failure) -> None:
        await super().source_failed(failure)
        await self._visit(self.explorer.lost(_lease_of(failure)))

    def parser_of(
        self, lease: Lease, response: Response
    ) -> tuple[Callable[..., list[Link]], dict[str, Any]]:
        if lease.address.kind in (AddressKind.FEED, AddressKind.SITEMAP):
            return super().parser_of(lease, response)
        return parse_listing, {"encoding": encoding_of(response)}

    def _on_page(
        self, links: Iterable[Link], lease: Lease
    ) -> tuple[list[Address], Address | None]:
        """Return what a page lists, and its next page if only new articles lead there."""
        page = self.explorer.by_page(links, lease)
        listed = page.wanted
        if lease.address.url == self.portal.base + self.front:
            listed += self._guesses(listed)
        if page.further and page.brings and not lease.visited_at:
            return [*listed, page.further], None
        return listed, page.further

    def _guesses(self, listed: list[Address]) -> list[Address]:
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        named = [*(robots.sitemaps if robots else ())]
        named += [self.portal.base + self.sitemap] if self.sitemap else []
        has_feeds = any(each.kind is AddressKind.FEED for each in listed)
        has_feeds |= bool(self.feeds)
        if self.scope.limit is not None and listed:
            has_feeds = True  # what the page names will do: no path is guessed
            if not named:
                return []
        found = guesses(self.portal.base, named, has_feeds=has_feeds)
        self.sources.guessed |= {each.url for each in found}
        return found

    async def _visit(self, addresses: Iterable[Address]) -> None:
        wanted = list(self.wanted(addresses))
        if wanted:
            new = set(await self._frontier.add(wanted))
            self.article_pages.expect(each for each in wanted if each.url in new)

    @property
    def _frontier(self) -> Frontier:
        return Frontier.of(self.crawler)


def _lease_of(failure: Failure) -> Lease:
    lease: Lease = failure.request.cb_kwargs["lease"]  # type: ignore[attr-defined]
    return lease
