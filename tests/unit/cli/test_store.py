from __future__ import annotations

from scraper.storage import migrate, open_store
from tests.unit.storage.steps import NEXT, add_step


def test_a_store_is_copied_and_put_back(tinsach, stored, home) -> None:
    result = tinsach("store", "backup", "copy.db")
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith("tinsach: copy.db: ")
    tinsach("forget", stored[0].url)
    assert tinsach("store", "restore", "copy.db").code == 1
    result = tinsach("store", "restore", "copy.db", "--force")
    assert result.code == 0
    assert f"restored from copy.db, tables of version {migrate.HEAD}" in result.err
    with open_store() as store:
        assert store.count() == 3


def test_a_copy_is_not_replaced_by_chance(tinsach, stored) -> None:
    tinsach("store", "backup", "copy.db")
    result = tinsach("store", "backup", "copy.db")
    assert result.code == 1
    assert "copy.db exists" in result.err
    assert tinsach("store", "backup", "copy.db", "--force").code == 0


def test_an_upgrade_says_what_it_did(tinsach, stored) -> None:
    result = tinsach("store", "upgrade")
    assert result.code == 0
    assert result.err == (
        f"tinsach: the tables have the current version, {migrate.HEAD}\n"
    )


def test_an_upgrade_of_an_older_store_names_both_versions(
    tinsach, stored, tmp_path, monkeypatch
) -> None:
    before = migrate.HEAD
    add_step(monkeypatch, tmp_path, "CREATE TABLE moods (name TEXT)")
    assert tinsach("store", "upgrade").err == (
        f"tinsach: upgraded from version {before} to {NEXT}\n"
    )


def test_a_store_is_moved_to_a_server_and_used_there(
    tinsach, stored, home, postgres, monkeypatch
) -> None:
    server = postgres.new_database()
    result = tinsach("store", "copy", "tinsach-home/articles.db", server)
    assert result.code == 0
    assert "tinsach: stored_articles: 3 rows\n" in result.err
    assert result.err.endswith("tinsach: the copy equals its source\n")
    monkeypatch.setenv("TINSACH_STORE", server)
    assert tinsach("export", "-f", "jsonl").out.count("\n") == 3
    doctor = tinsach("doctor").out
    assert "3 articles, tables" in doctor
    assert "repair" not in tinsach("doctor", "--repair").out
    assert tinsach("store", "upgrade").code == 0
    refused = tinsach("store", "backup", "copy.db")
    assert refused.code == 1
    assert "is not a file: pg_dump and pg_restore copy it" in refused.err
