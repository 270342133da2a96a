"""The counts of a run as a report."""

from __future__ import annotations

from scraper.monitoring.report import build_report

STATS = {
    "elapsed_time_seconds": 4.0,
    "downloader/response_count": 40,
    "sources/read/feed": 2,
    "sources/read/section": 3,
    "sources/failed/http_404": 1,
    "links/articles": 30,
    "links/known": 5,
    "links/out_of_range": 4,
    "articles/requested": 21,
    "pages/failed/http_500": 1,
    "pages/failed/dns": 2,
    "read/failed/ExtractionTimeout": 1,
    "store/new": 10,
    "store/changed": 2,
    "store/unchanged": 3,
    "validate/dropped/no_title": 1,
    "deduplicate/dropped/duplicate": 2,
    "model/followed": 9,
    "model/read_again": 5,
    "model/limited/drops_too_much": 1,
    "model/fast": 7,
    "model/audited": 2,
    "model/agreement": 1.5,
    "model/forgotten": 1,
    "sources/at/https://bao.example/a.rss": 3,
    "sources/at/https://bao.example/b.rss": "http_404",
    "model/differed": 1,
    "model/careful/unknown_block": 1,
    "model/careful/no_container": 2,
    "blocks/kept": 90,
    "blocks/dropped/after_byline": 10,
    "blocks/dropped/outside_container": 300,
}


def test_a_report_holds_every_count() -> None:
    report = build_report(STATS, spider="x", reason="finished")
    assert (report.sources, report.links, report.known) == (5, 30, 5)
    assert (report.out_of_range, report.requested, report.pages) == (4, 21, 40)
    assert (report.new, report.changed, report.unchanged) == (10, 2, 3)
    assert (report.seconds, report.blocks_kept) == (4.0, 90)
    assert (report.followed, report.read_again) == (9, 5)
    assert report.model_limited == {"drops_too_much": 1}
    assert (report.fast, report.audited, report.differed) == (7, 2, 1)
    assert (report.agreement, report.models_forgotten) == (0.75, 1)
    assert report.by_source == {
        "https://bao.example/a.rss": 3,
        "https://bao.example/b.rss": "http_404",
    }
    assert list(report.careful.items()) == [("no_container", 2), ("unknown_block", 1)]
    assert report.source_failures == {"http_404": 1}
    assert report.rejected == {"no_title": 1, "duplicate": 2}
    assert report.failed == {"dns": 2, "http_500": 1, "ExtractionTimeout": 1}


def test_sums_follow_from_the_counts() -> None:
    report = build_report(STATS, spider="x", reason="finished")
    assert report.articles == 15
    assert report.blocks_dropped == 310


def test_rules_come_by_how_often_they_dropped() -> None:
    report = build_report(STATS, spider="x", reason="finished")
    assert list(report.dropped) == ["outside_container", "after_byline"]


def test_a_run_that_counted_nothing_is_all_zero() -> None:
    report = build_report({}, spider="x", reason="shutdown")
    assert (report.articles, report.seconds, report.failed) == (0, 0.0, {})
    assert report.agreement is None
