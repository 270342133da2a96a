"""No whole article in the log."""

from __future__ import annotations

import logging
import time

import pytest
from scrapy.exceptions import DropItem

from scraper import settings
from scraper.crawling.failures import Indented, OneLine
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


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_line_has_the_time_that_the_commands_show(monkeypatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    record = logging.makeLogRecord({"msg": "read", "created": 1767574800})
    inner = logging.Formatter("%(asctime)s %(message)s", settings.LOG_DATEFORMAT)
    written = Indented(inner).format(record)
    monkeypatch.undo()
    time.tzset()
    assert written == "2026-01-05 08:00:00+07:00 read"


def test_the_user_s_own_form_of_times_counts() -> None:
    record = logging.makeLogRecord({"msg": "read", "created": 1767574800})
    inner = logging.Formatter("%(asctime)s %(message)s", "%Y")
    assert Indented(inner).format(record) == "2026 read"
