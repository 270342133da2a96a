from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from scraper.storage import Address, Outcome, Result, Visit, Wanted, saving
from scraper.storage.tables import metadata

AT = datetime(2026, 3, 2, tzinfo=UTC)
MIRROR = "https://mirror.vn/tin-1.htm"


@pytest.fixture
def article(make):
    return make(1)


@pytest.fixture
def full(store, make, article):
    """A store with two revisions of an article, two addresses of it, and another one."""
    store.save([article, make(2)])
    store.save([replace(make(1, "Lời văn khác hẳn."), url=MIRROR)])
    store.jobs.begin("job", AT)
    store.jobs.add(
        "job", [Address(article.url), Address("https://example.vn/x.htm")], at=AT
    )
    return store


def rows(store) -> dict[str, int]:
    with store._transaction() as connection:
        count = sa.select(sa.func.count())
        return {
            name: connection.execute(count.select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
            if name.startswith("stored_") or name in ("addresses", "frontier")
        }


def test_everything_of_the_article_is_removed(full, article):
    done = full.forget(article.url, AT)
    assert (done.articles, done.visits) == (1, 1)
    assert set(done.urls) == {article.url, MIRROR}
    assert rows(full) == {
        "stored_articles": 1,
        "stored_texts": 1,
        "stored_details": 1,
        "stored_revisions": 0,
        "stored_runs": 1,
        "addresses": 0,
        "frontier": 1,
    }
    assert full.load(article.url) is None
    assert [hit.article.url for hit in full.search("noi dung")] == [
        "https://example.vn/tin-2.htm"
    ]
    assert full.search("loi van khac han") == []


def test_it_is_found_by_its_other_address_too(full, article):
    assert set(full.forget(MIRROR, AT).urls) == {article.url, MIRROR}


@pytest.mark.parametrize("name", ["url", "canonical_url"])
def test_it_is_not_stored_again_under_any_of_its_addresses(full, article, make, name):
    full.forget(article.url, AT)
    for address in (article.url, MIRROR):
        again = replace(make(7), **{name: address})
        assert full.save([again, make(3)])[0] is Outcome.FORGOTTEN
    assert full.count() == 2


def test_an_address_where_nothing_is_stored_is_kept_out_too(store, article):
    done = store.forget(article.url, AT)
    assert (done.articles, done.visits, done.urls) == (0, 0, (article.url,))
    assert store.save([article]) == [Outcome.FORGOTTEN]
    assert store.forgotten([article.url, MIRROR]) == {article.url}


def test_forgetting_twice_does_no_harm(full, article):
    full.forget(article.url, AT)
    assert full.forget(article.url, AT).articles == 0


def test_no_word_of_the_address_is_kept(full, article, url):
    full.forget(article.url, AT)
    with full._transaction() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM forgotten").all()
    assert not [row for row in kept if "tin" in str(row.id)]
    assert len(kept) == 2


def test_the_frontier_does_not_note_it_again(full, article):
    full.forget(article.url, AT)
    assert full.jobs.add("job", [Address(article.url), Address(MIRROR)], at=AT) == []


def test_what_was_leased_before_is_not_visited_again(full, article):
    kinds = {"run": 1, "began": AT, "at": AT, "limit": 9}
    leases = full.jobs.lease("job", Wanted(**kinds))
    (lease,) = [each for each in leases if each.address.url != article.url]
    full.forget("https://example.vn/tin-9.htm", AT)
    found = replace(
        article, canonical_url="https://example.vn/tin-9.htm", published_at=AT
    )
    visit = Visit(position=lease.position, at=AT, result=Result.READ, article=found)
    (settled,) = full.jobs.settle("job", [visit], run=1, at=AT)
    assert settled.outcome is Outcome.FORGOTTEN
    later = AT.replace(year=2030)
    full.jobs.end(1, AT, "")
    run = full.jobs.begin("job", later)
    due = full.jobs.lease("job", Wanted(run=run, began=later, at=later, limit=9))
    assert lease.address.url not in {each.address.url for each in due}


def test_an_address_that_moved_to_a_forgotten_one_is_let_go(full, article):
    moved = "https://example.vn/tin-9.htm"
    full.forget(moved, AT)
    (lease, *_) = full.jobs.lease("job", Wanted(run=1, began=AT, at=AT, limit=9))
    visit = Visit(position=lease.position, at=AT, result=Result.READ, moved_to=moved)
    assert full.jobs.settle("job", [visit], run=1, at=AT)


def test_a_duplicate_has_the_same_words_and_title_elsewhere(full, make):
    duplicate = make(2, url="https://khac.vn/a.htm")
    assert full.has_duplicate(duplicate)
    assert not full.has_duplicate(make(2))
    assert not full.has_duplicate(replace(duplicate, title="Tin khác"))
    assert not full.has_duplicate(replace(duplicate, content_fingerprint=""))


def test_an_article_does_not_move_to_an_address_that_was_forgotten(store, make):
    moved = replace(make(1), url=MIRROR, canonical_url=MIRROR)
    store.save([make(1)])
    store.forget(MIRROR, AT)
    with store._transaction(writes=True) as connection:
        saving.rename(connection, make(1).url, moved)
        assert saving.save(connection, [moved]) == [Outcome.FORGOTTEN]
        ids = connection.execute(sa.text("SELECT id FROM stored_articles"))
        assert ids.scalars().all() == [make(1).id]
    assert store.load(make(1).url) == make(1)
