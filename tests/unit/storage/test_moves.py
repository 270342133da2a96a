"""Pages that lead to, or name as their own address, one that belongs to another article."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.storage import Outcome
from tests.unit.storage.test_frontier import NOON, Crawl, story

WORDS = {
    1: "Hội đồng nhân dân thành phố thông qua nghị quyết về quy hoạch các tuyến đường.",
    2: "Giá lúa thu đông tăng mạnh, nông dân miền Tây phấn khởi bước vào vụ mới.",
    3: "Đội tuyển bóng đá nữ giành chiến thắng ngay trận mở màn giải vô địch khu vực.",
}
TOP = story(1).url
"""The address that every page leads to, or names."""


@pytest.fixture
def crawl(store, make):
    """A job that has three articles, twelve hours later."""
    crawl = Crawl(store)
    crawl.add(*map(story, WORDS))
    for lease in crawl.lease():
        crawl.settle(lease, article=_at(make, lease.address.url))
    crawl.later(hours=12)
    return crawl


def _at(make, url: str):
    number = int(url.rpartition("-")[2].removesuffix(".htm"))
    return make(number, WORDS[number], published_at=NOON)


def _texts(store) -> list[str]:
    return [store.load(story(n).url).text for n in WORDS]


def test_pages_that_all_lead_to_one_article_replace_no_other(crawl, store, make):
    for lease in crawl.lease():
        moved = TOP if lease.address.url != TOP else ""
        crawl.settle(lease, article=_at(make, TOP), moved_to=moved)
    assert _texts(store) == list(WORDS.values())
    assert store.count() == 3


def test_pages_that_all_name_one_address_replace_no_other(crawl, store, make):
    for lease in crawl.lease():
        named = replace(_at(make, lease.address.url), canonical_url=TOP)
        moved = TOP if lease.address.url != TOP else ""
        settled = crawl.settle(lease, article=named, moved_to=moved)
        assert settled.outcome is Outcome.UNCHANGED
    assert _texts(store) == list(WORDS.values())


def test_they_are_visited_again_as_if_nothing_had_moved(crawl, make):
    for lease in crawl.lease():
        moved = TOP if lease.address.url != TOP else ""
        crawl.settle(lease, article=_at(make, TOP), moved_to=moved)
    crawl.later(hours=24)
    assert len(crawl.urls()) == 3


def test_new_articles_that_name_one_address_are_each_stored(store, make):
    articles = [_at(make, story(n).url) for n in WORDS]
    named = [replace(each, canonical_url=TOP) for each in articles]
    assert store.save(named[1:]) == [Outcome.NEW, Outcome.NEW]
    assert store.save(named[1:]) == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert {store.load(each.url).text for each in named[1:]} == {WORDS[2], WORDS[3]}


def test_a_page_with_the_words_of_the_one_that_it_names_is_that_one(store, make):
    store.save([make(1, WORDS[1])])
    printed = make(2, WORDS[1], title="Bản in", canonical_url=TOP)
    assert store.save([printed]) == [Outcome.REVISED]
    assert store.count() == 1
