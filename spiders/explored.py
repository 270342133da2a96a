"""Spiders of sites about which little is known: the crawl finds sources and articles."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from scraper.crawling.frontier import Frontier
from scraper.crawling.leases import encoding_of
from scraper.crawling.middlewares.politeness import RobotsMiddleware
from scraper.crawling.scope import MAX_PAGES, oldest_time
from scraper.discovery import Link, LinkKind, parse_listing
from scraper.discovery.links import Judge, is_article_address
from scraper.discovery.pages import COMMON_FEEDS, COMMON_SITEMAPS
from scraper.extraction.dates.locales import time_in_url
from scraper.items import Kind
from scraper.storage import Address, AddressKind
from spiders.base import PortalSpider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.crawling.scope import Portal
    from scraper.items import Article
    from scraper.storage import Lease


MAX_DEPTH = 3
"""The most clicks from the front page to a listing."""
UNDATED = "undated"
_COMPARED_PAGES = 20
"""Listing pages whose links are compared, to find links that are on every page."""
_LEAST_COMPARED = 3
"""The fewest listing pages that show that a link is on every page."""
_EVERYWHERE_SHARE = 0.8
"""Share of the compared pages with such a link: some pages have another frame."""
MAX_LISTINGS = 300
"""The most listings that one run tries."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a page lists: *wanted* URLs, and *further*, the page after it.

    *brings* is True if it lists an article that only the front page listed before.
    """

    wanted: list[Address]
    further: Address | None
    brings: bool


class Explorer:
    """Sorts the links of a site's pages into articles, listings and others.

    Two judges learn during the crawl which URLs are articles, and which are listings of
    new articles. *portal* says which URLs belong to the site.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._articles: Judge[Address] = Judge()
        self._listings: Judge[Address] = Judge()
        self._offered: dict[str, bool] = {}
        self._tried: set[str] = set()
        self._listed: set[str] = set()
        self._depths: dict[str, int] = {}
        self._mistaken: dict[str, str] = {}
        self._compared = 0
        self._linked: Counter[str] = Counter()

    def remember(self, visited: Iterable[tuple[str, AddressKind, bool]]) -> None:
        """Learn from earlier runs: URLs, the kind they were visited as, if that was right."""
        for url, kind, good in visited:
            judge = self._articles if kind is AddressKind.ARTICLE else self._listings
            judge.record(url, good=good)

    def by_feed(self, links: Iterable[Link]) -> list[Address]:
        """Return what a feed lists, which are all articles."""
        listed = list(self._own(links))
        for url, _ in listed:
            self._articles.vouch(url)
        return [_address(url, link) for url, link in listed]

    def by_sitemap(self, links: Iterable[Link]) -> list[Address]:
        """Return the articles of a sitemap: those it declares, or with an article's shape."""
        wanted: list[Address] = []
        for url, link in self._own(links):
            if link.kind is LinkKind.ARTICLE:
                self._articles.vouch(url)
            if link.kind is not LinkKind.SITEMAP:
                likely = link.kind is LinkKind.ARTICLE or is_article_address(url)
                listed = Address(url, changed=link.time)
                wanted += self._offer(listed, likely=likely)
        return wanted

    def by_page(self, links: Iterable[Link], lease: Lease) -> Listed:
        """Return what the HTML page of *lease* lists."""
        source, links = lease.address, list(links)
        self._compare(links, source)
        wanted: list[Address] = []
        shown: set[str] = set()
        further = None
        for url, link in self._own(links):
            if link.kind is LinkKind.NEXT:
                further = url
            elif link.kind is LinkKind.FEED:
                wanted += [Address(url, AddressKind.FEED)] * (not source.section)
            elif link.kind is LinkKind.LISTING and not self._is_proved(url):
                wanted += self._offer_listing(url, link.title, source)
            else:
                address = _address(url, link, source.section)
                likely = link.kind is not LinkKind.OTHER
                shown |= {url} if likely or self._is_proved(url) else set()
                wanted += self._offer(address, likely=likely)
        brings = bool(shown - self._listed)
        if source.section:
            self._listed |= shown
        wanted += self._record_listing(source, good=brings)
        return Listed(wanted, self._page_after(source, further, wanted), brings)

    def lost(self, lease: Lease) -> list[Address]:
        """Record that the source of *lease* failed; return what is tried instead."""
        return self._record_listing(lease.address, good=False)

    def visited(self, lease: Lease, article: Article | None) -> list[Address]:
        """Record the result of a visit; return what to visit because of it.

        A page visited as an article that is a listing is visited again as one.
        """
        url = lease.address.url
        good = article is not None and not article.fault
        found = self._articles.record(url, good=good)
        if url in self._mistaken:
            found += self._offer_listing(url, self._mistaken.pop(url), lease.address)
        return found

    def fault_of(self, lease: Lease, article: Article) -> str:
        """Return why *article* is not an article, "" if it is.

        A page without a stated date is an article if its URL has an article's form and is
        not linked from every page, as that of an imprint is.
        """
        if article.kind is Kind.LISTING:
            self._mistaken[lease.address.url] = article.title or article.url
            return "listing"
        if article.states_date or article.fault:
            return ""
        url = lease.address.url
        is_likely = self._is_proved(url) or is_article_address(url)
        return "" if is_likely and not self._is_everywhere(url) else UNDATED

    def _compare(self, links: Iterable[Link], source: Address) -> None:
        """Count what the first page of a listing links."""
        if source.page == 1 and self._compared < _COMPARED_PAGES:
            self._compared += 1
            self._linked.update({url for url, _ in self._own(links)})

    def _is_everywhere(self, url: str) -> bool:
        few = self._compared < _LEAST_COMPARED
        return not few and self._linked[url] > _EVERYWHERE_SHARE * self._compared

    def _is_proved(self, url: str) -> bool:
        has_form = self._portal.article is not None and self._portal.is_article(url)
        return has_form or self._articles.is_proved(url)

    def _own(self, links: Iterable[Link]) -> Iterator[tuple[str, Link]]:
        for link in links:
            url = self._portal.own_url(link.url)
            if url and not self._portal.is_passed_over(url):
                yield url, link

    def _offer(self, address: Address, *, likely: bool) -> Iterator[Address]:
        url = address.url
        if url not in self._offered or likely > self._offered[url]:
            self._offered[url] = likely
            is_due = self._articles.offer(url, address, likely=likely)
            if is_due and not self._is_proved(url):
                self._tried.add(url)
        if url in self._tried or self._is_proved(url):
            yield address

    def _offer_listing(self, url: str, name: str, source: Address) -> Iterator[Address]:
        depth = self._depth_of(source) + 1
        is_too_much = depth > MAX_DEPTH or len(self._depths) >= MAX_LISTINGS
        if url in self._depths or is_too_much:
            return
        self._depths[url] = depth
        listing = Address(url, AddressKind.SECTION, section=name)
        if self._listings.offer(url, listing):
            yield listing

    def _depth_of(self, source: Address) -> int:
        return self._depths.get(source.url, 1) if source.section else 0

    def _record_listing(self, source: Address, *, good: bool) -> list[Address]:
        is_listing = source.kind is AddressKind.SECTION and source.page == 1
        if not is_listing or not source.section:
            return []
        return self._listings.record(source.url, good=good)

    def _page_after(
        self, source: Address, url: str | None, listed: list[Address]
    ) -> Address | None:
        if url is None or source.page >= MAX_PAGES:
            return None
        section, page = source.section, source.page + 1
        oldest = oldest_time(listed)
        return Address(url, AddressKind.SECTION, section, page, changed=oldest)


def note_doubt(article: Article) -> Article:
    """Return *article*, marked as doubtful for an exploration if it states no date."""
    if article.states_date:
        return article
    return replace(article, extraction=replace(article.extraction, doubt=UNDATED))


def _address(url: str, link: Link, section: str = "") -> Address:
    stated = time_in_url(url)
    return Address(
        url,
        section=link.section or section,
        time=stated or link.time,
        dated=stated is not None,
    )


def guesses(base: str, sitemaps: Iterable[str], *, has_feeds: bool) -> list[Address]:
    """Return the sources to try beside those that the front page at *base* names.

    *sitemaps* are those of robots.txt. If there are none, common URLs of sitemaps are
    tried, and those of feeds if the page names no feed.
    """
    maps = list(sitemaps) or [base + path for path in COMMON_SITEMAPS]
    feeds = [] if has_feeds else [base + path for path in COMMON_FEEDS]
    return [
        *(Address(url, AddressKind.FEED) for url in feeds),
        *(Address(url, AddressKind.SITEMAP) for url in maps),
    ]


class ExploredSpider(PortalSpider):
    """A spider whose subclass may know nothing but the home page.

    Feeds, sitemap and the form of articles' URLs are used if they are known; sections,
    further feeds and sitemaps are found beside them, and URLs are judged by their results,
    see :class:`~spiders.explored.Explorer`.
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
