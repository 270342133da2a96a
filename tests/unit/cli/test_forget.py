from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scraper.archive import ArchiveWriter, Capture
from scraper.archive.folder import archive_files
from scraper.items import Page
from scraper.storage import Address, open_store

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def archive(home: Path, stored) -> Path:
    folder = home / "tinsach-home" / "archive"
    for article in stored:
        page = Page(article.url, b"<p>x</p>", fetched_at=AT)
        ArchiveWriter(folder).write(Capture(page, Address(article.url)))
    return folder


def test_an_article_goes_from_store_and_archive(tinsach, stored, archive) -> None:
    url = stored[0].url
    result = tinsach("forget", url)
    assert (result.code, result.out) == (0, "")
    assert (
        "1 article, 0 visits, 2 records removed; it will not be stored again"
        in result.err
    )
    with open_store() as store:
        assert store.load(url) is None
        assert store.count() == 2
        assert store.forgotten([url]) == {url}


def test_other_addresses_of_it_are_named(tinsach, stored, archive) -> None:
    from dataclasses import replace

    other = "https://mirror.example/tin.htm"
    with open_store() as store:
        store.save([replace(stored[0], url=other)])
    result = tinsach("forget", stored[0].url)
    assert f"also kept out as {other}" in result.err


def test_an_article_without_an_archive_is_forgotten_too(tinsach, stored) -> None:
    result = tinsach("forget", stored[0].url)
    assert result.code == 0
    assert "0 records removed" in result.err


def test_an_archive_that_cannot_be_written_is_said(
    tinsach, stored, archive, monkeypatch
) -> None:
    (path,) = archive_files(archive)
    monkeypatch.setenv("TINSACH_ARCHIVE", str(archive))
    path.rename(archive / "x")
    path.mkdir()
    result = tinsach("forget", stored[0].url)
    assert result.code == 1
    assert "but not from the archive" in result.err


def test_what_is_no_address_is_refused(tinsach, stored) -> None:
    assert tinsach("forget", "tin-1").code == 2
