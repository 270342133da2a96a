"""A SQLite store for those who read it by SQL: its articles as one view, nothing to write.

The view and the functions belong to the connection; the store is left as it is.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from scraper.storage.failures import storage_errors
from scraper.storage.location import locate
from scraper.storage.rows import field_of, text_words, title_words
from scraper.storage.sqlite import expression
from scraper.storage.words import parse_query

if TYPE_CHECKING:
    import sqlalchemy as sa

VIEW = "articles"

# Each field is a query of its own, so that counting the sections reads no record: those
# are most of the file.
_FIELD = (
    "(SELECT tinsach_field(record, '{0}') FROM main.texts"
    " WHERE texts.position = a.position) AS {0}"
)
DEFINITION = f"""CREATE TEMP VIEW articles AS SELECT
{_FIELD.format("title")},
a.published_at,
date(a.published_at, '+7 hours') AS day,
a.site,
nullif(a.section, '') AS section,
a.kind,
{_FIELD.format("agency")},
{_FIELD.format("authors")},
{_FIELD.format("lead")},
a.revision,
a.canonical_url,
a.position
FROM main.articles AS a"""  # noqa: S608  made of nothing but the names above
"""Moments are in UTC, but the day is that of Vietnam."""

MATCHES = """+position IN (SELECT position FROM main.texts WHERE recency IN
(SELECT rowid FROM articles_fts WHERE articles_fts MATCH tinsach_query({words})))"""
"""The condition that an article of the view has all of the words, as of Store.search().

The plus keeps the order by time: the newest hundred hits of a common word among 50,000
articles come in 30 ms. By position every hit was read and sorted: 2.8 s.
"""

_FUNCTIONS = (
    ("tinsach_field", 2, field_of),
    ("tinsach_query", 1, lambda words: expression(parse_query(str(words)))),
    # Of the store's own view, which its full text index may be asked through.
    ("tinsach_text", 1, text_words),
    ("tinsach_title", 1, title_words),
)


def connect(url: str | None = None) -> sqlite3.Connection:
    """Return a connection, for any thread, that reads the store and shows it as the view.

    Raises StorageError where the store is no SQLite file or cannot be opened.
    """
    location = locate(url)
    target = location.read_only
    with storage_errors(location.name):
        connection = _connect(target)
        for name, count, function in _FUNCTIONS:
            connection.create_function(name, count, function, deterministic=True)
        connection.execute(DEFINITION)
    return connection


def _connect(url: sa.URL) -> sqlite3.Connection:
    arguments: Any
    arguments, options = url.get_dialect()().create_connect_args(url)
    connection: sqlite3.Connection = sqlite3.connect(*arguments, **options)
    return connection
