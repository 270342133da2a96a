"""The Python API: extract() and fetch(), and Session, which does more in processes.

What Session and fetch() need is imported when it is used, so that extract() stays light.
"""

from __future__ import annotations

import json
import os
import re
import threading
from functools import partial
from typing import TYPE_CHECKING, Self

from scraper.errors import ConfigurationError, ScraperError, UndecodablePage
from scraper.items import Article, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from scraper.crawling.downloader import Downloader
    from scraper.sitemodel import SiteModel
    from scraper.workers import ReaderPool

_FEED = json.dumps({"stdout:": {"format": "jsonlines"}})
_SPIDER = re.compile(r"\w+")
_NOTHING_NEW = 3
_WRONG_ARGUMENTS = 2


def extract(
    html: bytes | str,
    *,
    url: str = "",
    model: SiteModel | None = None,
    timeout: float | None = None,
) -> Article:
    """Return the article of *html*, which was found at *url*.

    *url* resolves relative URLs; without it, the URL that the page declares is used.
    *model* is the model of the page's site, as ``tinsach model show`` prints it and
    :meth:`SiteModel.from_json` reads it. A page of another site is read without it.

    A str is used as it is; bytes are decoded as the page declares. Content beyond the
    bounds of a page (20 MiB, 200,000 tags and others, see docs/rules.md) is not read, and
    the ledger says so. Reading any 5 MB takes a few seconds and less than 500 MB. With
    *timeout*, in seconds, a child process reads the page within the memory limit of a
    worker; without it, this process reads the page without limits.

    Raises :class:`~scraper.errors.ExtractionError` if *html* is not an HTML page, holds
    an unpaired surrogate, or takes too much memory to read;
    :class:`~scraper.errors.ExtractionTimeout` after *timeout*; ConfigurationError for an
    invalid *timeout*, and TypeError for an argument of another type.
    """
    page = page_of(html, url)
    return _read(page, model) if timeout is None else _read_within(timeout, page, model)


def fetch(
    url: str, *, model: SiteModel | None = None, allow_private: bool = False
) -> Article:
    """Fetch *url* as a crawl would and return its article, read with *model*.

    An article of several pages is returned whole. Private addresses are refused unless
    *allow_private*. Raises :class:`~scraper.errors.FetchRefused` if there is no page, and
    what :func:`extract` raises.
    """
    from scraper.crawling.downloader import Downloader
    from scraper.crawling.fetch import fetch_parts, read_parts

    _check_url(url)
    with Downloader(allow_private=allow_private) as downloader:
        pages = fetch_parts(url, downloader)
    return read_parts(pages, partial(_usable, model))


def page_of(html: bytes | str, url: str) -> Page:
    """Return *html*, found at *url*, as a page; raises what :func:`extract` raises."""
    if not isinstance(html, bytes | str):
        raise TypeError(f"html must be bytes or str, not {type(html).__name__}")
    _check_url(url)
    _encoded(url, "url")
    if isinstance(html, bytes):
        return Page(url, html)
    return Page(url, _encoded(html, "html"), encoding="utf-8")


def _check_url(url: str) -> None:
    if not isinstance(url, str):
        raise TypeError(f"url must be str, not {type(url).__name__}")


def _encoded(text: str, name: str) -> bytes:
    """Return *text* as UTF-8; raises UndecodablePage for an unpaired surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UndecodablePage(
            f"{name} holds an unpaired surrogate at character {error.start}: it was"
            " truncated, or decoded with errors ignored; pass the bytes of the page"
        ) from error


def _usable(model: SiteModel | None, page: Page) -> SiteModel | None:
    return model if model and model.covers(page.url) else None


def _read(page: Page, model: SiteModel | None) -> Article:
    from scraper.reading import read

    return read(page, _usable(model, page))


def _read_within(timeout: float, page: Page, model: SiteModel | None) -> Article:
    from scraper.workers.reader import SingleReader

    with SingleReader(timeout=timeout) as reader:
        return reader.run(page, partial(_read, model=model)).result()


class Session:
    """Everything that a script needs from tinsach: ``with Session() as session``.

    *workers* processes (default: one per core) read pages, each within limits of time and
    memory. One downloader fetches them; a response may take *timeout* seconds. Both start
    when they are first needed. A page is read with the site model that :meth:`learn`
    made, or that *model_of* returns, or that *store* holds (a SQLite file or a SQLAlchemy
    URL), or without one. Private addresses are refused unless *allow_private* or the
    variable TINSACH_ALLOW_PRIVATE is set. A session works in a notebook, from any thread,
    and in a script without ``if __name__ == "__main__":``.
    """

    def __init__(
        self,
        *,
        store: str | Path | None = None,
        allow_private: bool = False,
        workers: int | None = None,
        timeout: float = 30.0,
        model_of: Callable[[Page], SiteModel | None] | None = None,
    ) -> None:
        from scraper.storage.location import store_url
        from scraper.workers import Learned

        self._store = store_url(store)
        self._given_model_of = model_of or _models_in(self._store)
        self._allow_private = allow_private
        self._workers = workers
        self._timeout = timeout
        self._learned = Learned()
        self._lock = threading.Lock()
        self._pool: ReaderPool | None = None
        self._downloader: Downloader | None = None

    def fetch(self, url: str) -> Article:
        """Return the article at *url*, fetched without delay.

        An article of several pages is returned whole. robots.txt is not consulted, since
        a person chose the page. Raises FetchRefused if there is no page, and
        ExtractionError if it cannot be read.
        """
        return self._fetch(url, at_once=True)

    def fetch_many(
        self, urls: Iterable[str], *, ordered: bool = True
    ) -> Iterator[tuple[str, Article | ScraperError]]:
        """Yield each of *urls* with its article, or with the error that fetch() raises.

        The order is that of *urls*, or with *ordered* false that of completion. Hosts are
        fetched from in parallel, each once a second. *urls* may be slow and endless.
        """
        from scraper.crawling.fetch import SideBySide

        work = SideBySide(self._fetch, urls)
        yield from work.outcomes(ordered=ordered)

    def fetch_page(self, url: str) -> Page:
        """Return the page at *url* unchanged; raises FetchRefused as fetch() does."""
        return self._start_downloader().fetch(url)

    def extract(self, html: bytes | str, *, url: str = "") -> Article:
        """Return the article of *html*, which was found at *url*.

        Works like :func:`scraper.extract`, within the limits of a worker. Raises
        ExtractionError, also if a limit is exceeded.
        """
        from scraper.crawling.spiders import hinted

        page = hinted(page_of(html, url))
        return self._start_pool().submit(page, self._model_of(page)).result()

    def learn(self, pages: Iterable[Page]) -> dict[str, SiteModel]:
        """Learn models from *pages*; return them by site, if a site has enough pages.

        The session reads further pages of these sites with them.
        """
        from scraper.workers import learn_by

        learned = learn_by(self._start_pool(), pages)
        self._learned.models |= learned.models
        self._learned.sites |= learned.sites
        return learned.models

    def crawl(self, site: str, *, limit: int | None = None) -> Iterator[Article]:
        """Crawl *site*, a URL or the name of a spider; yield articles as they come.

        At most *limit* articles, newest first, under the rules of ``tinsach crawl``:
        robots.txt, one request a second. If the session has a store, they are stored
        there, and articles that it already holds are skipped; otherwise nothing is kept.
        Raises ConfigurationError if *site* is not a site, and ScraperError if the crawl
        failed without an article.
        """
        from tempfile import TemporaryDirectory

        from scraper.scratch import scratch_folder

        if self._store is not None:
            yield from self._crawl(site, limit, self._store)
            return
        with TemporaryDirectory(dir=scratch_folder()) as folder:
            yield from self._crawl(site, limit, f"sqlite:///{folder}/articles.db")

    def close(self) -> None:
        """End the processes. Closing twice is safe."""
        with self._lock:
            for started in (self._downloader, self._pool):
                if started is not None:
                    started.close()
            self._downloader = self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _fetch(self, url: str, *, at_once: bool = False) -> Article:
        from scraper.crawling.fetch import fetch_parts, read_parts

        downloader, pool = self._start_downloader(), self._start_pool()
        pages = fetch_parts(url, downloader, reader=pool, at_once=at_once)
        return read_parts(pages, self._model_of, reader=pool)

    def _start_pool(self) -> ReaderPool:
        from scraper.workers import ReaderPool

        with self._lock:
            self._pool = self._pool or ReaderPool(workers=self._workers)
            return self._pool

    def _start_downloader(self) -> Downloader:
        from scraper.crawling.downloader import Downloader

        with self._lock:
            self._downloader = self._downloader or Downloader(
                timeout=self._timeout, allow_private=self._allow_private
            )
            return self._downloader

    def _model_of(self, page: Page) -> SiteModel | None:
        return self._learned.model_of(page) or self._given_model_of(page)

    def _crawl(self, site: str, limit: int | None, store: str) -> Iterator[Article]:
        import subprocess
        import tempfile

        from scraper.import_path import module_command

        command = module_command("tinsach", *_crawl_arguments(site, limit, store))
        if self._allow_private:
            command.append("--allow-private")
        with (
            tempfile.TemporaryFile() as errors,
            subprocess.Popen(  # noqa: S603  this interpreter, this package
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            ) as crawl,
        ):
            stored = 0
            try:
                for line in crawl.stdout or ():
                    stored += 1
                    yield Article.from_dict(json.loads(line))
            finally:
                crawl.terminate()
            code = crawl.wait()
            errors.seek(0)
            lines = errors.read().decode(errors="replace").strip().splitlines()
        if code not in (0, _NOTHING_NEW) and not stored:
            kind = ConfigurationError if code == _WRONG_ARGUMENTS else ScraperError
            last = lines[-1].removeprefix("tinsach: ") if lines else ""
            raise kind(last or f"the crawl ended with exit code {code}")


def _crawl_arguments(site: str, limit: int | None, store: str) -> list[str]:
    named = [site] if _SPIDER.fullmatch(site) else ["news", "-a", f"site={site}"]
    limited = [] if limit is None else ["--limit", str(limit)]
    return ["crawl", *named, *limited, "--store", store, "-s", f"FEEDS={_FEED}", "-q"]


def _models_in(store: str | None) -> Callable[[Page], SiteModel | None]:
    from scraper.workers.reader import stored_models

    return stored_models(store) if store else lambda _: None
