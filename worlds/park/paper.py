"""One site of the park: what it answers, and what is true of it."""

from __future__ import annotations

import gzip
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from worlds.park import sources, traps
from worlds.park.layouts import Frame, Listing
from worlds.park.plans import PLANS
from worlds.park.site import HTML, XML, Response, Truth
from worlds.park.stories import places_of, stories_of
from worlds.park.words import BY_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from worlds.park.stories import Place, Story

SIZE = 90
SECTIONS = 5
PER_PAGE = 7
_GONE = 40
"""Addresses that a sitemap that lies lists and that are not there."""


class Paper:
    """The same seed, address and moment give the same bytes at every target."""

    def __init__(self, name: str, seed: int, base: str, now: datetime) -> None:
        chance = Random(f"{name} {seed}")
        self.name, self.base, self.now = name, base, now
        self.plan = PLANS[name]
        self.language = self.plan.language
        self.words = BY_LANGUAGE[self.language]
        self.layout = self.plan.layout(self.words, chance)
        self.places = places_of(self.language, chance, SECTIONS)
        self.stories = stories_of(
            self.language, chance, self.places, size=SIZE, now=now
        )
        self.title = f"{chance.choice(('Báo', 'Tin', 'Nhật báo'))} {name.title()}"
        self.traps = traps.PATTERNS if self.plan.traps else {}
        self._routes: dict[str, Callable[[], Response]] = {}
        self._lay_out()

    def truths(self) -> list[Truth]:
        """Return the published articles, the newest first."""
        return [
            Truth(self.url(s), s.title, s.text_blocks, s.published)
            for s in self.stories
        ]

    def lists(self, count: int) -> list[str]:
        """Return targets of lists: the front, *count* sections, pages of them, days."""
        first = [self._page(place, 1) for place in self.places[:count]]
        second = self._page(self.places[0], 2)
        archive = [path for path in self._routes if path.startswith("/archive/")]
        paths = ["/", *first, second, "/tag/0", *archive[:2]]
        return [path for path in paths if path in self._routes]

    def answer(self, target: str) -> Response:
        """Return what is at *target*, path and query as they were asked for."""
        plain = traps.plain(target) if self.plan.traps else target
        route = self._routes.get(plain)
        if route is None and self.plan.traps:
            found = traps.page_at(plain)
            route = found and partial(self._html, self._trap(*found))
        return route() if route else Response(404, HTML, b"<h1>404</h1>")

    def url(self, story: Story) -> str:
        return self.base + self._path(self.plan.article, story.place, story=story)

    def _path(
        self, form: str, place: Place, page: int = 1, story: Story | None = None
    ) -> str:
        fields: dict[str, object] = {"section": place.slug, "page": page}
        fields["k"] = self.places.index(place) + 1
        if story:
            at = story.published
            stamp = f"{at:%Y%m%d%H%M%S}{story.number % 1000:03}"
            fields |= {"slug": story.slug, "number": story.number, "at": at}
            fields["stamp"] = stamp
        return form.format(**fields)

    def _lay_out(self) -> None:
        plan, put = self.plan, self._put
        put("/", lambda: self._html(self._front()))
        for story in self.stories:
            put(self.url(story), partial(self._article, story))
        for place in self.places:
            self._lay_out_section(place)
        for slug, title, text in self.words.statics:
            put(plan.static.format(slug=slug), partial(self._static, title, text))
        for n in range(3):
            put(f"/tag/{n}", lambda: self._html(self._list("Tag", self.stories[:5])))
        if plan.archive:
            self._lay_out_archive()
        if plan.feed:
            body = sources.feed(self.title, self._listed(20), plan.encoding)
            put(plan.feed, lambda: Response(200, "application/rss+xml", body))
        self._lay_out_sitemaps()

    def _lay_out_section(self, place: Place) -> None:
        own = [story for story in self.stories if story.place == place]
        pages = [own[n : n + PER_PAGE] for n in range(0, len(own), PER_PAGE)]
        last = len(pages) if self.plan.pages else 1
        count = traps.PAGES if self.plan.traps else last
        for number in range(1, count + 1):
            shown = pages[min(number, last) - 1]
            before = self._page(place, number - 1) if number > 1 else ""
            after = self._page(place, number + 1) if number < count else ""
            page = Listing(
                name=place.name,
                items=[(story, self._link(story)) for story in shown],
                before=before,
                after=after,
                tools=traps.facets(self._page(place, 1)) if self.plan.traps else (),
            )
            self._put(self._page(place, number), partial(self._listing, page))

    def _lay_out_archive(self) -> None:
        days: dict[str, list[Story]] = {}
        for story in self.stories:
            days.setdefault(f"/archive/{story.published:%Y-%m-%d}", []).append(story)
        menu = [(path[-10:], path) for path in days]
        text = "".join(f'<a href="{path}">{name}</a> ' for name, path in menu)
        page = Listing(name="Archive", items=(), extra=text)
        self._put("/archive", lambda: self._listing(page))
        for path, stories in days.items():
            self._put(path, partial(self._day, path, stories))

    def _day(self, path: str, stories: list[Story]) -> Response:
        return self._html(self._list(path[-10:], stories))

    def _lay_out_sitemaps(self) -> None:
        kind, base = self.plan.sitemap, self.base
        lines = ["User-agent: *", "Disallow: /search", "Disallow: /login"]
        lines += [f"Crawl-delay: {self.plan.delay}"] if self.plan.delay else []
        lines += [f"Sitemap: {base}/sitemap.xml"] if kind else []
        robots = "\n".join(lines).encode()
        self._put("/robots.txt", lambda: Response(200, "text/plain", robots))
        entries: list[tuple[str, datetime | None]] = [
            (self.url(story), story.published) for story in self.stories
        ]
        if kind == "plain":
            statics = [self.plan.static.format(slug=s) for s, *_ in self.words.statics]
            entries += [(base + path, None) for path in statics]
            self._put("/sitemap.xml", lambda: _xml(sources.sitemap(entries)))
        elif kind == "lies":
            self._put("/sitemap.xml", lambda: _xml(sources.sitemap(self._lies())))
        elif kind == "index":
            half = len(entries) // 2
            parts = {
                "/news.xml": sources.news_sitemap(self.title, self._listed(half)),
                "/older.xml.gz": gzip.compress(
                    sources.sitemap(entries[half:]), mtime=0
                ),
            }
            for path, body in parts.items():
                self._put(path, partial(_xml, body))
            listed = sources.index(base + path for path in parts)
            self._put("/sitemap.xml", lambda: _xml(listed))

    def _lies(self) -> list[tuple[str, datetime | None]]:
        """Return two of three articles, listings, and pages that are gone."""
        kept = [self.url(s) for n, s in enumerate(self.stories) if n % 3]
        lists = [self.base + self._page(place, 1) for place in self.places]
        gone = [
            f"{self.base}/{self.places[0].slug}/bai-da-go-{n}.html"
            for n in range(700_000, 700_000 + _GONE)
        ]
        return [(url, self.now) for url in (*lists, *gone, *kept)]

    def _page(self, place: Place, number: int) -> str:
        form = self.plan.page if number > 1 else self.plan.section
        return self._path(form, place, number)

    def _listed(self, count: int) -> list[tuple[Story, str]]:
        return [(story, self.url(story)) for story in self.stories[:count]]

    def _front(self) -> str:
        newest = [next(s for s in self.stories if s.place == p) for p in self.places]
        shown = dict.fromkeys([*self.stories[:4], *newest])
        return self._list(self.words.newest, list(shown))

    def _list(self, name: str, stories: Sequence[Story]) -> str:
        items = [(story, self._link(story)) for story in stories]
        return self.layout.listing(Listing(name=name, items=items), self._frame())

    def _listing(self, page: Listing) -> Response:
        return self._html(self.layout.listing(page, self._frame()))

    def _article(self, story: Story) -> Response:
        near = self.stories.index(story)
        others = (self.stories * 2)[near + 1 : near + 4]
        related = [(s.title, self._link(s)) for s in others]
        page = self.layout.article(story, self.url(story), self._frame(), related)
        return self._html(page)

    def _static(self, title: str, text: str) -> Response:
        return self._html(self.layout.static(title, text, self._frame()))

    def _trap(self, name: str, links: str) -> str:
        page = Listing(name=name, items=(), extra=links)
        return self.layout.listing(page, self._frame())

    def _link(self, story: Story) -> str:
        path = self.url(story).removeprefix(self.base)
        return traps.with_session(path, self.layout.chance) if self.plan.traps else path

    def _frame(self) -> Frame:
        menu = [(place.name, self._page(place, 1)) for place in self.places]
        menu += [traps.CALENDAR] if self.plan.traps else []
        feet = [
            (title, self.plan.static.format(slug=slug))
            for slug, title, _ in self.words.statics
        ]
        feet += [("Archive", "/archive")] if self.plan.archive else []
        read = [(s.title, self._link(s)) for s in self.stories[3:60:13]]
        return Frame(
            site=self.title,
            home="/",
            menu=menu,
            most_read=read,
            feet=feet,
            feeds=[self.plan.feed] if self.plan.feed else [],
        )

    def _html(self, page: str) -> Response:
        return Response(200, HTML, page.encode())

    def _put(self, address: str, route: Callable[[], Response]) -> None:
        self._routes[address.removeprefix(self.base)] = route


def _xml(body: bytes) -> Response:
    kind = "application/gzip" if body[:2] == b"\x1f\x8b" else XML
    return Response(200, kind, body)
