"""A crawl of saved pages: the same spider, no network."""

from __future__ import annotations

import logging
import tempfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from scraper.archive import iter_saved
from scraper.crawling import Component
from scraper.errors import ConfigurationError
from scraper.urls import is_http, normalise_url

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from scraper.items import Page

_logger = logging.getLogger(__name__)
_HANDLER = "scraper.crawling.replay.ReplayHandler"

REPLAY_SETTINGS = {
    "DOWNLOAD_HANDLERS": {
        scheme: _HANDLER if scheme.startswith("http") else None
        for scheme in ("http", "https", "data", "file", "ftp", "s3")
    },
    "ROBOTSTXT_OBEY": False,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "RETRY_ENABLED": False,
}
"""Settings that differ in a crawl of saved pages."""


@dataclass(frozen=True, slots=True)
class _Place:
    page: Page
    start: int
    size: int


class SavedPages:
    """Pages by URL, as :func:`scraper.archive.iter_saved` reads them.

    The bodies are compressed in a temporary file, so that memory holds only URLs.
    :attr:`errors` has a line for each page that could not be read. Raises
    ConfigurationError if *path* holds no page with a URL.
    """

    def __init__(self, path: Path) -> None:
        self.errors: list[str] = []
        self._places: dict[str, _Place] = {}
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115  closed by close()
        for saved in iter_saved(path):
            if saved.page is None or not is_http(saved.url):
                self.errors.append(saved.error or f"{saved.id}: states no URL")
            else:
                self._keep(saved.page)
        if not self._places:
            self.close()
            reason = self.errors[0] if self.errors else "it is empty"
            raise ConfigurationError(f"{path}: no saved page to replay ({reason})")

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, url: str) -> bool:
        return normalise_url(url) in self._places

    def urls(self) -> list[str]:
        """Return the saved URLs in the order in which they were found."""
        return list(self._places)

    def load(self, url: str) -> Page | None:
        """Return the page saved at *url*, if there is one."""
        place = self._places.get(normalise_url(url))
        if place is None:
            return None
        self._spool.seek(place.start)
        body = zlib.decompress(self._spool.read(place.size))
        return replace(place.page, body=body)

    def close(self) -> None:
        self._spool.close()

    def _keep(self, page: Page) -> None:
        start = self._spool.seek(0, 2)
        size = self._spool.write(zlib.compress(page.body, 1))
        self._places[normalise_url(page.url)] = _Place(
            replace(page, body=b""), start, size
        )


class Replay(Component):
    """Extension: holds the saved pages of ``TINSACH_REPLAY`` for the spider and handler."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        path = crawler.settings.get("TINSACH_REPLAY")
        if not path:
            raise NotConfigured
        self.pages = SavedPages(Path(path))
        for error in self.pages.errors:
            _logger.warning("not replayed: %s", error)
        crawler.stats.set_value("replay/pages", len(self.pages))
        crawler.stats.set_value("replay/unreadable", len(self.pages.errors))


class ReplayHandler(BaseDownloadHandler):
    """Download handler: responds with saved pages, and 404 for other URLs."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        extension = crawler.get_extension(Replay)
        if extension is None:
            raise NotConfigured("TINSACH_REPLAY is not set")
        self._pages = extension.pages

    async def download_request(self, request: Request) -> Response:
        page = self._pages.load(request.url)
        if page is None:
            return Response(request.url, status=404)
        headers = Headers({"Content-Type": _content_type(page)})
        kind = responsetypes.from_args(
            headers=headers, url=request.url, body=page.body[:5000]
        )
        return kind(request.url, status=page.status, headers=headers, body=page.body)

    async def close(self) -> None:
        self._pages.close()


def _content_type(page: Page) -> str:
    media_type = page.content_type or ("" if page.encoding is None else "text/html")
    if page.encoding and "charset" not in media_type.lower():
        return f"{media_type}; charset={page.encoding}"
    return media_type
