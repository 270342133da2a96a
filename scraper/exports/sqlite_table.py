"""An SQLite file with one table ``articles``, a row per article.

Times are ISO 8601 text in UTC, lists are JSON arrays, booleans are 1 or 0. The table has
indexes on time and site.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.exports import Format, encoded
from scraper.schema import FLAT, Type, flatten, in_utc
from scraper.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article

_AT_ONCE = 500
_TYPES = {Type.FLAG: "INTEGER", Type.INTEGER: "INTEGER", Type.NUMBER: "REAL"}
_COLUMNS = ", ".join(
    f"{name} {_TYPES.get(type_, 'TEXT')}" + " PRIMARY KEY" * (name == "id")
    for name, type_ in FLAT.items()
)
_CREATE = f"CREATE TABLE articles ({_COLUMNS})"
# An article whose date changes during the export may come twice.
_INSERT = f"INSERT OR REPLACE INTO articles VALUES ({', '.join('?' * len(FLAT))})"  # noqa: S608
_INDEXES = (
    "CREATE INDEX articles_published_at ON articles (published_at)",
    "CREATE INDEX articles_site ON articles (site)",
)


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    """Write *articles* into a temporary file first, since SQLite needs one."""
    with tempfile.TemporaryDirectory(dir=scratch_folder()) as folder:
        path = Path(folder, "articles.db")
        with closing(sqlite3.connect(path)) as connection:
            count = _fill(connection, articles)
        with path.open("rb") as whole:
            shutil.copyfileobj(whole, out)
    return count


def _fill(connection: sqlite3.Connection, articles: Iterable[Article]) -> int:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(_CREATE)
    count, coming = 0, iter(articles)
    while rows := [_row(article) for article in islice(coming, _AT_ONCE)]:
        connection.executemany(_INSERT, rows)
        connection.commit()
        count += len(rows)
    for statement in _INDEXES:
        connection.execute(statement)
    return count


def _row(article: Article) -> list[Any]:
    record = flatten(article.to_dict())
    return [_value(article, name, record[name]) for name in FLAT]


def _value(article: Article, name: str, value: Any) -> Any:  # noqa: ANN401
    match FLAT[name]:
        case Type.TIME:
            moment = in_utc(getattr(article, name))
            return moment and f"{moment.replace(tzinfo=None).isoformat()}Z"
        case Type.TEXT:
            return encoded(value).decode()
        case Type.TEXTS:
            return encoded(json.dumps(value, ensure_ascii=False)).decode()
        case _:
            return value


FORMAT = Format(
    name="sqlite", extensions=(".db", ".sqlite"), write=write, is_binary=True
)
