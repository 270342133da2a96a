"""The archive: pages are kept as they came, in WARC files."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scrapy import signals

from scraper.archive import ArchiveWriter, Capture, archive_folder
from scraper.crawling import Component
from scraper.crawling.store_client import StoreClient
from scraper.storage import Store, forgotten_id

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

    from scraper.items import Article, Page
    from scraper.storage import Lease

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Receipt:
    """Where a page was archived, "" until it is; kept for when the page is read again."""

    reference: str = ""

    def on(self, article: Article) -> Article:
        """Return *article* with the reference of its page."""
        return replace(article, archive=self.reference) if self.reference else article


class Archiver(Component):
    """Extension: writes pages into the folder of the setting ``TINSACH_ARCHIVE``.

    "1" is the folder ``archive`` in TINSACH_HOME; "", like a replay, archives nothing.
    Unchanged pages do not come here. One thread compresses and writes pages; a page waits
    until it is written, so that a reference never names a missing record. Stats:
    ``archive/pages``, ``archive/failed``: a full disk or a missing folder ends the
    archive, not the crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        is_replay = bool(crawler.settings.get("TINSACH_REPLAY"))
        setting = "" if is_replay else crawler.settings.get("TINSACH_ARCHIVE")
        folder = archive_folder(str(setting or ""))
        self._writer = ArchiveWriter(folder) if folder else None
        self._out: frozenset[str] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        crawler.signals.connect(self._close, signals.spider_closed)

    async def keep(
        self,
        response: Response,
        page: Page,
        lease: Lease,
        receipt: Receipt,
        article: Article | None = None,
    ) -> None:
        """Write *page*, of *response*, and set the reference of *receipt*.

        Pages of a forgotten *article* are not written.
        """
        if self._writer is None or await self._is_forgotten(page, article):
            return
        asked = response.request.headers if response.request else None
        capture = Capture(page, lease.address, _pairs(asked), _pairs(response.headers))
        written = self._thread.submit(self._writer.write, capture)
        try:
            receipt.reference = await asyncio.wrap_future(written)
        except OSError as error:
            self._fail(error)
        else:
            self._crawler.stats.inc_value("archive/pages")

    async def _is_forgotten(self, page: Page, article: Article | None) -> bool:
        """Return True if the URL of the page, or that which it declares, is forgotten."""
        if self._out is None:
            self._out = await StoreClient.of(self._crawler).call(Store.forgotten_ids)
        if not self._out:
            return False
        urls = [page.url, *([article.canonical_url] if article else [])]
        return any(forgotten_id(url) in self._out for url in urls)

    def _fail(self, error: OSError) -> None:
        self._crawler.stats.inc_value("archive/failed")
        if self._writer is not None:
            _logger.error("Pages are archived no more: %s", error)
        self._writer = None

    def _close(self) -> None:
        self._thread.shutdown()
        try:
            if self._writer is not None:
                self._writer.check()
        except OSError as error:
            self._fail(error)


def _pairs(headers: Headers | None) -> tuple[tuple[str, str], ...]:
    """Return *headers* as pairs of text, each in one line."""
    return tuple(
        (name.decode("latin-1"), " ".join(value.decode("latin-1").split()))
        for name, values in (headers or {}).items()
        for value in values
    )
