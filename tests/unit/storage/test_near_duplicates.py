from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from scraper.items import Block, BlockKind, Extraction
from scraper.storage import Outcome, Query, near_duplicates

AT = datetime(2025, 7, 1, 8, tzinfo=UTC)


def numbered(first, last) -> str:
    return " ".join(f"từ{n}" for n in range(first, last))


A, B, C = numbered(0, 300), numbered(120, 420), numbered(220, 520)
"""B has three fifths of A and two thirds of C; these share a fourth."""

STORY, OTHER = numbered(0, 200), numbered(5000, 5200)


@pytest.fixture
def wire(make):
    """Return a maker of an article at a site of its own, *hours* after AT."""

    def article(site, text=STORY, hours=0.0, **fields):
        fields = {"published_at": AT + timedelta(hours=hours)} | fields
        return make(
            1, text, url=f"https://{site}.vn/tin.htm", site=f"{site}.vn", **fields
        )

    return article


@pytest.fixture
def connection(store):
    with closing(store._transaction.engine.raw_connection()) as pooled:
        yield pooled.driver_connection


def sites(articles) -> list[str]:
    return [article.site.removesuffix(".vn") for article in articles]


def cluster(store, article) -> list[str]:
    return sites(store.near_duplicates(article.url))


def reworded(article, text):
    from scraper.text import fingerprint

    block = Block(BlockKind.PARAGRAPH, text)
    return replace(article, blocks=(block,), content_fingerprint=fingerprint(text))


def test_near_duplicates_of_several_runs_and_sites_stand_together(store, wire):
    a, b, c, other = wire("a"), wire("b", hours=2), wire("c"), wire("d", OTHER)
    store.save([b, other])
    store.save([a])
    store.save([replace(c, published_at=AT + timedelta(hours=1))])
    for article in (a, b, c):
        assert cluster(store, article) == ["a", "c", "b"]
    assert cluster(store, other) == ["d"]
    assert store.near_duplicates("https://unknown.vn/") == []


def test_near_duplicates_in_one_batch_stand_together(store, wire):
    store.save([wire("b", hours=1), wire("a")])
    assert cluster(store, wire("a")) == ["a", "b"]


def test_another_place_of_the_tone_mark_is_a_near_duplicate(store, wire):
    text = " ".join(f"khoá{n} hoà" for n in range(100))
    store.save([wire("a", text)])
    store.save(
        [wire("b", text.replace("hoà", "hòa")), wire("c", text.replace("hoà", "hoa"))]
    )
    assert cluster(store, wire("a")) == ["a", "b"]


def test_at_one_site_only_nearly_the_same_text_is_a_near_duplicate(store, wire):
    second = replace(wire("a2", B), site="a.vn")
    store.save([wire("a", A), wire("b", B), second])
    assert len(store.near_duplicates(wire("a").url)) == 3
    store.save([reworded(wire("b", B), OTHER)])
    assert len(store.near_duplicates(wire("a").url)) == 1


def test_the_head_changes_when_an_earlier_near_duplicate_comes(store, wire):
    store.save([wire("a", hours=2), wire("b", hours=3)])
    assert cluster(store, wire("b"))[0] == "a"
    store.save([wire("c", hours=1)])
    assert cluster(store, wire("b")) == ["c", "a", "b"]


def test_of_one_moment_the_first_stored_is_the_head_and_undated_ones_come_last(
    store, wire
):
    undated = wire("a", published_at=None, fetched_at=AT)
    store.save([undated, wire("c"), wire("b")])
    assert cluster(store, undated) == ["c", "b", "a"]


def test_two_clusters_merge_by_a_text_that_has_much_of_both(store, wire):
    store.save([wire("a", A), wire("a2", A), wire("c", C), wire("c2", C)])
    assert cluster(store, wire("c")) == ["c", "c2"]
    store.save([wire("b", B, hours=1)])
    assert cluster(store, wire("c")) == ["a", "a2", "c", "c2", "b"]


def test_the_order_of_saving_does_not_matter(sqlite_url, wire):
    from scraper.storage import open_store

    batch = [
        wire("a", A),
        wire("b", B),
        wire("c", C),
        wire("d", OTHER),
    ]
    for number, order in enumerate(permutations(batch)):
        with open_store(f"{sqlite_url}{number}") as store:
            for article in order:
                store.save([article])
            assert sorted(cluster(store, batch[0])) == ["a", "b", "c"], sites(order)
            assert cluster(store, batch[3]) == ["d"]


def test_short_texts_have_no_near_duplicates(store, connection, wire):
    store.save([wire("a", "Tin ngắn."), wire("b", "Tin ngắn.")])
    assert cluster(store, wire("a")) == ["a"]
    assert connection.execute("SELECT count(*) FROM sketches").fetchone() == (0,)


@pytest.mark.parametrize(("hours", "found"), [(168, 3), (169, 1), (15 * 24, 1)])
@pytest.mark.parametrize("start", range(0, 168, 40))
def test_near_duplicates_are_published_within_a_week(store, wire, hours, found, start):
    for site, at in zip("abc", (start, start + hours, start - hours), strict=True):
        store.save([wire(site, hours=at)])
    assert [len(store.near_duplicates(wire(site).url)) for site in "abc"] == [found] * 3


def test_a_revision_moves_out_of_a_cluster_and_into_another(store, wire):
    a, b, other = wire("a"), wire("b"), wire("other", OTHER)
    store.save([a, b, other])
    assert store.save([reworded(b, OTHER)]) == [Outcome.REVISED]
    assert cluster(store, a) == ["a"]
    assert cluster(store, b) == ["b", "other"]
    store.save([reworded(b, "Tin ngắn.")])
    assert cluster(store, other) == ["other"]


def test_a_cluster_falls_apart_when_what_held_it_together_leaves(store, wire):
    a, b, c = wire("a", A), wire("b", B), wire("c", C)
    store.save([b, a, wire("a2", A), c, wire("c2", C)])
    store.save([reworded(b, OTHER)])
    assert [cluster(store, each) for each in (a, b, c)] == [
        ["a", "a2"],
        ["b"],
        ["c", "c2"],
    ]
    store.save([reworded(b, B)])
    assert len(cluster(store, b)) == 5


def test_what_still_holds_a_cluster_together_does_so_when_another_leaves(store, wire):
    of_c = numbered(330, 630)
    texts = {"a": A, "c": C, "b": B, "d": of_c, "b2": B}
    a, c, b, d, b2 = (
        wire(name, text, hours=hours)
        for hours, (name, text) in enumerate(texts.items())
    )
    store.save([a, c, b, d, b2])
    store.save([reworded(b2, OTHER)])
    assert cluster(store, c) == ["a", "c", "b", "d"]
    store.save([reworded(b, OTHER)])
    assert [cluster(store, each) for each in (a, d)] == [["a"], ["c", "d"]]
    assert cluster(store, b) == ["b", "b2"]


def test_a_large_cluster_is_put_together_again_without_comparing_all(
    store, wire, monkeypatch
):
    everywhere = [wire(f"s{n}", hours=n / 60) for n in range(60)]
    store.save(everywhere)
    compared = []
    is_near_duplicate = near_duplicates.is_near_duplicate
    monkeypatch.setattr(
        near_duplicates,
        "is_near_duplicate",
        lambda *a, **k: compared.append(a) or is_near_duplicate(*a, **k),
    )
    store.save([reworded(everywhere[30], "Tin ngắn.")])
    assert len(store.near_duplicates(everywhere[0].url)) == 59
    assert len(compared) < 60


def test_another_time_of_publication_counts(store, wire):
    a, b = wire("a"), wire("b", hours=1)
    store.save([a, b])
    store.save([replace(a, published_at=AT + timedelta(hours=2))])
    assert cluster(store, a) == ["b", "a"]
    store.save([replace(a, published_at=AT + timedelta(days=20))])
    assert cluster(store, a) == ["a"]


def test_an_article_saved_again_unchanged_costs_nothing(store, wire, monkeypatch):
    store.save([wire("a"), wire("b")])
    monkeypatch.setattr(
        near_duplicates, "sketch_of", lambda text: pytest.fail("sketched")
    )
    assert store.save([wire("a"), wire("b")]) == [Outcome.UNCHANGED] * 2
    assert cluster(store, wire("a")) == ["a", "b"]


def test_the_same_text_by_another_model_writes_nothing_here(store, connection, wire):
    store.save([wire("a"), wire("b")])
    told = [
        f"SELECT * FROM {table} ORDER BY position"
        for table in ("sketches", "sketch_keys", "near_duplicates")
    ]
    before = [connection.execute(select).fetchall() for select in told]
    store.save([wire("a", extraction=Extraction(model_version="1"), title="Khác")])
    assert [connection.execute(select).fetchall() for select in told] == before


def test_what_left_leaves_no_key_behind(store, connection, wire):
    store.save([wire("a"), wire("b", OTHER)])
    count = "SELECT count(*), count(DISTINCT position) FROM sketch_keys"
    before = connection.execute(count).fetchone()
    store.save([reworded(wire("a"), numbered(900, 1200))])
    assert connection.execute(count).fetchone() == before
    store.save([reworded(wire("a"), "Tin ngắn.")])
    assert connection.execute(count).fetchone() == (before[0] // 2, 1)


def test_a_text_printed_everywhere_is_found_by_a_few_keys(store, connection, wire):
    everywhere = [wire(f"s{n}", hours=n / 60) for n in range(30)]
    store.save(everywhere[:20])
    for article in everywhere[20:]:
        store.save([article])
    most = "SELECT max(n) FROM (SELECT count(*) AS n FROM sketch_keys GROUP BY key)"
    assert connection.execute(most).fetchone() == (near_duplicates.MOST,)
    assert cluster(store, everywhere[29]) == sites(everywhere)


def test_an_article_that_is_deleted_leaves_its_cluster(store, connection, wire):
    store.save([wire("a"), wire("b", hours=1), wire("c", hours=2)])
    connection.execute("DELETE FROM articles WHERE site = 'a.vn'")
    connection.commit()
    assert cluster(store, wire("c")) == ["b", "c"]
    store.save([wire("d", hours=3)])
    assert cluster(store, wire("c")) == ["b", "c", "d"]


def test_a_query_may_leave_near_duplicates_out(store, wire):
    undated = wire("z", OTHER, published_at=None, fetched_at=AT)
    dated = wire("y", OTHER, hours=2)
    store.save(
        [wire("b", hours=1), wire("a"), wire("c"), wire("x", numbered(900, 990))]
    )
    store.save([undated, dated])
    heads = store.iter_articles(Query(heads=True))
    assert sites(heads) == ["y", "a", "x"]
    assert len(list(store.iter_articles())) == 6


def test_heads_names_the_head_of_each_near_duplicate(store, wire):
    batch = [wire("b", hours=1), wire("a"), wire("c"), wire("x", OTHER)]
    store.save(batch)
    b, a, c, _ = batch
    assert store.heads(batch) == {b.id: a.url, c.id: a.url}
    assert store.heads([]) == {}


def test_nothing_of_this_is_read_whole(sqlite_url, wire):
    from scraper.storage import open_store

    with open_store(sqlite_url) as store:
        store.save([wire("a"), wire("b")])
        with closing(store._transaction.engine.raw_connection()) as pooled:
            plan = pooled.driver_connection.execute(
                "EXPLAIN QUERY PLAN SELECT * FROM sketch_keys WHERE key IN"
                " (SELECT value FROM json_each('[1, 2]'))"
            ).fetchall()
    assert "SEARCH sketch_keys USING PRIMARY KEY (key=?)" in plan[0][3]


def test_the_largest_clusters_come_first_and_whole(store, wire):
    store.save([wire(site) for site in "abc"])
    store.save([wire(site, OTHER) for site in "de"])
    store.save([wire("f", numbered(9000, 9200))])
    found = store.largest_clusters(Query(), limit=5)
    assert [sites(cluster) for cluster in found] == [["a", "b", "c"], ["d", "e"]]
    assert len(store.largest_clusters(Query(), limit=1)) == 1


def test_a_cluster_counts_by_what_is_asked_for(store, wire):
    store.save([wire("a"), wire("b", hours=30), wire("c", hours=31)])
    late = Query(since=AT + timedelta(hours=24))
    assert [sites(each) for each in store.largest_clusters(late, limit=5)] == [
        ["a", "b", "c"]
    ]
    assert store.largest_clusters(Query(site="a.vn"), limit=5) == []


def test_a_near_duplicate_of_the_newest_article_is_stored_after_that_was_forgotten(
    store, wire
):
    store.save([wire("a")])
    store.forget(wire("a").url, AT)
    assert store.save([wire("b")]) == [Outcome.NEW]
    assert cluster(store, wire("b")) == ["b"]
    store.save([wire("c", hours=1)])
    assert cluster(store, wire("c")) == ["b", "c"]
