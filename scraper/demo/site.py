"""The URLs of the portal: a path becomes an answer."""

from __future__ import annotations

import re
import time
import unicodedata
import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import formatdate
from functools import lru_cache, partial
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scraper.demo.lexicon import CITIES, CYCLE, PROVINCES, TOPICS
from scraper.demo.pages import PER_PAGE, Leaf, Templates
from scraper.demo.portal import stock_of
from scraper.demo.story import SHAPES, VIETNAM, place_of, topic_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scraper.demo.lexicon import Section
    from scraper.demo.pages import Part
    from scraper.demo.portal import Extra, Shown, Stock
    from scraper.demo.story import Headline


FEED_LENGTH = 50
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
SITEMAP_START = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SITEMAP}>\n'
SITEMAP_END = "</urlset>\n"


def sitemap_index(months: Iterable[tuple[str, datetime]], base: str) -> str:
    """Return the index of (``2025-07``, newest time) *months*."""
    rows = "".join(
        f"<sitemap><loc>{base}/sitemaps/news-{month}.xml</loc>"
        f"<lastmod>{newest.isoformat()}</lastmod></sitemap>\n"
        for month, newest in months
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_SITEMAP}>\n{rows}</sitemapindex>\n'


def sitemap(items: Iterable[Headline], base: str) -> str:
    rows = "".join(sitemap_row(item, base, item.published) for item in items)
    return SITEMAP_START + rows + SITEMAP_END


def sitemap_row(item: Headline, base: str, lastmod: datetime) -> str:
    return (
        f"<url><loc>{base}{item.path}</loc><lastmod>{lastmod.isoformat()}"
        "</lastmod><changefreq>never</changefreq></url>\n"
    )


def robots(base: str) -> str:
    return f"""User-agent: *
Disallow: /tim-kiem/
Disallow: /Comment.aspx
Allow: /
Sitemap: {base}/sitemap.xml
"""


def latest(portal: Shown, count: int) -> list[Headline]:
    return _headlines(portal, portal.newest(), count)


def of_shape(portal: Shown, shape: str, count: int) -> list[Headline]:
    """Return the first *count* articles of *shape* among the newest."""
    recent = islice(portal.newest(), len(SHAPES) * 8)
    numbers = (n for n in recent if SHAPES[n % len(SHAPES)] == shape)
    return _headlines(portal, numbers, count)


def about(portal: Shown, k: int, count: int) -> list[Headline]:
    """Return what the page of topic *k* lists: one article in eight."""
    return _headlines(portal, islice(portal.newest(), k, None, 8), count)


def tagged(portal: Shown, tag: str, count: int) -> list[Headline] | None:
    """Return the newest articles that carry *tag*, or None if none ever does."""
    places = {name.lower() for name in (*PROVINCES, *CITIES)}
    topics = {name for name, topic in TOPICS.items() if tag in topic["tag"]}
    if tag not in places and not topics:
        return None

    def carries(n: int) -> bool:
        topic = topic_of(portal.section_of(n))
        return topic in topics or place_of(n, portal.seed, topic).lower() == tag

    recent = islice(portal.newest(), len(CYCLE) * 30)
    return _headlines(portal, filter(carries, recent), count)


def _headlines(portal: Shown, numbers: Iterable[int], count: int) -> list[Headline]:
    return [portal.headline(n) for n in islice(numbers, count)]


HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"

_MEDIA = {"/anh.htm": ("Ảnh", "gallery"), "/infographics.htm": ("Infographics", "data")}


@dataclass(frozen=True)
class Answer:
    """What is at an address; its page is made when it is asked for.

    *modified* is the newest time of what the page shows. *tag* is its ETag, empty for a
    page that has no validators, None if the site's own apply.
    """

    make: Callable[[], list[Part]]
    modified: datetime
    content_type: str = HTML
    status: HTTPStatus = HTTPStatus.OK
    tag: str | None = None
    location: str = ""

    @property
    def parts(self) -> list[Part]:
        return self.make()


@lru_cache(maxsize=1)
def _date_of(second: int) -> str:
    return formatdate(second, usegmt=True)


class Site:
    """Answers for every address of *portal*; holds the chrome and nothing that grows."""

    def __init__(self, portal: Shown) -> None:
        self.portal = portal
        self.templates = self._make_templates()
        self._fixed = self._fixed_pages()

    @property
    def stock(self) -> Stock:
        return self.templates.stock

    def date(self) -> str:
        """Return the time of the server as HTTP writes it."""
        return _date_of(int(time.time()))

    def etag(self, path: str) -> str:
        """Return the tag of *path*: what is there never changes within one portal."""
        return f'W/"{zlib.crc32((self.portal.key + path).encode()):08x}"'

    def _make_templates(self) -> Templates:
        return Templates(stock_of(self.portal))

    def answer(self, target: str) -> Answer:
        """Return the page at *target*, a path that may be quoted and carry a query."""
        path = unquote(target.partition("?")[0])
        fixed = self._fixed.get(path)
        found = fixed() if fixed else self._article(path)
        for pattern, handler in _PATTERNS:
            if found:
                return found
            match = pattern.fullmatch(path)
            if match:
                found = handler(self, *match.groups())
        return found or self._missing()

    def _fixed_pages(self) -> dict[str, Callable[[], Answer]]:
        base = self.portal.base
        return {
            "/": lambda: self._list("Tin tức mới nhất", "/", latest(self.portal, 40)),
            "/robots.txt": lambda: self._text(robots(base), "text/plain"),
            "/sitemap.xml": self._sitemap_index,
            "/rss.htm": self._rss_index,
            "/rss/kinh-te.rss": self._rss_index,
            "/tin-moi-nhat.rss": lambda: self._feed(
                "Tin mới nhất", "/", latest(self.portal, FEED_LENGTH)
            ),
            "/video.htm": lambda: self._leaf(Leaf("Video", "/video", self.stock.films)),
            "/san-pham-dich-vu-545ct0.htm": lambda: self._leaf(
                Leaf("Sản phẩm - Dịch vụ", "/san-pham-dich-vu", self.stock.adverts)
            ),
            **{path: self._media(*what) for path, what in _MEDIA.items()},
        }

    def _media(self, title: str, shape: str) -> Callable[[], Answer]:
        return lambda: self._list(title, "/", of_shape(self.portal, shape, PER_PAGE))

    def _rss_index(self) -> Answer:
        return self._plain("feeds.html", "RSS")

    def _article(self, path: str) -> Answer | None:
        n = self.portal.find(path)
        if n is None:
            return None
        return self._page_of(n)

    def _page_of(self, n: int) -> Answer:
        def make() -> list[Part]:
            return self.templates.article(self.portal.story(n), self.portal.related(n))

        return Answer(make, self.portal.headline(n).published)

    def _section(self, slug: str, number: str, parent: str, page: str) -> Answer | None:
        section = self.portal.sections.by_id.get(int(number))
        if not section or section.stem != f"/{slug}-{number}ct{parent}":
            return None
        count, k = self.portal.count(section), int(page or 1)
        pages = max(1, -(-count // PER_PAGE))
        if not 1 <= k <= pages:
            return None
        items = self.portal.listed(section, (k - 1) * PER_PAGE, k * PER_PAGE)
        focus = self.portal.listed(section, 0, 4)
        top = self.portal.sections.by_id[section.top]
        leaf = Leaf(section.name, section.stem, items, focus, top, k, pages)
        return self._leaf(leaf, section)

    def _day(self, slug: str, day: str, month: str, year: str) -> Answer | None:
        section = self.portal.sections.by_slug.get(slug)
        try:
            wanted = date(int(year), int(month), int(day))
        except ValueError:
            return None
        if not section:
            return None
        items = [
            self.portal.headline(n)
            for n in self.portal.on_day(wanted)
            if self.portal.section_of(n).is_in(section)
        ]
        title = f"{section.name} ngày {day}/{month}/{year}"
        leaf = Leaf(title, f"/{slug}/d{day}-{month}-{year}", items)
        return self._leaf(leaf, section)

    def _section_feed(self, slug: str, number: str | None) -> Answer | None:
        section = self.portal.sections.by_slug.get(slug)
        if not section or number not in {None, str(section.id)}:
            return None
        items = self.portal.listed(section, 0, FEED_LENGTH)
        return self._feed(section.name, section.path, items, section)

    def _sitemap_index(self) -> Answer:
        return self._text(sitemap_index(self.portal.months(), self.portal.base), XML)

    def _sitemap(self, year: str, month: str) -> Answer | None:
        return self._map(*month_of(int(year), int(month)))

    def _map(self, start: datetime, end: datetime) -> Answer | None:
        """Return the sitemap of what was published from *start* until *end*."""
        numbers = self.portal.between(start, end)
        if not numbers:
            return None
        items = (self.portal.headline(n) for n in numbers)
        return self._text(sitemap(items, self.portal.base), XML)

    def _topic(self, slug: str, number: str) -> Answer | None:
        for k, topic in enumerate(self.stock.topics):
            if topic.path == f"/dong-su-kien/{slug}-e{number}.htm":
                items = about(self.portal, k, PER_PAGE)
                return self._list(topic.title, topic.path, items)
        return None

    def _tag(self, joined: str) -> Answer | None:
        tag = unicodedata.normalize("NFC", joined.replace("+", " "))
        items = tagged(self.portal, tag, PER_PAGE)
        return self._list(tag, f"/tags/{joined}", items) if items is not None else None

    def _print(self, slug: str, stamp: str) -> Answer | None:
        for folder in [*self.portal.sections.by_slug, "anh"]:
            n = self.portal.find(f"/{folder}/{slug}-{stamp}.htm")
            if n is not None:
                story = self.portal.story(n)
                make = partial(self.templates.printed, story)
                return Answer(make, story.headline.published)
        return None

    def _video(self, path: str) -> Answer | None:
        return self._extra("video.html", "video.other", self.stock.films, path)

    def _advertorial(self, path: str) -> Answer | None:
        return self._extra("advertorial.html", "article", self.stock.adverts, path)

    def _extra(
        self, template: str, kind: str, items: list[Extra], path: str
    ) -> Answer | None:
        for item in items:
            if item.path == path:
                answer = self._plain(template, item.title, kind=kind, item=item)
                return replace(answer, modified=item.published)
        return None

    def _missing(self) -> Answer:
        missing = self._plain("missing.html", "Không tìm thấy trang")
        return replace(missing, status=HTTPStatus.NOT_FOUND)

    def _list(self, title: str, stem: str, items: list[Headline]) -> Answer:
        return self._leaf(Leaf(title, stem, items))

    def _leaf(self, leaf: Leaf, section: Section | None = None) -> Answer:
        modified = self._modified(leaf.items, section)
        return Answer(partial(self.templates.listing, leaf), modified)

    def _feed(
        self,
        title: str,
        path: str,
        items: list[Headline],
        section: Section | None = None,
    ) -> Answer:
        render = self.templates.render
        make = partial(render, "feed.xml", title=title, path=path, items=items)
        return Answer(make, self._modified(items, section), XML)

    def _modified(
        self, items: Sequence[Headline | Extra], section: Section | None
    ) -> datetime:
        """Return when a list of *items*, those of *section* if any, last changed."""
        return items[0].published if items else self.portal.now

    def _plain(
        self, template: str, title: str, kind: str = "website", **context: object
    ) -> Answer:
        """Return a page of the chrome around a short content; *kind* is its ``og:type``."""
        make = partial(
            self.templates.render, template, title=title, kind=kind, **context
        )
        return Answer(make, self.portal.now)

    def _text(self, text: str, content_type: str) -> Answer:
        return Answer(lambda: [text.encode()], self.portal.now, content_type)


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[..., Answer | None]], ...] = (
    (
        re.compile(r"/([a-z0-9-]+)-(\d+)ct(\d+)(?:/trang-(\d{1,6}))?\.htm"),
        Site._section,
    ),
    (
        re.compile(r"/([a-z0-9-]+?)(?:-\d+ct\d+)?/d(\d\d)-(\d\d)-(\d{4})\.htm"),
        Site._day,
    ),
    (re.compile(r"/(?:rss/)?([a-z0-9-]+?)(?:-(\d+))?\.rss"), Site._section_feed),
    (re.compile(r"/sitemaps/news-(20\d\d)-(0[1-9]|1[0-2])\.xml"), Site._sitemap),
    (re.compile(r"/dong-su-kien/([a-z0-9-]+)-e(\d+)\.htm"), Site._topic),
    (re.compile(r"/tags/([^/]+)\.htm"), Site._tag),
    (re.compile(r"/([a-z0-9-]+)-n(\d{17})\.htm"), Site._print),
    (re.compile(r"(/video/.+)"), Site._video),
    (re.compile(r"(/doanh-nghiep-san-pham-dich-vu/.+)"), Site._advertorial),
)


def month_of(year: int, month: int) -> tuple[datetime, datetime]:
    """Return the moments at which a month begins and ends in Vietnam."""
    first = datetime(year, month, 1, tzinfo=VIETNAM)
    after = first.replace(year=year + month // 12, month=month % 12 + 1)
    return first, after
