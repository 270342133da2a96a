"""``tinsach doctor --repair``: what is damaged is mended, and kept beside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scraper import clock
from scraper.archive import ArchiveWriter, Capture, iter_newest
from scraper.archive.members import pack
from scraper.items import Page
from scraper.sitemodel import SiteModel
from scraper.storage import Address, open_store


def damage(path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = b"\xa5" * 8192
    path.write_bytes(content)


def test_a_damaged_store_is_told_and_left_as_it_is(tinsach, home, stored) -> None:
    (path,) = home.rglob("articles.db")
    damage(path)
    before = path.read_bytes()
    result = tinsach("doctor")
    assert result.code == 1
    assert "is damaged" in result.out
    assert "`tinsach doctor --repair` saves what can be read" in result.out
    assert path.read_bytes() == before


def test_a_damaged_store_is_mended_and_the_old_one_kept(tinsach, home, stored) -> None:
    (path,) = home.rglob("articles.db")
    damage(path)
    result = tinsach("doctor", "--repair")
    assert "articles were saved" in result.out
    assert f"the damaged original is {path}.damaged-" in result.out
    assert list(path.parent.glob("articles.db.damaged-*"))
    assert tinsach("doctor").code == 0


def test_a_store_beyond_mending_is_said_with_the_ways_back(tinsach, home) -> None:
    (home / "b.db").write_bytes(b"\xa5" * 100_000)
    result = tinsach("doctor", "--repair", "--store", "b.db")
    assert result.code == 1
    assert "choose another file" in result.out


def test_a_model_that_says_nothing_is_removed(tinsach, home, stored) -> None:
    with open_store() as store:
        store.models.save_model("x.vn", "0" * 16, '{"format": 0}', pages=3)
    result = tinsach("doctor", "--repair")
    assert "x.vn: a site model of another format" in result.out
    assert "a crawl learns a new one" in result.out
    with open_store() as store:
        assert store.models.list_models() == []


def test_only_the_damaged_version_of_a_model_is_removed(tinsach, home, stored) -> None:
    old, new = SiteModel("x.vn", 5), SiteModel("x.vn", 6, labels={"Xem thêm": 3})
    damaged = new.to_json().replace("Xem thêm", "Xem thim")
    with open_store() as store:
        store.models.save_model("x.vn", old.version, old.to_json(), pages=5)
        store.models.save_model("x.vn", new.version, damaged, pages=6)
    told = tinsach("doctor")
    assert told.code == 1
    assert f"a damaged site model: its text is not that of version '{new.version}'" in (
        told.out
    )
    assert f"{old.version} is in use" in tinsach("doctor", "--repair").out
    with open_store() as store:
        assert [m.version for m in store.models.list_models()] == [old.version]


def test_half_a_record_at_the_end_of_an_archive_is_moved_aside(
    tinsach, home, monkeypatch, stored
) -> None:
    folder = home / "archive"
    folder.mkdir()
    monkeypatch.setenv("TINSACH_ARCHIVE", str(folder))
    path = folder / "20261101-001.warc.gz"
    path.write_bytes(pack(b"WARC/1.0 half a record")[:-9])
    told = tinsach("doctor")
    assert told.code == 1
    assert "is damaged (it is cut short)" in told.out
    assert "moved to" in tinsach("doctor", "--repair").out
    assert path.read_bytes() == b""
    assert (folder / f"{path.name}.damaged-0").read_bytes() == pack(
        b"WARC/1.0 half a record"
    )[:-9]
    assert "can be read" in tinsach("doctor").out


def test_a_damaged_record_is_reported_moved_aside_and_fetched_again(
    tinsach, archived
) -> None:
    path, urls = archived
    content = bytearray(path.read_bytes())
    content[300] ^= 4
    path.write_bytes(content)
    told = tinsach("doctor")
    assert told.code == 1
    assert f"{path}: the record of {urls[0]} at bytes 0 to " in told.out
    mended = tinsach("doctor", "--repair").out
    assert f"moved to {path}.damaged-0" in mended
    assert "the archived pages of 1 articles are lost" in mended
    assert tinsach("doctor").code == 0
    aside = Path(f"{path}.damaged-0").read_bytes()
    assert content.startswith(aside)
    assert len(aside) > 300
    assert {kept.page.url for kept in iter_newest(path.parent)} == {urls[1]}
    with open_store() as store:
        assert [url for url, _ in store.iter_archived()] == [urls[1]]


def test_a_file_shorter_than_its_references_is_reported(tinsach, archived) -> None:
    path, _ = archived
    path.write_bytes(b"")
    told = tinsach("doctor")
    assert told.code == 1
    assert (
        f"{path.name}: 2 articles refer to records that it does not contain" in told.out
    )
    tinsach("doctor", "--repair")
    assert tinsach("doctor").code == 0


def test_references_to_files_that_were_pruned_are_sound(tinsach, archived) -> None:
    path, _ = archived
    path.unlink()
    assert tinsach("doctor").code == 0


@pytest.fixture
def archived(home, monkeypatch, stored) -> tuple[Path, list[str]]:
    """Two articles that the store has, with their pages in an archive."""
    folder = home / "archive"
    monkeypatch.setenv("TINSACH_ARCHIVE", str(folder))
    writer = ArchiveWriter(folder)
    with open_store() as store:
        articles = list(store.iter_articles())[:2]
        for article in articles:
            fetched = article.fetched_at or clock.now()
            page = Page(article.url, b"<p>Tin</p>" * 99, fetched_at=fetched)
            reference = writer.write(Capture(page, Address(page.url)))
            changed = replace(article, archive=reference, section="Mục khác")
            store.save([changed])
    (path,) = folder.iterdir()
    return path, [article.url for article in articles]
