"""A damaged store gives back what can be read of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scraper.errors import StorageError
from scraper.storage import Query, open_store
from scraper.storage.checking import find_damage
from scraper.storage.repairing import repair

COUNT = 400
PAGE = 4096


@pytest.fixture
def articles(make):
    texts = (" ".join(f"đoạn {n} từ {k}" for k in range(200)) for n in range(COUNT))
    return [make(n, text) for n, text in enumerate(texts)]


@pytest.fixture
def url(sqlite_url, articles) -> str:
    """A store of some hundred articles, closed."""
    with open_store(sqlite_url) as store:
        store.save(articles)
    return sqlite_url


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def damage(url: str, *, start: float, pages: int) -> None:
    """Write nonsense over *pages* of the store from *start*, a share of the file, on."""
    with file_of(url).open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(int(size * start) // PAGE * PAGE)
        file.write(b"\xa5" * PAGE * pages)


def test_a_sound_store_has_no_damage(url) -> None:
    assert find_damage(url) == ""


@pytest.mark.parametrize("start", [0.2, 0.4, 0.6, 0.8])
def test_what_stands_on_other_pages_is_saved_and_found_again(url, start) -> None:
    damage(url, start=start, pages=4)
    assert find_damage(url)
    done = repair(url)
    assert find_damage(url) == ""
    assert COUNT * 0.9 < done.saved.articles <= COUNT
    assert done.aside.exists()
    with open_store(url, create=False) as store:
        kept = list(store.iter_articles(Query()))
        assert len(kept) == done.saved.articles
        assert len(list(store.search(kept[0].title, limit=5))) >= 1


def test_an_article_whose_parts_do_not_fit_is_left_out(url, articles) -> None:
    with closing(sqlite3.connect(file_of(url))) as other, other:
        other.execute("UPDATE stored_texts SET text = text || 'x' WHERE position = 7")
    done = repair(url)
    assert done.saved.articles == COUNT - 1
    (lost,) = done.saved.lost
    assert (lost.url, lost.is_older) == (articles[6].url, False)
    with open_store(url, create=False) as store:
        assert len(list(store.iter_articles(Query()))) == COUNT - 1


def test_what_was_lost_can_be_stored_again(url, articles) -> None:
    damage(url, start=0.5, pages=8)
    repair(url)
    with open_store(url) as store:
        store.save(articles)
        assert store.count() == COUNT


def test_a_file_that_was_cut_gives_what_it_holds(url) -> None:
    path = file_of(url)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    assert repair(url).saved.articles > 0


def test_what_is_no_database_any_more_is_left_as_it_is(url) -> None:
    path = file_of(url)
    path.write_bytes(b"\xa5" * 100_000)
    with pytest.raises(StorageError, match="no database any more"):
        repair(url)
    assert path.read_bytes() == b"\xa5" * 100_000
