"""The addresses of the portal: a path becomes an answer."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scraper.demo import chosen, feeds
from scraper.demo.desk import VIETNAM
from scraper.demo.look import Look
from scraper.demo.pages.furniture import stock_of
from scraper.demo.pages.listing import PER_PAGE, Leaf
from scraper.demo.pages.plain import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scraper.demo.markup import Part
    from scraper.demo.pages.extras import Extra
    from scraper.demo.pages.furniture import Stock
    from scraper.demo.sections import Section
    from scraper.demo.shown import Shown
    from scraper.demo.story import Headline

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"

_MEDIA = {"/anh.htm": ("Ảnh", "gallery"), "/infographics.htm": ("Infographics", "data")}


@dataclass(frozen=True)
class Answer:
    """What is at an address; its page is made when it is asked for.

    *modified* is the newest time of what the page shows. *tag* is its ETag, empty for a
    page that has no validators, None where the site's own will do.
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


class Site:
    """Answers for every address of *portal*; holds the chrome and nothing that grows."""

    def __init__(self, portal: Shown) -> None:
        self.portal = portal
        self.look = self._first_look()
        self._fixed = self._fixed_pages()

    @property
    def stock(self) -> Stock:
        return self.look.stock

    def date(self) -> str:
        """Return the time of the server as HTTP writes it."""
        return formatdate(usegmt=True)

    def etag(self, path: str) -> str:
        """Return the tag of *path*: what is there never changes within one portal."""
        return f'W/"{zlib.crc32((self.portal.key + path).encode()):08x}"'

    def _first_look(self) -> Look:
        return Look(stock_of(self.portal))

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
            "/": lambda: self._list(
                "Tin tức mới nhất", "/", chosen.latest(self.portal, 40)
            ),
            "/robots.txt": lambda: self._text(feeds.robots(base), "text/plain"),
            "/sitemap.xml": self._sitemap_index,
            "/rss.htm": self._rss_index,
            "/rss/kinh-te.rss": self._rss_index,
            "/tin-moi-nhat.rss": lambda: self._feed(
                "Tin mới nhất", "/", chosen.latest(self.portal, feeds.FEED_LENGTH)
            ),
            "/video.htm": lambda: self._leaf(Leaf("Video", "/video", self.stock.films)),
            "/san-pham-dich-vu-545ct0.htm": lambda: self._leaf(
                Leaf("Sản phẩm - Dịch vụ", "/san-pham-dich-vu", self.stock.adverts)
            ),
            **{path: self._media(*what) for path, what in _MEDIA.items()},
        }

    def _media(self, title: str, shape: str) -> Callable[[], Answer]:
        return lambda: self._list(
            title, "/", chosen.of_shape(self.portal, shape, PER_PAGE)
        )

    def _rss_index(self) -> Answer:
        return self._frame("RSS", feeds.rss_index(self.portal.sections.top))

    def _article(self, path: str) -> Answer | None:
        n = self.portal.find(path)
        if n is None:
            return None
        return self._page_of(n)

    def _page_of(self, n: int) -> Answer:
        def make() -> list[Part]:
            return self.look.article(self.portal.story(n), self.portal.related(n))

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
        items = self.portal.listed(section, 0, feeds.FEED_LENGTH)
        return self._feed(section.name, section.path, items, section)

    def _sitemap_index(self) -> Answer:
        return self._text(
            feeds.sitemap_index(self.portal.months(), self.portal.base), XML
        )

    def _sitemap(self, year: str, month: str) -> Answer | None:
        return self._map(*month_of(int(year), int(month)))

    def _map(self, start: datetime, end: datetime) -> Answer | None:
        """Return the sitemap of what was published from *start* until *end*."""
        numbers = self.portal.between(start, end)
        if not numbers:
            return None
        items = (self.portal.headline(n) for n in numbers)
        return self._text(feeds.sitemap(items, self.portal.base), XML)

    def _topic(self, slug: str, number: str) -> Answer | None:
        for k, topic in enumerate(self.stock.topics):
            if topic.path == f"/dong-su-kien/{slug}-e{number}.htm":
                items = chosen.about(self.portal, k, PER_PAGE)
                return self._list(topic.title, topic.path, items)
        return None

    def _tag(self, joined: str) -> Answer | None:
        tag = unicodedata.normalize("NFC", joined.replace("+", " "))
        items = chosen.tagged(self.portal, tag, PER_PAGE)
        return self._list(tag, f"/tags/{joined}", items) if items is not None else None

    def _print(self, slug: str, stamp: str) -> Answer | None:
        for folder in [*self.portal.sections.by_slug, "anh"]:
            n = self.portal.find(f"/{folder}/{slug}-{stamp}.htm")
            if n is not None:
                story = self.portal.story(n)
                make = partial(printed, story, self.portal.base)
                return Answer(make, story.headline.published)
        return None

    def _extra(self, path: str) -> Answer | None:
        look = self.look
        if path in look.films:
            film = look.films[path]
            return Answer(partial(look.plain.video, film), film.published)
        if path in look.adverts:
            advert = look.adverts[path]
            return Answer(partial(look.plain.advertorial, advert), advert.published)
        return None

    def _missing(self) -> Answer:
        content = (
            "<h1>Không tìm thấy trang</h1><p>Trang quý vị tìm không còn tồn tại.</p>"
        )
        missing = self._frame("Không tìm thấy trang", content)
        return replace(missing, status=HTTPStatus.NOT_FOUND)

    def _list(self, title: str, stem: str, items: list[Headline]) -> Answer:
        return self._leaf(Leaf(title, stem, items))

    def _leaf(self, leaf: Leaf, section: Section | None = None) -> Answer:
        modified = self._modified(leaf.items, section)
        return Answer(partial(self.look.listing.render, leaf), modified)

    def _feed(
        self,
        title: str,
        path: str,
        items: list[Headline],
        section: Section | None = None,
    ) -> Answer:
        base = self.portal.base

        def make() -> list[Part]:
            return [feeds.rss(title, base + path, items, base).encode()]

        return Answer(make, self._modified(items, section), XML)

    def _modified(
        self, items: Sequence[Headline | Extra], section: Section | None
    ) -> datetime:
        """Return when a list of *items*, those of *section* if any, last changed."""
        return items[0].published if items else self.portal.now

    def _frame(self, title: str, content: str) -> Answer:
        return Answer(partial(self.look.plain.frame, title, content), self.portal.now)

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
    (re.compile(r"(/(?:video|doanh-nghiep-san-pham-dich-vu)/.+)"), Site._extra),
)


def month_of(year: int, month: int) -> tuple[datetime, datetime]:
    """Return the moments at which a month begins and ends in Vietnam."""
    first = datetime(year, month, 1, tzinfo=VIETNAM)
    after = first.replace(year=year + month // 12, month=month % 12 + 1)
    return first, after
