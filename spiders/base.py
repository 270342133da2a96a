"""The base of all spiders: which sources, their pages and parts a crawl follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider

from scraper.crawling.frontier import Frontier, job_of
from scraper.crawling.leases import encoding_of, page_of, request_for, source_kind_of
from scraper.crawling.pages import ArticlePages, Sources
from scraper.crawling.reader import Reader
from scraper.crawling.replay import Replay, SavedPages
from scraper.crawling.scope import (
    MAX_PAGES,
    Portal,
    is_within,
    oldest_time,
    parse_scope,
    typical_time,
)
from scraper.discovery import (
    Link,
    LinkKind,
    parse_feed,
    parse_links,
    parse_sitemap,
)
from scraper.extraction.dates.locales import zone_of
from scraper.feeds import register_adapter
from scraper.storage import Address, AddressKind, Lease
from scraper.urls import hosts_of

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
    from datetime import datetime, tzinfo

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.items import Article, Hint

DEEPEST = 3
"""Levels of sitemaps that are followed: an index, one that it lists, and its maps."""


class PortalSpider(Spider):
    """A spider whose subclass states what is true of one portal only.

    Sources are paths; in them ``{section}`` is a name of :attr:`sections`, ``{stem}``
    its value, ``{page}`` counts from 2, ``{day}`` is a date. What a portal lacks is
    left empty.

    What to visit, and when, is the frontier's business: every request of a crawl comes
    from a lease, every callback settles it. Without a lease, as ``scrapy parse`` calls
    them, callbacks read the page by itself and return what they find.
    """

    title: ClassVar[str] = ""
    """What people call the site."""
    family: ClassVar[str] = ""
    """The make of its pages."""
    checked: ClassVar[str] = ""
    """Against what the attributes were verified; for the table of sites."""
    home: str = ""
    """The scheme and host of its pages."""
    hosts: frozenset[str] = frozenset()
    """Hosts whose links lead to its pages; by default that of home, with and without www."""
    zone: tzinfo | None = None
    """Zone of times that name none, and of the days in arguments.

    By default that of the country that the domain of home belongs to, else UTC.
    """
    legacy_tls_hosts: ClassVar[frozenset[str]] = frozenset()
    """Hosts that need legacy renegotiation of TLS; certificates are verified anyway."""
    article_path: ClassVar[re.Pattern[str] | None] = None
    """Matches paths of articles; without it any page may be one."""
    passed_over: ClassVar[re.Pattern[str] | None] = None
    """Matches paths of pages that are no articles although article_path matches."""
    section_path: ClassVar[re.Pattern[str] | None] = None
    """Matches paths of section pages and day archives among saved pages."""
    sections: ClassVar[Mapping[str, str]] = {}
    feeds: ClassVar[tuple[str, ...]] = ()
    front: str = "/"
    """The page that shows the newest articles of all sections."""
    section_feed: ClassVar[str] = ""
    section_page: ClassVar[str] = ""
    next_page: ClassVar[str] = ""
    day_page: ClassVar[str] = ""
    sitemap: ClassVar[str] = ""
    listing: ClassVar[tuple[str, ...]] = ()
    """CSS selectors of the places on a section page that list its own articles."""
    spotlight: ClassVar[tuple[str, ...]] = ()
    """CSS selectors of places that repeat the newest on every page; read on the first."""
    templates: ClassVar[Mapping[str, re.Pattern[bytes]]] = {}
    """By name, a pattern that only pages of that template hold, for ``tinsach doctor``."""
    hints: ClassVar[tuple[Hint, ...]] = ()
    """Where fields sit that extraction does not find, and from when to when."""

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401
        super().__init_subclass__(**options)
        if "home" in vars(cls) and "hosts" not in vars(cls):
            cls.hosts = hosts_of(urlsplit(cls.home).hostname or "")

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        """Raise ConfigurationError for an argument that makes no sense."""
        self._zone = self.zone or zone_of(self.home)
        self.scope = parse_scope(arguments, sections=self.sections, zone=self._zone)
        super().__init__(name)
        base = self.scope.portal or self.home
        forms = self.article_path, self.passed_over
        self.portal = Portal(base, self.hosts, *forms, self.home, self._zone)
        own = urlsplit(base).hostname or ""
        self.allowed_domains = sorted(self.hosts) if own in self.hosts else [own]
        self.job = job_of(self.name, base, self.home)
        self.article_pages: ArticlePages
        self.sources: Sources
        self._has_days = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        register_adapter()
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.article_pages = ArticlePages(crawler, spider.scope)
        spider.sources = Sources(crawler)
        return spider

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Return True for a request to this site: Scrapy's commands find a spider by it."""
        return urlsplit(request.url).hostname in cls.hosts

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for each URL that is due; with a limit, for as few as needed."""
        saved = self._saved
        waves = self.iter_waves() if saved is None else self._iter_saved(saved)
        if self.scope.limit is None:
            waves = iter([[source for wave in waves for source in wave]])
        leases = Frontier.of(self.crawler).iter_leases(
            self.job,
            waves,
            host=urlsplit(self.portal.base).netloc,
            also=await self.prepare(),
            limit=self.scope.limit,
            sections=self.scope.sections,
            first=self.scope.first_moment,
            last=self.scope.last_moment,
        )
        async for lease in leases:
            is_article = lease.address.kind is AddressKind.ARTICLE
            yield (
                request_for(lease, self.parse_article, self.article_failed)
                if is_article
                else request_for(lease, self.parse_source, self.source_failed)
            )

    async def prepare(self) -> Iterable[AddressKind]:
        """Return the kinds of sources that only the pages will name."""
        return ()

    async def parse(self, response: Response) -> list[Article | Request]:
        """Return the article of a page, or requests for what another page lists.

        ``scrapy parse`` calls it if no callback is named.
        """
        if self.saved_source(response.url) or source_kind_of(response):
            return [*await self._requests(response)]
        article = await self.article_pages.read_alone(response)
        if article is None or article.kind.has_text:
            return [article] if article else []
        return [*await self._requests(response)]

    async def parse_source(
        self, response: Response, lease: Lease | None = None
    ) -> list[Request] | None:
        """Read what a feed, a sitemap, a section page or a day archive lists."""
        if lease is None:
            return await self._requests(response)
        parse, options = self.parser_of(lease, response)
        links = await self.sources.read(response, lease, parse, **options)
        if links is not None:
            await self._take_links(response, lease, links)
        return None

    async def _take_links(
        self, response: Response, lease: Lease, links: list[Link]
    ) -> None:
        """Settle *lease* with the *links* that its source lists."""
        wanted, further = self.listed(lease, links)
        fresh = await self.sources.settle(response, lease, wanted, further)
        self.article_pages.expect(fresh)

    def listed(
        self, lease: Lease, links: list[Link]
    ) -> tuple[list[Address], Address | None]:
        """Return the URLs to visit among *links*, which the source of *lease* lists.

        And its next page, which is visited if any of them is new.
        """
        is_sitemap = lease.address.kind is AddressKind.SITEMAP
        listed = list(
            self.portal.iter_candidates(
                links, lease.address.section, changed=is_sitemap
            )
        )
        self._has_days |= bool(listed) and lease.address.kind is AddressKind.DAY
        wanted = [*self.parts(links, lease.address), *self.wanted(listed)]
        return wanted, self._further(lease.address, listed)

    async def parse_article(
        self, response: Response, lease: Lease | None = None
    ) -> Article | None:
        if lease is None:
            return await self.article_pages.read_alone(response)
        return await self.article_pages.read(response, lease, self.portal)

    async def article_failed(self, failure: Failure) -> None:
        await self.article_pages.failed(failure)

    async def source_failed(self, failure: Failure) -> None:
        await self.sources.failed(failure)

    async def _requests(self, response: Response) -> list[Request]:
        """Return requests for what the source *response* lists; raises DiscoveryError."""
        kind = source_kind_of(response) or AddressKind.SECTION
        source = self.saved_source(response.url) or Address(response.url, kind)
        lease = Lease(position=0, address=source)
        parse, options = self.parser_of(lease, response)
        page = page_of(response)
        links = await Reader.of(self.crawler).find_links(page, parse, **options)
        wanted, further = self.listed(lease, links)
        return [self._request(each) for each in (*wanted, further) if each]

    def _request(self, address: Address) -> Request:
        is_article = address.kind is AddressKind.ARTICLE
        return Request(
            address.url, self.parse_article if is_article else self.parse_source
        )

    def iter_waves(self) -> Iterator[list[Address]]:
        """Yield the sources of a run: what brings the newest articles comes first."""
        chosen = self.scope.sections
        names = chosen or tuple(self.sections)
        named = {self.section_feed.format(section=name): name for name in names}
        feeds = tuple(named) if chosen else self.feeds
        yield [
            self._at(path, AddressKind.FEED, section=named.get(path, ""))
            for path in feeds
            if path
        ]
        front = [] if chosen or not self.front else [self.front]
        pages = [self._at(path, AddressKind.SECTION) for path in front]
        if self.section_page:
            pages += [self._section(name) for name in names]
        yield pages
        if self.day_page:
            yield list(self._iter_days(names))
        if self.sitemap and not chosen:
            yield [self._at(self.sitemap, AddressKind.SITEMAP)]

    def saved_source(self, url: str) -> Address | None:
        """Return the source that a saved page at *url* is, None for another page."""
        path = urlsplit(url).path
        if self.section_path and self.section_path.search(path):
            return self._at(url, AddressKind.DAY)
        if path.endswith(".rss"):
            return self._at(url, AddressKind.FEED)
        if path.endswith(".xml") and "sitemap" in path:
            return self._at(url, AddressKind.SITEMAP)
        return None

    def _section(
        self, name: str, page: int = 1, oldest: datetime | None = None
    ) -> Address:
        """Return a page of section *name*; a later one is as old as the one before ends."""
        form = self.next_page if page > 1 else self.section_page
        path = form.format(section=name, stem=self.sections[name], page=page)
        return self._at(
            path, AddressKind.SECTION, section=name, page=page, changed=oldest
        )

    def _iter_days(self, names: Iterable[str]) -> Iterator[Address]:
        for day in self.scope.iter_days():
            for name in names:
                stem = self.sections[name]
                path = self.day_page.format(section=name, stem=stem, day=day)
                yield self._at(path, AddressKind.DAY, section=name)

    def _at(self, path: str, kind: AddressKind, **fields: Any) -> Address:  # noqa: ANN401
        url = path if "://" in path else self.portal.base + path
        return Address(url, kind, **fields)

    def _iter_saved(self, saved: SavedPages) -> Iterator[list[Address]]:
        """Yield the sources among the pages of a replay, then its articles."""
        own = [url for url in map(self.portal.own_url, saved.urls()) if url]
        yield [source for url in own if (source := self.saved_source(url))]
        links = (Link(url, LinkKind.OTHER) for url in own)
        yield list(self.wanted(self.portal.iter_candidates(links)))

    @property
    def _saved(self) -> SavedPages | None:
        replay = self.crawler.get_extension(Replay)
        return replay.pages if replay else None

    def parser_of(
        self, lease: Lease, response: Response
    ) -> tuple[Callable[..., list[Link]], dict[str, Any]]:
        """Return the function of scraper.discovery that reads the source, and its options."""
        kind = lease.address.kind
        if kind is AddressKind.FEED:
            return parse_feed, {"tz": self._zone}
        if kind is AddressKind.SITEMAP:
            return parse_sitemap, {"tz": self._zone}
        places = self._places(lease.address)
        return parse_links, {"encoding": encoding_of(response), "places": places}

    def _places(self, source: Address) -> tuple[str, ...]:
        """Return where *source* lists its own articles; () for the whole page."""
        if source.lists_all:
            return ()
        is_first = source.kind is AddressKind.SECTION and source.page == 1
        return (*self.listing, *(self.spotlight if is_first else ()))

    def parts(self, links: Iterable[Link], source: Address) -> Iterator[Address]:
        """Yield the parts of a sitemap that may list articles of the days asked for.

        An index within an index within an index has none: no site needs them, and a
        site that makes them up does so without end.
        """
        depth = source.page + 1 if source.kind is AddressKind.SITEMAP else 2
        if depth > DEEPEST:
            return
        for link in links:
            url = self.portal.own_url(link.url) if link.kind is LinkKind.SITEMAP else ""
            if url and not self.scope.is_before(link.time):
                yield Address(url, AddressKind.SITEMAP, page=depth, changed=link.time)

    def wanted(self, listed: Iterable[Address]) -> Iterator[Address]:
        """Yield the articles of the days asked for; in a replay, those that are saved."""
        saved = self._saved
        for each in listed:
            if not is_within(each, self.scope):
                self._count("links/out_of_range")
            elif saved is not None and each.url not in saved:
                self._count("replay/not_saved")
            else:
                yield each

    def _further(self, source: Address, listed: list[Address]) -> Address | None:
        """Return the next page of a section, if it may hold articles to visit."""
        is_section = bool(source.section) and source.page < MAX_PAGES
        is_section &= source.kind is AddressKind.SECTION
        typical = typical_time(listed)
        if not is_section or not listed or self.scope.is_before(typical):
            return None
        if self._has_days and self.scope.is_after(typical):
            return None  # the day archives hold the days asked for
        return self._section(source.section, source.page + 1, oldest_time(listed))

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(name)
