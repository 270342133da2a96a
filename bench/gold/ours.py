"""What we make of a gold set: each page alone, and by the model of its site.

The same steps as ``tinsach extract --model none`` and ``--model auto``, in one pass:
a page is studied once, and read again only if its site has a model.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from bench import fork_pool
from scraper.errors import ExtractionError
from scraper.extraction.labeller import TRAINED
from scraper.reading import read, study
from scraper.urls import site_of
from scraper.workers import SiteSamples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from multiprocessing.pool import Pool

    from scraper.extraction.labeller import Labeller
    from scraper.items import Article, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel
    from scraper.workers import Learned
    from worlds.gold.sets import GoldSet

    Predictions = Mapping[str, Mapping[str, Any]]
    LabellerOf = Callable[[str], Labeller]
    AuthorsOf = Callable[[str], AbstractContextManager[object]]

MODEL = ""
ALONE = "alone"
FULL = "full"
OURS = frozenset({MODEL, ALONE})
"""What has floors, by its part of a figure's key."""


def shipped(_: str) -> Labeller:
    """Return the labeller of the package, whatever the site."""
    return TRAINED


def predict_ours(
    gold_set: GoldSet,
    *,
    full: bool,
    labeller_of: LabellerOf = shipped,
    authors_of: AuthorsOf = nullcontext,
) -> Mapping[str, Predictions]:
    """Return our predictions for *gold_set* by MODEL and ALONE, if asked by FULL.

    A prediction is the record of the page, by the id of its row; that of a page which
    cannot be read is of kind "error". FULL is the model without the fast path.
    *labeller_of* gives the labeller for the pages of a site, *authors_of* the context in
    which they are read: by default authors are chosen as the package does.
    """
    with fork_pool() as pool:
        alone, learned, known = _read_alone(gold_set, labeller_of, authors_of, pool)
        found = {MODEL: alone, ALONE: alone}
        pages = [
            (name, page, learned.model_of(page))
            for name, page in gold_set.iter_pages(known)
        ]
        of = partial(
            _read_by,
            sites=gold_set.sites,
            labeller_of=labeller_of,
            authors_of=authors_of,
        )
        found[MODEL] = alone | dict(pool.imap(of, pages))
        if full:
            found[FULL] = alone | dict(pool.imap(partial(of, full=True), pages))
    return found


def _read_alone(
    gold_set: GoldSet, labeller_of: LabellerOf, authors_of: AuthorsOf, pool: Pool
) -> tuple[dict[str, dict[str, Any]], Learned, frozenset[str]]:
    """Return the records, what is learned, and the ids of pages whose site has a model."""
    alone = {row["id"]: _record(None) for row in gold_set.rows}
    samples, sites = SiteSamples(), {}
    work = partial(
        _study, sites=gold_set.sites, labeller_of=labeller_of, authors_of=authors_of
    )
    for name, page, reading in pool.imap(work, gold_set.iter_pages()):
        if reading is not None:
            alone[name] = _record(reading.article)
            samples.add(page, reading)
            sites[name] = site_of(page.url) or reading.article.site
    learned = samples.learn()
    return (
        alone,
        learned,
        frozenset(n for n, site in sites.items() if site in learned.models),
    )


def _study(
    named: tuple[str, Page],
    *,
    sites: Mapping[str, str],
    labeller_of: LabellerOf,
    authors_of: AuthorsOf,
) -> tuple[str, Page, Reading | None]:
    name, page = named
    try:
        with authors_of(sites[name]):
            return name, page, study(page, labeller=labeller_of(sites[name]))
    except ExtractionError:
        return name, page, None


def _read_by(
    work: tuple[str, Page, SiteModel | None],
    *,
    sites: Mapping[str, str],
    labeller_of: LabellerOf,
    authors_of: AuthorsOf,
    full: bool = False,
) -> tuple[str, dict[str, Any]]:
    name, page, model = work
    labeller = labeller_of(sites[name])
    try:
        with authors_of(sites[name]):
            article = read(page, model, full=full, labeller=labeller)
    except ExtractionError:
        return name, _record(None)
    return name, _record(article)


def _record(article: Article | None) -> dict[str, Any]:
    return {"kind": "error"} if article is None else article.to_dict()
