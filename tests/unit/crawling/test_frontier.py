"""The frontier of a crawl, over a real store, without a network."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace

import pytest
from scrapy import Request
from scrapy.exceptions import CloseSpider, DropItem
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from scraper import clock
from scraper.crawling.frontier import AHEAD, DUPLICATE, JOB_HELD, STORE_FAILED, Frontier
from scraper.items import Article, Block, BlockKind, Kind
from scraper.storage import Address, AddressKind, Outcome, Result, open_store

FEED = Address("https://bao.vn/tin.rss", AddressKind.FEED)
SECTION = Address("https://bao.vn/muc.htm", AddressKind.SECTION)


def story(n: int) -> Address:
    return Address(f"https://bao.vn/tin-{n}.htm")


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


def crawl(frontier, *waves, visit, job="bao", **narrower) -> list[str]:
    """Run a crawl whose every lease goes through *visit*; return the addresses."""
    seen = []

    async def run() -> None:
        tasks = []
        async for lease in frontier.iter_leases(job, waves, **narrower):
            seen.append(lease.address.url.rpartition("/")[2])
            tasks.append(asyncio.create_task(visit(lease)))
        await asyncio.gather(*tasks)

    asyncio.run(asyncio.wait_for(run(), 30))
    return seen


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
    monkeypatch.setattr("scraper.crawling.frontier.PATIENCE", 0.05)
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
    most, visits = [], 3 * AHEAD

    async def visit(lease) -> None:
        most.append(len(frontier._open))
        await asyncio.sleep(0)
        await frontier.settle(lease, Result.READ)

    seen = crawl(frontier, [story(n) for n in range(visits)], visit=visit)
    assert len(seen) == len(set(seen)) == visits
    assert max(most) <= AHEAD


def test_an_article_is_stored_with_its_visit(frontier, url) -> None:
    async def visit(lease) -> None:
        article = article_at(lease.address)
        frontier.keep(article, lease, etag='"1"')
        assert (await frontier.store(article)).outcome is Outcome.NEW

    crawl(frontier, [story(1)], visit=visit)
    with open_store(url, create=False) as store:
        assert store.load(story(1).url) == article_at(story(1))


@pytest.mark.parametrize(
    ("why", "result"),
    [
        (DropItem("no_title"), "dropped"),
        (DropItem("not_an_article/blocked"), "failed"),
        (None, "failed"),
    ],
)
def test_a_visit_whose_item_is_lost_is_settled(frontier, url, why, result) -> None:
    async def visit(lease) -> None:
        article = article_at(lease.address)
        frontier.keep(article, lease)
        await frontier._item_lost(article, why)

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
        await frontier._item_passed(article)

    crawl(frontier, [story(1)], visit=visit)
    assert result_of(url) == "read"
    with open_store(url, create=False) as store:
        assert store.count() == 0


def test_an_answer_on_which_the_spider_fails_is_settled_once(frontier, url) -> None:
    async def visit(lease) -> None:
        request = Request(lease.address.url, cb_kwargs={"lease": lease})
        response = Response(request.url, request=request)
        await frontier._callback_failed(response)
        await frontier._callback_failed(response)

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
            await frontier._item_lost(article, DropItem(DUPLICATE))

    frontier = make_frontier()
    crawl(frontier, [story(1)], visit=store_first)
    with open_store(url) as store:
        store.jobs.end(frontier._client.run, clock.now(), "")
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
