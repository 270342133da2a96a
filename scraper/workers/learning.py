"""Saved pages to the models of their sites, in worker processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.errors import ExtractionError
from scraper.sitemodel import Sample, learn
from scraper.sitemodel.digest import page_key
from scraper.urls import site_of
from scraper.workers.pool import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.items import Page
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
    learned = Learned()
    samples: dict[str, Sample] = {}
    done = articles = 0
    with ReaderPool(workers=workers) as pool:
        for page, reading in pool.study_all(_wanted(pages, samples)):
            done += 1
            progress(done, 0, articles)
            if isinstance(reading, ExtractionError):
                continue
            site = site_of(page.url) or reading.article.site
            if not page.url:
                learned.sites[reading.digest.key] = site
            samples.setdefault(site, Sample()).add(reading.digest)
            articles += reading.digest.has_text
    progress(done, 0, articles)
    for site, sample in sorted(samples.items()):
        if site and (model := learn(site, sample)):
            learned.models[site] = model
    return learned


def _wanted(pages: Iterable[Page], samples: dict[str, Sample]) -> Iterator[Page]:
    for page in pages:
        sample = samples.get(site_of(page.url))
        if sample is None or sample.wants(page_key(page.url, page.body)):
            yield page
