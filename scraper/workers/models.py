"""Site models for pages of many sites: learned from them, or stored."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError, ExtractionError
from scraper.sitemodel import Sample, SiteModel, learn
from scraper.sitemodel.model import page_key
from scraper.storage.location import is_missing
from scraper.urls import site_of
from scraper.workers.reader import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.items import Page
    from scraper.reading import Reading
    from scraper.workers.reader import Reader

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Learned:
    """*models* by site, and the sites that pages without a URL name."""

    models: dict[str, SiteModel] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)

    def model_of(self, page: Page) -> SiteModel | None:
        """Return the model of *page*'s site, None if there is none."""
        site = site_of(page.url) or self.sites.get(page_key("", page.body), "")
        return self.models.get(site)


class SiteSamples:
    """The samples of sites whose pages were studied."""

    def __init__(self) -> None:
        self._samples: dict[str, Sample] = {}
        self._sites: dict[str, str] = {}

    def wants(self, page: Page) -> bool:
        """Return False if the sample of *page*'s site would not keep its digest."""
        sample = self._samples.get(site_of(page.url))
        return sample is None or sample.wants(page_key(page.url, page.body))

    def add(self, page: Page, reading: Reading) -> None:
        """Add *reading* of *page*; a page without a URL belongs to the site that it names."""
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

    Pages that the sample of their site would not keep are not read. Pages that cannot be
    read are skipped. *progress* is called with pages done, waiting (0) and articles.
    """
    with ReaderPool(workers=workers) as pool:
        return learn_by(pool, pages, progress=progress)


def learn_by(
    reader: Reader,
    pages: Iterable[Page],
    *,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> Learned:
    """Return what learn_sites() does, with *pages* read by *reader*."""
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


def stored_models(store: str | None) -> Callable[[Page], SiteModel | None]:
    """Return a function that returns the model of a page's site in *store*, cached.

    None is the default store, as in open_store(). A damaged model is reported once and
    not used. Raises StorageError if the store cannot be read.
    """
    if is_missing(store):
        return lambda _: None
    from scraper.storage.opening import stored_model

    @cache
    def of_site(site: str) -> SiteModel | None:
        record = stored_model(site, store)
        try:
            return SiteModel.from_json(record) if record else None
        except ConfigurationError as error:
            _logger.warning(
                "%s: its stored model is not used: %s; `tinsach doctor --repair` removes"
                " a damaged one, and a crawl learns it again",
                *(site, error),
            )
            return None

    return lambda page: of_site(site_of(page.url))
