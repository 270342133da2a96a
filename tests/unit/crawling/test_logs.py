"""No whole article in the log."""

from __future__ import annotations

import logging

import pytest
from scrapy.exceptions import DropItem

from scraper.crawling.logs import OneLine
from scraper.items import Article, Kind

ITEM = Article(url="http://x/a?p=%20", canonical_url="", site="x", kind=Kind.ARTICLE)


@pytest.mark.parametrize(
    ("result", "level", "line"),
    [
        (OneLine().scraped(ITEM, None, None), logging.DEBUG, "kept http://x/a?p=%20"),
        (
            OneLine().dropped(ITEM, DropItem("100%", log_level="INFO"), None, None),
            logging.INFO,
            "dropped http://x/a?p=%20: 100%",
        ),
        (
            OneLine().item_error(ITEM, ValueError("no"), None, None),
            logging.ERROR,
            "could not keep http://x/a?p=%20: no",
        ),
    ],
)
def test_an_item_is_its_address(result, level: int, line: str) -> None:
    assert result["level"] == level
    assert result["msg"] % result["args"] == line
