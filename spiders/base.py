"""What every portal has: feeds, sections with pages, day archives, a sitemap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import DontCloseSpider

from scraper import clock
from scraper.crawling.candidates import (
    Candidate,
    Portal,
    newest_first,
    oldest_time,
    priority_of,
    typical_time,
)
from scraper.crawling.intake import Intake
from scraper.crawling.known import KnownArticles
from scraper.crawling.limit import ARTICLE
from scraper.crawling.pages import encoding_of
from scraper.crawling.replay import Replay, SavedPages
from scraper.crawling.scope import parse_scope
from scraper.crawling.sources import KIND, OPTIONAL, Sources
from scraper.discovery import Link, LinkKind, parse_feed, parse_links, parse_sitemap
from scraper.seen import Seen
from scraper.urls import VIETNAM

if TYPE_CHECKING:
    import re
    from collections.abc import (
        AsyncIterator,
        Callable,
        Container,
        Iterable,
        Iterator,
        Mapping,
    )
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scraper.items import Article

MAX_PAGES = 100
"""Pages of one section that are followed at most."""
_FIRST = 10**9


class PortalSpider(Spider):
    """A spider whose subclass states what is true of one portal only.

    Sources are paths; in them ``{section}`` is a name of :attr:`sections`, ``{stem}``
    its value, ``{page}`` counts from 2, ``{day}`` is a date. What a portal lacks is
    left empty. :attr:`listing` are CSS selectors of the places on a section page that
    list its own articles, :attr:`spotlight` of those that repeat the newest on every
    page and are read on the first. :attr:`templates` maps a name to a pattern that only pages
    of that template hold, for ``tinsach doctor``.
    """

    home: ClassVar[str]
    hosts: ClassVar[frozenset[str]]
    legacy_tls_hosts: ClassVar[frozenset[str]] = frozenset()
    article_path: ClassVar[re.Pattern[str]]
    passed_over: ClassVar[re.Pattern[str]]
    section_path: ClassVar[re.Pattern[str]]
    sections: ClassVar[Mapping[str, str]] = {}
    feeds: ClassVar[tuple[str, ...]] = ()
    section_feed: ClassVar[str] = ""
    section_page: ClassVar[str] = ""
    next_page: ClassVar[str] = ""
    day_page: ClassVar[str] = ""
    sitemap: ClassVar[str] = ""
    listing: ClassVar[tuple[str, ...]] = ()
    spotlight: ClassVar[tuple[str, ...]] = ()
    templates: ClassVar[Mapping[str, re.Pattern[bytes]]] = {}

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        """Raise ConfigurationError for an argument that makes no sense."""
        self.scope = parse_scope(arguments, sections=self.sections)
        super().__init__(name)
        self.limit = self.scope.limit
        base = self.scope.portal or self.home
        self.portal = Portal(base, self.hosts, self.article_path, self.passed_over)
        own = urlsplit(base).hostname or ""
        self.allowed_domains = sorted(self.hosts) if own in self.hosts else [own]
        self.intake: Intake
        self.sources: Sources
        self._seen = Seen()
        self._has_days = False
        self._saved: SavedPages | None = None
        self._waves: Iterator[Iterable[Request]] = iter(())

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.intake = Intake(crawler, spider.scope)
        spider.sources = Sources(crawler)
        crawler.signals.connect(spider.ask_further, signals.spider_idle)
        if spider.limit is not None:
            crawler.settings.set("CLOSESPIDER_ITEMCOUNT", spider.limit, "spider")
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask the first sources; with a limit, the rest only once these are used up."""
        self._waves = self._iter_waves()
        for wave in self._waves:
            for request in wave:
                yield request
            if self.limit is not None:
                return

    def ask_further(self) -> None:
        """Ask the next sources where nothing is left to do."""
        for wave in self._waves:
            requests = list(wave)
            for request in requests:
                self.crawler.engine.crawl(request)
            if requests:
                raise DontCloseSpider

    async def parse_feed(self, response: Response) -> AsyncIterator[Request]:
        links = await self.sources.parse(response, parse_feed, tz=VIETNAM)
        for request in await self._follow(self.portal.iter_candidates(links)):
            yield request

    async def parse_sitemap(self, response: Response) -> AsyncIterator[Request]:
        links = await self.sources.parse(response, parse_sitemap, tz=VIETNAM)
        for link in links:
            url = self.portal.own_url(link.url) if link.kind is LinkKind.SITEMAP else ""
            if url and not self.scope.is_before(link.time):
                yield self.sitemap_request(url, link.time)
        listed = self.portal.iter_candidates(links, changed=True)
        for request in await self._follow(listed):
            yield request

    async def parse_section(
        self, response: Response, section: str, page: int
    ) -> AsyncIterator[Request]:
        listed = await self._listed(response, section, first=page == 1)
        known = await self._known(listed)
        own = response.request.priority if page > 1 and response.request else 0
        own = own or priority_of(clock.now())
        for request in self._wanted(listed, known, own):
            yield request
        if page < MAX_PAGES and len(known) < len(listed) and self._goes_on(listed):
            older = priority_of(oldest_time(listed)) or own - 1
            yield self.section_request(section, page + 1, older)

    async def parse_day(
        self, response: Response, section: str
    ) -> AsyncIterator[Request]:
        listed = await self._listed(response, section)
        self._has_days = self._has_days or bool(listed)
        for request in await self._follow(listed):
            yield request

    async def parse_article(
        self, response: Response, listed: Candidate
    ) -> Article | None:
        return await self.intake.take(response, listed)

    def feed_request(self, path: str) -> Request:
        return self._source(path, self.parse_feed, _FIRST, kind="feed")

    def section_request(
        self, name: str, page: int = 1, priority: int = _FIRST - 1
    ) -> Request:
        form = self.next_page if page > 1 else self.section_page
        path = form.format(section=name, stem=self.sections[name], page=page)
        request = self._source(
            path, self.parse_section, priority, kind="section", section=name, page=page
        )
        request.meta[OPTIONAL] = page > 1
        return request

    def sitemap_request(self, path: str, at: datetime | None = None) -> Request:
        return self._source(path, self.parse_sitemap, priority_of(at), kind="sitemap")

    def _iter_waves(self) -> Iterator[Iterable[Request]]:
        replay = self.crawler.get_extension(Replay)
        if replay is not None:
            self._saved = replay.pages
            yield from self._iter_saved(replay.pages.urls())
            return
        chosen = self.scope.sections
        feeds = [self.section_feed.format(section=n) for n in chosen]
        yield map(self.feed_request, filter(None, feeds if chosen else self.feeds))
        names = chosen or tuple(self.sections)
        if self.section_page:
            yield map(self.section_request, names)
        if self.day_page:
            yield self._iter_day_requests(names)
        if self.sitemap and not chosen:
            yield [self.sitemap_request(self.sitemap)]

    def _iter_day_requests(self, names: Iterable[str]) -> Iterator[Request]:
        for day in self.scope.iter_days():
            for name in names:
                path = self.day_page.format(
                    section=name, stem=self.sections[name], day=day
                )
                request = self._source(
                    path, self.parse_day, _FIRST - 2, kind="day", section=name
                )
                request.meta[OPTIONAL] = True
                yield request

    def _iter_saved(self, urls: Iterable[str]) -> Iterator[Iterable[Request]]:
        own = [url for url in map(self.portal.own_url, urls) if url]
        yield filter(None, map(self._saved_source, own))
        links = (Link(url, LinkKind.OTHER) for url in own)
        yield self._wanted(self.portal.iter_candidates(links), ())  # all to be read

    def _saved_source(self, url: str) -> Request | None:
        path = urlsplit(url).path
        if self.section_path.search(path):
            return self._source(url, self.parse_day, kind="section", section="")
        if path.endswith(".rss"):
            return self.feed_request(url)
        if path.endswith(".xml") and "sitemap" in path:
            return self.sitemap_request(url)
        return None

    def _source(
        self,
        path: str,
        callback: Callable[..., Any],
        priority: int = 0,
        *,
        kind: str,
        **arguments: Any,  # noqa: ANN401
    ) -> Request:
        return Request(
            path if "://" in path else self.portal.base + path,
            callback=callback,
            errback=self.sources.failed,
            cb_kwargs=arguments,
            priority=priority,
            meta={KIND: kind},
        )

    async def _listed(
        self, response: Response, section: str, *, first: bool = True
    ) -> list[Candidate]:
        links = await self.sources.parse(
            response,
            parse_links,
            encoding=encoding_of(response),
            places=(*self.listing, *(self.spotlight if first else ())),
        )
        return list(self.portal.iter_candidates(links, section))

    def _goes_on(self, listed: list[Candidate]) -> bool:
        """Tell whether the next page of a section may hold articles to fetch."""
        typical = typical_time(listed)
        if not listed or self.scope.is_before(typical):
            return False
        # The day archives hold the days asked for.
        return not (self._has_days and self.scope.is_after(typical))

    async def _follow(self, candidates: Iterable[Candidate]) -> Iterable[Request]:
        """Return requests for the articles to fetch, newest first, each address once."""
        listed = list(candidates)
        return self._wanted(listed, await self._known(listed))

    def _wanted(
        self, candidates: Iterable[Candidate], known: Container[str], undated: int = 0
    ) -> Iterator[Request]:
        """Yield requests for those of *candidates* that are neither asked for nor *known*.

        *undated* is the priority of those that no time is known of.
        """
        fresh = [c for c in candidates if c.url not in self._seen]
        for candidate in fresh:
            self._seen.add(candidate.url)
        self._count("links/articles", len(fresh))
        wanted = [c for c in fresh if c.is_within(self.scope)]
        self._count("links/out_of_range", len(fresh) - len(wanted))
        unknown = [c for c in wanted if c.url not in known]
        self._count("links/known", len(wanted) - len(unknown))
        self.intake.expect(unknown)
        for candidate in newest_first(unknown):
            if self._saved is None or candidate.url in self._saved:
                yield self._article_request(candidate, undated)
            else:
                self._count("replay/not_saved")

    def _article_request(self, candidate: Candidate, undated: int) -> Request:
        return Request(
            candidate.url,
            callback=self.parse_article,
            errback=self.intake.failed,
            cb_kwargs={"listed": candidate},
            priority=priority_of(candidate.order) or undated,
            meta={ARTICLE: True},
        )

    async def _known(self, candidates: Iterable[Candidate]) -> set[str]:
        """Return the addresses that are stored, from this portal or from its mirror."""
        store = self.crawler.get_extension(KnownArticles)
        homes = {
            c.url: c.url.replace(self.portal.base, self.home, 1) for c in candidates
        }
        asked = {*homes, *homes.values()}
        stored = await store.among(asked) if store and asked else set()
        return {url for url, home in homes.items() if {url, home} & stored}

    def _count(self, name: str, count: int = 1) -> None:
        if count:
            self.crawler.stats.inc_value(name, count)
