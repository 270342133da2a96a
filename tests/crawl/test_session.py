"""A script's session: one pool and one downloader for all it asks for."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

import scraper
from scraper import Session
from scraper.demo import serving
from scraper.errors import (
    ConfigurationError,
    ExtractionError,
    FetchRefused,
    ScraperError,
)
from scraper.storage import open_store
from tests.warm import COLD

if TYPE_CHECKING:
    from pathlib import Path

_FEED = "/rss.xml"


@pytest.fixture(scope="module")
def session():
    with Session(allow_private=True, workers=1) as opened:
        yield opened


@pytest.fixture(scope="module")
def portal():
    with serving(12) as served:
        yield served.portal


def test_fetch_gives_the_article_that_the_module_gives(
    session, site, write_article
) -> None:
    url = site.put("/session-1.htm", write_article("Chợ nổi có bến mới"))
    alone = scraper.fetch(url, allow_private=True)
    record = session.fetch(url).to_dict() | {"fetched_at": None}
    assert record == alone.to_dict() | {"fetched_at": None}


def test_many_come_with_their_failures_in_order(session, site, write_article) -> None:
    urls = [
        site.put("/session-2.htm", write_article("Bài thứ nhất")),
        site.base + "/session-none.htm",
        "no address",
        site.put("/session-3.htm", write_article("Bài thứ hai")),
    ]
    fetched = list(session.fetch_many(urls))
    assert [url for url, _ in fetched] == urls
    assert [type(outcome) for _, outcome in fetched] == [
        scraper.Article,
        FetchRefused,
        FetchRefused,
        scraper.Article,
    ]
    assert len(dict(session.fetch_many(urls[:2], ordered=False))) == 2


def test_extract_reads_in_the_pool(session, write_article) -> None:
    html = write_article("Bài đã lưu")
    article = session.extract(html, url="https://example.org/a")
    alone = scraper.extract(html, url="https://example.org/a")
    assert article.to_dict() == alone.to_dict()
    with pytest.raises(ExtractionError):
        session.extract(b"\0\1")


def test_pages_of_a_learned_site_are_read_by_its_model(session, portal) -> None:
    urls = [portal.truth(number).url for number in range(12)]
    models = session.learn([session.fetch_page(url) for url in urls])
    assert list(models) == ["127.0.0.1"]
    version = session.fetch(urls[0]).extraction.model_version
    assert version == models["127.0.0.1"].version


def test_a_crawl_yields_its_articles_and_keeps_them_where_asked(
    make_site, write_article, write_feed, tmp_path
) -> None:
    site = make_site()
    paths = [f"/thoi-su/bai-{n}-2026110110000{n}.htm" for n in range(4)]
    urls = [site.put(path, write_article(f"Tin số {path}")) for path in paths]
    site.put(_FEED, write_feed(urls))
    site.put("/", f'<link rel="alternate" type="application/rss+xml" href="{_FEED}">')
    store = tmp_path / "articles.db"
    with Session(allow_private=True, store=store) as session:
        found = [article.url for article in session.crawl(site.base, limit=2)]
    assert len(found) == 2
    assert set(found) <= set(urls)
    with open_store(f"sqlite:///{store}") as opened:
        assert {article.url for article in opened.iter_articles()} == set(found)


def test_a_crawl_that_cannot_be_says_why(session) -> None:
    with pytest.raises(ConfigurationError, match=r"^no spider"):
        list(session.crawl("nowhere"))
    with pytest.raises(ScraperError):
        list(session.crawl("http://127.0.0.1:9", limit=1))


def test_it_can_be_closed_twice_and_used_again(site, write_article) -> None:
    url = site.put("/session-9.htm", write_article("Bài cuối"))
    session = Session(allow_private=True, workers=1)
    assert session.fetch(url).title
    session.close()
    session.close()
    assert session.fetch(url).title
    session.close()


@pytest.mark.parametrize("stdin", [False, True])
def test_a_script_needs_no_main_guard(
    tmp_path: Path, site, write_article, stdin
) -> None:
    url = site.put("/script.htm", write_article("Bài của script"))
    script = f"""
from scraper import Session
print("runs")
with Session(allow_private=True, workers=1) as session:
    print(session.fetch({url!r}).title)
"""
    (tmp_path / "script.py").write_text(script, "utf-8")
    done = subprocess.run(
        [COLD, "-" if stdin else "script.py"],
        input=script if stdin else None,
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=300,
    )
    assert done.stdout.splitlines() == ["runs", "Bài của script"]
