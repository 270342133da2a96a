"""What every portal has: feeds, sections with pages, day archives, a sitemap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider

from scraper.crawling.candidates import (
    MAX_PAGES,
    Portal,
    SourcePlan,
    is_within,
    narrower,
    oldest_time,
    typical_time,
)
from scraper.crawling.frontier import Frontier, job_of
from scraper.crawling.intake import Intake
from scraper.crawling.reader import Reader
from scraper.crawling.replay import Replay, SavedPages
from scraper.crawling.scope import parse_scope
from scraper.crawling.sources import Sources
from scraper.crawling.visits import encoding_of, page_of, request_for, source_kind_of
from scraper.discovery import (
    Link,
    LinkKind,
    parse_feed,
    parse_links,
    parse_sitemap,
)
from scraper.feeds import register_adapter
from scraper.storage import Address, AddressKind, Lease
from scraper.urls import VIETNAM

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.items import Article, Hint

DEEPEST = 3
"""An index of sitemaps, one that it lists, and what that lists: as deep as one goes."""


class PortalSpider(Spider):
    """A spider whose subclass states what is true of one portal only.

    Sources are paths; in them ``{section}`` is a name of :attr:`sections`, ``{stem}``
    its value, ``{page}`` counts from 2, ``{day}`` is a date. What a portal lacks is
    left empty. :attr:`front` is the page that shows the newest of all sections.
    :attr:`listing` are CSS selectors of the places on a section page that
    list its own articles, :attr:`spotlight` of those that repeat the newest on every
    page and are read on the first. :attr:`templates` maps a name to a pattern that only pages
    of that template hold, for ``tinsach doctor``. :attr:`hints` say where fields sit that
    extraction does not find, and from when to when.

    :attr:`title` is what people call the site, :attr:`family` the make of its pages, and
    :attr:`checked` says against what all this was verified, for the table of sites.

    What is visited, and when, is the frontier's business: every request of a crawl comes
    from a lease, every callback settles it. Without a lease, as ``scrapy parse`` calls
    them, callbacks read the page by itself and return what they find.
    """

    title: ClassVar[str] = ""
    family: ClassVar[str] = ""
    checked: ClassVar[str] = ""
    home: str
    hosts: frozenset[str]
    legacy_tls_hosts: ClassVar[frozenset[str]] = frozenset()
    article_path: ClassVar[re.Pattern[str] | None] = None
    passed_over: ClassVar[re.Pattern[str] | None] = None
    section_path: ClassVar[re.Pattern[str] | None] = None
    sections: ClassVar[Mapping[str, str]] = {}
    feeds: ClassVar[tuple[str, ...]] = ()
    front: str = "/"
    section_feed: ClassVar[str] = ""
    section_page: ClassVar[str] = ""
    next_page: ClassVar[str] = ""
    day_page: ClassVar[str] = ""
    sitemap: ClassVar[str] = ""
    listing: ClassVar[tuple[str, ...]] = ()
    spotlight: ClassVar[tuple[str, ...]] = ()
    templates: ClassVar[Mapping[str, re.Pattern[bytes]]] = {}
    hints: ClassVar[tuple[Hint, ...]] = ()

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        """Raise ConfigurationError for an argument that makes no sense."""
        self.scope = parse_scope(arguments, sections=self.sections)
        super().__init__(name)
        base = self.scope.portal or self.home
        self.portal = Portal(
            base, self.hosts, self.article_path, self.passed_over, self.home
        )
        own = urlsplit(base).hostname or ""
        self.allowed_domains = sorted(self.hosts) if own in self.hosts else [own]
        self.job = job_of(self.name, base, self.home)
        self.plan = SourcePlan(
            portal=self.portal,
            sections=self.sections,
            feeds=self.feeds,
            front=self.front,
            section_feed=self.section_feed,
            section_page=self.section_page,
            next_page=self.next_page,
            day_page=self.day_page,
            sitemap=self.sitemap,
            section_path=self.section_path,
        )
        self.intake: Intake
        self.sources: Sources
        self._has_days = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        register_adapter()
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.intake = Intake(crawler, spider.scope)
        spider.sources = Sources(crawler)
        return spider

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Return True for a request of this site: by it Scrapy's commands find a spider."""
        return urlsplit(request.url).hostname in getattr(cls, "hosts", ())

    async def start(self) -> AsyncIterator[Request]:
        """Visit what is due; with a limit, as few sources as give that many articles."""
        waves = self._iter_waves()
        if self.scope.limit is None:
            waves = iter([[source for wave in waves for source in wave]])
        leases = Frontier.of(self.crawler).iter_leases(
            self.job,
            waves,
            host=urlsplit(self.portal.base).netloc,
            also=await self.prepare(),
            limit=self.scope.limit,
            **narrower(self.scope),
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

        It is the callback that ``scrapy parse`` calls if none is named.
        """
        if self.plan.saved_source(response.url) or source_kind_of(response):
            return [*await self._requests(response)]
        article = await self.intake.read_alone(response)
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
        """Note what *links*, which the source of *lease* lists, lead to."""
        wanted, further = self.listed(lease, links)
        fresh = await self.sources.settle(response, lease, wanted, further)
        self.intake.expect(fresh)

    def listed(
        self, lease: Lease, links: list[Link]
    ) -> tuple[list[Address], Address | None]:
        """Return what is visited because the source of *lease* lists *links*.

        And its next page, which is visited if any of the others is new.
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
            return await self.intake.read_alone(response)
        return await self.intake.take(response, lease, self.portal)

    async def article_failed(self, failure: Failure) -> None:
        await self.intake.failed(failure)

    async def source_failed(self, failure: Failure) -> None:
        await self.sources.failed(failure)

    async def _requests(self, response: Response) -> list[Request]:
        """Return requests for what the source *response* lists; raises DiscoveryError."""
        kind = source_kind_of(response) or AddressKind.SECTION
        source = self.plan.saved_source(response.url) or Address(response.url, kind)
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

    def _iter_waves(self) -> Iterator[list[Address]]:
        saved = self._saved
        if saved is None:
            yield from self.plan.iter_waves(self.scope)
            return
        own = [url for url in map(self.portal.own_url, saved.urls()) if url]
        yield [source for url in own if (source := self.plan.saved_source(url))]
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
            return parse_feed, {"tz": VIETNAM}
        if kind is AddressKind.SITEMAP:
            return parse_sitemap, {"tz": VIETNAM}
        places = self._places(lease.address)
        return parse_links, {"encoding": encoding_of(response), "places": places}

    def _places(self, source: Address) -> tuple[str, ...]:
        """Return where *source* lists its own articles: all over the front page."""
        if source.lists_all:
            return ()
        is_first = source.kind is AddressKind.SECTION and source.page == 1
        return (*self.listing, *(self.spotlight if is_first else ()))

    def parts(self, links: Iterable[Link], source: Address) -> Iterator[Address]:
        """Yield the parts of a sitemap that may list articles of the days asked for.

        Of an index within an index within an index there are none: no site has them,
        and one that makes them up has them without end.
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
        return self.plan.section(source.section, source.page + 1, oldest_time(listed))

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(name)
