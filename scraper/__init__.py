"""tinsach: crawl a news portal, keep the article, drop everything else, prove it.

The names below are loaded when they are first used, so that ``import scraper`` stays
light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.import_path import lazy

if TYPE_CHECKING:
    from scraper.api import Session, extract, fetch
    from scraper.items import Article, Page
    from scraper.sitemodel import SiteModel

__version__ = "0.1.0"
__all__ = [
    "Article",
    "Page",
    "Session",
    "SiteModel",
    "__version__",
    "extract",
    "fetch",
]

_HOMES = {
    "Article": "scraper.items",
    "Page": "scraper.items",
    "Session": "scraper.api",
    "SiteModel": "scraper.sitemodel",
    "extract": "scraper.api",
    "fetch": "scraper.api",
}
if not TYPE_CHECKING:  # to a checker of types, every name would be one that there is
    __getattr__, __dir__ = lazy(__name__, _HOMES)
