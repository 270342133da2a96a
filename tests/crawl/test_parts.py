"""An article on three pages, fetched and crawled."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from html import escape

import pytest

from scraper.storage import open_store
from tests.crawl.test_news import explore
from worlds.park.paper import Paper

PATH = "/kinh-te/chuyen-dai-ve-gia-vang.html"


@pytest.fixture
def serial(make_site, write_article):
    """A site with one article on three pages, and others on one."""
    site = make_site()
    for page in (1, 2, 3):
        body = write_article(f"Chuyện dài về giá vàng {page}")
        body = re.sub(
            r"(<title>|content=\"|<h1[^>]*>)Chuyện dài về giá vàng \d",
            r"\1Chuyện dài về giá vàng",
            body,
        )
        more = f'<a href="{PATH}?page={page + 1}">{page + 1}</a>' if page < 3 else ""
        path = PATH if page == 1 else f"{PATH}?page={page}"
        site.put(path, body.replace("</body>", f"<div>{more}</div></body>"))
    others = [f"/kinh-te/bai-khac-so-{n}-hom-nay.html" for n in range(4)]
    for path in others:
        site.put(path, write_article(f"Bài khác {path}"))
    links = "".join(f'<a href="{p}">Bài viết dài {p}</a>' for p in (PATH, *others))
    site.put("/", f"<html><body>{links}</body></html>")
    return site


def paragraphs(text: str) -> list[str]:
    return re.findall(r"Đoạn (\d) của bài “Chuyện dài về giá vàng (\d)”", text)


WHOLE = [(str(n), str(page)) for page in (1, 2, 3) for n in range(1, 6)]


def test_a_crawl_stores_it_whole(serial, new_crawls) -> None:
    run = explore(new_crawls, serial)
    article = run.stored()[serial.base + PATH]
    assert paragraphs(article.text) == WHOLE
    assert article.extraction.parts == 3
    assert run.stats["articles/parts"] == 2
    assert len(run.stored()) == 5


@pytest.mark.slow
def test_what_is_read_again_once_a_model_is_learned_stays_whole(
    make_site, new_crawls, write_feed
) -> None:
    site = make_site()
    paper = Paper("express", 3, site.base, datetime.now(UTC))
    truths = paper.truths()[:45]
    for truth in truths:
        path = truth.url.removeprefix(site.base)
        site.put(path, paper.answer(path).body.decode())
    parted = truths[0]
    path = parted.url.removeprefix(site.base)
    page, last = paper.answer(path).body.decode(), escape(parted.text_blocks[-1])
    site.put(path, page.replace(last, f'<a href="{path}?page=2">2</a>'))
    site.put(f"{path}?page=2", page.replace(escape(parted.text_blocks[1]), ""))
    site.put("/", "<html><body><p>Trang nhất</p></body></html>")
    site.put("/feed", write_feed([truth.url for truth in truths]))
    run = explore(new_crawls, site)
    assert run.stats["model/read_again"] > 0
    article = run.stored()[parted.url]
    assert (article.extraction.parts, article.revision) == (2, 1)
    assert article.text == parted.text


def test_a_part_that_is_gone_cuts_it_and_loses_nothing_else(
    serial, new_crawls, answer
) -> None:
    serial.put(f"{PATH}?page=3", answer("", status=404))
    run = explore(new_crawls, serial)
    assert paragraphs(run.stored()[serial.base + PATH].text) == WHOLE[:10]
    assert "the article is cut here: status 404" in run.stderr


def test_a_fetch_prints_it_whole(serial, new_crawls) -> None:
    program = "import sys; from scraper.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "fetch", serial.base + PATH],
        env=new_crawls.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert paragraphs(done.stdout) == WHOLE


@pytest.mark.slow
def test_the_archive_read_again_leaves_it_whole(serial, new_crawls) -> None:
    archive = new_crawls.folder / "archive"
    explore(new_crawls, serial, TINSACH_ARCHIVE=str(archive))
    program = "import sys; from scraper.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "reextract", "--apply"],
        env=new_crawls.environment | {"TINSACH_ARCHIVE": str(archive)},
        cwd=new_crawls.folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with open_store(new_crawls.store) as store:
        assert paragraphs(store.load(serial.base + PATH).text) == WHOLE
