"""What ``tinsach report`` says that it is of."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.cli import report
from scraper.cli.report import gather, latencies, spread, trends
from scraper.items import Block, BlockKind, Extraction
from scraper.storage import Query, Store, open_store
from tests.unit.cli.kit import make_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Article


JULY = ("--since", "2025-07-01", "--until", "2025-07-31")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (JULY, "3 articles published 2025-07-01 to 2025-07-31"),
        (
            ("--since", "2025-07-12", "--until", "2025-07-31"),
            (
                "0 articles published 2025-07-12 to 2025-07-31,"
                " of 3 stored (--since includes more)"
            ),
        ),
        (
            (*JULY, "--site", "khac.example"),
            "0 articles published 2025-07-01 to 2025-07-31",
        ),
    ],
)
def test_the_message_and_the_page_say_of_which_days_it_is(
    tinsach, stored, home, asked, said
) -> None:
    result = tinsach("report", *asked)
    assert (result.code, result.err) == (
        0,
        f"report.html: {said}; open it in a browser\n",
    )
    assert f'<p class="dim">{said}</p>' in (home / "report.html").read_text("utf-8")


def test_one_site_is_drawn_by_section_and_several_by_site(tinsach, stored, home):
    tinsach("report", *JULY)
    page = (home / "report.html").read_text("utf-8")
    assert "<h1>bao.example</h1>" in page
    assert "<figcaption>Articles by section</figcaption>" in page


BEGAN = datetime(2025, 7, 11, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/articles.db") as opened:
        yield opened


def reworded(article: Article, *texts: str) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)
    return replace(article, blocks=blocks)


def run_once(store: Store, began: datetime, **record: object) -> None:
    run = store.jobs.begin("báo", began)
    store.jobs.end(run, began + timedelta(minutes=1), json.dumps(record))


def test_articles_are_counted_by_day_site_section_and_field(store) -> None:
    late = datetime(2025, 7, 11, 23, tzinfo=UTC)
    store.save([make_article(1), make_article(2, published_at=late, section="")])
    found = gather(store, Query())
    assert found.days == {
        "2025-07-11": {"bao.example": 1},
        "2025-07-12": {"bao.example": 1},
    }
    assert found.sections == {
        ("bao.example", "Thời sự"): 1,
        ("bao.example", "none named"): 1,
    }
    assert found.fields["bao.example", "lead"] == 2
    assert found.fields["bao.example", "section"] == 1
    assert found.fields["bao.example", "images"] == 0


def test_rules_and_ways_are_counted(store) -> None:
    fast = Extraction("fast", kept=5, dropped={"link_only": 2})
    slow = Extraction("careful", kept=4, dropped={"link_only": 1}, not_fast="no_text")
    store.save([make_article(1, extraction=fast), make_article(2, extraction=slow)])
    found = gather(store, Query())
    assert (found.kept, found.dropped) == (9, {"link_only": 3})
    assert found.ways == {"2025-07-11": {"fast": 1, "careful": 1}}
    assert found.not_fast == {"no_text": 1}


def test_only_what_is_asked_for_is_counted(store) -> None:
    store.save([make_article(1), make_article(2, site="khac.example")])
    assert gather(store, Query(site="khac.example")).sites == {"khac.example": 1}
    later = Query(since=BEGAN + timedelta(days=5))
    run_once(store, BEGAN)
    assert gather(store, later).sites == {}
    assert gather(store, later).runs == []


def test_runs_come_in_their_order_with_what_was_found(store) -> None:
    finding = {"rule": "unknown_template", "said": "a new design"}
    warning = {"rule": "little_volume", "said": "few"}
    run_once(store, BEGAN, new=3, verdict="done", latency_minutes=2.5)
    run_once(store, BEGAN + timedelta(hours=1), findings=[finding, warning])
    one, two = gather(store, Query()).runs
    assert (one.number, one.new, one.latency, one.drift) == (1, 3, 2.5, [])
    assert two.drift == ["a new design"]
    assert len(two.findings) == 2


def test_the_biggest_revision_comes_first_with_its_changes(store) -> None:
    small, big = make_article(1), make_article(2)
    store.save([small, big])
    store.save([reworded(small, "Một hai ba bốn năm")])
    store.save([reworded(small, "Một hai ba bốn sáu"), reworded(big, "Mười " * 80)])
    revisions = gather(store, Query()).revisions
    assert revisions[0].article.url == big.url
    assert [each.size for each in revisions] == sorted(
        (each.size for each in revisions), reverse=True
    )
    least = revisions[-1]
    assert (least.size, least.article.revision) == (2, 3)
    assert least.changes[0].before.endswith("năm")


def test_the_largest_clusters_are_shown_whole(store) -> None:
    words = [f"chữ{number}" for number in range(120)]
    same = [" ".join(words)]
    other = [" ".join(words[::-1])]
    store.save(
        [
            *(reworded(make_article(n, site=f"bao{n}.example"), *same) for n in (1, 2)),
            *(
                reworded(make_article(n, site=f"bao{n}.example"), *other)
                for n in (3, 4, 5)
            ),
            make_article(6),
        ]
    )
    clusters = gather(store, Query()).clusters
    assert [[a.site[3] for a in cluster] for cluster in clusters] == [
        ["3", "4", "5"],
        ["1", "2"],
    ]
    of_one = gather(store, Query(site="bao1.example")).clusters
    assert of_one == []


def test_only_so_many_revised_articles_are_compared(store, monkeypatch) -> None:
    monkeypatch.setattr(report, "_REVISED", 1)
    articles = [make_article(1), make_article(2)]
    store.save(articles)
    store.save([reworded(each, "Khác hẳn") for each in articles])
    assert len(gather(store, Query()).revisions) == 1


def test_a_day_without_articles_has_its_place() -> None:
    days = {"2026-01-01": Counter(a=1), "2026-01-03": Counter(b=2)}
    assert spread(days) == [
        ("2026-01-01", {"a": 1}),
        ("2026-01-02", {}),
        ("2026-01-03", {"b": 2}),
    ]


def test_a_long_time_is_shown_by_months_and_undated_ones_last() -> None:
    days = {
        "undated": Counter(a=7),
        "2025-01-31": Counter(a=1),
        "2025-01-01": Counter(a=2),
        "2025-06-01": Counter(b=4),
    }
    rows = spread(days)
    assert [label for label, _ in rows] == [
        *(f"2025-0{month}" for month in range(1, 7)),
        "undated",
    ]
    assert (rows[0][1], rows[-1][1]) == ({"a": 3}, {"a": 7})


def test_an_empty_store_is_no_error(store) -> None:
    found = gather(store, Query())
    assert spread(found.days) == []
    assert not any((found.runs, found.clusters, found.revisions, found.models))


def test_a_site_has_its_newest_article_and_its_trend(store) -> None:
    late = datetime(2025, 7, 13, 3, tzinfo=UTC)
    other = {"url": "https://b.example/1", "canonical_url": "https://b.example/1"}
    store.save([make_article(1), make_article(2, published_at=late)])
    store.save([make_article(3, site="b.example", **other)])
    found = gather(store, Query())
    assert found.newest["bao.example"] == late
    assert trends(spread(found.days)) == {
        "bao.example": [1, 0, 1],
        "b.example": [1, 0, 0],
    }
    assert found.days_of_sections["2025-07-11"] == {"Thời sự": 2}


def test_latency_is_that_of_each_run_or_of_several_jobs_the_median_of_a_day(
    store,
) -> None:
    for hours, minutes in ((0, 4), (1, 8), (30, None)):
        run_once(store, BEGAN + timedelta(hours=hours), latency_minutes=minutes)
    runs = gather(store, Query()).runs
    assert latencies(runs) == [("07-11 15:00", 4), ("07-11 16:00", 8)]
    run = store.jobs.begin("khác", BEGAN)
    record = json.dumps({"latency_minutes": 30})
    store.jobs.end(run, BEGAN + timedelta(minutes=1), record)
    assert latencies(gather(store, Query()).runs) == [("2025-07-11", 8)]
