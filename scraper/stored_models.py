"""The site models of a store, as those who read saved pages ask for them: by page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scraper.sitemodel import SiteModel
from scraper.storage.location import is_missing
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.items import Page


def stored_models(store: str | None) -> Callable[[Page], SiteModel | None]:
    """Return what finds the model of a page's site in *store*; each is asked for once.

    None is the default store, as of open_store(). It raises StorageError for one that
    cannot be read, ConfigurationError for a model that says nothing.
    """
    if is_missing(store):
        return lambda _: None
    from scraper.storage.opening import stored_model

    @cache
    def of_site(site: str) -> SiteModel | None:
        record = stored_model(site, store)
        return SiteModel.from_json(record) if record else None

    return lambda page: of_site(site_of(page.url))
