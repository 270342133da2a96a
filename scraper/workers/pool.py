"""ReaderPool: pages in, articles out, in processes that may die."""

from __future__ import annotations

import os
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from scraper.errors import ExtractionError
from scraper.sitemodel import Sample, learn
from scraper.sitemodel.digest import page_key
from scraper.urls import site_of
from scraper.workers.crew import Crew, Terms
from scraper.workers.quarantine import Quarantine
from scraper.workers.reader import Reader, check_numbers
from scraper.workers.task import read_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from scraper.items import Article, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel


@dataclass(slots=True)
class Learned:
    """*models* by site, and the site that pages without an address say they are of."""

    models: dict[str, SiteModel] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)

    def model_of(self, page: Page) -> SiteModel | None:
        """Return the model of *page*'s site, None where there is none."""
        site = site_of(page.url) or self.sites.get(page_key("", page.body), "")
        return self.models.get(site)


class SiteSamples:
    """The digests of pages that were studied: of each site as many as a sample takes."""

    def __init__(self) -> None:
        self._samples: dict[str, Sample] = {}
        self._sites: dict[str, str] = {}

    def wants(self, page: Page) -> bool:
        """Return False if the sample of *page*'s site would not keep its digest."""
        sample = self._samples.get(site_of(page.url))
        return sample is None or sample.wants(page_key(page.url, page.body))

    def add(self, page: Page, reading: Reading) -> None:
        """Add what was read of *page*; without an address it is of the site it names."""
        site = site_of(page.url) or reading.article.site
        if not page.url:
            self._sites[reading.digest.key] = site
        self._samples.setdefault(site, Sample()).add(reading.digest)

    def learn(self) -> Learned:
        """Return a model of each site that has enough pages."""
        learned = Learned(sites=self._sites)
        for site, sample in sorted(self._samples.items()):
            if site and (model := learn(site, sample)):
                learned.models[site] = model
        return learned


def learn_sites(
    pages: Iterable[Page],
    *,
    workers: int | None = None,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> Learned:
    """Return a model of each site of *pages* that has enough of them.

    Of a site no more pages are read than its sample takes, and a few: those whose keys
    come too late are passed over. Pages that cannot be read teach nothing. *progress* is
    called with pages done, waiting (0) and articles.
    """
    with ReaderPool(workers=workers) as pool:
        return learn_by(pool, pages, progress=progress)


def learn_by(
    reader: Reader,
    pages: Iterable[Page],
    *,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> Learned:
    """Return what learn_sites() does, *pages* being read by *reader*."""
    samples = SiteSamples()
    done = articles = 0
    for page, reading in reader.study_all(filter(samples.wants, pages)):
        done += 1
        progress(done, 0, articles)
        if isinstance(reading, ExtractionError):
            continue
        samples.add(page, reading)
        articles += reading.digest.has_text
    progress(done, 0, articles)
    return samples.learn()


R = TypeVar("R")


class ReaderPool(Reader):
    """A Reader whose processes live on: a page that harms one leaves the others alone.

    A page that takes longer than its time-out is given up and its worker replaced; the
    time in the queue does not count. So is one that kills its worker; the others go on.
    Both, and pages on which reading raises what is no ExtractionError, are kept in the
    folder *quarantine*. A worker is replaced after *recycle* messages. *workers* defaults
    to the cores this process may use.

    Callbacks of the futures run in a thread of the pool and should be short.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        timeout: float | None = None,
        recycle: int = 3000,
        quarantine: Path | None = None,
        task: Callable[..., Article] = read_page,
    ) -> None:
        super().__init__(usable_cores() if workers is None else workers, timeout, task)
        check_numbers(recycle=recycle)
        terms = Terms(self.workers, self._timeout, recycle)
        self._crew = Crew(terms, Quarantine(quarantine) if quarantine else None)

    def _take(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        return self._crew.take(page, task)

    def close(self) -> None:
        """Wait for what was submitted, then end the workers; twice does no harm.

        The wait is bounded by what the pages may take at most.
        """
        pending = self._crew.stop_taking()
        rounds = -(-len(pending) // self.workers)
        wait(pending, timeout=rounds * (self._timeout + 1) + 10)
        self._end()

    def terminate(self) -> None:
        """End the workers at once; pages under way are cancelled."""
        self._crew.stop_taking()
        self._end()

    def _end(self) -> None:
        self._crew.dismiss()
        self._models.remove()


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
