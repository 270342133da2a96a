"""Which links are articles of the portal, and in which order they are fetched."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from scraper import clock
from scraper.crawling.scope import (
    Portal,
    Scope,
    is_within,
    oldest_time,
    priority_of,
    typical_time,
)
from scraper.discovery import Link, LinkKind
from scraper.storage import Address

HOSTS = frozenset({"bao.vn", "www.bao.vn"})
ARTICLE = re.compile(r"-\d{17}\.htm$|-post\d+\.html$")
PASSED = re.compile(r"^/quang-cao/")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def portal(base: str = "https://bao.vn") -> Portal:
    return Portal(base, HOSTS, ARTICLE, PASSED)


def link(url: str, **fields: object) -> Link:
    return Link(url, LinkKind.OTHER, **fields)


@pytest.mark.parametrize(
    ("base", "url", "own"),
    [
        ("https://bao.vn", "https://bao.vn/a.htm#top", "https://bao.vn/a.htm"),
        ("https://bao.vn", "http://www.bao.vn/a", "https://www.bao.vn/a"),
        ("https://bao.vn", "https://other.vn/a", None),
        ("https://bao.vn", "https://x.bao.vn/a", None),
        ("http://127.0.0.1:8", "https://bao.vn/a?b=1", "http://127.0.0.1:8/a?b=1"),
        ("http://127.0.0.1:8", "http://127.0.0.1:8/a", "http://127.0.0.1:8/a"),
        ("http://127.0.0.1:8", "http://127.0.0.1:9/a", None),
    ],
)
def test_an_address_is_fetched_from_the_portal_or_not_at_all(base, url, own) -> None:
    assert portal(base).own_url(url) == own


@pytest.mark.parametrize(
    ("path", "is_article"),
    [
        ("/a/b-20250711140623717.htm", True),
        ("/b-post123.html", True),
        ("/quang-cao/b-20250711140623717.htm", False),
        ("/a/b.htm", False),
    ],
)
def test_articles_are_told_by_their_path(path: str, is_article: bool) -> None:
    assert portal().is_article("https://bao.vn" + path) is is_article


def test_each_article_is_a_candidate_once_with_the_time_of_its_address() -> None:
    url = "https://bao.vn/a/b-20250711140623717.htm"
    links = [link(url, time=NOW), link(url + "?utm_source=x"), link("https://x.vn/")]
    (found,) = portal().iter_candidates(links, "a")
    assert found.time.isoformat() == "2025-07-11T14:06:23.717000+07:00"
    assert (found.dated, found.section, found.url) == (True, "a", url)


def test_the_time_of_a_source_counts_where_the_address_has_none() -> None:
    (found,) = portal().iter_candidates([link("https://bao.vn/b-post1.html", time=NOW)])
    assert (found.time, found.dated) == (NOW, False)


def test_the_time_of_the_last_change_is_not_that_of_publication() -> None:
    links = [link("https://bao.vn/b-post1.html", time=NOW)]
    (found,) = portal().iter_candidates(links, changed=True)
    assert (found.time, found.changed) == (None, NOW)


def test_what_changed_before_the_first_day_was_published_before_it() -> None:
    found = Address("u", changed=NOW)
    assert not is_within(found, Scope(since=date(2026, 11, 2)))
    assert is_within(found, Scope(until=date(2026, 10, 1)))


def test_a_later_hour_has_the_higher_priority() -> None:
    now = clock.now()
    assert priority_of(now) == priority_of(now - timedelta(hours=1)) + 1
    assert priority_of(None) == 0
    assert priority_of(datetime.min.replace(tzinfo=UTC)) == 0


def test_older_articles_share_the_priority_of_their_day() -> None:
    day = (clock.now() - timedelta(days=9)).replace(hour=0)
    assert priority_of(day + timedelta(hours=23)) == priority_of(day)
    assert priority_of(day + timedelta(hours=24)) == priority_of(day) + 24


def test_one_old_article_does_not_make_a_page_old() -> None:
    old = Address("old", time=NOW - timedelta(days=900))
    page = [*(Address(str(n), time=NOW) for n in range(3)), old, Address("none")]
    assert typical_time(page) == NOW
    assert oldest_time(page) == old.time
    assert typical_time([]) is None
    assert oldest_time([]) is None


def test_an_article_of_a_mirror_is_known_as_the_original_too() -> None:
    mirror = Portal("http://127.0.0.1:8", HOSTS, ARTICLE, PASSED, "https://bao.vn")
    (found,) = mirror.iter_candidates([link("https://bao.vn/b-post1.html")])
    assert (found.url, found.alias) == (
        "http://127.0.0.1:8/b-post1.html",
        "https://bao.vn/b-post1.html",
    )
    (own,) = portal().iter_candidates([link("https://bao.vn/b-post1.html")])
    assert own.alias == ""
