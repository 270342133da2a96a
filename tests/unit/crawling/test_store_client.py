from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from threading import Event

import pytest
from scrapy.utils.test import get_crawler

from scraper import clock
from scraper.crawling import store_client
from scraper.crawling.store_client import BATCH, StoreClient
from scraper.errors import StorageError
from scraper.items import Article, Block, BlockKind, Kind
from scraper.storage import Jobs, Outcome, Result, Visit, open_store

NOON = datetime(2025, 7, 11, 12, 0, tzinfo=UTC)


def visit(number: int, **fields) -> Visit:
    address = f"https://example.vn/tin-{number}.htm"
    blocks = (Block(BlockKind.PARAGRAPH, f"Bài {number}."),)
    names = {"url": address, "canonical_url": address, "site": "example.vn"}
    article = Article(**names, kind=Kind.ARTICLE, title="Tin", blocks=blocks)
    told = {"position": 0, "at": NOON, "result": Result.READ, "article": article}
    return Visit(**told | fields)


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/articles.db"


@pytest.fixture
def client(url):
    made = StoreClient(get_crawler(settings_dict={"TINSACH_STORE": url}))
    yield made
    made.close()


def settle_all(client, *visits):
    async def all_at_once():
        return await asyncio.gather(*map(client.settle, visits), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_what_waits_is_settled_in_batches(client, monkeypatch) -> None:
    sizes, call, gate = [], client._call, Event()

    def counting(method, job, batch, **options):
        sizes.append(len(batch))
        return call(method, job, batch, **options)

    monkeypatch.setattr(client, "_call", counting)
    client._thread.submit(gate.wait)
    asyncio.run(_opened_later(client, gate))
    assert sizes == [BATCH, BATCH, 1]


async def _opened_later(client, gate) -> None:
    asked = [asyncio.create_task(client.settle(visit(n))) for n in range(2 * BATCH + 1)]
    await asyncio.sleep(0)
    gate.set()
    settled = await asyncio.gather(*asked)
    assert [each.outcome for each in settled] == [Outcome.NEW] * (2 * BATCH + 1)


def test_who_no_longer_waits_does_not_keep_the_others_waiting(client) -> None:
    gate = Event()
    client._thread.submit(gate.wait)

    async def settle_two_of_three():
        asked = [asyncio.create_task(client.settle(visit(n))) for n in range(3)]
        await asyncio.sleep(0)
        asked[0].cancel()
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.wait_for(asyncio.gather(*asked[1:]), timeout=10)

    settled = asyncio.run(settle_two_of_three())
    assert [each.outcome for each in settled] == [Outcome.NEW] * 2


def test_any_error_reaches_those_who_wait_and_the_rest_goes_on(client) -> None:
    (error,) = settle_all(client, visit(1, article=object()))
    assert isinstance(error, AttributeError)
    (settled,) = settle_all(client, visit(1))
    assert settled.outcome is Outcome.NEW


def test_closing_settles_what_waits_and_twice_does_no_harm(client, url) -> None:
    async def ask() -> None:
        tasks = [asyncio.create_task(client.settle(visit(n))) for n in range(30)]
        await asyncio.sleep(0)
        await asyncio.to_thread(client.close)
        await asyncio.gather(*tasks)

    asyncio.run(ask())
    client.close()
    with open_store(url, create=False) as store:
        assert store.count() == 30


def test_a_store_that_cannot_be_opened_is_refused(tmp_path) -> None:
    settings = {"TINSACH_STORE": f"sqlite:///{tmp_path}"}
    with pytest.raises(StorageError, match="is a folder"):
        StoreClient(get_crawler(settings_dict=settings)).open()


@pytest.fixture
def quick(monkeypatch) -> None:
    monkeypatch.setattr(store_client, "INTERVAL", 0.05)


def seen(url, run: int) -> datetime:
    with open_store(url) as store, store._transaction() as connection:
        select = f"SELECT seen_at FROM stored_runs WHERE position = {run}"
        return connection.exec_driver_sql(select).scalar_one()


async def changes(read, *, blocking: bool) -> None:
    """Wait until *read* gives another value, in the event loop or in its way."""
    before, until = read(), time.monotonic() + 20
    while read() == before:
        assert time.monotonic() < until
        time.sleep(0.02) if blocking else await asyncio.sleep(0.02)  # noqa: ASYNC251


@pytest.mark.parametrize("blocking", [True, False])
def test_a_run_shows_life_whatever_its_event_loop_does(
    quick, client, url, blocking
) -> None:
    async def crawl() -> None:
        await client.begin("bao", clock.now(), host="", ended=pytest.fail)
        for _ in range(3):
            await changes(lambda: seen(url, client.run), blocking=blocking)
        await client.end("{}")

    asyncio.run(crawl())


def test_no_sign_of_life_is_looked_for_after_the_end(client) -> None:
    async def crawl() -> None:
        await client.begin("bao", clock.now(), host="", ended=pytest.fail)
        await client.end("{}")
        client._beat()
        await asyncio.sleep(0)

    asyncio.run(crawl())


def test_a_run_that_loses_its_job_is_told_without_asking(quick, client, url) -> None:
    async def crawl() -> StorageError:
        told: asyncio.Future[StorageError] = asyncio.Future()
        await client.begin("bao", clock.now(), host="", ended=told.set_result)
        with open_store(url) as store, store._transaction(writes=True) as connection:
            connection.exec_driver_sql("UPDATE stored_runs SET ended_at = seen_at")
        return await asyncio.wait_for(told, 60)

    assert "run 1 has lost its job" in str(asyncio.run(crawl()))
    assert client.has_lost_job


def test_a_run_whose_store_is_gone_is_told_without_asking(
    quick, client, tmp_path
) -> None:
    async def crawl() -> StorageError:
        told: asyncio.Future[StorageError] = asyncio.Future()
        await client.begin("bao", clock.now(), host="", ended=told.set_result)
        (tmp_path / "articles.db").unlink()
        return await asyncio.wait_for(told, 60)

    assert "was moved or deleted" in str(asyncio.run(crawl()))


def test_all_that_belong_to_a_crawl_share_its_client(url) -> None:
    one, other = (get_crawler(settings_dict={"TINSACH_STORE": url}) for _ in range(2))
    assert StoreClient.of(one) is StoreClient.of(one)
    assert StoreClient.of(one) is not StoreClient.of(other)


def test_a_visit_that_cannot_be_settled_fails_none_of_its_batch(client) -> None:
    visits = [visit(1), visit(2, article=object()), visit(3)]
    first, error, last = settle_all(client, *visits)
    assert isinstance(error, AttributeError)
    assert (first.outcome, last.outcome) == (Outcome.NEW, Outcome.NEW)


@pytest.mark.parametrize("call", [False, True])
def test_a_batch_is_written_at_once_if_it_cannot_grow_or_a_call_waits(
    client, monkeypatch, call
) -> None:
    monkeypatch.setattr(store_client, "LINGER", 60)

    async def crawl() -> None:
        asked = [client.settle(visit(n), expected=4 if call else 3) for n in range(3)]
        if call:
            asked.append(client.call(Jobs.count))
        async with asyncio.timeout(20):
            await asyncio.gather(*asked)

    asyncio.run(crawl())
