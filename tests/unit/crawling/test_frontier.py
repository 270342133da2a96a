"""The frontier of a crawl, over a real store, without a network."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from scrapy import Request, signals
from scrapy.exceptions import CloseSpider, DropItem
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from scraper import clock
from scraper.crawling.frontier import (
    JOB_HELD,
    LIMIT_REACHED,
    MAX_OPEN_LEASES,
    STORE_FAILED,
    Frontier,
)
from scraper.crawling.leases import DUPLICATE, Rejected
from scraper.items import Article, Block, BlockKind, Kind
from scraper.storage import Address, AddressKind, Outcome, Result, open_store

FEED = Address("https://bao.vn/tin.rss", AddressKind.FEED)
SITEMAP = Address("https://bao.vn/so-do.xml", AddressKind.SITEMAP)
SECTION = Address("https://bao.vn/muc.htm", AddressKind.SECTION)


def story(n: int) -> Address:
    return Address(f"https://bao.vn/tin-{n}.htm")


def dated(n: int) -> Address:
    """Return the address of story *n*, published on that day."""
    return replace(story(n), time=datetime(2026, 11, n, tzinfo=UTC))


def article_at(address: Address, text: str = "Nội dung.") -> Article:
    blocks = (Block(BlockKind.PARAGRAPH, text),)
    names = {"url": address.url, "canonical_url": address.url, "site": "bao.vn"}
    return Article(**names, kind=Kind.ARTICLE, title="Tin", blocks=blocks)


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/articles.db"


@pytest.fixture
def make_frontier(url):
    made = []

    def make() -> Frontier:
        made.append(Frontier(get_crawler(settings_dict={"TINSACH_STORE": url})))
        return made[-1]

    yield make
    for each in made:
        each._client.close()


@pytest.fixture
def frontier(make_frontier):
    return make_frontier()


def crawl(frontier, *waves, visit, job="bao", seen=None, **narrower) -> list[str]:
    """Run a crawl whose every lease goes through *visit*; return the addresses."""
    seen = [] if seen is None else seen

    async def run() -> None:
        tasks = []
        async for lease in frontier.iter_leases(job, waves, **narrower):
            seen.append(lease.address.url.rpartition("/")[2])
            tasks.append(asyncio.create_task(visit(lease)))
        await asyncio.gather(*tasks)

    asyncio.run(asyncio.wait_for(run(), 300))
    return seen


def answer_of(lease) -> Response:
    request = Request(lease.address.url, cb_kwargs={"lease": lease})
    return Response(request.url, request=request)


async def send(frontier, signal, lease, **told) -> None:
    """Send *signal*, of the item that the page of *lease* gave, as Scrapy does."""
    send_all = frontier._crawler.signals.send_catch_log_async
    told |= {"item": object(), "spider": None, "response": answer_of(lease)}
    await send_all(signal, **told)


def read(frontier, **links):
    """Return a visit that finds the *links* of a source, and nothing in an article."""

    async def visit(lease) -> None:
        name = lease.address.url.rpartition("/")[2].partition(".")[0]
        await frontier.settle(lease, Result.READ, links=tuple(links.get(name, ())))

    return visit


def test_what_a_source_lists_is_visited_in_the_same_run(frontier) -> None:
    visit = read(frontier, tin=[story(1), story(2)])
    assert sorted(crawl(frontier, [FEED], visit=visit)) == [
        "tin-1.htm",
        "tin-2.htm",
        "tin.rss",
    ]


def test_what_a_visit_brings_while_the_store_is_asked_is_visited_too(
    frontier, monkeypatch
) -> None:
    asked, settled = asyncio.Event(), asyncio.Event()
    lease_more = frontier._lease

    async def lease_late(*wanted):
        leases = await lease_more(*wanted)
        if not leases and not settled.is_set():
            asked.set()
            await settled.wait()
        return leases

    async def visit(lease) -> None:
        brings = lease.address == late
        if brings:
            await asked.wait()
        links = (story(1),) if brings else ()
        await frontier.settle(lease, Result.READ, links=links)
        if brings:
            settled.set()

    monkeypatch.setattr(frontier, "_lease", lease_late)
    late, other = (
        replace(SECTION, url=f"https://bao.vn/{n}.htm", section="muc") for n in (1, 2)
    )
    assert crawl(frontier, [late, other], visit=visit)[-1] == "tin-1.htm"


def test_a_wave_waits_until_what_the_one_before_brought_is_done(frontier) -> None:
    visit = read(frontier, tin=[story(1)], muc=[story(2)])
    seen = crawl(frontier, [FEED], [SECTION], visit=visit)
    assert seen == ["tin.rss", "tin-1.htm", "muc.htm", "tin-2.htm"]


def test_what_lists_everything_is_settled_before_another_source_is_asked(
    frontier,
) -> None:
    told = []

    async def visit(lease) -> None:
        name = lease.address.url.rpartition("/")[2]
        told.append(f"asked {name}")
        await asyncio.sleep(0.05)
        await frontier.settle(lease, Result.READ)
        told.append(f"settled {name}")

    sections = [
        replace(SECTION, url=f"https://bao.vn/{n}.htm", section="muc") for n in (1, 2)
    ]
    crawl(frontier, [*sections, SECTION, FEED], visit=visit)
    assert told[:4] == [
        "asked muc.htm",
        "settled muc.htm",
        "asked tin.rss",
        "settled tin.rss",
    ]
    assert told[4:6] == ["asked 1.htm", "asked 2.htm"]


def test_a_source_that_does_not_answer_holds_the_others_up_for_a_while(
    frontier, monkeypatch
) -> None:
    monkeypatch.setattr("scraper.crawling.frontier.SOURCE_TIMEOUT", 0.05)
    asked, both_asked = [], asyncio.Event()

    async def visit(lease) -> None:
        asked.append(lease)
        if len(asked) == 2:
            both_asked.set()
        await both_asked.wait()
        await frontier.settle(lease, Result.READ)

    crawl(frontier, [FEED, replace(SECTION, section="muc")], visit=visit)
    assert len(asked) == 2


def test_no_more_than_so_many_are_leased_ahead(frontier) -> None:
    most, visits = [], 3 * MAX_OPEN_LEASES

    async def visit(lease) -> None:
        most.append(len(frontier._open))
        await asyncio.sleep(0)
        await frontier.settle(lease, Result.READ)

    seen = crawl(frontier, [story(n) for n in range(visits)], visit=visit)
    assert len(seen) == len(set(seen)) == visits
    assert max(most) <= MAX_OPEN_LEASES


def storing(frontier, *, lost=(), **links):
    """Return a visit that finds the *links* of a source and stores articles, but *lost*."""
    read_source = read(frontier, **links)

    async def visit(lease) -> None:
        if lease.address.kind is not AddressKind.ARTICLE:
            await read_source(lease)
        elif lease.address in lost:
            await frontier.settle(lease, Result.FAILED)
        else:
            frontier.keep(article := article_at(lease.address), lease)
            await frontier.store(article)

    return visit


def limited(frontier, *waves, limit, **visit) -> list[str]:
    """Return what a crawl with that *limit*, which it reaches, visits in which order."""
    seen = []
    with pytest.raises(CloseSpider) as closed:
        crawl(
            *(frontier, *waves),
            visit=storing(frontier, **visit),
            seen=seen,
            limit=limit,
        )
    assert closed.value.reason == LIMIT_REACHED
    return seen


def test_a_limit_leases_as_many_articles_and_one_source(frontier) -> None:
    tin = [dated(n) for n in range(1, 6)]
    seen = limited(frontier, [FEED, SECTION], [SITEMAP], limit=2, tin=tin)
    assert seen == ["tin.rss", "tin-5.htm", "tin-4.htm"]


def test_a_limit_replaces_an_article_that_failed(frontier) -> None:
    tin = [dated(n) for n in range(1, 6)]
    seen = limited(frontier, [FEED], limit=2, tin=tin, lost=tin[3:])
    assert seen == ["tin.rss", "tin-5.htm", "tin-4.htm", "tin-3.htm", "tin-2.htm"]


def test_a_limit_asks_the_next_source_if_too_few_articles_are_due(frontier) -> None:
    listed = {"tin": [dated(3)], "muc": [dated(2), dated(1)]}
    seen = limited(frontier, [FEED], [SECTION, SITEMAP], limit=2, **listed)
    assert seen == ["tin.rss", "tin-3.htm", "muc.htm", "tin-2.htm"]


def test_what_a_limit_left_is_visited_by_the_next_run(make_frontier) -> None:
    frontier = make_frontier()
    limited(frontier, [FEED], limit=1, tin=[dated(n) for n in range(1, 4)])
    asyncio.run(frontier._client.end(""))
    seen = crawl(frontier := make_frontier(), [FEED], visit=storing(frontier))
    assert seen[-2:] == ["tin-2.htm", "tin-1.htm"]


def test_an_article_is_stored_with_its_visit(frontier, url) -> None:
    async def visit(lease) -> None:
        article = article_at(lease.address)
        frontier.keep(article, lease, etag='"1"')
        assert (await frontier.store(article)).outcome is Outcome.NEW

    crawl(frontier, [story(1)], visit=visit)
    with open_store(url, create=False) as store:
        assert store.load(story(1).url) == article_at(story(1))


def test_a_changed_copy_is_stored_with_the_visit_of_its_page(frontier, url) -> None:
    async def visit(lease) -> None:
        article = article_at(lease.address)
        frontier.keep(article, lease, etag='"1"')
        await frontier.store(replace(article, title="Tên khác"))

    crawl(frontier, [story(1)], visit=visit)
    assert result_of(url) == "read"
    with open_store(url, create=False) as store:
        assert store.load(story(1).url).title == "Tên khác"


@pytest.mark.parametrize(
    ("signal", "told", "result"),
    [
        (signals.item_dropped, {"exception": Rejected("no_title")}, "dropped"),
        (signals.item_dropped, {"exception": DropItem("mine")}, "dropped"),
        (signals.item_dropped, {"exception": Rejected("x/blocked")}, "failed"),
        (signals.item_error, {"failure": None}, "failed"),
    ],
)
def test_a_visit_whose_item_is_lost_is_settled(
    frontier, url, signal, told, result
) -> None:
    async def visit(lease) -> None:
        article = article_at(lease.address)
        frontier.keep(article, lease)
        await send(frontier, signal, lease, **told)

    assert crawl(frontier, [story(1)], visit=visit) == ["tin-1.htm"]
    assert result_of(url) == result


def result_of(url: str) -> str:
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT result FROM frontier")).scalar_one()
    engine.dispose()
    return str(found)


def test_an_item_that_no_pipeline_stores_is_settled(frontier, url) -> None:
    async def visit(lease) -> None:
        article = article_at(lease.address)
        frontier.keep(article, lease)
        await send(frontier, signals.item_scraped, lease)

    crawl(frontier, [story(1)], visit=visit)
    assert result_of(url) == "read"
    with open_store(url, create=False) as store:
        assert store.count() == 0


def test_an_answer_on_which_the_spider_fails_is_settled_once(frontier, url) -> None:
    async def visit(lease) -> None:
        for _ in range(2):
            frontier._crawler.signals.send_catch_log(
                signals.spider_error, response=answer_of(lease)
            )

    crawl(frontier, [story(1)], visit=visit)
    assert result_of(url) == "failed"


def test_a_duplicate_of_what_moved_is_one_article_with_it(make_frontier, url) -> None:
    moved = replace(story(2), url="https://bao.vn/muc/tin-1.htm")
    told = {"published_at": clock.now(), "content_fingerprint": "0123456789abcdef"}

    async def store_first(lease) -> None:
        frontier.keep(article := replace(article_at(story(1)), **told), lease)
        await frontier.store(article)

    async def store_moved(lease) -> None:
        frontier.keep(
            article := replace(article_at(moved), **told), lease, moved_to=moved.url
        )
        if lease.address.url == moved.url:
            await frontier.store(article)
        else:
            why = {"exception": Rejected(DUPLICATE)}
            await send(frontier, signals.item_dropped, lease, **why)

    frontier = make_frontier()
    crawl(frontier, [story(1)], visit=store_first)
    asyncio.run(frontier._client.end(""))
    frontier = make_frontier()
    assert crawl(frontier, [moved], visit=store_moved) == ["tin-1.htm", "tin-1.htm"]
    with open_store(url, create=False) as store:
        assert [article.url for article in store.iter_articles()] == [moved.url]


def test_a_job_that_is_held_closes_the_spider_and_says_by_whom(
    frontier, url, caplog
) -> None:
    with open_store(url) as store:
        store.jobs.begin("bao", clock.now())
    with pytest.raises(CloseSpider) as closed:
        crawl(frontier, [FEED], visit=read(frontier))
    assert closed.value.reason == JOB_HELD
    assert "job bao is held by" in caplog.text


def test_a_store_that_fails_at_the_start_is_not_said_to_be_held(frontier, caplog):
    frontier._client.open()
    os.kill(frontier._client._process._process.pid, signal.SIGKILL)
    with pytest.raises(CloseSpider) as closed:
        crawl(frontier, [FEED], visit=read(frontier))
    assert closed.value.reason == STORE_FAILED
    assert "the process that writes the store has ended" in caplog.text


def test_a_crawl_without_the_extension_is_told(url) -> None:
    with pytest.raises(RuntimeError, match="Frontier is missing"):
        Frontier.of(get_crawler(settings_dict={"TINSACH_STORE": url}))
