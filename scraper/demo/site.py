"""The addresses of the portal: a path becomes an answer."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scraper.demo import feeds
from scraper.demo.lexicon.names import CITIES, PROVINCES
from scraper.demo.lexicon.topics import TOPICS
from scraper.demo.pages.cms import Cms
from scraper.demo.pages.current import Current
from scraper.demo.pages.furniture import stock_of
from scraper.demo.pages.listing import PER_PAGE, Leaf, Listing
from scraper.demo.pages.older import Older
from scraper.demo.pages.plain import Plain, printed
from scraper.demo.sections import BY_SLUG, CYCLE, SECTIONS, section_at
from scraper.demo.story import SHAPES, place_of, topic_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.demo.markup import Part
    from scraper.demo.portal import Portal
    from scraper.demo.story import Headline, Story

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
DECOMPOSED_EVERY = 31
"""One article in so many is served in NFD (PORTALS.md: one page is)."""

_MEDIA = {"/anh.htm": ("Ảnh", "gallery"), "/infographics.htm": ("Infographics", "data")}


@dataclass(frozen=True)
class Answer:
    """*modified* is the newest time of what the page shows."""

    parts: list[Part]
    modified: datetime
    content_type: str = HTML
    status: HTTPStatus = HTTPStatus.OK


class Site:
    """Answers for every address of *portal*; holds the chrome and nothing that grows."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.stock = stock_of(portal)
        self._templates: dict[str, Current | Cms | Older] = {
            "current": Current(portal, self.stock),
            "cms": Cms(portal, self.stock),
            "older": Older(portal, self.stock),
        }
        self._listing = Listing(portal, self.stock)
        self._plain = Plain(portal, self.stock)
        self._key = f"{portal.size} {portal.seed} {portal.now} {portal.base}"
        self._films = {film.path: film for film in self.stock.films}
        self._adverts = {advert.path: advert for advert in self.stock.adverts}
        self._fixed = self._fixed_pages()

    def etag(self, path: str) -> str:
        """Return the tag of *path*: what is there never changes within one portal."""
        return f'W/"{zlib.crc32((self._key + path).encode()):08x}"'

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
            "/": lambda: self._list("Tin tức mới nhất", "/", self._newest(range(40))),
            "/robots.txt": lambda: self._text(feeds.robots(base), "text/plain"),
            "/sitemap.xml": self._sitemap_index,
            "/rss.htm": lambda: self._frame("RSS", feeds.rss_index()),
            "/rss/kinh-te.rss": lambda: self._frame("RSS", feeds.rss_index()),
            "/tin-moi-nhat.rss": lambda: self._feed(
                "Tin mới nhất", "/", self._newest(range(feeds.FEED_LENGTH))
            ),
            "/video.htm": lambda: self._leaf(Leaf("Video", "/video", self.stock.films)),
            "/san-pham-dich-vu-545ct0.htm": lambda: self._leaf(
                Leaf("Sản phẩm - Dịch vụ", "/san-pham-dich-vu", self.stock.adverts)
            ),
            **{path: self._media(*what) for path, what in _MEDIA.items()},
        }

    def _media(self, title: str, shape: str) -> Callable[[], Answer]:
        numbers = [
            n for n in range(len(SHAPES) * 8) if SHAPES[n % len(SHAPES)] == shape
        ]
        return lambda: self._list(title, "/", self._newest(numbers[:PER_PAGE]))

    def _article(self, path: str) -> Answer | None:
        n = self.portal.find(path)
        if n is None:
            return None
        story = self.portal.story(n)
        if n % DECOMPOSED_EVERY == 7:  # noqa: PLR2004
            story = decomposed(story)
        template = self._templates[story.headline.template]
        parts = template.render(story, self.portal.related(n))
        return Answer(parts, story.headline.published)

    def _section(self, slug: str, number: str, parent: str, page: str) -> Answer | None:
        section = SECTIONS.get(int(number))
        if not section or section.stem != f"/{slug}-{number}ct{parent}":
            return None
        count, k = self.portal.count(section), int(page or 1)
        pages = max(1, -(-count // PER_PAGE))
        if not 1 <= k <= pages:
            return None
        items = self.portal.listed(section, (k - 1) * PER_PAGE, k * PER_PAGE)
        focus = self.portal.listed(section, 0, 4)
        top = SECTIONS[section.top]
        return self._leaf(Leaf(section.name, section.stem, items, focus, top, k, pages))

    def _day(self, slug: str, day: str, month: str, year: str) -> Answer | None:
        section = BY_SLUG.get(slug)
        try:
            wanted = date(int(year), int(month), int(day))
        except ValueError:
            return None
        if not section:
            return None
        items = [
            self.portal.headline(n)
            for n in self.portal.on_day(wanted)
            if section.id in (section_at(n).id, section_at(n).parent)
        ]
        title = f"{section.name} ngày {day}/{month}/{year}"
        return self._list(title, f"/{slug}/d{day}-{month}-{year}", items)

    def _section_feed(self, slug: str, number: str | None) -> Answer | None:
        section = BY_SLUG.get(slug)
        if not section or number not in {None, str(section.id)}:
            return None
        items = self.portal.listed(section, 0, feeds.FEED_LENGTH)
        return self._feed(section.name, section.path, items)

    def _sitemap_index(self) -> Answer:
        return self._text(feeds.sitemap_index(self._months(), self.portal.base), XML)

    def _months(self) -> Iterable[tuple[str, datetime]]:
        n = 0
        while n < self.portal.size:
            newest = self.portal.published(n)
            yield f"{newest:%Y-%m}", newest
            start = newest.replace(day=1, hour=0, minute=0)
            n = self.portal.between(start, newest).stop

    def _sitemap(self, year: str, month: str) -> Answer | None:
        first = self.portal.now.replace(
            year=int(year), month=int(month), day=1, hour=0, minute=0
        )
        after = first.replace(
            year=first.year + first.month // 12, month=first.month % 12 + 1
        )
        numbers = self.portal.between(first, after)
        if not numbers:
            return None
        items = (self.portal.headline(n) for n in numbers)
        return self._text(feeds.sitemap(items, self.portal.base), XML)

    def _topic(self, slug: str, number: str) -> Answer | None:
        for k, topic in enumerate(self.stock.topics):
            if topic.path == f"/dong-su-kien/{slug}-e{number}.htm":
                numbers = range(k, k + 8 * PER_PAGE, 8)
                return self._list(topic.title, topic.path, self._newest(numbers))
        return None

    def _tag(self, joined: str) -> Answer | None:
        tag = unicodedata.normalize("NFC", joined.replace("+", " "))
        numbers = _tagged(tag, self.portal.seed)
        if not numbers:
            return None
        return self._list(tag, f"/tags/{joined}", self._newest(numbers[:PER_PAGE]))

    def _print(self, slug: str, stamp: str) -> Answer | None:
        for folder in [*BY_SLUG, "anh"]:
            n = self.portal.find(f"/{folder}/{slug}-{stamp}.htm")
            if n is not None:
                story = self.portal.story(n)
                parts = printed(story, self.portal.base)
                return Answer(parts, story.headline.published)
        return None

    def _extra(self, path: str) -> Answer | None:
        if path in self._films:
            film = self._films[path]
            return Answer(self._plain.video(film), film.published)
        if path in self._adverts:
            advert = self._adverts[path]
            return Answer(self._plain.advertorial(advert), advert.published)
        return None

    def _missing(self) -> Answer:
        content = (
            "<h1>Không tìm thấy trang</h1><p>Trang quý vị tìm không còn tồn tại.</p>"
        )
        missing = self._frame("Không tìm thấy trang", content)
        return replace(missing, status=HTTPStatus.NOT_FOUND)

    def _newest(self, numbers: Iterable[int]) -> list[Headline]:
        return [self.portal.headline(n) for n in numbers if n < self.portal.size]

    def _list(self, title: str, stem: str, items: list[Headline]) -> Answer:
        return self._leaf(Leaf(title, stem, items))

    def _leaf(self, leaf: Leaf) -> Answer:
        modified = leaf.items[0].published if leaf.items else self.portal.now
        return Answer(self._listing.render(leaf), modified)

    def _feed(self, title: str, path: str, items: list[Headline]) -> Answer:
        base = self.portal.base
        answer = self._text(feeds.rss(title, base + path, items, base), XML)
        return replace(answer, modified=items[0].published) if items else answer

    def _frame(self, title: str, content: str) -> Answer:
        return Answer(self._plain.frame(title, content), self.portal.now)

    def _text(self, text: str, content_type: str) -> Answer:
        return Answer([text.encode()], self.portal.now, content_type)


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


def decomposed(story: Story) -> Story:
    """Return *story* in NFD: the same letters, the marks apart."""

    def apart(text: str) -> str:
        return unicodedata.normalize("NFD", text)

    head = story.headline
    tags = tuple(map(apart, head.tags))
    head = replace(head, title=apart(head.title), lead=apart(head.lead), tags=tags)
    blocks = tuple(block._replace(text=apart(block.text)) for block in story.blocks)
    return replace(story, headline=head, blocks=blocks)


def _tagged(tag: str, seed: int) -> list[int]:
    """Return the first numbers whose articles may carry *tag*, in lower case."""
    places = {name.lower() for name in (*PROVINCES, *CITIES)}
    topics = {name for name, topic in TOPICS.items() if tag in topic["tag"]}
    if tag not in places and not topics:
        return []

    def carries(n: int) -> bool:
        topic = topic_of(section_at(n))
        return topic in topics or place_of(n, seed, topic).lower() == tag

    return [n for n in range(len(CYCLE) * 30) if carries(n)]
