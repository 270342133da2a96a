"""The addresses of a world at its moment: pages, redirects, what is gone, validators."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scraper.demo import site
from scraper.demo.lexicon import DIRECTORY
from scraper.demo.pages import STILL, Churn, Templates
from scraper.demo.portal import stock_of
from scraper.demo.site import XML, Answer, Site
from scraper.demo.story import mix
from worlds.living.dates import RENAMED
from worlds.living.events import Kind
from worlds.living.maps import Maps
from worlds.living.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.demo.lexicon import Directory, Section
    from scraper.demo.pages import Leaf, Part
    from scraper.demo.portal import Extra
    from scraper.demo.story import Headline
    from worlds.living.world import World

CHURNING_EVERY = 4
"""One page in so many has no validators, and a counter and lists that always change."""

_DOWN = b"<html><body><h1>503 Service Unavailable</h1></body></html>\n"
_COUNTED = timedelta(minutes=3)
_READ = 60
_OLD = DIRECTORY.by_id[RENAMED.id]
_OLD_PAGE = re.compile(
    rf"/((?:rss/)?){_OLD.slug}"
    r"((?:-\d+(?:ct\d+)?)?(?:/trang-\d+|/d\d\d-\d\d-\d{4})?\.(?:htm|rss))"
)


class WorldSite(Site):
    """Answers for every address of *world* at the moment that was set last.

    Tags are weak: they change with what a page says, not with the menu around it.
    """

    portal: View

    def __init__(self, world: World) -> None:
        self.world = world
        self._templates: dict[Directory, Templates] = {}
        self._maps = Maps(world)
        super().__init__(View(world, world.start))
        self.set_time(world.start)

    def set_time(self, moment: datetime) -> None:
        """Show the world as it stands at *moment*, later or earlier than before."""
        self.portal = View(self.world, moment)
        self.templates = self._make_templates()
        self._date = format_datetime(moment.astimezone(UTC), usegmt=True)

    def date(self) -> str:
        return self._date

    def etag(self, path: str) -> str:
        return ""

    def answer(self, target: str) -> Answer:
        path, now = unquote(target.partition("?")[0]), self.portal.now
        if self.world.dates.is_down(now):
            return Answer(lambda: [_DOWN], now, status=HTTPStatus.SERVICE_UNAVAILABLE)
        if self.world.dates.is_dead(path, now):
            return self._missing()
        moved = self._moved_section(path)
        return self._moved(moved) if moved else super().answer(target)

    def _make_templates(self) -> Templates:
        sections = self.portal.sections
        if sections not in self._templates:
            first = stock_of(View(self.world, self.world.start), news=False)
            self._templates[sections] = Templates(replace(first, tops=sections.top))
        return self._templates[sections]

    def _moved_section(self, path: str) -> str | None:
        found = _OLD_PAGE.fullmatch(path)
        if not found or _OLD.slug in self.portal.sections.by_slug:
            return None
        return f"/{found[1]}{RENAMED.slug}{found[2]}"

    def _article(self, path: str) -> Answer | None:
        n = self.world.locate(path)
        if n is None or n >= self.portal.size:
            return None
        if self.portal.find(path) is not None:
            return self._page_of(n)
        changes = self.world.chronicle.until(n, self.portal.now)
        if path not in {self.world.headline(n).path, self.portal.headline(n).path}:
            return None
        last = changes[-1]
        if last.kind is Kind.MOVE:
            return self._moved(self.portal.headline(n).path)
        return replace(self._missing(), status=HTTPStatus(int(last.detail)))

    def _moved(self, path: str) -> Answer:
        return Answer(
            list,
            self.portal.now,
            status=HTTPStatus.MOVED_PERMANENTLY,
            location=self.portal.base + path,
        )

    def _page_of(self, n: int) -> Answer:
        view, templates = self.portal, self.templates

        def make(churn: Churn) -> list[Part]:
            return templates.article(view.story(n), view.related(n), churn)

        modified = view.modified(n)
        if mix(n, view.seed) % CHURNING_EVERY == 0:
            return Answer(lambda: make(self._churn(n)), modified, tag="")
        return Answer(lambda: make(STILL), modified, tag=_tag(f"{n} {modified}"))

    def _churn(self, n: int) -> Churn:
        """Return the counter of article *n* and the lists beside it, as they stand now."""
        turns = (self.portal.now - self.world.times[n]) // _COUNTED
        recent = site.latest(self.portal, _READ)
        read = [recent[(turns * 7 + 11 * k) % len(recent)] for k in range(5)]
        return Churn(17 + turns * (1 + mix(n, 1) % 90), read, recent[:5])

    def _leaf(self, leaf: Leaf, section: Section | None = None) -> Answer:
        paths = [item.path for item in (*leaf.items, *leaf.focus)]
        tag = _tag(f"{leaf.stem} {leaf.page} {leaf.pages} {paths}")
        return replace(super()._leaf(leaf, section), tag=tag)

    def _feed(
        self,
        title: str,
        path: str,
        items: list[Headline],
        section: Section | None = None,
    ) -> Answer:
        answer = super()._feed(title, path, items, section)
        return replace(answer, tag=_tag(f"{path} {[item.path for item in items]}"))

    def _text(self, text: str, content_type: str) -> Answer:
        answer = super()._text(text, content_type)
        return replace(answer, modified=self.portal.changed(), tag=_tag(text))

    def _map(self, start: datetime, end: datetime) -> Answer | None:
        parts, modified = self._maps.between(start, end, self.portal)
        if not parts:
            return None
        tag = _tag(f"{start} {modified}")
        return Answer(lambda: parts, modified, XML, tag=tag)

    def _modified(
        self,
        items: Sequence[Headline | Extra],
        section: Section | None,
    ) -> datetime:
        return self.portal.changed(section)


def _tag(shown: str) -> str:
    return f'W/"{zlib.crc32(shown.encode()):08x}"'
