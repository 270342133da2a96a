from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from scraper.exports import FORMATS
from scraper.schema import FLAT


@pytest.fixture
def read(tmp_path):
    """Return a function that exports articles and asks the file for something."""

    def ask(articles, select="SELECT * FROM articles"):
        file = tmp_path / "flat.db"
        with file.open("wb") as out:
            FORMATS["sqlite"].write(articles, out)
        with closing(sqlite3.connect(file)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(select).fetchall()

    return ask


def test_a_row_has_the_columns_of_csv_and_their_types(read, full):
    (row,) = read([full])
    assert row.keys() == list(FLAT)
    for name in ("id", "url", "title", "text", "byline", "revision", "archive"):
        assert row[name] == getattr(full, name)
    for name in ("authors", "tags", "captions", "breadcrumbs"):
        assert tuple(json.loads(row[name])) == getattr(full, name)
    assert row["published_at"] == "2025-07-11T07:06:23Z"
    assert (row["modified_at"], row["paywalled"], row["confidence"]) == (None, 0, 0.5)


def test_an_article_that_is_met_twice_is_there_once(read, make):
    articles = [make("cũ"), make("mới")]
    assert [row["text"] for row in read(articles)] == ["mới"]


def test_the_newest_and_those_of_a_site_are_found_by_an_index(read, make):
    for clause in ("ORDER BY published_at DESC", "WHERE site = 'example.vn'"):
        plan = read(
            [make("a")], f"EXPLAIN QUERY PLAN SELECT title FROM articles {clause}"
        )
        assert "USING INDEX articles_" in plan[0]["detail"]
