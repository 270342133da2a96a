"""Records by zlib, words kept in the index alone, which is in the order of time.

Indexes that no query uses are left out, as are addresses that are the canonical one. All tables but those of the models are written
anew; what the old ones took in the file is free for later articles.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from scraper.storage import sqlite
from scraper.storage.recency import first_slot, spread
from scraper.storage.rows import pack

if TYPE_CHECKING:
    from collections.abc import Iterator

revision = "0003"
down_revision = "0002"

_CHUNK = 500
_KEPT = (
    "position, id, canonical_url, url, site, kind, section, section_folded,"
    " published_at, fetched_at, content_fingerprint, revision"
)


def upgrade() -> None:
    for name in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER articles_fts_{name}")
    op.drop_table("articles_fts")
    for index in ("articles_newest", "articles_fingerprint", "addresses_position"):
        op.drop_index(index)
    # Children first: dropping the articles would take what refers to them along.
    for name in ("articles", "texts", "addresses"):
        op.rename_table(name, f"old_{name}")
    _create_articles()
    _create_addresses()
    _create_texts()
    for name in ("texts", "addresses", "articles"):
        op.drop_table(f"old_{name}")
    for statement in sqlite.CREATE_FULL_TEXT:
        op.execute(statement)
    op.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")


def _create_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(16), nullable=False, unique=True),
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("section_folded", sa.Text, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("fetched_at", sa.DateTime(timezone=True)),
        sa.Column("content_fingerprint", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.execute(f"INSERT INTO articles ({_KEPT}) SELECT {_KEPT} FROM old_articles")  # noqa: S608
    op.create_index(
        "articles_newest", "articles", [sa.text("published_at DESC"), "position"]
    )


def _create_addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("url", sa.Text, primary_key=True),
        _position("articles.position", primary_key=False),
    )
    op.execute(
        "INSERT INTO addresses SELECT old.url, old.position FROM old_addresses AS old"
        " JOIN articles USING (position) WHERE old.url <> articles.canonical_url"
    )
    op.create_index("addresses_position", "addresses", ["position"])


def _create_texts() -> None:
    texts = op.create_table(
        "texts",
        _position("articles.position", primary_key=True),
        sa.Column("recency", sa.BigInteger, nullable=False, unique=True),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
    numbers = _numbers()
    for rows in _old_records():
        values = [
            {"position": at, "recency": numbers[at], "record": pack(record)}
            for at, record in rows
        ]
        op.get_bind().execute(sa.insert(texts), values)


def _position(parent: str, *, primary_key: bool) -> sa.Column[int]:
    return sa.Column(
        "position",
        sa.Integer,
        sa.ForeignKey(parent, ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


def _numbers() -> dict[int, int]:
    """Return the recency of each article by its position."""
    old = sa.table(
        "old_articles",
        sa.column("position", sa.Integer),
        sa.column("published_at", sa.DateTime),
    )
    order = old.c.published_at.nulls_first(), old.c.position
    rows = op.get_bind().execute(sa.select(old).order_by(*order)).all()
    firsts = (
        first_slot(when and when.replace(tzinfo=UTC), position)
        for position, when in rows
    )
    return dict(zip((row.position for row in rows), spread(firsts), strict=True))


def _old_records() -> Iterator[list[Any]]:
    """Yield positions and records, so many at a time that memory stays flat."""
    old = sa.table("old_texts", sa.column("position"), sa.column("record"))
    after = -1
    select = sa.select(old).order_by(old.c.position).limit(_CHUNK)
    while rows := op.get_bind().execute(select.where(old.c.position > after)).all():
        yield list(rows)
        after = rows[-1].position
