from __future__ import annotations

import os
import signal

import pytest

from scraper.errors import StorageError
from scraper.items import Article, Kind
from scraper.storage import Outcome, Store, open_store
from scraper.workers.process import StoreProcess


@pytest.fixture
def make():
    def article(number: int) -> Article:
        address = f"https://example.vn/tin-{number}.htm"
        names = {"url": address, "canonical_url": address, "site": "example.vn"}
        return Article(**names, kind=Kind.ARTICLE, title=f"Tin {number}")

    return article


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/articles.db"


@pytest.fixture
def process(url):
    made = StoreProcess(url)
    yield made
    made.close()


def test_what_is_saved_is_there_for_others(process, url, make):
    assert process.call(Store.save, [make(1), make(2)]) == [Outcome.NEW] * 2
    assert process.call(Store.save, [make(1)]) == [Outcome.UNCHANGED]
    with open_store(url, create=False) as store:
        assert store.load(make(1).url) == make(1)


def test_what_the_store_raises_is_raised_here_and_the_rest_goes_on(process, make):
    with pytest.raises(AttributeError):
        process.call(Store.save, [None])
    assert process.call(Store.save, [make(1)]) == [Outcome.NEW]


def test_a_store_that_cannot_be_opened_is_said_at_the_first_article(tmp_path, make):
    process = StoreProcess(f"sqlite:///{tmp_path}")
    with pytest.raises(StorageError, match="is a folder"):
        process.call(Store.save, [make(1)])
    process.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_leaves_it_to_the_parent(process, make, number):
    process.call(Store.save, [make(1)])
    os.kill(process._process.pid, number)
    assert process.call(Store.save, [make(2)]) == [Outcome.NEW]


def test_a_process_that_was_killed_is_a_storage_error(process, make):
    process.call(Store.save, [make(1)])
    os.kill(process._process.pid, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(StorageError, match="has ended"):
            process.call(Store.save, [make(2)])


def test_closing_twice_does_no_harm(process):
    process.close()
    process.close()
    assert process._process.exitcode == 0
