from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scraper.archive import ArchiveWriter, Capture
from scraper.items import Page
from scraper.reading import study
from scraper.sitemodel import learn
from scraper.storage import Address, open_store
from scraper.urls import site_of
from tests.unit.cli.kit import ADDRESS, BODY, PAGE
from worlds.fuzz import seeds

if TYPE_CHECKING:
    from pathlib import Path

OTHER = ADDRESS.replace("bao.example", "khac.example")
DAY = datetime(2025, 7, 12, tzinfo=UTC)


@pytest.fixture
def archive(home: Path) -> Path:
    """Two pages of two sites, of two days; the store is empty."""
    folder = home / "tinsach-home" / "archive"
    writer = ArchiveWriter(folder)
    for url, moment in ((ADDRESS, DAY), (OTHER, DAY.replace(day=13))):
        body = PAGE.replace(ADDRESS.encode(), url.encode())
        writer.write(Capture(Page(url, body, fetched_at=moment), Address(url)))
    open_store().close()
    return folder


def test_what_would_change_is_shown_and_nothing_is_written(tinsach, archive) -> None:
    result = tinsach("reextract", "--workers", 1)
    assert (result.code, result.err) == (0, "")
    assert "2 pages read again" in " ".join(result.out.split())
    assert result.out.endswith(
        "1 articles would be stored; use --apply to store them\n"
    )
    with open_store() as store:
        assert store.count() == 0


def test_it_is_applied_when_asked_for(tinsach, archive) -> None:
    assert tinsach("reextract", "--apply", "--workers", 1).out.endswith(
        "1 articles stored\n"
    )
    with open_store() as store:
        assert store.load(OTHER).archive == "20250713-001.warc.gz#0"
    assert tinsach("reextract", "--workers", 1).out.endswith("no changes\n")


def test_the_words_that_changed_are_shown(tinsach, archive) -> None:
    tinsach("reextract", "--apply", "--workers", 1)
    body = PAGE.replace(ADDRESS.encode(), OTHER.encode())
    body = body.replace(BODY[2].encode(), b"Kh\xc3\xa1c h\xe1\xba\xb3n.")
    moment = DAY.replace(day=14)
    page = Page(OTHER, body, fetched_at=moment)
    ArchiveWriter(archive).write(Capture(page, Address(OTHER)))
    result = tinsach("reextract", "--workers", 1)
    assert f"  - {BODY[2]}\n" in result.out
    assert "  + Khác hẳn.\n" in result.out
    record = json.loads(tinsach("reextract", "--json", "--workers", 1).out)
    assert record["applied"] is False
    assert record["effects"]["reworded"] == 1
    assert record["fields"] == {"blocks": 1}
    assert record["most_changed"][0]["url"] == OTHER


@pytest.mark.parametrize(
    ("options", "url"),
    [
        (("--site", "bao.example"), ADDRESS),
        (("--until", "2025-07-12"), ADDRESS),
        (("--since", "2025-07-13"), OTHER),
    ],
)
def test_it_can_be_narrowed_down(tinsach, archive, options, url) -> None:
    tinsach("reextract", "--apply", "--workers", 1, *options)
    with open_store() as store:
        assert [article.url for article in store.iter_articles()] == [url]


def test_a_damaged_file_is_said_and_the_others_are_read(tinsach, archive) -> None:
    (path, _) = sorted(archive.iterdir())
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    result = tinsach("reextract", "--apply", "--workers", 1)
    assert result.code == 1
    assert f"{path}: the record at byte 0 is damaged" in result.err
    with open_store() as store:
        assert store.count() == 1


def test_no_archive_is_a_wrong_argument(tinsach, home) -> None:
    open_store().close()
    result = tinsach("reextract")
    assert result.code == 2
    assert "no archive is there" in result.err


def test_an_input_is_read_by_the_models_of_the_default_store(tinsach, home) -> None:
    pages = [
        Page(url, body, content_type="text/html", fetched_at=DAY)
        for url, body in seeds.replica_pages()
    ]
    site = site_of(pages[0].url)
    model = learn(site, [study(page).digest for page in pages])
    with open_store() as store:
        store.models.save_model(site, "1", model.to_json(), pages=len(pages))
    writer = ArchiveWriter(home / "pages")
    for page in pages:
        writer.write(Capture(page, Address(page.url)))
    result = tinsach("reextract", "pages", "-o", "out", "--workers", 1)
    assert result.code == 0, result.err
    (row,) = [line.split("\t") for line in result.out.splitlines()]
    assert int(row[3]) > 0
