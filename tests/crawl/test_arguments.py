"""Which articles are asked for is judged before anything is fetched."""

from __future__ import annotations

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
    site.put("/thoi-su-472ct0.htm", section(newest_first[:5], site.base + "/x"))
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


@pytest.fixture
def ask(portal, crawls, tmp_path, monkeypatch):
    """Run a crawl into a store of its own; return it and what the portal was asked."""
    store = f"sqlite:///{tmp_path}/articles.db"

    def run(**arguments: str):
        monkeypatch.setitem(crawls.environment, "TINSACH_STORE", store)
        before = len(portal.hits)
        outcome = crawls(arguments={"portal": portal.base} | arguments)
        outcome.store = store
        asked = portal.hits[before:]
        return outcome, [day for day in DAYS if path_of(day) in asked], asked

    return run


def test_without_arguments_every_article_is_fetched_once(ask, portal) -> None:
    run, days, asked = ask()
    assert days == DAYS
    assert len(asked) == len(set(asked))
    assert run.status == 0
    assert len(run.stored()) == len(DAYS)


def test_an_advertorial_is_not_asked_for(ask) -> None:
    _, _, asked = ask(limit="1")
    assert not [path for path in asked if "doanh-nghiep" in path]


def test_a_second_run_fetches_no_known_article_and_says_nothing_new(ask) -> None:
    ask()
    run, days, _ = ask()
    assert days == []
    assert (run.status, run.verdict) == (3, "nothing new")


def test_pagination_stops_at_a_page_of_known_articles(ask) -> None:
    ask()
    _, _, asked = ask()
    assert "/thoi-su-472ct0.htm" in asked
    assert "/thoi-su-472ct0/trang-2.htm" not in asked


def test_pagination_stops_at_an_empty_page(ask) -> None:
    _, _, asked = ask()
    assert "/thoi-su-472ct0/trang-3.htm" in asked
    assert "/thoi-su-472ct0/trang-4.htm" not in asked


def test_where_no_day_archive_answers_the_pages_are_followed_into_the_range(
    ask,
) -> None:
    _, days, _ = ask(since="2026-11-02", until="2026-11-03", section="thoi-su")
    assert days == ["2026-11-02", "2026-11-03"]


def test_since_and_until_are_whole_days_and_nothing_else_is_fetched(ask) -> None:
    run, days, _ = ask(since="2026-11-03", until="2026-11-05", section="thoi-su")
    assert days == ["2026-11-03", "2026-11-04", "2026-11-05"]
    assert run.report["out_of_range"] == 7


def test_pagination_stops_before_the_first_day(ask) -> None:
    _, _, asked = ask(since="2026-11-09")
    assert "/thoi-su-472ct0.htm" in asked
    assert "/thoi-su-472ct0/trang-2.htm" not in asked


def test_each_day_of_a_range_is_asked_for_in_the_archives(ask, day_archives) -> None:
    _, days, asked = ask(since="2026-11-04", until="2026-11-05", section="thoi-su")
    archives = [path for path in asked if path.startswith("/thoi-su/d")]
    assert set(archives) == {"/thoi-su/d05-11-2026.htm", "/thoi-su/d04-11-2026.htm"}
    assert "2026-11-04" in days


def test_where_archives_answer_newer_pages_are_not_turned(ask, day_archives) -> None:
    _, days, asked = ask(since="2026-11-04", until="2026-11-04", section="thoi-su")
    assert days == ["2026-11-04"]
    assert "/thoi-su-472ct0/trang-3.htm" not in asked


def test_a_limit_fetches_and_stores_as_many_the_newest(ask) -> None:
    run, days, _ = ask(limit="3")
    assert days == DAYS[-3:]
    assert len(run.stored()) == 3
    assert run.status == 0


def test_a_limit_above_what_the_feeds_hold_asks_the_sections(ask) -> None:
    _, days, asked = ask(limit="6")
    assert len(days) == 6
    assert "/thoi-su-472ct0.htm" in asked
    assert "/sitemap.xml" not in asked


def test_a_section_asks_only_its_own_sources(ask) -> None:
    _, _, asked = ask(section="the-gioi,thoi-su")
    sources = {
        path for path in asked if "ct0" in path or path.endswith((".rss", "xml"))
    }
    assert sources == {
        "/the-gioi.rss",
        "/thoi-su.rss",
        "/the-gioi-130ct0.htm",
        "/thoi-su-472ct0.htm",
        "/thoi-su-472ct0/trang-2.htm",
        "/thoi-su-472ct0/trang-3.htm",
    }


def test_articles_are_fetched_newest_first(crawls, portal, tmp_path) -> None:
    before = len(portal.hits)
    crawls.environment["TINSACH_STORE"] = f"sqlite:///{tmp_path}/articles.db"
    crawls(
        arguments={"portal": portal.base, "section": "thoi-su"},
        settings={"CONCURRENT_REQUESTS": 1},
    )
    asked = [path for path in portal.hits[before:] if "/bai-" in path]
    assert asked == [path_of(day) for day in reversed(DAYS)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            {"section": "x"},
            "unknown section x; valid are bien-dao-viet-nam, dia-phuong",
        ),
        ({"since": "hôm qua"}, "since=hôm qua is no day; write 2025-07-11"),
        ({"limit": "0"}, "limit=0 is no number above 0"),
        ({"speed": "9"}, "unknown argument speed; valid are limit, portal, section"),
        ({"portal": "ftp://x"}, "portal=ftp://x is no http or https address"),
    ],
)
def test_a_wrong_argument_starts_no_crawl(crawls, portal, arguments, said) -> None:
    before = len(portal.hits)
    outcome, _ = crawls.raw(arguments={"portal": portal.base} | arguments)
    assert outcome["error"] == "ConfigurationError"
    assert said in outcome["message"]
    assert len(portal.hits) == before


def test_an_unknown_spider_is_named_with_those_that_there_are(crawls) -> None:
    outcome, _ = crawls.raw(spider="bao")
    assert outcome["message"].startswith("no spider bao; there are baotintuc")
