"""Of a robots.txt no more than its first half megabyte is read."""

from __future__ import annotations

import pytest
from scrapy.exceptions import StopDownload
from scrapy.http import Request
from scrapy.utils.test import get_crawler

from scraper.crawling.robots import MOST, BoundedParser, Robots

RULE = b"Disallow: /secret\n"
URL = "http://x.vn/secret"


def parser_of(body: bytes) -> BoundedParser:
    return BoundedParser.from_crawler(get_crawler(), body)


def test_rules_within_the_bound_hold() -> None:
    filler = b"# " + b"a" * 98 + b"\n"
    body = b"User-agent: *\n" + filler * (MOST // 102) + RULE
    assert len(body) < MOST
    assert not parser_of(body).allowed(URL, "tinsach")


def test_rules_beyond_it_are_not_read_and_the_last_one_not_in_half() -> None:
    body = b"User-agent: *\nDisallow: /" + b"a" * MOST + b"\n" + RULE
    parser = parser_of(body)
    assert parser.allowed(URL, "tinsach")
    assert parser.allowed("http://x.vn/aaa", "tinsach")


def test_a_robots_txt_without_end_is_not_loaded_to_its_end() -> None:
    robots = Robots(get_crawler())
    request = Request("http://x.vn/robots.txt", meta={"dont_obey_robotstxt": True})
    robots._bound(b"a" * MOST, request)
    with pytest.raises(StopDownload) as stop:
        robots._bound(b"a", request)
    assert not stop.value.fail


def test_other_answers_are_not_bound_by_it() -> None:
    robots = Robots(get_crawler())
    robots._bound(b"a" * MOST * 2, Request("http://x.vn/page"))
