"""``tinsach doctor --repair``: what is damaged is mended, and kept beside."""

from __future__ import annotations

from scraper.sitemodel import SiteModel
from scraper.storage import open_store


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
    assert "articles are saved" in result.out
    assert f"the damaged store is {path}.damaged-" in result.out
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
    assert "is removed, a crawl learns it anew" in result.out
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
    (folder / "20261101-001.warc.gz").write_bytes(b"\x1f\x8b\x08half a record")
    told = tinsach("doctor")
    assert told.code == 1
    assert "16 bytes at its end are no whole record" in told.out
    assert "are moved to" in tinsach("doctor", "--repair").out
    assert (folder / "20261101-001.warc.gz").read_bytes() == b""
    assert (folder / "20261101-001.warc.gz.rest").read_bytes().endswith(b"record")
    assert "every file ends as it should" in tinsach("doctor").out
