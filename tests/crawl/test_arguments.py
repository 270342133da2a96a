"""Which articles are asked for is judged before anything is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

DAYS = [f"2026-11-{day:02}" for day in range(1, 11)]


def path_of(day: str, section: str = "thoi-su") -> str:
    return f"/{section}/bai-{day}-{day.replace('-', '')}100000000.htm"


@pytest.fixture(scope="module")
def portal(site, write_article, write_feed):
    """Ten days with an article each, in a feed and on two pages of a section."""
    for day in DAYS:
        site.put(path_of(day), write_article(f"Bài ngày {day}"))
    newest_first = [site.base + path_of(day) for day in reversed(DAYS)]
    advertorial = site.base + path_of(DAYS[-1], "doanh-nghiep-san-pham-dich-vu")
    site.put("/tin-moi-nhat.rss", write_feed([*newest_first[:4], advertorial]))
    site.put("/the-gioi.rss", write_feed([]))
    undated = site.put("/bai-post7.html", write_article("Bài không ngày"))
    first = [*newest_first[:5], undated]
    site.put("/thoi-su-472ct0.htm", section(first, site.base + "/x"))
    site.put("/thoi-su-472ct0/trang-2.htm", section(newest_first[5:], ""))
    site.put("/thoi-su-472ct0/trang-3.htm", section([], newest_first[0]))
    return site


def section(listed: list[str], beside: str) -> str:
    items = "".join(f'<li><a href="{address}">Bài</a></li>' for address in listed)
    return (
        f'<html><body><ul class="list-newsest">{items}</ul>'
        f'<div class="right-bar"><a href="{beside}">Khác</a></div></body></html>'
    )


@pytest.fixture
def day_archives(portal, monkeypatch):
    """Archives of two sections, for the fourth day."""
    for name in ("thoi-su", "the-gioi"):
        address = portal.base + path_of("2026-11-04")
        portal.put(f"/{name}/d04-11-2026.htm", section([address], ""))
    yield
    for name in ("thoi-su", "the-gioi"):
        portal.answers.pop(f"/{name}/d04-11-2026.htm")


@dataclass
class Asked:
    """A crawl, what the portal was asked, and which days' articles were among it."""

    run: Any
    paths: list[str]

    @property
    def days(self) -> list[str]:
        return [day for day in DAYS if path_of(day) in self.paths]


def ask(portal, crawls, **spec: Any) -> Asked:
    before = len(portal.hits)
    arguments = {"portal": portal.base} | spec.pop("arguments", {})
    run = crawls(arguments=arguments, **spec)
    return Asked(run, portal.hits[before:])


@pytest.fixture
def ask_for(portal, new_crawls):
    """Run a crawl into a store of its own."""
    return lambda **arguments: ask(portal, new_crawls, arguments=arguments)


@pytest.fixture(scope="module")
def everything(portal, crawls):
    return ask(portal, crawls)


@pytest.fixture(scope="module")
def again(everything, portal, crawls):
    """The next run, an hour later: the sections are due again."""
    return ask(portal, crawls.later(hours=1))


def test_without_arguments_every_article_is_fetched_once(everything) -> None:
    assert everything.days == DAYS
    assert len(everything.paths) == len(set(everything.paths))
    assert everything.run.status == 0
    assert everything.run.report["new"] == len(DAYS) + 1


def test_an_advertorial_is_not_asked_for(everything) -> None:
    assert not [path for path in everything.paths if "doanh-nghiep" in path]


def test_pagination_stops_at_an_empty_page(everything) -> None:
    assert "/thoi-su-472ct0/trang-3.htm" in everything.paths
    assert "/thoi-su-472ct0/trang-4.htm" not in everything.paths


def test_a_second_run_fetches_no_known_article_and_says_nothing_new(again) -> None:
    assert again.days == []
    assert (again.run.status, again.run.verdict) == (3, "nothing new")


def test_pagination_stops_at_a_page_of_known_articles(again) -> None:
    assert "/thoi-su-472ct0.htm" in again.paths
    assert "/thoi-su-472ct0/trang-2.htm" not in again.paths


def test_where_no_day_archive_answers_the_pages_are_followed(ask_for) -> None:
    asked = ask_for(since="2026-11-02", until="2026-11-03", section="thoi-su")
    assert asked.days == ["2026-11-02", "2026-11-03"]
    assert asked.run.report["out_of_range"] == 8 + 1
    assert {"/thoi-su/d02-11-2026.htm", "/thoi-su/d03-11-2026.htm"} <= set(asked.paths)


def test_where_archives_answer_newer_pages_are_not_turned(
    ask_for, day_archives
) -> None:
    asked = ask_for(since="2026-11-04", until="2026-11-04", section="thoi-su")
    assert asked.days == ["2026-11-04"]
    assert "/thoi-su-472ct0/trang-3.htm" not in asked.paths


def test_pagination_stops_before_the_first_day(ask_for) -> None:
    asked = ask_for(since="2026-11-09", until="2026-11-10", section="thoi-su")
    assert asked.days == ["2026-11-09", "2026-11-10"]
    assert "/thoi-su-472ct0/trang-2.htm" not in asked.paths


def test_where_only_the_page_states_its_day_it_is_fetched_and_judged(ask_for) -> None:
    asked = ask_for(since="2026-11-10", until="2026-11-10", section="thoi-su")
    assert "/bai-post7.html" in asked.paths
    assert asked.run.report["new"] == 1


def test_a_limit_fetches_and_stores_as_many_the_newest(ask_for) -> None:
    asked = ask_for(limit="3")
    assert asked.days == DAYS[-3:]
    assert asked.run.report["new"] == 3
    assert asked.run.status == 0


def test_a_limit_above_what_the_feeds_hold_asks_the_sections(ask_for) -> None:
    asked = ask_for(limit="6")
    assert asked.run.report["new"] == asked.run.report["requested"] == 6
    assert "/thoi-su-472ct0.htm" in asked.paths
    assert "/sitemap.xml" not in asked.paths


def test_sections_ask_their_own_sources_newest_first(portal, new_crawls) -> None:
    asked = ask(
        portal,
        new_crawls,
        arguments={"section": "the-gioi,thoi-su"},
        settings={"CONCURRENT_REQUESTS": 1},
    )
    articles = [path for path in asked.paths if "/bai-" in path]
    assert articles.pop(0) == "/bai-post7.html"
    assert articles == [path_of(day) for day in reversed(DAYS)]
    assert {path for path in asked.paths if "/bai-" not in path} == {
        "/robots.txt",
        "/the-gioi.rss",
        "/thoi-su.rss",
        "/the-gioi-130ct0.htm",
        "/thoi-su-472ct0.htm",
        "/thoi-su-472ct0/trang-2.htm",
        "/thoi-su-472ct0/trang-3.htm",
    }


def test_a_wrong_argument_starts_no_crawl(new_crawls, portal) -> None:
    before = len(portal.hits)
    arguments = {"portal": portal.base, "section": "x"}
    outcome, _ = new_crawls.raw(arguments=arguments)
    assert outcome["error"] == "ConfigurationError"
    assert "unknown section x; valid are bien-dao-viet-nam" in outcome["message"]
    assert len(portal.hits) == before


def test_an_unknown_spider_is_named_with_those_that_there_are(new_crawls) -> None:
    outcome, _ = new_crawls.raw(spider="bao")
    assert outcome["message"].startswith("no spider bao; there are baotintuc")
