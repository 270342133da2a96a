"""What is damaged in the file of a SQLite store: pages, schema, index of words."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.storage.migrate import COPYING, HEAD, VERSION_TABLE
from scraper.storage.rows import to_words
from scraper.storage.sqlite import create_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.storage.checksums import Row

_INDEXED = "SELECT id FROM articles_fts_docsize WHERE id NOT IN (SELECT recency FROM stale_texts)"
_SEARCHED = (
    "SELECT recency FROM stored_texts"
    " WHERE recency NOT IN (SELECT recency FROM stale_texts)"
)
_ODD = (
    (
        f"SELECT count(*) FROM ({_SEARCHED} EXCEPT {_INDEXED})",  # noqa: S608
        "{} articles are not in its index of words",
    ),
    (
        f"SELECT count(*) FROM ({_INDEXED} EXCEPT {_SEARCHED})",  # noqa: S608
        "its index of words holds {} articles that are gone",
    ),
    (
        "SELECT count(*) FROM pragma_foreign_key_check",
        "{} rows belong to articles that are gone",
    ),
)
"""What is counted, and what is said where there is any; the numbers of what is searched
are compared with those in the index."""
_CHECK_INDEX = "INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')"
_VOCABULARY = (
    "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, articles_fts, instance)"
)
_LARGEST = 1_000_003
"""Sums of smaller numbers stay below 2**63 for 100,000 million words."""
_SUMS = f"""SELECT term, sum(doc % {_LARGEST} * 31 + offset * 7 + (col = 'title_folded'))
FROM temp.words WHERE doc NOT IN (SELECT recency FROM stale_texts) GROUP BY term"""  # noqa: S608


def damaged_pages(connection: sa.Connection) -> str:
    """Return what is wrong with pages, indexes and schema, "" if nothing is."""
    (found,) = connection.exec_driver_sql("PRAGMA integrity_check(1)").one()
    if found != "ok":
        return " ".join(str(found).split())
    return _damaged_schema(connection)


def _damaged_schema(connection: sa.Connection) -> str:
    """Return what is wrong with the schema or its version, "" for that of another one."""
    found = _schema(connection)
    lacking = _expected() - found
    if not found:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return "its schema is lost" if int(pages) > 1 else ""
    versions = _versions(connection) if VERSION_TABLE in dict(found) else []
    if versions == [HEAD]:
        names = ", ".join(sorted(name for name, _ in lacking))
        return f"its schema is not as it was made: {names}" if names else ""
    is_ours = len(lacking) < len(_expected()) / 2
    is_other = len(versions) == 1 and (versions[0].isdigit() or versions == [COPYING])
    if is_ours and (not is_other or (not lacking and versions != [COPYING])):
        return f"its version is {versions}, its tables are those of {HEAD}"
    return ""


def _versions(connection: sa.Connection) -> list[str]:
    rows = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
    return [str(version) for (version,) in rows]


def iter_odd(connection: sa.Connection) -> Iterator[str]:
    """Yield what does not fit together in a file whose pages are sound."""
    for select, said in _ODD:
        if count := connection.exec_driver_sql(select).scalar_one():
            yield said.format(count)


class WordSums:
    """Compares the index of words with the articles, which are added one by one.

    Of each word both have a sum over where it stands, so one that moved is noticed.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._sums: dict[str, int] = defaultdict(int)

    def add(self, row: Row) -> None:
        words, base = to_words(row), row["recency"] % _LARGEST * 31
        for name, is_title in (("text_folded", 0), ("title_folded", 1)):
            start = base + is_title
            for place, word in enumerate(words[name].split()):
                self._sums[word] += start + place * 7

    def count_wrong(self) -> int:
        """Return for how many words the index says another thing than the articles."""
        run = self._connection.exec_driver_sql
        run(_CHECK_INDEX)
        run(_VOCABULARY)
        indexed = {str(term): int(total) for term, total in run(_SUMS)}
        run("DROP TABLE temp.words")
        both = indexed.keys() | self._sums.keys()
        return sum(indexed.get(word) != self._sums.get(word) for word in both)


def _schema(connection: sa.Connection) -> set[tuple[str, str]]:
    """Return the names of all tables, indexes, views and triggers, with what they are.

    Of a table that are its columns, of all else the statement that made it.
    """
    rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema")
    found = set()
    for kind, name, sql in rows.all():
        if kind == "table" and "VIRTUAL" not in str(sql):
            columns: Any = connection.exec_driver_sql(
                "SELECT name, type, pk FROM pragma_table_info(?)", (name,)
            )
            sql = str(columns.all())  # noqa: PLW2901
        found.add((str(name), str(sql)))
    return found


@cache
def _expected() -> frozenset[tuple[str, str]]:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        create_tables(connection)
        return frozenset(_schema(connection))
