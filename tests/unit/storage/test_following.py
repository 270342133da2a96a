"""Who follows the changes of a store meets each of them once, whoever writes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper import clock
from scraper.items import Block, BlockKind
from scraper.storage import Outcome, Query, open_store, saving

NOW = datetime(2026, 1, 5, tzinfo=UTC)
ALL = Query()


def follow(store, after=0, query=ALL):
    """Return the numbers and titles of what changed after *after*."""
    changed = store.iter_changed(query, after=after, to=store.last_change())
    return [(number, article.title) for number, article in changed]


def titles(store, after=0, query=ALL):
    return [title for _, title in follow(store, after, query)]


def reworded(article, text="Lời khác hẳn."):
    return replace(article, blocks=(Block(BlockKind.PARAGRAPH, text),))


def test_an_empty_store_has_no_change(store):
    assert store.last_change() == 0
    assert follow(store) == []


def test_articles_are_met_in_the_order_of_storing(store, make):
    store.save([make(3), make(1)])
    store.save([make(2)])
    assert titles(store) == ["Tin số 3", "Tin số 1", "Tin số 2"]


def test_more_than_a_page_of_articles_is_met_once_each(store, make):
    store.save([make(n) for n in range(205)])
    assert titles(store) == [f"Tin số {n}" for n in range(205)]


def test_only_what_came_after_a_number_is_met(store, make):
    store.save([make(1), make(2)])
    (_, (second, _)) = follow(store)
    store.save([make(3)])
    assert titles(store, second) == ["Tin số 3"]
    assert titles(store, store.last_change()) == []


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (reworded, Outcome.REVISED),
        (lambda a: replace(a, tags=("cầu",)), Outcome.CHANGED),
    ],
)
def test_an_article_that_changes_is_met_again_as_it_is_then(
    store, make, change, outcome
):
    store.save([make(1), make(2)])
    after = store.last_change()
    assert store.save([change(make(1))]) == [outcome]
    ((_, article),) = store.iter_changed(ALL, after=after, to=store.last_change())
    assert article == store.load(make(1).url)
    assert titles(store) == ["Tin số 2", "Tin số 1"]


def test_an_article_that_is_found_gone_is_met_again(store, make):
    store.save([make(1)])
    after = store.last_change()
    store.mark_gone(make(1).url, NOW)
    assert titles(store, after) == ["Tin số 1"]


def test_an_article_seen_again_as_it_was_is_not(store, make):
    store.save([make(1)])
    after = store.last_change()
    other_model = replace(make(1).extraction, model_version="abc")
    again = replace(make(1), fetched_at=NOW, extraction=other_model)
    assert store.save([make(1), again]) == [Outcome.UNCHANGED] * 2
    assert store.load(make(1).url).extraction.model_version == "abc"
    assert follow(store, after) == []


def test_an_article_stored_and_changed_in_one_batch_is_met_once(store, make):
    store.save([make(1), reworded(make(1)), make(2)])
    assert titles(store) == ["Tin số 1", "Tin số 2"]


def test_an_article_that_changes_while_the_others_are_met_comes_in_the_next_round(
    store, make
):
    store.save([make(n) for n in range(150)])
    to = store.last_change()
    met = store.iter_changed(ALL, after=0, to=to)
    first = [next(met)[1].title]
    store.save([reworded(make(0)), reworded(make(149)), make(150)])
    rest = [article.title for _, article in met]
    assert first + rest == [f"Tin số {n}" for n in range(149)]
    assert titles(store, to) == ["Tin số 0", "Tin số 149", "Tin số 150"]


def test_the_filters_of_a_query_count(store, make):
    store.save([make(1, site="bao.vn"), make(2), make(3, published_at=None)])
    assert titles(store, query=Query(site="bao.vn")) == ["Tin số 1"]
    since = datetime(2025, 7, 1, 8, 2, tzinfo=UTC)
    assert titles(store, query=Query(since=since)) == ["Tin số 2"]


def test_the_number_of_an_article_that_was_forgotten_is_not_given_again(store, make):
    store.save([make(1), make(2)])
    after = store.last_change()
    store.forget(make(2).url, NOW)
    assert store.last_change() < after
    store.save([make(3)])
    assert titles(store, after) == ["Tin số 3"]


def test_a_clock_that_is_turned_back_gives_no_lower_number(store, make):
    store.save([make(1)])
    after = store.last_change()
    with clock.simulated(lambda: NOW - timedelta(days=30)):
        store.save([make(2)])
    assert follow(store, after) == [(after + 1, "Tin số 2")]


def test_an_article_that_moves_is_met_under_its_new_address(store, make):
    store.save([make(1), make(2)])
    after = store.last_change()
    moved = replace(make(1), canonical_url="https://example.vn/moi.htm")
    with store._transaction(writes=True) as connection:
        saving.rename(connection, make(1).url, moved)
        saving.save(connection, [moved])
    ((_, article),) = store.iter_changed(ALL, after=after, to=store.last_change())
    assert article.id == moved.id


def test_a_change_is_seen_no_earlier_than_those_with_lower_numbers(url, make):
    """The first writer has its number and is slow to commit; the second waits for it."""
    begun, go_on = threading.Event(), threading.Event()

    def write_slowly():
        with open_store(url) as slow, slow._transaction(writes=True) as connection:
            saving.save(connection, [make(1)])
            begun.set()
            assert go_on.wait(300)

    def write():
        assert begun.wait(300)
        with open_store(url) as quick:
            quick.save([make(2)])

    with open_store(url) as store, ThreadPoolExecutor(2) as pool:
        writes = [pool.submit(write_slowly), pool.submit(write)]
        assert wait(writes[1:], timeout=1).not_done == set(writes[1:])
        assert follow(store) == []
        go_on.set()
        for written in writes:
            written.result(300)
        assert titles(store) == ["Tin số 1", "Tin số 2"]


def test_writers_side_by_side_lose_and_double_nothing_for_who_follows(url, make):
    writers, each = 3, 12

    def write(writer):
        with open_store(url) as store:
            for n in range(each):
                number = 1000 * writer + 2 * n
                store.save([make(number), make(number + 1)])
                store.save([reworded(make(number), f"Lời thứ hai {number}.")])

    with open_store(url) as store, ThreadPoolExecutor(writers) as pool:
        running = [pool.submit(write, writer) for writer in range(writers)]
        met, after = [], 0
        while True:
            is_over = all(future.done() for future in running)
            to = store.last_change()
            met += store.iter_changed(ALL, after=after, to=to)
            after = to
            if is_over:
                break
        for future in running:
            future.result()
        numbers = [number for number, _ in met]
        assert numbers == sorted(set(numbers))
        seen = [(article.id, article.revision) for _, article in met]
        assert len(seen) == len(set(seen))
        newest = {article.id: article for _, article in met}
        assert newest == {article.id: article for article in store.iter_articles()}
        assert len(newest) == writers * each * 2
