"""A SQLite store for those who browse it: what the table of articles shows, and the search.

The view and the function belong to the connection; the store is left as it is.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from scraper.storage.failures import storage_errors
from scraper.storage.location import locate
from scraper.storage.sqlite import expression, read_any_text
from scraper.storage.words import parse_query

if TYPE_CHECKING:
    import sqlalchemy as sa

VIEW = "articles"

_DEFINITION = """CREATE TEMP VIEW articles AS SELECT
title,
published_at,
date(published_at, '+7 hours') AS day,
site,
nullif(section, '') AS section,
kind,
nullif(agency, '') AS agency,
(SELECT group_concat(value, ', ') FROM json_each(
 CASE WHEN json_valid(authors) THEN authors END)) AS authors,
nullif(lead, '') AS lead,
revision,
canonical_url,
id
FROM main.articles"""
"""The columns for a reader, in front of the store's own view. The day is that of Vietnam."""

MATCHES = """+id IN (SELECT id FROM main.stored_articles WHERE position IN
(SELECT position FROM main.stored_texts WHERE recency IN
(SELECT rowid FROM articles_fts WHERE articles_fts MATCH tinsach_query({words}))))"""
"""The condition that an article of the view has all of the words, as of Store.search().

The plus keeps the order by time: the newest hundred hits of a common word among 50,000
articles come in 30 ms. By position every hit was read and sorted: 2.8 s.
"""


def connect(url: str | None = None) -> sqlite3.Connection:
    """Return a connection, for any thread, that reads the store and shows it as the view.

    Raises StorageError where the store is no SQLite file or cannot be opened.
    """
    location = locate(url)
    target = location.read_only
    with storage_errors(location.name):
        connection = _connect(target)
        connection.create_function("tinsach_query", 1, _query, deterministic=True)
        connection.execute(_DEFINITION)
    return connection


def _query(words: object) -> str:
    return expression(parse_query(str(words)))


def _connect(url: sa.URL) -> sqlite3.Connection:
    arguments: Any
    arguments, options = url.get_dialect()().create_connect_args(url)
    connection: sqlite3.Connection = sqlite3.connect(*arguments, **options)
    read_any_text(connection)
    return connection
