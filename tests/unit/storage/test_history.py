from __future__ import annotations

from datetime import UTC, datetime

from scraper.storage import Outcome, open_store

GONE = datetime(2025, 7, 3, 9, 0, tzinfo=UTC)


def texts(store, article) -> list[tuple[int, str]]:
    return [(old.revision, old.text) for old in store.history(article.url)]


def test_every_revision_is_kept_the_first_one_first(store, make) -> None:
    for text in ("Bản một.", "Bản hai.", "Bản ba."):
        store.save([make(text=text)])
    assert texts(store, make()) == [(1, "Bản một."), (2, "Bản hai."), (3, "Bản ba.")]


def test_revisions_of_one_batch_are_all_kept(store, make) -> None:
    store.save([make(text=text) for text in ("Một.", "Hai.", "Hai.", "Ba.")])
    assert texts(store, make()) == [(1, "Một."), (2, "Hai."), (3, "Ba.")]


def test_what_nobody_would_see_makes_no_revision(store, make) -> None:
    store.save([make(text="Ông Hoà nói.")])
    assert store.save([make(text="Ông  Hòa nói!")]) == [Outcome.CHANGED]
    assert texts(store, make()) == [(1, "Ông  Hòa nói!")]


def test_a_text_that_returns_is_a_revision_of_its_own(store, make) -> None:
    for text in ("Một.", "Hai.", "Một."):
        store.save([make(text=text)])
    assert [text for _, text in texts(store, make())] == ["Một.", "Hai.", "Một."]


def test_an_unknown_address_has_no_history(store, make) -> None:
    assert store.history(make().url) == []


def test_an_article_that_is_gone_is_kept_and_may_come_back(store, make) -> None:
    store.save([make()])
    assert store.mark_gone(make().url, GONE)
    assert not store.mark_gone(make().url, datetime(2025, 8, 1, tzinfo=UTC))
    kept = store.load(make().url)
    assert (kept.text, kept.gone_at, kept.revision) == (make().text, GONE, 1)
    assert store.save([make()]) == [Outcome.CHANGED]
    assert store.load(make().url).gone_at is None


def test_what_was_never_stored_cannot_be_gone(store, make) -> None:
    assert not store.mark_gone(make().url, GONE)


def test_a_revision_that_is_damaged_gives_way_to_what_is_saved_next(url, make) -> None:
    import sqlalchemy as sa

    damage = sa.text("UPDATE stored_details SET fields = '{'")
    with open_store(url) as store:
        store.save([make(text="Một.")])
        store.save([make(text="Hai.")])
        with store._transaction(writes=True) as connection:
            connection.execute(damage)
        assert [each.text for each in store.history(make().url)] == ["Một."]
        assert store.save([make(text="Hai.")]) == [Outcome.NEW]
        said = [(each.revision, each.text) for each in store.history(make().url)]
        assert said == [(1, "Một."), (2, "Hai.")]
        assert store.save([make(text="Hai.")]) == [Outcome.UNCHANGED]
