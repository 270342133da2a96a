"""Of a robots.txt no more than its first half megabyte is read."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from scrapy.exceptions import StopDownload
from scrapy.http import Request
from scrapy.utils.test import get_crawler

from scraper import clock
from scraper.crawling.middlewares.politeness import (
    MAX_CRAWL_DELAY,
    MAX_ROBOTS_BYTES,
    BoundedParser,
    RobotsMiddleware,
    parse_retry_after,
)

RULE = b"Disallow: /secret\n"
URL = "http://x.vn/secret"
OBEYS = {"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "tinsach"}


def parser_of(body: bytes) -> BoundedParser:
    return BoundedParser.from_crawler(get_crawler(), body)


def test_rules_within_the_bound_hold() -> None:
    filler = b"# " + b"a" * 98 + b"\n"
    body = b"User-agent: *\n" + filler * (MAX_ROBOTS_BYTES // 102) + RULE
    assert len(body) < MAX_ROBOTS_BYTES
    assert not parser_of(body).allowed(URL, "tinsach")


def test_rules_beyond_it_are_not_read_and_the_last_one_not_in_half() -> None:
    body = b"User-agent: *\nDisallow: /" + b"a" * MAX_ROBOTS_BYTES + b"\n" + RULE
    parser = parser_of(body)
    assert parser.allowed(URL, "tinsach")
    assert parser.allowed("http://x.vn/aaa", "tinsach")


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


@pytest.mark.parametrize("encoding", [*ENCODINGS, "latin-1", "cp1252"])
def test_rules_hold_in_every_encoding(encoding: str) -> None:
    text = "User-agent: *\r\nDisallow: /café/\r\nSitemap: http://x.vn/s.xml\r\n"
    parser = parser_of(text.encode(encoding))
    assert not parser.allowed("http://x.vn/caf%C3%A9/1", "tinsach")
    assert parser.allowed("http://x.vn/other", "tinsach")
    assert list(parser.rp.sitemaps) == ["http://x.vn/s.xml"]


@pytest.mark.parametrize("path", ["/caf%E9/1", "/caf%e9/1", "/café/1"])
def test_a_rule_of_latin_bytes_holds_for_each_spelling(path: str) -> None:
    parser = parser_of("User-agent: *\nDisallow: /café/\n".encode("latin-1"))
    assert not parser.allowed(f"http://x.vn{path}", "tinsach")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_long_one_is_cut_within_no_letter(encoding: str) -> None:
    rules = "User-agent: *\nDisallow: /đỏ\n".encode(encoding)
    body = rules + ("# " + "aaaệ" * 24 + "\n").encode(encoding) * 6000
    parser = parser_of(body)
    assert not parser.allowed("http://x.vn/đỏ", "tinsach")
    assert parser.allowed("http://x.vn/ệ", "tinsach")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff\ufeffUser-agent: *\nDisallow: /secret\n",
        "\u200bUser-agent: *\n\u200bDisallow: /secret",
        "User-agent: *\n\ufeffDisallow: /secret\n",
        "\r\nUSER-AGENT:*\r\rDISALLOW:/secret # why\r",
        "User-agent:\u00a0*\nDisallow:\u00a0/secret",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_what_nobody_sees_hides_no_rule(text: str, encoding: str) -> None:
    assert not parser_of(text.encode(encoding)).allowed(URL, "tinsach")


def test_a_robots_txt_without_end_is_not_loaded_to_its_end() -> None:
    robots = RobotsMiddleware(get_crawler(settings_dict=OBEYS))
    request = Request("http://x.vn/robots.txt", meta={"dont_obey_robotstxt": True})
    robots._bound(b"a" * MAX_ROBOTS_BYTES, request)
    with pytest.raises(StopDownload) as stop:
        robots._bound(b"a", request)
    assert not stop.value.fail


def test_other_answers_are_not_bound_by_it() -> None:
    robots = RobotsMiddleware(get_crawler(settings_dict=OBEYS))
    robots._bound(b"a" * MAX_ROBOTS_BYTES * 2, Request("http://x.vn/page"))


def slowed(crawl_delay: str, more: str = "") -> tuple[float, float]:
    """Return the pause of the host's slot, and that of hosts to come, after robots.txt."""
    crawler = get_crawler(settings_dict=OBEYS)
    slot = SimpleNamespace(delay=1.0)
    downloader = SimpleNamespace(
        _delay=1.0, slots={"x.vn": slot}, get_slot_key=lambda _: "x.vn"
    )
    crawler.engine = SimpleNamespace(downloader=downloader)
    rules = f"User-agent: *\nCrawl-delay: {crawl_delay}\n{more}".encode()
    parser = BoundedParser.from_crawler(crawler, rules)
    RobotsMiddleware(crawler)._parsed(parser, Request("http://x.vn/tin"))
    return slot.delay, downloader._delay


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("30", 30), ("0.2", 1), ("60", 60), ("3600", MAX_CRAWL_DELAY)],
)
def test_a_crawl_delay_is_kept_up_to_a_minute(asked: str, kept: float) -> None:
    assert slowed(asked) == (kept, kept)


def test_a_sitemap_that_is_no_address_hides_no_crawl_delay() -> None:
    assert slowed("30", "Sitemap: http://[::1\nSitemap: //\n") == (30, 30)


@pytest.mark.parametrize("asked", ["-5", "nan", "inf", "soon", ""])
def test_a_crawl_delay_without_sense_changes_nothing(asked: str) -> None:
    assert slowed(asked) == (1.0, 1.0)


def test_a_longer_crawl_delay_is_reported(caplog) -> None:
    slowed("3600")
    (record,) = caplog.records
    assert "asks for 3600.0 seconds between requests, 60.0 are kept" in record.message


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (b"Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        (b"Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        (b"soon", None),
        (b"01 Nov 2026" + b"1" * 48 + b" 10:00:00 GMT", None),
        (b"-5", None),
        (b"", None),
        (None, None),
        (b"Tue, 24 Nov 2026 12:00:30 -0000", None),
    ],
)
def test_seconds_and_dates_are_read(monkeypatch, value, seconds) -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    assert parse_retry_after(value) == seconds
