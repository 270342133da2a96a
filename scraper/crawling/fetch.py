"""Fetch pages that a person chose, through the downloader of the crawl."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

from scraper.crawling.downloader import Downloader, FetchResult
from scraper.crawling.spiders import hinted
from scraper.discovery.pages import may_have_parts, parse_parts
from scraper.errors import DiscoveryError, FetchRefused, ScraperError
from scraper.reading import MOST_PARTS, join, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scraper.items import Article, Page
    from scraper.sitemodel import SiteModel
    from scraper.workers import Reader


R = TypeVar("R")
HOSTS = 64
"""Hosts that are worked on at the same time."""
_AHEAD = 256
"""Outcomes that may wait to be consumed; no further work starts beyond that."""
_TICK = 0.2
"""Seconds after which a waiting thread checks whether the others have ended."""


class SideBySide(Generic[R]):
    """Runs *task* on each of *urls*, one URL per host at a time, hosts in parallel.

    *urls* may be slow and endless.
    """

    def __init__(self, task: Callable[[str], R], urls: Iterable[str]) -> None:
        self._task = task
        self._lock = threading.Lock()
        self._waiting: defaultdict[str, deque[tuple[int, str]]] = defaultdict(deque)
        self._outcomes: Queue[tuple[int, str, R | BaseException]] = Queue(_AHEAD)
        self._total: int | None = None
        self._error_of_urls: BaseException | None = None
        self._ended = False
        self._threads = ThreadPoolExecutor(HOSTS, thread_name_prefix="host")
        threading.Thread(target=self._take, args=(urls,), daemon=True).start()

    def outcomes(self, *, ordered: bool) -> Iterator[tuple[str, R | ScraperError]]:
        """Yield each URL with its result or ScraperError.

        The order is that of the URLs if *ordered*, else that of completion. Any other
        error of the task, or of the iterator of URLs, is raised.
        """
        try:
            numbered = self._numbered()
            for _, url, outcome in _in_order(numbered) if ordered else numbered:
                if isinstance(outcome, BaseException) and not isinstance(
                    outcome, ScraperError
                ):
                    raise outcome
                yield url, outcome
        finally:
            self._ended = True
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _numbered(self) -> Iterator[tuple[int, str, R | BaseException]]:
        taken = 0
        while taken != self._total:
            try:
                outcome = self._outcomes.get(timeout=_TICK)
            except Empty:
                continue
            taken += 1
            yield outcome
        if self._error_of_urls is not None:
            raise self._error_of_urls

    def _take(self, urls: Iterable[str]) -> None:
        given = 0
        try:
            for url in urls:
                if self._ended:
                    return
                self._add(given, url)
                given += 1
        except BaseException as error:  # raised where the outcomes are consumed
            self._error_of_urls = error
        self._total = given

    def _add(self, number: int, url: str) -> None:
        host = _host_of(url)
        with self._lock:
            self._waiting[host].append((number, url))
            is_first = len(self._waiting[host]) == 1
        if is_first:
            self._threads.submit(self._work, host)

    def _work(self, host: str) -> None:
        """Run the task on the first URL of *host*, then let the other hosts have a turn."""
        number, url = self._waiting[host][0]
        outcome: R | BaseException
        try:
            outcome = self._task(url)
        except BaseException as error:
            outcome = error
        self._put((number, url, outcome))
        with self._lock:
            self._waiting[host].popleft()
            if not self._waiting[host]:
                del self._waiting[host]
                return
        if not self._ended:
            self._threads.submit(self._work, host)

    def _put(self, outcome: tuple[int, str, R | BaseException]) -> None:
        while not self._ended:
            try:
                self._outcomes.put(outcome, timeout=_TICK)
            except Full:
                continue
            return


def _in_order(
    numbered: Iterable[tuple[int, str, R | BaseException]],
) -> Iterator[tuple[int, str, R | BaseException]]:
    ahead = {}
    following = 0
    for outcome in numbered:
        ahead[outcome[0]] = outcome
        while following in ahead:
            yield ahead.pop(following)
            following += 1


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url


def fetch_page(url: str, *, timeout: float = 30.0, allow_private: bool = False) -> Page:
    """Return the page at *url*, fetched by a :class:`Downloader` of its own.

    Raises FetchRefused with the reason in one line if there is no page: not http, a
    private address, DNS, connection, TLS, time-out, too large, or an error status.
    """
    with Downloader(timeout=timeout, allow_private=allow_private) as downloader:
        return downloader.fetch(url)


def fetch_pages(urls: Sequence[str]) -> list[Page | None]:
    """Return the page at each of *urls*, or None if there is none.

    One downloader fetches all of them, two at a time.
    """
    results = zip(urls, fetch_results(urls), strict=True)
    return [None if result.refused else result.page(url) for url, result in results]


def fetch_results(urls: Sequence[str]) -> list[FetchResult]:
    """Return the result of each of *urls*, all fetched by one downloader."""
    with Downloader() as downloader:
        return [future.result() for future in [*map(downloader.submit, urls)]]


def fetch_parts(
    url: str,
    downloader: Downloader,
    *,
    reader: Reader | None = None,
    at_once: bool = True,
) -> list[Page]:
    """Return the page at *url* and the pages on which its article continues, in order.

    *reader* looks for their links, or this process if None, without limits. A further
    page that cannot be fetched ends the list. Raises FetchRefused if *url* gives no page,
    and ExtractionError if the reader does.
    """
    pages = [downloader.fetch(url, at_once=at_once)]
    seen = {pages[0].url}
    with suppress(FetchRefused):
        while len(pages) < MOST_PARTS and (following := _next_part(pages[-1], reader)):
            page = downloader.fetch(following, at_once=at_once)
            if page.url in seen:
                break
            pages.append(page)
            seen.add(page.url)
    return pages


def read_parts(
    pages: Sequence[Page],
    model_of: Callable[[Page], SiteModel | None],
    *,
    reader: Reader | None = None,
) -> Article:
    """Return the whole article of *pages*, the result of fetch_parts().

    Each page is read with the hints of its site and its model, by *reader*, or by this
    process if None. Raises ExtractionError.
    """
    known = [*map(hinted, pages)]
    if reader is None:
        return join([read(page, model_of(page)) for page in known])
    futures = [reader.submit(page, model_of(page)) for page in known]
    return join([future.result() for future in futures])


def _next_part(page: Page, reader: Reader | None) -> str:
    if not may_have_parts(page.body, page.url):
        return ""
    with suppress(DiscoveryError):
        if reader is None:
            links = parse_parts(page.body, url=page.url, encoding=page.encoding)
        else:
            found = reader.find_links(page, parse_parts, encoding=page.encoding)
            links = found.result()
        return links[0].url if links else ""
    return ""
