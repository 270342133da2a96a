"""Each page with a model learned from the other pages of its site."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from scraper.reading import study
from scraper.sitemodel import learn
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Page
    from scraper.sitemodel import PageDigest, SiteModel


class Known(NamedTuple):
    """A page, and the model of its site that was learned without it."""

    name: str
    page: Page
    model: SiteModel


def leave_one_out(pages: Iterable[tuple[str, Page]]) -> list[Known]:
    """Return the (name, page) pairs of *pages* whose site has a model without them."""
    sites: dict[str, list[tuple[str, Page, PageDigest]]] = defaultdict(list)
    for name, page in pages:
        sites[site_of(page.url)].append((name, page, study(page).digest))
    return [
        Known(name, page, model)
        for site, members in sites.items()
        for name, page, own in members
        if (model := learn(site, [d for _, _, d in members if d is not own]))
    ]
