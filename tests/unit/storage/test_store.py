from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from scraper.items import Block, BlockKind, Extraction, Image, Kind, Link
from scraper.storage import Outcome, open_store


def test_an_article_comes_back_as_it_was_saved(store, make):
    article = make(
        lead="Sapo.",
        blocks=(
            Block(BlockKind.HEADING, "Mục", "", (Link("Mục", "https://a.vn/", 0),)),
            Block(BlockKind.ENTRY, "Diễn biến", time="10:15"),
            Block(BlockKind.TABLE, "a\tb\nc\td"),
        ),
        lead_links=(Link("Sapo", "https://a.vn/sapo", 0),),
        images=(Image("https://example.vn/a.jpg", "Chú thích", "Ảnh: An", 2),),
        authors=("An", "Bình"),
        tags=("một", "hai"),
        published_at=datetime(2025, 7, 1, 8, tzinfo=timezone(timedelta(hours=7))),
        fetched_at=datetime(2025, 7, 2, tzinfo=UTC),
        extraction=Extraction(kept=3, dropped={"related": 2}),
        kind=Kind.LIVE,
        paywalled=True,
    )
    assert store.save([article]) == [Outcome.NEW]
    assert store.load(article.url) == article
    assert store.load(article.url).published_at.utcoffset() == timedelta(hours=7)


def test_the_ledger_is_not_stored(store, make):
    from scraper.items import LedgerEntry

    article = make(ledger=(LedgerEntry("x", "kept", kept=True, path="/p"),))
    store.save([article])
    assert store.load(article.url) == replace(article, ledger=())


def test_an_unknown_address_loads_nothing(store):
    assert store.load("https://example.vn/nowhere") is None


def test_saving_the_same_again_changes_nothing(store, make):
    article = make()
    store.save([article])
    again = replace(
        article,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        archive="b.warc",
        extraction=Extraction(confidence=1.0),
        revision=7,
    )
    assert store.save([again]) == [Outcome.UNCHANGED]
    assert store.load(article.url) == article
    assert store.count() == 1


def test_new_words_make_a_new_revision(store, make):
    store.save([make(text="Bản một.")])
    assert store.save([make(text="Bản hai.")]) == [Outcome.REVISED]
    assert store.save([make(text="Bản ba.")]) == [Outcome.REVISED]
    loaded = store.load(make().url)
    assert (loaded.text, loaded.revision) == ("Bản ba.", 3)
    assert store.count() == 1


def test_a_new_title_makes_a_new_revision_new_tags_do_not(store, make):
    store.save([make()])
    assert store.save([make(title="Tin khác")]) == [Outcome.REVISED]
    assert store.save([make(title="Tin khác", tags=("mới",))]) == [Outcome.CHANGED]
    loaded = store.load(make().url)
    assert (loaded.title, loaded.tags, loaded.revision) == ("Tin khác", ("mới",), 2)


def test_one_batch_may_hold_an_article_twice(store, make):
    batch = [make(1), make(2), make(1), make(1, text="Khác.")]
    outcomes = ["new", "new", "unchanged", "revised"]
    assert store.save(batch) == outcomes
    assert store.load(make(1).url).revision == 2


def test_an_empty_batch_is_fine(store):
    assert store.save([]) == []
    assert store.count() == 0


def test_a_batch_that_fails_leaves_nothing(store, make):
    with pytest.raises(AttributeError):
        store.save([make(1), None])
    assert store.count() == 0
    assert store.search("nội dung") == []
    assert store.save([make(1)]) == [Outcome.NEW]


def test_an_article_is_found_under_every_address_it_had(store, make):
    canonical = "https://example.vn/tin-1.htm"
    amp = make(1, url="https://example.vn/amp/tin-1.htm", canonical_url=canonical)
    store.save([amp])
    other = replace(amp, url="https://example.vn/in/tin-1.htm")
    assert store.save([other]) == [Outcome.UNCHANGED]
    for url in (canonical, amp.url, other.url, f"{amp.url}?utm_source=x#top"):
        assert store.load(url) == amp


def test_an_address_belongs_to_the_article_last_found_there(store, make):
    shared = "https://example.vn/moi-nhat"
    first = replace(make(1), url=shared)
    second = replace(make(2), url=shared)
    store.save([first, second])
    assert store.load(shared) == second
    assert store.load(first.canonical_url) == first


def test_a_canonical_address_found_as_another_article_comes_back_to_its_own(
    store, make
):
    first = make(1)
    second = make(2, url=first.url, canonical_url="https://example.vn/tin-2.htm")
    store.save([first, second])
    assert store.load(first.url) == second
    store.save([first])
    assert store.load(first.url) == first
    assert store.load(second.canonical_url) == second
    store.save([second, first, second])
    assert store.load(first.url) == second


def test_a_canonical_address_in_another_spelling_is_found(store, make):
    spelled = make(1, url="https://EXAMPLE.vn/tin-1.htm#x")
    store.save([spelled])
    assert store.load("https://example.vn/tin-1.htm") == spelled
    assert store.known(["https://example.vn/tin-1.htm"])


def test_known_returns_the_stored_addresses_as_they_were_given(store, make):
    store.save([make(1), make(2)])
    asked = [
        "https://EXAMPLE.vn:443/tin-1.htm#x",
        "https://example.vn/tin-2.htm?fbclid=1",
        "https://example.vn/tin-3.htm",
        "not an address",
    ]
    assert store.known(iter(asked)) == set(asked[:2])


def test_known_takes_more_addresses_than_a_statement_holds(store, make):
    store.save([make(1), make(1999)])
    asked = [make(number).url for number in range(2000)]
    assert store.known(asked) == {asked[1], asked[1999]}


def test_half_a_surrogate_and_nul_are_stored_as_they_can_be(store, make):
    article = make(title="Nửa \ud83d mặt", text="a\x00b hết", section="x\udc00")
    assert store.save([article]) == [Outcome.NEW]
    assert store.save([article]) == [Outcome.UNCHANGED]
    loaded = store.load(article.url)
    assert (loaded.title, loaded.text) == ("Nửa ? mặt", "ab hết")
    assert len(store.search("hết")) == 1


def test_dates_at_the_ends_of_the_calendar_are_stored(store, make):
    zone = timezone(timedelta(hours=7))
    first = make(1, published_at=datetime(1, 1, 1, tzinfo=zone))
    last = make(
        2,
        published_at=datetime(9999, 12, 31, 23, tzinfo=timezone(-zone.utcoffset(None))),
    )
    store.save([first, last])
    assert list(store.iter_articles()) == [last, first]


def test_several_threads_may_use_one_store(store, make):
    with ThreadPoolExecutor(4) as threads:
        saved = threads.map(lambda n: store.save([make(n)]), range(40))
        assert list(saved) == [[Outcome.NEW]] * 40
    assert store.count() == 40


def test_what_was_saved_is_there_when_the_store_is_opened_again(url, make):
    with open_store(url) as store:
        store.save([make(1)])
    with open_store(url, create=False) as store:
        assert store.load(make(1).url) == make(1)


def test_a_batch_takes_no_more_statements_than_an_article(store, make):
    statements = []
    sa.event.listen(
        store._transaction.engine,
        "before_cursor_execute",
        lambda *args: statements.append(args[2]),
    )

    def count(batch) -> int:
        del statements[:]
        store.save(batch)
        return len(statements)

    def batch(start, stop, text="Chữ."):
        return [
            make(n, text, canonical_url=f"https://example.vn/{n}")
            for n in range(start, stop)
        ]

    one = count(batch(0, 1))
    assert count(batch(1, 40)) == one
    assert count(batch(0, 40)) < one
    assert count(batch(0, 40, "Khác.")) <= one + 7
    story = " ".join(f"từ{n}" for n in range(99))
    first, second = count(batch(40, 41, story)), count(batch(41, 42, story))
    assert first == one + 3
    assert second == count(batch(42, 80, story))
    assert count(batch(40, 80, "Khác.")) <= one + 13


def test_an_article_whose_record_was_lost_gets_the_next_one(store, make):
    article = make(archive="20261125-001.warc.gz#0")
    store.save([article])
    store.forget_archived([article.canonical_url])
    assert list(store.iter_archived()) == []
    assert store.load(article.url) == replace(article, archive="")
    again = replace(article, archive="20261126-001.warc.gz#9")
    assert store.save([again]) == [Outcome.UNCHANGED]
    assert list(store.iter_archived()) == [(article.canonical_url, again.archive)]
