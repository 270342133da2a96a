"""A damaged row is reported once by every command, which delivers the others."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from scraper.items import Block, BlockKind
from scraper.storage import open_store


@pytest.fixture
def damaged(home, stored) -> str:
    """The URL of the second of three articles, whose stored text is not what it was."""
    (path,) = home.rglob("articles.db")
    with open_store() as store:
        edited = (Block(BlockKind.PARAGRAPH, "Đã sửa lại, với một dòng mới."),)
        store.save([replace(stored[1], blocks=edited)])
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(
            "UPDATE stored_details SET fields = fields || ' ' WHERE position ="
            " (SELECT position FROM stored_articles WHERE url = ?)",
            (stored[1].url,),
        )
    return stored[1].url


@pytest.mark.parametrize("name", ["jsonl", "csv", "markdown", "sqlite", "html"])
def test_an_export_has_the_others_and_fails(tinsach, stored, damaged, name, caplog):
    result = tinsach("export", "--format", name, "-o", f"out.{name}")
    assert result.code == 1
    assert "exported 2 articles" in result.err
    (line,) = [line for line in caplog.messages if damaged in line]
    assert "is damaged and passed over; `tinsach doctor --repair`" in line


def test_what_is_passed_over_is_said_on_standard_error(home, damaged) -> None:
    code = "from scraper.cli import main; exit(main())"
    command = [sys.executable, "-c", code, "export"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 2)
    assert [damaged in line for line in done.stderr.splitlines()] == [True]


def test_an_export_of_one_site_or_section_goes_on(tinsach, stored, damaged) -> None:
    result = tinsach("export", "--site", stored[0].site)
    assert result.code == 1
    urls = [json.loads(line)["url"] for line in result.out.splitlines()]
    assert urls == [stored[0].url, stored[2].url]


def test_a_search_has_the_other_hits(tinsach, stored, damaged, caplog) -> None:
    found = tinsach("search", "--json", "công an")
    assert (found.code, len(found.out.splitlines())) == (1, 2)
    bad = tinsach("search", "--json", "sửa lại")
    assert (bad.code, bad.out) == (1, "")
    assert damaged in caplog.text


def test_the_history_has_the_other_revisions(tinsach, damaged, caplog) -> None:
    result = tinsach("history", damaged, "--json")
    assert result.code == 1
    assert [each["revision"] for each in json.loads(result.out)["revisions"]] == [1]
    assert damaged in caplog.text


def test_near_duplicates_and_the_report_go_on(tinsach, stored, damaged) -> None:
    alone = tinsach("near-duplicates", damaged)
    assert (alone.code, alone.out) == (1, "")
    result = tinsach("report", "--since", "2000-01-01")
    assert result.code == 1
    assert "2 articles" in result.err


def test_doctor_names_the_article_and_repair_counts_what_an_export_has(
    tinsach, stored, damaged
) -> None:
    result = tinsach("doctor")
    assert result.code == 1
    assert f"1 articles are damaged: {damaged}" in result.out
    repaired = tinsach("doctor", "--repair")
    assert "3 articles were saved; 1 were damaged" in repaired.out
    assert "1 have a sound earlier revision" in repaired.out
    exported = tinsach("export")
    assert (exported.code, len(exported.out.splitlines())) == (0, 3)
    assert tinsach("doctor").code == 0


@pytest.mark.slow
def test_damaged_rows_of_a_server_are_repaired_and_kept_in_a_file(
    tinsach, stored, home, postgres
) -> None:
    server = postgres.new_database()
    with open_store(server) as store:
        store.save(stored)
        with store._transaction(writes=True) as connection:
            connection.exec_driver_sql("UPDATE stored_texts SET text = text || '.'")
    assert tinsach("doctor", "--store", server).code == 1
    repaired = tinsach("doctor", "--repair", "--store", server)
    assert "0 articles were saved; 3 were damaged" in repaired.out
    (aside,) = (home / "tinsach-home").glob("damaged-rows-*.jsonl")
    assert f"the damaged original is {aside}" in repaired.out
    assert len(aside.read_text().splitlines()) == 3
    assert tinsach("doctor", "--store", server).code == 0
    with open_store(server) as store:
        store.save(stored)
    assert tinsach("export", "--store", server).out.count("\n") == 3
