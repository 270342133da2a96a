"""One crawl of ``bench crawl``, see :func:`main`."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import time
from array import array
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from scrapy.http import Response

    from scraper.crawling.extensions import Progress

IMPOLITE: dict[str, Any] = {
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
}
PLAIN = {"DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "identity"}}
"""Settings of a crawl whose pages come uncompressed."""
_EARLY = 5000
_ARTICLE = re.compile(r"-\d{17}\.htm$|-post\d+\.html$")


class BareSpider(Spider):
    """Scrapy and nothing else: every article is downloaded and let go."""

    name = "bare"

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.articles = self.found = 0

    async def start(self) -> AsyncIterator[Request]:
        yield Request(f"{self.base}/sitemap.xml", self.parse_sitemap)

    def parse_sitemap(self, response: Response) -> Iterator[Request]:
        for url in re.findall(r"<loc>([^<]+)</loc>", response.body.decode()):
            if _ARTICLE.search(url):
                yield Request(url, self.parse_article)
            elif url.endswith(".xml"):
                yield Request(url, self.parse_sitemap)

    def parse_article(self, response: Response) -> None:
        self.articles += 1


class InlineSpider(BareSpider):
    """What most projects do: extract in the callback."""

    name = "inline"

    def parse_article(self, response: Response) -> None:
        import trafilatura

        found = trafilatura.bare_extraction(
            response.body, url=response.url, favor_precision=True, with_metadata=True
        )
        self.found += found is not None
        self.articles += 1


def crawl_bare(
    spider: type[BareSpider],
    base: str,
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, float]:
    process = AsyncCrawlerProcess(IMPOLITE | {"ROBOTSTXT_OBEY": True} | dict(settings))
    crawler = process.create_crawler(spider)
    process.crawl(crawler, base=base)
    process.start()
    assert isinstance(crawler.spider, BareSpider)  # noqa: S101  narrows the type
    return {"articles": crawler.spider.articles}


def crawl_ours(
    base: str,
    folder: Path,
    progress: Progress | None = None,
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, float]:
    from scraper.crawling.run import RunOptions, run_crawl

    store = f"sqlite:///{folder}/articles.db"
    own = IMPOLITE | dict(settings)
    options = RunOptions(store=store, progress=progress, settings=own)
    outcome = run_crawl("baotintuc", {"portal": base}, options=options)
    return {"articles": outcome.stats.get("item_scraped_count", 0)}


def crawl_watched(base: str, folder: Path) -> dict[str, float]:
    """Crawl with every callback timed, which takes a third of the time itself."""
    spans = measure_callbacks()
    figures = crawl_ours(base, folder)
    spans_ms = sorted(span * 1000 for span in spans)
    return figures | {"reactor_p999_ms": spans_ms[int(len(spans_ms) * 0.999)]}


def crawl_for_memory(base: str, folder: Path) -> dict[str, float]:
    """Return the peak of this process in MiB, and its growth from page 5,000 on."""
    seen: list[tuple[int, int]] = []

    def note(done: int, queued: int, stored: int) -> None:
        seen.append((stored, resident()))

    figures = crawl_ours(base, folder, note)
    early = min(_EARLY, figures["articles"] / 10)
    first = next(size for stored, size in seen if stored >= early)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return figures | {
        "rss_mb": peak / 1024,
        "rss_growth_percent": (seen[-1][1] / first - 1) * 100,
    }


def resident() -> int:
    """Return the pages of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1])


def measure_callbacks() -> array[float]:
    """Return an array that grows with the thread CPU seconds of every callback."""
    spans = array("d")
    handles: Any = vars(asyncio)["Handle"]
    original = handles._run

    def run(handle: asyncio.Handle) -> None:
        started = time.thread_time()
        try:
            original(handle)
        finally:
            spans.append(time.thread_time() - started)

    handles._run = run
    return spans


def measure(kind: str, base: str, folder: Path) -> dict[str, float]:
    """Return what *kind* of crawl gave, its pages a second and CPU time a page.

    The seconds are those from its first line to its last, beginning and end included.
    """
    started, used = time.perf_counter(), time.process_time()
    if kind == "ours":
        figures = crawl_ours(base, folder)
    elif kind == "ours_plain":
        figures = crawl_ours(base, folder, settings=PLAIN)
    elif kind == "archived":
        archive = {"TINSACH_ARCHIVE": str(folder / "archive")}
        figures = crawl_ours(base, folder, settings=archive)
    elif kind == "watched":
        figures = crawl_watched(base, folder)
    elif kind == "memory":
        figures = crawl_for_memory(base, folder)
    elif kind == "inline":
        figures = crawl_bare(InlineSpider, base)
    else:
        figures = crawl_bare(BareSpider, base, PLAIN if kind == "bare_plain" else {})
    articles = figures["articles"]
    return figures | {
        "pages_per_s": articles / (time.perf_counter() - started),
        "cpu_ms": (time.process_time() - used) * 1000 / max(articles, 1),
    }


def main(kind: str, base: str, folder: str) -> None:
    """Print the figures of a *kind* of crawl of the portal at *base* as JSON."""
    print(json.dumps(measure(kind, base, Path(folder))))
