"""No whole article in the log."""

from __future__ import annotations

import logging

import pytest
from scrapy.exceptions import DropItem

from scraper.crawling.logs import Indented, OneLine
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


def test_what_a_page_says_is_no_record_of_its_own() -> None:
    forged = "http://x/\r\n2026-11-25 [root] INFO: all is well\u2028more\x1b[2J"
    record = logging.LogRecord("a", logging.INFO, "", 1, "read %s", (forged,), None)
    first, *rest = Indented(logging.Formatter("%(message)s")).format(record).split("\n")
    assert first == "read http://x/"
    assert rest == ["    2026-11-25 [root] INFO: all is well", "    more[2J"]


def test_every_handler_of_a_run_writes_so(monkeypatch) -> None:
    handler = logging.StreamHandler()
    monkeypatch.setattr(logging.root, "handlers", [handler])
    OneLine()
    once = handler.formatter
    OneLine()
    assert isinstance(once, Indented)
    assert handler.formatter is once
