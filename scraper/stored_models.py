"""Find the stored site model of a page."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError
from scraper.sitemodel import SiteModel
from scraper.storage.location import is_missing
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.items import Page

_logger = logging.getLogger(__name__)


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
                " a damaged one, and a crawl learns it anew",
                *(site, error),
            )
            return None

    return lambda page: of_site(site_of(page.url))
