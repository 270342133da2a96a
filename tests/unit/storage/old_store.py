"""Stores as versions of before wrote them: tables of a revision, rows of that time."""

from __future__ import annotations

import json
from contextlib import closing

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from scraper.storage import migrate, sqlite
from scraper.storage.tables import WRITES
from scraper.storage.words import folded_words
from scraper.urls import normalise_url

_ARTICLE = """INSERT INTO articles (position, id, canonical_url, url, site, kind, section,
    section_folded, published_at, fetched_at, content_fingerprint, revision)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def write_store(url, articles, revision="0002") -> None:
    """Make a store of *revision* that holds *articles*; of 0003 on it is an upgraded one."""
    engine = sqlite.create_engine(sa.make_url(url))
    _upgrade(engine, min(revision, "0002"))
    with closing(engine.raw_connection()) as pooled:
        for position, article in enumerate(articles, 1):
            _write(pooled.driver_connection, position, article)
    _upgrade(engine, revision)
    engine.dispose()


def _upgrade(engine, revision) -> None:
    config = Config()
    folder = migrate.__file__.replace("migrate.py", "migrations")
    config.set_main_option("script_location", folder)
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def _write(connection, position, article) -> None:
    record = json.dumps(
        article.to_dict(), ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "replace")
    row = (
        *(position, article.id, article.canonical_url, article.url, article.site),
        *(article.kind.value, article.section, folded_words(article.section)),
        *(_moment(article.published_at), _moment(article.fetched_at)),
        *(article.content_fingerprint, article.revision),
    )
    connection.execute(_ARTICLE, row)
    words = (folded_words(article.title), folded_words(article.text))
    connection.execute(
        "INSERT INTO texts VALUES (?, ?, ?, ?)", (position, *words, record.decode())
    )
    for address in {normalise_url(article.url), normalise_url(article.canonical_url)}:
        connection.execute("INSERT INTO addresses VALUES (?, ?)", (address, position))


def _moment(value) -> str | None:
    from datetime import UTC

    return value and f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
