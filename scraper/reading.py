"""read(): a page becomes an article; the only caller of extraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.items import Article, Page


def read(page: Page) -> Article:
    """Return the article of *page*."""
    raise NotImplementedError
