"""Which sources a run asks, in which order; pure: it looks at no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper.storage import Address, AddressKind

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from scraper.crawling.candidates import Portal
    from scraper.crawling.scope import Scope

MAX_PAGES = 100
"""Pages of one section that are followed at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlan:
    """The sources that a portal has, see :class:`spiders.base.PortalSpider`."""

    portal: Portal
    sections: Mapping[str, str]
    feeds: tuple[str, ...] = ()
    front: str = ""
    section_feed: str = ""
    section_page: str = ""
    next_page: str = ""
    day_page: str = ""
    sitemap: str = ""
    section_path: re.Pattern[str] | None = None

    def iter_waves(self, scope: Scope) -> Iterator[list[Address]]:
        """Yield the sources of a run within *scope*: what brings the newest comes first."""
        chosen = scope.sections
        names = chosen or tuple(self.sections)
        named = {self.section_feed.format(section=name): name for name in names}
        feeds = tuple(named) if chosen else self.feeds
        yield [self._feed(path, named.get(path, "")) for path in feeds if path]
        front = [] if chosen or not self.front else [self.front]
        pages = [self._at(path, AddressKind.SECTION) for path in front]
        if self.section_page:
            pages += [self.section(name) for name in names]
        yield pages
        if self.day_page:
            yield list(self._iter_days(names, scope))
        if self.sitemap and not chosen:
            yield [self._at(self.sitemap, AddressKind.SITEMAP)]

    def section(
        self, name: str, page: int = 1, oldest: datetime | None = None
    ) -> Address:
        """Return a page of section *name*; a later one is as old as the one before ends."""
        form = self.next_page if page > 1 else self.section_page
        path = form.format(section=name, stem=self.sections[name], page=page)
        return self._at(
            path, AddressKind.SECTION, section=name, page=page, changed=oldest
        )

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

    def _feed(self, path: str, section: str) -> Address:
        return self._at(path, AddressKind.FEED, section=section)

    def _iter_days(self, names: Iterable[str], scope: Scope) -> Iterator[Address]:
        for day in scope.iter_days():
            for name in names:
                stem = self.sections[name]
                path = self.day_page.format(section=name, stem=stem, day=day)
                yield self._at(path, AddressKind.DAY, section=name)

    def _at(self, path: str, kind: AddressKind, **fields: Any) -> Address:  # noqa: ANN401
        url = path if "://" in path else self.portal.base + path
        return Address(url, kind, **fields)


def narrower(scope: Scope) -> dict[str, Any]:
    """Return what of *scope* narrows down the articles that are due, see ``Wanted``."""
    first, last = scope.first_moment, scope.last_moment
    return {"sections": scope.sections, "first": first, "last": last}
